//! A record through the step, and its outputs to the producer.
//!
//! In: a polled record. Out: outputs on their way, the record entered in the open batch. Whatever goes wrong after a record
//! was polled, it is in the batch first, so that the rewind of the batch brings it back.
//!
//! Why the state lives behind a lock: the rebalance callback runs inside `poll`, on the same thread, and must commit or
//! abort the open batch. The lock is never contended; it is taken once a turn.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::Message;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::Headers;

use super::Step;
use super::batch::{Batch, Counters};
use super::error::{Fault, WorkerError};
use super::patience::Watch;
use super::place::{Offsets, Place};
use super::quota::Held;
use super::sender::Sender;
use super::settings::Delivery;
use super::worker::Shared;
use crate::stages::{Arrival, Outcome, Outgoing, Output};

/// A batch of at-least-once that waits for its acknowledgements.
pub(super) struct Closed {
    pub(super) epoch: usize,
    pub(super) batch: Batch,
    pub(super) offsets: Offsets,
}

/// Everything that a worker holds besides its consumer.
pub(super) struct Core<S> {
    pub(super) step: S,
    pub(super) shared: Arc<Shared>,
    pub(super) watch: Watch,
    /// `None` until it is connected, and after it failed.
    pub(super) sender: Option<Sender>,
    pub(super) counters: Counters,
    pub(super) batch: Batch,
    /// Whether a transaction is open.
    pub(super) begun: bool,
    pub(super) epoch: usize,
    pub(super) closed: VecDeque<Closed>,
    /// Offsets whose outputs are acknowledged (at-least-once).
    pub(super) acked: Offsets,
    pub(super) committed: Offsets,
    pub(super) held: Vec<Held>,
    pub(super) assigned: BTreeSet<Place>,
    /// Most inputs of a batch; lowered to find the one that a broker refuses.
    pub(super) limit: usize,
    /// Inputs whose outputs a broker refused while they were alone in their batch.
    pub(super) condemned: BTreeMap<(Place, i64), RDKafkaErrorCode>,
    pub(super) fenced: Option<Instant>,
    /// Time to wait after a failure; grows with each until a batch is durable.
    pub(super) pause: Duration,
    /// Whether that wait is still to come.
    pub(super) resting: bool,
    pub(super) ended: Option<WorkerError>,
    pub(super) closing: bool,
    pub(super) looked: Instant,
    pub(super) now: Timestamp,
    out: Vec<Outgoing>,
}

impl<S: Step> Core<S> {
    pub(super) fn new(shared: &Arc<Shared>, watch: Watch, step: S) -> Self {
        Self {
            step,
            shared: Arc::clone(shared),
            watch,
            sender: None,
            counters: Counters::new(&shared.metrics, &shared.names),
            batch: Batch::default(),
            begun: false,
            epoch: 0,
            closed: VecDeque::new(),
            acked: Offsets::new(),
            committed: Offsets::new(),
            held: shared.settings.inputs.iter().map(|_| Held::default()).collect(),
            assigned: BTreeSet::new(),
            limit: usize::MAX,
            condemned: BTreeMap::new(),
            fenced: None,
            pause: Duration::ZERO,
            resting: false,
            ended: None,
            closing: false,
            looked: Instant::now(),
            now: Timestamp::now(),
            out: Vec::new(),
        }
    }

    /// Takes a record through the step.
    pub(super) fn process<M: Message>(&mut self, place: Place, message: &M) -> Result<(), Fault> {
        let started = Instant::now();
        self.batch.enter(place, message.offset(), started);
        let Some(sender) = &self.sender else { return Err(Fault::Broken("the producer is not connected".into())) };
        if !self.begun && self.shared.settings.delivery == Delivery::ExactlyOnce {
            sender.begin()?;
            self.begun = true;
        }
        // A record without a timestamp, or with one that no calendar holds, is as old as its arrival.
        let timestamp =
            message.timestamp().to_millis().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(self.now);
        let read = headers(message);
        let arrival = Arrival {
            topic: self.shared.names.name(place.topic),
            partition: place.partition,
            offset: message.offset(),
            timestamp,
            key: message.key(),
            payload: message.payload(),
            headers: read.as_deref().unwrap_or_default(),
        };
        self.out.clear();
        let outcome = match self.condemned.get(&(place, message.offset())) {
            Some(code) => refuse(&mut self.step, &arrival, "refused", &code.to_string(), &mut self.out),
            None if read.is_none() => {
                refuse(&mut self.step, &arrival, "header_name", "a header name is not UTF-8", &mut self.out)
            }
            None => careful(&mut self.step, &arrival, self.now, &mut self.out),
        };
        let outcome =
            match self.out.iter().find(|outgoing| outgoing.to != Output::DeadLetters && !sender.takes(outgoing)) {
                Some(large) => {
                    let message =
                        format!("an output is larger than topic `{}` takes", self.shared.settings.outputs.of(large.to));
                    refuse(&mut self.step, &arrival, "too_large", &message, &mut self.out)
                }
                None => outcome,
            };
        for outgoing in &self.out {
            sender.send(outgoing, place.partition, self.epoch, &self.watch)?;
            self.batch.published(outgoing.to, outgoing.payload.as_ref().map_or(0, Vec::len));
        }
        self.batch.note(place.topic, outcome, timestamp.as_millisecond());
        self.counters.processing.observe(started.elapsed().as_secs_f64());
        Ok(())
    }
}

/// The outputs so far are replaced by a dead letter.
fn refuse<S: Step>(
    step: &mut S,
    arrival: &Arrival<'_>,
    reason: &'static str,
    message: &str,
    out: &mut Vec<Outgoing>,
) -> Outcome {
    out.clear();
    step.unpublishable(arrival, reason, message, out);
    Outcome::DeadLetter(reason)
}

/// The step, of which a panic costs one record and not the worker: a text that finds a fault in a decoder would otherwise
/// come again after each restart, and nothing behind it would ever be read. The step may hold half-made state of that
/// record; steps are stateless but for rate limits, so that costs at most an alert too many.
fn careful<S: Step>(step: &mut S, arrival: &Arrival<'_>, now: Timestamp, out: &mut Vec<Outgoing>) -> Outcome {
    match catch_unwind(AssertUnwindSafe(|| step.step(arrival, now, out))) {
        Ok(outcome) => outcome,
        Err(panic) => {
            let message = panic_message(panic.as_ref());
            tracing::error!(
                topic = arrival.topic, partition = arrival.partition, offset = arrival.offset, %message,
                "the step panicked; the record goes to the dead letters"
            );
            refuse(step, arrival, "panic", message, out)
        }
    }
}

pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

pub(super) type HeaderList<'a> = Vec<(&'a str, Option<&'a [u8]>)>;

/// The headers in order; `None` when a name is not UTF-8, at which the crate panics.
pub(super) fn headers<M: Message>(message: &M) -> Option<HeaderList<'_>> {
    let Some(headers) = message.headers() else { return Some(Vec::new()) };
    catch_unwind(AssertUnwindSafe(|| headers.iter().map(|header| (header.key, header.value)).collect())).ok()
}
