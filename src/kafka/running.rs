//! The workers of a process as one thing that is started, stopped and waited for.
//!
//! In: settings and a way to make steps. Out: threads that run until they are told to stop, or until one fails for good,
//! which stops all. A process with fewer workers than it says would be slower without a sign of it, so a worker that ended
//! with an error that may pass is built anew, with a new step, consumer and producer; and one that keeps failing ends the
//! process, so that whoever runs it can see and restart it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::core::panic_message;
use super::error::{StartError, WorkerError};
use super::patience::Stop;
use super::settings::Settings;
use super::topics::{TopicLimits, check_topics};
use super::worker::{Shared, run_worker};
use super::{Health, Step};
use crate::metrics::Metrics;

/// A worker that fails more often than this within [`WITHIN`] will not get better by itself.
const RESTARTS: usize = 5;
const WITHIN: Duration = Duration::from_mins(5);
/// From the wish to stop to the end of the wait for workers.
const STOPPED_WITHIN: Duration = Duration::from_millis(4500);
/// How often is looked whether a worker has ended.
const LOOK: Duration = Duration::from_millis(5);
/// Between restarts: a rebalance of the group costs everybody in it.
const PAUSE: Duration = Duration::from_secs(1);

/// Workers that run.
#[derive(Debug)]
pub struct Running {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<Result<(), WorkerError>>>,
}

impl Running {
    /// Tells all workers to commit and leave; they have left within 5 s.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// The switch that stops them, for a signal handler.
    #[must_use]
    pub fn stopper(&self) -> Arc<Stop> {
        Arc::clone(&self.stop)
    }

    /// Whether all workers have ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.threads.iter().all(JoinHandle::is_finished)
    }

    /// Waits until all workers have ended. A worker that is to stop and sits in a call of the client (a lost coordinator
    /// has held one for 11 s, whatever time-out it was given) is left behind: what it has not committed is read again.
    ///
    /// # Errors
    /// The first error for which a worker gave up.
    pub fn join(self) -> Result<(), WorkerError> {
        let late = || self.stop.left(STOPPED_WITHIN).is_some_and(|left| left.is_zero());
        let ends = self.threads.into_iter().map(|thread| {
            while !thread.is_finished() && !late() {
                std::thread::sleep(LOOK);
            }
            if !thread.is_finished() {
                tracing::warn!(
                    "a worker waits for brokers that do not answer; what it has not committed is read again"
                );
                return Ok(());
            }
            thread.join().unwrap_or_else(|panic| Err(WorkerError::Panic(panic_message(panic.as_ref()).to_owned())))
        });
        // Collected first: all are waited for, whatever the first says.
        ends.collect::<Vec<_>>().into_iter().collect()
    }
}

/// Looks at the topics and starts the workers. `factory` makes the step of a worker, again after a restart.
///
/// # Errors
/// [`StartError`] if brokers or topics are not as they must be.
pub fn start<S: Step + 'static>(
    settings: Settings,
    factory: impl Fn(usize) -> S + Send + Sync + 'static,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
) -> Result<Running, StartError> {
    let limits = check_topics(&settings)?;
    start_with(settings, limits, factory, metrics, health)
}

/// Starts the workers on topics that are known: the embedded broker cannot be asked about them.
///
/// # Errors
/// [`StartError`] if there is no thread for a worker.
pub fn start_with<S: Step + 'static>(
    settings: Settings,
    limits: TopicLimits,
    factory: impl Fn(usize) -> S + Send + Sync + 'static,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
) -> Result<Running, StartError> {
    let workers = settings.workers;
    let stop = Arc::new(Stop::default());
    let shared = Arc::new(Shared::new(settings, limits, metrics, health, Arc::clone(&stop)));
    let factory = Arc::new(factory);
    let mut threads = Vec::with_capacity(workers);
    for worker in 0..workers {
        let (shared, factory) = (Arc::clone(&shared), Arc::clone(&factory));
        let run = move || {
            let outcome = keep_running(&shared, worker, factory.as_ref());
            if outcome.is_err() {
                shared.stop.stop();
            }
            outcome
        };
        match std::thread::Builder::new().name(format!("worker-{worker}")).spawn(run) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                stop.stop();
                return Err(StartError::Client(format!("a worker's thread cannot be made: {error}")));
            }
        }
    }
    Ok(Running { stop, threads })
}

fn keep_running<S: Step + 'static>(
    shared: &Arc<Shared>,
    worker: usize,
    factory: &impl Fn(usize) -> S,
) -> Result<(), WorkerError> {
    let mut failures: Vec<Instant> = Vec::new();
    loop {
        let run = AssertUnwindSafe(|| run_worker(shared, worker, factory(worker)));
        let outcome =
            catch_unwind(run).unwrap_or_else(|panic| Err(WorkerError::Panic(panic_message(panic.as_ref()).to_owned())));
        let Err(error) = outcome else { return Ok(()) };
        failures.retain(|at| at.elapsed() < WITHIN);
        failures.push(Instant::now());
        let again = error.may_pass() && failures.len() <= RESTARTS;
        tracing::error!(worker, %error, reason = error.reason(), again, "a worker ended");
        if !again {
            return Err(error);
        }
        if shared.stop.wanted() {
            return Ok(());
        }
        shared.metrics.worker_restarts.inc();
        std::thread::sleep(PAUSE);
    }
}
