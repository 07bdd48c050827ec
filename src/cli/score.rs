//! `score`: posts of a file → the records that `run` would publish, one JSON a line.

use indicatif::{ProgressBar, ProgressStyle};

use super::args::Input;
use super::offline::{bytes, format, step_all};
use super::packs::engine_or_tell;
use super::terminal::{is_unread, note, result, safe_json, safe_line};
use super::{Exit, or_shipped};
use crate::stages::{Options, Outcome, Output, ScoreStage};

/// Scores the file. Exit 1 only for input that could not be read.
pub(super) fn run(input: &Input, include_text: bool, alerts: bool) -> Result<Exit, String> {
    let Some(engine) = engine_or_tell(&or_shipped(input.packs.clone())) else { return Ok(Exit::Failed) };
    let name = input.file.display().to_string();
    let format = format(&input.format)?;
    let bytes = bytes(&input.file)?;
    let options =
        Options { formats: [(name.clone(), format)].into(), source: "undercurrent/score".into(), include_text };
    let wanted = if alerts { Output::Alerts } else { Output::Scored };
    let mut stage = ScoreStage::new(engine, options);
    let bar = ProgressBar::no_length().with_style(
        ProgressStyle::with_template("{spinner} {pos} read, {per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let (mut scored, mut ignored, mut unread) = (0u64, 0u64, 0u64);
    step_all(&mut stage, &name, format, &bytes, |read| {
        bar.inc(1);
        match read.outcome {
            Outcome::Scored => scored += 1,
            Outcome::Ignored(_) => ignored += 1,
            Outcome::DeadLetter(reason) => {
                unread += 1;
                let why = read.why();
                bar.suspend(|| {
                    note(format_args!(
                        "message {}: {reason}: {}",
                        read.number + 1,
                        safe_line(&why.unwrap_or_default())
                    ));
                });
            }
        }
        for record in read.out.iter().filter(|out| out.to == wanted) {
            if let Some(payload) = &record.payload {
                result(safe_json(&String::from_utf8_lossy(payload)));
            }
        }
        !is_unread()
    })?;
    bar.finish_and_clear();
    note(format_args!("{scored} scored, {ignored} ignored, {unread} could not be read"));
    Ok(if unread > 0 { Exit::Problems } else { Exit::Clean })
}
