//! `once_per`: one alert for a key in a while, in event time.
//!
//! Filters only what is told; the scored record always lists every alert that holds. Time is the posts' own, so a
//! replay of the same log holds back the same alerts. What was remembered for outputs that never became durable is
//! forgotten: an extra alert, never a lost one.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

/// Keys that are remembered. At this number those whose time has passed are dropped first, then all: memory stays
/// bounded under a flood of authors, at the price of repeated alerts.
const MOST_KEYS: usize = 100_000;

/// The clock of the posts.
#[derive(Debug, Clone, Default)]
struct EventClock(Arc<AtomicU64>);

impl Clock for EventClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.load(Ordering::Relaxed))
    }
}

#[derive(Debug)]
struct Entry {
    limiter: RateLimiter<NotKeyed, InMemoryState, EventClock, NoOpMiddleware<Nanos>>,
    /// Held back since the last one told.
    suppressed: u64,
    /// Event time in nanoseconds of the last one told.
    told: u64,
    period: Duration,
}

impl Entry {
    /// Whether it still says something at that event time.
    fn holds(&self, now: u64) -> bool {
        self.told.saturating_add(u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX)) > now
    }
}

/// The rate limits of one worker.
#[derive(Debug, Default)]
pub struct Limiter {
    clock: EventClock,
    entries: HashMap<String, Entry>,
    touched: Vec<String>,
}

impl Limiter {
    /// Asks whether an alert for `key` may be told: the number held back since the last, or nothing if it is held back
    /// itself.
    pub fn ask(&mut self, key: &str, period: Duration, at: Timestamp) -> Option<u64> {
        let now = u64::try_from(at.as_nanosecond()).unwrap_or(0);
        self.clock.0.store(now, Ordering::Relaxed);
        let Some(quota) = Quota::with_period(period) else { return Some(0) };
        if self.entries.len() >= MOST_KEYS && !self.entries.contains_key(key) {
            self.entries.retain(|_, entry| entry.holds(now));
            if self.entries.len() >= MOST_KEYS {
                self.entries.clear();
            }
        }
        let clock = &self.clock;
        let entry = self.entries.entry(key.to_string()).or_insert_with(|| Entry {
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()),
            suppressed: 0,
            told: 0,
            period,
        });
        self.touched.push(key.to_string());
        if entry.limiter.check().is_ok() {
            entry.told = now;
            Some(std::mem::take(&mut entry.suppressed))
        } else {
            entry.suppressed += 1;
            None
        }
    }

    /// Packs were changed: `period` says what a key's limit is now. Keys without one are forgotten; a period that is
    /// another runs from when the last alert was told.
    pub fn renew(&mut self, period: impl Fn(&str) -> Option<Duration>) {
        let clock = &self.clock;
        self.entries.retain(|key, entry| {
            let Some(period) = period(key) else { return false };
            if period != entry.period {
                let Some(quota) = Quota::with_period(period) else { return false };
                clock.0.store(entry.told, Ordering::Relaxed);
                entry.limiter = RateLimiter::direct_with_clock(quota, clock.clone());
                // A limiter cannot be made with a past: it is asked once, at the moment that it is to remember.
                let _ = entry.limiter.check();
                entry.period = period;
            }
            true
        });
    }

    /// What was told is durable.
    pub fn committed(&mut self) {
        self.touched.clear();
    }

    /// What was told since the last commit is not: forget its keys.
    pub fn aborted(&mut self) {
        for key in self.touched.drain(..) {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn one_in_an_hour_of_event_time_for_each_key() {
        let mut limiter = Limiter::default();
        assert_eq!(limiter.ask("a", HOUR, at(0)), Some(0));
        assert_eq!(limiter.ask("a", HOUR, at(30)), None);
        assert_eq!(limiter.ask("b", HOUR, at(31)), Some(0));
        assert_eq!(limiter.ask("a", HOUR, at(59)), None);
        assert_eq!(limiter.ask("a", HOUR, at(61)), Some(2));
    }

    #[test]
    fn an_abort_forgets_what_was_never_told() {
        let mut limiter = Limiter::default();
        assert_eq!(limiter.ask("a", HOUR, at(0)), Some(0));
        limiter.aborted();
        assert_eq!(limiter.ask("a", HOUR, at(1)), Some(0));
        limiter.committed();
        limiter.aborted();
        assert_eq!(limiter.ask("a", HOUR, at(2)), None);
    }

    #[test]
    fn changed_packs_keep_what_was_told_and_take_the_new_period() {
        let mut limiter = Limiter::default();
        for key in ["kept", "longer", "shorter", "gone"] {
            assert_eq!(limiter.ask(key, HOUR, at(0)), Some(0));
            assert_eq!(limiter.ask(key, HOUR, at(1)), None);
        }
        limiter.committed();
        let period = |key: &str| match key {
            "kept" => Some(HOUR),
            "longer" => Some(HOUR * 2),
            "shorter" => Some(HOUR / 2),
            _ => None,
        };
        limiter.renew(period);
        assert_eq!(limiter.ask("kept", HOUR, at(59)), None);
        assert_eq!(limiter.ask("kept", HOUR, at(61)), Some(2));
        assert_eq!(limiter.ask("longer", HOUR * 2, at(119)), None);
        assert_eq!(limiter.ask("longer", HOUR * 2, at(121)), Some(2));
        assert_eq!(limiter.ask("shorter", HOUR / 2, at(29)), None);
        assert_eq!(limiter.ask("shorter", HOUR / 2, at(31)), Some(2));
        assert_eq!(limiter.ask("gone", HOUR, at(2)), Some(0));
    }
}
