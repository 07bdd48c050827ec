//! One attempt: what was looked at, checked, tested, compiled, and put in force if it is new and right.
//!
//! In: a [`Look`]. Out: an [`Attempt`], counted and logged; the engine in force is another one, or the one of before. There
//! is no way in between: the swap is the last step, and a panic on the way is a failure like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::in_force::InForce;
use super::watch::Look;
use crate::metrics::Metrics;
use crate::problem::harmless_line;
use crate::score::Engine;
use crate::shelf::{self, Shelf, ShelfError, Told};

/// Problems that an answer or a log line names; `check` tells all.
const MOST_SHOWN: usize = 100;
const MOST_LOGGED: usize = 10;
/// Characters of a message: a failed test tells its evidence, which may be long.
const LONGEST: usize = 500;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Another engine is in force.
    Swapped,
    /// The packs are those in force.
    Unchanged,
    /// The engine of before stays, for this reason.
    Failed(&'static str),
}

impl Outcome {
    /// Its name, which is also the metric's label.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Swapped => "swapped",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
        }
    }
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed, in a sentence.
    pub message: Option<String>,
    /// Problems at their places, warnings included, as `check --output json` writes them.
    pub problems: Vec<Value>,
    /// How many more there are.
    pub more: usize,
}

impl Attempt {
    /// As `/packs` and `POST /-/reload` answer it.
    #[must_use]
    pub fn show(&self) -> Value {
        let reason = if let Outcome::Failed(reason) = self.outcome { Some(reason) } else { None };
        json!({
            "outcome": self.outcome.name(), "reason": reason, "message": self.message,
            "problems": self.problems, "more_problems": self.more,
            "at": self.at.to_string(), "seconds": self.took.as_secs_f64(),
        })
    }

    /// The first problems with their places, on one line.
    pub(super) fn places(&self) -> String {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let place = |row: &Value| {
            let [file, line, column, code, message] =
                ["file", "line", "column", "code", "message"].map(|key| text(&row[key]));
            format!("{file}:{line}:{column} {code} {message}")
        };
        let mut places: Vec<String> = self.problems.iter().take(MOST_LOGGED).map(place).collect();
        let left = self.problems.len().saturating_sub(MOST_LOGGED) + self.more;
        if left > 0 {
            places.push(format!("and {left} more"));
        }
        harmless_line(&places.join("; "))
    }
}

/// Why the engine of before stays.
enum Fault {
    Shelf(ShelfError),
    Panic,
}

/// Makes an engine of what was looked at and puts it in force, if it is new and right.
pub(super) fn make(look: Look, in_force: &InForce, metrics: &Metrics) -> Attempt {
    let (at, began) = (Timestamp::now(), Instant::now());
    let before = in_force.engine();
    let made = catch_unwind(AssertUnwindSafe(|| engine(look, &before))).unwrap_or(Err(Fault::Panic));
    let (outcome, message, told, engine) = match made {
        Ok((Some(engine), warnings)) => (Outcome::Swapped, None, warnings, Some(engine)),
        Ok((None, warnings)) => (Outcome::Unchanged, None, warnings, None),
        Err(Fault::Shelf(error)) => {
            (Outcome::Failed(error.reason()), Some(error.to_string()), error.told().to_vec(), None)
        }
        Err(Fault::Panic) => {
            let message = "the program panicked over these files; its words stand before this line".to_string();
            (Outcome::Failed("panic"), Some(message), Vec::new(), None)
        }
    };
    let rows = told.iter().flat_map(|told| told.problems.iter().map(|problem| row(told, problem)));
    let mut problems: Vec<Value> = rows.collect();
    let more = problems.len().saturating_sub(MOST_SHOWN);
    problems.truncate(MOST_SHOWN);
    let attempt = Attempt { at, took: began.elapsed(), outcome, message, problems, more };
    in_force.record(&attempt, engine);
    count(&attempt, in_force, metrics);
    log(&attempt, in_force);
    attempt
}

type Made = (Option<Arc<Engine>>, Vec<Told>);

fn engine(look: Look, before: &Engine) -> Result<Made, Fault> {
    let sources = look.sources.map_err(|why| Fault::Shelf(ShelfError::Unreadable(why)))?;
    let mut shelf = shelf::open(&sources).map_err(Fault::Shelf)?;
    let warnings = std::mem::take(&mut shelf.warnings);
    if same(&shelf, before) {
        return Ok((None, warnings));
    }
    let engine = shelf.tested().map_err(Fault::Shelf)?;
    Ok((Some(engine), warnings))
}

/// Equal digests score equally, in whatever order their files stand.
fn same(shelf: &Shelf<'_>, before: &Engine) -> bool {
    let mut new: Vec<&str> = shelf.packs.iter().map(|shelved| shelved.pack.digest.as_str()).collect();
    let mut old: Vec<&str> = before.packs.iter().map(|pack| pack.pack.digest.as_str()).collect();
    new.sort_unstable();
    old.sort_unstable();
    new == old
}

fn row(told: &Told, problem: &crate::problem::Problem) -> Value {
    let mut row = shelf::row(&told.source, problem);
    if let Some((end, _)) = problem.message.char_indices().nth(LONGEST) {
        row["message"] = format!("{}…", &problem.message[..end]).into();
    }
    row
}

fn count(attempt: &Attempt, in_force: &InForce, metrics: &Metrics) {
    if attempt.outcome == Outcome::Swapped {
        metrics.packs_of(&in_force.engine());
    }
    metrics.reloads.with_label_values(&[attempt.outcome.name()]).inc();
    let well = !matches!(attempt.outcome, Outcome::Failed(_));
    metrics.reloaded(well, Timestamp::now());
}

fn log(attempt: &Attempt, in_force: &InForce) {
    let took = attempt.took;
    match attempt.outcome {
        Outcome::Swapped => {
            let engine = in_force.engine();
            let packs = engine.packs.iter().map(|pack| {
                let file = &pack.pack.file;
                format!("{} {}", file.pack.value, file.version.value)
            });
            let packs = harmless_line(&packs.collect::<Vec<_>>().join(", "));
            tracing::info!(%packs, ?took, "other packs are in force");
        }
        Outcome::Unchanged => tracing::info!("the packs are those in force"),
        Outcome::Failed(reason) => {
            let message = harmless_line(attempt.message.as_deref().unwrap_or_default());
            let problems = attempt.places();
            tracing::error!(reason, %message, %problems, "packs were not reloaded; those of before stay in force");
        }
    }
    if !matches!(attempt.outcome, Outcome::Failed(_)) && !attempt.problems.is_empty() {
        tracing::warn!(problems = %attempt.places(), "packs have warnings");
    }
}
