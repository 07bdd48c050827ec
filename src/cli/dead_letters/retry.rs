//! Sends dead letters back to where they came from, as they came.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;

use super::letter::{Letter, RETRIES};

/// Waits at most so long for the last acknowledgements.
const LAST_ACKS: Duration = Duration::from_secs(30);

/// What became of what was sent.
#[derive(Clone, Default)]
struct Acks {
    arrived: Arc<AtomicU64>,
    refused: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl rdkafka::ClientContext for Acks {}

impl ProducerContext for Acks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => drop(self.arrived.fetch_add(1, Ordering::Relaxed)),
            Err((fault, _)) => {
                let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused.entry(fault.to_string()).or_default() += 1;
            }
        }
    }
}

/// Sends letters back.
pub(super) struct Sender {
    producer: ThreadedProducer<Acks>,
    acks: Acks,
    to: Option<String>,
}

impl Sender {
    /// Into `to`, or where each came from.
    pub(super) fn new(brokers: &str, properties: &BTreeMap<String, String>, to: Option<&str>) -> Result<Self, String> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("enable.idempotence", "true").set("message.timeout.ms", "30000");
        // Whatever the topic takes: a dead letter is as large as its input was.
        config.set("message.max.bytes", "1000000000");
        for (name, value) in properties {
            config.set(name, value);
        }
        let acks = Acks::default();
        let producer = config.create_with_context(acks.clone());
        let producer = producer.map_err(|fault| format!("no producer for `{brokers}`: {fault}"))?;
        Ok(Self { producer, acks, to: to.map(str::to_owned) })
    }

    /// Sends one: its bytes, its key, its own headers, and how many times it was sent back.
    pub(super) fn send(&self, letter: &Letter<'_>, key: Option<&[u8]>, payload: Option<&[u8]>) -> Result<(), String> {
        let topic = self.to.as_deref().unwrap_or(letter.topic);
        let mut headers = OwnedHeaders::new();
        for (name, value) in letter.headers() {
            headers = headers.insert(Header { key: name, value });
        }
        let count = (letter.retries() + 1).to_string();
        headers = headers.insert(Header { key: RETRIES, value: Some(&count) });
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).headers(headers);
        record = if let Some(key) = key { record.key(key) } else { record };
        record = if let Some(payload) = payload { record.payload(payload) } else { record };
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err((fault, _)) => return Err(format!("cannot send {} to `{topic}`: {fault}", letter.place())),
            }
        }
    }

    /// Waits for the last acknowledgements; gives how many arrived.
    pub(super) fn finish(self) -> Result<u64, String> {
        let flushed = self.producer.flush(LAST_ACKS);
        let arrived = self.acks.arrived.load(Ordering::Relaxed);
        let refused = self.acks.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !refused.is_empty() {
            let why =
                refused.iter().map(|(why, count)| format!("{count} refused: {why}")).collect::<Vec<_>>().join("; ");
            return Err(format!("{arrived} arrived, {why}"));
        }
        flushed.map_err(|fault| format!("{arrived} arrived, of the rest nothing was heard: {fault}"))?;
        Ok(arrived)
    }
}
