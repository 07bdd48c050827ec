//! `near` that does not hold: the closest group of the lists that are there.

use super::super::evaluate::Place;
use super::super::lexicon::{ListId, Occurrence};
use super::super::scan::FieldScan;
use super::super::verdict::Field;
use super::super::view::View;
use super::{Spread, annotate};

/// How the lists stand; none where none of them is there.
pub(super) fn spread<'e>(view: &View<'_>, names: &[&'e str], lists: &[ListId]) -> Option<Spread<'e>> {
    let groups = view.fields().map(|(field, scan)| (field, scan, closest(scan, lists)));
    // The field with most lists; of equal ones that with the closer words.
    let (at, (field, _, group)) = groups
        .iter()
        .enumerate()
        .min_by_key(|(_, (_, _, group))| (lists.len() - group.len(), width(group)))
        .filter(|(_, (_, _, group))| !group.is_empty())?;
    let words = |field: Field, hit: &Occurrence| annotate(view, &[Place::Words(field, hit.first..hit.last + 1)]);
    let mut present: Vec<_> = group.clone();
    present.sort_by_key(|(_, hit)| (hit.first, hit.last));
    let present: Vec<_> =
        present.iter().filter_map(|(list, hit)| Some((names[*list], words(*field, hit).into_iter().next()?))).collect();
    let (other, scan, _) = &groups[1 - at];
    let (mut elsewhere, mut missing) = (Vec::new(), Vec::new());
    for (list, name) in names.iter().enumerate().filter(|(list, _)| group.iter().all(|(held, _)| held != list)) {
        let there = scan.of(lists[list]).next().and_then(|hit| words(*other, &hit).into_iter().next());
        match there {
            Some(evidence) => elsewhere.push((*name, evidence)),
            None => missing.push(*name),
        }
    }
    Some(Spread { present, elsewhere, missing, words: width(group) })
}

/// Words from the first to the last, both counted.
fn width(group: &[(usize, Occurrence)]) -> u32 {
    let first = group.iter().map(|(_, hit)| hit.first).min().unwrap_or(0);
    let end = group.iter().map(|(_, hit)| hit.last + 1).max().unwrap_or(0);
    end - first
}

/// One occurrence of each list that stands in a field, those that are closest together: a window slides over the
/// occurrences, and its left end follows as long as every list stays inside.
fn closest(scan: &FieldScan, lists: &[ListId]) -> Vec<(usize, Occurrence)> {
    let mut hits: Vec<(Occurrence, usize)> = scan
        .found
        .iter()
        .filter_map(|hit| lists.iter().position(|list| *list == hit.list).map(|at| (*hit, at)))
        .collect();
    hits.sort_unstable();
    let wanted = (0..lists.len()).filter(|list| hits.iter().any(|(_, at)| at == list)).count();
    let mut inside = vec![0usize; lists.len()];
    let (mut left, mut held) = (0, 0);
    let mut best: Option<(u32, Vec<(usize, Occurrence)>)> = None;
    for right in 0..hits.len() {
        let list = hits[right].1;
        inside[list] += 1;
        held += usize::from(inside[list] == 1);
        while inside[hits[left].1] > 1 {
            inside[hits[left].1] -= 1;
            left += 1;
        }
        if held < wanted || best.as_ref().is_some_and(|(width, _)| hits[right].0.first - hits[left].0.first >= *width) {
            continue;
        }
        let mut group: Vec<(usize, Occurrence)> = Vec::new();
        for (hit, list) in hits[left..=right].iter().rev() {
            if group.iter().all(|(held, _)| held != list) {
                group.push((*list, *hit));
            }
        }
        let narrower = width(&group);
        if best.as_ref().is_none_or(|(width, _)| narrower < *width) {
            best = Some((narrower, group));
        }
    }
    best.map(|(_, group)| group).unwrap_or_default()
}
