//! Delivery reports: which outputs a broker has, and which it refused.
//!
//! In: one report a record, on the producer's own thread. Out: for each epoch (a batch) how many reports are missing, and
//! the first failure. Counting by epoch instead of by record makes the at-least-once watermark one atomic a record.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};

use super::error::{is_refusal, produce_reason};
use super::log;
use crate::metrics::Metrics;

/// Epochs that may be open at once. At 100 ms a batch these are 25 s, more than a record may stay undelivered before the
/// worker waits.
pub(super) const EPOCHS: usize = 256;

/// What is known about the records of one producer.
pub(super) struct Acks {
    pending: [AtomicI64; EPOCHS],
    failed: AtomicBool,
    failure: Mutex<Option<RDKafkaErrorCode>>,
    metrics: Arc<Metrics>,
}

impl Acks {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            pending: [const { AtomicI64::new(0) }; EPOCHS],
            failed: AtomicBool::new(false),
            failure: Mutex::default(),
            metrics,
        }
    }

    pub(super) fn sent(&self, epoch: usize) {
        self.pending[epoch % EPOCHS].fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn unsent(&self, epoch: usize) {
        self.pending[epoch % EPOCHS].fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether all records of an epoch have their report.
    pub(super) fn settled(&self, epoch: usize) -> bool {
        self.pending[epoch % EPOCHS].load(Ordering::Acquire) == 0
    }

    /// Whether any record failed since the last [`Self::clear`].
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// The failure that tells most: a refusal of a record explains the others, which failed with it.
    pub(super) fn failure(&self) -> Option<RDKafkaErrorCode> {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets failures, after an abort. All reports must be in.
    pub(super) fn clear(&self) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.failed.store(false, Ordering::Release);
    }

    fn report(&self, epoch: usize, code: Option<RDKafkaErrorCode>) {
        if let Some(code) = code {
            // What an abort threw away failed for another reason, which was counted.
            if !matches!(code, RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) {
                self.metrics.produce_errors.with_label_values(&[produce_reason(code)]).inc();
            }
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            if failure.is_none_or(|known| is_refusal(code) && !is_refusal(known)) {
                *failure = Some(code);
            }
            self.failed.store(true, Ordering::Release);
        }
        // Last, so that who sees an epoch settled also sees its failure.
        self.pending[epoch % EPOCHS].fetch_sub(1, Ordering::AcqRel);
    }
}

/// The producer's callbacks.
pub(super) struct Reports(pub(super) Arc<Acks>);

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log::line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        log::error(&error, reason);
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, epoch: usize) {
        let code = result.as_ref().err().map(|(error, _)| error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail));
        self.0.report(epoch, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_settled_when_all_its_reports_are_in_and_a_refusal_explains_most() {
        let acks = Acks::new(Arc::default());
        acks.sent(1);
        acks.sent(1);
        acks.sent(2);
        acks.report(1, Some(RDKafkaErrorCode::PurgeQueue));
        acks.report(1, Some(RDKafkaErrorCode::MessageSizeTooLarge));
        assert!(acks.settled(1) && !acks.settled(2) && acks.failed());
        assert_eq!(acks.failure(), Some(RDKafkaErrorCode::MessageSizeTooLarge));
        acks.report(2, None);
        acks.clear();
        assert!(acks.settled(2) && !acks.failed());
    }
}
