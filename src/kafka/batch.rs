//! What a batch holds besides its records: where it began, what to count when it is durable.
//!
//! A batch is all inputs between two commits of one worker. In exactly-once it is a transaction, in at-least-once an epoch
//! of acknowledgements.

use std::time::Instant;

use prometheus::local::LocalHistogram;
use prometheus::{IntCounter, IntCounterVec};

use super::place::{Names, Offsets, Place};
use super::settings::{OUTPUTS, number};
use crate::metrics::Metrics;
use crate::stages::{Outcome, Output};

/// An older record counts as a day old: one with a timestamp of 1970 would otherwise drown the sum.
const OLDEST_SECONDS: f64 = 86_400.0;

/// The open batch, or one that waits for its acknowledgements.
#[derive(Default)]
pub(super) struct Batch {
    /// The first offset of each partition in it: where to rewind to.
    pub(super) first: Offsets,
    /// The offset after the last of each partition in it.
    pub(super) next: Offsets,
    /// Inputs in it.
    pub(super) inputs: usize,
    /// Bytes of its outputs.
    pub(super) bytes: usize,
    /// When its first input came.
    pub(super) opened: Option<Instant>,
    tally: Tally,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.inputs == 0
    }

    /// Takes an input in, before anything is sent for it.
    pub(super) fn enter(&mut self, place: Place, offset: i64, now: Instant) {
        self.opened.get_or_insert(now);
        self.first.entry(place).or_insert(offset);
        self.next.insert(place, offset + 1);
        self.inputs += 1;
    }

    /// Notes how an input ended; counted when the batch is durable.
    pub(super) fn note(&mut self, topic: usize, outcome: Outcome, timestamp_ms: i64) {
        self.tally.stamps.push(timestamp_ms);
        let ended = &mut self.tally.ended;
        // A handful of kinds: a search through them is faster than a map.
        match ended.iter_mut().find(|(known, how, _)| *known == topic && *how == outcome) {
            Some((_, _, count)) => *count += 1,
            None => ended.push((topic, outcome, 1)),
        }
    }

    pub(super) fn published(&mut self, output: Output, bytes: usize) {
        self.tally.published[number(output)] += 1;
        self.bytes += bytes;
    }
}

#[derive(Default)]
struct Tally {
    ended: Vec<(usize, Outcome, u64)>,
    published: [u64; 3],
    stamps: Vec<i64>,
}

/// The series that a worker writes for each batch, looked up once.
pub(super) struct Counters {
    pub(super) received: Vec<IntCounter>,
    pub(super) processing: LocalHistogram,
    scored: Vec<IntCounter>,
    published: [IntCounter; 3],
    end_to_end: LocalHistogram,
    ignored: IntCounterVec,
    dead_letters: IntCounterVec,
}

impl Counters {
    pub(super) fn new(metrics: &Metrics, names: &Names) -> Self {
        let each =
            |series: &IntCounterVec| names.all().iter().map(|topic| series.with_label_values(&[topic])).collect();
        let output = |output| match output {
            Output::Scored => "scored",
            Output::Alerts => "alerts",
            Output::DeadLetters => "dead_letters",
        };
        Self {
            received: each(&metrics.received),
            processing: metrics.processing.local(),
            scored: each(&metrics.scored),
            published: OUTPUTS.map(|to| metrics.published.with_label_values(&[output(to)])),
            end_to_end: metrics.end_to_end.local(),
            ignored: metrics.ignored.clone(),
            dead_letters: metrics.dead_letters.clone(),
        }
    }

    /// Counts a batch that is durable.
    pub(super) fn count(&mut self, batch: &Batch, names: &Names, now_ms: i64) {
        let tally = &batch.tally;
        for (topic, outcome, count) in &tally.ended {
            match outcome {
                Outcome::Scored => self.scored[*topic].inc_by(*count),
                Outcome::Ignored(reason) => {
                    self.ignored.with_label_values(&[names.name(*topic), reason]).inc_by(*count);
                }
                Outcome::DeadLetter(reason) => {
                    self.dead_letters.with_label_values(&[names.name(*topic), reason]).inc_by(*count);
                }
            }
        }
        for (counter, count) in self.published.iter().zip(tally.published) {
            counter.inc_by(count);
        }
        for stamp in &tally.stamps {
            #[allow(clippy::cast_precision_loss, reason = "milliseconds of up to a day")]
            let seconds = now_ms.saturating_sub(*stamp).max(0) as f64 / 1000.0;
            self.end_to_end.observe(seconds.min(OLDEST_SECONDS));
        }
        self.end_to_end.flush();
        self.processing.flush();
    }
}
