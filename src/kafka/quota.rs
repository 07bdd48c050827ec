//! Quotas: a topic gives at most so many records a second to this process, and the others keep their pace.
//!
//! In: polled records. Out: which may be processed now. Nothing is dropped: a record without a token is held in memory,
//! and the position that is committed stays before it. When a topic holds too much, its partitions are paused, so that
//! the rest waits in Kafka.
//!
//! Why not just sleep: one consumer reads all topics, and a sleep would slow all of them. Why hold any at all, instead of
//! pausing at once: a pause throws away what was fetched ahead, and fetching it again costs the broker as much as before.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rdkafka::Message;
use rdkafka::message::OwnedMessage;

use super::core::Core;
use super::place::{Offsets, Place};
use super::settings::InputTopic;

/// A topic is paused at this many held records, and resumed below half. Fewer: many fetches for little. More: memory, and
/// more to read again after a rebalance.
const HIGH: usize = 1000;
/// The same for their bytes: 1,000 articles of a mebibyte must not be a gibibyte.
const HIGH_BYTES: usize = 16 * 1024 * 1024;
/// A quarter of a second's tokens may be spent at once: longer than a commit takes, so that committing costs no rate.
const BURST: u32 = 4;

/// The limiters of a process, shared by its workers.
pub(super) struct Quotas {
    limiters: Vec<Option<DefaultDirectRateLimiter>>,
    clock: DefaultClock,
}

impl Quotas {
    pub(super) fn new(inputs: &[InputTopic]) -> Self {
        let limiter = |rate: NonZeroU32| {
            let burst = NonZeroU32::new(rate.get() / BURST).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rate).allow_burst(burst))
        };
        Self { limiters: inputs.iter().map(|input| input.quota.map(limiter)).collect(), clock: DefaultClock::default() }
    }

    /// Takes a token; else the time until there is one.
    pub(super) fn take(&self, topic: usize) -> Result<(), Duration> {
        match self.limiters.get(topic) {
            Some(Some(limiter)) => limiter.check().map_err(|until| until.wait_time_from(self.clock.now())),
            _ => Ok(()),
        }
    }
}

/// The records of one topic that wait for tokens.
#[derive(Default)]
pub(super) struct Held {
    queue: VecDeque<(Place, OwnedMessage)>,
    bytes: usize,
    /// Partitions that were paused. librdkafka keeps a partition paused over a reassignment, so whoever pauses must resume.
    paused: BTreeSet<Place>,
    /// Held records and paused partitions that the gauges show.
    shown: (i64, i64),
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn push(&mut self, place: Place, message: OwnedMessage) {
        self.bytes += size(&message);
        self.queue.push_back((place, message));
    }

    pub(super) fn pop(&mut self) -> Option<(Place, OwnedMessage)> {
        let (place, message) = self.queue.pop_front()?;
        self.bytes -= size(&message);
        Some((place, message))
    }

    /// Too much is held: pause.
    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= HIGH || self.bytes >= HIGH_BYTES
    }

    /// Half or less: resume.
    pub(super) fn has_room(&self) -> bool {
        self.queue.len() <= HIGH / 2 && self.bytes <= HIGH_BYTES / 2
    }

    pub(super) fn paused(&mut self) -> &mut BTreeSet<Place> {
        &mut self.paused
    }

    /// Lowers offsets to the first held record of their partition: what is held is not done.
    pub(super) fn lower(&self, offsets: &mut Offsets) {
        for (place, message) in &self.queue {
            if let Some(offset) = offsets.get_mut(place) {
                *offset = (*offset).min(message.offset());
            }
        }
    }

    /// Records of one partition.
    pub(super) fn count(&self, place: Place) -> i64 {
        number(self.queue.iter().filter(|(held, _)| *held == place).count())
    }

    /// Lets go of the records of some partitions: they will be read again, by this worker or another.
    pub(super) fn forget(&mut self, gone: impl Fn(Place) -> bool) {
        self.queue.retain(|(place, _)| !gone(*place));
        self.bytes = self.queue.iter().map(|(_, message)| size(message)).sum();
    }
}

impl<S> Core<S> {
    /// Shows what this worker holds and has paused. Workers share the gauges, so only differences are added.
    pub(super) fn gauge_quotas(&mut self) {
        let shared = &self.shared;
        for (topic, held) in self.held.iter_mut().enumerate() {
            let now = (number(held.queue.len()), number(held.paused.len()));
            if now != held.shown {
                let name = [shared.names.name(topic)];
                shared.metrics.held.with_label_values(&name).add(now.0 - held.shown.0);
                shared.metrics.paused.with_label_values(&name).add(now.1 - held.shown.1);
                held.shown = now;
            }
        }
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn size(message: &OwnedMessage) -> usize {
    message.payload().map_or(0, <[u8]>::len) + message.key().map_or(0, <[u8]>::len)
}

#[cfg(test)]
mod tests {
    use rdkafka::Timestamp;

    use super::*;

    fn message(partition: i32, offset: i64) -> (Place, OwnedMessage) {
        let message =
            OwnedMessage::new(Some(vec![0; 10]), None, "t".into(), Timestamp::NotAvailable, partition, offset, None);
        (Place { topic: 0, partition }, message)
    }

    #[test]
    fn the_committed_position_stays_before_what_is_held() {
        let mut held = Held::default();
        for (place, message) in [message(0, 7), message(1, 3), message(0, 8)] {
            held.push(place, message);
        }
        let at = |partition| Place { topic: 0, partition };
        let mut offsets = Offsets::from([(at(0), 9), (at(1), 4), (at(2), 5)]);
        held.lower(&mut offsets);
        assert_eq!(offsets, Offsets::from([(at(0), 7), (at(1), 3), (at(2), 5)]));
        held.forget(|place| place.partition == 0);
        assert_eq!((held.queue.len(), held.bytes), (1, 10));
    }

    #[test]
    fn a_topic_without_a_quota_never_waits_and_one_with_waits_about_a_token() {
        let quota = |rate| InputTopic { topic: "t".into(), quota: NonZeroU32::new(rate) };
        let quotas = Quotas::new(&[quota(0), quota(10)]);
        assert!((0..1000).all(|_| quotas.take(0).is_ok()));
        assert!(quotas.take(1).is_ok() && quotas.take(1).is_ok());
        let wait = quotas.take(1).unwrap_err();
        assert!(wait <= Duration::from_millis(100), "{wait:?}");
    }
}
