//! Phrases that add nothing to their list: the same one again, or one that another swallows.
//!
//! A phrase swallows another when each of its words covers a word of the other, side by side: `росси*` swallows both
//! `россия` and `вся россия`. Each language is looked at by itself, though every list is tried on every text: a line that
//! is whole can be reviewed by an editor of its language, and lives on when that of another language changes. Phrases are
//! filed under their longest word and asked for by the beginnings of words, so that ten thousand of them cost no more than
//! ten thousand times a few look-ups.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::pack::check::phrase_problem;
use crate::pack::grammar::PackFile;
use crate::problem::{Problem, short};
use crate::text::{Ending, FORMS_SIGN, LONGEST_PROCLITICS, Language, Stem, stems};
use crate::yaml::At;

/// Longer words are not looked into: no language's word is, and each of its beginnings is a look-up.
const LONGEST_WORD: usize = 64;

/// Comparisons of one list. Ten thousand phrases of one common word ask for more, and nobody writes such a list.
const MOST_COMPARISONS: usize = 1_000_000;

/// All redundant phrases.
pub(super) fn redundant(pack: &PackFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (_, languages) in &pack.words.0 {
        for (language, phrases) in &languages.0 {
            list(Language::of_code(language), phrases, &mut problems);
        }
    }
    for (_, actor) in &pack.actors.0 {
        list(None, &actor.names, &mut problems);
    }
    problems
}

struct Phrase<'p> {
    written: &'p At<String>,
    stems: Vec<Stem>,
    anchor: usize,
}

/// The phrases of one language.
fn list<'p>(language: Option<Language>, written: &'p [At<String>], problems: &mut Vec<Problem>) {
    let mut phrases: Vec<Phrase<'p>> = Vec::new();
    let mut known: HashMap<Vec<Stem>, usize> = HashMap::new();
    for written in written {
        // A sign at the wrong place finds nothing (UC020), and so swallows nothing.
        if written.contains(['*', FORMS_SIGN]) && phrase_problem(written, language).is_some() {
            continue;
        }
        let stems = stems(written, language);
        let Some((anchor, _)) = stems.iter().enumerate().max_by_key(|(_, stem)| stem.reach()) else { continue };
        match known.entry(stems.clone()) {
            Entry::Vacant(place) => {
                place.insert(phrases.len());
                phrases.push(Phrase { written, stems, anchor });
            }
            Entry::Occupied(place) => {
                let first = phrases[*place.get()].written;
                // An alias puts one and the same phrase into two places.
                if first.span != written.span {
                    problems.push(twice(written, first));
                }
            }
        }
    }
    let mut by_anchor: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, phrase) in phrases.iter().enumerate() {
        for anchor in phrase.stems[phrase.anchor].anchors() {
            by_anchor.entry(anchor).or_default().push(at);
        }
    }
    let mut left = MOST_COMPARISONS;
    for (at, phrase) in phrases.iter().enumerate() {
        if let Some(other) = swallower(phrase, at, &phrases, &by_anchor, &mut left) {
            problems.push(swallowed(phrase.written, phrases[other].written));
        }
    }
}

/// The phrase of the list that finds whatever this one finds.
fn swallower(
    phrase: &Phrase<'_>,
    at: usize,
    phrases: &[Phrase<'_>],
    by_anchor: &HashMap<&str, Vec<usize>>,
    left: &mut usize,
) -> Option<usize> {
    for (place, stem) in phrase.stems.iter().enumerate().filter(|(_, stem)| stem.text.len() <= LONGEST_WORD) {
        for part in parts(stem) {
            for &other in by_anchor.get(part).into_iter().flatten().filter(|other| **other != at) {
                *left = left.checked_sub(1)?;
                let other_stems = &phrases[other].stems;
                if *other_stems != phrase.stems && phrases[other].covers(phrase, place) {
                    return Some(other);
                }
            }
        }
    }
    None
}

/// The letters that a covering stem could have: every beginning, after every proclitic that a stem may have before it.
fn parts(stem: &Stem) -> impl Iterator<Item = &str> {
    let text =
        if let Ending::Form(_) = stem.ending { stem.anchors().first().copied().unwrap_or("") } else { &*stem.text };
    let starts = text.char_indices().map(|(at, _)| at).take(if stem.arabic { LONGEST_PROCLITICS + 1 } else { 1 });
    starts.flat_map(move |start| {
        let rest = &text[start..];
        rest.char_indices().skip(1).map(|(end, _)| end).chain([rest.len()]).map(move |end| &rest[..end])
    })
}

impl Phrase<'_> {
    /// Whether this phrase is found wherever the other is, with its anchor at that word of the other.
    fn covers(&self, other: &Self, place: usize) -> bool {
        let Some(first) = place.checked_sub(self.anchor) else { return false };
        let Some(under) = other.stems.get(first..first + self.stems.len()) else { return false };
        self.stems.iter().zip(under).all(|(one, word)| one.covers(word))
    }
}

fn twice(written: &At<String>, first: &At<String>) -> Problem {
    let message = if written.value == first.value {
        format!("`{}` stands twice in this list", short(written))
    } else {
        format!("`{}` is the same phrase as `{}` in this list", short(written), short(first))
    };
    let help = "remove one: case, ё, diacritics, hamza forms and a leading ال are folded";
    Problem::warning("UC085", message, written.span.clone()).help(help)
}

fn swallowed(written: &At<String>, other: &At<String>) -> Problem {
    let message = format!("`{}` adds nothing: `{}` of the same list is found there too", short(written), short(other));
    Problem::warning("UC086", message, written.span.clone()).help("remove it, or make the other one narrower")
}
