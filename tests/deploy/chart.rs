//! The Helm chart: rendered and validated by `helm.py`, and its pod run on a real broker.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::{Broker, Program, create_topic, free_port, get, unique, wait_until};
use super::tools::{ran, tools};
use super::{file, read, text};

/// `helm.py` with its tools; the file is not compiled beside the sources.
fn helm(tools: &Path) -> Command {
    let mut command = Command::new(tools.join("python"));
    command.arg(file("tests/deploy/helm.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The files with one ending of a folder, by name; none where there is no such folder.
fn named(folder: &str, end: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(file(folder)) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(end)).collect();
    names.sort();
    names
}

#[test]
fn rules_and_dashboards_of_the_chart_are_those_of_deploy() {
    for (from, to, end) in [
        ("deploy/prometheus/rules", "deploy/helm/undercurrent/files/rules", ".yaml"),
        ("deploy/grafana", "deploy/helm/undercurrent/files/dashboards", ".json"),
    ] {
        assert_eq!(named(from, end), named(to, end), "run tests/deploy/copies.sh");
        for name in named(from, end) {
            let same = text(&format!("{from}/{name}")) == text(&format!("{to}/{name}"));
            assert!(same, "{to}/{name} is not {from}/{name}: run tests/deploy/copies.sh");
        }
    }
}

#[test]
fn every_value_set_renders_to_what_kubernetes_and_the_program_take() {
    let Some(tools) = tools() else { return };
    let said = ran(helm(&tools).arg("check").arg(env!("CARGO_BIN_EXE_undercurrent")));
    for set in named("tests/deploy/values", ".yaml") {
        let set = set.trim_end_matches(".yaml");
        assert!(said.contains(&format!("{set}: ")), "{set} was not rendered: {said}");
    }
    assert!(said.contains("value sets refused"), "{said}");
}

/// What the guide promises is what the values say.
#[test]
fn the_guide_names_values_that_there_are() {
    let values = read("deploy/helm/undercurrent/values.yaml");
    let guide = text("docs/deploy.md");
    let mut named = 0;
    for word in guide.split('`').skip(1).step_by(2) {
        let mut parts = word.split('.');
        let first = parts.next().unwrap_or_default();
        let is_path = word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.' || letter == '_');
        if !is_path || values[first].is_null() {
            continue;
        }
        let found = parts.fold(&values[first], |value, part| &value[part]);
        assert!(!found.is_null(), "docs/deploy.md: the chart has no value `{word}`");
        named += 1;
    }
    assert!(named > 20, "{named} values");
}

fn pack(version: &str) -> String {
    let test =
        "tests:\n  - { name: a, posts: [{ author: web/a, text: opportunities await }], expect: { alerts: [a] } }\n";
    format!(
        "pack: own\nversion: {version}\ntitle: Own\nreferences: [https://example.org/]\n\
         words: {{ call: {{ en: [opportunities await] }} }}\n\
         indicators:\n  - {{ id: call, title: Call, points: 50, match: {{ words: [call] }} }}\n\
         alerts: [{{ id: a, level: low, at: 40 }}]\n{test}"
    )
}

/// The rendered pod's command in its mounts: it becomes ready, takes up a changed ConfigMap without a restart, and ends
/// within its grace.
#[test]
fn the_pod_runs_reloads_packs_and_stops_in_time() {
    let (Some(tools), Some(broker)) = (tools(), Broker::get()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (topic, port) = (unique("deploy-posts"), free_port());
    create_topic(&broker, &topic, 2, &[]);
    let lay_out = |version: &str| -> Value {
        let over = json!({
            "pipeline": {
                "kafka": { "brokers": broker.address, "group": unique("deploy") },
                "inputs": [{ "topic": topic }],
                "outputs": { "scored": format!("{topic}-s"), "alerts": format!("{topic}-a"),
                             "dead_letters": format!("{topic}-d"), "create": true },
            },
            "packs": { "shipped": false, "files": { "own.yaml": pack(version) } },
            "admin": { "port": port },
        });
        let root = folder.path().join("pod");
        let said = ran(helm(&tools).args(["pod", "minimal"]).arg(root).arg(over.to_string()));
        serde_json::from_str(&said).expect("JSON")
    };
    let pod = lay_out("0.1.0");
    let arguments: Vec<&str> = super::words(&pod["arguments"]);
    let environment: Vec<(&str, &str)> = pod["environment"]
        .as_object()
        .expect("an environment")
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a word")))
        .collect();
    let mut running = Program::start(folder.path(), "pod", &arguments, &environment);
    let address = format!("127.0.0.1:{port}");
    let ready = pod["ready"].as_str().expect("a path");
    wait_until("the pod is ready", Duration::from_secs(60), || {
        assert!(running.runs(), "it ended at its start");
        matches!(get(&address, ready), Ok((200, _)))
    });
    let packs = || get(&address, "/packs").map(|(_, body)| body).unwrap_or_default();
    assert!(packs().contains("0.1.0"), "{}", packs());

    lay_out("0.2.0");
    wait_until("the changed pack is in force", Duration::from_secs(30), || packs().contains("0.2.0"));
    assert!(running.runs());
    let grace = Duration::from_secs(pod["grace"].as_u64().expect("seconds"));
    let drain = Duration::from_secs(5);
    assert!(grace >= 2 * drain, "a slow node has no time");
    assert!(running.terminate(drain).success());
    let log = running.log();
    assert!(log.contains("running") && log.contains("draining"), "{log}");
}
