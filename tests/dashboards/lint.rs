//! The rules of Grafana's dashboard-linter, by its names, for dashboards that ask Prometheus only; and some of our own.
//!
//! Written after what its documentation says that each rule checks. `target-promql-rule` is not among them: whether a
//! query is PromQL, promtool is asked.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::promql::{Selector, selectors};

/// A rule's name and what it finds.
type Rule = (&'static str, fn(&Value) -> Vec<String>);

/// All rules.
pub(crate) const RULES: &[Rule] = &[
    ("template-datasource-rule", template_datasource),
    ("template-job-rule", |dashboard| template(dashboard, "job", "Job")),
    ("template-instance-rule", |dashboard| template(dashboard, "instance", "Instance")),
    ("template-label-promql-rule", template_label_promql),
    ("template-on-time-change-reload-rule", template_reload),
    ("panel-datasource-rule", panel_datasource),
    ("panel-title-description-rule", panel_title_description),
    ("panel-units-rule", panel_units),
    ("panel-no-targets-rule", panel_no_targets),
    ("target-rate-interval-rule", target_rate_interval),
    ("target-job-rule", |dashboard| target_matcher(dashboard, "job")),
    ("target-instance-rule", |dashboard| target_matcher(dashboard, "instance")),
    ("target-counter-agg-rule", target_counter_agg),
    ("uneditable-dashboard-rule", uneditable),
    // Not the linter's.
    ("own-identity", identity),
    ("own-layout", layout),
    ("own-legend", legend),
    ("own-no-fixed-datasource", no_fixed_datasource),
];

/// What all rules find, each with its rule's name before it.
pub(crate) fn lint(dashboard: &Value) -> Vec<String> {
    let found =
        RULES.iter().flat_map(|(name, rule)| rule(dashboard).into_iter().map(move |what| format!("{name}: {what}")));
    found.collect()
}

/// Grafana's identifiers of those units that a dashboard here may need.
const UNITS: &[&str] =
    &["none", "short", "percent", "percentunit", "bytes", "s", "ms", "cps", "ops", "dateTimeAsIso", "bool_yes_no"];

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Panels, without the rows that part them.
pub(crate) fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    list(dashboard, "panels").iter().filter(|panel| text(panel, "type") != "row")
}

/// Every query of every panel, with the panel's title.
pub(crate) fn queries(dashboard: &Value) -> impl Iterator<Item = (&str, &str)> {
    panels(dashboard)
        .flat_map(|panel| list(panel, "targets").iter().map(|target| (text(panel, "title"), text(target, "expr"))))
}

fn variables(dashboard: &Value) -> &[Value] {
    list(&dashboard["templating"], "list")
}

/// One complaint unless it holds.
fn unless(holds: bool, what: impl Into<String>) -> Vec<String> {
    if holds { Vec::new() } else { vec![what.into()] }
}

fn template_datasource(dashboard: &Value) -> Vec<String> {
    let all: Vec<_> = variables(dashboard).iter().filter(|variable| text(variable, "type") == "datasource").collect();
    let right = |one: &&&Value| {
        (text(one, "name"), text(one, "label"), text(one, "query")) == ("datasource", "Data source", "prometheus")
    };
    unless(all.len() == 1 && all.iter().all(|one| right(&one)), "not one variable `datasource` for Prometheus")
}

fn template(dashboard: &Value, name: &str, label: &str) -> Vec<String> {
    let Some(one) = variables(dashboard).iter().find(|variable| text(variable, "name") == name) else {
        return vec![format!("no variable `{name}`")];
    };
    let facts = [
        ("a query", text(one, "type") == "query"),
        ("asked of ${datasource}", text(&one["datasource"], "uid") == "${datasource}"),
        ("labelled", text(one, "label") == label),
        ("multi", one["multi"] == true),
        ("with all", one["includeAll"] == true && text(one, "allValue") == ".+"),
    ];
    facts.iter().filter(|(_, holds)| !holds).map(|(what, _)| format!("`{name}` is not {what}")).collect()
}

fn template_label_promql(dashboard: &Value) -> Vec<String> {
    let asked = variables(dashboard).iter().filter(|variable| text(variable, "type") == "query");
    let wrong = asked.filter(|variable| label_values(text(&variable["query"], "query")).is_none());
    wrong.map(|variable| format!("`{}` asks no label_values(SERIES, LABEL)", text(variable, "name"))).collect()
}

/// The parts of `label_values(SERIES, LABEL)`.
pub(crate) fn label_values(query: &str) -> Option<(&str, &str)> {
    let (series, label) = query.strip_prefix("label_values(")?.strip_suffix(')')?.rsplit_once(',')?;
    let label = label.trim();
    (selectors(series).len() == 1 && label.chars().all(|one| one.is_ascii_lowercase())).then_some((series, label))
}

fn template_reload(dashboard: &Value) -> Vec<String> {
    let stale = variables(dashboard).iter().filter(|one| text(one, "type") == "query" && one["refresh"] != 2);
    stale.map(|one| format!("`{}` is not asked again when the time range changes", text(one, "name"))).collect()
}

fn panel_datasource(dashboard: &Value) -> Vec<String> {
    let asked = panels(dashboard)
        .flat_map(|panel| std::iter::once(panel).chain(list(panel, "targets")).map(move |of| (panel, of)));
    let wrong = asked.filter(|(_, of)| text(&of["datasource"], "uid") != "${datasource}");
    wrong.map(|(panel, _)| format!("`{}` has another data source", text(panel, "title"))).collect()
}

fn panel_title_description(dashboard: &Value) -> Vec<String> {
    let bare =
        panels(dashboard).filter(|panel| text(panel, "title").is_empty() || text(panel, "description").is_empty());
    bare.map(|panel| format!("panel {} has no title or no description", panel["id"])).collect()
}

fn panel_units(dashboard: &Value) -> Vec<String> {
    let unit = |panel: &Value| text(&panel["fieldConfig"]["defaults"], "unit").to_owned();
    let wrong = panels(dashboard).filter(|panel| !UNITS.contains(&unit(panel).as_str()));
    wrong.map(|panel| format!("`{}` has the unit `{}`", text(panel, "title"), unit(panel))).collect()
}

fn panel_no_targets(dashboard: &Value) -> Vec<String> {
    let empty = panels(dashboard).filter(|panel| {
        list(panel, "targets").is_empty() || list(panel, "targets").iter().any(|one| text(one, "expr").is_empty())
    });
    empty.map(|panel| format!("`{}` asks nothing", text(panel, "title"))).collect()
}

/// Complaints about single selectors of queries.
fn each_selector(dashboard: &Value, wrong: impl Fn(&Selector) -> bool) -> Vec<String> {
    let asked = queries(dashboard).flat_map(|(title, query)| selectors(query).into_iter().map(move |one| (title, one)));
    asked.filter(|(_, one)| wrong(one)).map(|(title, one)| format!("`{title}`: {}", one.name)).collect()
}

fn target_rate_interval(dashboard: &Value) -> Vec<String> {
    each_selector(dashboard, |one| {
        let allowed: &[&str] = match one.function.as_deref() {
            // A number for the whole time shown.
            Some("increase") => &["$__rate_interval", "$__range"],
            _ => &["$__rate_interval"],
        };
        one.range.as_deref().is_some_and(|range| !allowed.contains(&range))
    })
}

fn target_matcher(dashboard: &Value, label: &str) -> Vec<String> {
    let wanted = (label.to_owned(), "=~".to_owned(), format!("${label}"));
    each_selector(dashboard, |one| !one.matchers.contains(&wanted))
}

fn target_counter_agg(dashboard: &Value) -> Vec<String> {
    each_selector(dashboard, |one| {
        let counts = ["_total", "_bucket", "_sum", "_count"].iter().any(|end| one.name.ends_with(end));
        let grown = matches!(one.function.as_deref(), Some("rate" | "irate" | "increase"));
        counts && !(grown && one.range.is_some())
    })
}

fn uneditable(dashboard: &Value) -> Vec<String> {
    unless(dashboard["editable"] == false, "what is changed by hand is gone at the next start")
}

fn identity(dashboard: &Value) -> Vec<String> {
    let uid = text(dashboard, "uid");
    let tagged = list(dashboard, "tags").iter().any(|tag| tag == "undercurrent");
    let version = dashboard["schemaVersion"].as_u64().unwrap_or_default();
    [
        unless(uid.starts_with("undercurrent-") && uid.len() <= 40 && dashboard["id"].is_null(), "no uid of its own"),
        unless(tagged && !text(dashboard, "title").is_empty(), "no title or no tag"),
        unless(!text(dashboard, "refresh").is_empty(), "does not refresh"),
        unless((39..=42).contains(&version), "not the schema of Grafana 11 or 12"),
    ]
    .concat()
}

/// Panels have distinct ids and lie beside each other in 24 columns.
fn layout(dashboard: &Value) -> Vec<String> {
    let (mut ids, mut taken, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for panel in list(dashboard, "panels") {
        let title = text(panel, "title");
        let place = |key: &str| panel["gridPos"][key].as_u64().unwrap_or_default();
        let mut cells = (place("x")..place("x") + place("w"))
            .flat_map(|x| (place("y")..place("y") + place("h")).map(move |y| (x, y)));
        if !ids.insert(panel["id"].as_u64()) {
            wrong.push(format!("`{title}` has the id of another"));
        }
        if !cells.all(|cell| taken.insert(cell) && cell.0 < 24) {
            wrong.push(format!("`{title}` lies over another, or beyond the edge"));
        }
    }
    wrong
}

/// More than one line needs names.
fn legend(dashboard: &Value) -> Vec<String> {
    let drawn = panels(dashboard).filter(|panel| matches!(text(panel, "type"), "timeseries" | "bargauge"));
    let bare = drawn
        .filter(|panel| list(panel, "targets").iter().any(|one| matches!(text(one, "legendFormat"), "" | "__auto")));
    bare.map(|panel| format!("`{}` has lines without a name", text(panel, "title"))).collect()
}

fn no_fixed_datasource(dashboard: &Value) -> Vec<String> {
    match dashboard {
        Value::Object(map) => {
            let own = map.get("datasource").map(|of| of["uid"].as_str().unwrap_or_default());
            let fixed = own.filter(|uid| !matches!(*uid, "${datasource}" | "-- Grafana --"));
            let below = map.values().flat_map(no_fixed_datasource);
            fixed.map(|uid| format!("data source `{uid}`")).into_iter().chain(below).collect()
        }
        Value::Array(list) => list.iter().flat_map(no_fixed_datasource).collect(),
        _ => Vec::new(),
    }
}
