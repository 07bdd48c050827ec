//! The producer of a worker: sends outputs, and makes the transactional calls.
//!
//! In: outputs of a step. Out: records on their way, or the [`Fault`] that says what becomes of the batch.
//!
//! Why not `Producer::flush`: the crate's flush sleeps in slices of 100 ms, so a commit with one record in flight takes
//! 66-90 ms instead of 8. Here the producer's own thread serves the reports, and [`Sender::delivered`] waits until nothing
//! is in flight; the flush inside `commit_transaction` then has nothing to wait for.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, TopicPartitionList};

use super::acks::{Acks, Reports};
use super::error::{Class, Fault, WorkerError, classify, is_forbidden, is_refusal, produce_reason};
use super::patience::{Patience, SLICE, Watch};
use super::settings::{Delivery, OutputTopics};
use super::topics::TopicLimits;
use crate::metrics::Metrics;
use crate::stages::{Outgoing, Output};

/// What the protocol adds to a record that is alone in its batch: 61 bytes of batch header, and lengths and deltas of some
/// 40 bytes. Rounded up: a record of just that size less is not worth an abort.
const FRAMING: usize = 256;
/// The same for a header: two lengths of up to 5 bytes.
const HEADER_FRAMING: usize = 10;
/// A full queue that does not move for this long means that the batch cannot make it: a transaction lives for 10 s.
const SEND_WITHIN: Duration = Duration::from_secs(15);

/// A worker's producer.
pub(super) struct Sender {
    producer: ThreadedProducer<Reports>,
    acks: Arc<Acks>,
    topics: OutputTopics,
    limits: TopicLimits,
    metrics: Arc<Metrics>,
    transactional: bool,
}

impl Sender {
    /// Makes the producer; nothing is connected yet.
    pub(super) fn new(
        config: &ClientConfig,
        delivery: Delivery,
        topics: &OutputTopics,
        limits: TopicLimits,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, WorkerError> {
        let acks = Arc::new(Acks::new(Arc::clone(metrics)));
        let producer = config
            .create_with_context(Reports(Arc::clone(&acks)))
            .map_err(|error: KafkaError| WorkerError::Client(error.to_string()))?;
        let transactional = delivery == Delivery::ExactlyOnce;
        Ok(Self { producer, acks, topics: topics.clone(), limits, metrics: Arc::clone(metrics), transactional })
    }

    /// Gets the producer its identity, which also aborts what an earlier owner of the transactional id left open.
    pub(super) fn init(&self, patience: &Patience<'_>) -> Result<(), Fault> {
        if !self.transactional {
            return Ok(());
        }
        patience.call("init_transactions", || self.producer.init_transactions(SLICE))
    }

    pub(super) fn acks(&self) -> &Acks {
        &self.acks
    }

    /// Whether the topic takes a record of this size. It is weighed as if nothing were compressed: a little too careful.
    pub(super) fn takes(&self, outgoing: &Outgoing) -> bool {
        weight(outgoing) <= self.limits.of(outgoing.to).bytes
    }

    /// Hands a record to the producer. `partition` is that of the input.
    pub(super) fn send(&self, outgoing: &Outgoing, partition: i32, epoch: usize, watch: &Watch) -> Result<(), Fault> {
        let mut record: BaseRecord<'_, [u8], [u8], usize> =
            BaseRecord::with_opaque_to(self.topics.of(outgoing.to), epoch).headers(headers(outgoing));
        record.key = outgoing.key.as_deref();
        record.payload = outgoing.payload.as_deref();
        if outgoing.to == Output::DeadLetters && outgoing.key.is_none() {
            record.partition = Some(partition % self.limits.dead_letters.partitions);
        }
        self.acks.sent(epoch);
        let mut patience = None;
        loop {
            let (error, back) = match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err(refused) => refused,
            };
            let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
            // Back-pressure: the queue empties by deliveries, which this thread helps to serve.
            let full = code == RDKafkaErrorCode::QueueFull && !self.acks.failed();
            if full && !patience.get_or_insert_with(|| watch.patience(SEND_WITHIN)).spent() {
                self.producer.poll(Duration::from_millis(1));
                record = back;
                continue;
            }
            self.acks.unsent(epoch);
            if code != RDKafkaErrorCode::QueueFull {
                self.metrics.produce_errors.with_label_values(&[produce_reason(code)]).inc();
            }
            return Err(match code {
                _ if is_refusal(code) => Fault::Refused(code),
                RDKafkaErrorCode::Fatal => Fault::Broken(error.to_string()),
                _ => self.failure().unwrap_or_else(|| Fault::Failed(error.to_string())),
            });
        }
    }

    /// Waits until each record sent is with the brokers.
    pub(super) fn delivered(&self, patience: &Patience<'_>) -> Result<(), Fault> {
        self.quiet(patience)?;
        self.failure().map_or(Ok(()), Err)
    }

    /// Waits until no report is missing, whatever the reports say.
    fn quiet(&self, patience: &Patience<'_>) -> Result<(), Fault> {
        // Short at first, since a healthy broker answers within a millisecond or few; then less busy.
        let mut pause = Duration::from_micros(50);
        while self.producer.in_flight_count() > 0 {
            if patience.spent() {
                return Err(Fault::Failed("brokers did not take all records in time".into()));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(1));
        }
        Ok(())
    }

    /// The fault that a failed delivery stands for.
    pub(super) fn failure(&self) -> Option<Fault> {
        if !self.acks.failed() {
            return None;
        }
        let code = self.acks.failure().unwrap_or(RDKafkaErrorCode::Fail);
        Some(match code {
            _ if is_refusal(code) => Fault::Refused(code),
            _ if is_forbidden(code) => Fault::Ended(WorkerError::Forbidden(code.to_string())),
            RDKafkaErrorCode::Fatal => Fault::Broken(code.to_string()),
            _ => Fault::Failed(code.to_string()),
        })
    }

    pub(super) fn begin(&self) -> Result<(), Fault> {
        self.producer.begin_transaction().map_err(|error| match classify(&error) {
            Class::Fault(fault) => fault,
            Class::Again => Fault::Failed(error.to_string()),
        })
    }

    pub(super) fn send_offsets(
        &self,
        offsets: &TopicPartitionList,
        group: &ConsumerGroupMetadata,
        patience: &Patience<'_>,
    ) -> Result<(), Fault> {
        patience.call("send_offsets", || self.producer.send_offsets_to_transaction(offsets, group, SLICE))
    }

    pub(super) fn commit(&self, patience: &Patience<'_>) -> Result<(), Fault> {
        patience.call("commit_transaction", || self.producer.commit_transaction(SLICE))
    }

    /// Aborts, and waits until the producer can begin anew.
    pub(super) fn abort(&self, patience: &Patience<'_>) -> Result<(), Fault> {
        patience.call("abort_transaction", || self.producer.abort_transaction(SLICE))?;
        self.quiet(patience)?;
        self.acks.clear();
        Ok(())
    }
}

fn headers(outgoing: &Outgoing) -> OwnedHeaders {
    let empty = OwnedHeaders::new_with_capacity(outgoing.headers.len());
    outgoing.headers.iter().fold(empty, |headers, (key, value)| headers.insert(Header { key, value: value.as_deref() }))
}

fn weight(outgoing: &Outgoing) -> usize {
    let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    let headers = outgoing.headers.iter().map(|(key, value)| key.len() + length(value) + HEADER_FRAMING).sum::<usize>();
    length(&outgoing.key) + length(&outgoing.payload) + headers + FRAMING
}
