//! What the health page asks of the workers.
//!
//! In: each worker's notes about itself. Out: how old the slowest loop is, and what is missing before the process is ready.
//! Atomics only, so that a worker in trouble can never block the page that would say so, nor the other way round.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A worker's notes.
#[derive(Debug)]
pub struct WorkerHealth {
    started: Instant,
    /// Milliseconds after `started` of the last turn of the loop.
    turned: AtomicU64,
    joined: AtomicBool,
    connected: AtomicBool,
    overdue: AtomicBool,
}

impl WorkerHealth {
    /// The loop turned: it polled, or it is waiting for a broker in a way that it will leave by itself.
    pub fn turn(&self) {
        let age = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.turned.store(age, Ordering::Relaxed);
    }

    /// Whether the group gave this worker its share, be it empty.
    pub fn joined(&self, yes: bool) {
        self.joined.store(yes, Ordering::Relaxed);
        if yes {
            self.overdue.store(false, Ordering::Relaxed);
        }
    }

    /// Whether the producer is initialised.
    pub fn connected(&self, yes: bool) {
        self.connected.store(yes, Ordering::Relaxed);
    }

    /// It polled too late and was put out of the group; true until it joined again.
    pub fn overdue(&self) {
        self.overdue.store(true, Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        let turned = Duration::from_millis(self.turned.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(turned)
    }
}

/// The health of the process.
#[derive(Debug)]
pub struct Health {
    workers: Box<[WorkerHealth]>,
    packs: AtomicBool,
}

impl Health {
    /// With so many workers, none of which has done anything yet.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        let started = Instant::now();
        let worker = || WorkerHealth {
            started,
            turned: AtomicU64::new(0),
            joined: AtomicBool::new(false),
            connected: AtomicBool::new(false),
            overdue: AtomicBool::new(false),
        };
        Self { workers: (0..workers).map(|_| worker()).collect(), packs: AtomicBool::new(false) }
    }

    /// The notes of a worker, by its number from 0.
    ///
    /// # Panics
    /// When there is no such worker.
    #[must_use]
    pub fn worker(&self, number: usize) -> &WorkerHealth {
        &self.workers[number]
    }

    /// Whether packs are loaded.
    pub fn packs(&self, loaded: bool) {
        self.packs.store(loaded, Ordering::Relaxed);
    }

    /// Time since the slowest worker turned its loop.
    #[must_use]
    pub fn poll_age(&self) -> Duration {
        self.workers.iter().map(WorkerHealth::age).max().unwrap_or_default()
    }

    /// What is missing before the process is ready; nothing when it is. A loop older than `late` is missing too.
    #[must_use]
    pub fn missing(&self, late: Duration) -> Vec<String> {
        let mut missing = Vec::new();
        if !self.packs.load(Ordering::Relaxed) {
            missing.push("packs are not loaded".to_owned());
        }
        for (number, worker) in self.workers.iter().enumerate() {
            if !worker.connected.load(Ordering::Relaxed) {
                missing.push(format!("worker {number}: the producer is not initialised"));
            }
            if worker.overdue.load(Ordering::Relaxed) {
                missing.push(format!("worker {number}: polled later than max.poll.interval.ms and left the group"));
            } else if !worker.joined.load(Ordering::Relaxed) {
                missing.push(format!("worker {number}: has not joined the consumer group"));
            }
            if worker.age() > late {
                missing.push(format!("worker {number}: its loop has not turned for {} s", worker.age().as_secs()));
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_needs_packs_group_and_producer_of_every_worker() {
        let health = Health::new(2);
        health.packs(true);
        for number in 0..2 {
            assert!(!health.missing(Duration::MAX).is_empty());
            health.worker(number).joined(true);
            health.worker(number).connected(true);
        }
        assert_eq!(health.missing(Duration::MAX), Vec::<String>::new());
        health.worker(1).overdue();
        assert_eq!(health.missing(Duration::MAX).len(), 1);
        health.worker(1).joined(true);
        assert!(health.missing(Duration::MAX).is_empty());
    }
}
