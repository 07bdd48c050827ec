//! `tap`: the records of an output topic as they come, told apart by what they are.

use std::time::Duration;

use serde_json::Value;

use super::args::{Lines, Tap as Arguments};
use super::dead_letters::Letter;
use super::terminal::{is_unread, note, result, result_bytes, safe_json, safe_line};
use super::{Exit, records};
use crate::kafka::{Since, Tail};
use crate::stages::Arrival;

/// Shows what comes until enough was shown, or nobody looks.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, String> {
    let since = match (arguments.from_beginning, arguments.last) {
        (true, _) => Since::Beginning,
        (false, Some(count)) => Since::Last(count),
        (false, None) => Since::Now,
    };
    let cluster = &arguments.cluster;
    let tail = Tail::open(&cluster.brokers, &cluster.properties()?, &arguments.topic, since);
    let tail = tail.map_err(|fault| fault.to_string())?;
    note(format_args!("tapping `{}`; Ctrl-C ends it", safe_line(&arguments.topic)));
    let (mut shown, mut passed) = (0_u64, 0_u64);
    let mut quiet = std::time::Instant::now();
    let enough = arguments.limit.map_or(u64::MAX, std::num::NonZeroU64::get);
    tail.follow(|arrival| {
        let Some(arrival) = arrival else {
            let over = arguments.idle.is_some_and(|idle| quiet.elapsed() > Duration::from_secs(idle));
            return !over && !is_unread();
        };
        quiet = std::time::Instant::now();
        if show(arguments, arrival) {
            shown += 1;
        } else {
            passed += 1;
        }
        shown < enough && !is_unread()
    })
    .map_err(|fault| fault.to_string())?;
    note(format_args!("{shown} shown, {passed} passed over"));
    Ok(Exit::Clean)
}

/// Shows a record if the filters want it.
fn show(arguments: &Arguments, arrival: &Arrival<'_>) -> bool {
    let record: Option<Value> = arrival.payload.and_then(|payload| serde_json::from_slice(payload).ok());
    let schema = record.as_ref().and_then(|record| record["schema"].as_str()).unwrap_or_default();
    match (Letter::of(arrival), schema) {
        (Some(letter), _) => {
            if !wants_all(arguments) {
                return false;
            }
            match arguments.output {
                Lines::Text => result_bytes(letter.line().as_bytes()),
                Lines::Ndjson => result(safe_json(&letter.json().to_string())),
            }
        }
        (None, "undercurrent.scored/1" | "undercurrent.alert/1") => {
            let Some(record) = record.filter(|record| wants(arguments, record)) else { return false };
            match arguments.output {
                Lines::Ndjson => result(safe_json(&record.to_string())),
                Lines::Text if record["schema"] == "undercurrent.alert/1" => {
                    result_bytes(records::alert(&record).as_bytes());
                }
                Lines::Text => result_bytes(records::scored(&record).as_bytes()),
            }
        }
        // Somebody else's topic: the bytes as text, so that an input topic can be looked at too.
        _ => {
            if !wants_all(arguments) {
                return false;
            }
            let payload = String::from_utf8_lossy(arrival.payload.unwrap_or_default());
            result(records::head(&payload, 400));
        }
    }
    true
}

fn wants_all(arguments: &Arguments) -> bool {
    let Arguments { score, pack, stance, author, level, .. } = arguments;
    score.is_none() && pack.is_none() && stance.is_none() && author.is_none() && level.is_none()
}

/// Whether a scored or alert record passes the filters.
fn wants(arguments: &Arguments, record: &Value) -> bool {
    let is = |wanted: &Option<String>, holds: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(holds);
    let list = |key: &str| record[key].as_array().cloned().unwrap_or_default();
    let post = &record["post"];
    let author = |wanted: &str| {
        ["author", "channel"]
            .iter()
            .filter_map(|key| label(&post[*key]))
            .any(|label| label.eq_ignore_ascii_case(wanted))
    };
    arguments.score.is_none_or(|least| record["score"].as_f64().unwrap_or(0.0) >= least)
        && arguments.stance.is_none_or(|stance| record["stance"] == stance.name())
        && is(&arguments.pack, &|wanted| {
            record["pack"] == wanted || list("packs").iter().any(|pack| pack["pack"] == wanted)
        })
        && is(&arguments.level, &|wanted| {
            record["level"] == wanted || list("alerts").iter().any(|alert| alert["level"] == wanted)
        })
        && is(&arguments.author, &author)
}

/// An author or channel: a string in a scored record, an object in an alert's post.
fn label(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| ["handle", "id", "name"].iter().find_map(|key| value[*key].as_str()))
}
