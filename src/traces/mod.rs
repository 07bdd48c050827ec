//! Spans of records, for those who follow a message through their systems.
//!
//! Trace context always passes through: outputs carry the `traceparent` of their input. Built with the feature `otel`, and
//! with `OTEL_EXPORTER_OTLP_ENDPOINT` set, the program also tells a collector of each record whose `traceparent` says that
//! it is sampled, and outputs carry that span's. Who does not sample pays nothing.

#[cfg(feature = "otel")]
mod otel;

use std::sync::Arc;
use std::time::SystemTime;

use crate::stages::{Arrival, Outcome, Outgoing, Scored};

/// The variable that says where a collector listens.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Where spans go, if anywhere. Workers share it.
#[derive(Clone, Default)]
pub struct Traces(#[cfg_attr(not(feature = "otel"), allow(dead_code))] Option<Arc<Exporter>>);

#[cfg(feature = "otel")]
type Exporter = otel::Exporter;
#[cfg(not(feature = "otel"))]
type Exporter = std::convert::Infallible;

/// What a step made of a record.
#[derive(Clone, Copy)]
pub struct Stepped<'a> {
    /// The record.
    pub arrival: &'a Arrival<'a>,
    /// When the step began.
    pub began: SystemTime,
    /// How it ended.
    pub outcome: Outcome,
    /// What it gave, if it was a post.
    pub scored: Option<&'a Scored>,
}

impl Traces {
    /// As the environment wants it.
    ///
    /// # Errors
    /// The exporter cannot be made.
    pub fn from_env() -> Result<Self, String> {
        if std::env::var_os(ENDPOINT).is_none() {
            return Ok(Self::default());
        }
        #[cfg(feature = "otel")]
        return Ok(Self(Some(Arc::new(Exporter::new()?))));
        #[cfg(not(feature = "otel"))]
        {
            tracing::warn!(
                "{ENDPOINT} is set, but this program was built without the feature `otel`: no spans are sent"
            );
            Ok(Self::default())
        }
    }

    /// Tells of a record, and lets its outputs carry the span.
    #[cfg_attr(not(feature = "otel"), allow(unused_variables, clippy::unused_self))]
    pub fn tell(&self, stepped: Stepped<'_>, out: &mut [Outgoing]) {
        #[cfg(feature = "otel")]
        if let Some(exporter) = &self.0 {
            exporter.tell(stepped, out);
        }
    }

    /// Whether there is anybody to tell.
    #[must_use]
    pub fn wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Sends what was not sent yet.
    pub fn end(&self) {
        #[cfg(feature = "otel")]
        if let Some(exporter) = &self.0 {
            exporter.end();
        }
    }
}
