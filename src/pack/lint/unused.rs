//! What stands in a pack and does nothing: lists that nothing names, and names of what is empty.

use std::collections::HashSet;

use super::walk;
use crate::pack::grammar::{Match, PackFile};
use crate::problem::Problem;
use crate::yaml::At;

/// Lists and actors without a use, and uses of lists and actors without content.
pub(super) fn unused(pack: &PackFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    if pack.indicators.is_empty() {
        let problem = Problem::warning("UC093", "a pack without indicators finds nothing", pack.pack.span.clone());
        problems.push(problem.help("write `indicators:`, with a `match` for each"));
    }
    let uses = Uses::of(pack);
    for name in names(&pack.words.0).filter(|name| !uses.words.contains(name.as_str())) {
        let problem =
            Problem::warning("UC082", format!("nothing uses the word list `{}`", name.value), name.span.clone());
        problems.push(problem.help("name it in a `match`, or remove it"));
    }
    for name in names(&pack.domains.0).filter(|name| !uses.domains.contains(name.as_str())) {
        let message = format!("nothing uses the domain list `{}`", name.value);
        let problem = Problem::warning("UC084", message, name.span.clone());
        problems.push(problem.help("name it in a `link`, or remove it"));
    }
    for (name, actor) in &pack.actors.0 {
        if actor.accounts.is_empty() && actor.names.is_empty() && actor.ambiguous.0.is_empty() {
            let problem =
                Problem::warning("UC083", format!("nothing can find the actor `{}`", name.value), name.span.clone());
            problems.push(problem.help("give it `accounts:` or `names:`, or remove it"));
        }
    }
    for indicator in &pack.indicators {
        walk(&indicator.matches, &mut |part| problems.extend(without_content(pack, &part.value)));
    }
    problems
}

fn names<T>(named: &[(At<String>, T)]) -> impl Iterator<Item = &At<String>> {
    named.iter().map(|(name, _)| name)
}

/// Lists that matches, actors and ambiguous names refer to.
#[derive(Default)]
struct Uses<'p> {
    words: HashSet<&'p str>,
    domains: HashSet<&'p str>,
}

impl<'p> Uses<'p> {
    fn of(pack: &'p PackFile) -> Self {
        let mut uses = Self::default();
        for indicator in &pack.indicators {
            walk(&indicator.matches, &mut |part| match &part.value {
                Match::Words(names) => uses.words.extend(names.iter().map(|name| name.as_str())),
                Match::Near(near) => uses.words.extend(near.words.iter().map(|name| name.as_str())),
                Match::ReadsLike(like) => uses.words.extend(like.about.iter().map(|name| name.as_str())),
                Match::Link(link) => {
                    uses.domains.extend(link.domains.iter().chain(&link.lookalike).map(|name| name.as_str()));
                }
                Match::Regex(_)
                | Match::Author(_)
                | Match::Forwarded(_)
                | Match::Language(_)
                | Match::Field(_)
                | Match::All(_)
                | Match::Any(_)
                | Match::Not(_)
                | Match::AtLeast(_)
                | Match::Joins(_) => {}
            });
        }
        for (_, actor) in &pack.actors.0 {
            uses.words.extend(actor.behind.iter().map(|name| name.as_str()));
            let guards = actor.ambiguous.0.iter().flat_map(|(_, guard)| &guard.near);
            uses.words.extend(guards.map(|name| name.as_str()));
        }
        uses
    }
}

/// A match that names what is there, but empty. `near` needs each of its lists, the others any of theirs.
fn without_content(pack: &PackFile, matches: &Match) -> Option<Problem> {
    let phrases = |name: &str| match (pack.words.get(name), pack.actors.get(name)) {
        (Some(list), _) => list.0.iter().any(|(_, phrases)| !phrases.is_empty()),
        (None, Some(actor)) => !actor.names.is_empty() || !actor.ambiguous.0.is_empty(),
        // UC032 says so.
        (None, None) => true,
    };
    let accounts = |name: &str| pack.actors.get(name).is_none_or(|actor| !actor.accounts.is_empty());
    let hosts = |name: &str| pack.domains.get(name).is_none_or(|hosts| !hosts.is_empty());
    let (empty, lacks) = match matches {
        Match::Near(near) => (near.words.iter().find(|name| !phrases(name))?, "phrase"),
        Match::Words(names) => (none_of(names, phrases)?, "phrase"),
        Match::ReadsLike(like) => (none_of(&like.about, phrases)?, "phrase"),
        Match::Author(names) | Match::Forwarded(names) => (none_of(names, accounts)?, "account"),
        Match::Link(link) if link.lookalike.is_empty() && !link.shortener => (none_of(&link.domains, hosts)?, "host"),
        Match::Link(_)
        | Match::Regex(_)
        | Match::Language(_)
        | Match::Field(_)
        | Match::All(_)
        | Match::Any(_)
        | Match::Not(_)
        | Match::AtLeast(_)
        | Match::Joins(_) => return None,
    };
    let message = format!("this can never match: `{}` holds no {lacks}", empty.value);
    Some(Problem::warning("UC092", message, empty.span.clone()).help("fill it, or leave this out"))
}

/// The first of the names, where none of them has content.
fn none_of(names: &[At<String>], content: impl Fn(&str) -> bool) -> Option<&At<String>> {
    if names.iter().any(|name| content(name)) { None } else { names.first() }
}
