//! The delivery path against a real broker: each record once, whatever happens meanwhile.

#![allow(clippy::unwrap_used, reason = "a test that fails should say where")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

#[path = "rim/mod.rs"]
mod rim;
mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::producer::Producer;
use rim::{DEADLINE, Process, Rim, numbered, quota, texts, wait};
use undercurrent::kafka::{Delivery, StartError, check_topics};

/// The broker to test against; `None` after saying why there is none.
fn brokers() -> Option<String> {
    support::Broker::get().map(|broker| broker.address)
}

const BOTH: [&str; 2] = ["range", "cooperative-sticky"];

/// Two processes of two workers, of which one comes and goes while records flow.
#[test]
fn each_record_comes_out_once_through_rebalances() {
    let Some(brokers) = brokers() else { return };
    for strategy in BOTH {
        let rim = Rim::new(&brokers, strategy);
        let mut settings = rim.settings(Delivery::ExactlyOnce, 2);
        settings.properties.insert("partition.assignment.strategy".into(), strategy.into());
        let staying = Process::start(settings.clone());
        staying.ready();
        // Fed until the last newcomer has left: what is fed must not run out while somebody joins.
        let (all, left) = (numbered("", 500_000), AtomicBool::new(false));
        let count = std::thread::scope(|scope| {
            let feeding = scope.spawn(|| {
                let mut fed = 0;
                for part in all.chunks(500).take_while(|_| !left.load(Ordering::Relaxed)) {
                    rim.feed("a", part.iter().cloned());
                    fed += part.len();
                    std::thread::sleep(Duration::from_millis(50));
                }
                fed
            });
            for _ in 0..2 {
                let coming = Process::start(settings.clone());
                coming.ready();
                wait("a share for the newcomer", || coming.metric("undercurrent_received_total") > 100);
                assert!(coming.stop() < Duration::from_secs(5));
            }
            left.store(true, Ordering::Relaxed);
            feeding.join().unwrap()
        });
        let found = rim.expect("scored", count);
        assert_eq!(texts(&found), all[..count], "{strategy}");
        wait("all offsets", || rim.behind("a") == 0);
        assert!(staying.metric("undercurrent_rebalances_total{kind=\"revoke\"}") >= 1);
        assert!(staying.stop() < Duration::from_secs(5));
    }
}

/// What is dead, ignored, too large or a cause of panic is in its place, and the counters say the same.
#[test]
fn counters_equal_what_a_reader_finds() {
    let Some(brokers) = brokers() else { return };
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let rim = Rim::new(&brokers, "counters");
        let process = Process::start(rim.settings(delivery, 2));
        rim.feed("a", numbered("good", 500));
        rim.feed("b", ["dead:1", "skip:1", "panic:1", "big:2000000", "skip:2"].map(str::to_owned));
        let scored = rim.expect("scored", 500);
        let dead = rim.expect("dead", 3);
        assert_eq!(texts(&scored), numbered("good", 500));
        assert_eq!(texts(&dead), ["big:2000000", "dead:1", "panic:1"]);
        assert!(dead.iter().all(|(_, headers)| headers["kept"] == "yes"));
        let counted = |series: &str| process.metric(&format!("undercurrent_{series}"));
        wait("counters", || counted("scored_total") + counted("ignored_total") + counted("dead_letters_total") >= 505);
        assert_eq!(counted("scored_total"), 500);
        assert_eq!(counted("ignored_total"), 2);
        for reason in ["unreadable", "panic", "too_large"] {
            let topic = rim.topic("b");
            assert_eq!(counted(&format!("dead_letters_total{{reason=\"{reason}\",topic=\"{topic}\"}}")), 1, "{reason}");
        }
        assert_eq!(counted("published_total{output=\"scored\"}"), 500);
        wait("all offsets", || rim.behind("a") + rim.behind("b") == 0);
        wait("no lag", || counted("lag_records") == 0);
        assert_eq!(counted("assigned_partitions"), 8);
        process.stop();
    }
}

/// A broker that refuses one record of thousands costs that record only.
#[test]
fn a_refused_record_becomes_a_dead_letter_and_the_others_go_on() {
    let Some(brokers) = brokers() else { return };
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let rim = Rim::new(&brokers, "refused");
        let mut settings = rim.settings(delivery, 1);
        // Or the large record would be small enough.
        settings.properties.insert("compression.type".into(), "none".into());
        let process = Process::start(settings);
        process.ready();
        // Lowered after the limits were read, as an administrator might.
        rim.alter(&rim.topic("scored"), "max.message.bytes", "20000");
        let records =
            numbered("good", 2_000).into_iter().chain(["big:30000".to_owned()]).chain(numbered("more", 2_000));
        rim.feed("a", records);
        let dead = rim.expect("dead", 1);
        assert_eq!((dead[0].0.as_str(), dead[0].1["reason"].as_str()), ("big:30000", "refused"));
        let mut expected = numbered("good", 2_000);
        expected.extend(numbered("more", 2_000));
        let found = texts(&rim.expect("scored", 4_000));
        match delivery {
            Delivery::ExactlyOnce => assert_eq!(found, expected),
            Delivery::AtLeastOnce => {
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), expected);
            }
        }
        wait("all offsets", || rim.behind("a") == 0);
        assert_eq!(process.metric("undercurrent_dead_letters_total"), 1);
        process.stop();
    }
}

/// A topic with a quota keeps to it; one without is done long before.
#[test]
fn a_quota_slows_its_own_topic_only() {
    let Some(brokers) = brokers() else { return };
    let rim = Rim::new(&brokers, "quota");
    let mut settings = rim.settings(Delivery::ExactlyOnce, 2);
    settings.inputs[1].quota = quota(1_000);
    rim.feed("a", numbered("free", 20_000));
    rim.feed("b", numbered("slow-topic", 6_000));
    let process = Process::start(settings);
    let scored = |which: &str| process.metric(&format!("undercurrent_scored_total{{topic=\"{}\"}}", rim.topic(which)));
    wait("the first slow one", || scored("b") >= 1);
    let (started, before) = (Instant::now(), scored("b"));
    wait("the free topic", || scored("a") >= 20_000);
    assert!(scored("b") < 5_000, "the quota did not hold");
    assert!(process.metric("undercurrent_quota_paused_partitions") >= 1, "nothing was paused");
    wait("the slow topic", || scored("b") >= 6_000);
    let rate = (6_000 - before) * 1_000 / i64::try_from(started.elapsed().as_millis()).unwrap();
    assert!((800..=1_200).contains(&rate), "{rate} records a second");
    let mut expected = numbered("free", 20_000);
    expected.extend(numbered("slow-topic", 6_000));
    assert_eq!(texts(&rim.read("scored")), expected);
    wait("all offsets", || rim.behind("b") == 0);
    assert!(process.stop() < Duration::from_secs(5));
}

/// Runs until it is killed; only when started by the test below.
#[test]
fn child() {
    let Ok(name) = std::env::var("UNDERCURRENT_TEST_CHILD") else { return };
    let rim = Rim { brokers: brokers().unwrap(), name };
    let mut settings = rim.settings(Delivery::ExactlyOnce, 1);
    settings.instance = Some("stable".into());
    settings.properties.insert("session.timeout.ms".into(), "6000".into());
    Process::start(settings).running.join().unwrap();
}

/// A child that is killed with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A process that is killed in the middle of a transaction leaves nothing that a reader sees, and its successor goes on.
#[test]
fn a_kill_in_a_transaction_neither_loses_nor_doubles() {
    let Some(brokers) = brokers() else { return };
    let rim = Rim::new(&brokers, "kill");
    rim.feed("a", numbered("slow:", 4_000));
    let spawn = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child"]).env("UNDERCURRENT_TEST_CHILD", &rim.name);
        command.env("UNDERCURRENT_TEST_BROKERS", &rim.brokers);
        Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    let mut left = 4_000;
    for _ in 0..3 {
        let process = spawn();
        wait("progress", || rim.behind("a") < left);
        drop(process);
        left = rim.behind("a");
    }
    assert!(left > 0, "all was done before the last kill");
    let process = spawn();
    let found = rim.expect("scored", 4_000);
    drop(process);
    assert_eq!(texts(&found), numbered("slow:", 4_000));
}

#[test]
fn what_is_wrong_with_topics_is_said_at_once() {
    let Some(brokers) = brokers() else { return };
    let rim = Rim::new(&brokers, "topics");
    let mut settings = rim.settings(Delivery::ExactlyOnce, 1);
    settings.create = false;
    settings.inputs[0].topic = "absent".into();
    let error = check_topics(&settings).unwrap_err();
    let expected = ["absent".to_owned(), rim.topic("scored"), rim.topic("alerts"), rim.topic("dead")];
    assert!(matches!(&error, StartError::Missing { topics, outputs: true } if *topics == expected), "{error}");
    rim.create(&rim.topic("dead"), 1, &[("max.message.bytes", "500000")]);
    settings = rim.settings(Delivery::ExactlyOnce, 1);
    let error = check_topics(&settings).unwrap_err().to_string();
    assert!(error.ends_with("set its `max.message.bytes` to 1114124 or more"), "{error}");
    settings.brokers = "127.0.0.1:1".into();
    let started = Instant::now();
    let error = check_topics(&settings).unwrap_err().to_string();
    assert!(error.starts_with("no broker at 127.0.0.1:1 answered within 10 s: "), "{error}");
    assert!(started.elapsed() < Duration::from_secs(15));
}

/// A stop while records flow commits what was done, and everything that was counted is there.
#[test]
fn a_stop_in_full_flow_is_quick_and_complete() {
    let Some(brokers) = brokers() else { return };
    let rim = Rim::new(&brokers, "stop");
    rim.feed("a", numbered("slow:", 3_000));
    let process = Process::start(rim.settings(Delivery::ExactlyOnce, 2));
    wait("some progress", || process.metric("undercurrent_scored_total") > 100);
    let metrics = std::sync::Arc::clone(&process.metrics);
    assert!(process.stop() < Duration::from_secs(5));
    let text = String::from_utf8(metrics.render()).unwrap();
    let scored = rim.read("scored").len();
    assert!(scored < 3_000, "it was done before the stop");
    let line = format!("undercurrent_scored_total{{topic=\"{}\"}} {scored}\n", rim.topic("a"));
    assert!(text.contains(&line), "{scored} in the topic, but:\n{text}");
    assert!(text.contains("undercurrent_assigned_partitions 0\n"), "{text}");
}

/// A worker that polls too late loses its partitions, says so, and joins again; its batch is taken back.
#[test]
fn a_worker_that_polls_too_late_joins_again() {
    let Some(brokers) = brokers() else { return };
    for strategy in BOTH {
        let rim = Rim::new(&brokers, "late");
        let mut settings = rim.settings(Delivery::ExactlyOnce, 1);
        let properties = [
            ("session.timeout.ms", "6000"),
            ("max.poll.interval.ms", "6000"),
            ("partition.assignment.strategy", strategy),
        ];
        settings.properties.extend(properties.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let process = Process::start(settings);
        process.ready();
        let records = numbered("good", 100).into_iter().chain(["stall:1".to_owned()]).chain(numbered("more", 100));
        rim.feed("a", records);
        let mut expected = [numbered("good", 100), numbered("more", 100), vec!["stall:1".to_owned()]].concat();
        expected.sort();
        assert_eq!(texts(&rim.expect("scored", 201)), expected, "{strategy}");
        wait("all offsets", || rim.behind("a") == 0);
        assert_eq!(process.metric("undercurrent_max_poll_exceeded_total"), 1);
        assert_eq!(process.metric("undercurrent_rebalances_total{kind=\"lost\"}"), 1);
        process.ready();
        process.stop();
    }
}

/// More workers than partitions: the idle ones are ready too, and the metrics have nothing to complain about.
#[test]
fn workers_without_partitions_are_ready_and_the_metrics_are_well_formed() {
    let Some(brokers) = brokers() else { return };
    for strategy in BOTH {
        let rim = Rim::new(&brokers, "idle");
        let mut settings = rim.settings(Delivery::ExactlyOnce, 10);
        settings.properties.insert("partition.assignment.strategy".into(), strategy.into());
        let process = Process::start(settings);
        process.ready();
        rim.feed("a", numbered("good", 10).into_iter().chain(["dead:1".to_owned(), "skip:1".to_owned()]));
        rim.expect("scored", 10);
        let Ok(mut promtool) = Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).spawn() else {
            eprintln!("promtool is not installed: the metrics are not checked");
            return;
        };
        promtool.stdin.take().unwrap().write_all(&process.metrics.render()).unwrap();
        assert!(promtool.wait().unwrap().success(), "promtool complains above");
        assert!(process.stop() < Duration::from_secs(5));
    }
}

/// A replay of a topic: all partitions by the time of the posts, nothing of aborted or open transactions, no trace of a
/// group, and the same again when it is run again.
#[test]
fn a_topic_is_replayed_by_event_time_without_a_trace() {
    const PACK: &str = "
pack: visits
version: 1.0.0
title: A state courts investors
references: [https://example.org/report]
words: { call: { en: [invest*] } }
indicators: [{ id: call, title: Come and invest, points: 50, match: { words: [call] } }]
alerts: [{ id: review, level: medium, at: 40, once_per: { author: 1h } }]
";
    let Some(brokers) = brokers() else { return };
    let rim = Rim::bare(&brokers, "replay");
    let topic = rim.topic("posts");
    rim.create(&topic, 4, &[]);
    let post = |id: u32, at: &str, text: &str| {
        let post = serde_json::json!({
            "source": "web", "id": format!("web/a/{id}"), "author": "a", "text": text,
            "published_at": format!("2026-01-10T{at}:00Z"),
        });
        post.to_string().into_bytes()
    };
    let sent = |partition, payload: Vec<u8>, format: &str| support::Sent {
        partition,
        key: None,
        payload: Some(payload),
        headers: vec![("format".into(), Some(format.as_bytes().to_vec()))],
    };
    // By arrival in partitions, posts 2 and 4 would be told and 1 held back; by time it is 1 and 4.
    let mut records = vec![
        sent(0, post(2, "08:30", "Invest!"), "post"),
        sent(1, post(4, "09:10", "Invest!"), "auto"),
        sent(0, post(1, "08:00", "Invest!"), "post"),
        sent(2, post(3, "08:59", "The bridge was opened."), "post"),
        sent(2, b"{".to_vec(), "post"),
        support::Sent { partition: 0, key: None, payload: None, headers: Vec::new() },
    ];
    records.extend((0..3_000).map(|at| sent(at % 3, post(5, "07:00", "Rain."), "post")));
    support::produce(&support::Broker { address: brokers.clone() }, &topic, &records);
    let transaction = |name: &str| {
        let mut config = rdkafka::ClientConfig::new();
        config.set("bootstrap.servers", &brokers).set("transactional.id", rim.topic(name));
        let producer: rdkafka::producer::ThreadedProducer<rdkafka::producer::DefaultProducerContext> =
            config.create().unwrap();
        producer.init_transactions(DEADLINE).unwrap();
        producer.begin_transaction().unwrap();
        let payload = post(6, "12:00", "Invest!");
        for partition in [0, 3] {
            let record = rdkafka::producer::BaseRecord::<(), _>::to(&topic).partition(partition).payload(&payload);
            producer.send(record).unwrap();
        }
        producer.flush(DEADLINE).unwrap();
        producer
    };
    transaction("aborted").abort_transaction(DEADLINE).unwrap();
    let open = transaction("open");

    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    std::fs::write(&old, PACK).unwrap();
    std::fs::write(&new, PACK.replace("level: medium", "level: high")).unwrap();
    let replay = |more: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_undercurrent"));
        program.arg("replay").args(more).args([
            "--brokers",
            &brokers,
            "--output",
            "ndjson",
            "-X",
            "fetch.wait.max.ms=50",
        ]);
        let done = program.arg("--packs").arg(&new).output().unwrap();
        let lines = String::from_utf8(done.stdout).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>();
        (done.status.code(), lines, String::from_utf8(done.stderr).unwrap())
    };
    let (code, lines, said) = replay(&["--topic", &topic]);
    assert_eq!(code, Some(0), "{said}");
    let alerts: Vec<_> = lines[..3].iter().map(|line| (line["post"]["id"].as_str(), line["told"].as_bool())).collect();
    let wanted = [("web/a/1", true), ("web/a/2", false), ("web/a/4", true)];
    assert_eq!(alerts, wanted.map(|(id, told)| (Some(id), Some(told))));
    let summary = &lines[3]["summary"];
    assert_eq!((&summary["posts"], &summary["ignored"], &summary["unread"]), (&3_004.into(), &1.into(), &1.into()));

    let (code, lines, said) = replay(&[&format!("topic:{topic}"), "--against", &old.display().to_string()]);
    assert_eq!((code, lines.len()), (Some(1), 4), "{said}");
    assert_eq!((&lines[0]["change"], &lines[0]["after"]["level"]), (&"changes".into(), &"high".into()));
    open.abort_transaction(DEADLINE).unwrap();
    let asking: rdkafka::consumer::BaseConsumer = rim.config().create().unwrap();
    let groups = rdkafka::consumer::Consumer::fetch_group_list(&asking, None, DEADLINE).unwrap();
    let groups: Vec<&str> = groups.groups().iter().map(rdkafka::groups::GroupInfo::name).collect();
    assert!(!groups.contains(&"undercurrent.replay"), "{groups:?}");

    let (code, _, said) = replay(&["topic:no-such-topic"]);
    assert_eq!((code, said.as_str()), (Some(2), "error: topics do not exist: no-such-topic; create them\n"));
}
