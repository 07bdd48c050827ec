//! What the tests against a broker share: topics of their own, a step that does what a record's text says, and readers.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use undercurrent::kafka::{Delivery, Health, InputTopic, OutputTopics, Running, Settings, Step, start};
use undercurrent::metrics::Metrics;
use undercurrent::stages::{Arrival, Outcome, Outgoing, Output};

/// Nothing here takes longer, even on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// Does what a record's text says: `stall…` (once), `dead…`, `skip…`, `panic…`, `big:<bytes>…`, `slow…`; everything else is scored.
#[derive(Default)]
pub(crate) struct Echo {
    stalled: AtomicBool,
}

impl Step for Echo {
    fn step(&mut self, arrival: &Arrival<'_>, _: Timestamp, out: &mut Vec<Outgoing>) -> Outcome {
        let text = String::from_utf8_lossy(arrival.payload.unwrap_or_default()).into_owned();
        let scored = |payload: String| Outgoing {
            to: Output::Scored,
            key: arrival.key.map(<[u8]>::to_vec),
            payload: Some(payload.into_bytes()),
            headers: vec![("origin".into(), Some(format!("{}/{}", arrival.topic, arrival.offset).into_bytes()))],
        };
        match text.split_once(':').map_or(text.as_str(), |(word, _)| word) {
            "skip" => Outcome::Ignored("skip"),
            "dead" => {
                self.unpublishable(arrival, "unreadable", "as it says", out);
                Outcome::DeadLetter("unreadable")
            }
            "panic" => panic!("as it says"),
            "big" => {
                let bytes = text.split(':').nth(1).unwrap().parse().unwrap();
                out.push(scored("x".repeat(bytes)));
                Outcome::Scored
            }
            "stall" if !self.stalled.swap(true, Ordering::Relaxed) => {
                std::thread::sleep(Duration::from_secs(9));
                out.push(scored(text));
                Outcome::Scored
            }
            "slow" => {
                std::thread::sleep(Duration::from_millis(5));
                out.push(scored(text));
                Outcome::Scored
            }
            _ => {
                out.push(scored(text));
                Outcome::Scored
            }
        }
    }

    fn unpublishable(&mut self, arrival: &Arrival<'_>, reason: &'static str, message: &str, out: &mut Vec<Outgoing>) {
        let own = [("reason", reason), ("message", message)];
        let headers = arrival.headers.iter().map(|(key, value)| ((*key).to_owned(), value.map(<[u8]>::to_vec)));
        out.push(Outgoing {
            to: Output::DeadLetters,
            key: arrival.key.map(<[u8]>::to_vec),
            payload: arrival.payload.map(<[u8]>::to_vec),
            headers: headers.chain(own.map(|(key, value)| (key.into(), Some(value.as_bytes().to_vec())))).collect(),
        });
    }

    fn committed(&mut self) {}

    fn aborted(&mut self) {}
}

/// Topics of one test, and a group.
pub(crate) struct Rim {
    pub(crate) brokers: String,
    pub(crate) name: String,
}

impl Rim {
    /// Names that no other test has; no topics.
    pub(crate) fn bare(brokers: &str, test: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let started = Timestamp::now().as_millisecond();
        let name = format!("{test}-{started}-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Self { brokers: brokers.to_owned(), name }
    }

    /// With inputs `…-a` and `…-b` with four partitions each.
    pub(crate) fn new(brokers: &str, test: &str) -> Self {
        let rim = Self::bare(brokers, test);
        rim.create(&rim.topic("a"), 4, &[]);
        rim.create(&rim.topic("b"), 4, &[]);
        rim
    }

    pub(crate) fn topic(&self, which: &str) -> String {
        format!("{}-{which}", self.name)
    }

    pub(crate) fn create(&self, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
        let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        for (key, value) in settings {
            new = new.set(key, value);
        }
        block(self.admin().create_topics([&new], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    pub(crate) fn alter(&self, topic: &str, key: &str, value: &str) {
        let alter = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
        block(self.admin().alter_configs([&alter], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        self.config().create().unwrap()
    }

    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers);
        config
    }

    pub(crate) fn settings(&self, delivery: Delivery, workers: usize) -> Settings {
        let input = |which| InputTopic { topic: self.topic(which), quota: None };
        let output = |which| self.topic(which);
        Settings {
            brokers: self.brokers.clone(),
            group: self.name.clone(),
            instance: None,
            properties: BTreeMap::new(),
            inputs: vec![input("a"), input("b")],
            outputs: OutputTopics { scored: output("scored"), alerts: output("alerts"), dead_letters: output("dead") },
            create: true,
            delivery,
            commit_every: Duration::from_millis(100),
            workers,
        }
    }

    /// Sends `texts` to an input, each in its own key.
    pub(crate) fn feed(&self, which: &str, texts: impl IntoIterator<Item = String>) {
        let producer: ThreadedProducer<_> = self.config().set("linger.ms", "5").create().unwrap();
        let topic = self.topic(which);
        for text in texts {
            let headers = OwnedHeaders::new().insert(Header { key: "kept", value: Some("yes") });
            let mut record = BaseRecord::to(&topic).key(&text).payload(&text).headers(headers);
            while let Err((_, back)) = producer.send(record) {
                record = back;
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        producer.flush(DEADLINE).unwrap();
    }

    /// Everything committed in an output so far: texts with their headers, in no order across partitions.
    pub(crate) fn read(&self, which: &str) -> Vec<(String, BTreeMap<String, String>)> {
        let mut config = self.config();
        config.set("group.id", "reader").set("enable.partition.eof", "true");
        let consumer: BaseConsumer = config.create().unwrap();
        let topic = self.topic(which);
        let partitions = consumer.fetch_metadata(Some(&topic), DEADLINE).unwrap().topics()[0].partitions().len();
        let mut list = TopicPartitionList::new();
        for partition in 0..i32::try_from(partitions).unwrap() {
            list.add_partition_offset(&topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&list).unwrap();
        let (mut found, mut ended) = (Vec::new(), BTreeSet::new());
        let until = Instant::now() + DEADLINE;
        while ended.len() < partitions {
            assert!(Instant::now() < until, "{topic} has no end");
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let headers = message.headers().into_iter().flat_map(|headers| headers.iter().collect::<Vec<_>>());
                    let headers = headers.map(|header| (header.key.to_owned(), text(header.value.unwrap_or_default())));
                    found.push((message.payload().map(text).unwrap_or_default(), headers.collect()));
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(ended.insert(partition)),
                Some(Err(_)) | None => {}
            }
        }
        found
    }

    /// Waits until as many records are in an output, and a moment for more than that.
    pub(crate) fn expect(&self, which: &str, count: usize) -> Vec<(String, BTreeMap<String, String>)> {
        let mut found = Vec::new();
        wait(&format!("{count} records in {which}"), || {
            found = self.read(which);
            found.len() >= count
        });
        found
    }

    /// Where the group stands in an input, summed over partitions, against its end.
    pub(crate) fn behind(&self, which: &str) -> i64 {
        let group = format!("{}.score", self.name);
        let mut config = self.config();
        // Otherwise an open transaction would have to end first.
        config.set("group.id", &group).set("isolation.level", "read_uncommitted");
        let consumer: BaseConsumer = config.create().unwrap();
        let topic = self.topic(which);
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&topic, 0, 3);
        let mut committed = None;
        // A broker that has just started still looks for its coordinator.
        wait("the group's coordinator", || {
            committed = consumer.committed_offsets(list.clone(), DEADLINE).ok();
            committed.is_some()
        });
        let committed = committed.unwrap();
        let behind = committed.elements().into_iter().map(|element| {
            let (low, high) = consumer.fetch_watermarks(&topic, element.partition(), DEADLINE).unwrap();
            high - element.offset().to_raw().filter(|offset| *offset >= 0).unwrap_or(low)
        });
        behind.sum()
    }
}

/// A process under test.
pub(crate) struct Process {
    pub(crate) running: Running,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
}

impl Process {
    pub(crate) fn start(settings: Settings) -> Self {
        Self::with(settings, |_| Echo::default())
    }

    pub(crate) fn with<S: Step + 'static>(
        settings: Settings,
        factory: impl Fn(usize) -> S + Send + Sync + 'static,
    ) -> Self {
        let filter = tracing_subscriber::EnvFilter::builder()
            .parse_lossy(std::env::var("RUST_LOG").unwrap_or_else(|_| "off".into()));
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        let (metrics, health) = (Arc::new(Metrics::new()), Arc::new(Health::new(settings.workers)));
        health.packs(true);
        let running = start(settings, factory, Arc::clone(&metrics), Arc::clone(&health)).unwrap();
        Self { running, metrics, health }
    }

    pub(crate) fn ready(&self) {
        wait("readiness", || self.health.missing(Duration::MAX).is_empty());
    }

    /// The value of a series, summed over those whose line starts so.
    pub(crate) fn metric(&self, start: &str) -> i64 {
        let text = String::from_utf8(self.metrics.render()).unwrap();
        let lines = text.lines().filter(|line| line.starts_with(start));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap()).sum()
    }

    /// Stops, and says how long that took.
    pub(crate) fn stop(self) -> Duration {
        let started = Instant::now();
        self.running.stop();
        self.running.join().unwrap();
        started.elapsed()
    }
}

/// Waits for a condition.
pub(crate) fn wait(what: &str, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The texts of records, sorted.
pub(crate) fn texts(records: &[(String, BTreeMap<String, String>)]) -> Vec<String> {
    let mut texts: Vec<String> = records.iter().map(|(text, _)| text.clone()).collect();
    texts.sort();
    texts
}

/// `count` texts, sorted.
pub(crate) fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:06}")).collect()
}

pub(crate) fn quota(rate: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(rate)
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
