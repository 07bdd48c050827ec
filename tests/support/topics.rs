//! Topics of the test broker: create, fill, read to the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::{Broker, unique};

/// Long enough for a broker on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Header names may repeat, and a value may be absent.
pub(crate) type HeaderList = Vec<(String, Option<Vec<u8>>)>;

/// A record to produce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) partition: i32,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: HeaderList,
}

/// A record as a consumer got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: HeaderList,
}

impl Received {
    /// The value of a header that must stand there once, as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value);
        let value = values.next().unwrap_or_else(|| panic!("no header `{name}` in {:?}", self.headers));
        assert!(values.next().is_none(), "header `{name}` stands twice");
        str::from_utf8(value.as_deref().unwrap_or_default()).expect("a header of text")
    }
}

fn config(broker: &Broker) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &broker.address).set_log_level(RDKafkaLogLevel::Critical);
    config
}

/// Creates a topic and waits until its leaders stand; settings are the broker's (`max.message.bytes`, …).
pub(crate) fn create_topic(broker: &Broker, name: &str, partitions: i32, settings: &[(&str, &str)]) {
    let admin: AdminClient<DefaultClientContext> = config(broker).create().expect("an admin client");
    let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
    for (key, value) in settings {
        topic = topic.set(key, value);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let options = AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE));
    let created = runtime.block_on(admin.create_topics([&topic], &options)).expect("an answer of the broker");
    for topic in created {
        topic.unwrap_or_else(|(name, code)| panic!("topic {name}: {code}"));
    }
    super::wait_until("the new topic has leaders", PATIENCE, || {
        let metadata = admin.inner().fetch_metadata(Some(name), PATIENCE).expect("metadata");
        let topic = &metadata.topics()[0];
        topic.partitions().len() == usize::try_from(partitions).expect("a count")
            && topic.partitions().iter().all(|partition| partition.leader() >= 0)
    });
}

/// Counts what arrived and keeps the first failure.
#[derive(Clone, Default)]
struct Deliveries {
    arrived: Arc<AtomicUsize>,
    failed: Arc<Mutex<Option<String>>>,
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => {
                self.arrived.fetch_add(1, Ordering::Relaxed);
            }
            Err((error, _)) => {
                self.failed.lock().expect("no panic holds it").get_or_insert(error.to_string());
            }
        }
    }
}

/// Sends records and returns when the broker has all of them. Idempotent, so each stands there exactly once.
pub(crate) fn produce(broker: &Broker, topic: &str, records: &[Sent]) {
    produce_slowly(broker, topic, records, records.len(), Duration::ZERO);
}

/// The same with a pause after every `some`, so that they flow for a while.
pub(crate) fn produce_slowly(broker: &Broker, topic: &str, records: &[Sent], some: usize, pause: Duration) {
    let deliveries = Deliveries::default();
    let producer: ThreadedProducer<Deliveries> = config(broker)
        .set("enable.idempotence", "true")
        .set("linger.ms", "20")
        .set("message.max.bytes", "10000000")
        .create_with_context(deliveries.clone())
        .expect("a producer");
    for (number, record) in records.iter().enumerate() {
        if number > 0 && number.is_multiple_of(some) {
            std::thread::sleep(pause);
        }
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: value.as_deref() });
        }
        let mut message = BaseRecord::<[u8], [u8]>::to(topic).partition(record.partition).headers(headers);
        message.key = record.key.as_deref();
        message.payload = record.payload.as_deref();
        while let Err((error, refused)) = producer.send(message) {
            assert_eq!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::QueueFull), "{error}");
            std::thread::sleep(Duration::from_millis(1));
            message = refused;
        }
    }
    producer.flush(PATIENCE).expect("all records sent");
    assert_eq!(*deliveries.failed.lock().expect("no panic holds it"), None);
    assert_eq!(deliveries.arrived.load(Ordering::Relaxed), records.len());
}

/// Reads all partitions of a topic as `read_committed` does: aborted records are not there.
pub(crate) struct Reader {
    consumer: BaseConsumer,
    partitions: usize,
    /// Everything read so far, in order within a partition.
    pub(crate) records: Vec<Received>,
}

impl Reader {
    /// From the first record on. The topic must exist.
    pub(crate) fn new(broker: &Broker, topic: &str) -> Self {
        let consumer: BaseConsumer = config(broker)
            .set("group.id", unique("reader"))
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("fetch.wait.max.ms", "50")
            .create()
            .expect("a consumer");
        let mut list = TopicPartitionList::new();
        let partitions = partitions(&consumer, topic);
        for partition in &partitions {
            list.add_partition_offset(topic, *partition, Offset::Beginning).expect("an offset");
        }
        consumer.assign(&list).expect("an assignment");
        Self { consumer, partitions: partitions.len(), records: Vec::new() }
    }

    /// Takes what is there now, without waiting for the end; gives the number of all records so far.
    pub(crate) fn catch_up(&mut self) -> usize {
        while !matches!(self.poll(Duration::from_millis(50)), Polled::Nothing) {}
        self.records.len()
    }

    /// Reads until every partition has reported its end (the last stable offset).
    fn into_all(mut self) -> Vec<Received> {
        let mut ended = BTreeSet::new();
        let began = Instant::now();
        while ended.len() < self.partitions {
            assert!(began.elapsed() < PATIENCE, "the end of the topic is not reached");
            if let Polled::End(partition) = self.poll(Duration::from_secs(1)) {
                ended.insert(partition);
            }
        }
        self.records
    }

    fn poll(&mut self, timeout: Duration) -> Polled {
        match self.consumer.poll(timeout) {
            None => Polled::Nothing,
            Some(Ok(message)) => {
                let headers = message.headers().map_or_else(Vec::new, |headers| {
                    let all = headers.iter();
                    all.map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
                });
                self.records.push(Received {
                    partition: message.partition(),
                    offset: message.offset(),
                    key: message.key().map(<[u8]>::to_vec),
                    payload: message.payload().map(<[u8]>::to_vec),
                    headers,
                });
                Polled::Record
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => Polled::End(partition),
            Some(Err(error)) => panic!("reading: {error}"),
        }
    }
}

/// What one poll gave.
enum Polled {
    Nothing,
    Record,
    /// This partition has no more for now.
    End(i32),
}

/// Everything that a `read_committed` consumer sees in a topic.
pub(crate) fn read_committed(broker: &Broker, topic: &str) -> Vec<Received> {
    Reader::new(broker, topic).into_all()
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> Vec<i32> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).expect("metadata");
    let found: Vec<i32> =
        metadata.topics()[0].partitions().iter().map(rdkafka::metadata::MetadataPartition::id).collect();
    assert!(!found.is_empty(), "topic {topic} does not exist");
    found
}

/// The end of each partition: the offset of the next record.
pub(crate) fn ends(broker: &Broker, topic: &str) -> BTreeMap<i32, i64> {
    let consumer: BaseConsumer = config(broker).create().expect("a consumer");
    let end = |partition| consumer.fetch_watermarks(topic, partition, PATIENCE).expect("watermarks").1;
    partitions(&consumer, topic).into_iter().map(|partition| (partition, end(partition))).collect()
}

/// What a group has committed for a topic, by partition; partitions without a commit are absent. `None` while a
/// transaction is undecided: the broker gives no answer then.
pub(crate) fn committed(broker: &Broker, group: &str, topic: &str) -> Option<BTreeMap<i32, i64>> {
    let consumer: BaseConsumer = config(broker).set("group.id", group).create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    for partition in partitions(&consumer, topic) {
        list.add_partition(topic, partition);
    }
    let list = consumer.committed_offsets(list, Duration::from_secs(1)).ok()?;
    let offset = |offset| if let Offset::Offset(offset) = offset { Some(offset) } else { None };
    Some(list.elements().iter().filter_map(|one| Some((one.partition(), offset(one.offset())?))).collect())
}
