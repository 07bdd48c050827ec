//! What a topic gives from now on, or from a little before, with no trace left in the cluster.
//!
//! In: brokers, a topic, and where to begin. Out: every record that a `read_committed` reader sees, as it comes, until
//! the caller has seen enough.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use super::core::headers;
use super::error::{StartError, WorkerError};
use super::past::{arrival, forbidden, look};
use super::topics::Asking;
use crate::stages::Arrival;

/// How long to wait for a record before the caller is asked whether to go on.
const TURN: Duration = Duration::from_millis(200);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// With what comes next.
    Now,
    /// So many records of each partition before its end.
    Last(u32),
    /// With the first record that is there.
    Beginning,
}

/// A topic as it goes on.
pub struct Tail {
    consumer: BaseConsumer<Asking>,
    topic: String,
}

impl Tail {
    /// Looks up where the topic's partitions are, and begins there.
    ///
    /// # Errors
    /// No broker, no such topic, or properties that are the program's own.
    pub fn open(
        brokers: &str,
        properties: &BTreeMap<String, String>,
        topic: &str,
        since: Since,
    ) -> Result<Self, StartError> {
        let (consumer, bounds) = look(brokers, properties, topic)?;
        let mut list = TopicPartitionList::new();
        for bounds in bounds {
            let first = match since {
                Since::Now => bounds.high,
                Since::Last(count) => (bounds.high - i64::from(count)).max(bounds.low),
                Since::Beginning => bounds.low,
            };
            // Fails only for an offset below zero, which no record has.
            let _ = list.add_partition_offset(topic, bounds.partition, Offset::Offset(first));
        }
        consumer.assign(&list).map_err(|error| StartError::Client(error.to_string()))?;
        Ok(Self { consumer, topic: topic.to_owned() })
    }

    /// Gives every record as it comes, and nothing in between where none does; `each` says whether to go on.
    ///
    /// # Errors
    /// The brokers forbid it, or the topic is gone. Brokers that are away are waited for.
    pub fn follow(self, mut each: impl FnMut(Option<&Arrival<'_>>) -> bool) -> Result<(), WorkerError> {
        loop {
            let go_on = match self.consumer.poll(TURN) {
                Some(Ok(message)) => {
                    each(Some(&arrival(&self.topic, &message, &headers(&message).unwrap_or_default())))
                }
                Some(Err(error)) if forbidden(&error) => {
                    return Err(WorkerError::Consumer(format!("topic `{}` may not be read: {error}", self.topic)));
                }
                // The end of a partition is where the waiting begins.
                Some(Err(KafkaError::PartitionEOF(_))) => true,
                Some(Err(error)) => {
                    tracing::warn!(topic = self.topic, %error, "no records for now");
                    each(None)
                }
                None => each(None),
            };
            if !go_on {
                return Ok(());
            }
        }
    }
}
