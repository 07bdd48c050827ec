//! The shipped packs on the project's own examination texts: a change that makes them worse is seen.
//!
//! Floors, not targets: they stand a little below what was measured (`docs/stance.md`). The closed half's texts are never
//! printed: whoever works on the packs sees its figures only.

use std::process::Command;

use serde_json::Value;

/// The figures of a half.
fn measured(half: &str) -> Value {
    let path = format!("{}/tests/exam/{half}.ndjson", env!("CARGO_MANIFEST_DIR"));
    let done = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .args(["eval", &path, "--worst", "0", "--output", "json"])
        .output()
        .expect("the built program starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

#[track_caller]
fn check(half: &str, macro_f1: f64, reports_as_amplifies: f64) {
    let whole = measured(half);
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    assert_eq!(whole["n"], 120);
    assert!(number(&whole["macro_f1"]) >= macro_f1, "macro F1 of the {half} half: {}", whole["macro_f1"]);
    // An honest reporter taken for the operation is the worst mistake.
    assert!(number(&whole["reports_as_amplifies"]) <= reports_as_amplifies, "{}", whole["confusion"]);
    let ordinary = &whole["confusion"]["ordinary"];
    assert!(number(&ordinary["ordinary"]) >= 38.0, "ordinary texts of the {half} half: {ordinary}");
}

#[test]
fn the_open_half() {
    check("open", 0.90, 0.05);
}

#[test]
fn the_closed_half() {
    check("closed", 0.87, 0.08);
}
