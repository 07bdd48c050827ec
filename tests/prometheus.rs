//! What Prometheus is given: rules that are valid, alerts that fire when they should and not otherwise, runbooks beside
//! them, and no series that the program does not have.

#[path = "observe/promql.rs"]
mod promql;
#[path = "observe/series.rs"]
mod series;
#[path = "observe/yaml.rs"]
mod yaml;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// Series that are not the program's: Prometheus makes them.
const OF_PROMETHEUS: [&str; 1] = ["up"];
/// Labels that a scrape adds.
const OF_A_SCRAPE: [&str; 3] = ["job", "instance", "namespace"];

fn at(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(at(folder)).unwrap_or_else(|why| panic!("{folder}: {why}"));
    let names = entries.map(|entry| entry.expect("a file").file_name().into_string().expect("a name of text"));
    let mut names: Vec<_> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// All rules, those that record and those that alert.
fn rules() -> Vec<Value> {
    let files = ["undercurrent.rules.yaml", "undercurrent.alerts.yaml"];
    let groups = files.iter().flat_map(|file| {
        let file = yaml::read(&read(&format!("deploy/prometheus/rules/{file}")));
        list(&file, "groups").to_vec()
    });
    groups.flat_map(|group| list(&group, "rules").to_vec()).collect()
}

fn alerts() -> Vec<Value> {
    rules().into_iter().filter(|rule| !text(rule, "alert").is_empty()).collect()
}

/// `UndercurrentLagGrowing` is explained on `undercurrent-lag-growing.md`.
fn page(alert: &str) -> String {
    let mut page = String::new();
    for one in alert.chars() {
        if one.is_uppercase() && !page.is_empty() {
            page.push('-');
        }
        page.extend(one.to_lowercase());
    }
    page + ".md"
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn promtool_accepts_the_files_and_every_test_of_the_alerts() {
    if let Err(why) = Command::new("promtool").arg("--version").output() {
        assert!(std::env::var("CI").is_err(), "promtool is missing: {why}");
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED promtool_accepts_the_files_and_every_test_of_the_alerts: no promtool ({why})"
        );
        return;
    }
    let replayed = Command::new(at("tests/prometheus/replay.sh")).output().expect("the script runs");
    let said = said(&replayed);
    assert!(replayed.status.success(), "{said}");
    // Without its line, a file of tests was not run.
    let run = files("deploy/prometheus/tests", ".yaml").len();
    assert_eq!(said.matches("Unit Testing:").count(), run, "{said}");
}

#[test]
fn every_alert_says_what_where_and_what_to_do() {
    let index = read("docs/runbooks/README.md");
    let mut pages = BTreeSet::new();
    for alert in alerts() {
        let name = text(&alert, "alert");
        assert!(name.starts_with("Undercurrent"), "{name}");
        assert!(!text(&alert, "for").is_empty(), "{name} has no `for`");
        assert!(matches!(text(&alert["labels"], "severity"), "critical" | "warning" | "info"), "{name}");
        let annotations = &alert["annotations"];
        assert!(!text(annotations, "summary").is_empty() && !text(annotations, "summary").contains("{{"), "{name}");
        let description = text(annotations, "description");
        // What is absent has no labels.
        assert!(description.contains("{{ $labels.job }}") || name == "UndercurrentAbsent", "{name}: {description}");
        let page = page(name);
        assert_eq!(text(annotations, "runbook_url"), format!("docs/runbooks/{page}"), "{name}");
        assert!(index.contains(&format!("[{name}]({page})")), "docs/runbooks/README.md does not list {name}");
        let runbook = read(&format!("docs/runbooks/{page}"));
        assert!(runbook.starts_with(&format!("# {name}\n")), "{page}");
        let parts: Vec<_> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(parts, ["Meaning", "Impact", "Diagnosis", "Mitigation"], "{page}");
        pages.insert(page);
    }
    let written: BTreeSet<_> =
        files("docs/runbooks", ".md").into_iter().filter(|name| name.starts_with("undercurrent-")).collect();
    assert_eq!(written, pages, "pages without an alert");
}

#[test]
fn every_alert_is_tested_firing_and_silent() {
    let tests: Vec<Value> = files("deploy/prometheus/tests", ".yaml")
        .iter()
        .flat_map(|file| {
            let file = yaml::read(&read(&format!("deploy/prometheus/tests/{file}")));
            list(&file, "tests").to_vec()
        })
        .flat_map(|test| list(&test, "alert_rule_test").to_vec())
        .collect();
    for alert in alerts() {
        let name = text(&alert, "alert");
        let own = alert["labels"].as_object().expect("labels");
        // One name may have several rules; their own labels tell them apart.
        let fires = |test: &&Value| {
            list(test, "exp_alerts")
                .iter()
                .any(|expected| own.iter().all(|(label, value)| &expected["exp_labels"][label] == value))
        };
        let of: Vec<_> = tests.iter().filter(|test| text(test, "alertname") == name).collect();
        assert!(of.iter().any(fires), "no test in which {name} {own:?} fires");
        assert!(of.iter().any(|test| !fires(test)), "no test in which {name} {own:?} is silent");
    }
}

#[test]
fn every_series_that_a_rule_reads_is_there() {
    let known = series::labels();
    let rules = rules();
    let recorded: BTreeSet<_> = rules.iter().map(|rule| text(rule, "record")).collect();
    for rule in &rules {
        let expression = text(rule, "expr");
        let read = promql::selectors(expression);
        assert!(!read.is_empty() || expression.starts_with("vector("), "reads nothing: {expression}");
        for selector in read {
            let name = selector.name.as_str();
            if recorded.contains(name) || OF_PROMETHEUS.contains(&name) {
                continue;
            }
            let labels = known.get(name).unwrap_or_else(|| panic!("no series {name}: {expression}"));
            for (label, ..) in &selector.matchers {
                let has = labels.contains(label) || OF_A_SCRAPE.contains(&label.as_str());
                assert!(has, "{name} has no label {label}: {expression}");
            }
        }
    }
    // In what people read too.
    for alert in alerts() {
        for asked in text(&alert["annotations"], "description").split("undercurrent").skip(1) {
            let before = ["job_topic:", "job_pack:", ""];
            let name = asked.split(|one: char| !(one.is_alphanumeric() || "_:".contains(one))).next().unwrap_or("");
            if name.starts_with(['_', ':']) {
                let named = |before: &str| {
                    let name = format!("{before}undercurrent{name}");
                    recorded.contains(name.as_str()) || known.contains_key(&name)
                };
                assert!(before.iter().any(|before| named(before)), "no series …undercurrent{name}");
            }
        }
    }
}

/// A command that a runbook gives must be one of the program's, with its flags.
#[test]
fn every_command_of_a_runbook_is_one() {
    let mut seen = 0;
    for file in files("docs/runbooks", ".md") {
        let page = read(&format!("docs/runbooks/{file}"));
        let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        for line in blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("undercurrent ")) {
            seen += 1;
            // Only what stands before a pipe is the program's.
            let words: Vec<_> = line.split('|').next().unwrap_or("").split_whitespace().collect();
            let of = |words: &[&str]| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_undercurrent"));
                command.args(words).arg("--help").output().expect("the program starts")
            };
            let deep = match words.as_slice() {
                ["dead-letters" | "new", ..] => 2,
                _ => 1,
            };
            let help = of(&words[..deep]);
            assert!(help.status.success(), "{file}: undercurrent {line}: {}", said(&help));
            let help = said(&help);
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                let flag = flag.split('=').next().unwrap_or(flag);
                assert!(help.contains(flag), "{file}: `undercurrent {}` has no {flag}", words[..deep].join(" "));
            }
        }
    }
    assert!(seen > 10, "the runbooks give commands: {seen}");
}

#[test]
fn selectors_are_found_in_expressions() {
    let found = promql::selectors(
        "sum by (job) (rate(a_total{x=\"1\", y=~\"(b|c)\"}[5m])) / on (job) group_left () (d:e{} > 0) \
         or absent(up) * Inf and count_over_time((f > 0)[29m:3m]) offset 1h",
    );
    let names: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["a_total", "d:e", "up", "f"]);
    assert_eq!(found[0].function.as_deref(), Some("rate"));
    assert_eq!(found[0].range.as_deref(), Some("5m"));
    let matcher = ["y", "=~", "(b|c)"].map(str::to_owned);
    assert_eq!(found[0].matchers[1], (matcher[0].clone(), matcher[1].clone(), matcher[2].clone()));
    assert_eq!(found[2].function.as_deref(), Some("absent"));
}
