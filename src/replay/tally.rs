//! Counts of a replay, which grow with packs, alerts and days and not with posts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Change, Kind};
use crate::pack::grammar::Level;
use crate::post::Post;
use crate::score::Engine;
use crate::stages::{Outcome, Scored};

/// From which movement of a score on a bar of the histogram begins. 10 points are what one weak indicator gives, 25 a
/// strong one, 50 what turns a quiet post into an alert.
pub const HISTOGRAM: [f64; 4] = [0.0, 10.0, 25.0, 50.0];

/// The bar that a movement belongs to, by its size.
#[must_use]
pub fn reach(moved: f64) -> usize {
    HISTOGRAM.iter().rposition(|from| moved.abs() > *from).unwrap_or(0)
}

/// What one pack changes.
#[derive(Debug, Clone, Default)]
pub struct PackTally {
    /// Posts by how they change.
    pub kinds: BTreeMap<Kind, u64>,
    /// Posts whose score falls, by how much.
    pub down: [u64; HISTOGRAM.len()],
    /// Posts whose score rises, by how much.
    pub up: [u64; HISTOGRAM.len()],
    /// Posts whose stance is another.
    pub stances: u64,
}

/// One alert of one pack.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertTally {
    /// Its level in the new packs, else in the old.
    pub level: Option<Level>,
    /// Posts that raise it with the old packs, and how many of them are told.
    pub before: (u64, u64),
    /// Posts that raise it with the new packs, and how many of them are told.
    pub after: (u64, u64),
}

/// All counts.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Posts scored.
    pub posts: u64,
    /// Records without a post.
    pub ignored: u64,
    /// Records that could not be read.
    pub unread: u64,
    /// Time of the first post and of the last.
    pub span: Option<(Timestamp, Timestamp)>,
    /// By pack and alert.
    pub alerts: BTreeMap<(String, String), AlertTally>,
    /// Alerts of the new packs by day (UTC), pack and alert; and how many of them are told.
    pub days: BTreeMap<(Date, String, String), (u64, u64)>,
    /// By pack; packs that change nothing are absent.
    pub packs: BTreeMap<String, PackTally>,
}

impl Tally {
    /// How many posts change in some pack.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.packs.values().flat_map(|pack| pack.kinds.values()).sum()
    }

    pub(super) fn without(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::DeadLetter(_) => self.unread += 1,
            Outcome::Ignored(_) | Outcome::Scored => self.ignored += 1,
        }
    }

    pub(super) fn post(&mut self, post: &Post) {
        self.posts += 1;
        let at = post.published_at;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    pub(super) fn alerts(&mut self, engine: &Engine, scored: &Scored, new: bool) {
        for verdict in &scored.verdict.packs {
            let pack = &engine.packs[verdict.pack];
            let Some(rule) = verdict.alert.map(|at| &pack.alerts[at].rule) else { continue };
            let told = u64::from(scored.told.contains(&(verdict.pack, true)));
            let key = (pack.pack.file.pack.value.clone(), rule.id.value.clone());
            if new {
                let day = Offset::UTC.to_datetime(scored.post.published_at).date();
                let count = self.days.entry((day, key.0.clone(), key.1.clone())).or_default();
                *count = (count.0 + 1, count.1 + told);
            }
            let tally = self.alerts.entry(key).or_default();
            let count = if new { &mut tally.after } else { &mut tally.before };
            *count = (count.0 + 1, count.1 + told);
            if new || tally.level.is_none() {
                tally.level = Some(rule.level);
            }
        }
    }

    pub(super) fn change(&mut self, change: &Change<'_>) {
        let tally = self.packs.entry(change.pack.to_string()).or_default();
        *tally.kinds.entry(change.kind).or_default() += 1;
        let moved = change.moved();
        if moved > 0.0 {
            tally.up[reach(moved)] += 1;
        } else if moved < 0.0 {
            tally.down[reach(moved)] += 1;
        }
        tally.stances += u64::from(change.before.stance() != change.after.stance());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movement_belongs_to_the_bar_that_it_passes() {
        for (moved, bar) in [(0.1, 0), (-10.0, 0), (10.1, 1), (-25.0, 1), (49.9, 2), (-50.0, 2), (50.1, 3), (-100.0, 3)]
        {
            assert_eq!(reach(moved), bar, "{moved}");
        }
    }
}
