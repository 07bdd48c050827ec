//! librdkafka's own log lines, into `tracing`.
//!
//! A broker that is gone makes librdkafka say so for every connection, every second, in every client. One line of a kind
//! in [`QUIET`] is enough to act on; the rest are counted and the count stands in the next line.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel as Level;
use rdkafka::error::KafkaError;

/// Short enough that a change of the trouble shows soon, long enough that an outage of an hour is some 700 lines a kind.
const QUIET: Duration = Duration::from_secs(5);

/// When a kind of line was last written, and how many were not since. Kinds are librdkafka's facility names: some dozens.
static SEEN: LazyLock<Mutex<HashMap<String, (Instant, u64)>>> = LazyLock::new(Mutex::default);

/// How many lines of this kind were held back, if one may be written now.
fn admit(kind: &str, now: Instant) -> Option<u64> {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    match seen.get_mut(kind) {
        Some((last, held)) if now.duration_since(*last) < QUIET => {
            *held += 1;
            None
        }
        Some((last, held)) => {
            *last = now;
            Some(std::mem::take(held))
        }
        None => {
            seen.insert(kind.to_owned(), (now, 0));
            Some(0)
        }
    }
}

/// A log line of a client.
pub(super) fn line(level: Level, facility: &str, message: &str) {
    match level {
        Level::Emerg | Level::Alert | Level::Critical | Level::Error | Level::Warning => {
            if let Some(held) = admit(facility, Instant::now()) {
                tracing::warn!(target: "librdkafka", facility, held_back = held, "{message}");
            }
        }
        Level::Notice | Level::Info => tracing::info!(target: "librdkafka", facility, "{message}"),
        Level::Debug => tracing::debug!(target: "librdkafka", facility, "{message}"),
    }
}

/// An error that a client reports beside any call. Most pass by themselves: librdkafka connects again.
pub(super) fn error(error: &KafkaError, reason: &str) {
    let kind = error.rdkafka_error_code().map_or_else(|| "error".to_owned(), |code| format!("{code:?}"));
    if let Some(held) = admit(&kind, Instant::now()) {
        tracing::warn!(target: "librdkafka", %error, held_back = held, "{reason}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_one_line_and_a_count() {
        let start = Instant::now();
        assert_eq!(admit("a flood", start), Some(0));
        for _ in 0..10 {
            assert_eq!(admit("a flood", start + QUIET / 2), None);
        }
        assert_eq!(admit("another", start + QUIET / 2), Some(0));
        assert_eq!(admit("a flood", start + QUIET), Some(10));
    }
}
