//! The whole program against a real broker: every input ends exactly once, whatever happens on the way.
//!
//! Judged is what a `read_committed` consumer of the output topics sees, because that is what is promised.

#[path = "broker/reload.rs"]
mod reload;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::generate::{Fate, Generated, generate, with_large_key};
use support::{Broker, Program, Reader, Received, Sent};

const PARTITIONS: i32 = 6;
const POSTS: usize = 60_000;
const UNREADABLE: usize = 500;
const NO_POSTS: usize = 500;

/// For all 61,000 records on a slow machine, with rebalances.
const PATIENCE: Duration = Duration::from_mins(4);
/// What SIGTERM may take: supervisors that are less patient than this are rare.
const STOP: Duration = Duration::from_secs(5);

/// Hits a quarter of the generated posts. No `once_per`, so alerts can be counted.
const PACK: &str = "\
pack: broker-test
version: 1.0.0
requires: '>=0.1'
status: experimental
title: Phrases of the generated posts
description: Gives a part of the generated posts a score and an alert.
authors: [tests]
updated: 2025-02-03
references: [https://example.org/]
words:
  invitation:
    en: [explore opportunities]
    ru: [изучать возможности]
    uk: [вивчати можливості]
    ar: [استكشاف الفرص]
indicators:
  - id: call-to-come
    title: Come and explore
    points: 60
    match: { words: [invitation] }
alerts:
  - { id: review, level: medium, at: 10 }
";

/// One at a time: two cores are one scenario's worth.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The topics and files of one scenario.
struct Scene {
    broker: Broker,
    folder: tempfile::TempDir,
    name: String,
}

impl Scene {
    /// Creates the input topic and writes pack and pipeline; the program creates the outputs.
    fn new(broker: Broker, name: &str, strategy: &str) -> Self {
        let scene = Self { broker, folder: tempfile::tempdir().expect("a folder"), name: support::unique(name) };
        support::create_topic(&scene.broker, &scene.topic("input"), PARTITIONS, &[]);
        let packs = scene.folder.path().join("packs");
        std::fs::create_dir(&packs).expect("a folder");
        std::fs::write(packs.join("broker-test.yaml"), PACK).expect("a pack");
        // The shortest session that brokers allow: a killed instance is missed after 6 s, not after 45.
        let pipeline = format!(
            "pipeline: broker-test\n\
             kafka:\n  brokers: ${{BROKERS}}\n  group: {name}\n  instance: ${{INSTANCE}}\n  properties:\n    \
               session.timeout.ms: \"6000\"\n    heartbeat.interval.ms: \"1000\"\n    \
               partition.assignment.strategy: {strategy}\n\
             inputs:\n  - {{ topic: {input}, format: auto }}\n\
             packs: [packs/]\n\
             outputs:\n  scored: {scored}\n  alerts: {alerts}\n  dead_letters: {dead}\n  create: true\n\
             delivery: exactly_once\ncommit_every: 100ms\nworkers: 2\nadmin: ${{ADMIN}}\n",
            name = scene.name,
            input = scene.topic("input"),
            scored = scene.topic("scored"),
            alerts = scene.topic("alerts"),
            dead = scene.topic("dead-letters"),
        );
        std::fs::write(scene.folder.path().join("pipeline.yaml"), pipeline).expect("a pipeline file");
        scene
    }

    fn topic(&self, role: &str) -> String {
        format!("{}.{role}", self.name)
    }

    fn produce(&self, generated: &[Generated]) {
        let records: Vec<_> = generated.iter().map(|one| one.record.clone()).collect();
        support::produce(&self.broker, &self.topic("input"), &records);
    }

    /// Waits until the group has committed the whole input: then every output of it is committed too.
    fn wait_for_the_end(&self) {
        let ends = support::ends(&self.broker, &self.topic("input"));
        let group = format!("{}.score", self.name);
        support::wait_until("the whole input is committed", PATIENCE, || {
            support::committed(&self.broker, &group, &self.topic("input")).is_some_and(|committed| committed == ends)
        });
    }
}

/// A process of the program.
struct Instance {
    program: Program,
    admin: String,
}

impl Instance {
    fn start(scene: &Scene, name: &str) -> Self {
        let admin = format!("127.0.0.1:{}", support::free_port());
        let environment = [("BROKERS", scene.broker.address.as_str()), ("INSTANCE", name), ("ADMIN", admin.as_str())];
        let program = Program::start(scene.folder.path(), name, &["run", "pipeline.yaml"], &environment);
        Self { program, admin }
    }

    fn wait_until_ready(&mut self) {
        support::wait_until("the instance is ready", PATIENCE, || {
            assert!(self.program.runs(), "it ended instead of becoming ready");
            support::get(&self.admin, "/ready").is_ok_and(|(status, _)| status == 200)
        });
    }

    fn stop(mut self) {
        let status = self.program.terminate(STOP);
        assert_eq!(status.code(), Some(0), "after SIGTERM");
    }
}

/// Where each record of the input stands. One idempotent producer keeps the order within a partition.
fn places(generated: &[Generated]) -> BTreeMap<(i32, i64), &Generated> {
    let mut next: BTreeMap<i32, i64> = BTreeMap::new();
    let place = |one: &'_ Generated| {
        let offset = next.entry(one.record.partition).or_default();
        *offset += 1;
        (one.record.partition, *offset - 1)
    };
    generated.iter().map(place).zip(generated).collect()
}

/// Reads all output topics and compares them with the input.
fn verify(scene: &Scene, generated: &[Generated]) {
    let input = places(generated);
    let with_alert = verify_scored(scene, &input);
    verify_alerts(scene, &with_alert, POSTS / 10);
    verify_dead_letters(scene, &input);
}

/// Every post once, under its own place and id; gives the places of those with an alert.
fn verify_scored(scene: &Scene, input: &BTreeMap<(i32, i64), &Generated>) -> BTreeSet<(i32, i64)> {
    let (mut seen, mut ids, mut with_alert) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for record in support::read_committed(&scene.broker, &scene.topic("scored")) {
        let value: Value =
            serde_json::from_slice(record.payload.as_deref().unwrap_or_default()).expect("scored is JSON");
        let place = place_in(&value["origin"]);
        let (partition, offset) = place;
        assert_eq!(record.header("ce_id"), format!("{}/{partition}/{offset}", scene.topic("input")));
        assert_eq!(value["origin"]["topic"], scene.topic("input").as_str());
        assert!(seen.insert(place), "scored twice: {place:?}");

        let one = input.get(&place).unwrap_or_else(|| panic!("scored what was never sent: {place:?}"));
        let Fate::Scored { native } = &one.fate else { panic!("scored instead of {:?}: {}", one.fate, shown(one)) };
        let digest = sha256(one.record.payload.as_deref().unwrap_or_default());
        assert!(value["origin"]["sha256"].as_str().is_some_and(|said| said.ends_with(&digest)), "{value}");

        let id = value["id"].as_str().expect("an id").to_owned();
        assert_eq!(record.header("ce_subject"), id);
        assert!(native.as_ref().is_none_or(|native| id.contains(native)), "{id} does not hold {native:?}");
        assert_eq!(record.key.as_deref(), Some(one.record.key.as_deref().unwrap_or(id.as_bytes())), "the key of {id}");
        if value["alerts"].as_array().is_some_and(|alerts| !alerts.is_empty()) {
            with_alert.insert(place);
        }
        assert!(ids.insert(id), "two posts have one id: {value}");
    }
    let missing = missing(input, &seen, |fate| matches!(fate, Fate::Scored { .. }));
    assert!(missing.is_empty(), "{} posts were not scored, the first: {}", missing.len(), missing[0]);
    with_alert
}

/// An alert for each scored record that names one, and more of them than `least`.
fn verify_alerts(scene: &Scene, expected: &BTreeSet<(i32, i64)>, least: usize) {
    let mut seen = BTreeSet::new();
    for record in support::read_committed(&scene.broker, &scene.topic("alerts")) {
        let value: Value =
            serde_json::from_slice(record.payload.as_deref().unwrap_or_default()).expect("alerts are JSON");
        let place = place_in(&value["origin"]);
        assert!(seen.insert(place), "alerted twice: {value}");
    }
    assert!(expected.len() > least, "only {} of the generated posts have an alert", expected.len());
    assert_eq!(&seen, expected);
}

/// Every unreadable record once: its own bytes, key and headers, and where and why.
fn verify_dead_letters(scene: &Scene, input: &BTreeMap<(i32, i64), &Generated>) {
    const CONNECT: &str = "__connect.errors.";
    let mut seen = BTreeSet::new();
    for letter in support::read_committed(&scene.broker, &scene.topic("dead-letters")) {
        let header = |name: &str| letter.header(&format!("{CONNECT}{name}")).to_owned();
        assert_eq!(header("topic"), scene.topic("input"));
        let place = (header("partition").parse().expect("a number"), header("offset").parse().expect("a number"));
        for name in ["stage", "exception.class.name", "exception.message"] {
            assert!(!header(name).is_empty(), "{CONNECT}{name} is empty");
        }
        assert!(seen.insert(place), "a dead letter twice: {place:?}");

        let one = input.get(&place).unwrap_or_else(|| panic!("a dead letter that was never sent: {place:?}"));
        assert_eq!(one.fate, Fate::DeadLetter, "{}: {}", header("exception.message"), shown(one));
        assert_eq!(letter.payload, one.record.payload, "payload of {place:?}");
        assert_eq!(letter.key, one.record.key, "key of {place:?}");
        let Received { headers, .. } = &letter;
        let own: Vec<_> = headers.iter().filter(|(name, _)| !name.starts_with(CONNECT)).cloned().collect();
        assert_eq!(own, one.record.headers, "headers of {place:?}");
    }
    let missing = missing(input, &seen, |fate| *fate == Fate::DeadLetter);
    assert!(missing.is_empty(), "{} dead letters are missing, the first: {}", missing.len(), missing[0]);
}

fn place_in(origin: &Value) -> (i32, i64) {
    let number = |name: &str| origin[name].as_i64().unwrap_or_else(|| panic!("no {name} in {origin}"));
    (i32::try_from(number("partition")).expect("a partition"), number("offset"))
}

fn missing(
    input: &BTreeMap<(i32, i64), &Generated>,
    seen: &BTreeSet<(i32, i64)>,
    of: impl Fn(&Fate) -> bool,
) -> Vec<String> {
    let missing = input.iter().filter(|(place, one)| of(&one.fate) && !seen.contains(*place));
    missing.map(|(place, one)| format!("{place:?} {}", shown(one))).collect()
}

/// In lower-case hexadecimal, as `sha256sum` prints it.
fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn shown(one: &Generated) -> String {
    one.record.payload.as_ref().map_or("a tombstone".into(), |bytes| String::from_utf8_lossy(bytes).into_owned())
}

#[test]
fn every_record_ends_exactly_once_and_the_metrics_agree() {
    let Some(broker) = Broker::get() else { return };
    let _turn = turn();
    let scene = Scene::new(broker, "counted", "range");
    let generated = generate(1, POSTS, UNREADABLE, NO_POSTS, PARTITIONS);

    let mut instances = [Instance::start(&scene, "a"), Instance::start(&scene, "b")];
    for instance in &mut instances {
        instance.wait_until_ready();
    }
    scene.produce(&generated);
    scene.wait_for_the_end();

    let names = ["undercurrent_scored_total", "undercurrent_ignored_total", "undercurrent_dead_letters_total"];
    let expected = [POSTS, NO_POSTS, UNREADABLE].map(|count| count as u64);
    let mut counted = [0; 3];
    // The counters follow the commit by a moment.
    let began = Instant::now();
    while counted != expected && began.elapsed() < STOP {
        let both = instances.each_ref().map(|instance| support::metrics(&instance.admin));
        counted = names.map(|name| both.iter().map(|metrics| metrics.count(name)).sum());
        assert!(both.iter().all(|metrics| metrics.count(names[0]) > 0), "one instance scored nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(counted, expected, "{names:?} of both instances");

    for instance in instances {
        instance.stop();
    }
    verify(&scene, &generated);
}

#[test]
fn crashes_under_range_lose_and_double_nothing() {
    crashes("range");
}

#[test]
fn crashes_under_cooperative_sticky_lose_and_double_nothing() {
    crashes("cooperative-sticky");
}

/// One of two instances is killed twice while records flow, and one record is larger than the output topic takes.
fn crashes(strategy: &str) {
    const LIMIT: usize = 64 * 1024;
    let Some(broker) = Broker::get() else { return };
    let _turn = turn();
    let scene = Scene::new(broker, strategy, strategy);
    let limit = LIMIT.to_string();
    support::create_topic(&scene.broker, &scene.topic("scored"), PARTITIONS, &[("max.message.bytes", &limit)]);
    let mut generated = generate(2, POSTS, UNREADABLE, NO_POSTS, PARTITIONS);
    generated.insert(generated.len() / 2, with_large_key(LIMIT + 1024, 3));

    let mut stays = Instance::start(&scene, "stays");
    let mut dies = Instance::start(&scene, "dies");
    stays.wait_until_ready();
    dies.wait_until_ready();
    let mut scored = Reader::new(&scene.broker, &scene.topic("scored"));
    let parts: Vec<&[Generated]> = generated.chunks(generated.len().div_ceil(3)).collect();
    for part in &parts[..2] {
        let before = scored.catch_up();
        std::thread::scope(|scope| {
            scope.spawn(|| feed(&scene, part));
            // A quarter through, with the rest still coming: transactions are open whenever the kill strikes.
            support::wait_until("a quarter of the part is scored", PATIENCE, || {
                scored.catch_up() >= before + part.len() / 4
            });
            dies.program.kill();
        });
        dies = Instance::start(&scene, "dies");
        dies.wait_until_ready();
    }
    scene.produce(parts[2]);
    scene.wait_for_the_end();

    stays.stop();
    dies.stop();
    verify(&scene, &generated);
}

/// Produces at about 8,000 records a second, so that a part takes seconds to come in.
fn feed(scene: &Scene, part: &[Generated]) {
    for some in part.chunks(1_000) {
        let began = Instant::now();
        scene.produce(some);
        std::thread::sleep(Duration::from_millis(125).saturating_sub(began.elapsed()));
    }
}

#[test]
fn a_generated_set_is_the_same_every_time_and_holds_what_was_asked() {
    let made = generate(7, 520, 60, 70, PARTITIONS);
    let again = generate(7, 520, 60, 70, PARTITIONS);
    assert!(made.iter().zip(&again).all(|(one, other)| one.record == other.record));
    let count = |of: fn(&Fate) -> bool| made.iter().filter(|one| of(&one.fate)).count();
    assert_eq!(count(|fate| matches!(fate, Fate::Scored { .. })), 520);
    assert_eq!(count(|fate| *fate == Fate::DeadLetter), 60);
    assert_eq!(count(|fate| *fate == Fate::Ignored), 70);
    assert!(made.iter().any(|one| one.record.key.is_none()) && made.iter().any(|one| !one.record.headers.is_empty()));
    let formats = made.iter().flat_map(|one| &one.record.headers).filter(|(name, _)| name == "format");
    let formats: BTreeSet<_> = formats.map(|(_, format)| format).collect();
    assert!(formats.len() > 5, "{formats:?}");
}

/// A judge that never condemns proves nothing.
#[test]
fn a_doubled_and_a_lost_record_are_noticed() {
    let Some(broker) = Broker::get() else { return };
    let _turn = turn();
    let generated = generate(3, 2, 0, 0, 1);
    let input = places(&generated);
    let outcome = |offsets: &[i64]| {
        let scene = Scene::new(broker.clone(), "judged", "range");
        support::create_topic(&scene.broker, &scene.topic("scored"), 1, &[]);
        let scored: Vec<_> =
            offsets.iter().map(|offset| scored_as_promised(&scene, input[&(0, *offset)], *offset)).collect();
        support::produce(&scene.broker, &scene.topic("scored"), &scored);
        let judged = std::panic::catch_unwind(|| verify_scored(&scene, &input));
        judged.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    };
    assert_eq!(outcome(&[0, 1]), Ok(BTreeSet::new()));
    assert!(outcome(&[0, 1, 0]).is_err_and(|said| said.contains("scored twice: (0, 0)")));
    assert!(outcome(&[1]).is_err_and(|said| said.contains("1 posts were not scored, the first: (0, 0)")));
}

/// The scored record that the program would write.
fn scored_as_promised(scene: &Scene, one: &Generated, offset: i64) -> Sent {
    let Fate::Scored { native } = &one.fate else { panic!("not a post") };
    let id = format!("x/{}", native.as_deref().unwrap_or("y"));
    let digest = sha256(one.record.payload.as_deref().unwrap_or_default());
    let origin = json!({ "topic": scene.topic("input"), "partition": 0, "offset": offset, "sha256": digest });
    let headers = [("ce_id", format!("{}/0/{offset}", scene.topic("input"))), ("ce_subject", id.clone())];
    Sent {
        partition: 0,
        key: one.record.key.clone().or_else(|| Some(id.clone().into_bytes())),
        payload: Some(json!({ "id": id, "origin": origin, "alerts": [] }).to_string().into_bytes()),
        headers: headers.map(|(name, value)| (name.to_owned(), Some(value.into_bytes()))).into(),
    }
}
