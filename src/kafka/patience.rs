//! How long a call that depends on brokers may take.
//!
//! Transactional calls are made in slices and repeated with the same arguments, as librdkafka asks; between slices the
//! worker says that it lives, and looks whether it is to stop. So an outage of brokers neither looks like a hung process
//! nor holds up a stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rdkafka::error::KafkaError;

use super::error::{Class, Fault, classify};
use super::health::{Health, WorkerHealth};

/// One try of a call.
pub(super) const SLICE: Duration = Duration::from_millis(500);
/// From the wish to stop to the last call of a commit. The whole stop, with closing the consumer, stays below 5 s.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Whether the process is to stop, and since when.
#[derive(Debug, Default)]
pub struct Stop {
    wanted: AtomicBool,
    since: OnceLock<Instant>,
}

impl Stop {
    /// Stops.
    pub fn stop(&self) {
        self.since.get_or_init(Instant::now);
        self.wanted.store(true, Ordering::Release);
    }

    /// What is left of a time that began with the wish to stop.
    pub(super) fn left(&self, within: Duration) -> Option<Duration> {
        self.since.get().map(|since| within.saturating_sub(since.elapsed()))
    }

    /// Whether it is to stop.
    #[must_use]
    pub fn wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }
}

/// What a worker watches while it waits: its wish to stop, and its own health.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) stop: Arc<Stop>,
    pub(super) health: Arc<Health>,
    pub(super) worker: usize,
}

impl Watch {
    pub(super) fn patience(&self, within: Duration) -> Patience<'_> {
        Patience { until: Instant::now() + within, stop: &self.stop, health: self.health.worker(self.worker) }
    }

    /// Sleeps, but not longer than until the process is to stop.
    pub(super) fn rest(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.stop.wanted() {
            self.health.worker(self.worker).turn();
            std::thread::sleep(Duration::from_millis(20).min(time));
        }
    }
}

/// A deadline that moves closer when the process is to stop.
pub(super) struct Patience<'a> {
    until: Instant,
    stop: &'a Stop,
    health: &'a WorkerHealth,
}

impl Patience<'_> {
    /// Whether the time is up. Asking is a sign of life.
    pub(super) fn spent(&self) -> bool {
        self.health.turn();
        let now = Instant::now();
        now >= self.until || self.stopped()
    }

    /// Whether the process is to stop and the time for last calls is up.
    pub(super) fn stopped(&self) -> bool {
        self.stop.left(STOP_WITHIN).is_some_and(|left| left.is_zero())
    }

    /// Calls until it works, until it fails for good, or until the time is up.
    pub(super) fn call(&self, what: &str, mut call: impl FnMut() -> Result<(), KafkaError>) -> Result<(), Fault> {
        loop {
            let Err(error) = call() else { return Ok(()) };
            match classify(&error) {
                Class::Fault(fault) => return Err(fault),
                Class::Again if self.spent() => {
                    return Err(Fault::Failed(format!("{what}: no answer in time: {error}")));
                }
                // Most retriable errors are time-outs that have waited already; those that come at once must not spin.
                Class::Again => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}
