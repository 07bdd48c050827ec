//! Whether an indicator is found in a post, where, and in what state its words stand.
//!
//! A match has parts; each part stands in a state, and the state decides what the pack lets it keep. Of several matches
//! the one that keeps most counts; `near`, `all` and `at_least` are as damped as their most damped part, `any` as its
//! least damped.

use std::cmp::Ordering;
use std::ops::Range;

use regex::Regex;

use super::fields::{FieldValues, Holds, Languages};
use super::lexicon::{ListId, Occurrence};
use super::scan::FieldScan;
use super::verdict::{Field, State};
use super::view::View;

/// Matches of one regular expression in one field that are looked at: the first ones decide, and a hostile post must
/// not buy more work than that.
const MOST_REGEX_MATCHES: usize = 32;
/// Words that are shown for what a whole text reads like.
const MOST_SHOWN: usize = 5;
/// Shorter ones say much to a classifier and nothing to a reader.
const FEWEST_LETTERS: usize = 4;

/// A compiled match.
#[derive(Debug)]
pub enum Tree {
    /// Any phrase of any list.
    Words(Vec<ListId>),
    /// One of each list within so many words.
    Near(Vec<ListId>, u32),
    /// A regular expression, and whether it sees the original text.
    Regex(Box<Regex>, bool),
    /// The author or channel is in one of these lists.
    Author(Vec<ListId>),
    /// A link leads into one of these lists.
    Link(Vec<ListId>),
    /// It was forwarded from one of these lists.
    Forwarded(Vec<ListId>),
    /// The declared and the found language.
    Language(Languages),
    /// A field's values.
    Field(FieldValues),
    /// The share of classes that a classifier gives the text, which holds one of these lists.
    ReadsLike {
        /// The classifier's index in the engine.
        classifier: usize,
        /// The classes' indexes in the classifier.
        classes: Vec<usize>,
        /// The share from which on it holds.
        at: f64,
        /// What the text is about.
        about: Vec<ListId>,
    },
    /// Each.
    All(Vec<Tree>),
    /// One or more.
    Any(Vec<Tree>),
    /// Absent.
    Not(Box<Tree>),
    /// So many or more.
    AtLeast(usize, Vec<Tree>),
}

/// A place in a post, before it becomes evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Words of a field.
    Words(Field, Range<u32>),
    /// Bytes of a field's original text.
    Bytes(Field, Range<usize>),
    /// A whole field.
    Whole(Field),
}

/// In what state words stand, for one pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The state.
    pub state: State,
    /// The pack's actor who says them.
    pub speaker: Option<usize>,
    /// Whether the speaker lifts the damping.
    pub relayed: bool,
    /// The share of its points that a hit keeps.
    pub keep: f64,
    /// What decided that.
    pub because: Vec<Place>,
}

impl Reading {
    /// The same words as an onlooker's: attributed, unless they already stand in a quieter state.
    #[must_use]
    pub fn from_outside(self, keep: f64) -> Self {
        if self.state > State::Quoted {
            return self;
        }
        Self { state: State::Attributed, relayed: false, keep, ..self }
    }

    /// Orders by what is kept, then by the quieter state.
    fn cmp(&self, other: &Self) -> Ordering {
        self.keep.total_cmp(&other.keep).then(other.state.cmp(&self.state))
    }
}

/// A match: its parts, and the reading that counts. `not` has no reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Absent for `not`.
    pub reading: Option<Reading>,
    /// Where it stands.
    pub places: Vec<Place>,
    /// What no place says by itself.
    pub notes: Vec<String>,
}

impl Found {
    fn one(reading: Reading, place: Place) -> Self {
        Self { reading: Some(reading), places: vec![place], notes: Vec::new() }
    }

    /// Several parts that are needed together.
    fn together(parts: Vec<Self>) -> Self {
        let places = parts.iter().flat_map(|part| part.places.iter().cloned()).collect();
        let notes = parts.iter().flat_map(|part| part.notes.iter().cloned()).collect();
        let reading = parts.into_iter().filter_map(|part| part.reading).min_by(Reading::cmp);
        Self { reading, places, notes }
    }

    /// Something that is no text: in the author's own voice, or forwarded. What only lacks has no reading.
    fn fields(view: &View<'_>, holds: Holds) -> Self {
        let reading = (!holds.fields.is_empty() || holds.note.is_some()).then(|| view.plain());
        let places = holds.fields.into_iter().map(Place::Whole).collect();
        Self { reading, places, notes: holds.note.into_iter().collect() }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.reading, &other.reading) {
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => one.is_some().cmp(&other.is_some()),
        }
    }
}

impl Tree {
    /// The match that keeps most, if there is one.
    #[must_use]
    pub fn find(&self, view: &View<'_>) -> Option<Found> {
        match self {
            Self::Words(lists) => words(view, lists),
            Self::Near(lists, within) => near(view, lists, *within),
            Self::Regex(regex, raw) => expression(view, regex, *raw),
            Self::Author(lists) => fact(view, lists, |field| matches!(field, Field::Author | Field::Channel)),
            Self::Link(lists) => fact(view, lists, |field| matches!(field, Field::Link(_))),
            Self::Forwarded(lists) => fact(view, lists, |field| field == Field::ForwardedFrom),
            Self::Language(test) => test.holds(view).map(|holds| Found::fields(view, holds)),
            Self::Field(test) => test.holds(view).map(|holds| Found::fields(view, holds)),
            Self::ReadsLike { classifier, classes, at, about } => reads_like(view, *classifier, classes, *at, about),
            Self::All(parts) => {
                let found: Option<Vec<Found>> = parts.iter().map(|part| part.find(view)).collect();
                found.map(Found::together)
            }
            Self::Any(parts) => best(parts.iter().filter_map(|part| part.find(view))),
            Self::Not(part) => match part.find(view) {
                Some(_) => None,
                None => Some(Found { reading: None, places: Vec::new(), notes: Vec::new() }),
            },
            Self::AtLeast(needed, parts) => {
                let mut found: Vec<Found> = parts.iter().filter_map(|part| part.find(view)).collect();
                if found.len() < *needed {
                    return None;
                }
                found.sort_by(|one, other| other.cmp(one));
                found.truncate(*needed);
                Some(Found::together(found))
            }
        }
    }

    /// Whether it only says what the whole text reads like, and names nothing.
    #[must_use]
    pub fn is_likeness(&self) -> bool {
        match self {
            Self::ReadsLike { .. } => true,
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => parts.iter().all(Self::is_likeness),
            _ => false,
        }
    }

    /// Lists of which one must occur for this to be found; none where it has to be tried on every post.
    #[must_use]
    pub fn triggers(&self) -> Option<Vec<ListId>> {
        match self {
            Self::Words(lists)
            | Self::Author(lists)
            | Self::Link(lists)
            | Self::Forwarded(lists)
            | Self::ReadsLike { about: lists, .. } => Some(lists.clone()),
            // Any one of the needed lists will do; the last is by habit the most particular one.
            Self::Near(lists, _) => lists.last().map(|list| vec![*list]),
            Self::Regex(..) | Self::Not(_) | Self::Language(_) | Self::Field(_) => None,
            Self::All(parts) => parts.iter().find_map(Self::triggers),
            Self::Any(parts) | Self::AtLeast(_, parts) => {
                let all: Option<Vec<Vec<ListId>>> = parts.iter().map(Self::triggers).collect();
                all.map(|lists| lists.concat())
            }
        }
    }
}

/// The first of the matches that keep most.
fn best(found: impl Iterator<Item = Found>) -> Option<Found> {
    found.reduce(|best, next| if next.cmp(&best) == Ordering::Greater { next } else { best })
}

fn range(hit: &Occurrence) -> Range<u32> {
    hit.first..hit.last + 1
}

fn words(view: &View<'_>, lists: &[ListId]) -> Option<Found> {
    if !lists.iter().any(|list| view.scratch.has(*list)) {
        return None;
    }
    best(view.fields().into_iter().flat_map(|(field, scan)| {
        let mut hits: Vec<Occurrence> = lists.iter().flat_map(|list| scan.of_list(*list)).collect();
        hits.sort_unstable();
        hits.dedup();
        hits.into_iter().map(move |hit| {
            let words = range(&hit);
            Found::one(view.reading(field, &words), Place::Words(field, words))
        })
    }))
}

fn near(view: &View<'_>, lists: &[ListId], within: u32) -> Option<Found> {
    if !lists.iter().all(|list| view.scratch.has(*list)) {
        return None;
    }
    best(view.fields().into_iter().filter_map(|(field, scan)| near_in(view, field, scan, lists, within)))
}

/// Slides over the occurrences: each is tried as the leftmost, and every list gives its best one in reach.
fn near_in(view: &View<'_>, field: Field, scan: &FieldScan, lists: &[ListId], within: u32) -> Option<Found> {
    let of = |(at, list): (usize, &ListId)| scan.of_list(*list).map(move |hit| (hit, at));
    let mut hits: Vec<(Occurrence, usize)> = lists.iter().enumerate().flat_map(of).collect();
    hits.sort_unstable();
    hits.dedup();
    if (0..lists.len()).any(|list| hits.iter().all(|(_, at)| *at != list)) {
        return None;
    }
    let readings: Vec<Reading> = hits.iter().map(|(hit, _)| view.reading(field, &range(hit))).collect();
    let mut winner: Option<(Reading, Vec<usize>)> = None;
    for (left, (start, _)) in hits.iter().enumerate() {
        let limit = start.first.saturating_add(within);
        let mut chosen: Vec<Option<usize>> = vec![None; lists.len()];
        for (at, (hit, list)) in hits.iter().enumerate().skip(left).take_while(|(_, (hit, _))| hit.first < limit) {
            let better = chosen[*list].is_none_or(|held| readings[at].cmp(&readings[held]) == Ordering::Greater);
            if hit.last < limit && better {
                chosen[*list] = Some(at);
            }
        }
        let Some(chosen) = chosen.into_iter().collect::<Option<Vec<usize>>>() else { continue };
        let Some(most_damped) = chosen.iter().copied().min_by(|one, other| readings[*one].cmp(&readings[*other]))
        else {
            continue;
        };
        let reading = &readings[most_damped];
        if winner.as_ref().is_none_or(|(held, _)| reading.cmp(held) == Ordering::Greater) {
            winner = Some((reading.clone(), chosen));
        }
    }
    let (reading, mut chosen) = winner?;
    chosen.sort_unstable();
    let places = chosen.into_iter().map(|at| Place::Words(field, range(&hits[at].0))).collect();
    Some(Found { reading: Some(reading), places, notes: Vec::new() })
}

fn expression(view: &View<'_>, regex: &Regex, raw: bool) -> Option<Found> {
    best(view.fields().into_iter().flat_map(|(field, scan)| {
        let original = view.original(field);
        let text = if raw { original } else { &scan.folded.text };
        regex.find_iter(text).filter(|hit| !hit.is_empty()).take(MOST_REGEX_MATCHES).map(move |hit| {
            let bytes = if raw { hit.range() } else { scan.folded.original_range(hit.range()) };
            Found::one(view.reading_at(field, scan, &bytes), Place::Bytes(field, bytes))
        })
    }))
}

/// A whole text is its author's, whoever is quoted in it: the class says what it does with its claims.
fn reads_like(view: &View<'_>, classifier: usize, classes: &[usize], at: f64, about: &[ListId]) -> Option<Found> {
    if !about.iter().any(|list| view.scratch.has(*list)) {
        return None;
    }
    let judgement = view.judgement(classifier)?;
    let share = judgement.share(classes);
    if share < at {
        return None;
    }
    let fields = view.fields();
    let told = |(field, word): &(usize, u32)| {
        fields[*field].1.folded.word_text(*word as usize).chars().count() >= FEWEST_LETTERS
    };
    let strongest = judgement.strongest(classes).into_iter().filter(told).take(MOST_SHOWN);
    let places = strongest.map(|(field, word)| Place::Words(fields[field].0, word..word + 1)).collect();
    let names = classes.iter().map(|class| format!("`{}`", view.classifier(classifier).classes[*class]));
    let notes = vec![format!("reads like {} to {share:.2} of 1", names.collect::<Vec<_>>().join(" or "))];
    let reading = Reading { keep: view.likeness(), ..view.plain() };
    Some(Found { reading: Some(reading), places, notes })
}

fn fact(view: &View<'_>, lists: &[ListId], wanted: impl Fn(Field) -> bool) -> Option<Found> {
    let fact = view.scratch.facts.iter().find(|fact| lists.contains(&fact.list) && wanted(fact.field))?;
    let notes = fact.note.iter().cloned().collect();
    Some(Found { notes, ..Found::one(view.plain(), Place::Whole(fact.field)) })
}
