//! `test`: the inline tests of packs. `list`: what packs there are.

mod coverage;
mod junit;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::{Output, Tests};
use super::packs::{load, shelved, sources, vocabulary};
use super::terminal::{BAD, BOLD, DIM, GOOD, WARN, note, result, safe_json, safe_line};
use super::{Exit, or_shipped};
use crate::pack::disarm;
use crate::problem::Source;
use crate::score::Engine;
use crate::shelf::Shelved;
use crate::trial::coverage::Coverage;
use crate::trial::{self, Trial};
use words::{Palette, report};

/// The tests of one pack as they went.
struct Suite {
    engine: Arc<Engine>,
    /// Its file.
    source: Source,
    trials: Vec<Trial>,
}

impl Suite {
    fn pack(&self) -> &str {
        self.engine.packs.first().map_or("", |pack| pack.pack.file.pack.value.as_str())
    }

    fn line(&self, trial: &Trial) -> usize {
        self.source.line_column(trial.span.start).0
    }

    /// Passed, failed, and known misses among those that passed.
    fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Trial) -> bool| self.trials.iter().filter(|trial| wanted(trial)).count();
        (count(|trial| trial.passed), count(|trial| !trial.passed), count(|trial| trial.passed && trial.known_miss))
    }

    fn coverage(&self) -> Result<Coverage, String> {
        self.engine
            .packs
            .first()
            .map_or(Ok(Coverage(Vec::new())), |pack| trial::coverage::coverage(&pack.pack.file, &self.trials))
    }
}

/// Runs the tests; exit 1 where one fails.
pub(super) fn run(tests: Tests) -> Result<Exit, String> {
    let suites = suites(&or_shipped(tests.paths), tests.filter.as_deref())?;
    let (passed, failed, missed) =
        suites.iter().map(Suite::counts).fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
    if passed + failed == 0 {
        return Err("no test was run: packs hold them under `tests:`".to_string());
    }
    let mut covered = Vec::new();
    if tests.coverage {
        for suite in &suites {
            covered.push((suite, suite.coverage()?));
        }
    }
    match tests.output {
        Output::Json => {
            let packs: Vec<Value> =
                suites.iter().enumerate().map(|(at, suite)| row(suite, covered.get(at).map(|(_, one)| one))).collect();
            let whole = json!({ "passed": passed, "failed": failed, "known_misses": missed, "packs": packs });
            result(safe_json(&serde_json::to_string_pretty(&whole).map_err(|fault| fault.to_string())?));
        }
        Output::Text => {
            suites.iter().for_each(show);
            if !covered.is_empty() {
                coverage::table(&covered);
            }
            let style = if failed > 0 { BAD } else { GOOD };
            let known = if missed > 0 {
                format!(" ({WARN}{missed} known miss{}{WARN:#})", if missed == 1 { "" } else { "es" })
            } else {
                String::new()
            };
            note(format_args!("{style}{passed} passed, {failed} failed{style:#}{known}"));
        }
    }
    if let Some(file) = &tests.junit {
        let why = |fault: std::io::Error| format!("cannot write `{}`: {fault}", file.display());
        std::fs::write(file, junit::junit(&suites).map_err(why)?).map_err(why)?;
    }
    Ok(if failed > 0 { Exit::Problems } else { Exit::Clean })
}

/// Each pack by itself: another one's words must not change what its author sees.
fn suites(paths: &[PathBuf], filter: Option<&str>) -> Result<Vec<Suite>, String> {
    let sources = sources(paths)?;
    let vocabulary = vocabulary(&sources)?;
    let mut suites = Vec::new();
    for Shelved { pack, source } in shelved(&sources, &vocabulary)? {
        let engine = Arc::new(Engine::new(vec![pack], &vocabulary).map_err(|fault| fault.to_string())?);
        let mut trials = trial::run(&engine);
        trials.retain(|trial| filter.is_none_or(|part| trial.name.contains(part)));
        suites.push(Suite { engine, source: source.clone(), trials });
    }
    Ok(suites)
}

/// Failures with all that helps to understand them, known misses with what they miss.
fn show(suite: &Suite) {
    for trial in suite.trials.iter().filter(|trial| !trial.passed || trial.known_miss) {
        let (style, word) = if trial.passed { (WARN, "known miss") } else { (BAD, "FAILED") };
        let place = format!("{}:{}", safe_line(&suite.source.name), suite.line(trial));
        result(format_args!("{style}{word}{style:#} {BOLD}{}{BOLD:#} {DIM}{place}{DIM:#}", safe_line(&trial.name)));
        let lines = report(&suite.engine, trial, &Palette::colours());
        for line in lines.iter().take(if trial.passed { trial.differences.len() } else { lines.len() }) {
            result(format_args!("    {line}"));
        }
    }
}

/// A pack and its tests for programs.
fn row(suite: &Suite, coverage: Option<&Coverage>) -> Value {
    let tests = suite.trials.iter().map(|trial| {
        let report = if trial.passed && !trial.known_miss {
            Vec::new()
        } else {
            report(&suite.engine, trial, &Palette::default())
        };
        json!({
            "name": trial.name, "line": suite.line(trial), "passed": trial.passed, "known_miss": trial.known_miss,
            "differences": trial.differences.iter().map(|one| {
                json!({ "what": one.what, "expected": one.expected, "got": one.got })
            }).collect::<Vec<_>>(),
            "report": report,
        })
    });
    let (passed, failed, missed) = suite.counts();
    let mut row = json!({
        "pack": suite.pack(), "file": suite.source.name, "passed": passed, "failed": failed, "known_misses": missed,
        "tests": tests.collect::<Vec<_>>(),
    });
    if let Some(coverage) = coverage {
        row["coverage"] = coverage::json(coverage);
    }
    row
}

/// Lists packs and indicators.
pub(super) fn list(paths: &[PathBuf]) -> Result<Exit, String> {
    let sources = sources(paths)?;
    for pack in load(&sources, &vocabulary(&sources)?)? {
        let file = &pack.file;
        result(format_args!("{BOLD}{} {}{BOLD:#}  {}", file.pack.value, file.version.value, safe_line(&file.title)));
        result(format_args!("{DIM}{}{DIM:#}", pack.digest));
        for indicator in &file.indicators {
            let names = indicator.disarm.iter().filter_map(|id| Some(format!("{} {}", id.value, disarm::name(id)?)));
            let names = names.collect::<Vec<_>>().join(", ");
            result(format_args!(
                "  {:<24} {:>5}  {}  {DIM}{names}{DIM:#}",
                indicator.id.value,
                indicator.points.value,
                safe_line(&indicator.title)
            ));
        }
        for alert in &file.alerts {
            let at = alert.at.as_ref().map_or(0.0, |at| at.value);
            result(format_args!("  {:<24} {:>5}  alert, {}", alert.id.value, at, alert.level.name()));
        }
    }
    Ok(Exit::Clean)
}
