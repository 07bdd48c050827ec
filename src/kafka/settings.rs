//! What a worker needs to know about its topics, and how much it promises about delivery.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::stages::Output;

/// What is promised about outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Offsets and outputs in one transaction: a `read_committed` reader sees each output once.
    ExactlyOnce,
    /// Offsets after the outputs are acknowledged: a crash repeats some outputs.
    AtLeastOnce,
}

/// A topic to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputTopic {
    /// Its name; no pattern.
    pub topic: String,
    /// Records a second that this process takes from it, over all workers; more wait in the topic.
    pub quota: Option<NonZeroU32>,
}

/// The topics to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputTopics {
    /// One record a post.
    pub scored: String,
    /// The few that matter.
    pub alerts: String,
    /// What could not be read or written.
    pub dead_letters: String,
}

impl OutputTopics {
    /// The topic of an output.
    #[must_use]
    pub fn of(&self, output: Output) -> &str {
        match output {
            Output::Scored => &self.scored,
            Output::Alerts => &self.alerts,
            Output::DeadLetters => &self.dead_letters,
        }
    }
}

/// All outputs, in the order of their numbers ([`number`]).
pub(super) const OUTPUTS: [Output; 3] = [Output::Scored, Output::Alerts, Output::DeadLetters];

/// The place of an output in arrays that hold something for each.
pub(super) const fn number(output: Output) -> usize {
    match output {
        Output::Scored => 0,
        Output::Alerts => 1,
        Output::DeadLetters => 2,
    }
}

/// Everything that a worker is configured with.
#[derive(Clone)]
pub struct Settings {
    /// `host:port`, separated by commas.
    pub brokers: String,
    /// Prefix of the consumer group, which is `<group>.score`.
    pub group: String,
    /// A name for this process that stays the same over restarts and that no other process has (a `StatefulSet` ordinal).
    /// It makes taking over after a crash faster; without one a random name is used.
    pub instance: Option<String>,
    /// librdkafka properties, for the consumer, the producer, or both, by what they mean.
    pub properties: BTreeMap<String, String>,
    /// Topics to read.
    pub inputs: Vec<InputTopic>,
    /// Topics to write.
    pub outputs: OutputTopics,
    /// Create missing output topics.
    pub create: bool,
    /// What is promised.
    pub delivery: Delivery,
    /// Time between commits.
    pub commit_every: Duration,
    /// Threads, each with its own consumer and producer.
    pub workers: usize,
}

impl Settings {
    /// The consumer group.
    #[must_use]
    pub fn consumer_group(&self) -> String {
        format!("{}.score", self.group)
    }

    /// The time after which a worker that does not poll is put out of its group (librdkafka's default: 5 minutes).
    #[must_use]
    pub fn max_poll_interval(&self) -> Duration {
        let given = self.properties.get("max.poll.interval.ms").and_then(|value| value.parse().ok());
        Duration::from_millis(given.unwrap_or(300_000))
    }
}

/// Property values may be passwords or keys in any of a hundred properties, so only the names are shown.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("instance", &self.instance)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("create", &self.create)
            .field("delivery", &self.delivery)
            .field("commit_every", &self.commit_every)
            .field("workers", &self.workers)
            .finish()
    }
}
