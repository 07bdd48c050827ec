//! Configurations of the clients: what the user gave, then what the delivery depends on.
//!
//! In: [`Settings`]. Out: librdkafka configurations for a consumer, a producer and a bare client.
//!
//! librdkafka has one flat list of properties and warns about each that is meant for the other kind of client, so a
//! user's property goes only where it means something. Those on which exactly-once rests ([`RESERVED`]) are refused
//! rather than overridden: a property that is silently without effect is worse than an error.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;

use super::settings::{Delivery, Settings};
use super::topics::TopicLimits;

/// The producer splits nothing, so a batch of small records may not exceed what any output topic takes. Half a mebibyte
/// already fills a request; larger ones only wait longer.
const BATCH_BYTES: usize = 512 * 1024;
/// How long a batch may stay open at the transaction coordinator. After a crash the next owner of the partitions waits for
/// it (64 s with librdkafka's default); below it must fit the longest batch (3 s) and its commit.
const TRANSACTION_TIMEOUT_MS: &str = "10000";

/// Set by the program.
const RESERVED: &[&str] = &[
    "acks",
    "bootstrap.servers",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.protocol",
    "isolation.level",
    "message.max.bytes",
    "metadata.broker.list",
    "request.required.acks",
    "transaction.timeout.ms",
    "transactional.id",
];

/// Meant for consumers only (librdkafka's CONFIGURATION.md, column C), less the reserved ones.
const CONSUMER: &[&str] = &[
    "auto.commit.interval.ms",
    "auto.offset.reset",
    "check.crcs",
    "coordinator.query.interval.ms",
    "fetch.error.backoff.ms",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "fetch.min.bytes",
    "fetch.queue.backoff.ms",
    "fetch.wait.max.ms",
    "group.instance.id",
    "group.protocol.type",
    "group.remote.assignor",
    "heartbeat.interval.ms",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "partition.assignment.strategy",
    "queued.max.messages.kbytes",
    "queued.min.messages",
    "session.timeout.ms",
];

/// Meant for producers only (column P), less the reserved ones.
const PRODUCER: &[&str] = &[
    "batch.num.messages",
    "batch.size",
    "compression.codec",
    "compression.level",
    "compression.type",
    "delivery.report.only.error",
    "delivery.timeout.ms",
    "linger.ms",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "message.send.max.retries",
    "message.timeout.ms",
    "partitioner",
    "queue.buffering.backpressure.threshold",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
    "queue.buffering.max.ms",
    "queuing.strategy",
    "request.timeout.ms",
    "retries",
    "sticky.partitioning.linger.ms",
];

/// Why librdkafka (or the delivery) does not take a property, if so. Never shows the value: it may be a secret.
#[must_use]
pub fn refuses(name: &str, value: &str) -> Option<String> {
    if RESERVED.contains(&name) {
        return Some(format!("`{name}` is set by the program: delivery rests on it"));
    }
    let mut config = ClientConfig::new();
    match config.set(name, value).create_native_config() {
        Ok(_) => None,
        Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, ..)) => {
            Some(format!("librdkafka has no property `{name}`"))
        }
        Err(_) => Some(format!("librdkafka does not take this value for `{name}`")),
    }
}

/// Which of the user's properties are the program's own.
pub(super) fn reserved(settings: &Settings) -> Vec<String> {
    settings.properties.keys().filter(|key| RESERVED.contains(&key.as_str())).cloned().collect()
}

/// Brokers, security, and everything else that is for all kinds of clients.
pub(super) fn plain(settings: &Settings) -> ClientConfig {
    let mut config = ClientConfig::new();
    for (key, value) in &settings.properties {
        if !CONSUMER.contains(&key.as_str()) && !PRODUCER.contains(&key.as_str()) {
            config.set(key, value);
        }
    }
    config.set("bootstrap.servers", &settings.brokers);
    config
}

fn with_own(config: &mut ClientConfig, settings: &Settings, own: &[&str]) {
    for (key, value) in settings.properties.iter().filter(|(key, _)| own.contains(&key.as_str())) {
        config.set(key, value);
    }
}

/// A worker's consumer. `name` tells this client from others in broker logs and metrics.
pub(super) fn consumer(settings: &Settings, name: &str) -> ClientConfig {
    let mut config = plain(settings);
    set_default(&mut config, "client.id", name);
    config
        .set("auto.offset.reset", "earliest")
        // These two go down together: a small queue with the default back-off of a second is thirty times slower.
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.queue.backoff.ms", "5");
    set_default(&mut config, "statistics.interval.ms", "1000");
    with_own(&mut config, settings, CONSUMER);
    config
        .set("group.id", settings.consumer_group())
        .set("group.protocol", "classic")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "false")
        .set("isolation.level", "read_committed");
    config
}

/// The consumer of one that reads a topic and leaves no trace: no group joined, nothing committed. The group's name is
/// needed to be there and is never seen by a broker.
pub(super) fn onlooker(brokers: &str, properties: &BTreeMap<String, String>) -> ClientConfig {
    let mut config = ClientConfig::new();
    for (key, value) in properties.iter().filter(|(key, _)| !PRODUCER.contains(&key.as_str())) {
        config.set(key, value);
    }
    config
        .set("bootstrap.servers", brokers)
        .set("group.id", "undercurrent.replay")
        .set("group.protocol", "classic")
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed");
    config
}

/// A worker's producer; `transactional_id` in exactly-once.
pub(super) fn producer(settings: &Settings, limits: &TopicLimits, name: &str, transactional_id: &str) -> ClientConfig {
    let mut config = plain(settings);
    set_default(&mut config, "client.id", name);
    config
        .set("linger.ms", "5")
        .set("compression.type", "lz4")
        // Java's partitioner: consumers that join our topics with theirs find equal keys in equal partitions.
        .set("partitioner", "murmur2_random")
        // Bounds a worker's memory while brokers are slow.
        .set("queue.buffering.max.kbytes", "65536");
    with_own(&mut config, settings, PRODUCER);
    let wanted = config.get("batch.size").and_then(|value| value.parse().ok()).unwrap_or(BATCH_BYTES);
    // A twentieth for what the protocol adds to a batch of small records.
    let batch = wanted.min(limits.smallest() - limits.smallest() / 20).max(1024);
    config
        .set("batch.size", batch.to_string())
        // Records are weighed against their topic before they are sent; librdkafka's own limit for all topics is out of
        // the way, so that the dead letter of an input that is small only when compressed can go out.
        .set("message.max.bytes", "1000000000")
        .set("enable.idempotence", "true")
        .set("acks", "all");
    if settings.delivery == Delivery::ExactlyOnce {
        config.set("transactional.id", transactional_id).set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS);
    }
    config
}

fn set_default(config: &mut ClientConfig, key: &str, value: &str) {
    if config.get(key).is_none() {
        config.set(key, value);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::super::settings::OutputTopics;
    use super::*;

    pub(in super::super) fn settings(properties: &[(&str, &str)]) -> Settings {
        Settings {
            brokers: "127.0.0.1:9".into(),
            group: "g".into(),
            instance: None,
            properties: properties
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect::<BTreeMap<_, _>>(),
            inputs: Vec::new(),
            outputs: OutputTopics { scored: "s".into(), alerts: "a".into(), dead_letters: "d".into() },
            create: false,
            delivery: Delivery::ExactlyOnce,
            commit_every: Duration::from_millis(100),
            workers: 1,
        }
    }

    #[test]
    fn a_property_goes_where_it_means_something() {
        let settings = settings(&[("fetch.min.bytes", "9"), ("linger.ms", "7"), ("security.protocol", "ssl")]);
        let (consumer, producer) = (consumer(&settings, "n"), producer(&settings, &TopicLimits::default(), "n", "t"));
        assert_eq!((consumer.get("fetch.min.bytes"), producer.get("fetch.min.bytes")), (Some("9"), None));
        assert_eq!((consumer.get("linger.ms"), producer.get("linger.ms")), (None, Some("7")));
        assert_eq!((consumer.get("security.protocol"), producer.get("security.protocol")), (Some("ssl"), Some("ssl")));
    }

    #[test]
    fn a_batch_is_smaller_than_the_smallest_topic_limit() {
        let limits = TopicLimits {
            alerts: super::super::topics::TopicLimit { bytes: 20_000, partitions: 1 },
            ..TopicLimits::default()
        };
        let config = producer(&settings(&[("batch.size", "900000")]), &limits, "n", "t");
        assert_eq!(config.get("batch.size"), Some("19000"));
    }

    #[test]
    fn reserved_properties_are_named_and_secrets_are_not_shown() {
        let settings = settings(&[("enable.auto.commit", "true"), ("sasl.password", "hunter2"), ("acks", "1")]);
        assert_eq!(reserved(&settings), ["acks", "enable.auto.commit"]);
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
