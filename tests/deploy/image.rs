//! The Dockerfile, without an engine: what it takes from the context is there, and what it starts exists.

use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::Value;

use super::tools::{ran, tools};
use super::{file, read, text};

/// The instructions, continued lines joined, comments left out.
fn instructions() -> Vec<(String, String)> {
    let text = text("deploy/Dockerfile");
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let split = joined.lines().filter_map(|line| line.trim().split_once(' '));
    split.map(|(name, rest)| (name.to_owned(), rest.trim().to_owned())).collect()
}

/// What every instruction of this name says.
fn all(name: &str) -> Vec<String> {
    instructions().into_iter().filter(|(it, _)| it == name).map(|(_, rest)| rest).collect()
}

/// An instruction in exec form, which needs no shell.
fn exec(words: &str) -> Vec<String> {
    let list = words.find('[').map(|at| &words[at..]).unwrap_or_default();
    serde_json::from_str(list).unwrap_or_else(|_| panic!("`{words}` needs a shell"))
}

/// Entrypoint and command of the image.
pub(super) fn command() -> (Vec<String>, Vec<String>) {
    (exec(&all("ENTRYPOINT")[0]), exec(&all("CMD")[0]))
}

#[test]
fn the_image_is_pinned_and_not_root() {
    let dated = Regex::new(r"^\w+:[\w.-]*\d+[\w.-]*$").expect("a pattern");
    for from in all("FROM") {
        let image = from.split_whitespace().next().unwrap_or_default();
        assert!(dated.is_match(image) && !image.ends_with("latest"), "{from}: no exact tag");
    }
    let last = instructions().into_iter().rev().take_while(|(name, _)| name != "FROM").collect::<Vec<_>>();
    let user = &last.iter().find(|(name, _)| name == "USER").expect("a user").1;
    let id: u32 =
        user.split(':').next().and_then(|id| id.parse().ok()).expect("a number, which an orchestrator can see");
    assert!(id > 0);
    // The runtime image has no compiler, and nothing is installed into it.
    assert!(last.iter().all(|(name, words)| name != "RUN" || exec(words).len() == 2), "{last:?}");
}

#[test]
fn all_versions_are_the_programs() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(all("ARG").contains(&format!("VERSION={version}")), "deploy/Dockerfile: ARG VERSION={version}");
    assert_eq!(read("deploy/helm/undercurrent/Chart.yaml")["appVersion"], version);
    let services = read("docker-compose.yml")["services"].clone();
    let images = services.as_object().expect("services").values().filter_map(|it| it["image"].as_str());
    let ours: Vec<&str> = images.filter_map(|image| image.strip_prefix("undercurrent:")).collect();
    assert!(!ours.is_empty() && ours.iter().all(|tag| *tag == version), "{ours:?}");
    let base = all("FROM").pop().expect("a stage");
    assert!(text("deploy/Dockerfile").contains(&format!("image.base.name=\"{base}\"")));
}

#[test]
fn what_the_program_is_made_of_is_in_the_context() {
    let admitted = text(".dockerignore");
    let admitted: Vec<&str> = admitted.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let copied: Vec<String> = all("COPY")
        .iter()
        .filter(|words| !words.starts_with("--from"))
        .flat_map(|words| {
            let mut words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            words.pop();
            words
        })
        .collect();
    for path in &copied {
        assert!(admitted.contains(&path.as_str()) && file(path).exists(), "{path} is not in the context");
    }
    let includes = Regex::new(r#"include_(?:str|bytes)!\("([^"]+)"\)"#).expect("a pattern");
    let mut found = 0;
    each_source(&file("src"), &mut |path| {
        let text = std::fs::read_to_string(path).expect("a source");
        // Tests include what they are held against, and the image is built without them.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for include in includes.captures_iter(text) {
            let included = path.parent().expect("a folder").join(&include[1]).canonicalize().expect("an included file");
            let inside = copied.iter().any(|copied| included.starts_with(file(copied).canonicalize().expect("a path")));
            assert!(inside, "{} includes {}, which the image is not built with", path.display(), &include[1]);
            found += 1;
        }
    });
    assert!(found > 20, "{found} includes: the pattern finds no longer what it is there for");
}

fn each_source(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            each_source(&entry, each);
        } else if entry.extension().is_some_and(|end| end == "rs") && !entry.ends_with("tests.rs") {
            each(&entry);
        }
    }
}

/// Cargo takes the manifest with the empty program that the first step writes.
#[test]
fn dependencies_can_be_built_before_the_program_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["Cargo.toml", "Cargo.lock"] {
        std::fs::copy(file(name), folder.path().join(name)).expect("a copy");
    }
    let step = all("RUN").into_iter().find(|step| step.contains("fn main() {}")).expect("a step for dependencies");
    let build = "cargo build --release --locked --bin undercurrent";
    let script = step.split_whitespace().skip_while(|word| word.starts_with("--")).collect::<Vec<_>>().join(" ");
    assert!(script.contains(build), "{script}");
    let script = script.replace(build, "cargo metadata --offline --no-deps --format-version 1");
    let metadata = ran(Command::new("sh").args(["-euc", &script]).current_dir(folder.path()));
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let targets = metadata["packages"][0]["targets"].as_array().expect("targets").iter();
    let names: Vec<&str> = targets.filter_map(|it| it["src_path"].as_str()).collect();
    assert!(names.iter().any(|path| path.ends_with("src/main.rs")), "{names:?}");
    assert!(names.iter().any(|path| path.ends_with("src/lib.rs")), "{names:?}");
}

#[test]
fn hadolint_finds_nothing_to_mend() {
    let Some(tools) = tools() else { return };
    ran(Command::new(tools.join("hadolint")).arg("--failure-threshold=style").arg(file("deploy/Dockerfile")));
}

#[test]
fn the_image_asks_the_program_itself_how_it_is() {
    let probe = exec(&all("HEALTHCHECK")[0]);
    let (entrypoint, _) = command();
    assert_eq!(probe[..1], entrypoint[..]);
    let done = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .args(&probe[1..])
        .env("UNDERCURRENT_HEALTH_URL", "http://127.0.0.1:1/live")
        .output()
        .expect("the program runs");
    assert_eq!(done.status.code(), Some(1), "nobody answers: not well, and not a mistake in the question");
}
