//! Ambiguous names that do not count, because none of the words that would make them count is near.

use super::super::compile::{CompiledGuard, CompiledPack};
use super::super::evaluate::Place;
use super::super::lexicon::Occurrence;
use super::super::scan::FieldScan;
use super::super::view::View;
use super::{Unguarded, annotate};
use crate::pack::grammar::Guard;

/// Occurrences of one name that are looked at: a hostile text repeats it a thousand times among a thousand others.
const MOST_NAMES: usize = 32;

/// The names of a post that do not count for their actor, unless another name does.
pub(super) fn unguarded<'e>(pack: &'e CompiledPack, view: &View<'_>) -> Vec<Unguarded<'e>> {
    let file = &pack.pack.file;
    let written = file.actors.0.iter().flat_map(|(actor, one)| {
        one.ambiguous.0.iter().map(move |(phrase, guard)| (actor.value.as_str(), phrase.value.as_str(), guard))
    });
    // Guards are compiled in the order in which they are written.
    let guards = written
        .zip(&pack.guards)
        .filter(|(_, compiled)| view.fields().iter().all(|(_, scan)| scan.of(compiled.joins).next().is_none()));
    guards.filter_map(|((actor, phrase, guard), compiled)| name(view, actor, phrase, guard, compiled)).collect()
}

fn name<'e>(
    view: &View<'_>,
    actor: &'e str,
    phrase: &'e str,
    guard: &'e Guard,
    compiled: &CompiledGuard,
) -> Option<Unguarded<'e>> {
    let found = view.fields().into_iter().flat_map(|(field, scan)| {
        scan.of(compiled.name).take(MOST_NAMES).map(move |name| (field, name, nearest(scan, &name, compiled)))
    });
    let (field, name, nearest) = found.min_by_key(|(_, _, nearest)| nearest.map_or(u32::MAX, |(_, words)| words))?;
    let words = |hit: &Occurrence| annotate(view, &[Place::Words(field, hit.first..hit.last + 1)]).into_iter().next();
    let list = |hit: &Occurrence| compiled.near.iter().position(|list| *list == hit.list);
    Some(Unguarded {
        actor,
        phrase,
        name: words(&name)?,
        near: guard.near.iter().map(|list| list.value.as_str()).collect(),
        within: guard.within.value,
        nearest: nearest
            .and_then(|(hit, distance)| Some((guard.near.get(list(&hit)?)?.value.as_str(), words(&hit)?, distance))),
    })
}

/// The nearest word that would make a name count, and words from first to last, both counted.
fn nearest(scan: &FieldScan, name: &Occurrence, guard: &CompiledGuard) -> Option<(Occurrence, u32)> {
    let others = scan.found.iter().filter(|other| guard.near.contains(&other.list));
    let apart = others.filter(|other| other.last < name.first || name.last < other.first);
    apart
        .map(|other| (*other, name.last.max(other.last) + 1 - name.first.min(other.first)))
        .min_by_key(|(_, words)| *words)
}
