//! Past posts scored again, with other packs than then: what a change of packs changes, known before it is live.
//!
//! In: arrivals in the order of their posts' time, and one engine or two. Out: the [`Change`]s of each post and a
//! [`Tally`] of all. Both engines are driven through the [`ScoreStage`] that `run` drives, so what is told of an alert is
//! what `once_per` would have let through. Time order is the caller's to keep; `once_per` asks for it, scores do not.
//!
//! Packs are compared by name: a version is what changes. Posts are compared by what people are told of them (alert,
//! level, score, stance), not by hits: a reworded indicator that finds the same is no change.

mod change;
mod tally;

use std::sync::Arc;

pub use change::{Change, Kind, Side, compare};
pub use tally::{AlertTally, HISTOGRAM, PackTally, Tally, reach};

use crate::score::Engine;
use crate::stages::{Arrival, Options, Outcome, ScoreStage, Scored};

/// Two scorers side by side, or one alone.
#[derive(Debug)]
pub struct Replay {
    before: Option<ScoreStage>,
    after: ScoreStage,
    tally: Tally,
}

/// A post, as both scorers see it.
#[derive(Debug)]
pub struct Seen {
    /// What the old packs make of it, where there are any.
    pub before: Option<Scored>,
    /// What the new packs make of it.
    pub after: Scored,
}

impl Replay {
    /// Scorers with nothing remembered.
    #[must_use]
    pub fn new(before: Option<Arc<Engine>>, after: Arc<Engine>, options: &Options) -> Self {
        let stage = |engine| ScoreStage::new(engine, options.clone());
        Self { before: before.map(stage), after: stage(after), tally: Tally::default() }
    }

    /// One record through both; nothing where it holds no post.
    pub fn step(&mut self, arrival: &Arrival<'_>) -> Option<Seen> {
        let before = self.before.as_mut().map(|stage| step(stage, arrival));
        let after = match step(&mut self.after, arrival) {
            Ok(scored) => scored,
            Err(outcome) => {
                self.tally.without(outcome);
                return None;
            }
        };
        // Decoding knows no packs, so both have the post or neither.
        let seen = Seen { before: before.and_then(Result::ok), after };
        self.tally.post(&seen.after.post);
        for (stage, scored, new) in
            [(self.before.as_ref(), seen.before.as_ref(), false), (Some(&self.after), Some(&seen.after), true)]
        {
            if let (Some(stage), Some(scored)) = (stage, scored) {
                self.tally.alerts(stage.engine(), scored, new);
            }
        }
        Some(seen)
    }

    /// Counts a record that is known to hold no post.
    pub fn without(&mut self, outcome: Outcome) {
        self.tally.without(outcome);
    }

    /// What is not the same on both sides; counted.
    pub fn changes<'a>(&'a mut self, seen: &'a Seen) -> Vec<Change<'a>> {
        let (Some(stage), Some(before)) = (&self.before, &seen.before) else { return Vec::new() };
        let changes = compare((stage.engine(), before), (self.after.engine(), &seen.after));
        for change in &changes {
            self.tally.change(change);
        }
        changes
    }

    /// The engine whose packs are tried.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        self.after.engine()
    }

    /// The engine that they are compared with.
    #[must_use]
    pub fn against(&self) -> Option<&Arc<Engine>> {
        self.before.as_ref().map(ScoreStage::engine)
    }

    /// What was counted so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

fn step(stage: &mut ScoreStage, arrival: &Arrival<'_>) -> Result<Scored, Outcome> {
    let mut out = Vec::new();
    let (outcome, scored) = stage.step(arrival, arrival.timestamp, &mut out);
    // Nothing is published, so nothing can be taken back, and there is nothing to keep for that.
    stage.committed();
    scored.ok_or(outcome)
}
