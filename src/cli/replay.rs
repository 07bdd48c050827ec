//! `replay`: past posts scored again, in the order of their time, and what other packs change about them.
//!
//! A file or topic is read once to learn the times of its posts, and once more in their order (`posts`). Without
//! `--against` it counts the alerts of the packs by day.

mod lines;
mod posts;
mod show;
mod spill;

use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Lines, Replay as Arguments};
use super::offline::format;
use super::packs::engine_or_tell;
use super::terminal::{is_unread, note, result, safe_json, safe_line};
use super::{Exit, or_shipped};
use crate::replay::{Kind, Replay};
use crate::score::Engine;
use crate::stages::Options;
use posts::{From, Posts};
use show::Examples;

/// Replays; exit 1 where the packs of then gave something else.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, String> {
    let format = format(&arguments.format)?;
    let from = from(arguments)?;
    let Some(after) = engine_or_tell(&or_shipped(arguments.packs.clone())) else { return Ok(Exit::Failed) };
    let before = if arguments.against.is_empty() {
        None
    } else {
        let Some(before) = engine_or_tell(&arguments.against) else { return Ok(Exit::Failed) };
        say_lone_packs(&before, &after);
        Some(before)
    };
    let formats = [(from.name().to_owned(), format)].into();
    let options = Options { formats, source: "undercurrent/replay".into(), include_text: false };
    let mut replay = Replay::new(before, after, &options);
    let bar = ProgressBar::no_length().with_style(
        ProgressStyle::with_template("{msg:7} {bar:40} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_message("reading");
    let bytes = from.bytes()?;
    let posts = Posts::read(&from, format, bytes.as_deref(), &bar, |outcome| replay.without(outcome))?;
    bar.set_message("scoring");
    bar.set_length(posts.len() as u64);
    bar.reset();
    let mut examples = Examples::new(arguments.examples);
    posts.in_order(|arrival| {
        bar.inc(1);
        let Some(seen) = replay.step(arrival) else { return true };
        let compared = seen.before.is_some();
        match arguments.output {
            Lines::Ndjson if compared => {
                for change in replay.changes(&seen) {
                    bar.suspend(|| result(safe_json(&lines::change(&seen.after.post, &change))));
                }
            }
            Lines::Ndjson => {
                for line in lines::alerts(replay.engine(), &seen.after) {
                    bar.suspend(|| result(safe_json(&line)));
                }
            }
            Lines::Text if compared => {
                for change in replay.changes(&seen) {
                    examples.change(&seen, &change);
                }
            }
            Lines::Text => examples.alerts(replay.engine(), &seen.after),
        }
        !is_unread()
    })?;
    bar.finish_and_clear();
    match arguments.output {
        Lines::Ndjson => result(safe_json(&lines::summary(&replay))),
        Lines::Text => {
            examples.print();
            match replay.against() {
                Some(_) => show::comparison(&replay),
                None => show::alerts(replay.tally()),
            }
        }
    }
    note(show::read(replay.tally()));
    Ok(if replay.tally().changes() > 0 { Exit::Problems } else { Exit::Clean })
}

fn from(arguments: &Arguments) -> Result<From, String> {
    let topic = arguments.topic.as_deref().or_else(|| arguments.from.strip_prefix("topic:"));
    let Some(topic) = topic else { return Ok(From::File(PathBuf::from(&arguments.from))) };
    if topic.is_empty() {
        return Err("`topic:` names no topic; write `topic:NAME`".to_string());
    }
    let properties = arguments.cluster.properties()?;
    Ok(From::Topic { topic: topic.to_string(), brokers: arguments.cluster.brokers.clone(), properties })
}

/// A pack that stands on one side only makes all of its alerts appear or vanish: better said than wondered at.
fn say_lone_packs(before: &Arc<Engine>, after: &Arc<Engine>) {
    let names = |engine: &Engine| -> Vec<String> {
        engine.packs.iter().map(|pack| pack.pack.file.pack.value.clone()).collect()
    };
    let (old, new) = (names(before), names(after));
    for name in new.iter().filter(|name| !old.contains(name)) {
        note(format_args!("`{}` is not among the packs of `--against`: all of its alerts appear", safe_line(name)));
    }
    for name in old.iter().filter(|name| !new.contains(name)) {
        note(format_args!("`{}` is among the packs of `--against` only: all of its alerts vanish", safe_line(name)));
    }
}

/// In words: `appears`, `vanishes`, …
fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Appears => "alerts that appear",
        Kind::Vanishes => "alerts that vanish",
        Kind::Changes => "alerts that change",
        Kind::Moves => "posts without an alert whose score or stance is another",
    }
}
