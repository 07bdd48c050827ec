//! What a careful colleague would say of a pack that could be used as it is (UC080-UC093).
//!
//! In: a pack as read, or the text of any file. Out: warnings, each at its place. Only `check` asks for them: they cost
//! more than a start should wait for, and nothing stops because of them.

mod alerts;
mod common;
mod hidden;
mod patterns;
mod redundant;
mod unused;

use super::grammar::{Match, PackFile};
use crate::problem::Problem;
use crate::yaml::At;

pub use hidden::hidden;

/// What a colleague would say of a pack. Whether something is used is asked only of a `sound` one, without errors: a
/// misspelt name is no use.
#[must_use]
pub fn lint(pack: &PackFile, sound: bool) -> Vec<Problem> {
    let mut problems = if sound { unused::unused(pack) } else { Vec::new() };
    problems.extend(redundant::redundant(pack));
    problems.extend(common::common(pack));
    problems.extend(alerts::outdone(pack));
    problems.extend(patterns::patterns(pack));
    problems
}

/// Calls `visit` with a match and everything in it.
fn walk<'p>(matches: &'p At<Match>, visit: &mut impl FnMut(&'p At<Match>)) {
    visit(matches);
    match &matches.value {
        Match::All(parts) | Match::Any(parts) => parts.iter().for_each(|part| walk(part, visit)),
        Match::AtLeast(some) => some.of.iter().for_each(|part| walk(part, visit)),
        Match::Not(part) => walk(part, visit),
        Match::Words(_)
        | Match::Near(_)
        | Match::Regex(_)
        | Match::Author(_)
        | Match::Link(_)
        | Match::Language(_)
        | Match::Forwarded(_)
        | Match::Field(_)
        | Match::ReadsLike(_)
        | Match::Joins(_) => {}
    }
}

#[cfg(test)]
mod tests;
