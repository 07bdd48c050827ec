//! The helper commands as people use them: the built program, its exit codes, what it prints and where.
//!
//! Exit codes: 0 clean, 1 problems found, 2 could not do it. Results on stdout, everything else on stderr.

#[path = "cli/eval.rs"]
mod eval;
#[path = "cli/replay.rs"]
mod replay;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;
use undercurrent::post::{Kind, Post};
use undercurrent::problem::is_hostile;
use undercurrent::record::alert_id;
use undercurrent::yaml::{Node, Tree};

/// What a command printed and how it ended.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_undercurrent"));
    command.args(arguments).current_dir(golden("")).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finish(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    // It may end before it reads: then there is nobody to write to.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let done = child.wait_with_output().expect("it ends");
    Ran {
        code: done.status.code().expect("it ends by itself"),
        out: String::from_utf8(done.stdout).expect("UTF-8"),
        err: String::from_utf8(done.stderr).expect("UTF-8"),
    }
}

fn run(arguments: &[&str]) -> Ran {
    finish(program(arguments), b"")
}

fn run_with(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    finish(program(arguments), input.as_ref())
}

/// Ends as expected, with words on the expected side only.
fn check(ran: &Ran, code: i32, out: &str, err: &str) {
    assert_eq!(ran.code, code, "stdout: {}\nstderr: {}", ran.out, ran.err);
    for (expected, got) in [(out, &ran.out), (err, &ran.err)] {
        assert!(got.contains(expected), "expected {expected:?} in\n{got}");
        assert!(!expected.is_empty() || got.is_empty(), "expected nothing, got\n{got}");
    }
}

/// The small pack with the parts that come later.
fn with_later_parts() -> String {
    let pack = fs::read_to_string(golden("outreach.yaml")).expect("the pack");
    let insert = |pack: String, before: &str, part: &str| {
        let at = pack.find(before).expect("the place");
        format!("{}{part}{}", &pack[..at], &pack[at..])
    };
    let joins = "  - { id: in-echo, title: Part of an echo, points: 20, match: { joins: [echo] } }\n";
    let signals = "signals:\n  - { id: echo, same: { text: { similar: 0.85 } }, authors: 3, within: 6h }\n";
    let pack = insert(pack, "stance:", &format!("{joins}{signals}"));
    let pack = insert(pack, "tests:", "  - { id: chorus, level: high, on: echo }\n");
    format!(
        "{pack}  - name: three channels\n    posts: [{{ author: telegram/a, text: Иран }}]\n    expect: {{ signals: [{{ id: echo, authors: 3 }}] }}\n"
    )
}

#[test]
fn the_shipped_packs_are_clean_and_pass_their_tests() {
    check(&run(&["check", "--deny", "warnings"]), 0, "", "no problems in 5 files\n");
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/packs").display().to_string();
    // With what `packs.lock` beside them remembers.
    check(&run(&["check", "--deny", "warnings", &packs]), 0, "", "no problems in 5 files\n");
    let tested = run(&["test"]);
    check(&tested, 0, &tested.out, " passed, 0 failed");
    assert!(!tested.out.contains("FAILED"), "{}", tested.out);
    check(&run(&["list"]), 0, "ru-iraq-outreach", "");
}

#[test]
fn a_pack_of_what_there_is_passes() {
    check(&run(&["check", "outreach.yaml"]), 0, "", "no problems in 1 file\n");
    check(&run(&["test", "outreach.yaml"]), 0, "", "4 passed, 0 failed\n");
    check(&run(&["test", "outreach.yaml", "--filter", "newsroom reports"]), 0, "", "1 passed, 0 failed\n");
    check(&run(&["test", "outreach.yaml", "--filter", "nothing so"]), 2, "", "no test was run");
}

#[test]
fn what_comes_later_is_named_all_at_once_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("later.yaml");
    let text = with_later_parts();
    fs::write(&file, &text).expect("written");
    let name = file.display().to_string();
    let ran = run(&["check", &name]);
    check(&ran, 1, "", "4 errors, 0 warnings in 1 file\n");
    let line = |part: &str| text[..text.find(part).expect("there")].matches('\n').count() + 1;
    for (what, part) in [
        ("`joins` is not supported yet", "{ joins:"),
        ("`signals` is not supported yet", "  - { id: echo"),
        ("an alert `on` a signal is not supported yet", "on: echo"),
        ("`signals` is not supported yet", "expect: { signals:"),
    ] {
        let place = format!("{what}\n  --> {name}:{}:", line(part));
        let wide = format!("{what}\n   --> {name}:{}:", line(part));
        assert!(ran.err.contains(&place) || ran.err.contains(&wide), "expected {place} in\n{}", ran.err);
    }
    check(&run(&["test", &name]), 2, "", "error: 4 problems in packs\n");
}

#[test]
fn a_failing_test_says_what_differed_and_the_evidence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("failing.yaml");
    let pack = fs::read_to_string(golden("outreach.yaml")).expect("the pack");
    fs::write(&file, pack.replace("score: 10, stance: reports", "score: 25, stance: relays")).expect("written");
    let ran = run(&["test", &file.display().to_string()]);
    check(&ran, 1, "FAILED a newsroom reports the visit", "3 passed, 1 failed\n");
    for said in ["score: expected 25, got 10", "stance: expected relays, got reports", "partner-frame: attributed"] {
        assert!(ran.out.contains(said), "expected {said} in\n{}", ran.out);
    }
}

#[test]
fn ci_systems_read_how_tests_went() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, junit) = (folder.path().join("packs.yaml"), folder.path().join("junit.xml"));
    let pack = fs::read_to_string(golden("outreach.yaml")).expect("the pack");
    let pack = pack.replace("name: a newsroom reports the visit", "name: \"<b>&\\\"\\e[2J\\0]]> a newsroom\"");
    let pack = pack.replace("score: 10, stance: reports", "score: 25, stance: relays");
    let missed = "{ stance: reports, alerts: [outreach] }\n    known_miss: true";
    fs::write(&file, pack.replace("{ stance: reports, alerts: [] }", missed)).expect("written");
    let (file, junit) = (file.display().to_string(), junit.display().to_string());
    let ran = run(&["test", &file, "--junit", &junit]);
    check(&ran, 1, "known miss the story about the channel", "3 passed, 1 failed (1 known miss)\n");
    assert!(ran.out.contains("alerts: expected outreach, got none (missing outreach)"), "{}", ran.out);

    let xml = fs::read_to_string(&junit).expect("a report");
    let suite = "<testsuite name=\"ru-iraq-outreach\" file=\"";
    assert!(xml.contains(suite) && xml.contains("tests=\"4\" failures=\"1\" skipped=\"1\""), "{xml}");
    assert!(xml.contains("<failure message=\"score: expected 25, got 10\" type=\"expectation\">"), "{xml}");
    assert!(xml.contains("name=\"&lt;b&gt;&amp;&quot;[2J]]&gt; a newsroom\""), "{xml}");
    assert!(xml.contains("partner-frame: attributed, keeps 10 of 25: “Moscow”"), "{xml}");
    assert!(!xml.contains(|c: char| c.is_control() && c != '\n'), "{xml}");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut cases = 0;
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                tag.attributes().for_each(|attribute| drop(attribute.expect("well-formed")));
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, 4);
    check(&run(&["test", &file, "--junit", "/nowhere/junit.xml"]), 2, "FAILED", "cannot write `/nowhere/junit.xml`");
}

#[test]
fn what_no_test_touches_is_told_as_a_table_and_as_json() {
    let ran = run(&["test", "outreach.yaml", "--coverage"]);
    check(&ran, 0, "touched by no test\n", "4 passed, 0 failed\n");
    let row = ran.out.lines().find(|line| line.starts_with("ru-iraq-outreach")).expect("a row");
    assert!(row.contains("3/3 100 %") && row.contains("1/2  50 %"), "{row}");
    for untouched in ["alerts  review", "phrases telegram/ar  تلغرام, تيليغرام, قناة", "names rybar  Рыбарь"]
    {
        assert!(ran.out.contains(untouched), "expected {untouched} in\n{}", ran.out);
    }
    let ran = run(&["test", "outreach.yaml", "--coverage", "--output", "json", "--filter", "newsroom reports"]);
    check(&ran, 0, "\"passed\": 1", "");
    let whole: Value = serde_json::from_str(&ran.out).expect("JSON");
    let coverage = &whole["packs"][0]["coverage"];
    assert_eq!(coverage["indicators"], serde_json::json!({ "touched": 1, "all": 3, "percent": 33 }));
    assert_eq!(
        coverage["untouched"][0],
        serde_json::json!({ "sort": "indicators", "of": "", "entries": ["voice", "call-to-come"] })
    );
    assert_eq!(whole["packs"][0]["tests"][0]["name"], "a newsroom reports the visit");
}

#[test]
fn two_versions_of_a_pack_are_tested_each_at_its_own_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = fs::read_to_string(golden("outreach.yaml")).expect("the pack");
    let (old, new) = (folder.path().join("1.yaml"), folder.path().join("2.yaml"));
    // A comment that names another pack must not draw the place of its failure.
    fs::write(&old, format!("# beside pack: ru-iraq-outreach-2\n{pack}")).expect("written");
    fs::write(&new, format!("\n\n{}", pack.replace("score: 10,", "score: 11,"))).expect("written");
    let ran = run(&["test", &folder.path().display().to_string()]);
    check(&ran, 1, "FAILED a newsroom reports the visit", "7 passed, 1 failed\n");
    let line = 3 + pack[..pack.find("a newsroom reports the visit").expect("there")].matches('\n').count();
    assert!(ran.out.contains(&format!("2.yaml:{line}\n")), "line {line} in {}", ran.out);
}

#[test]
fn problems_for_programs_are_json_on_stdout() {
    let ran = run_with(&["check", "--output", "json", "../problems/uc010_names.yaml"], "");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let rows: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows[0]["code"], "UC010");
    assert_eq!((&rows[0]["line"], &rows[0]["column"]), (&1.into(), &7.into()));
    check(&run(&["check", "--output", "json", "outreach.yaml"]), 0, "[]\n", "");
}

#[test]
fn what_cannot_be_done_ends_with_2_and_names_the_thing() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().display().to_string();
    for (arguments, said) in [
        (&["check", "nowhere.yaml"][..], "cannot read `nowhere.yaml`"),
        (&["check", &empty], "there is nothing to check"),
        (&["list", "--packs", &empty], "there is no pack"),
        (&["score", "nowhere.ndjson"], "cannot read `nowhere.ndjson`"),
        (&["score", "--format", "telegarm", "mixed.ndjson"], "did you mean `telegram`?"),
        (&["score", "--packs", "outreach.yaml", "--packs", "outreach.yaml"], "two packs are called"),
        (&["explain", "--packs", "../problems/uc004_wrong_sorts.yaml", "own-voice.json"], "problems in packs"),
        (&["explain", "--packs", "outreach.yaml", "mixed.ndjson", "--number", "9"], "no message 9: it has 6"),
        (&["explain", "--packs", "outreach.yaml", "mixed.ndjson", "--id", "x/y"], "has the id `x/y`"),
        (&["explain", "own-voice.json", "--record", "nowhere.ndjson"], "cannot read `nowhere.ndjson`"),
        (&["explain", "own-voice.json", "--record", "own-voice.json"], "it is no record of undercurrent"),
        (&["explain", "-", "--record", "-"], "not both"),
        (&["explain", "--record", "-"], "there is no record in standard input"),
        (&["run", "nowhere.yaml"], "cannot read `nowhere.yaml`"),
        (&["run", "outreach.yaml"], "this is a pack, not a pipeline"),
        (&["run", "../problems/uc050_environment.yaml"], "the environment variable `NOT_SET_ANYWHERE` is not set"),
        (&["feed", "nowhere.ndjson", "--topic", "t"], "cannot read `nowhere.ndjson`"),
        (&["feed", "mixed.ndjson", "--topic", "t", "-X", "acks"], "`acks` is no property"),
        (&["schema", "scord"], "tip: a similar value exists: 'scored'"),
    ] {
        let ran = run(arguments);
        check(&ran, 2, "", said);
    }
}

#[test]
fn posts_in_several_formats_give_records_that_fit_the_schema() {
    let ran = run(&["score", "--packs", "outreach.yaml", "mixed.ndjson"]);
    check(&ran, 1, "undercurrent.scored/1", "4 scored, 1 ignored, 1 could not be read\n");
    assert!(ran.err.starts_with("message 6: not_json: "), "{}", ran.err);

    let schema = run(&["schema", "scored"]);
    check(&schema, 0, "undercurrent.scored/1", "");
    let schema: Value = serde_json::from_str(&schema.out).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let records: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let wanted = [(10.0, "reports"), (80.0, "asserts"), (55.0, "asserts"), (0.0, "")];
    assert_eq!(records.len(), wanted.len());
    for (record, (score, stance)) in records.iter().zip(wanted) {
        let faults: Vec<String> = schema.iter_errors(record).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?} in {record}");
        assert_eq!(record["score"], score, "{record}");
        assert_eq!(record["stance"].as_str().unwrap_or_default(), stance, "{record}");
    }
    let bare = run_with(&["score", "--packs", "outreach.yaml"], fs::read(golden("own-voice.json")).expect("a post"));
    check(&bare, 0, "\"score\":80.0", "1 scored, 0 ignored, 0 could not be read\n");
    check(&run(&["score"]), 0, "", "0 scored, 0 ignored, 0 could not be read\n");
}

#[test]
fn every_shape_has_a_schema() {
    let shapes =
        ["scored", "alert", "explanation", "recomputation", "post", "pack", "exceptions", "language", "pipeline"];
    for shape in shapes {
        let schema: Value = serde_json::from_str(&run(&["schema", shape]).out).expect("JSON");
        jsonschema::validator_for(&schema).expect("a valid schema");
    }
}

#[test]
fn an_alert_is_computed_again_by_the_post_in_it() {
    let scored = run(&["score", "--packs", "outreach.yaml", "own-voice.json"]);
    let mut record: Value = serde_json::from_str(&scored.out).expect("a record");
    let own: Value = serde_json::from_slice(&fs::read(golden("own-voice.json")).expect("a post")).expect("JSON");
    let mut post = Post::new("telegram/rybar/1", "telegram", Kind::Post, jiff::Timestamp::UNIX_EPOCH);
    post.text = own["text"].as_str().expect("a text").to_string();
    let mut alert = record["packs"][0].take();
    alert["schema"] = "undercurrent.alert/1".into();
    alert["id"] = alert_id("ru-iraq-outreach", "outreach", &post).into();
    (alert["alert"], alert["level"]) = ("outreach".into(), "high".into());
    (alert["origin"], alert["engine"]) = (record["origin"].take(), record["engine"].take());
    alert["post"] = own;
    alert["post"]["author"] = serde_json::json!({ "id": null, "handle": "rybar", "name": null });
    alert["post"]["time_from"] = "platform".into();

    let recompute = |alert: &Value, more: &[&str]| {
        run_with(&[&["explain", "--packs", "outreach.yaml", "--record", "-"], more].concat(), alert.to_string())
    };
    check(&recompute(&alert, &[]), 0, "the same\n  the input's bytes are not at hand", "");
    check(&recompute(&alert, &["own-voice.json"]), 0, "alert: recomputed: the same\n", "");
    check(&recompute(&alert, &["near-en.json"]), 1, "id: telegram/rybar/1 in the record, web/daily/1 here", "");
    for (place, changed, said) in [
        ("/post/text", "Россия и Ирак.", "hit ru-iraq-outreach/call-to-come: asserted, 30 of 30 points in the record"),
        ("/post/text", "Россия и Ирак.", "evidence at text 16-27: Россия и Ирак — [партнёрство]"),
        (
            "/post/author/handle",
            "other",
            "hit ru-iraq-outreach/voice: asserted, 25 of 25 points in the record, not here",
        ),
        ("/alert", "review", "alert ru-iraq-outreach: review (high) in the record, not here"),
        ("/id", "0", "alert id: 0 in the record"),
    ] {
        let mut altered = alert.clone();
        *altered.pointer_mut(place).expect("a place") = changed.into();
        check(&recompute(&altered, &[]), 1, said, "");
    }
    alert["post"]["text"] = "Россия".into();
    check(&recompute(&alert, &["own-voice.json"]), 1, "post.text: ", "");
    alert["post"]["published_at"] = "yesterday".into();
    check(&recompute(&alert, &[]), 2, "", "the post in it is broken: `yesterday` is no time");
}

/// Compares with a golden file; `UPDATE_GOLDEN=1` writes it.
fn check_golden(name: &str, got: &str) {
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(golden(name), got).expect("a writable folder");
    }
    assert_eq!(got, fs::read_to_string(golden(name)).expect("the golden file"), "{name}");
}

#[test]
fn an_explanation_reads_as_agreed() {
    for name in ["own-voice", "reported"] {
        let ran = run(&["explain", "--packs", "outreach.yaml", &format!("{name}.json")]);
        check(&ran, 0, "outreach", "");
        check_golden(&format!("{name}.explained"), &ran.out);
    }
    for name in ["near-en", "near-ru", "near-ar"] {
        let ran = run(&["explain", "--packs", "near.yaml", &format!("{name}.json")]);
        check(&ran, 0, "almost", "");
        check_golden(&format!("{name}.explained"), &ran.out);
    }
}

#[test]
fn another_post_of_a_file_can_be_explained() {
    let explain = |more: &[&str]| run(&[&["explain", "--packs", "outreach.yaml", "mixed.ndjson"], more].concat());
    let id = "telegram/rybar/7";
    let first = explain(&[]);
    check(&first, 0, "web/newsroom/1\n", "only the first post of the file is explained");
    let second = explain(&["--number", "2"]);
    check(&second, 0, &format!("{id}\n"), "");
    assert_eq!(explain(&["--id", id]).out, second.out);
    check(&explain(&["--number", "4"]), 1, "", "message 4: no post");
    check(&explain(&["--number", "6"]), 1, "", "message 6: not_json");
    let all = run(&["explain", "--packs", "near.yaml", "--all", "near-ru.json"]);
    let pack = fs::read_to_string(golden("near.yaml")).expect("the pack");
    let indicators = pack.lines().filter_map(|line| line.strip_prefix("  - id: ")).collect::<Vec<_>>();
    assert!(indicators.len() >= 5);
    for id in indicators {
        assert!(all.out.contains(&format!(" {id}, ")), "{id} in {}", all.out);
    }
}

#[test]
fn an_explanation_for_programs_fits_its_schema() {
    let schema: Value = serde_json::from_str(&run(&["schema", "explanation"]).out).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let explain = |post: &str| {
        let ran = run(&["explain", "--packs", "near.yaml", "--output", "json", post]);
        check(&ran, 0, "undercurrent.explanation/1", "");
        let record: Value = serde_json::from_str(&ran.out).expect("JSON");
        let faults: Vec<String> = schema.iter_errors(&record).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?} in {record}");
        record
    };
    let gaps = &explain("near-ru.json")["gaps"][0];
    let miss = &gaps["misses"][0];
    assert_eq!((&miss["id"], &miss["match"]["words"]), (&"partner-frame".into(), &12.into()));
    assert_eq!(gaps["names"][0]["words"], 5);
    let gaps = &explain("near-en.json")["gaps"][0];
    assert_eq!(gaps["damping"]["voice"], 40.0);
    assert_eq!((&gaps["alerts"][0]["id"], &gaps["alerts"][0]["short"]), (&"review".into(), &4.0.into()));
}

/// The records that `score` prints, and the alerts of the last post if any, computed again.
#[test]
fn a_record_that_is_computed_again_is_the_same() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/demo");
    let mut records = 0;
    for topic in ["telegram", "bluesky", "mastodon", "articles", "mixed"] {
        let posts = demo.join(format!("demo.{topic}.ndjson")).display().to_string();
        let scored = run(&["score", &posts]);
        let again = run_with(&["explain", &posts, "--record", "-"], &scored.out);
        let number = scored.out.lines().count();
        check(&again, 0, "recomputed: the same", &format!("{number} the same, 0 different, 0 could not"));
        assert_eq!(again.out.matches(": recomputed: the same\n").count(), number, "{}", again.out);
        records += number;
    }
    assert!(records > 50, "{records}");
}

#[test]
fn a_record_that_is_not_the_same_says_where() {
    let score = ["score", "--packs", "outreach.yaml", "--include-text", "own-voice.json"];
    let record: Value = serde_json::from_str(&run(&score).out).expect("a record");
    let schema: Value = serde_json::from_str(&run(&["schema", "recomputation"]).out).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let mut cases: Vec<(&str, Value, &str)> = vec![
        ("/packs/0/hits/1/points", 30.into(), "hit ru-iraq-outreach/partner-frame points: 30 in the record, 25 here"),
        ("/packs/0/hits/1/state", "quoted".into(), "partner-frame state: quoted in the record, asserted here"),
        ("/packs/0/hits/1/evidence/0/start", 1.into(), "at text 1-6: [Россия] и Ирак"),
        ("/packs/0/hits/1/evidence/0/exact", "Москва".into(), "“Москва” at text 0-6"),
        ("/packs/0/hits/1/evidence/0/prefix", "x".into(), "at text 0-6: x[Россия]"),
        ("/packs/0/hits/1/evidence/0/field", "links/7".into(), "at links/7 0-6: [Россия] и Ирак"),
        (
            "/packs/0/hits/2/id",
            "other".into(),
            "hit ru-iraq-outreach/call-to-come: not in the record, asserted, 30 of 30",
        ),
        ("/packs/0/hits/2/id", "other".into(), "hit ru-iraq-outreach/other: asserted, 30 of 30 points in the record"),
        ("/packs/0/digest", "blake3:0".into(), "the pack's text, its exceptions or a language file is another"),
        ("/packs/0/version", "0.9.0".into(), "pack ru-iraq-outreach version: 0.9.0 in the record, 1.0.0 here"),
        ("/packs/0/score", 79.into(), "pack ru-iraq-outreach score: 79 in the record, 80 here"),
        ("/score", 79.into(), "\n  score: 79 in the record, 80 here"),
        ("/stance", "reports".into(), "stance: reports in the record, asserts here"),
        ("/alerts/0/id", "review".into(), "alert ru-iraq-outreach: not in the record, outreach (high) here"),
        ("/origin/sha256", "00".into(), "origin.sha256: 00 in the record"),
        ("/post/text", "Россия".into(), "post.text: Россия in the record"),
        ("/id", "telegram/rybar/2".into(), "id: telegram/rybar/2 in the record, telegram/rybar/1 here"),
    ];
    let recompute = |record: &Value, more: &[&str]| {
        let arguments = [&["explain", "--packs", "outreach.yaml", "own-voice.json", "--record", "-"], more].concat();
        run_with(&arguments, record.to_string())
    };
    check(&recompute(&record, &[]), 0, "telegram/rybar/1 scored: recomputed: the same\n", "");
    for (place, changed, said) in cases.drain(..) {
        let mut altered = record.clone();
        *altered.pointer_mut(place).expect("a place") = changed;
        check(&recompute(&altered, &[]), 1, said, "");
        let ran = recompute(&altered, &["--output", "json"]);
        let json: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert!(schema.is_valid(&json) && json["same"] == false, "{json}");
    }
    // Another program that finds the same, and fields of a later version, are no difference.
    let mut later = record.clone();
    later["engine"] = "9.0.0".into();
    later["packs"][0]["hits"][0]["mood"] = "new".into();
    check(&recompute(&later, &[]), 0, "the same\n  by engine 9.0.0 there, 0.1.0 here\n", "");
    later["schema"] = "undercurrent.scored/2".into();
    check(&recompute(&later, &[]), 2, "", "its schema is `undercurrent.scored/2`");
    let mut other = record.clone();
    other["packs"][0]["pack"] = "elsewhere".into();
    check(
        &recompute(&other, &[]),
        2,
        "",
        "names elsewhere 1.0.0, which is not here: --packs gives ru-iraq-outreach 1.0.0",
    );
    let without = run_with(&["explain", "--packs", "outreach.yaml", "--record", "-"], record.to_string());
    check(&without, 2, "", "name the file that does");
}

#[test]
fn a_hostile_post_and_pack_are_harmless() {
    let text = "Moscow is Iraq's partner\u{1b}[2J \u{9b}31m\u{202e}evil\u{61c}\u{e0041}\u{7f}\r\n\u{1b}]0;title\u{7}";
    let post = serde_json::json!({
        "source": "web\u{1b}[1m", "id": format!("web/{text}"), "title": text, "text": text, "lang": text, "url": text,
        "author": { "handle": text }, "links": [text],
    });
    let post = post.to_string();
    for arguments in [
        &["explain", "--packs", "outreach.yaml"][..],
        &["explain", "--all", "--packs", "near.yaml"],
        &["explain", "--output", "json", "--packs", "near.yaml"],
        &["score", "--include-text", "--packs", "outreach.yaml"],
    ] {
        let ran = run_with(arguments, &post);
        check(&ran, 0, "evil", &ran.err);
        assert!(!ran.out.contains(is_hostile) && !ran.err.contains(is_hostile), "{:?}{:?}", ran.out, ran.err);
    }
    // Forced colour is our own escapes and nothing else.
    let mut coloured = program(&["explain", "--packs", "outreach.yaml"]);
    coloured.env("CLICOLOR_FORCE", "1");
    let ran = finish(coloured, post.as_bytes());
    assert!(
        ran.out.contains("\u{1b}[") && !ran.out.contains("\u{1b}[2J") && !ran.out.contains("\u{1b}]"),
        "{:?}",
        ran.out
    );

    let scored = run_with(&["score", "--include-text"], &post);
    let record: Value = serde_json::from_str(&scored.out).expect("JSON");
    assert_eq!(record["post"]["text"], text, "escaped in JSON, and the same");
    let said = format!("{text}{}", record["id"]);
    for place in ["/id", "/stance", "/engine", "/post/text", "/origin/sha256"] {
        let mut altered = record.clone();
        *altered.pointer_mut(place).expect("a place") = said.clone().into();
        for output in ["text", "json"] {
            let again = program(&["explain", "--output", output, "--record", "-", "own-voice.json"]);
            let ran = finish(again, altered.to_string().as_bytes());
            assert_eq!((ran.code, ran.out.contains("evil"), ran.err.as_str()), (1, true, ""));
            assert!(!ran.out.contains(is_hostile), "{:?}", ran.out);
        }
    }

    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("p\u{202e}\u{1b}[31m.yaml");
    let hostile = fs::read_to_string(golden("outreach.yaml")).expect("the pack");
    let hostile =
        hostile.replace("title: Moscow is the", "title: \"\\e[2J\u{202e}\" #").replace("score: 80", "score: 81");
    let hostile = hostile.replace("name: the channel", "name: \u{202e}the channel");
    fs::write(&pack, hostile).expect("written");
    let name = pack.display().to_string();
    for arguments in [&["list", "--packs", &name][..], &["test", &name], &["check", &name], &["run", &name]] {
        let ran = run(arguments);
        assert!(!ran.out.contains(is_hostile) && !ran.err.contains(is_hostile), "{:?}{:?}", ran.out, ran.err);
    }
    let gone = folder.path().join("gone\u{1b}[31m\u{202e}").display().to_string();
    for command in ["check", "score", "run", "test"] {
        let mut coloured = program(&[command, &gone]);
        coloured.env("CLICOLOR_FORCE", "1");
        let ran = finish(coloured, b"");
        assert_eq!(ran.code, 2);
        assert!(!ran.err.contains("gone\u{1b}") && !ran.err.contains('\u{202e}'), "{:?}", ran.err);
    }
}

#[test]
fn colour_is_for_terminals_and_no_color_is_obeyed() {
    let plain = run(&["explain", "--packs", "outreach.yaml", "own-voice.json"]);
    assert!(!plain.out.contains('\u{1b}'), "a pipe is no terminal");
    let mut refused = program(&["check", "../problems/uc011_version.yaml"]);
    refused.env("NO_COLOR", "1");
    let ran = finish(refused, b"");
    check(&ran, 1, "", "error[UC011]");
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn completions_and_the_man_page_are_there() {
    for shell in ["bash", "zsh", "fish"] {
        check(&run(&["completions", shell]), 0, "explain", "");
    }
    let page = run(&["man"]);
    check(&page, 0, ".TH undercurrent 1", "");
    check(&run(&["--help"]), 0, "Usage: undercurrent <COMMAND>", "");
    check(&run(&["feed", "--help"]), 0, "--topic <TOPIC>", "");
    check(&run(&[]), 2, "", "Usage: undercurrent <COMMAND>");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_not() {
    for arguments in [&["schema", "pack"][..], &["completions", "bash"], &["man"], &["score", "own-voice.json"]] {
        let full = fs::File::options().write(true).open("/dev/full").expect("a full disk");
        let mut command = program(arguments);
        command.stdout(full);
        check(&finish(command, b""), 2, "", "results could not be written");

        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = program(arguments);
        command.stdout(writer);
        let ran = finish(command, b"");
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.err.contains("error") && !ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn odd_inputs_end_in_good_order() {
    let long =
        format!("{{\"source\":\"web\",\"id\":\"web/a/1\",\"text\":\"{}\"}}", "Moscow Iraq partner. ".repeat(50_000));
    check(&run_with(&["score", "--packs", "outreach.yaml"], &long), 0, "\"score\":25.0", "1 scored");
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for (input, code) in
        [(b"\x00\x01\x02".to_vec(), [1, 2]), (b"\xff\xfe".to_vec(), [1, 2]), (deep.into_bytes(), [1, 2])]
    {
        let ran = run_with(&["score"], &input);
        assert!(code.contains(&ran.code), "{} {}", ran.code, ran.err);
        assert!(ran.out.is_empty() && !ran.err.is_empty());
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
    let nested = format!("pack: {}", "[".repeat(100_000));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("nested.yaml");
    fs::write(&file, nested).expect("written");
    check(&run(&["check", &file.display().to_string()]), 1, "", "error[UC0");
}

/// A YAML file as JSON, as an editor's language server sees it.
fn as_json(text: &str) -> Value {
    fn value(tree: &Tree, at: usize) -> Value {
        match tree.node(at) {
            Node::List(items) => items.iter().map(|item| value(tree, *item)).collect(),
            Node::Map(entries) => entries
                .iter()
                .map(|(key, item)| (tree.scalar(*key).expect("text").to_string(), value(tree, *item)))
                .collect(),
            Node::Scalar { text, plain: false } => text.as_str().into(),
            Node::Scalar { text, plain: true } => match serde_json::from_str::<Value>(text) {
                Ok(plain @ (Value::Null | Value::Bool(_) | Value::Number(_))) => plain,
                Ok(_) | Err(_) => text.as_str().into(),
            },
        }
    }
    let tree = Tree::parse(text).expect("YAML");
    value(&tree, tree.root())
}

#[test]
fn editors_find_the_schemas_and_what_is_wrong_by_them() {
    let pipelines = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let read = |path: &str| fs::read_to_string(pipelines.join(path)).expect("a file that ships");
    let valid = |shape: &str, text: &str| {
        let file = read(&format!("schemas/{shape}.schema.json"));
        if env::var_os("UPDATE_GOLDEN").is_none() {
            let again = format!("`undercurrent schema {shape} > pipelines/schemas/{shape}.schema.json`");
            assert_eq!(run(&["schema", shape]).out, file, "{again}");
        }
        let schema = serde_json::from_str(&file).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema").is_valid(&as_json(text))
    };
    let pack = read("packs/ru-iraq-outreach.yaml");
    assert!(pack.starts_with("# yaml-language-server: $schema=../schemas/pack.schema.json\n"));
    assert!(valid("pack", &pack));
    for (right, wrong) in [
        ("\nstatus: test", "\nstatsu: test"),
        ("\nstatus: test", "\nstatus: tested"),
        ("{ near: { words:", "{ naer: { words:"),
        ("points: 35", "points: 350"),
        ("T0151.007", "T0151.999"),
        ("level: medium", "level: middle"),
        ("    en: [telegram]", "    eng: [telegram]"),
        ("        kind: repost", "        kind: forward"),
    ] {
        let typo = pack.replacen(right, wrong, 1);
        assert_ne!(typo, pack, "{right} is there");
        assert!(!valid("pack", &typo), "{wrong}");
    }
    for language in ["en", "ru", "uk", "ar"] {
        assert!(valid("language", &read(&format!("languages/{language}.yaml"))), "{language}");
    }
    let exceptions =
        "exceptions: p\nlist:\n  - { id: a, except: { authors: [web/a] }, until: 2999-01-01, because: b }\n";
    assert!(valid("exceptions", exceptions));
    assert!(!valid("exceptions", &exceptions.replace("until", "untill")));
    assert!(valid("pipeline", &read("general.yaml")));
    let described = read("schemas/pack.schema.json");
    assert!(described.contains("Points of a hit in its author's own voice, 0-100."));
}

#[test]
fn a_rule_is_explained_by_code_or_by_name() {
    for (name, arguments) in [
        ("rule-code", &["rule", "uc035"][..]),
        ("rule-indicator", &["rule", "ru-iraq-outreach/partner-frame", "--packs", "outreach.yaml"]),
        ("rule-shipped", &["rule", "ru-iraq-outreach/pillars"]),
    ] {
        let ran = run(arguments);
        check(&ran, 0, "\n", "");
        check_golden(&format!("{name}.explained"), &ran.out);
    }
    for (wrong, said) in [
        ("UC777", "there is no code `UC777`"),
        ("UC0122", "did you mean `UC012`?"),
        ("ru-iraq-outreach/pilars", "did you mean `pillars`?"),
        ("ru-irak-outreach/pillars", "did you mean `ru-iraq-outreach`?"),
        ("pillars", "did you mean ru-iraq-outreach/pillars?"),
        ("pilars", "did you mean `ru-iraq-outreach/pillars`?"),
        ("zzz", "is neither a code such as UC012 nor PACK/ID"),
        ("evil\u{1b}[2J/\u{202e}", "there is no pack"),
    ] {
        let ran = run(&["rule", wrong]);
        check(&ran, 2, "", said);
        assert!(!ran.err.contains(is_hostile), "{:?}", ran.err);
    }
}

#[test]
fn a_new_pack_passes_its_checks_and_its_tests() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("packs");
    let dir = dir.to_str().expect("UTF-8");
    check(&run(&["new", "pack", "ruritania", "--dir", dir]), 0, "", "next: undercurrent check");
    let file = format!("{dir}/ruritania.yaml");
    check(&run(&["check", "--deny", "warnings", &file]), 0, "", "no problems in 1 file");
    check(&run(&["test", &file]), 0, "", "2 passed, 0 failed");
    check(&run(&["rule", "ruritania/call", "--packs", &file]), 0, "Come and invest in Ruritania", "");
    let text = fs::read_to_string(&file).expect("the pack");
    assert!(text.starts_with("# yaml-language-server: $schema=pack.schema.json\n"));
    let schema =
        serde_json::from_str(&fs::read_to_string(format!("{dir}/pack.schema.json")).expect("it")).expect("JSON");
    assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&as_json(&text)));

    fs::write(&file, "mine").expect("written");
    check(&run(&["new", "pack", "ruritania", "--dir", dir]), 2, "", "is there already");
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine");
    check(&run(&["new", "pack", "second", "--dir", dir]), 0, "", "second.yaml");
    check(&run(&["new", "pack", "../out", "--dir", dir]), 2, "", "is no name for a pack");
    check(&run(&["new", "pack", "Руританія", "--dir", dir]), 2, "", "is no name for a pack");
}
