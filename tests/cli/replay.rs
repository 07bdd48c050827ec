//! `replay`: small streams through two versions of a pack.

use std::fs;

use serde_json::Value;
use undercurrent::problem::is_hostile;

use super::{Ran, check, check_golden, run, run_with};

/// The version of then.
const OLD: &str = "
pack: visits
version: 1.0.0
title: A state courts investors
references: [https://example.org/report]
actors:
  herald: { title: The Herald, accounts: [telegram/herald], names: [Gazette] }
words:
  country: { en: [ruritania*] }
  call: { en: [invest*] }
indicators:
  - { id: place, title: It names the country, points: 20, match: { words: [country] } }
  - { id: call, title: Come and invest, points: 50, match: { words: [call] } }
alerts:
  - { id: review, level: medium, at: 25, once_per: { author: 1h } }
";

/// Not in the order of its times: read as it stands, `once_per` would hold back the first post of `web/a` and not the second.
const STREAM: &str = r#"
{"source":"web","id":"web/a/late","author":"a","published_at":"2026-01-10T08:30:00Z","text":"Invest in Ruritania now."}
{"source":"web","id":"web/a/early","author":"a","published_at":"2026-01-10T08:00:00Z","text":"Come and invest in Ruritania!"}
{"source":"web","id":"web/b/said","author":"b","published_at":"2026-01-11T08:10:00Z","text":"The Herald said that Ruritania wants you to invest."}
{"source":"telegram","id":"telegram/c/await","channel":"c","published_at":"2026-01-11T09:00:00Z","text":"Opportunities await in Ruritania."}
{"source":"web","id":"web/d/other","author":"d","published_at":"2026-01-09T09:00:00Z","text":"The bridge was opened."}
{"did":"did:plc:abc","time_us":1768032012000000,"kind":"commit","commit":{"rev":"1","operation":"create","collection":"app.bsky.feed.like","rkey":"x","record":{"$type":"app.bsky.feed.like","createdAt":"2026-01-10T08:00:00Z","subject":{"uri":"at://did:plc:x/app.bsky.feed.post/1","cid":"c"}},"cid":"c"}}
{"source":"web","id":"web/broken
"#;

/// The stream replayed with the old pack against itself, changed at these places.
fn replay(edits: &[(&str, &str)], more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    let mut pack = OLD.to_string();
    for (from, to) in edits {
        assert!(pack.contains(from), "{from}");
        pack = pack.replace(from, to);
    }
    fs::write(&old, OLD).expect("written");
    fs::write(&new, pack).expect("written");
    let (old, new) = (old.display().to_string(), new.display().to_string());
    run_with(&[&["replay", "--against", &old, "--packs", &new][..], more].concat(), STREAM)
}

/// The changes, one a line: kind, post, then alert, score, stance and whether it is told, with an arrow where they differ.
fn check_changes(edits: &[(&str, &str)], expected: &[&str]) {
    let ran = replay(edits, &["--output", "ndjson"]);
    assert_eq!(ran.code, i32::from(!expected.is_empty()), "{}{}", ran.out, ran.err);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (summary, changes) = lines.split_last().expect("a summary");
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let line = |change: &Value| {
        let mut line = format!("{} {}", word(&change["change"]), word(&change["post"]["id"]));
        for key in ["alert", "level", "score", "stance", "told"] {
            let (before, after) = (word(&change["before"][key]), word(&change["after"][key]));
            if before != after {
                line = format!("{line}, {key} {before} → {after}");
            }
        }
        line
    };
    assert_eq!(changes.iter().map(line).collect::<Vec<_>>(), expected, "{edits:?}");
    let summary = &summary["summary"];
    assert_eq!((&summary["posts"], &summary["ignored"], &summary["unread"]), (&5.into(), &1.into(), &1.into()));
    assert_eq!(summary["changes"], expected.len());
    assert_eq!(summary["from"], "2026-01-09T09:00:00Z");
}

#[test]
fn alerts_appear_vanish_and_change() {
    check_changes(&[], &[]);
    check_changes(&[("title: Come and invest", "title: The call")], &[]);
    let gone = "alert review → null, level medium → null";
    check_changes(
        &[("invest*]", "opportunities await]")],
        &[
            &format!("vanishes web/a/early, {gone}, score 70.0 → 20.0, told true → false"),
            &format!("vanishes web/a/late, {gone}, score 70.0 → 20.0"),
            &format!("vanishes web/b/said, {gone}, score 28.0 → 8.0, told true → false"),
            "appears telegram/c/await, alert null → review, level null → medium, score 20.0 → 70.0, told false → true",
        ],
    );
    let level = "level medium → high";
    check_changes(
        &[("level: medium", "level: high")],
        &[
            &format!("changes web/a/early, {level}"),
            &format!("changes web/a/late, {level}"),
            &format!("changes web/b/said, {level}"),
        ],
    );
    check_changes(
        &[("names: [Gazette]", "names: [Herald]")],
        &["changes web/b/said, score 28.0 → 70.0, stance reports → relays"],
    );
    check_changes(&[("author: 1h", "author: 1m")], &["changes web/a/late, told false → true"]);
    check_changes(
        &[("points: 20", "points: 21")],
        &[
            "changes web/a/early, score 70.0 → 71.0",
            "changes web/a/late, score 70.0 → 71.0",
            "changes web/b/said, score 28.0 → 28.4",
            "moves telegram/c/await, score 20.0 → 21.0",
        ],
    );
}

#[test]
fn what_changes_reads_as_agreed() {
    let ran =
        replay(&[("invest*]", "opportunities await]"), ("version: 1.0.0", "version: 2.0.0")], &["--examples", "1"]);
    check(
        &ran,
        1,
        "alerts that appear",
        "5 posts from 2026-01-09T09:00:00Z to 2026-01-11T09:00:00Z, 1 ignored, 1 could",
    );
    check_golden("replay.txt", &ran.out);
    check(&replay(&[], &[]), 0, "nothing changes", "5 posts");
    let ran = replay(&[("pack: visits", "pack: guests")], &["--examples", "0"]);
    check(&ran, 1, "guests/review", "`guests` is not among the packs of `--against`: all of its alerts appear");
    assert!(
        ran.err.contains("`visits` is among the packs of `--against` only: all of its alerts vanish"),
        "{}",
        ran.err
    );
    assert!(!ran.out.contains("examples"), "{}", ran.out);
}

#[test]
fn without_old_packs_alerts_are_counted_by_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pack.yaml").display().to_string();
    fs::write(&file, OLD).expect("written");
    let ran = run_with(&["replay", "--packs", &file, "--examples", "1"], STREAM);
    check(
        &ran,
        0,
        "visits/review (medium)  score 70.0, asserts\n      web/a/early  2026-01-10T08:00:00Z  by a\n",
        "5 posts",
    );
    for row in ["       3        2  visits/review (medium)\n", "       2        1  2026-01-10  visits/review\n"] {
        assert!(ran.out.contains(row), "expected {row} in\n{}", ran.out);
    }
    let ran = run_with(&["replay", "-", "--packs", &file, "--output", "ndjson"], STREAM);
    check(&ran, 0, "{\"alert\":\"review\",\"level\":\"medium\",\"pack\":\"visits\"", "5 posts");
    let told: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<_> =
        told.iter().filter_map(|line| Some((line["post"]["id"].as_str()?, line["told"].as_bool()?))).collect();
    assert_eq!(told, [("web/a/early", true), ("web/a/late", false), ("web/b/said", true)]);
}

#[test]
fn what_cannot_be_replayed_ends_with_2() {
    for (arguments, said) in [
        (&["nowhere.ndjson"][..], "cannot read `nowhere.ndjson`"),
        (&["topic:"], "write `topic:NAME`"),
        (&["mixed.ndjson", "--against", "nowhere.yaml"], "cannot read `nowhere.yaml`"),
        (&["mixed.ndjson", "--format", "telegarm"], "did you mean `telegram`?"),
        (&["topic:t", "-X", "acks"], "`acks` is no property"),
        (&["topic:t", "-X", "group.id=mine"], "`group.id` is set by the program"),
        (&["mixed.ndjson", "--topic", "t"], "cannot be used with"),
    ] {
        check(&run(&[&["replay"][..], arguments].concat()), 2, "", said);
    }
}

#[test]
fn a_hostile_post_is_harmless_in_a_replay() {
    let text = "Invest in Ruritania\u{1b}[2J\u{9b}31m\u{202e}\u{61c}\r\n\u{1b}]0;title\u{7}";
    let post = serde_json::json!({
        "source": "web", "id": format!("web/{text}"), "title": text, "text": text, "url": text, "author": { "handle": text },
    });
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    fs::write(&old, OLD).expect("written");
    fs::write(&new, OLD.replace("points: 20", "points: 30")).expect("written");
    let (old, new) = (old.display().to_string(), new.display().to_string());
    for more in [&["--output", "text"][..], &["--output", "ndjson"]] {
        let ran = run_with(&[&["replay", "--against", &old, "--packs", &new][..], more].concat(), post.to_string());
        check(&ran, 1, "Invest in Ruritania", "1 post");
        assert!(!ran.out.contains(is_hostile) && !ran.err.contains(is_hostile), "{:?}{:?}", ran.out, ran.err);
    }
}
