//! What a topic holds now, read once from its beginning, with no trace left in the cluster.
//!
//! In: brokers and a topic. Out: every record that a `read_committed` reader can see below the ends that the partitions
//! have at the start, partition by partition in their order, all partitions mixed. What arrives later is left out, so
//! that the reading ends and two of them are the same. Records of a transaction that is still open are not waited for: a
//! partition is done at its end, or where its reader can go no further now.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use super::core::headers;
use super::error::{StartError, WorkerError};
use super::topics::{Asking, ask};
use super::{client, refuses};
use crate::stages::Arrival;

/// For one answer about a partition.
const WITHIN: Duration = Duration::from_secs(10);
/// Without a record for so long it is given up: a broker that restarts is back by then.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a partition begins and ends.
pub(super) struct Bounds {
    pub(super) partition: i32,
    /// The first offset that is there.
    pub(super) low: i64,
    /// The offset of the next record.
    pub(super) high: i64,
}

/// A consumer that leaves no trace, and the bounds of a topic's partitions.
pub(super) fn look(
    brokers: &str,
    properties: &BTreeMap<String, String>,
    topic: &str,
) -> Result<(BaseConsumer<Asking>, Vec<Bounds>), StartError> {
    if let Some(why) = properties.iter().find_map(|(name, value)| refuses(name, value)) {
        return Err(StartError::Client(why));
    }
    let config = client::onlooker(brokers, properties);
    let consumer: BaseConsumer<Asking> =
        config.create_with_context(Asking::default()).map_err(|error| StartError::Client(error.to_string()))?;
    let metadata = ask(&consumer, brokers)?;
    let known = metadata.topics().iter().find(|known| known.name() == topic && known.error().is_none());
    let Some(known) = known.filter(|known| !known.partitions().is_empty()) else {
        return Err(StartError::Missing { topics: vec![topic.to_owned()], outputs: false });
    };
    let bounds = known.partitions().iter().map(|partition| {
        let partition = partition.id();
        let answer = consumer.fetch_watermarks(topic, partition, WITHIN);
        let (low, high) = answer.map_err(|error| StartError::Unreachable {
            brokers: brokers.to_owned(),
            within: WITHIN,
            cause: format!("partition {partition} of `{topic}`: {error}"),
        })?;
        Ok(Bounds { partition, low, high })
    });
    let bounds = bounds.collect::<Result<_, StartError>>()?;
    Ok((consumer, bounds))
}

/// A topic up to now.
pub struct Past {
    consumer: BaseConsumer<Asking>,
    topic: String,
    /// The end of each partition that is not read to it yet.
    ends: BTreeMap<i32, i64>,
    records: u64,
}

impl Past {
    /// Looks up where the topic begins and ends.
    ///
    /// # Errors
    /// No broker, no such topic, or properties that are the program's own.
    pub fn open(brokers: &str, properties: &BTreeMap<String, String>, topic: &str) -> Result<Self, StartError> {
        let (consumer, bounds) = look(brokers, properties, topic)?;
        let mut past = Self { consumer, topic: topic.to_owned(), ends: BTreeMap::new(), records: 0 };
        let mut list = TopicPartitionList::new();
        for Bounds { partition, low, high } in bounds.into_iter().filter(|bounds| bounds.low < bounds.high) {
            past.ends.insert(partition, high);
            past.records += u64::try_from(high - low).unwrap_or(0);
            // Fails only for an offset below zero, which no record has.
            let _ = list.add_partition_offset(topic, partition, Offset::Offset(low));
        }
        past.consumer.assign(&list).map_err(|error| StartError::Client(error.to_string()))?;
        Ok(past)
    }

    /// How many offsets there are to go through; records that were compacted or aborted away are among them.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Reads all of it. `each` says whether to go on.
    ///
    /// # Errors
    /// The brokers forbid it, or give nothing for a minute.
    pub fn read(mut self, mut each: impl FnMut(&Arrival<'_>) -> bool) -> Result<(), WorkerError> {
        let mut last = Instant::now();
        let mut said = "no answer".to_owned();
        while !self.ends.is_empty() {
            match self.consumer.poll(Duration::from_millis(200)) {
                Some(Ok(message)) => {
                    // A partition that is done may go on to grow.
                    let Some(end) = self.ends.get(&message.partition()).copied() else { continue };
                    last = Instant::now();
                    if message.offset() < end
                        && !each(&arrival(&self.topic, &message, &headers(&message).unwrap_or_default()))
                    {
                        return Ok(());
                    }
                    if message.offset() + 1 >= end {
                        self.ends.remove(&message.partition());
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) if self.ends.remove(&partition).is_some() => {
                    last = Instant::now();
                }
                // The end of one that was done before.
                Some(Err(KafkaError::PartitionEOF(_))) | None => {}
                Some(Err(error)) if forbidden(&error) => {
                    return Err(WorkerError::Consumer(format!("topic `{}` may not be read: {error}", self.topic)));
                }
                Some(Err(error)) => said = error.to_string(),
            }
            if last.elapsed() > PATIENCE {
                let waited = PATIENCE.as_secs();
                return Err(WorkerError::Consumer(format!(
                    "topic `{}` gave nothing for {waited} s: {said}",
                    self.topic
                )));
            }
        }
        Ok(())
    }
}

pub(super) fn forbidden(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{
        ClusterAuthorizationFailed, TopicAuthorizationFailed, UnknownTopic, UnknownTopicOrPartition,
    };
    error.rdkafka_error_code().is_some_and(|code| {
        matches!(code, ClusterAuthorizationFailed | TopicAuthorizationFailed | UnknownTopic | UnknownTopicOrPartition)
    })
}

/// A record without a timestamp, or with one that no calendar holds, is as old as time: it orders before all others.
pub(super) fn arrival<'a, M: Message>(
    topic: &'a str,
    message: &'a M,
    headers: &'a [(&'a str, Option<&'a [u8]>)],
) -> Arrival<'a> {
    let timestamp = message.timestamp().to_millis().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Arrival {
        topic,
        partition: message.partition(),
        offset: message.offset(),
        timestamp: timestamp.unwrap_or(Timestamp::UNIX_EPOCH),
        key: message.key(),
        payload: message.payload(),
        headers,
    }
}
