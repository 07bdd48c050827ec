//! What almost fired, and what was missing.
//!
//! In: a post. Out, for every pack: [`Part`] by part how far each indicator got that did not hit, the names that did
//! not count, the alert that was nearest, and what stance took away. The leaves of a match are asked by the scorer's own
//! [`Tree::find`](super::evaluate::Tree::find) through its own [`View`]; only what combines them is walked here, because
//! the scorer stops at the first part that is missing and a person wants to see the others. The tests hold that both
//! agree. It is a cold path: every indicator of every pack is looked at.

mod alerts;
mod instead;
mod names;
mod part;
mod say;
mod spread;
mod weight;

use super::compile::Engine;
use super::verdict::{Evidence, State, Verdict};
use super::view::{Shared, View};
use super::{Scratch, annotate};
use crate::pack::grammar::Match;
use crate::post::Post;
use weight::Weights;

pub use say::{quoted, shorten};

/// From this share of its parts on an indicator was near. Higher, and "the one of two lists is missing" is not told;
/// lower, and what half of all posts have is.
const NEAR: f64 = 0.3;

/// Ambiguous names that are told of one pack: every case of every spelling is one.
const MOST_NAMES: usize = 3;

/// Keeps the `most` nearest misses of all packs that were near, the nearest alert of each and few of its names; gives
/// how many more were near.
pub fn nearest(gaps: &mut [Gaps<'_>], most: usize) -> usize {
    let mut near: Vec<f64> = Vec::new();
    for pack in gaps.iter_mut() {
        pack.misses.retain(Miss::is_near);
        // Where nothing counts, that the points are missing is no news.
        pack.alerts.retain(|alert| alert.short < alert.at || !alert.empty.is_empty());
        pack.alerts.truncate(1);
        pack.names.truncate(MOST_NAMES);
        near.extend(pack.misses.iter().map(|miss| miss.part.closeness));
    }
    near.sort_by(|one, other| other.total_cmp(one));
    let mut room = most.min(near.len());
    let Some(last) = room.checked_sub(1).map(|last| near[last]) else {
        for pack in gaps.iter_mut() {
            pack.misses.clear();
        }
        return near.len();
    };
    // Of equally near ones the earlier pack's: those that are nearer have their room.
    room -= near.iter().filter(|closeness| **closeness > last).count();
    let more = near.len() - most.min(near.len());
    for pack in gaps.iter_mut() {
        pack.misses.retain(|miss| {
            let even = miss.part.closeness <= last;
            let fits = !even || miss.part.closeness >= last && room > 0;
            room -= usize::from(even && fits);
            fits
        });
    }
    more
}

/// How far one pack got on a post, beyond what the verdict says.
#[derive(Debug, Clone)]
pub struct Gaps<'e> {
    /// The pack's index in the engine.
    pub pack: usize,
    /// Indicators that did not hit, the nearest first.
    pub misses: Vec<Miss<'e>>,
    /// Names that stand in the post and do not count.
    pub names: Vec<Unguarded<'e>>,
    /// Alerts that would tell more than the one that holds, the nearest first.
    pub alerts: Vec<AlertGap>,
    /// What stance took away.
    pub damping: Option<Damping>,
}

/// An indicator that did not hit.
#[derive(Debug, Clone)]
pub struct Miss<'e> {
    /// Its index in the pack.
    pub indicator: usize,
    /// Its match.
    pub part: Part<'e>,
}

impl Miss<'_> {
    /// Whether it almost hit: enough of it holds, and something in the post can be shown for it.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.part.closeness >= NEAR && self.part.stands_on_something()
    }
}

/// One part of a match, and whether it holds.
#[derive(Debug, Clone)]
pub struct Part<'e> {
    /// As written.
    pub matches: &'e Match,
    /// Whether it holds.
    pub held: bool,
    /// The share of it that holds, 0 to 1: of its lists those weigh most that few other indicators use.
    pub closeness: f64,
    /// What was found.
    pub evidence: Vec<Evidence>,
    /// What no place in the post says by itself.
    pub notes: Vec<String>,
    /// Of a `near` that does not hold: how its lists stand.
    pub spread: Option<Spread<'e>>,
    /// Names that would have counted for it.
    pub names: Vec<Unguarded<'e>>,
    /// What the post has in place of what is looked for.
    pub instead: Option<String>,
    /// The parts of a combination.
    pub parts: Vec<Part<'e>>,
}

impl Part<'_> {
    /// Every piece of evidence in it and its parts.
    pub fn each_evidence<'p>(&'p self, back: &mut dyn FnMut(&'p Evidence)) {
        let spread = self.spread.iter().flat_map(Spread::evidence);
        let names = self.names.iter().map(|name| &name.name);
        self.evidence.iter().chain(spread).chain(names).for_each(&mut *back);
        self.parts.iter().for_each(|part| part.each_evidence(back));
    }

    fn stands_on_something(&self) -> bool {
        !self.evidence.is_empty()
            || self.spread.is_some()
            || !self.names.is_empty()
            || self.parts.iter().any(Self::stands_on_something)
    }
}

/// How the lists of a `near` stand in the field that has most of them, in the closest group of words.
#[derive(Debug, Clone)]
pub struct Spread<'e> {
    /// Lists that are there, in the text's order.
    pub present: Vec<(&'e str, Evidence)>,
    /// Lists that stand only in the other field.
    pub elsewhere: Vec<(&'e str, Evidence)>,
    /// Lists that are nowhere.
    pub missing: Vec<&'e str>,
    /// Words from the first to the last of those present, both counted.
    pub words: u32,
}

impl Spread<'_> {
    /// What is there of it.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.present.iter().chain(&self.elsewhere).map(|(_, evidence)| evidence)
    }
}

/// An ambiguous name without the words beside it that make it count.
#[derive(Debug, Clone)]
pub struct Unguarded<'e> {
    /// The actor.
    pub actor: &'e str,
    /// The name as the pack writes it.
    pub phrase: &'e str,
    /// Where it stands.
    pub name: Evidence,
    /// Lists of which one must be near.
    pub near: Vec<&'e str>,
    /// Within so many words.
    pub within: u32,
    /// The nearest of them in the same field: its list, its words, and words from first to last, both counted.
    pub nearest: Option<(&'e str, Evidence, u32)>,
}

/// What an alert lacks.
#[derive(Debug, Clone)]
pub struct AlertGap {
    /// Its index in the pack.
    pub alert: usize,
    /// The score from which on it holds.
    pub at: f64,
    /// Points that are missing; 0 where the score is enough.
    pub short: f64,
    /// Needed indicators that did not hit.
    pub missing: Vec<usize>,
    /// Needed indicators that kept nothing, as indexes into the verdict's hits.
    pub empty: Vec<usize>,
}

/// What stance took away.
#[derive(Debug, Clone)]
pub struct Damping {
    /// The score in the author's own voice.
    pub voice: f64,
    /// The alert that it would raise, where that is another one.
    pub alert: Option<usize>,
    /// Points by what took them, the most first.
    pub causes: Vec<Cause>,
}

/// One reason of stance.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The state.
    pub state: State,
    /// The words that decided it.
    pub because: Vec<Evidence>,
    /// Points that it took.
    pub points: f64,
}

/// A view and what the parts share.
struct Looking<'v, 'e> {
    view: &'v View<'v>,
    unguarded: &'v [Unguarded<'e>],
    weights: Weights<'e>,
}

impl Engine {
    /// The verdict, and for every pack what it lacks.
    #[must_use]
    pub fn gaps(&self, post: &Post) -> (Verdict, Vec<Gaps<'_>>) {
        let mut scratch = Scratch::default();
        let verdict = self.score(post, &mut scratch);
        let shared = Shared::default();
        let gaps = (0..self.packs.len()).map(|at| {
            let view = View::new(self, &self.packs[at], &shared, post, &scratch, verdict.language);
            self.pack_gaps(at, &view, &verdict)
        });
        let gaps = gaps.collect();
        (verdict, gaps)
    }

    fn pack_gaps<'e>(&'e self, at: usize, view: &View<'_>, verdict: &Verdict) -> Gaps<'e> {
        let pack = &self.packs[at];
        let own = verdict.packs.iter().find(|one| one.pack == at);
        let names = names::unguarded(pack, view);
        let looking = Looking { view, unguarded: &names, weights: Weights::new(&pack.pack.file) };
        let excepted = |indicator| verdict.excepted.iter().any(|one| (one.pack, one.indicator) == (at, indicator));
        let hit = |indicator: usize| own.is_some_and(|own| own.hits.iter().any(|hit| hit.indicator == indicator));
        let indicators = pack.pack.file.indicators.iter().zip(&pack.trees).enumerate();
        let mut misses: Vec<Miss<'e>> = indicators
            .filter(|(indicator, _)| !hit(*indicator) && !excepted(*indicator))
            .map(|(indicator, (written, tree))| Miss { indicator, part: looking.part(&written.matches, tree) })
            .collect();
        let points = |miss: &Miss<'_>| pack.pack.file.indicators[miss.indicator].points.value;
        misses.sort_by(|one, other| {
            let nearer = other.part.closeness.total_cmp(&one.part.closeness);
            nearer.then(points(other).total_cmp(&points(one)))
        });
        let alerts = alerts::gaps(pack, own);
        let damping = own.and_then(|own| alerts::damping(pack, own));
        Gaps { pack: at, misses, names, alerts, damping }
    }
}

#[cfg(test)]
mod tests;
