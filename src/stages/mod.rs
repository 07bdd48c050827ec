//! The roles as pure steps over records.
//!
//! A step takes one record and gives what to publish and how the input ended; it knows nothing of brokers, files or
//! clocks. `run`, `demo`, `score`, `replay`, `eval` and `explain` all drive the same step.

pub mod limiter;
pub mod score;

use jiff::Timestamp;

pub use score::{Options, ScoreStage, Scored, dead_letter};

/// One input record as it came, whoever read it.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Topic name (offline: the file's name).
    pub topic: &'a str,
    /// Partition (offline: 0).
    pub partition: i32,
    /// Offset (offline: the number of the message in the file).
    pub offset: i64,
    /// The record's own timestamp.
    pub timestamp: Timestamp,
    /// The key's bytes.
    pub key: Option<&'a [u8]>,
    /// The value's bytes; `None` is a tombstone.
    pub payload: Option<&'a [u8]>,
    /// Headers in order; a value may be absent.
    pub headers: &'a [(&'a str, Option<&'a [u8]>)],
}

impl<'a> Arrival<'a> {
    /// A message that no broker delivered: one partition, no key, no headers.
    #[must_use]
    pub fn offline(topic: &'a str, offset: i64, timestamp: Timestamp, payload: &'a [u8]) -> Self {
        Self { topic, partition: 0, offset, timestamp, key: None, payload: Some(payload), headers: &[] }
    }

    /// A header's value as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(known, _)| *known == name)?;
        std::str::from_utf8((*value)?).ok()
    }
}

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// The topic of scored posts.
    Scored,
    /// The topic of alerts.
    Alerts,
    /// The topic of dead letters.
    DeadLetters,
}

/// A record to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which topic.
    pub to: Output,
    /// Key bytes; `None` where the input had none (dead letters only).
    pub key: Option<Vec<u8>>,
    /// Value bytes; `None` only for the dead letter of a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Headers in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Outgoing {
    /// A header's value as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value.as_deref()?).ok()
    }

    /// Of a dead letter: why it is one.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(name, _)| name.ends_with("exception.message"))?;
        Some(String::from_utf8_lossy(value.as_deref()?).into_owned())
    }
}

/// How an input record ended: exactly one of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A post was scored.
    Scored,
    /// Readable, but no post; with the bounded reason.
    Ignored(&'static str),
    /// Unreadable, too large or impossible; with the bounded reason.
    DeadLetter(&'static str),
}
