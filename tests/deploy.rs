//! What stands in `deploy/` and `docker-compose.yml`, as those who run it would find it.
//!
//! No container engine and no cluster are needed: every command of compose is run as it stands by the built program on a
//! real broker, and so is the pod that the chart renders. Helm, Docker Compose and a Dockerfile linter, which judge the
//! files, come from PyPI (`tests/deploy/tools.sh`); where they cannot be had the tests that need them say so.

mod support;

#[path = "deploy/chart.rs"]
mod chart;
#[path = "deploy/compose.rs"]
mod compose;
#[path = "deploy/image.rs"]
mod image;
#[path = "deploy/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};

use serde_json::Value;
use undercurrent::yaml::{self, Tree};

/// A file of the repository.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// A YAML file of the repository.
fn read(path: &str) -> Value {
    let tree = Tree::parse(&text(path)).unwrap_or_else(|problem| panic!("{path}: {}", problem.message));
    let (value, problems) = yaml::read(&tree);
    assert!(problems.is_empty(), "{path}: {}", problems[0].message);
    value.unwrap_or_else(|| panic!("{path} is empty"))
}

/// The strings of a list.
fn words(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}
