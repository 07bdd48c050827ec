//! `eval`: a tiny labelled set through a tiny pack.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use undercurrent::problem::is_hostile;

use super::{Ran, check, run, run_with};

const PACK: &str = "
pack: visits
version: 1.0.0
title: A state courts investors
references: [https://example.org/report]
words:
  country: { en: [ruritania*] }
  call: { en: [invest*] }
indicators:
  - { id: place, title: It names the country, points: 20, match: { words: [country] } }
  - { id: call, title: Come and invest, points: 50, match: { words: [call] } }
  - { id: both, title: Come to the country, points: 10, match: { near: { words: [country, call], within: 4 } } }
alerts:
  - { id: review, level: medium, at: 40 }
";

/// Two of each label: one is taken for what it is, the other is not.
const SET: &str = r#"
{"id":"e1","label":"amplifies","lang":"en","topic":"t1","form":"verbatim","text":"Come and invest in Ruritania!"}
{"id":"e2","label":"amplifies","lang":"en","topic":"t1","form":"retold","text":"Opportunities await in Ruritania."}
{"id":"e3","label":"reports","lang":"en","topic":"t1","form":"verbatim","text":"Officials said: invest in Ruritania."}

{"id":"e4","label":"reports","lang":"en","topic":"t2","form":"retold","title":"A long look","text":"The road east is lined with posters. Invest, invest.\u001b[2J"}
{"id":"e5","label":"ordinary","lang":"uk","topic":"t2","form":"verbatim","text":"The bridge was opened."}
{"id":"e6","label":"ordinary","topic":"t2","form":"retold","text":"A bank said that its investors were patient."}
"#;

const BROKEN: &str = r#"
{"id":"e7","label":"report","text":"A bridge."}
{"id":"e8","label":"ordinary","text":""}
{"id":"e9","label":"ordinary","kind":"telex","text":"A bridge."}
{"id":"e10"
"#;

fn eval(folder: &Path, set: &str, more: &[&str]) -> Ran {
    let pack = folder.join("pack.yaml");
    fs::write(&pack, PACK).expect("written");
    run_with(&[&["eval", "-", "--packs", &pack.display().to_string()][..], more].concat(), set)
}

#[test]
fn a_labelled_set_is_measured_as_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = eval(folder.path(), SET, &["--output", "json"]);
    check(&ran, 0, "{", "6 texts, 0 could not be read\n");
    let whole: Value = serde_json::from_str(&ran.out).expect("JSON");
    let row = |amplifies: u64, reports: u64, ordinary: u64| json!({ "amplifies": amplifies, "reports": reports, "ordinary": ordinary });
    let confusion = json!({ "amplifies": row(1, 0, 1), "reports": row(1, 1, 0), "ordinary": row(0, 1, 1) });
    assert_eq!(whole["confusion"], confusion);
    assert_eq!((&whole["n"], &whole["accuracy"], &whole["macro_f1"]), (&json!(6), &json!(0.5), &json!(0.5)));
    assert_eq!(whole["reports_as_amplifies"], 0.5);
    let half = json!({ "expected": 2, "predicted": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5 });
    assert_eq!(whole["labels"], json!({ "amplifies": half, "reports": half, "ordinary": half }));
    let by = &whole["by"];
    assert_eq!((&by["lang"]["en"]["n"], &by["lang"]["uk"]["n"]), (&json!(4), &json!(1)));
    assert_eq!(
        (&by["lang"]["uk"]["macro_f1"], &by["lang"]["uk"]["absent"]),
        (&Value::Null, &json!(["amplifies", "reports"]))
    );
    assert_eq!((&by["form"]["verbatim"]["macro_f1"], &by["form"]["retold"]["accuracy"]), (&json!(1.0), &json!(0.0)));
    // To accuse is worst, to miss is bad, to mix up what is harmless is least.
    let worst: Vec<&str> = whole["worst"]
        .as_array()
        .expect("mistakes")
        .iter()
        .filter_map(|one| one["prediction"]["id"].as_str())
        .collect();
    assert_eq!(worst, ["e4", "e2", "e6"]);
    assert_eq!(whole["worst"][0]["explanation"]["scored"]["packs"][0]["hits"][0]["id"], "call");
}

#[test]
fn people_see_tables_and_why_the_worst_mistakes_were_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = eval(folder.path(), SET, &["--worst", "3"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in [
        "\nreports              1         1         0       2\n",
        "\nreports          0.500     0.500     0.500\n",
        "\nmacro F1                             0.500\n",
        "1 of 2 reports taken for amplifies (50.0 %)\n",
        "\nuk                1     1.000         no amplifies, no reports\n",
        "\nverbatim          3     1.000     1.000\n",
        "e4 line 6: reports, taken for amplifies: 50.0 points before damping, visits begins at 40\nA long look\n",
        "50.0  Come and invest call\n         Invest\n",
        "e2 line 3: amplifies, taken for ordinary: 20.0 points before damping, visits begins at 40\n",
        "no alert: review (medium) begins at 40: 20.0 points are missing\n",
        "e6 line 8: ordinary, taken for reports: 50.0 points before damping",
        "given, damped from 50.0: said that\n",
    ] {
        assert!(ran.out.contains(said), "expected {said:?} in\n{}", ran.out);
    }
    assert!(!ran.out.chars().any(|c| is_hostile(c) && c != '\n'), "{}", ran.out);
    let one = eval(folder.path(), SET, &["--worst", "1"]).out;
    assert!(one.contains("e4 line 6") && !one.contains("e2 line 3"), "{one}");
    assert!(!eval(folder.path(), SET, &["--worst", "0"]).out.contains("mistakes"));
}

#[test]
fn predictions_are_written_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("predictions.ndjson");
    let name = file.display().to_string();
    check(&eval(folder.path(), SET, &["--predictions", &name]), 0, "macro F1", "6 texts, 0 could not be read\n");
    let written = fs::read_to_string(&file).expect("predictions");
    let rows: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 6);
    let row =
        json!({ "id": "e3", "label": "reports", "stance": "reports", "score": 32.0, "points": 80.0, "pack": "visits" });
    assert_eq!(rows[2], row);
    let row = json!({ "id": "e5", "label": "ordinary", "stance": null, "score": 0.0, "points": 0.0, "pack": null });
    assert_eq!(rows[4], row);
    // What is read is never written over.
    let pack = folder.path().join("pack.yaml").display().to_string();
    let set = folder.path().join("set.ndjson");
    fs::write(&set, SET).expect("written");
    let set = set.display().to_string();
    check(&run(&["eval", &set, "--packs", &pack, "--predictions", &set]), 2, "", "is the file that is read");
    assert_eq!(fs::read_to_string(&set).expect("the set"), SET);
}

#[test]
fn unreadable_lines_are_named_and_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = eval(folder.path(), &format!("{SET}{}", BROKEN.trim_start()), &[]);
    check(&ran, 1, "macro F1", "6 texts, 4 could not be read\n");
    for said in [
        "line 9: there is no label `report`; did you mean `reports`?\n",
        "line 10: it holds no post (empty)\n",
        "line 11: invalid: the message cannot be read: unknown variant `telex`",
        "line 12: it is no JSON object: ",
    ] {
        assert!(ran.err.contains(said), "expected {said:?} in\n{}", ran.err);
    }
    check(&eval(folder.path(), BROKEN, &[]), 2, "", "no line of standard input is a labelled text\n");
    check(&eval(folder.path(), "\n", &[]), 2, "", "error: standard input holds no labelled text\n");
    check(&run(&["eval", "nowhere.ndjson"]), 2, "", "error: cannot read `nowhere.ndjson`: ");
}

#[test]
fn one_half_stays_unseen() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = eval(folder.path(), SET, &["--ids", "odd"]);
    check(
        &odd,
        0,
        "\naccuracy                             1.000\n",
        "3 texts with odd ids, 3 others left out, 0 could not be read\n",
    );
    let even = eval(folder.path(), SET, &["--ids", "even"]);
    check(&even, 0, "\naccuracy                             0.000\n", "3 texts with even ids, 3 others left out");
    let one = SET.lines().nth(1).expect("a line");
    check(&eval(folder.path(), one, &["--ids", "even"]), 2, "", "holds no text of this half; 1 are of the other");
}
