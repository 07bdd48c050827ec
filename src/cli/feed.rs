//! `feed`: the posts of files into a topic, one message each.

use std::time::Duration;

use governor::{Quota, RateLimiter};
use indicatif::{ProgressBar, ProgressStyle};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;

use super::Exit;
use super::args::Feed;
use super::offline::{bytes, format};
use super::terminal::note;
use crate::decode::split;

/// Of a topic that `--create` makes: enough for two workers and a spare.
const PARTITIONS: i32 = 3;
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

/// Feeds the files. All of them are read before anything is sent, so that a mistyped name sends nothing.
pub(super) fn run(feed: &Feed) -> Result<Exit, String> {
    let format = format(&feed.format)?;
    let contents = feed.files.iter().map(|file| bytes(file)).collect::<Result<Vec<_>, _>>()?;
    let mut pieces = Vec::new();
    for (file, content) in feed.files.iter().zip(&contents) {
        pieces.extend(split(format, content).map_err(|fault| format!("`{}` cannot be read: {fault}", file.display()))?);
    }
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &feed.cluster.brokers)
        .set("enable.idempotence", "true")
        .set("compression.codec", "lz4");
    config.set("message.timeout.ms", "30000");
    for (name, value) in feed.cluster.properties()? {
        config.set(name, value);
    }
    if feed.create {
        create(&config, &feed.topic)?;
    }
    let acks = Acks::default();
    let producer: ThreadedProducer<Acks> = config
        .create_with_context(acks.clone())
        .map_err(|fault| format!("no producer for `{}`: {fault}", feed.cluster.brokers))?;
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
    producer
        .flush(LAST_ACKS)
        .map_err(|fault| format!("not all messages reached `{}`: {fault}", feed.cluster.brokers))?;
    bar.finish_and_clear();
    let state = acks.0.lock().map_err(|_| "the producer's thread died".to_string())?;
    if let Some(fault) = &state.1 {
        return Err(format!("{} of {} messages reached `{}`: {fault}", state.0, pieces.len(), feed.topic));
    }
    note(format_args!("{} messages into `{}`", state.0, feed.topic));
    Ok(Exit::Clean)
}

/// Creates the topic where it is missing.
fn create(config: &ClientConfig, topic: &str) -> Result<(), String> {
    let why = |fault: &dyn std::fmt::Display| format!("cannot create `{topic}`: {fault}");
    let admin: AdminClient<DefaultClientContext> = config.create().map_err(|fault| why(&fault))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|fault| why(&fault))?;
    let new = NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(-1));
    let options = AdminOptions::new().request_timeout(Some(LAST_ACKS)).operation_timeout(Some(LAST_ACKS));
    let created = runtime.block_on(admin.create_topics([&new], &options)).map_err(|fault| why(&fault))?;
    match created.into_iter().next() {
        Some(Err((_, fault))) if fault != RDKafkaErrorCode::TopicAlreadyExists => Err(why(&fault)),
        _ => Ok(()),
    }
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
