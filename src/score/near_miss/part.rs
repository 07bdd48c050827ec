//! A match, part by part: which hold, and how near the others are.

use super::super::evaluate::{Found, Tree};
use super::instead::instead;
use super::spread::spread;
use super::{Looking, Part, Unguarded, annotate};
use crate::pack::grammar::Match;
use crate::yaml::At;

impl<'e> Looking<'_, 'e> {
    /// A part and all that is in it. `matches` is what was written, `tree` the same compiled.
    pub(super) fn part(&self, matches: &'e Match, tree: &'e Tree) -> Part<'e> {
        match (matches, tree) {
            (Match::All(written), Tree::All(trees)) => {
                let parts = self.parts(written, trees);
                let held = parts.iter().all(|part| part.held);
                let closeness = self.weights.all(&parts);
                Part { parts, ..combined(matches, held, closeness) }
            }
            (Match::Any(written), Tree::Any(trees)) => {
                let parts = self.parts(written, trees);
                let held = parts.iter().any(|part| part.held);
                let closeness = parts.iter().map(|part| part.closeness).fold(0.0, f64::max);
                Part { parts, ..combined(matches, held, closeness) }
            }
            (Match::AtLeast(some), Tree::AtLeast(needed, trees)) => {
                let parts = self.parts(&some.of, trees);
                let held = parts.iter().filter(|part| part.held).count() >= *needed;
                let mut nearest: Vec<f64> = parts.iter().map(|part| part.closeness).collect();
                nearest.sort_by(|one, other| other.total_cmp(one));
                let closeness = mean(nearest.into_iter().take(*needed), *needed);
                Part { parts, ..combined(matches, held, closeness) }
            }
            (Match::Not(written), Tree::Not(tree)) => {
                let inner = self.part(written, tree);
                let held = !inner.held;
                Part { parts: vec![inner], ..combined(matches, held, if held { 1.0 } else { 0.0 }) }
            }
            _ => self.leaf(matches, tree),
        }
    }

    fn parts(&self, written: &'e [At<Match>], trees: &'e [Tree]) -> Vec<Part<'e>> {
        written.iter().zip(trees).map(|(written, tree)| self.part(written, tree)).collect()
    }

    /// What the scorer itself decides.
    fn leaf(&self, matches: &'e Match, tree: &Tree) -> Part<'e> {
        if let Some(Found { places, notes, .. }) = tree.find(self.view) {
            return Part { evidence: annotate(self.view, &places), notes, ..combined(matches, true, 1.0) };
        }
        let part = combined(matches, false, 0.0);
        match (matches, tree) {
            (Match::Near(near), Tree::Near(lists, within)) => {
                let names: Vec<&'e str> = near.words.iter().map(|name| name.value.as_str()).collect();
                let spread = spread(self.view, &names, lists);
                let absent = |name: &&str| spread.as_ref().is_none_or(|spread| spread.missing.contains(name));
                let absent: Vec<&str> = names.iter().copied().filter(absent).collect();
                let unguarded: Vec<Unguarded<'e>> = absent.iter().flat_map(|name| self.unguarded(name)).collect();
                let half: Vec<&str> =
                    absent.into_iter().filter(|name| unguarded.iter().any(|one| one.actor == *name)).collect();
                let closeness = self.weights.near(&near.words, spread.as_ref(), &half, *within);
                Part { closeness, names: unguarded, spread, ..part }
            }
            (Match::Words(lists), _) => {
                let names: Vec<Unguarded<'e>> = lists.iter().flat_map(|name| self.unguarded(name)).collect();
                Part { closeness: if names.is_empty() { 0.0 } else { 0.5 }, names, ..part }
            }
            (Match::ReadsLike(_), Tree::ReadsLike { classifier, classes, at, about }) => {
                let about = about.iter().any(|list| self.view.scratch.has(*list));
                let judgement = self.view.judgement(*classifier).filter(|_| about);
                let share = judgement.map_or(0.0, |judgement| judgement.share(classes));
                Part { closeness: share / at, instead: about.then(|| format!("{share:.2}")), ..part }
            }
            _ => Part { instead: instead(self.view, matches), ..part },
        }
    }

    fn unguarded(&self, actor: &str) -> impl Iterator<Item = Unguarded<'e>> {
        self.unguarded.iter().filter(move |name| name.actor == actor).cloned()
    }
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
    if count == 0.0 { 0.0 } else { values.sum::<f64>() / count }
}

/// A part without anything to show.
fn combined(matches: &Match, held: bool, closeness: f64) -> Part<'_> {
    let closeness = if held { 1.0 } else { closeness };
    Part {
        matches,
        held,
        closeness,
        evidence: Vec::new(),
        notes: Vec::new(),
        spread: None,
        names: Vec::new(),
        instead: None,
        parts: Vec::new(),
    }
}
