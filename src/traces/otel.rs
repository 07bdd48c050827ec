//! OpenTelemetry: OTLP over HTTP, in batches, on a thread of the SDK's own.

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::Stepped;
use crate::stages::{Outcome, Outgoing};

/// The header that carries trace context (W3C Trace Context).
const TRACEPARENT: &str = "traceparent";
/// For the last batch, at the end: within the 5 s that a stop may take.
const LAST: Duration = Duration::from_secs(2);

/// Sends spans to a collector.
pub(super) struct Exporter {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    context: TraceContextPropagator,
}

impl Exporter {
    /// As the `OTEL_…` variables say.
    pub(super) fn new() -> Result<Self, String> {
        let exporter = SpanExporter::builder().with_http().build();
        let exporter = exporter.map_err(|fault| format!("spans cannot be sent: {fault}"))?;
        let resource = Resource::builder().with_service_name("undercurrent").build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let tracer = provider.tracer("undercurrent");
        Ok(Self { provider, tracer, context: TraceContextPropagator::new() })
    }

    /// A span of a record that is sampled upstream.
    pub(super) fn tell(&self, stepped: Stepped<'_>, out: &mut [Outgoing]) {
        let Some(parent) = stepped.arrival.header(TRACEPARENT).and_then(|parent| self.parent(parent)) else { return };
        let (arrival, outcome) = (stepped.arrival, stepped.outcome);
        let mut attributes = vec![
            KeyValue::new("messaging.system", "kafka"),
            KeyValue::new("messaging.operation.type", "process"),
            KeyValue::new("messaging.destination.name", arrival.topic.to_owned()),
            KeyValue::new("messaging.destination.partition.id", arrival.partition.to_string()),
            KeyValue::new("messaging.kafka.offset", arrival.offset),
        ];
        match outcome {
            Outcome::Scored => attributes.push(KeyValue::new("undercurrent.outcome", "scored")),
            Outcome::Ignored(reason) | Outcome::DeadLetter(reason) => {
                let name = if matches!(outcome, Outcome::Ignored(_)) { "ignored" } else { "dead_letter" };
                attributes.extend([
                    KeyValue::new("undercurrent.outcome", name),
                    KeyValue::new("undercurrent.reason", reason),
                ]);
            }
        }
        if let Some(scored) = stepped.scored {
            let stance = scored.verdict.stance.map_or("none", crate::score::Stance::name);
            attributes.extend([
                KeyValue::new("undercurrent.score", scored.verdict.score),
                KeyValue::new("undercurrent.stance", stance),
                KeyValue::new("undercurrent.alerts", i64::try_from(scored.told.len()).unwrap_or(i64::MAX)),
            ]);
        }
        let span = self.tracer.span_builder(format!("process {}", arrival.topic)).with_kind(SpanKind::Consumer);
        let mut span =
            span.with_start_time(stepped.began).with_attributes(attributes).start_with_context(&self.tracer, &parent);
        if let Outcome::DeadLetter(reason) = outcome {
            span.set_status(Status::error(reason));
        }
        span.end();
        let mut carrier = HashMap::new();
        self.context
            .inject_context(&Context::new().with_remote_span_context(span.span_context().clone()), &mut carrier);
        let Some(own) = carrier.remove(TRACEPARENT) else { return };
        for header in out.iter_mut().flat_map(|record| &mut record.headers).filter(|(name, _)| name == TRACEPARENT) {
            header.1 = Some(own.clone().into_bytes());
        }
    }

    /// The context of a sampled parent.
    fn parent(&self, traceparent: &str) -> Option<Context> {
        let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
        let context = self.context.extract_with_context(&Context::new(), &carrier);
        let sampled = {
            let span = context.span();
            span.span_context().is_valid() && span.span_context().is_sampled()
        };
        sampled.then_some(context)
    }

    /// Sends what waits.
    pub(super) fn end(&self) {
        if let Err(fault) = self.provider.shutdown_with_timeout(LAST) {
            tracing::warn!(%fault, "the last spans were not sent");
        }
    }
}
