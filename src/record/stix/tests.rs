use super::*;

fn record(text: &str) -> Alert {
    let record = json!({
        "schema": "undercurrent.alert/1", "id": "00ff", "pack": "a-pack", "version": "1.0.0", "digest": "blake3:00",
        "alert": "call", "level": "high", "score": 80.0, "stance": "asserts",
        "hits": [{
            "id": "call", "points": 50.0, "kept": 50.0, "state": "asserted", "speaker": null,
            "disarm": ["T0002", "T0002", "T9999"],
            "evidence": [{ "field": "text", "start": 0, "end": 4, "exact": "Come", "prefix": "", "suffix": "" }],
            "because": []
        }],
        "post": {
            "id": "telegram/someone/1", "source": "telegram", "author": { "id": "7", "handle": "someone" },
            "channel": "Someone", "published_at": "2026-03-01T10:00:00Z", "text": text, "url": "https://t.me/someone/1",
            "links": ["https://www.example.org/ü?a=1", "t.me/other", "javascript:alert(1)", "http://[::1", "bit.ly/x"],
            "forwarded_from": "telegram/elsewhere"
        },
        "origin": { "topic": "posts", "partition": 0, "offset": 7, "sha256": "00" },
        "suppressed": 0, "engine": "0.1.0", "raised_at": "2026-03-01T10:00:05.123456Z"
    });
    Alert::read(record.to_string().as_bytes()).expect("an alert")
}

const EXPORT: Export<'_> = Export { packs: &[], tlp: Some(Tlp::Green) };

fn of<'v>(bundle: &'v Value, kind: &str) -> Vec<&'v Value> {
    bundle["objects"].as_array().expect("objects").iter().filter(|object| object["type"] == kind).collect()
}

fn values(bundle: &Value, kind: &str, property: &str) -> Vec<String> {
    of(bundle, kind).iter().map(|object| object[property].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn observables_are_what_stands_in_the_post_and_nothing_else() {
    let bundle = EXPORT.bundle(&[record("Come")]);
    let urls =
        ["https://t.me/someone/1", "https://www.example.org/%C3%BC?a=1", "https://t.me/other", "https://bit.ly/x"];
    assert_eq!(values(&bundle, "url", "value"), urls);
    assert_eq!(values(&bundle, "domain-name", "value"), ["example.org"], "no platform, no shortener");
    assert_eq!(values(&bundle, "user-account", "account_login"), ["someone", "elsewhere"], "the channel is the author");
    let id = "url--".to_owned()
        + &uuid::Uuid::new_v5(
            &uuid::uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7"),
            br#"{"value":"https://t.me/someone/1"}"#,
        )
        .to_string();
    assert_eq!(of(&bundle, "url")[0]["id"], id);
}

#[test]
fn an_alert_is_a_group_that_accuses_nobody() {
    let bundle = EXPORT.bundle(&[record("Come")]);
    for kind in ["threat-actor", "intrusion-set", "campaign", "indicator"] {
        assert!(of(&bundle, kind).is_empty(), "{kind}");
    }
    assert!(of(&bundle, "note").is_empty(), "the pack is not at hand");
    assert!(!bundle.to_string().contains("\"confidence\""));
    let techniques = of(&bundle, "attack-pattern");
    assert_eq!(techniques.len(), 1, "each once, and only those that there are");
    assert_eq!(techniques[0]["name"], "Facilitate State Propaganda");
    assert_eq!(techniques[0]["kill_chain_phases"][0]["phase_name"], "plan-objectives");
    let grouping = of(&bundle, "grouping")[0];
    let members = grouping["object_refs"].as_array().expect("members");
    assert!(members.contains(&techniques[0]["id"]));
    assert_eq!(grouping["created"], "2026-03-01T10:00:05.123Z");
    assert_eq!(of(&bundle, "observed-data")[0]["first_observed"], "2026-03-01T10:00:00.000Z");
    assert_eq!(of(&bundle, "relationship")[0]["source_ref"], techniques[0]["id"]);
    assert!(
        of(&bundle, "grouping")[0]["description"].as_str().expect("text").contains("    matched, text 0-4: Come\n")
    );
}

#[test]
fn the_order_of_alerts_and_a_second_copy_make_no_difference() {
    let (one, mut other) = (record("Come"), record("Come and see"));
    other.id = "01".into();
    let mut again = one.clone();
    again.raised_at += jiff::SignedDuration::from_secs(60);
    let bundle = EXPORT.bundle(&[one.clone(), other.clone()]).to_string();
    assert_eq!(EXPORT.bundle(&[again, other, one]).to_string(), bundle);
}

#[test]
fn a_post_stays_words() {
    let hostile = "<img src=x onerror=alert(1)>\n# A heading\n[a](javascript:b)\u{202e}c\u{1b}[2J\r```";
    let bundle = EXPORT.bundle(&[record(hostile)]);
    let content = of(&bundle, "grouping")[0]["description"].as_str().expect("text");
    for line in content.lines().filter(|line| line.contains(['<', '#', '[', '`'])) {
        assert!(line.starts_with("    "), "{line}");
    }
    assert!(!content.contains(['\u{202e}', '\u{1b}', '\r']));
    let long = EXPORT.bundle(&[record(&"я".repeat(1_000_000))]).to_string();
    assert!(long.len() < 20_000, "{}", long.len());
}

#[test]
fn an_alert_without_anything_to_observe_is_still_a_group() {
    let mut alert = record("Come");
    alert.post = serde_json::from_value(json!({ "source": "press", "text": "Come" })).expect("a post");
    alert.hits.clear();
    let bundle = Export { packs: &[], tlp: None }.bundle(&[alert]);
    assert!(of(&bundle, "observed-data").is_empty());
    assert_eq!(of(&bundle, "grouping")[0]["object_refs"][0], of(&bundle, "identity")[0]["id"]);
}

#[test]
fn only_alerts_are_taken() {
    let why = |text: &str| Alert::read(text.as_bytes()).expect_err("none").to_string();
    assert!(why(r#"{"schema":"undercurrent.scored/1"}"#).contains("only `undercurrent.alert/1`"));
    assert!(why(r#"{"schema":"undercurrent.alert/1"}"#).contains("missing field"));
    assert!(why("plain").starts_with("it is no alert record"));
}
