//! Endings that change places with each other, as tables.
//!
//! A rule reads: after one of these letters, a word that ends so (its dictionary form) keeps what stands before that,
//! and takes any of these endings. An alternation (рынок, рынка) is a rule that cuts deeper. All rules that fit a word
//! hold: a word alone does not tell its gender, and most forms that it does not have are no words at all.
//!
//! Endings are parted by spaces; `-` is none; `ющ+` and `ющ^` are that with each ending of the language's two sorts of
//! adjectives, for participles.

use std::collections::BTreeSet;

/// Letters before the cut (empty: any), the cut, the endings.
pub(super) type Row = (&'static str, &'static str, &'static str);

/// A whole word, another stem that it has, the endings of that stem.
pub(super) type Odd = (&'static str, &'static str, &'static str);

/// The endings of a stem, sorted.
pub(super) type Endings = Box<[Box<str>]>;

/// A rule with its endings read.
pub(super) struct Rule {
    before: &'static str,
    cut: &'static str,
    endings: Endings,
    /// Letters of the shortest ending.
    shortest: usize,
}

/// A language's rules.
pub(super) struct Rules {
    rules: Vec<Rule>,
    odd: Vec<(&'static str, &'static str, Endings)>,
}

/// Letters of a stem at least, and of its shortest form: what is shorter belongs to too many words.
const SHORTEST: (usize, usize) = (2, 3);

impl Rules {
    /// Reads a language's tables. `hard` and `soft` are the endings of its adjectives.
    pub(super) fn new(tables: &[&'static [Row]], odd: &'static [Odd], hard: &str, soft: &str) -> Self {
        let endings = |written: &str| endings(written, hard, soft);
        let rows = tables.iter().flat_map(|table| table.iter());
        let rules = rows.map(|(before, cut, forms)| {
            let endings = endings(forms);
            let shortest = endings.iter().map(|ending| ending.chars().count()).min().unwrap_or(0);
            Rule { before, cut, endings, shortest }
        });
        let rules = rules.collect();
        Self { rules, odd: odd.iter().map(|(word, stem, forms)| (*word, *stem, endings(forms))).collect() }
    }

    /// Gives every stem that a word may have, with its endings.
    pub(super) fn stems<'r>(&'r self, word: &str, mut give: impl FnMut(&str, &'r [Box<str>])) {
        for rule in &self.rules {
            let Some(stem) = word.strip_suffix(rule.cut) else { continue };
            let fits = rule.before.is_empty() || stem.ends_with(|last| rule.before.contains(last));
            let letters = stem.chars().count();
            if fits && letters >= SHORTEST.0 && letters + rule.shortest >= SHORTEST.1 {
                give(stem, &rule.endings);
            }
        }
        for (_, stem, endings) in self.odd.iter().filter(|(odd, ..)| *odd == word) {
            give(stem, endings);
        }
    }
}

fn endings(written: &str, hard: &str, soft: &str) -> Endings {
    let mut endings: BTreeSet<Box<str>> = BTreeSet::new();
    for part in written.split(' ') {
        let (stem, adjective) = match (part.strip_suffix('+'), part.strip_suffix('^')) {
            (Some(stem), _) => (stem, hard),
            (_, Some(stem)) => (stem, soft),
            _ => {
                endings.insert(part.trim_end_matches('-').into());
                continue;
            }
        };
        endings.extend(adjective.split(' ').map(|ending| format!("{stem}{ending}").into()));
    }
    endings.into_iter().collect()
}
