//! `test --coverage`: what of each pack no test touches, as a table and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Suite;
use crate::cli::terminal::{BOLD, DIM, GOOD, WARN, result, safe_line};
use crate::trial::coverage::{Coverage, Entry, Sort};

/// The whole percent of a part; nothing to touch is fully touched. Rounded down, so that 100 means all.
fn percent((touched, all): (usize, usize)) -> usize {
    (touched * 100).checked_div(all).unwrap_or(100)
}

/// A row a pack with a cell a sort, then what is not touched.
pub(super) fn table(rows: &[(&Suite, Coverage)]) {
    let width = rows.iter().map(|(suite, _)| suite.pack().len()).max().unwrap_or(0).max("coverage".len());
    let mut head = format!("{:<width$}  {:>15}", "coverage", "all");
    for sort in Sort::ALL {
        let _ = write!(head, "  {:>15}", sort.name());
    }
    result(format_args!("\n{BOLD}{head}{BOLD:#}"));
    for (suite, coverage) in rows {
        let mut line = format!("{:<width$}  {}", suite.pack(), cell(coverage.total()));
        for sort in Sort::ALL {
            let _ = write!(line, "  {}", cell(coverage.count(sort)));
        }
        result(line);
    }
    for (suite, coverage) in rows.iter().filter(|(_, coverage)| coverage.0.iter().any(|entry| !entry.touched)) {
        result(format_args!("\n{BOLD}{}{BOLD:#} {DIM}touched by no test{DIM:#}", suite.pack()));
        for (sort, of, entries) in untouched(coverage) {
            let entries: Vec<String> = entries.iter().map(|entry| safe_line(&entry.entry)).collect();
            let of = if of.is_empty() { String::new() } else { format!(" {of}") };
            result(format_args!("  {DIM}{}{}{DIM:#}  {}", sort.name(), safe_line(&of), entries.join(", ")));
        }
    }
}

fn cell(count: (usize, usize)) -> String {
    let (touched, all) = count;
    if all == 0 {
        return format!("{DIM}{:>15}{DIM:#}", "-");
    }
    let style = if touched == all { GOOD } else { WARN };
    format!("{style}{:>15}{style:#}", format!("{touched}/{all} {:>3} %", percent(count)))
}

/// What is not touched, together where it belongs together.
fn untouched(coverage: &Coverage) -> Vec<(Sort, &str, Vec<&Entry>)> {
    let mut groups: Vec<(Sort, &str, Vec<&Entry>)> = Vec::new();
    for entry in coverage.0.iter().filter(|entry| !entry.touched) {
        match groups.iter_mut().find(|(sort, of, _)| *sort == entry.sort && *of == entry.of) {
            Some((_, _, entries)) => entries.push(entry),
            None => groups.push((entry.sort, &entry.of, vec![entry])),
        }
    }
    groups.sort_by_key(|(sort, _, _)| *sort);
    groups
}

/// The same for programs.
pub(super) fn json(coverage: &Coverage) -> Value {
    let counts = |count: (usize, usize)| json!({ "touched": count.0, "all": count.1, "percent": percent(count) });
    let mut value = json!({ "total": counts(coverage.total()) });
    for sort in Sort::ALL {
        value[sort.name()] = counts(coverage.count(sort));
    }
    let missing = untouched(coverage).into_iter().map(|(sort, of, entries)| {
        let entries: Vec<&str> = entries.iter().map(|entry| entry.entry.as_str()).collect();
        json!({ "sort": sort.name(), "of": of, "entries": entries })
    });
    value["untouched"] = missing.collect();
    value
}
