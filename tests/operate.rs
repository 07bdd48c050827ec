//! What operators do beside a running service, against a real broker: look at its topics, send dead letters back.

mod support;

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;
use support::{Broker, Program, Sent, create_topic, free_port, produce, read_committed, unique, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);

/// A service over topics of its own.
struct Scene {
    broker: Broker,
    prefix: String,
    _folder: tempfile::TempDir,
    _service: Program,
}

impl Scene {
    fn new() -> Option<Self> {
        let broker = Broker::get()?;
        let (prefix, folder) = (unique("operate"), tempfile::tempdir().unwrap());
        for topic in ["posts", "again"] {
            create_topic(&broker, &format!("{prefix}.{topic}"), 2, &[]);
        }
        let pipeline = format!(
            "pipeline: operate\nkafka: {{ brokers: \"{}\", group: {prefix} }}\n\
             inputs:\n  - {{ topic: {prefix}.posts, format: auto }}\n\
             packs: [shipped]\n\
             outputs: {{ scored: {prefix}.scored, alerts: {prefix}.alerts, dead_letters: {prefix}.dead, create: true }}\n\
             admin: 127.0.0.1:{}\n",
            broker.address,
            free_port()
        );
        std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
        let service = Program::start(folder.path(), "service", &["run", "pipeline.yaml"], &[]);
        Some(Self { broker, prefix, _folder: folder, _service: service })
    }

    fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// Runs the program; gives its results, which it must have had.
    fn undercurrent(&self, arguments: &[&str]) -> Vec<String> {
        let done = self.try_undercurrent(arguments);
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn try_undercurrent(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_undercurrent"))
            .args(arguments)
            .args(["--brokers", &self.broker.address])
            .output()
            .unwrap()
    }
}

fn sent(key: Option<&str>, payload: &str, headers: &[(&str, &str)]) -> Sent {
    let bytes = |text: &str| text.as_bytes().to_vec();
    Sent {
        partition: 0,
        key: key.map(bytes),
        payload: Some(bytes(payload)),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), Some(bytes(value)))).collect(),
    }
}

const CALL: &str = "Багдад открыт, а россиян там почти нет. Бизнесу, медиа, блогерам и инвесторам пора изучать возможности в Ираке. Здесь ждут надёжного партнёра.";

fn post(id: &str, author: &str, text: &str) -> Sent {
    let post = serde_json::json!({ "id": id, "source": "telegram", "author": author, "text": text });
    sent(None, &post.to_string(), &[])
}

#[test]
fn topics_are_tapped_and_dead_letters_go_back_as_they_came() {
    let Some(scene) = Scene::new() else { return };
    let broken = "{\"source\": \"x\", \"text\": \"never fin\u{1b}[2Jished";
    produce(
        &scene.broker,
        &scene.topic("posts"),
        &[
            post("telegram/rybar/1", "rybar", CALL),
            post("telegram/tram/2", "tram", "The tram runs again on Sunday."),
            sent(Some("a key"), broken, &[("trace", "abc"), ("format", "x")]),
            sent(None, "plain words", &[]),
        ],
    );
    let (dead, scored) = (scene.topic("dead"), scene.topic("scored"));
    let output = ["--output", "ndjson"];
    let list = ["dead-letters", "list", &dead];
    wait_until("both are dead letters", PATIENCE, || {
        let done = scene.try_undercurrent(&[&list[..], &output].concat());
        String::from_utf8_lossy(&done.stdout).lines().count() == 2
    });

    // Scored posts, told apart by the filters.
    let tap = |filters: &[&str]| -> Vec<Value> {
        let lines =
            scene.undercurrent(&[&["tap", &scored, "--from-beginning", "--idle", "2"], filters, &output].concat());
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(tap(&[]).len(), 2);
    let call = tap(&["--score", "40", "--stance", "asserts", "--pack", "ru-iraq-outreach", "--author", "RYBAR"]);
    assert_eq!(call.len(), 1, "{call:?}");
    assert_eq!(call[0]["id"], "telegram/rybar/1");
    assert!(tap(&["--stance", "reports"]).is_empty());
    let alerts = scene.undercurrent(&["tap", &scene.topic("alerts"), "--last", "5", "--limit", "1"]).join("\n");
    assert!(
        alerts.starts_with("ALERT ru-iraq-outreach/outreach (high)") && alerts.contains("Багдад открыт"),
        "{alerts}"
    );

    // Dead letters: why, from where, and nothing of theirs reaches the terminal.
    let shown = scene.undercurrent(&[&list[..], &["--reason", "decode"]].concat()).join("\n");
    assert_eq!(shown.matches("dead letter").count(), 2, "{shown}");
    assert!(!shown.contains('\u{1b}') && shown.contains('␛'), "{shown}");
    let rows: Vec<Value> = scene
        .undercurrent(&[&list[..], &output].concat())
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let row = rows.iter().find(|row| row["key"] == "a key").expect("the one with a key");
    assert_eq!((&row["origin"]["topic"], &row["retries"]), (&scene.topic("posts").into(), &0.into()));
    let place = format!("{}/{}", row["at"]["partition"], row["at"]["offset"]);
    let page = scene.undercurrent(&["dead-letters", "show", &dead, &place]).join("\n");
    assert!(
        page.contains("key      a key") && page.contains("trace: abc") && page.contains("never fin␛[2Jished"),
        "{page}"
    );
    let missing = scene.try_undercurrent(&["dead-letters", "show", &dead, "0/999"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("dead-letters list"));

    // One goes elsewhere, exactly as it came.
    scene.undercurrent(&["dead-letters", "retry", &dead, "--at", &place, "--to", &scene.topic("again")]);
    let again = read_committed(&scene.broker, &scene.topic("again"));
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].key.as_deref(), again[0].payload.as_deref()), (Some(&b"a key"[..]), Some(broken.as_bytes())));
    assert_eq!((again[0].header("trace"), again[0].header("format")), ("abc", "x"));
    assert_eq!(again[0].header("undercurrent.retries"), "1");
    assert_eq!(again[0].headers.len(), 3, "{:?}", again[0].headers);

    // Both go back, fail again, and stay when they were sent back often enough.
    scene.undercurrent(&["dead-letters", "retry", &dead, "--dry-run"]);
    scene.undercurrent(&["dead-letters", "retry", &dead]);
    wait_until("they are dead letters again", PATIENCE, || {
        scene.undercurrent(&[&list[..], &output].concat()).len() == 4
    });
    let done = scene.try_undercurrent(&["dead-letters", "retry", &dead, "--max-retries", "1"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("2 dead letters stay") && said.contains("2 dead letters sent back"), "{said}");
}
