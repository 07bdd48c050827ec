//! What of a pack its tests touch, and what none does.
//!
//! In: a pack, and its tests as they went. Out: a [`Coverage`] of six sorts of entries. Indicators and alerts count when
//! they were found; phrases, names, accounts and domains when they stand in a post of a test. The engine knows which
//! list a phrase belongs to and not which phrase of it stood there, and it should not: that would cost every post of
//! every topic. So here the tests' posts are scanned again, by the same matcher, with each entry as a list of its own.

use std::collections::HashSet;

use super::Trial;
use crate::pack::PackFile;
use crate::pack::grammar::Match;
use crate::score::Scratch;
use crate::score::lexicon::{Builder, ListId};
use crate::score::scan::Registry;
use crate::text::{Language, Protected};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Indicators that were found.
    Indicators,
    /// Alerts that were raised.
    Alerts,
    /// Phrases of word lists.
    Phrases,
    /// Names of actors, ambiguous ones included.
    Names,
    /// Accounts of actors.
    Accounts,
    /// Hosts of domain lists.
    Domains,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Indicators, Self::Alerts, Self::Phrases, Self::Names, Self::Accounts, Self::Domains];

    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::Alerts => "alerts",
            Self::Phrases => "phrases",
            Self::Names => "names",
            Self::Accounts => "accounts",
            Self::Domains => "domains",
        }
    }
}

/// Something that a test can touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub sort: Sort,
    /// Where it belongs: the list, the actor, `list/language` of a phrase; empty for indicators and alerts.
    pub of: String,
    /// The entry as written.
    pub entry: String,
    /// Whether a test touches it.
    pub touched: bool,
}

/// Everything in a pack that a test can touch, in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage(pub Vec<Entry>);

impl Coverage {
    /// How many entries of a sort are touched, and how many there are.
    #[must_use]
    pub fn count(&self, sort: Sort) -> (usize, usize) {
        let of = || self.0.iter().filter(|entry| entry.sort == sort);
        (of().filter(|entry| entry.touched).count(), of().count())
    }

    /// How many entries are touched, and how many there are.
    #[must_use]
    pub fn total(&self) -> (usize, usize) {
        (self.0.iter().filter(|entry| entry.touched).count(), self.0.len())
    }
}

/// What the trials touch of their pack.
///
/// # Errors
/// More phrases than an automaton holds; a pack that was compiled has fewer.
pub fn coverage(pack: &PackFile, trials: &[Trial]) -> Result<Coverage, String> {
    let mut entries = found(pack, trials);
    let mut builder = Builder::default();
    let mut registry = Registry::default();
    let mut imitated = HashSet::new();
    pack.indicators.iter().for_each(|indicator| lookalikes(&indicator.matches, &mut imitated));
    let mut places: Vec<(usize, ListId)> = Vec::new();
    for Written { sort, of, language, entry: written } in written(pack) {
        let list = builder.list();
        match sort {
            Sort::Phrases | Sort::Names => builder.add(list, written, language),
            Sort::Accounts => registry.hold_account(written, list),
            Sort::Domains => {
                registry.hold_domain(written, list);
                if imitated.contains(of.as_str()) {
                    registry.protected.push((list, Protected::new([written])));
                }
            }
            Sort::Indicators | Sort::Alerts => {}
        }
        places.push((entries.len(), list));
        entries.push(Entry { sort, of, entry: written.to_string(), touched: false });
    }
    let lexicon = builder.build()?;
    let mut scratch = Scratch::default();
    let mut there: HashSet<ListId> = HashSet::new();
    for scored in trials.iter().flat_map(|trial| &trial.posts) {
        scratch.scan(&lexicon, &registry, &scored.post);
        there.extend(scratch.lists());
        there.extend(scratch.facts.iter().map(|fact| fact.list));
    }
    for (at, list) in places {
        entries[at].touched = there.contains(&list);
    }
    Ok(Coverage(entries))
}

/// Indicators and alerts, which the verdicts name.
fn found(pack: &PackFile, trials: &[Trial]) -> Vec<Entry> {
    let hit = |id: &str| trials.iter().any(|trial| trial.hits.contains(id));
    let verdicts = trials.iter().flat_map(|trial| &trial.posts).flat_map(|scored| &scored.verdict.packs);
    let alerts: HashSet<usize> = verdicts.filter_map(|pack| pack.alert).collect();
    let entry = |sort, id: &str, touched| Entry { sort, of: String::new(), entry: id.to_string(), touched };
    let indicators = pack.indicators.iter().map(|one| entry(Sort::Indicators, one.id.as_str(), hit(&one.id)));
    let rules = pack.alerts.iter().enumerate();
    indicators.chain(rules.map(|(at, one)| entry(Sort::Alerts, one.id.as_str(), alerts.contains(&at)))).collect()
}

/// The domain lists whose hosts a link may imitate: an imitation touches those hosts too.
fn lookalikes<'p>(matches: &'p Match, lists: &mut HashSet<&'p str>) {
    match matches {
        Match::Link(link) => lists.extend(link.lookalike.iter().map(|name| name.as_str())),
        Match::All(parts) | Match::Any(parts) => parts.iter().for_each(|part| lookalikes(part, lists)),
        Match::AtLeast(some) => some.of.iter().for_each(|part| lookalikes(part, lists)),
        Match::Not(part) => lookalikes(part, lists),
        Match::Words(_)
        | Match::Near(_)
        | Match::Regex(_)
        | Match::Author(_)
        | Match::Language(_)
        | Match::Forwarded(_)
        | Match::Field(_)
        | Match::ReadsLike(_)
        | Match::Joins(_) => {}
    }
}

/// An entry as the file holds it.
struct Written<'p> {
    sort: Sort,
    of: String,
    /// Of a phrase: what its forms are made by.
    language: Option<Language>,
    entry: &'p str,
}

/// Everything that can stand in a post.
fn written(pack: &PackFile) -> Vec<Written<'_>> {
    let mut all = Vec::new();
    for (list, languages) in &pack.words.0 {
        for (code, phrases) in &languages.0 {
            let (of, language) = (format!("{}/{}", list.value, code.value), Language::of_code(code));
            all.extend(phrases.iter().map(|entry| Written { sort: Sort::Phrases, of: of.clone(), language, entry }));
        }
    }
    let plain = |sort, of: &str, entry| Written { sort, of: of.to_string(), language: None, entry };
    for (name, actor) in &pack.actors.0 {
        let ambiguous = actor.ambiguous.0.iter().map(|(phrase, _)| phrase);
        all.extend(actor.names.iter().chain(ambiguous).map(|entry| plain(Sort::Names, name, entry.as_str())));
        all.extend(actor.accounts.iter().map(|entry| plain(Sort::Accounts, name, entry.as_str())));
    }
    for (list, hosts) in &pack.domains.0 {
        all.extend(hosts.iter().map(|entry| plain(Sort::Domains, list, entry.as_str())));
    }
    all
}
