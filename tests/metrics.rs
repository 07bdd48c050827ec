//! The metrics as Prometheus' own linter sees them.

#[path = "observe/series.rs"]
#[allow(dead_code, reason = "others take the names too")]
mod series;

use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn promtool_finds_nothing_to_mend() {
    let text = series::all();
    let spawned = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut promtool = match spawned {
        Ok(promtool) => promtool,
        Err(why) => {
            assert!(std::env::var("CI").is_err(), "promtool is missing: {why}");
            let _ = writeln!(std::io::stderr(), "SKIPPED promtool_finds_nothing_to_mend: no promtool ({why})");
            return;
        }
    };
    promtool.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("promtool reads");
    let done = promtool.wait_with_output().expect("promtool ends");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.trim().is_empty(), "{said}");
    assert!(text.contains("undercurrent_build_info{version="));
}
