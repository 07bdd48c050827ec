//! Classifiers: what the words of a text as a whole say of it.
//!
//! In: folded texts. Out: for each class that a classifier knows, how much of a text speaks for it. The method is the oldest
//! that works: a text is the bag of its words' beginnings, weighted by how rare they are (tf-idf, Salton and Buckley 1988),
//! and one linear weight for each word and class, learnt from labelled texts (multinomial logistic regression). So every
//! judgement is a sum over words that can be shown, and the file that holds the weights can be read and learnt anew.
//!
//! Phrases of a pack find what they name; a classifier finds what nobody has named, at the price of being wrong more often.
//! It is one indicator among others, and no alert should rest on it alone.

mod file;
mod learn;

use std::collections::HashMap;
use std::sync::Arc;

pub use file::{ClassifierFile, load, render};
pub use learn::{Learner, Learnt};

use crate::text::{Folded, LONGEST_PROCLITICS, addresses, are_proclitics, is_arabic};

/// Letters of a word that are looked at: a stem of any of the languages, without a table of endings.
const LETTERS: usize = 5;
/// Texts of fewer known words are not judged: there is too little to go by.
const FEWEST: usize = 16;

/// A classifier ready to judge.
#[derive(Debug, Clone)]
pub struct Classifier {
    /// Its name, as packs call it.
    pub name: String,
    /// The classes that it tells apart.
    pub classes: Vec<String>,
    /// The file that it was read from (the digest of a pack that asks it covers this).
    pub text: Arc<str>,
    bias: Vec<f64>,
    rows: Arc<HashMap<Box<str>, Row>>,
}

/// What one word says.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    /// How much it weighs in a text: inverse document frequency.
    rarity: f64,
    /// What it says for each class.
    weights: Vec<f64>,
}

/// What a classifier makes of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The share of each class; together 1. It is a measure of strength and no probability of being right.
    pub shares: Vec<f64>,
    /// The known words, each once where it first stands: field, word, and what it adds for each class.
    words: Vec<(usize, u32, Vec<f64>)>,
}

impl Classifier {
    /// Judges fields that belong together; nothing where they hold too few known words.
    #[must_use]
    pub fn judge(&self, fields: &[Read<'_>]) -> Option<Judgement> {
        let mut found: HashMap<&str, (&Row, usize, u32, f64)> = HashMap::new();
        for (number, field) in fields.iter().enumerate() {
            for (word, key) in field.features() {
                if let Some(row) = self.rows.get(key) {
                    let place = u32::try_from(word).unwrap_or(u32::MAX);
                    found.entry(key).or_insert((row, number, place, 0.0)).3 += 1.0;
                }
            }
        }
        if found.len() < FEWEST {
            return None;
        }
        let mut found: Vec<_> = found.into_values().collect();
        // The order of a hash must not reach the last digit of a sum.
        found.sort_by_key(|(_, field, word, _)| (*field, *word));
        let values: Vec<f64> = found.iter().map(|(row, _, _, times)| row.rarity * damped(*times)).collect();
        let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let words: Vec<(usize, u32, Vec<f64>)> = found
            .iter()
            .zip(&values)
            .map(|((row, field, word, _), value)| {
                (*field, *word, row.weights.iter().map(|weight| weight * value / length).collect())
            })
            .collect();
        let sums = self.bias.iter().enumerate().map(|(class, bias)| {
            bias + words.iter().map(|(_, _, added): &(usize, u32, Vec<f64>)| added[class]).sum::<f64>()
        });
        Some(Judgement { shares: shares(sums.collect()), words })
    }
}

impl Judgement {
    /// What these classes have together.
    #[must_use]
    pub fn share(&self, classes: &[usize]) -> f64 {
        classes.iter().map(|class| self.shares[*class]).sum()
    }

    /// The words that speak most for these classes against the others, the strongest first, as fields and word numbers.
    #[must_use]
    pub fn strongest(&self, classes: &[usize]) -> Vec<(usize, u32)> {
        let mut words: Vec<(f64, usize, u32)> = self
            .words
            .iter()
            .map(|(field, word, added)| {
                let mean = added.iter().sum::<f64>() / as_f64(added.len());
                let own = classes.iter().map(|class| added[*class]).sum::<f64>() / as_f64(classes.len());
                (own - mean, *field, *word)
            })
            .filter(|(surplus, _, _)| *surplus > 0.0)
            .collect();
        words.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        words.into_iter().map(|(_, field, word)| (field, word)).collect()
    }
}

/// A field as it is read: folded, and as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Read<'t> {
    /// Its words.
    pub folded: &'t Folded,
    /// The original.
    pub original: &'t str,
}

impl<'t> Read<'t> {
    /// What its words count as, by their numbers; those of addresses are none.
    fn features(self) -> impl Iterator<Item = (usize, &'t str)> {
        let addresses = addresses(self.original);
        let folded = self.folded;
        folded.words.iter().enumerate().filter_map(move |(at, word)| {
            let start = word.original.start as usize;
            let inside = addresses.iter().any(|address| address.contains(&start));
            feature(folded.word_text(at)).filter(|_| !inside).map(|feature| (at, feature))
        })
    }
}

/// What a word counts as: its first letters, an Arabic word without what is written on to its front; numbers not at all.
fn feature(word: &str) -> Option<&str> {
    if !word.chars().any(char::is_alphabetic) {
        return None;
    }
    let bare = if word.starts_with(is_arabic) { without_proclitics(word) } else { word };
    let end = bare.char_indices().nth(LETTERS).map_or(bare.len(), |(at, _)| at);
    Some(&bare[..end])
}

fn without_proclitics(word: &str) -> &str {
    let cuts = word.char_indices().map(|(at, _)| at).take(LONGEST_PROCLITICS + 1);
    let enough = |at: &usize| are_proclitics(&word[..*at]) && word[*at..].chars().nth(2).is_some();
    cuts.filter(enough).last().map_or(word, |at| &word[at..])
}

/// A word that stands twice does not say twice as much.
fn damped(times: f64) -> f64 {
    1.0 + times.ln()
}

/// Inverse document frequency, smoothed: of a word that stands in `of` of `all` texts.
fn rarity(of: u32, all: u32) -> f64 {
    (f64::from(all + 1) / f64::from(of + 1)).ln() + 1.0
}

/// Sums as shares of one: softmax.
fn shares(mut sums: Vec<f64>) -> Vec<f64> {
    let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for sum in &mut sums {
        *sum = (*sum - most).exp();
    }
    let total: f64 = sums.iter().sum();
    for sum in &mut sums {
        *sum /= total;
    }
    sums
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and texts are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
