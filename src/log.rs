//! Logs: lines for people or JSON for collectors, on stderr. A flood of one warning becomes a few lines and a count.
//!
//! In: a format and a filter. Out: the process's subscriber. A broker that is gone or a topic of broken records says the
//! same thing thousands of times a minute; who reads it needs it a few times, and how often it was left out.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Lines of one kind that are written before the rest of them is counted.
const BURST: u32 = 5;
/// How long a kind is counted for before it may be written again.
const QUIET: Duration = Duration::from_secs(10);

/// How a log line is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("there is no log format `{name}`; known: text, json")),
        }
    }
}

/// Starts logging to stderr; `UNDERCURRENT_LOG` sets what (for example `debug` or `undercurrent=debug,warn`). Whether it
/// could: a process logs once.
#[must_use]
pub fn start(format: Format, colour: bool) -> bool {
    let filter = EnvFilter::try_from_env("UNDERCURRENT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        Format::Text => registry.with(Calm::new(lines.with_ansi(colour))).try_init().is_ok(),
        Format::Json => {
            let json = lines.json().flatten_event(true).with_current_span(false).with_span_list(false);
            registry.with(Calm::new(json)).try_init().is_ok()
        }
    }
}

/// A kind of line, and how much of it was seen.
#[derive(Debug)]
struct Seen {
    since: Instant,
    written: u32,
    held: u64,
}

/// Writes a few warnings of a kind and counts the rest. What is no warning passes.
struct Calm<L> {
    inner: L,
    seen: Mutex<HashMap<Identifier, Seen>>,
}

impl<L> Calm<L> {
    fn new(inner: L) -> Self {
        Self { inner, seen: Mutex::default() }
    }

    /// How many lines of this kind were left out, if one may be written now.
    fn admit(&self, kind: Identifier, now: Instant) -> Option<u64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // A kind is a place in the program: some hundreds.
        let kind = seen.entry(kind).or_insert(Seen { since: now, written: 0, held: 0 });
        if now.duration_since(kind.since) >= QUIET {
            (kind.since, kind.written) = (now, 0);
        }
        if kind.written >= BURST {
            kind.held += 1;
            return None;
        }
        kind.written += 1;
        Some(std::mem::take(&mut kind.held))
    }
}

impl<S, L> Layer<S> for Calm<L>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let about = event.metadata();
        // librdkafka's lines share a place and are calmed by what they say (`kafka/log.rs`).
        if *about.level() > Level::WARN || about.target() == "librdkafka" {
            return self.inner.on_event(event, context);
        }
        let Some(held) = self.admit(about.callsite(), Instant::now()) else { return };
        self.inner.on_event(event, context);
        if held > 0 {
            let place = format_args!("{}:{}", about.file().unwrap_or("?"), about.line().unwrap_or(0)).to_string();
            tracing::info!(held_back = held, place, "lines like the one before were left out");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use tracing::Callsite as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_flood_is_calmed_and_json_holds_the_fields() {
        let written = Written::default();
        let writer = {
            let written = written.clone();
            move || written.clone()
        };
        let lines = tracing_subscriber::fmt::layer().with_writer(writer).json().flatten_event(true);
        let subscriber = tracing_subscriber::registry().with(Calm::new(lines));
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..20 {
                tracing::warn!(number, topic = "posts\u{1b}[2J", "the same again");
            }
            for number in 0..20 {
                tracing::info!(number, "no warning");
            }
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |message: &str| rows.iter().filter(|row| row["message"] == message).count();
        assert_eq!((of("the same again"), of("no warning")), (5, 20));
        assert_eq!((&rows[0]["level"], &rows[0]["topic"]), (&"WARN".into(), &"posts\u{1b}[2J".into()));
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn what_was_left_out_is_told_with_the_next() {
        let calm = Calm::new(());
        let kind = tracing::callsite!(name: "k", kind: tracing::metadata::Kind::EVENT, fields: ).metadata().callsite();
        let start = Instant::now();
        for _ in 0..BURST {
            assert_eq!(calm.admit(kind.clone(), start), Some(0));
        }
        assert_eq!(calm.admit(kind.clone(), start), None);
        assert_eq!(calm.admit(kind.clone(), start + QUIET / 2), None);
        assert_eq!(calm.admit(kind, start + QUIET), Some(2));
    }

    #[test]
    fn formats_are_named() {
        assert_eq!("json".parse(), Ok(Format::Json));
        assert!("jsn".parse::<Format>().unwrap_err().ends_with("known: text, json"));
    }
}
