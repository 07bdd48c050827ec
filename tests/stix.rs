//! Alerts as STIX 2.1, held to what others wrote: the OASIS validator and its Python library.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn undercurrent(arguments: &[&str], input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .args(arguments)
        .current_dir(ROOT)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = program.stdin.take().expect("a pipe");
    let input = input.to_owned();
    // Beside the reading: both pipes may fill.
    let fed = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = program.wait_with_output().expect("the program ends");
    fed.join().expect("fed");
    output
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The alerts that the demo's posts raise.
fn demo() -> Vec<String> {
    let files = ["articles", "bluesky", "mastodon", "telegram"];
    let score = |name: &str| {
        let file = format!("pipelines/demo/demo.{name}.ndjson");
        let done = undercurrent(&["score", &file, "--alerts"], "");
        // Some of the demo's messages are made to be unreadable.
        assert!(matches!(done.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    };
    files.iter().flat_map(|name| score(name).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A post that raises an alert and tries to be more than words.
fn hostile() -> String {
    let call = "Багдад открыт, а россиян там почти нет. Бизнесу, медиа, блогерам и инвесторам пора изучать возможности в \
        Ираке. Здесь ждут надёжного партнёра.";
    let post = json!({
        "id": "telegram/rybar/\"},{\"type\":\"threat-actor\u{202e}", "source": "telegram",
        "author": { "id": "1\u{0}2", "handle": "rybar", "name": "</script><script>alert(1)</script>" },
        "channel": "a b\u{1b}[2J", "published_at": "0001-01-01T00:00:00Z", "title": "# <img src=x onerror=alert(1)>",
        "text": format!("{call}\n\n[a](javascript:alert(1))\u{202e}\r\n```\n{}", "я".repeat(100_000)),
        "url": "https://пример.испытание/путь?q=\"><b>",
        "links": ["javascript:alert(1)", "http://[::1]/", "http://user:pw@evil.example/|{}", "http://1.2.3.4/a b", "//", "",
            format!("https://long.example/{}", "a".repeat(10_000))],
        "forwarded_from": "x/\u{feff}someone",
    });
    printed(&undercurrent(&["score", "-", "--alerts"], &post.to_string()))
}

fn bundle(alerts: &[String], options: &[&str]) -> String {
    let arguments = [&["export", "--stix", "-"], options].concat();
    printed(&undercurrent(&arguments, &alerts.join("\n")))
}

fn objects<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    bundle["objects"].as_array().expect("objects").iter().filter(|object| object["type"] == kind).collect()
}

#[test]
fn the_same_alerts_give_the_same_bytes() {
    let alerts = demo();
    assert!(alerts.len() > 10, "{}", alerts.len());
    let once = bundle(&alerts, &["--tlp", "amber"]);
    let turned: Vec<String> = alerts.iter().rev().chain(&alerts[..3]).cloned().collect();
    assert!(bundle(&turned, &["--tlp", "amber"]) == once, "order and copies make no difference");

    let whole: Value = serde_json::from_str(&once).expect("JSON");
    assert_eq!(objects(&whole, "grouping").len(), alerts.len());
    let techniques: BTreeSet<&str> = objects(&whole, "attack-pattern")
        .iter()
        .map(|technique| technique["external_references"][0]["external_id"].as_str().expect("an id"))
        .collect();
    let named: Vec<Value> = alerts.iter().map(|alert| serde_json::from_str(alert).expect("JSON")).collect();
    let named: BTreeSet<&str> = named
        .iter()
        .flat_map(|alert| alert["hits"].as_array().expect("hits"))
        .flat_map(|hit| hit["disarm"].as_array().expect("a list"))
        .map(|id| id.as_str().expect("an id"))
        .collect();
    assert_eq!(techniques, named, "each technique that a hit names is there once");
    let related: Vec<&Value> = objects(&whole, "relationship").iter().map(|relation| &relation["source_ref"]).collect();
    assert!(objects(&whole, "attack-pattern").iter().all(|technique| related.contains(&&technique["id"])));

    // Of several accounts only one is in the pack, and only its note says so, as the pack's word.
    let listed = |note: &&&Value| note["content"].as_str().is_some_and(|text| text.contains("Listed in pack"));
    let notes = objects(&whole, "note");
    let accounts: Vec<&&Value> = notes.iter().filter(listed).collect();
    assert!(!accounts.is_empty() && accounts.len() < notes.len(), "{} of {}", accounts.len(), notes.len());
    assert!(accounts[0]["external_references"][0]["url"].as_str().is_some_and(|url| url.starts_with("http")));

    let lines = bundle(&alerts, &["--per-alert"]);
    assert_eq!(lines.lines().count(), alerts.len());
    for line in lines.lines() {
        let one: Value = serde_json::from_str(line).expect("a bundle a line");
        assert_eq!(objects(&one, "grouping").len(), 1);
        assert!(objects(&one, "marking-definition").iter().all(|marking| marking["definition_type"] != "tlp"));
    }
}

#[test]
fn what_is_no_alert_is_named_and_left_out() {
    let alerts = demo();
    let input =
        format!("{}\n\n{{\"schema\":\"undercurrent.scored/1\"}}\n{{\"schema\":\"other/1\"}}\nplain\n", alerts[0]);
    let done = undercurrent(&["export", "--stix"], &input);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stderr);
    for expected in
        ["line 4 of standard input: its schema is `other/1`", "line 5", "1 alert exported, 1 scored record left"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let whole: Value = serde_json::from_slice(&done.stdout).expect("a bundle of the rest");
    assert_eq!(objects(&whole, "grouping").len(), 1);
    assert_eq!(undercurrent(&["export", "--stix"], "").status.code(), Some(2), "nothing to export");
    assert_eq!(undercurrent(&["export"], "").status.code(), Some(2), "no form was named");
}

#[test]
fn a_hostile_post_stays_data() {
    let text = bundle(&[hostile()], &[]);
    assert!(text.len() < 40_000, "{}", text.len());
    assert!(!text.trim_end().contains(|c: char| c.is_control() || c == '\u{202e}'), "escaped, every one");
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    for kind in ["threat-actor", "intrusion-set", "campaign", "indicator"] {
        assert!(objects(&whole, kind).is_empty(), "{kind}");
    }
    let words = objects(&whole, "grouping")[0]["description"].as_str().expect("text");
    for line in words.lines().filter(|line| line.contains(['<', '`', '#']) || line.contains("](")) {
        assert!(line.starts_with("    "), "a block, where it means nothing: {line}");
    }
}

/// The Python that `tests/interop/tools.sh` prepared, or a clear word on why there is none.
fn python(test: &str) -> Option<PathBuf> {
    let tools = Path::new(ROOT).join("tests/interop/tools.sh");
    let done = Command::new("bash").arg(tools).arg("python").output().expect("bash runs");
    if done.status.success() {
        return Some(String::from_utf8_lossy(&done.stdout).trim().into());
    }
    let why = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    assert!(std::env::var("CI").is_err(), "{why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
    None
}

#[test]
fn the_oasis_validator_and_its_library_take_the_bundles() {
    let Some(python) = python("the_oasis_validator_and_its_library_take_the_bundles") else { return };
    let mut alerts = demo();
    alerts.push(hostile().trim().to_owned());
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, options) in [("clear", &["--tlp", "clear"][..]), ("amber", &["--tlp", "amber"]), ("none", &[])] {
        let file = folder.path().join(name);
        fs::write(&file, bundle(&alerts, options)).expect("written");
        let done = Command::new(&python).arg(Path::new(ROOT).join("tests/interop/stix.py")).arg(&file).output();
        let done = done.expect("python runs");
        let said: Value = serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)));
        assert_eq!((&said["valid"], &said["errors"]), (&json!(true), &json!([])), "{name}");
        assert_eq!(said["broken_valid"], false, "the validator looks");
        assert_eq!(said["other_ids"], json!([]), "observables have the ids that the library gives them");
        assert_eq!(said["types"]["grouping"], alerts.len(), "{said}");
    }
}
