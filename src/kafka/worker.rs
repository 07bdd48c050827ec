//! The loop of a worker.
//!
//! In: a step, and what all workers share. Out: the loop's end, after everything that was begun is durable or taken back.
//!
//! A turn polls one record and takes it through the step; then, if it is time, ends the batch, lets held records go whose
//! quota has tokens, and says how long the next poll may wait.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::{ClientConfig, Message};

use super::commit::COMMIT_WITHIN;
use super::context::Context;
use super::core::Core;
use super::error::{Fault, WorkerError, is_forbidden};
use super::patience::{Stop, Watch};
use super::place::Names;
use super::quota::Quotas;
use super::settings::Settings;
use super::topics::TopicLimits;
use super::{Health, Step, client};
use crate::metrics::Metrics;

/// The longest wait of a poll: how late a stop may be noticed.
const WAIT: Duration = Duration::from_millis(100);
/// A transaction that is open for longer may time out at its coordinator (10 s) before its commit is through.
const LONGEST_BATCH: Duration = Duration::from_secs(3);
/// Outputs of a batch. More would fill the producer's queue (64 MiB) and the page cache of a reader that waits for the end.
const LARGEST_BATCH: usize = 16 * 1024 * 1024;
/// How often an idle worker looks whether positions moved past control records.
const IDLE: Duration = Duration::from_secs(1);
/// How often acknowledgements are looked at while at-least-once batches wait for them.
const ACKS: Duration = Duration::from_millis(10);
/// Held records of one topic that one turn may take, so that the other topics are polled in between.
const TURN: usize = 64;
/// Wall-clock time for the step is at most this many records old.
const CLOCK: u32 = 32;
/// Leaving the group; brokers that are gone must not hold up the stop.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// From the wish to stop to the end of the worker: below the 5 s that are promised for all of them.
const STOPPED_WITHIN: Duration = Duration::from_secs(4);

/// What all workers of a process share.
pub struct Shared {
    pub(super) settings: Settings,
    pub(super) limits: TopicLimits,
    pub(super) names: Names,
    pub(super) quotas: Quotas,
    pub(super) metrics: Arc<Metrics>,
    pub(super) health: Arc<Health>,
    pub(super) stop: Arc<Stop>,
    instance: String,
}

impl Shared {
    /// Of these settings; without a configured instance name, a random one is made here and kept.
    #[must_use]
    pub fn new(
        settings: Settings,
        limits: TopicLimits,
        metrics: Arc<Metrics>,
        health: Arc<Health>,
        stop: Arc<Stop>,
    ) -> Self {
        let instance =
            settings.instance.clone().unwrap_or_else(|| format!("{:016x}", getrandom::u64().unwrap_or_default()));
        let (names, quotas) = (Names::new(&settings.inputs), Quotas::new(&settings.inputs));
        Self { settings, limits, names, quotas, metrics, health, stop, instance }
    }

    pub(super) fn transactional_id(&self, worker: usize) -> String {
        format!("{}-score-{}-{worker}", self.settings.group, self.instance)
    }

    pub(super) fn producer(&self, worker: usize) -> ClientConfig {
        client::producer(&self.settings, &self.limits, &self.client_id(worker), &self.transactional_id(worker))
    }

    fn client_id(&self, worker: usize) -> String {
        format!("undercurrent-{}-{worker}", self.instance)
    }
}

/// Runs a worker on this thread until it is to stop.
///
/// # Errors
/// [`WorkerError`]; nothing is lost by running the worker again.
pub fn run_worker<S: Step + 'static>(shared: &Arc<Shared>, worker: usize, step: S) -> Result<(), WorkerError> {
    let watch = Watch { stop: Arc::clone(&shared.stop), health: Arc::clone(&shared.health), worker };
    watch.health.worker(worker).joined(false);
    watch.health.worker(worker).connected(false);
    let config = client::consumer(&shared.settings, &shared.client_id(worker));
    let refused = |error: KafkaError| WorkerError::Client(error.to_string());
    let core = Core::new(shared, watch, step);
    let consumer: BaseConsumer<Context<S>> =
        config.create_with_context(Context::new(core, shared, worker)).map_err(refused)?;
    consumer.subscribe(&shared.names.all()).map_err(refused)?;
    let outcome = turn_until_stopped(&consumer, shared);
    consumer.context().core().leave(&consumer, outcome.is_ok());
    close(consumer, shared.stop.left(STOPPED_WITHIN).map_or(CLOSE_WITHIN, |left| left.min(CLOSE_WITHIN)));
    outcome
}

fn turn_until_stopped<S: Step>(consumer: &BaseConsumer<Context<S>>, shared: &Shared) -> Result<(), WorkerError> {
    let mut wait = consumer.context().core().tend(consumer)?;
    let mut turns = 0_u32;
    while !shared.stop.wanted() {
        // A poll that need not wait tells that records are queued: then the wall clock is read every few records only.
        let mut polled = consumer.poll(Duration::ZERO);
        let idle = polled.is_none();
        if idle {
            polled = consumer.poll(wait);
        }
        let mut core = consumer.context().core();
        turns = turns.wrapping_add(1);
        if idle || turns.is_multiple_of(CLOCK) {
            core.now = jiff::Timestamp::now();
        }
        match polled {
            Some(Ok(message)) => core.take(consumer, &message)?,
            Some(Err(error)) => consumer_error(&error)?,
            None => {}
        }
        wait = core.tend(consumer)?;
    }
    Ok(())
}

/// An error that comes instead of a record. Most pass: librdkafka connects, asks and joins again by itself, also after the
/// worker polled too late and was put out of its group. The callback has logged and counted them.
fn consumer_error(error: &KafkaError) -> Result<(), WorkerError> {
    match error {
        KafkaError::MessageConsumptionFatal(_) => Err(WorkerError::Consumer(error.to_string())),
        error if error.rdkafka_error_code().is_some_and(is_forbidden) => Err(WorkerError::Forbidden(error.to_string())),
        _ => Ok(()),
    }
}

/// Leaves the group on another thread, which is left behind if it does not end in time.
fn close<S: Step + 'static>(consumer: BaseConsumer<Context<S>>, within: Duration) {
    let (done, closed) = mpsc::channel();
    let closing = std::thread::Builder::new().name("close".into()).spawn(move || {
        drop(consumer);
        let _ = done.send(());
    });
    if closing.is_err() || closed.recv_timeout(within).is_err() {
        tracing::warn!("the consumer did not leave its group in time; the group will notice by its session time-out");
    }
}

impl<S: Step> Core<S> {
    /// A record was polled.
    fn take(&mut self, consumer: &BaseConsumer<Context<S>>, message: &BorrowedMessage<'_>) -> Result<(), WorkerError> {
        let Some(place) = self.shared.names.place(message.topic(), message.partition()) else { return Ok(()) };
        self.counters.received[place.topic].inc();
        if !self.held[place.topic].is_empty() || self.shared.quotas.take(place.topic).is_err() {
            self.held[place.topic].push(place, message.detach());
            if self.held[place.topic].is_full() {
                self.pause(consumer, place.topic)?;
            }
            return Ok(());
        }
        let outcome = self.process(place, message);
        self.mend(consumer, outcome)
    }

    /// Ends the batch if it is time, lets held records go, and says how long the next poll may wait.
    fn tend(&mut self, consumer: &BaseConsumer<Context<S>>) -> Result<Duration, WorkerError> {
        self.watch.health.worker(self.watch.worker).turn();
        if let Some(error) = self.ended.take() {
            return Err(error);
        }
        self.end_batch(consumer)?;
        let mut wait = WAIT;
        for topic in 0..self.held.len() {
            // Paused with nothing held: a rewind let go of what was held.
            if !self.held[topic].is_empty() || !self.held[topic].paused().is_empty() {
                wait = wait.min(self.release(consumer, topic)?);
            }
        }
        if !self.closed.is_empty() {
            let outcome = self.settle(consumer);
            self.mend(consumer, outcome)?;
            wait = wait.min(ACKS);
        }
        if std::mem::take(&mut self.resting) {
            self.watch.rest(self.pause);
        }
        // Last, so that there is a producer whenever a record is polled.
        if self.sender.is_none() && !self.connect()? {
            return Ok(Duration::ZERO);
        }
        if let Some(opened) = self.batch.opened {
            wait = wait.min(self.longest().saturating_sub(opened.elapsed()));
        }
        Ok(wait)
    }

    fn longest(&self) -> Duration {
        self.shared.settings.commit_every.min(LONGEST_BATCH)
    }

    fn end_batch(&mut self, consumer: &BaseConsumer<Context<S>>) -> Result<(), WorkerError> {
        let now = Instant::now();
        let due = match self.batch.opened {
            Some(opened) => {
                now.duration_since(opened) >= self.longest()
                    || self.batch.bytes >= LARGEST_BATCH
                    || self.batch.inputs >= self.limit
            }
            None => now.duration_since(self.looked) >= IDLE && !self.assigned.is_empty(),
        };
        if !due {
            return Ok(());
        }
        self.looked = now;
        let outcome = self.finish(consumer);
        self.mend(consumer, outcome)
    }

    /// Takes held records for which there are tokens; says when there will be another.
    fn release(&mut self, consumer: &BaseConsumer<Context<S>>, topic: usize) -> Result<Duration, WorkerError> {
        let mut wait = Duration::ZERO;
        for _ in 0..TURN {
            if self.held[topic].is_empty() || self.sender.is_none() {
                wait = WAIT;
                break;
            }
            if let Err(until) = self.shared.quotas.take(topic) {
                wait = until.max(Duration::from_millis(1));
                break;
            }
            if let Some((place, message)) = self.held[topic].pop() {
                let outcome = self.process(place, &message);
                self.mend(consumer, outcome)?;
                self.end_batch(consumer)?;
            }
        }
        if self.held[topic].has_room() && !self.held[topic].paused().is_empty() {
            let paused = std::mem::take(self.held[topic].paused());
            let resumed = consumer.resume(&self.shared.names.bare(paused));
            resumed.map_err(|error| WorkerError::Consumer(error.to_string()))?;
        }
        self.gauge_quotas();
        Ok(wait)
    }

    fn pause(&mut self, consumer: &BaseConsumer<Context<S>>, topic: usize) -> Result<(), WorkerError> {
        let places: Vec<_> = self.assigned.iter().copied().filter(|place| place.topic == topic).collect();
        consumer
            .pause(&self.shared.names.bare(places.iter().copied()))
            .map_err(|error| WorkerError::Consumer(error.to_string()))?;
        self.held[topic].paused().extend(places);
        self.gauge_quotas();
        Ok(())
    }

    fn mend(&mut self, consumer: &BaseConsumer<Context<S>>, outcome: Result<(), Fault>) -> Result<(), WorkerError> {
        let Err(fault) = outcome else { return Ok(()) };
        let watch = self.watch.clone();
        self.recover(consumer, fault, &[], &watch.patience(COMMIT_WITHIN))
    }

    /// The last commit. After an error there is nothing to commit: what was begun is aborted by the producer's successor.
    fn leave(&mut self, consumer: &BaseConsumer<Context<S>>, well: bool) {
        if well && !self.closing {
            let watch = self.watch.clone();
            let patience = watch.patience(CLOSE_WITHIN);
            if patience.stopped() {
                tracing::warn!("brokers do not answer; what is not committed is read again");
                self.closing = true;
                return;
            }
            let all: Vec<_> = self.assigned.iter().copied().collect();
            // Asynchronous, since closing waits for it, and with a deadline.
            if let Err(fault) = self.finish_for(consumer, &all, &patience, CommitMode::Async)
                && let Err(error) = self.recover(consumer, fault, &all, &patience)
            {
                tracing::warn!(%error, "the last batch is not committed; its records are read again");
            }
        }
        self.closing = true;
    }
}
