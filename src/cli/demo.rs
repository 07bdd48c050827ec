//! The demo: a broker, a stream and the service in one process.
//!
//! The embedded broker is librdkafka's own mock cluster, which keeps a few mebibytes and gives no transactions, so the
//! demo delivers at least once. All else is real: topics, consumer group, workers, admin server, and a reader of the
//! output topics that prints what any other consumer would find there.

mod kinds;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use serde_json::Value;

use self::kinds::Kinds;
use super::terminal::{BAD, BOLD, CAUSE, DIM, GOOD, MARK, WARN, result, safe_line};
use super::{Exit, packs, records};
use crate::config::{self, Config};
use crate::kafka;
use crate::metrics::Metrics;
use crate::pipeline::{self, Handle};
use crate::problem::Source;
use crate::shipped::{DEMO, DEMO_PIPELINE};

/// Between messages: the whole stream takes some seconds, slow enough to be watched.
const PACE: Duration = Duration::from_millis(25);
/// The group joins within some seconds; feeding begins when it has.
const JOINED: Duration = Duration::from_secs(20);
/// A demo that takes longer is broken, and says so.
const LONGEST: Duration = Duration::from_secs(120);

/// Runs the demo; with `once` it ends when the stream is read.
pub(super) fn run(once: bool, admin: SocketAddr) -> Result<Exit, String> {
    let refused = |fault: rdkafka::error::KafkaError| format!("the embedded broker does not start: {fault}");
    let cluster: MockCluster<'static, DefaultProducerContext> = MockCluster::new(1).map_err(refused)?;
    let brokers = cluster.bootstrap_servers();
    for (topic, _) in DEMO {
        cluster.create_topic(topic, 2, 1).map_err(refused)?;
    }
    for topic in ["scored", "alerts", "dead-letters"] {
        cluster.create_topic(topic, 2, 1).map_err(refused)?;
    }
    let config = configuration(&brokers, admin)?;
    let engine = packs::engine(&[std::path::PathBuf::from("shipped")])?;
    let mut threads = None;
    pipeline::serve(&config, engine, None, Some(kafka::TopicLimits::default()), |handle| {
        greet(handle, &brokers);
        let fed = Arc::new(OnceLock::new());
        let feeder = {
            let (brokers, handle, fed) = (brokers.clone(), handle.clone(), Arc::clone(&fed));
            std::thread::spawn(move || feed(&brokers, &handle).map(|count| *fed.get_or_init(|| count)))
        };
        let handle = handle.clone();
        let reader = std::thread::spawn(move || read(&brokers, once, &handle, &fed));
        threads = Some((feeder, reader));
    })?;
    let Some((feeder, reader)) = threads else { return Ok(Exit::Clean) };
    let dead = || "a thread of the demo died".to_string();
    let fed = feeder.join().map_err(|_| dead())??;
    let summary = reader.join().map_err(|_| dead())??;
    summary.print(fed);
    Ok(if once && !summary.complete(fed) { Exit::Failed } else { Exit::Clean })
}

fn configuration(brokers: &str, admin: SocketAddr) -> Result<Config, String> {
    let env = |name: &str| match name {
        "DEMO_BROKERS" => Some(brokers.to_string()),
        "DEMO_ADMIN" => Some(admin.to_string()),
        _ => None,
    };
    let file = |_: &str| Err("the demo reads no files".to_string());
    let source = Source { name: "shipped:demo/demo.yaml".into(), text: DEMO_PIPELINE.into() };
    let (config, problems) = config::load(&source, &config::Lookup { env: &env, file: &file });
    packs::report(&source, &problems);
    config.ok_or_else(|| "the demo's own pipeline is broken".to_string())
}

fn greet(handle: &Handle, brokers: &str) {
    result(format_args!("{BOLD}undercurrent demo{BOLD:#}: an invented morning on five topics, read live"));
    result(format_args!("  admin    http://{}/  (the live page: open it in a browser)", handle.admin));
    result(format_args!("  topics   kcat -b {brokers} -C -t scored -o beginning"));
    result(format_args!(
        "  {DIM}{MARK} evidence {MARK:#}{DIM} is marked, and so is {CAUSE}what decides whose claim it is{CAUSE:#}{DIM}.{DIM:#}\n"
    ));
}

/// Feeds the stream in the order of its lines, topic by topic in turn. Gives the number of messages.
fn feed(brokers: &str, handle: &Handle) -> Result<u64, String> {
    let begun = Instant::now();
    while !handle.health.missing(Duration::MAX).is_empty() && begun.elapsed() < JOINED && !handle.stop.wanted() {
        std::thread::sleep(PACE);
    }
    let producer: ThreadedProducer<DefaultProducerContext> = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .create()
        .map_err(|fault| format!("no producer: {fault}"))?;
    let mut rest: Vec<_> =
        DEMO.iter().map(|(topic, text)| (*topic, text.lines().filter(|line| !line.is_empty()))).collect();
    let mut fed = 0;
    while !rest.is_empty() && !handle.stop.wanted() {
        rest.retain_mut(|(topic, lines)| {
            let Some(line) = lines.next() else { return false };
            let record = BaseRecord::<(), _>::to(topic).payload(line.as_bytes());
            fed += u64::from(producer.send(record).is_ok());
            std::thread::sleep(PACE);
            true
        });
    }
    producer.flush(Duration::from_secs(10)).map_err(|fault| format!("the embedded broker takes no more: {fault}"))?;
    Ok(fed)
}

/// What the output topics held.
#[derive(Default)]
struct Summary {
    /// Records of all output topics.
    read: u64,
    scored: u64,
    alerts: u64,
    /// Posts that would have raised an alert in their author's own voice, and report or dispute instead.
    held_back: u64,
    dead_letters: u64,
    /// As the service counts them.
    ignored: u64,
    stances: BTreeMap<String, u64>,
    kinds: Kinds,
}

impl Summary {
    fn complete(&self, fed: u64) -> bool {
        self.alerts > 0 && self.held_back > 0 && self.scored + self.ignored + self.dead_letters == fed
    }

    fn print(&self, fed: u64) {
        self.kinds.print();
        let stances =
            self.stances.iter().map(|(stance, count)| format!("{count} {stance}")).collect::<Vec<_>>().join(", ");
        result(format_args!("\n{BOLD}summary{BOLD:#}"));
        result(format_args!("  read           {fed}"));
        result(format_args!("  scored         {}  {DIM}{stances}{DIM:#}", self.scored));
        result(format_args!("  alerts         {BAD}{}{BAD:#}", self.alerts));
        result(format_args!(
            "  held back      {GOOD}{}{GOOD:#}  {DIM}reports and disputes with the operation's own words{DIM:#}",
            self.held_back
        ));
        result(format_args!("  ignored        {}  {DIM}likes, deletions, service rows{DIM:#}", self.ignored));
        result(format_args!("  dead letters   {WARN}{}{WARN:#}", self.dead_letters));
    }
}

/// Reads the output topics as any consumer would, and prints what is worth a look.
fn read(brokers: &str, once: bool, handle: &Handle, fed: &OnceLock<u64>) -> Result<Summary, String> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "demo.reader")
        .set("auto.offset.reset", "earliest")
        .create()
        .map_err(|fault| format!("no reader: {fault}"))?;
    let mut all = rdkafka::TopicPartitionList::new();
    for topic in ["scored", "alerts", "dead-letters"] {
        for partition in 0..2 {
            let at = all.add_partition_offset(topic, partition, rdkafka::Offset::Beginning);
            at.map_err(|fault| fault.to_string())?;
        }
    }
    consumer.assign(&all).map_err(|fault| format!("no reader: {fault}"))?;
    let mut summary = Summary::default();
    let begun = Instant::now();
    while !handle.stop.wanted() {
        let message = consumer.poll(Duration::from_millis(100));
        if let Some(Ok(message)) = &message {
            let payload = message.payload().unwrap_or_default();
            summary.read += 1;
            match message.topic() {
                "dead-letters" => dead_letter(&mut summary, payload),
                "alerts" => alert(&mut summary, payload),
                _ => scored(&mut summary, payload),
            }
        }
        let done = fed.get().is_some_and(|fed| {
            handle.metrics.ended() >= *fed && summary.read >= Metrics::total(&handle.metrics.published)
        });
        if once && message.is_none() && (done || begun.elapsed() > LONGEST) {
            handle.stop.stop();
        }
    }
    summary.ignored = Metrics::total(&handle.metrics.ignored);
    Ok(summary)
}

fn dead_letter(summary: &mut Summary, payload: &[u8]) {
    summary.dead_letters += 1;
    let head: String = String::from_utf8_lossy(payload).chars().take(60).collect();
    result(format_args!("{WARN}dead letter{WARN:#}  {DIM}{}…{DIM:#}", safe_line(&head)));
}

fn scored(summary: &mut Summary, payload: &[u8]) {
    summary.scored += 1;
    let Ok(record) = serde_json::from_slice::<Value>(payload) else { return };
    summary.kinds.see(&record);
    let stance = record["stance"].as_str().unwrap_or("without a hit");
    *summary.stances.entry(stance.to_string()).or_default() += 1;
    let quiet = matches!(stance, "reports" | "disputes") && record["alerts"].as_array().is_some_and(Vec::is_empty);
    let points = record["packs"].as_array().into_iter().flatten().filter_map(|pack| pack["points"].as_f64());
    // 40 points are the founding pack's lowest alert.
    if quiet && points.fold(0.0, f64::max) >= 40.0 {
        summary.held_back += 1;
        let words = record["post"]["title"].as_str().or(record["post"]["text"].as_str()).unwrap_or_default();
        let head: String = words.chars().take(70).collect();
        result(format_args!(
            "{GOOD}held back{GOOD:#}    {} of {} points, {stance}: {DIM}{}{DIM:#}",
            record["score"],
            record["packs"][0]["points"],
            safe_line(&head)
        ));
    }
}

fn alert(summary: &mut Summary, payload: &[u8]) {
    summary.alerts += 1;
    let Ok(record) = serde_json::from_slice::<Value>(payload) else { return };
    result(records::alert(&record));
}
