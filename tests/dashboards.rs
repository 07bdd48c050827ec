//! The dashboards: by the rules of Grafana's own linter, and against a real Prometheus that scrapes the real program.

#[path = "dashboards/lint.rs"]
mod lint;
#[path = "dashboards/live.rs"]
mod live;
#[path = "observe/promql.rs"]
mod promql;
#[path = "observe/series.rs"]
mod series;
mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every dashboard, in the order of their files' names.
fn dashboards() -> Vec<Value> {
    let entries = fs::read_dir(folder("deploy/grafana")).expect("the dashboards");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_str(&fs::read_to_string(path).expect("a file of text")).expect("JSON");
    paths.iter().map(read).collect()
}

#[test]
fn the_linter_finds_nothing() {
    let dashboards = dashboards();
    assert!(dashboards.len() >= 2);
    for dashboard in &dashboards {
        let found = lint::lint(dashboard);
        assert!(found.is_empty(), "{}: {found:#?}", dashboard["title"]);
    }
}

/// Each rule, shown what it is for.
#[test]
fn every_rule_of_the_linter_finds_its_fault() {
    let whole = dashboards().remove(1);
    let panel = |key: &str| format!("/panels/1/{key}");
    let query = |query: &str| json!(query);
    let faults = [
        ("template-datasource-rule", "/templating/list/0/query".to_owned(), json!("loki")),
        ("template-job-rule", "/templating/list/1/allValue".to_owned(), json!("")),
        ("template-instance-rule", "/templating/list/2/multi".to_owned(), json!(false)),
        ("template-label-promql-rule", "/templating/list/1/query/query".to_owned(), query("up")),
        ("template-on-time-change-reload-rule", "/templating/list/1/refresh".to_owned(), json!(1)),
        ("panel-datasource-rule", panel("datasource"), json!({ "uid": "prometheus" })),
        ("panel-title-description-rule", panel("description"), json!("")),
        ("panel-units-rule", panel("fieldConfig/defaults/unit"), json!("bananas")),
        ("panel-no-targets-rule", panel("targets"), json!([])),
        ("target-rate-interval-rule", panel("targets/0/expr"), query("rate(a_total{job=~\"$job\"}[5m])")),
        ("target-job-rule", panel("targets/0/expr"), query("up{instance=~\"$instance\"}")),
        ("target-instance-rule", panel("targets/0/expr"), query("up{job=~\"$job\"}")),
        ("target-counter-agg-rule", panel("targets/0/expr"), query("sum(a_total)")),
        ("uneditable-dashboard-rule", "/editable".to_owned(), json!(true)),
        ("own-identity", "/uid".to_owned(), json!("")),
        ("own-layout", panel("gridPos/x"), json!(3)),
        ("own-no-fixed-datasource", "/annotations/list/1/datasource/uid".to_owned(), json!("prometheus")),
    ];
    for (rule, at, value) in &faults {
        let mut broken = whole.clone();
        *broken.pointer_mut(at).unwrap_or_else(|| panic!("nothing at {at}")) = value.clone();
        let found = lint::lint(&broken);
        assert!(found.iter().any(|one| one.starts_with(&format!("{rule}:"))), "{rule} at {at}: {found:#?}");
    }
    let shown: Vec<_> = faults.iter().map(|(rule, ..)| *rule).chain(["own-legend"]).collect();
    assert!(lint::RULES.iter().all(|(rule, _)| shown.contains(rule)));
}

#[test]
fn every_series_of_a_query_is_the_programs() {
    let known = series::labels();
    for dashboard in dashboards() {
        for (title, query) in lint::queries(&dashboard) {
            for selector in promql::selectors(query) {
                let name = selector.name.as_str();
                let labels = known.get(name);
                assert!(labels.is_some() || name == "up", "`{title}`: no series {name}");
                for (label, ..) in &selector.matchers {
                    let of_a_scrape = ["job", "instance"].contains(&label.as_str());
                    let has = of_a_scrape || labels.is_some_and(|labels| labels.contains(label));
                    assert!(has, "`{title}`: {name} has no label {label}");
                }
            }
        }
    }
}

#[test]
fn every_runbook_that_a_panel_links_is_there() {
    for dashboard in dashboards() {
        let panels = lint::panels(&dashboard).flat_map(|panel| lint::list(panel, "links"));
        let links: Vec<_> = panels.chain(lint::list(&dashboard, "links")).map(|link| lint::text(link, "url")).collect();
        let pages: Vec<_> = links.iter().filter_map(|url| url.strip_prefix("${runbooks}/")).collect();
        assert!(pages.len() >= 5, "{pages:?}");
        for page in pages {
            assert!(folder("docs/runbooks").join(page).is_file(), "no runbook {page}");
        }
    }
}

/// The linter's `target-promql-rule`: queries are written as rules, and promtool reads them.
#[test]
fn every_query_is_promql() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("queries.yaml");
    let dashboards = dashboards();
    let all = dashboards.iter().flat_map(lint::queries).enumerate();
    let rules: Vec<_> = all
        .map(|(number, (_, query))| json!({ "record": format!("q{number}"), "expr": live::filled(query) }))
        .collect();
    fs::write(&file, json!({ "groups": [{ "name": "queries", "rules": rules }] }).to_string()).unwrap();
    match Command::new("promtool").args(["check", "rules"]).arg(&file).output() {
        Ok(checked) => {
            let said =
                [checked.stdout, checked.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
            assert!(checked.status.success(), "{said}");
        }
        Err(why) => {
            assert!(std::env::var("CI").is_err(), "promtool is missing: {why}");
            let _ = writeln!(std::io::stderr(), "SKIPPED every_query_is_promql: no promtool ({why})");
        }
    }
}

#[test]
fn every_query_of_every_panel_finds_something() {
    live::all_find_something(&dashboards());
}
