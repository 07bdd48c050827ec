//! `feed`: the posts of a file into a topic, one message each.

use std::time::Duration;

use governor::{Quota, RateLimiter};
use indicatif::{ProgressBar, ProgressStyle};
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;

use super::Exit;
use super::args::Feed;
use super::offline::{bytes, format};
use super::terminal::note;
use crate::decode::split;

/// Waits at most so long for the last acknowledgements.
const LAST_ACKS: Duration = Duration::from_secs(30);

/// Counts what was acknowledged.
#[derive(Clone, Default)]
struct Acks(std::sync::Arc<std::sync::Mutex<(u64, Option<String>)>>);

impl rdkafka::ClientContext for Acks {}

impl ProducerContext for Acks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &rdkafka::message::DeliveryResult<'_>, (): ()) {
        if let Ok(mut state) = self.0.lock() {
            match result {
                Ok(_) => state.0 += 1,
                Err((fault, _)) => {
                    state.1.get_or_insert_with(|| fault.to_string());
                }
            }
        }
    }
}

/// Feeds the file.
pub(super) fn run(feed: &Feed) -> Result<Exit, String> {
    let format = format(&feed.format)?;
    let bytes = bytes(&feed.file)?;
    let pieces = split(format, &bytes).map_err(|fault| format!("`{}` cannot be read: {fault}", feed.file.display()))?;
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &feed.brokers).set("enable.idempotence", "true").set("compression.codec", "lz4");
    config.set("message.timeout.ms", "30000");
    for property in &feed.properties {
        let (name, value) =
            property.split_once('=').ok_or(format!("`{property}` is no property; write `name=value`"))?;
        config.set(name, value);
    }
    let acks = Acks::default();
    let producer: ThreadedProducer<Acks> = config
        .create_with_context(acks.clone())
        .map_err(|fault| format!("no producer for `{}`: {fault}", feed.brokers))?;
    let limiter = feed.rate.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
    let bar = ProgressBar::new(pieces.len() as u64).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    for piece in &pieces {
        while limiter.as_ref().is_some_and(|limiter| limiter.check().is_err()) {
            std::thread::sleep(Duration::from_micros(200));
        }
        send(&producer, &feed.topic, piece)?;
        bar.inc(1);
    }
    producer.flush(LAST_ACKS).map_err(|fault| format!("not all messages reached `{}`: {fault}", feed.brokers))?;
    bar.finish_and_clear();
    let state = acks.0.lock().map_err(|_| "the producer's thread died".to_string())?;
    if let Some(fault) = &state.1 {
        return Err(format!("{} of {} messages reached `{}`: {fault}", state.0, pieces.len(), feed.topic));
    }
    note(format_args!("{} messages into `{}`", state.0, feed.topic));
    Ok(Exit::Clean)
}

/// Sends one message; a full queue is back-pressure.
fn send(producer: &ThreadedProducer<Acks>, topic: &str, payload: &[u8]) -> Result<(), String> {
    let mut record = BaseRecord::<(), [u8]>::to(topic).payload(payload);
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                record = back;
                std::thread::sleep(Duration::from_millis(1));
            }
            Err((fault, _)) => return Err(format!("cannot send to `{topic}`: {fault}")),
        }
    }
}
