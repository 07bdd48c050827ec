//! Ends of a batch: made durable, or taken back.
//!
//! In: an open batch. Out: outputs and offsets durable together, or an abort and every partition of the batch rewound to
//! where the batch began.
//!
//! What is committed is the consumer's position, not the last record plus one: transactions of upstream producers leave
//! control records and aborted records behind the last one seen, and an idle topic would otherwise keep a lag for ever.
//!
//! When a broker refuses a record for what it is, its whole produce batch fails and nobody says which record it was. Then
//! batches shrink to half, again and again, until the culprit is alone in one; it becomes a dead letter. Batches grow again
//! with each success. A blind retry would loop for ever; one record at a time from the start would take minutes.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::Step;
use super::acks::EPOCHS;
use super::batch::Batch;
use super::context::Context;
use super::core::{Closed, Core};
use super::error::{Fault, WorkerError};
use super::patience::{Patience, SLICE};
use super::place::{Offsets, Place};
use super::sender::Sender;
use super::settings::Delivery;

/// A commit that takes longer is aborted; the transaction's own time-out (10 s) has passed by then.
pub(super) const COMMIT_WITHIN: Duration = Duration::from_secs(20);
/// A seek is a message to librdkafka's own thread: this is only there to notice that the thread is dead.
const SEEK_WITHIN: Duration = Duration::from_secs(5);
/// Fenced again within this time: somebody else uses the name. A batch that outlives its transaction is fenced as well,
/// but not twice in a row.
const FENCED_AGAIN: Duration = Duration::from_mins(1);
/// Pauses after failures double from the first to the last of these.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// At-least-once lets batches overlap, but every so many it waits for all, so that the step hears of it.
const OVERLAP: usize = 10;

impl<S: Step> Core<S> {
    /// Makes the batch durable; in at-least-once it is closed and may become durable a little later.
    pub(super) fn finish(&mut self, consumer: &BaseConsumer<Context<S>>) -> Result<(), Fault> {
        let watch = self.watch.clone();
        let patience = watch.patience(COMMIT_WITHIN);
        match self.shared.settings.delivery {
            Delivery::ExactlyOnce => self.transact(consumer, &patience),
            Delivery::AtLeastOnce => {
                self.close(consumer)?;
                if self.epoch.is_multiple_of(OVERLAP) || self.limit != usize::MAX || self.closed.len() > EPOCHS / 2 {
                    self.drain(&patience)?;
                }
                self.settle(consumer)
            }
        }
    }

    /// Makes everything durable before partitions leave. In at-least-once, only the offsets of those that leave.
    pub(super) fn finish_for(
        &mut self,
        consumer: &BaseConsumer<Context<S>>,
        gone: &[Place],
        patience: &Patience<'_>,
        mode: CommitMode,
    ) -> Result<(), Fault> {
        match self.shared.settings.delivery {
            Delivery::ExactlyOnce => self.transact(consumer, patience),
            Delivery::AtLeastOnce => {
                self.close(consumer)?;
                self.drain(patience)?;
                self.tally()?;
                let leaving = gone.iter().filter_map(|place| Some((*place, *self.acked.get(place)?))).collect();
                self.commit(consumer, leaving, mode);
                Ok(())
            }
        }
    }

    /// Outputs and offsets in one transaction.
    fn transact(&mut self, consumer: &BaseConsumer<Context<S>>, patience: &Patience<'_>) -> Result<(), Fault> {
        let offsets = self.due(consumer)?;
        if self.batch.is_empty() && offsets.is_empty() {
            return Ok(());
        }
        let Some(sender) = &self.sender else { return Err(Fault::Broken("the producer is not connected".into())) };
        if !self.begun {
            sender.begin()?;
            self.begun = true;
        }
        // Anew each time: cached, it is an illegal generation after the next rebalance.
        let group = consumer.group_metadata().ok_or_else(|| Fault::Failed("the consumer has no group".into()))?;
        sender.send_offsets(&self.shared.names.list(&offsets), &group, patience)?;
        sender.delivered(patience)?;
        sender.commit(patience)?;
        self.begun = false;
        self.committed.extend(offsets);
        let batch = std::mem::take(&mut self.batch);
        self.count(&batch);
        self.step.committed();
        Ok(())
    }

    /// Where each partition stands if that differs from what was committed.
    fn due(&self, consumer: &BaseConsumer<Context<S>>) -> Result<Offsets, Fault> {
        let positions = consumer.position().map_err(|error| Fault::Ended(WorkerError::Consumer(error.to_string())))?;
        let mut due = self.shared.names.offsets(&positions);
        due.retain(|place, _| self.assigned.contains(place));
        for held in &self.held {
            held.lower(&mut due);
        }
        for (place, next) in &self.batch.next {
            due.entry(*place).and_modify(|offset| *offset = (*offset).max(*next)).or_insert(*next);
        }
        due.retain(|place, offset| self.committed.get(place) != Some(offset));
        Ok(due)
    }

    /// At-least-once: the open batch waits for its acknowledgements from now on.
    fn close(&mut self, consumer: &BaseConsumer<Context<S>>) -> Result<(), Fault> {
        let mut offsets = self.due(consumer)?;
        offsets.retain(|place, offset| self.acked.get(place) != Some(offset));
        if !self.batch.is_empty() || !offsets.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.closed.push_back(Closed { epoch: self.epoch, batch, offsets });
            self.epoch += 1;
        }
        Ok(())
    }

    fn drain(&mut self, patience: &Patience<'_>) -> Result<(), Fault> {
        self.sender.as_ref().map_or(Ok(()), |sender| sender.delivered(patience))
    }

    /// At-least-once: commits up to the first batch that is not acknowledged.
    pub(super) fn settle(&mut self, consumer: &BaseConsumer<Context<S>>) -> Result<(), Fault> {
        self.tally()?;
        self.commit(consumer, self.acked.clone(), CommitMode::Async);
        Ok(())
    }

    /// At-least-once: counts the batches that are acknowledged.
    fn tally(&mut self) -> Result<(), Fault> {
        let Some(sender) = &self.sender else { return Ok(()) };
        if let Some(fault) = sender.failure() {
            return Err(fault);
        }
        let mut settled = Vec::new();
        while let Some(front) = self.closed.front()
            && sender.acks().settled(front.epoch)
        {
            settled.extend(self.closed.pop_front());
        }
        let any = !settled.is_empty();
        for closed in settled {
            self.acked.extend(closed.offsets);
            self.count(&closed.batch);
        }
        if any && self.closed.is_empty() && self.batch.is_empty() {
            self.step.committed();
        }
        Ok(())
    }

    fn commit(&mut self, consumer: &BaseConsumer<Context<S>>, mut offsets: Offsets, mode: CommitMode) {
        offsets.retain(|place, offset| self.committed.get(place) != Some(offset));
        if offsets.is_empty() {
            return;
        }
        match consumer.commit(&self.shared.names.list(&offsets), mode) {
            Ok(()) => self.committed.extend(offsets),
            // Not fatal: during a rebalance commits may fail, and what is not committed is read again.
            Err(error) => {
                self.shared.metrics.commit_errors.inc();
                tracing::debug!(%error, "offsets were not committed");
            }
        }
    }

    fn count(&mut self, batch: &Batch) {
        self.counters.count(batch, &self.shared.names, jiff::Timestamp::now().as_millisecond());
        if !batch.is_empty() {
            self.shared.metrics.transactions.with_label_values(&["committed"]).inc();
        }
        // By a quarter: from one to thousands within two seconds, and no abort for each success if the cause stays.
        self.limit = self.limit.saturating_add(self.limit / 4 + 1);
        self.pause = Duration::ZERO;
        let next = &batch.next;
        self.condemned.retain(|(place, offset), _| next.get(place).is_none_or(|next| next <= offset));
    }

    /// Takes a batch back after a fault. `gone` are partitions that are leaving and need no rewind.
    pub(super) fn recover(
        &mut self,
        consumer: &BaseConsumer<Context<S>>,
        fault: Fault,
        gone: &[Place],
        patience: &Patience<'_>,
    ) -> Result<(), WorkerError> {
        let lost = match fault {
            Fault::Refused(code) => {
                self.narrow(code)?;
                None
            }
            Fault::Failed(why) => {
                tracing::warn!(%why, pause = ?self.pause, "the batch is taken back and tried again");
                self.rest();
                None
            }
            fault => Some(fault),
        };
        let lost = match (lost, &self.sender) {
            // Nobody waits for an abort at the end of a stop: the next producer of this name aborts what is open.
            (None, Some(_)) if self.begun && patience.stopped() => Some(Fault::Broken("stopping".into())),
            (None, Some(sender)) if self.begun => match sender.abort(patience) {
                Ok(()) => None,
                Err(Fault::Failed(why)) => Some(Fault::Broken(why)),
                Err(fault) => Some(fault),
            },
            // Without transactions only a new producer is sure to hold nothing of the failed batch.
            (None, Some(_)) if self.shared.settings.delivery == Delivery::AtLeastOnce => {
                self.sender = None;
                None
            }
            (lost, _) => lost,
        };
        let outcome = match lost {
            None | Some(Fault::Refused(_)) => Ok("aborted"),
            Some(Fault::Fenced) => self.fenced().map(|()| "fenced"),
            Some(Fault::Ended(error)) => Err(error),
            Some(Fault::Broken(why) | Fault::Failed(why)) => {
                tracing::warn!(%why, "the producer is built anew");
                self.disconnect();
                self.rest();
                Ok("rebuilt")
            }
        };
        let rewound = self.take_back(consumer, gone, patience);
        self.shared.metrics.transactions.with_label_values(&[outcome?]).inc();
        rewound
    }

    fn take_back(
        &mut self,
        consumer: &BaseConsumer<Context<S>>,
        gone: &[Place],
        patience: &Patience<'_>,
    ) -> Result<(), WorkerError> {
        self.begun = false;
        self.step.aborted();
        let mut first = Offsets::new();
        let batches = self.closed.drain(..).map(|closed| closed.batch).chain([std::mem::take(&mut self.batch)]);
        for (place, offset) in batches.flat_map(|batch| batch.first) {
            first.entry(place).and_modify(|known: &mut i64| *known = (*known).min(offset)).or_insert(offset);
        }
        for held in &mut self.held {
            held.forget(|place| first.contains_key(&place));
        }
        first.retain(|place, _| !gone.contains(place));
        // At the end of a stop nothing is read any more, and what is not committed is read again by the next.
        if first.is_empty() || patience.stopped() {
            return Ok(());
        }
        let failed = |why: String| WorkerError::Rewind(why);
        // The wish to stop does not wait for brokers that are gone: without the seek nothing is committed either.
        let within = if self.watch.stop.wanted() { SLICE } else { SEEK_WITHIN };
        let sought = consumer
            .seek_partitions(self.shared.names.list(&first), within)
            .map_err(|error| failed(error.to_string()))?;
        for element in sought.elements() {
            element.error().map_err(|error| failed(error.to_string()))?;
        }
        Ok(())
    }

    /// A broker refuses some record of what is outstanding: look for it in half as many, or, if it is alone, condemn it.
    fn narrow(&mut self, code: RDKafkaErrorCode) -> Result<(), WorkerError> {
        let inputs = self.batch.inputs + self.closed.iter().map(|closed| closed.batch.inputs).sum::<usize>();
        let alone = self
            .closed
            .iter()
            .map(|closed| &closed.batch)
            .chain([&self.batch])
            .find_map(|batch| batch.first.iter().next());
        match alone {
            Some((place, offset)) if inputs == 1 => {
                let (topic, partition, offset) = (self.shared.names.name(place.topic), place.partition, *offset);
                tracing::warn!(topic, partition, offset, %code, "a broker refuses the outputs of this record; it becomes a dead letter");
                if self.condemned.insert((*place, offset), code).is_some() {
                    return Err(WorkerError::DeadLetter {
                        topic: topic.to_owned(),
                        partition,
                        offset,
                        cause: code.to_string(),
                    });
                }
            }
            _ => {
                self.limit = (inputs / 2).max(1);
                tracing::warn!(%code, inputs, "a broker refuses a record of the batch; looking for it in smaller batches");
            }
        }
        Ok(())
    }

    fn fenced(&mut self) -> Result<(), WorkerError> {
        self.disconnect();
        let now = Instant::now();
        if self.fenced.replace(now).is_some_and(|before| now.duration_since(before) < FENCED_AGAIN) {
            return Err(WorkerError::Fenced(self.shared.transactional_id(self.watch.worker)));
        }
        tracing::warn!("the producer was fenced; a new one takes its place");
        Ok(())
    }

    fn rest(&mut self) {
        self.pause = (self.pause * 2).clamp(PAUSES.0, PAUSES.1);
        self.resting = true;
    }

    fn disconnect(&mut self) {
        self.sender = None;
        self.watch.health.worker(self.watch.worker).connected(false);
    }

    /// Makes a producer and gets it its identity, however long that takes; `false` if the process is to stop.
    pub(super) fn connect(&mut self) -> Result<bool, WorkerError> {
        let shared = self.shared.clone();
        while !self.watch.stop.wanted() {
            let config = shared.producer(self.watch.worker);
            let sender = Sender::new(
                &config,
                shared.settings.delivery,
                &shared.settings.outputs,
                shared.limits,
                &shared.metrics,
            )?;
            match sender.init(&self.watch.patience(COMMIT_WITHIN)) {
                Ok(()) => {
                    self.sender = Some(sender);
                    self.watch.health.worker(self.watch.worker).connected(true);
                    return Ok(true);
                }
                Err(Fault::Fenced) => self.fenced()?,
                Err(Fault::Ended(error)) => return Err(error),
                Err(fault) => {
                    tracing::warn!(?fault, "the producer is not initialised; trying again");
                    self.watch.rest(PAUSES.1);
                }
            }
        }
        Ok(false)
    }
}
