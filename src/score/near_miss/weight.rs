//! How much a part of a match says.
//!
//! In a pack about Russia in Iraq nearly every indicator looks for both countries, and every report has them: that they
//! are there brings none of the indicators nearer. So a list that many indicators share weighs the less in each, as a
//! word that stands in every document does in a search engine.

use std::collections::{HashMap, HashSet};

use super::{Part, Spread};
use crate::pack::PackFile;
use crate::pack::grammar::Match;
use crate::yaml::At;

/// A language or a field's value, which many posts have, and what must be absent: a post that has all of the rest is
/// near.
const BACKGROUND: f64 = 0.25;

/// Per name of a list: how many indicators use it.
pub(super) struct Weights<'e>(HashMap<&'e str, usize>);

impl<'e> Weights<'e> {
    pub(super) fn new(file: &'e PackFile) -> Self {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for indicator in &file.indicators {
            let mut names = HashSet::new();
            collect(&indicator.matches, &mut names);
            for name in names {
                *uses.entry(name).or_default() += 1;
            }
        }
        Self(uses)
    }

    fn of(&self, name: &str) -> f64 {
        1.0 / number(self.0.get(name).copied().unwrap_or(1).max(1))
    }

    fn most(&self, names: &[At<String>]) -> f64 {
        names.iter().map(|name| self.of(name)).fold(0.0, f64::max)
    }

    fn sum(&self, names: &[At<String>]) -> f64 {
        names.iter().map(|name| self.of(name)).sum()
    }

    /// What a part weighs beside others.
    pub(super) fn part(&self, matches: &Match) -> f64 {
        match matches {
            Match::Words(names) | Match::Author(names) | Match::Forwarded(names) => self.most(names),
            Match::Near(near) => self.sum(&near.words),
            Match::ReadsLike(like) => self.most(&like.about),
            Match::Regex(_) | Match::Link(_) => 1.0,
            Match::Language(_) | Match::Field(_) | Match::Not(_) => BACKGROUND,
            Match::All(parts) => parts.iter().map(|part| self.part(part)).sum(),
            Match::Any(parts) => parts.iter().map(|part| self.part(part)).fold(0.0, f64::max),
            Match::AtLeast(some) => {
                let sum: f64 = some.of.iter().map(|part| self.part(part)).sum();
                sum * f64::from(some.n.value) / number(some.of.len().max(1))
            }
            Match::Joins(_) => 0.0,
        }
    }

    /// The share of the parts that holds. What only has to be absent says nothing, unless it is there.
    pub(super) fn all(&self, parts: &[Part<'_>]) -> f64 {
        let counted = || parts.iter().filter(|part| !(part.held && matches!(part.matches, Match::Not(_))));
        let whole: f64 = counted().map(|part| self.part(part.matches)).sum();
        let held: f64 = counted().map(|part| self.part(part.matches) * part.closeness).sum();
        if whole > 0.0 { held / whole } else { 0.0 }
    }

    /// The share of a `near` that holds. A list in the other field counts half, and so does a name that does not
    /// count; where the words are too far apart, one list counts the less, the farther they are.
    pub(super) fn near(&self, names: &[At<String>], spread: Option<&Spread<'_>>, half: &[&str], within: u32) -> f64 {
        let whole = self.sum(names);
        if whole <= 0.0 {
            return 0.0;
        }
        let Some(spread) = spread else { return half.iter().map(|name| self.of(name)).sum::<f64>() / 2.0 / whole };
        let present: f64 = spread.present.iter().map(|(name, _)| self.of(name)).sum();
        let halves = spread.elsewhere.iter().map(|(name, _)| name).chain(half);
        let halves: f64 = halves.map(|name| self.of(name) / 2.0).sum();
        let far = if spread.words > within { 1.0 - f64::from(within) / f64::from(spread.words) } else { 0.0 };
        ((present + halves) / whole - far / number(names.len())).max(0.0)
    }
}

/// Names of lists and actors in a match.
fn collect<'e>(matches: &'e Match, names: &mut HashSet<&'e str>) {
    let listed: &[At<String>] = match matches {
        Match::Words(names) | Match::Author(names) | Match::Forwarded(names) => names,
        Match::Near(near) => &near.words,
        Match::ReadsLike(like) => &like.about,
        Match::All(parts) | Match::Any(parts) => return parts.iter().for_each(|part| collect(part, names)),
        Match::AtLeast(some) => return some.of.iter().for_each(|part| collect(part, names)),
        // What must be absent is no part of what is looked for.
        Match::Not(_) | Match::Regex(_) | Match::Link(_) | Match::Language(_) | Match::Field(_) | Match::Joins(_) => {
            &[]
        }
    };
    names.extend(listed.iter().map(|name| name.value.as_str()));
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
