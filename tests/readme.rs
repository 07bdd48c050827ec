//! Every command of the README, run as it stands, with the built binary in place of `cargo run --release --`.
//!
//! A block says by the marker before it how it is run: `run` to its end, `service` until it is ready and then until
//! SIGTERM, `kcat` where kcat and curl are installed and `beside` while the service runs; `demo` has its own test and `test` is what runs this.

#![allow(clippy::unwrap_used, reason = "a test ends where its ground is missing")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::{Broker, Program, free_port, get, metrics, wait_until};

/// Marker and commands of every block, in order.
fn blocks() -> Vec<(String, String)> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut blocks = Vec::new();
    let mut marker: Option<String> = None;
    let mut inside: Option<String> = None;
    for line in readme.lines().map(str::trim) {
        match &mut inside {
            Some(_) if line.starts_with("```") => blocks.extend(marker.take().zip(inside.take())),
            Some(block) => block.extend([line, "\n"]),
            None if line.starts_with("<!-- ci: ") => {
                marker = line.strip_prefix("<!-- ci: ").and_then(|rest| rest.strip_suffix(" -->")).map(str::to_string);
            }
            None if line == "```sh" => {
                assert!(marker.is_some(), "a block of commands has no `<!-- ci: … -->` before it");
                inside = Some(String::new());
            }
            None => {}
        }
    }
    blocks
}

/// A folder on the path that holds the binary under its own name.
fn path(folder: &Path) -> String {
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_undercurrent"), folder.join("undercurrent")).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default())
}

fn link_pipelines(folder: &Path) {
    let pipelines: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    std::os::unix::fs::symlink(pipelines, folder.join("pipelines")).unwrap();
}

fn shell(commands: &str, path: &str, brokers: &str) -> String {
    let scratch = tempfile::tempdir().unwrap();
    link_pipelines(scratch.path());
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", commands]).current_dir(scratch.path());
    let done = bash.env("PATH", path).env("KAFKA_BROKERS", brokers).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{commands}\n{out}\n{err}");
    assert!(!done.stdout.is_empty() || !done.stderr.is_empty(), "{commands} said nothing");
    out.into_owned()
}

#[test]
fn the_demo_ends_by_itself_with_alerts_and_reports_held_back() {
    let (_, command) = blocks().into_iter().find(|(marker, _)| marker == "demo").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let admin = format!("127.0.0.1:{}", free_port());
    let command = command.replace("cargo run --release --", "undercurrent").trim().to_string() + " --admin " + &admin;
    let out = shell(&command, &path(folder.path()), "");
    let number = |name: &str| {
        let line = out.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        line.trim_start()
            .trim_start_matches(name)
            .split_whitespace()
            .next()
            .and_then(|n| n.parse::<u64>().ok())
            .unwrap()
    };
    let (read, scored, ignored) = (number("read"), number("scored"), number("ignored"));
    let (alerts, held, dead) = (number("alerts"), out.matches("held back    ").count(), number("dead letters"));
    assert_eq!(scored + ignored + dead, read, "{out}");
    assert!(alerts >= 10 && held >= 8 && dead >= 3, "{out}");
    assert!(!out.contains('\u{1b}'), "no colour where there is no terminal, and no escape of a hostile post");
    assert!(out.contains("ALERT ru-iraq-outreach/outreach (high)"), "{out}");
    assert!(out.contains("kcat -b 127.0.0.1:"), "{out}");
    let kinds = [
        ("its own voice", "ALERT outreach"),
        ("reprinted as a fact", "ALERT review"),
        ("reported", "no alert"),
        ("plain diplomacy", "no alert"),
    ];
    for (kind, told) in kinds {
        let line = out.lines().find(|line| line.trim_start().starts_with(kind)).unwrap_or_default();
        assert!(line.contains(told), "{kind}: {out}");
    }
}

#[test]
fn every_command_of_the_readme_works_on_a_real_cluster() {
    let Some(broker) = Broker::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = path(folder.path());
    link_pipelines(folder.path());
    for (marker, commands) in blocks() {
        match marker.as_str() {
            "run" => drop(shell(&commands, &path, &broker.address)),
            "service" => {
                let arguments: Vec<&str> = commands.split_whitespace().skip(1).collect();
                let mut service =
                    Program::start(folder.path(), "service", &arguments, &[("KAFKA_BROKERS", &broker.address)]);
                let admin = "127.0.0.1:9464";
                wait_until("the service is ready", Duration::from_secs(60), || {
                    matches!(get(admin, "/ready"), Ok((200, _)))
                });
                wait_until("the fed posts are scored", Duration::from_secs(60), || {
                    metrics(admin).count("undercurrent_scored_total") >= 100
                });
                let (_, results) = blocks().into_iter().find(|(marker, _)| marker == "kcat").unwrap();
                let installed = ["kcat", "curl"].iter().all(|tool| {
                    Command::new("sh")
                        .args(["-c", &format!("command -v {tool}")])
                        .output()
                        .is_ok_and(|done| done.status.success())
                });
                if installed {
                    let out = shell(&results, &path, &broker.address);
                    assert!(out.contains("undercurrent.alert/1") && out.contains("undercurrent_scored_total"), "{out}");
                } else {
                    let _ = writeln!(std::io::stderr(), "SKIPPED: kcat and curl are not both installed");
                }
                let (_, beside) = blocks().into_iter().find(|(marker, _)| marker == "beside").unwrap();
                let out = shell(&beside, &path, &broker.address);
                assert!(out.contains("ALERT ") && out.contains("nothing waits") && out.contains("200 {"), "{out}");
                assert!(service.terminate(Duration::from_secs(5)).success());
            }
            "demo" | "test" | "kcat" | "beside" => {}
            other => panic!("the README has a block marked `{other}`, which no test runs"),
        }
    }
}
