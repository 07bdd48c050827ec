//! What librdkafka tells a worker's consumer besides records: rebalances, statistics, failed commits, logs.
//!
//! In: callbacks, all of them inside `poll`, on the worker's own thread. Out: the state of the worker brought in line.
//!
//! When partitions are about to leave, the order matters: take no more records (nothing else runs meanwhile), make the
//! open batch durable with the offsets of all its partitions, or else take it back and rewind those that stay, and only
//! then forget what leaves and return. Outputs of partitions that stay are in the same transaction, so there is no way to
//! commit for just some.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use super::core::Core;
use super::error::Fault;
use super::place::Place;
use super::worker::Shared;
use super::{Step, lag, log};

/// For the last commit before partitions leave. The group waits for this worker meanwhile.
const REVOKE_WITHIN: Duration = Duration::from_secs(5);

/// A consumer's callbacks, and the state that they share with the loop.
pub(super) struct Context<S> {
    core: Mutex<Core<S>>,
    shared: Arc<Shared>,
    worker: usize,
}

impl<S: Step> Context<S> {
    pub(super) fn new(core: Core<S>, shared: &Arc<Shared>, worker: usize) -> Self {
        Self { core: Mutex::new(core), shared: Arc::clone(shared), worker }
    }

    /// The state. Poisoned by a panic, it is only good for closing.
    pub(super) fn core(&self) -> MutexGuard<'_, Core<S>> {
        let broken = self.core.is_poisoned();
        let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        core.closing |= broken;
        core
    }

    fn counted(&self, kind: &str) {
        self.shared.metrics.rebalances.with_label_values(&[kind]).inc();
    }
}

impl<S: Step> ClientContext for Context<S> {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log::line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::PollExceeded) {
            self.shared.metrics.max_poll_exceeded.inc();
            self.shared.health.worker(self.worker).overdue();
        }
        log::error(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        let core = self.core();
        for (topic, partition, records) in lag::read(statistics) {
            let Some(place) = self.shared.names.place(&topic, partition) else { continue };
            if core.assigned.contains(&place) {
                // What is held for its quota was polled, but not done.
                let held = core.held[place.topic].count(place);
                self.shared.metrics.set_lag(&topic, partition, records.saturating_add(held));
            }
        }
    }
}

impl<S: Step> ConsumerContext for Context<S> {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Revoke(list) => {
                let unowned = consumer.assignment_lost();
                self.counted(if unowned { "lost" } else { "revoke" });
                self.core().revoke(consumer, &self.shared.names.places(list), unowned);
            }
            Rebalance::Assign(_) => self.counted("assign"),
            Rebalance::Error(error) => {
                self.counted("error");
                tracing::warn!(%error, "rebalance");
            }
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(list) = rebalance {
            self.core().assign(&self.shared.names.places(list));
            self.shared.health.worker(self.worker).joined(true);
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            self.shared.metrics.commit_errors.inc();
            tracing::debug!(%error, "offsets were not committed");
            // Sends all of them again with the next commit.
            self.core().committed.clear();
        }
    }
}

impl<S: Step> Core<S> {
    fn assign(&mut self, places: &[Place]) {
        tracing::info!(worker = self.watch.worker, partitions = places.len(), "partitions assigned");
        self.assigned.extend(places);
        self.shared.metrics.assigned.add(count(places));
    }

    fn revoke(&mut self, consumer: &BaseConsumer<Context<S>>, gone: &[Place], lost: bool) {
        tracing::info!(worker = self.watch.worker, partitions = gone.len(), lost, "partitions revoked");
        if !self.closing {
            let watch = self.watch.clone();
            let patience = watch.patience(REVOKE_WITHIN);
            let idle = self.batch.is_empty() && self.closed.is_empty();
            let outcome = match (lost, idle) {
                (true, true) => Ok(()),
                (true, false) => Err(Fault::Failed("the assignment was lost".into())),
                (false, _) => self.finish_for(consumer, gone, &patience, CommitMode::Sync),
            };
            if let Err(fault) = outcome
                && let Err(error) = self.recover(consumer, fault, gone, &patience)
            {
                self.ended = Some(error);
            }
        }
        self.forget(consumer, gone);
    }

    /// Drops what belongs to partitions that leave.
    fn forget(&mut self, consumer: &BaseConsumer<Context<S>>, gone: &[Place]) {
        let mut resume = Vec::new();
        for held in &mut self.held {
            held.forget(|place| gone.contains(&place));
            // librdkafka would keep them paused when they come back.
            resume.extend(held.paused().extract_if(.., |place| gone.contains(place)));
        }
        if !resume.is_empty()
            && let Err(error) = consumer.resume(&self.shared.names.bare(resume))
        {
            tracing::warn!(%error, "revoked partitions cannot be resumed");
        }
        self.condemned.retain(|(place, _), _| !gone.contains(place));
        for place in gone {
            self.committed.remove(place);
            self.acked.remove(place);
            if self.assigned.remove(place) {
                self.shared.metrics.assigned.dec();
                self.shared.metrics.drop_lag(self.shared.names.name(place.topic), place.partition);
            }
        }
        self.gauge_quotas();
    }
}

/// What a worker that ends still has in the gauges leaves with it.
impl<S> Drop for Core<S> {
    fn drop(&mut self) {
        for place in &self.assigned {
            self.shared.metrics.drop_lag(self.shared.names.name(place.topic), place.partition);
        }
        let assigned: Vec<Place> = self.assigned.iter().copied().collect();
        self.shared.metrics.assigned.sub(count(&assigned));
        for held in &mut self.held {
            held.forget(|_| true);
            held.paused().clear();
        }
        self.gauge_quotas();
    }
}

fn count(places: &[Place]) -> i64 {
    i64::try_from(places.len()).unwrap_or(i64::MAX)
}
