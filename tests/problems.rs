//! What a person reads whose file is wrong: every file below `tests/problems/` beside what `check` says about it.
//!
//! A case is a file, `NAME.yaml`, or a folder, `NAME/`, and what is to be said in `NAME.out`. `UPDATE_GOLDEN=1 cargo test --test problems`
//! writes what is said today; read it before it is committed. The names begin with the code that a case is about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use undercurrent::problem::codes::{self, Code};
use undercurrent::problem::{Severity, is_hostile};

/// What `check` says about a file, and how it ends.
fn said(file: &Path) -> String {
    let checked = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .arg("check")
        .arg(file.file_name().expect("a file"))
        .current_dir(file.parent().expect("in a folder"))
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    assert!(checked.stdout.is_empty(), "problems are no results: {}", file.display());
    let said = String::from_utf8(checked.stderr).expect("UTF-8");
    format!("{said}exit {}\n", checked.status.code().expect("it ends by itself"))
}

/// The difference between what is said and what was agreed.
fn check(file: &Path) -> Result<(), String> {
    let (said, golden) = (said(file), file.with_extension("out"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &said).expect("a writable folder");
        return Ok(());
    }
    let agreed = fs::read_to_string(&golden).unwrap_or_default();
    if said == agreed { Ok(()) } else { Err(format!("── {}\nagreed:\n{agreed}\nsaid:\n{said}", file.display())) }
}

#[test]
fn every_problem_is_told_as_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.is_dir() || file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    assert!(files.len() >= 100, "the cases are there");
    let broken: Vec<String> = files.iter().filter_map(|file| check(file).err()).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Everything that every case is told, in one text.
fn told() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let outs = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let outs = outs.filter(|path| path.extension().is_some_and(|end| end == "out"));
    outs.map(|path| fs::read_to_string(path).expect("a readable file")).collect()
}

#[test]
fn every_code_has_a_case_of_its_severity() {
    if env::var_os("UPDATE_GOLDEN").is_some() {
        return; // the other test is writing what this one reads
    }
    let told = told();
    // A failing test is told by `run` and by a reload, not by `check`.
    for Code { code, severity, .. } in codes::all().filter(|code| code.code != "UC099") {
        let severity = if *severity == Severity::Error { "error" } else { "warning" };
        assert!(told.contains(&format!("{severity}[{code}]")), "no case is told {severity}[{code}]");
    }
    let drawn = regex::Regex::new(r"(error|warning)\[(UC\d{3})\]").expect("a valid pattern");
    for found in drawn.captures_iter(&told) {
        let code = codes::find(&found[2]).expect("every code that is told is in the catalogue");
        let severity = if code.severity == Severity::Error { "error" } else { "warning" };
        assert_eq!(severity, &found[1], "{}", code.code);
    }
}

/// All files below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_program_and_the_catalogue_name_the_same_codes() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&source, &mut files);
    let code = regex::Regex::new(r#""(UC\d{3})""#).expect("a valid pattern");
    let mut emitted = BTreeSet::new();
    for file in files.iter().filter(|file| !file.starts_with(source.join("problem/codes"))) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        emitted.extend(code.captures_iter(text).map(|found| found[1].to_string()));
    }
    let known: BTreeSet<String> = codes::all().map(|code| code.code.to_string()).collect();
    assert_eq!(emitted, known, "left: in the program; right: in src/problem/codes");
}

/// Runs `check` in the folder of the cases.
fn run(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (done.status.code().expect("it ends by itself"), text(done.stdout), text(done.stderr))
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

/// What a reader of SARIF 2.1.0 relies on, of the properties that are written: the rest of the standard's schema is
/// about things that are not.
const SARIF: &str = r##"{
  "type": "object", "required": ["version", "runs"], "additionalProperties": false,
  "properties": {
    "$schema": { "type": "string", "format": "uri" },
    "version": { "const": "2.1.0" },
    "runs": { "type": "array", "items": { "$ref": "#/$defs/run" } }
  },
  "$defs": {
    "run": {
      "type": "object", "required": ["tool", "results"], "additionalProperties": false,
      "properties": {
        "tool": {
          "type": "object", "required": ["driver"], "additionalProperties": false,
          "properties": { "driver": {
            "type": "object", "required": ["name"], "additionalProperties": false,
            "properties": {
              "name": { "type": "string" },
              "semanticVersion": { "type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+" },
              "rules": { "type": "array", "uniqueItems": true, "items": { "$ref": "#/$defs/rule" } }
            } } }
        },
        "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
        "invocations": { "type": "array", "items": { "type": "object", "required": ["executionSuccessful"] } },
        "results": { "type": "array", "items": { "$ref": "#/$defs/result" } }
      }
    },
    "rule": {
      "type": "object", "required": ["id"], "additionalProperties": false,
      "properties": {
        "id": { "type": "string" },
        "shortDescription": { "$ref": "#/$defs/message" },
        "fullDescription": { "$ref": "#/$defs/message" },
        "help": { "$ref": "#/$defs/message" },
        "defaultConfiguration": {
          "type": "object", "additionalProperties": false, "properties": { "level": { "$ref": "#/$defs/level" } }
        }
      }
    },
    "result": {
      "type": "object", "required": ["message", "ruleId", "ruleIndex", "level", "locations"], "additionalProperties": false,
      "properties": {
        "ruleId": { "type": "string" },
        "ruleIndex": { "type": "integer", "minimum": 0 },
        "level": { "$ref": "#/$defs/level" },
        "message": { "$ref": "#/$defs/message" },
        "locations": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/location" } },
        "partialFingerprints": { "type": "object", "additionalProperties": { "type": "string" } }
      }
    },
    "message": {
      "type": "object", "required": ["text"], "additionalProperties": false,
      "properties": { "text": { "type": "string", "minLength": 1 }, "markdown": { "type": "string" } }
    },
    "level": { "enum": ["none", "note", "warning", "error"] },
    "location": {
      "type": "object", "additionalProperties": false,
      "properties": { "physicalLocation": {
        "type": "object", "required": ["artifactLocation", "region"], "additionalProperties": false,
        "properties": {
          "artifactLocation": {
            "type": "object", "required": ["uri"], "additionalProperties": false,
            "properties": { "uri": { "type": "string", "pattern": "^[A-Za-z0-9._~/%:-]+$" } }
          },
          "region": {
            "type": "object", "required": ["startLine", "startColumn", "endLine", "endColumn"],
            "additionalProperties": false,
            "patternProperties": { "^(start|end)(Line|Column)$": { "type": "integer", "minimum": 1 } }
          }
        }
      } }
    }
  }
}"##;

#[test]
fn a_sarif_log_has_the_shape_that_its_readers_expect() {
    let (code, out, err) = run(&["--output", "sarif", "."], &cases());
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(!out.contains(is_hostile), "hostile text is escaped");
    let log: Value = serde_json::from_str(&out).expect("JSON");
    let schema = serde_json::from_str(SARIF).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> =
        schema.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), codes::all().count());
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 150, "{}", results.len());
    for found in results {
        let index = usize::try_from(found["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], found["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], found["level"]);
        let place = &found["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(!uri.starts_with('/') && !uri.contains("..") && cases().join(uri).exists(), "{uri}");
        let region = &place["region"];
        let at = |name: &str| region[name].as_u64().expect("a number");
        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")), "{region}");
    }
}

#[test]
fn columns_count_code_points() {
    let (_, out, _) = run(&["--output", "sarif", "carets_emoji_and_marks.yaml"], &cases());
    let log: Value = serde_json::from_str(&out).expect("JSON");
    let text = fs::read_to_string(cases().join("carets_emoji_and_marks.yaml")).expect("the case");
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let mut told = BTreeSet::new();
    for found in log["runs"][0]["results"].as_array().expect("results") {
        let region = &found["locations"][0]["physicalLocation"]["region"];
        let at = |name: &str| usize::try_from(region[name].as_u64().expect("a number")).expect("small");
        let line = &lines[at("startLine") - 1];
        told.insert(line[at("startColumn") - 1..at("endColumn") - 1].iter().collect::<String>());
    }
    assert!(told.contains("\"*a\"") && told.contains("\"**\""), "{told:?}");
}

#[test]
fn annotations_are_one_line_each_and_say_where() {
    let (code, out, err) = run(&["--output", "github", "."], &cases());
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(!out.contains(is_hostile), "hostile text is made harmless");
    let command = regex::Regex::new(
        r"^::(error|warning) file=[^,:]+,line=\d+,col=\d+,endLine=\d+,endColumn=\d+,title=UC\d{3} [^,:]+::.+$",
    )
    .expect("a valid pattern");
    let (mut lines, mut twelve) = (0, String::new());
    for line in out.lines() {
        assert!(command.is_match(line), "{line}");
        lines += 1;
        if line.contains("UC012") {
            line.clone_into(&mut twelve);
        }
    }
    assert!(lines > 150, "{lines}");
    assert!(twelve.starts_with("::error file=uc012_requires_what.yaml,line=3,col=11,endLine=3,"), "{twelve}");
    let (code, out, _) = run(&["--output", "github", "ok_pack.yaml"], &cases());
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn a_lock_remembers_and_gives_way_only_to_a_higher_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = fs::read_to_string(cases().join("ok_pack.yaml")).expect("the pack");
    let (file, lock) = (folder.path().join("p.yaml"), folder.path().join("packs.lock"));
    let check = |text: &str, arguments: &[&str]| {
        fs::write(&file, text).expect("written");
        run(arguments, folder.path())
    };
    let (code, _, err) = check(&pack, &["."]);
    assert!(code == 0 && !lock.exists(), "nobody asked for a lock: {err}");
    assert_eq!(check(&pack, &["--lock", "."]).0, 0);
    let first = fs::read_to_string(&lock).expect("a lock");
    assert!(first.contains("\np: { version: \"1.0.0\", meaning: \"blake3:"), "{first}");
    assert_eq!(check(&pack, &["--deny", "warnings", "."]).0, 0);
    assert_eq!(check(&pack, &["--deny", "warnings", "p.yaml"]).0, 0, "the lock beside a file counts too");

    let title = pack.replace("title: A pack", "title: Another title # and a comment");
    assert_eq!(check(&title, &["--deny", "warnings", "."]).0, 0, "a title is no meaning");

    let changed = pack.replace("points: 30", "points: 35");
    for arguments in [&["."][..], &["--lock", "."]] {
        let (code, _, err) = check(&changed, arguments);
        assert!(code == 1 && err.contains("error[UC095]") && err.contains("./p.yaml:2:10"), "{err}");
        assert_eq!(fs::read_to_string(&lock).expect("a lock"), first, "a version keeps its meaning");
    }
    let raised = changed.replace("1.0.0", "1.1.0");
    let (code, _, err) = check(&raised, &["--deny", "warnings", "."]);
    assert!(code == 1 && err.contains("warning[UC097]"), "{err}");
    assert_eq!(check(&raised, &["--lock", "--deny", "warnings", "."]).0, 0);
    assert_eq!(check(&raised, &["--deny", "warnings", "."]).0, 0);
    let (code, _, err) = check(&pack, &["--lock", "."]);
    assert!(code == 1 && err.contains("error[UC096]"), "{err}");
}
