//! The delivery path: from input topics through a step to output topics, with nothing lost and, in exactly-once, nothing
//! doubled.
//!
//! In: [`Settings`] and a [`Step`] for each worker. Out: records in the output topics, offsets in the group, counts in
//! [`crate::metrics::Metrics`], and notes in [`Health`].
//!
//! A worker is a thread with its own consumer and its own producer; workers share nothing but quotas and counters. Its
//! loop (`worker`) polls, lets the step work on each record (`core`), and every `commit_every` makes outputs and
//! offsets durable together (`commit`). A rebalance commits or aborts the open batch before partitions leave
//! (`context`). What may go wrong, and what each error calls for, stands in `error`.
//!
//! The order of the files is that of a record's way: settings, client, topics, then place, quota, batch, sender with its
//! acks, core, commit, context with lag, worker, running. Apart from all that, `past` reads what a topic holds, once,
//! for a replay, and `tail` what comes next.
//!
//! Why threads and `BaseConsumer` instead of async and `StreamConsumer`: the stream consumer loses wake-ups after a
//! rebalance, and a worker has nothing else to do while it waits.

mod acks;
mod batch;
mod client;
mod commit;
mod context;
mod core;
mod error;
mod health;
mod lag;
mod log;
mod past;
mod patience;
mod place;
mod quota;
mod running;
mod sender;
mod settings;
mod tail;
mod topics;
mod worker;

use jiff::Timestamp;

use crate::stages::{Arrival, Outcome, Outgoing};

pub use client::refuses;
pub use error::{StartError, WorkerError};
pub use health::{Health, WorkerHealth};
pub use past::Past;
pub use patience::Stop;
pub use running::{Running, start, start_with};
pub use settings::{Delivery, InputTopic, OutputTopics, Settings};
pub use tail::{Since, Tail};
pub use topics::{TopicLimit, TopicLimits, check_topics};
pub use worker::{Shared, run_worker};

/// What a worker does with a record. One instance a worker; what it remembers must be forgotten on [`Step::aborted`].
pub trait Step: Send {
    /// Takes one record; pushes what to publish for it, and says how it ended.
    fn step(&mut self, arrival: &Arrival<'_>, now: Timestamp, out: &mut Vec<Outgoing>) -> Outcome;

    /// Pushes the dead letter for a record whose outputs cannot be published: one is larger than its topic takes, a broker
    /// refuses it, or the step panicked. `reason` is bounded, `message` says more.
    fn unpublishable(&mut self, arrival: &Arrival<'_>, reason: &'static str, message: &str, out: &mut Vec<Outgoing>);

    /// All outputs since the last call of this or of [`Step::aborted`] are durable.
    fn committed(&mut self);

    /// None of them is; their inputs come again, to this worker or to another.
    fn aborted(&mut self);
}
