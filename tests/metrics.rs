//! The metrics as Prometheus' own linter sees them.

use std::io::Write;
use std::process::{Command, Stdio};

use undercurrent::metrics::Metrics;

#[test]
fn promtool_finds_nothing_to_mend() {
    let metrics = Metrics::new();
    metrics.packs_of(&undercurrent::cli::packs::engine(&["shipped".into()]).expect("the shipped packs load"));
    metrics.set_lag("posts", 0, 7);
    for (counter, labels) in [
        (&metrics.received, &["posts"][..]),
        (&metrics.decoded, &["post"]),
        (&metrics.scored, &["posts"]),
        (&metrics.ignored, &["posts", "like"]),
        (&metrics.dead_letters, &["posts", "not_utf8"]),
        (&metrics.published, &["scored"]),
        (&metrics.alerts, &["a-pack", "high"]),
        (&metrics.alerts_suppressed, &["a-pack"]),
        (&metrics.hits, &["a-pack", "call"]),
        (&metrics.stances, &["reports"]),
        (&metrics.posts, &["telegram", "ru"]),
        (&metrics.sampled, &["a-pack", "call"]),
        (&metrics.rebalances, &["assign"]),
        (&metrics.transactions, &["committed"]),
        (&metrics.produce_errors, &["timeout"]),
    ] {
        counter.with_label_values(labels).inc();
    }
    metrics.reloads.with_label_values(&["failed"]).inc();
    metrics.reloaded(true, jiff::Timestamp::UNIX_EPOCH);
    metrics.processing.observe(0.000_02);
    let text = metrics.render();
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
    promtool.stdin.take().expect("a pipe").write_all(&text).expect("promtool reads");
    let done = promtool.wait_with_output().expect("promtool ends");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.trim().is_empty(), "{said}");
    assert!(String::from_utf8_lossy(&text).contains("undercurrent_build_info{version="));
}
