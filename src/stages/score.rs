//! The role `score`: one input record → a scored record and its alerts, or nothing, or a dead letter.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::limiter::Limiter;
use super::{Arrival, Outcome, Outgoing, Output};
use crate::decode::{Decoded, Envelope, Format, decode};
use crate::pack::grammar::OncePer;
use crate::post::Post;
use crate::record::{AlertRecord, Origin, ScoredRecord, alert_id, hex};
use crate::score::compile::CompiledAlert;
use crate::score::{Cost, Engine, Scratch, Verdict};

/// What of the configuration reaches into scoring.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format of each topic; others are `auto`.
    pub formats: HashMap<String, Format>,
    /// `ce_source` of everything published.
    pub source: String,
    /// Whether scored records carry the text.
    pub include_text: bool,
}

/// What one record gave, for those who count or explain.
#[derive(Debug)]
pub struct Scored {
    /// The post.
    pub post: Post,
    /// What the packs make of it.
    pub verdict: Verdict,
    /// Per pack of the verdict that raises an alert: whether it was told.
    pub told: Vec<(usize, bool)>,
}

/// A worker's scorer.
#[derive(Debug)]
pub struct ScoreStage {
    engine: Arc<Engine>,
    options: Options,
    scratch: Scratch,
    limiter: Limiter,
}

impl ScoreStage {
    /// A scorer with nothing remembered.
    #[must_use]
    pub fn new(engine: Arc<Engine>, options: Options) -> Self {
        Self { engine, options, scratch: Scratch::default(), limiter: Limiter::default() }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Scores with another engine from now on. What `once_per` remembers stays for alerts that are limited by the same
    /// thing (author, channel, pack) as before.
    pub fn renew(&mut self, engine: Arc<Engine>) {
        let (before, after) = (limits(&self.engine), limits(&engine));
        self.limiter.renew(|key| {
            // `pack/alert/…`, and neither name can hold a slash.
            let rule = key.match_indices('/').nth(1).map_or(key, |(end, _)| &key[..end]);
            let ((now, period), (then, _)) = (after.get(rule)?, before.get(rule)?);
            (now == then).then_some(*period)
        });
        self.scratch = Scratch::default();
        self.engine = engine;
    }

    /// One record. Pushes what is to be published; the scored post comes back beside the outcome.
    pub fn step(
        &mut self,
        arrival: &Arrival<'_>,
        now: Timestamp,
        out: &mut Vec<Outgoing>,
    ) -> (Outcome, Option<Scored>) {
        let format = self.options.formats.get(arrival.topic).copied().unwrap_or(Format::Auto);
        let Some(payload) = arrival.payload else {
            return (Outcome::Ignored("tombstone"), None);
        };
        let envelope = Envelope { payload, format: arrival.header("format"), timestamp: arrival.timestamp };
        match decode(format, &envelope) {
            Err(fault) => {
                out.push(dead_letter(arrival, "decode", fault.reason(), &fault.to_string()));
                (Outcome::DeadLetter(fault.reason()), None)
            }
            Ok(Decoded::Ignored(ignored)) => (Outcome::Ignored(ignored.reason()), None),
            Ok(Decoded::Post(post)) => {
                let verdict = self.engine.score(&post, &mut self.scratch);
                let sha256 = hex(&Sha256::digest(payload));
                let told = self.publish(arrival, &post, &verdict, &sha256, now, out);
                (Outcome::Scored, Some(Scored { post: *post, verdict, told }))
            }
        }
    }

    /// What each indicator costs on a post, by this clock.
    pub fn costs(&mut self, post: &Post, clock: impl FnMut() -> Duration) -> Vec<Cost> {
        self.engine.costs(post, &mut self.scratch, clock)
    }

    /// The outputs of the last records are durable.
    pub fn committed(&mut self) {
        self.limiter.committed();
    }

    /// They are not, and their inputs come again.
    pub fn aborted(&mut self) {
        self.limiter.aborted();
    }

    fn publish(
        &mut self,
        arrival: &Arrival<'_>,
        post: &Post,
        verdict: &Verdict,
        sha256: &str,
        now: Timestamp,
        out: &mut Vec<Outgoing>,
    ) -> Vec<(usize, bool)> {
        let Arrival { topic, partition, offset, .. } = *arrival;
        let origin = || Origin { topic, partition, offset, sha256: sha256.to_string() };
        let record = ScoredRecord::new(&self.engine, post, verdict, origin(), now, self.options.include_text);
        let stance = verdict.stance.map_or("none", crate::score::Stance::name);
        let mut headers =
            self.headers(arrival, "undercurrent.scored.v1", &format!("{topic}/{partition}/{offset}"), post, now);
        headers.push(header("ce_score", &format!("{:.1}", verdict.score)));
        headers.push(header("ce_stance", stance));
        let key = arrival.key.map_or_else(|| post.id.clone().into_bytes(), <[u8]>::to_vec);
        out.push(Outgoing { to: Output::Scored, key: Some(key), payload: json(&record), headers });
        let mut told = Vec::new();
        let engine = Arc::clone(&self.engine);
        for pack in &verdict.packs {
            let compiled = &engine.packs[pack.pack];
            let Some(rule) = pack.alert.map(|at| &compiled.alerts[at]) else { continue };
            let name = &compiled.pack.file.pack.value;
            let Some(suppressed) = self.may_tell(name, rule, post) else {
                told.push((pack.pack, false));
                continue;
            };
            let id = alert_id(name, &rule.rule.id, post);
            if let Some(record) = AlertRecord::new(&engine, post, pack, &id, origin(), suppressed, now) {
                let mut headers = self.headers(arrival, "undercurrent.alert.v1", &id, post, now);
                headers.push(header("ce_score", &format!("{:.1}", pack.score)));
                headers.push(header("ce_stance", pack.stance.name()));
                headers.push(header("ce_level", rule.rule.level.name()));
                let key = Some(format!("{name}/{}", rule.rule.id.value).into_bytes());
                out.push(Outgoing { to: Output::Alerts, key, payload: json(&record), headers });
                told.push((pack.pack, true));
            }
        }
        told
    }

    /// Whether `once_per` lets this alert be told, and how many it held back since the last.
    fn may_tell(&mut self, pack: &str, alert: &CompiledAlert, post: &Post) -> Option<u64> {
        let Some((once, period)) = &alert.once else { return Some(0) };
        let author = || post.author.as_ref().and_then(|author| author.label());
        let who = match once {
            OncePer::Author(_) => author().or(post.channel.as_deref()).unwrap_or("-"),
            OncePer::Channel(_) => post.channel.as_deref().or_else(author).unwrap_or("-"),
            OncePer::Pack(_) => "",
        };
        let key = format!("{pack}/{}/{}/{who}", alert.rule.id.value, post.source);
        self.limiter.ask(&key, *period, post.published_at)
    }

    /// CloudEvents 1.0 headers in Kafka's binary mode, and the input's trace context.
    fn headers(
        &self,
        arrival: &Arrival<'_>,
        kind: &str,
        id: &str,
        post: &Post,
        now: Timestamp,
    ) -> Vec<(String, Option<Vec<u8>>)> {
        let mut headers = Vec::with_capacity(12);
        headers.extend([
            header("ce_specversion", "1.0"),
            header("ce_id", id),
            header("ce_source", &self.options.source),
            header("ce_type", kind),
            header("ce_subject", &post.id),
            header("ce_time", &now.to_string()),
            header("content-type", "application/json"),
        ]);
        for (name, value) in arrival.headers.iter().filter(|(name, _)| matches!(*name, "traceparent" | "tracestate")) {
            headers.push(((*name).to_string(), value.map(<[u8]>::to_vec)));
        }
        headers
    }
}

/// Per `pack/alert` that is limited: by what, and for how long.
fn limits(engine: &Engine) -> HashMap<String, (Discriminant<OncePer>, Duration)> {
    let alerts = engine.packs.iter().flat_map(|pack| pack.alerts.iter().map(|alert| (&pack.pack.file.pack, alert)));
    let limited = alerts.filter_map(|(pack, alert)| {
        let (once, period) = alert.once.as_ref()?;
        Some((format!("{}/{}", pack.value, alert.rule.id.value), (discriminant(once), *period)))
    });
    limited.collect()
}

fn header(name: &str, value: &str) -> (String, Option<Vec<u8>>) {
    (name.to_string(), Some(value.as_bytes().to_vec()))
}

/// A record as JSON. Its types hold strings, numbers and lists only, which always can be written.
fn json(record: &impl serde::Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(record).ok()
}

/// The dead letter of a record: its bytes untouched, with headers in Kafka Connect's convention.
#[must_use]
pub fn dead_letter(arrival: &Arrival<'_>, stage: &str, reason: &str, message: &str) -> Outgoing {
    let mut headers: Vec<_> =
        arrival.headers.iter().map(|(name, value)| ((*name).to_string(), value.map(<[u8]>::to_vec))).collect();
    headers.extend([
        header("__connect.errors.topic", arrival.topic),
        header("__connect.errors.partition", &arrival.partition.to_string()),
        header("__connect.errors.offset", &arrival.offset.to_string()),
        header("__connect.errors.stage", stage),
        header("__connect.errors.exception.class.name", &format!("undercurrent.{stage}.{reason}")),
        header("__connect.errors.exception.message", message),
    ]);
    Outgoing {
        to: Output::DeadLetters,
        key: arrival.key.map(<[u8]>::to_vec),
        payload: arrival.payload.map(<[u8]>::to_vec),
        headers,
    }
}
