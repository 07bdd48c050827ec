//! `dead-letters`: what could not be read or published, and its way back.
//!
//! The topic is read from its beginning to the ends that it has now, and nothing is committed: dead letters stay where
//! they are until the topic's retention takes them.

mod letter;
mod retry;

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{DeadLetters, Lines, Picked, Retry};
use super::terminal::{BOLD, DIM, is_unread, note, result, result_bytes, safe_json, safe_line};
use super::{Exit, count};
use crate::kafka::Past;
use crate::stages::Arrival;

pub(super) use letter::Letter;

/// Lists, shows or sends back.
pub(super) fn run(what: &DeadLetters) -> Result<Exit, String> {
    match what {
        DeadLetters::List { picked, summary, output } => list(picked, *summary, *output),
        DeadLetters::Show { topic, place, cluster } => {
            let picked =
                Picked { topic: topic.clone(), reason: None, origin: None, limit: None, cluster: cluster.clone() };
            show(&picked, place)
        }
        DeadLetters::Retry(retry) => send_back(retry),
    }
}

/// Reads the letters that are picked; gives how many that were.
fn read(
    picked: &Picked,
    mut each: impl FnMut(&Letter<'_>, &Arrival<'_>) -> Result<bool, String>,
) -> Result<u64, String> {
    let cluster = &picked.cluster;
    let past =
        Past::open(&cluster.brokers, &cluster.properties()?, &picked.topic).map_err(|fault| fault.to_string())?;
    let bar = ProgressBar::new(past.records()).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let (mut seen, mut stopped) = (0_u64, None);
    let most = picked.limit.map_or(u64::MAX, std::num::NonZeroU64::get);
    let done = past.read(|arrival| {
        bar.inc(1);
        let Some(letter) = Letter::of(arrival).filter(|letter| wanted(picked, letter)) else { return true };
        seen += 1;
        let go_on = bar.suspend(|| each(&letter, arrival));
        let go_on = go_on.unwrap_or_else(|why| {
            stopped = Some(why);
            false
        });
        go_on && seen < most && !is_unread()
    });
    bar.finish_and_clear();
    done.map_err(|fault| fault.to_string())?;
    stopped.map_or(Ok(seen), Err)
}

fn wanted(picked: &Picked, letter: &Letter<'_>) -> bool {
    picked.reason.as_deref().is_none_or(|reason| {
        // `not_utf8`, `decode.not_utf8`, or `decode` for all of a stage.
        letter.reason == reason || letter.reason.split('.').any(|part| part == reason)
    }) && picked.origin.as_deref().is_none_or(|origin| letter.topic == origin)
}

fn list(picked: &Picked, summary: bool, output: Lines) -> Result<Exit, String> {
    let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
    let seen = read(picked, |letter, _| {
        *sums.entry((letter.topic.to_owned(), letter.reason.to_owned())).or_default() += 1;
        match output {
            _ if summary => {}
            Lines::Text => result_bytes(letter.line().as_bytes()),
            Lines::Ndjson => result(safe_json(&letter.json().to_string())),
        }
        Ok(true)
    })?;
    for ((topic, reason), number) in sums.iter().filter(|_| summary) {
        match output {
            Lines::Text => result(format_args!(
                "{number:>8}  {BOLD}{}{BOLD:#}  {DIM}from {}{DIM:#}",
                safe_line(reason),
                safe_line(topic)
            )),
            Lines::Ndjson => {
                let row = serde_json::json!({ "origin": topic, "reason": reason, "count": number });
                result(safe_json(&row.to_string()));
            }
        }
    }
    note(format_args!("{} in `{}`", dead_letters(seen), safe_line(&picked.topic)));
    Ok(Exit::Clean)
}

fn show(picked: &Picked, place: &str) -> Result<Exit, String> {
    let mut found = false;
    read(picked, |letter, _| {
        if letter.place() == place {
            found = true;
            result_bytes(letter.page().as_bytes());
        }
        Ok(!found)
    })?;
    if found {
        return Ok(Exit::Clean);
    }
    Err(format!(
        "`{}` holds no dead letter at {place}; `dead-letters list` shows partition/offset of each",
        picked.topic
    ))
}

fn send_back(retry: &Retry) -> Result<Exit, String> {
    let Retry { picked, to, at, max_retries, dry_run } = retry;
    let cluster = &picked.cluster;
    let sender = match dry_run {
        true => None,
        false => Some(retry::Sender::new(&cluster.brokers, &cluster.properties()?, to.as_deref())?),
    };
    let (mut sent, mut tired) = (0_u64, 0_u64);
    read(picked, |letter, arrival| {
        if at.as_ref().is_some_and(|places| !places.is_empty() && !places.contains(&letter.place())) {
            return Ok(true);
        }
        if letter.retries() >= *max_retries {
            tired += 1;
            return Ok(true);
        }
        sent += 1;
        match &sender {
            Some(sender) => sender.send(letter, arrival.key, arrival.payload)?,
            None => result_bytes(letter.line().as_bytes()),
        }
        Ok(true)
    })?;
    if tired > 0 {
        note(format_args!("{} stay: sent back {max_retries} times already (--max-retries)", dead_letters(tired)));
    }
    match sender {
        Some(sender) => note(format_args!("{} sent back", dead_letters(sender.finish()?))),
        None => note(format_args!("{} would be sent back", dead_letters(sent))),
    }
    Ok(Exit::Clean)
}

fn dead_letters(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "dead letter")
}
