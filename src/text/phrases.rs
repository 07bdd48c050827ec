//! Phrases of packs as words with endings: what `росси* партнер*` asks of the words of a text.
//!
//! The matcher and the checks read phrases here, so that they cannot disagree on what a phrase finds.

use super::fold_phrase;

/// One word of a phrase, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stem {
    /// Its letters, without the Arabic article.
    pub text: Box<str>,
    /// Any ending may follow.
    pub open: bool,
    /// Proclitics may stand before.
    pub arabic: bool,
}

impl Stem {
    /// Whether a folded word is this one.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        let fits = |rest: &str| rest.starts_with(&*self.text) && (self.open || rest.len() == self.text.len());
        fits(word)
            || (self.arabic
                && word.match_indices(&*self.text).any(|(at, _)| self.allows(&word[..at]) && fits(&word[at..])))
    }

    /// Whether these letters before the stem are proclitics: a conjunction, a preposition or future marker, the article.
    #[must_use]
    pub fn allows(&self, before: &str) -> bool {
        // With two letters left, any letter before them makes another word.
        if !self.arabic || self.text.chars().count() < 3 {
            return false;
        }
        let rest = before.strip_prefix(['و', 'ف']).unwrap_or(before);
        matches!(rest, "" | "ب" | "ل" | "ك" | "س" | "ال" | "بال" | "كال" | "لل")
    }

    /// Whether every word that the other one finds is found by this one too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        (self.open || !other.open) && self.is(&other.text)
    }
}

/// The folded words of a phrase; a trailing `*` leaves the word before it open.
#[must_use]
pub fn stems(phrase: &str) -> Vec<Stem> {
    let mut stems = Vec::new();
    for part in phrase.split_whitespace() {
        let open = part.ends_with('*');
        let words = fold_phrase(part.trim_end_matches('*'));
        let count = words.len();
        for (at, word) in words.into_iter().enumerate() {
            let arabic = word.chars().any(|letter| ('\u{620}'..='\u{6ff}').contains(&letter));
            // Definite or not is the same word: the article is a proclitic like the others.
            let bare = word.strip_prefix("ال").filter(|rest| arabic && rest.chars().count() >= 3);
            let text = bare.unwrap_or(&word).into();
            stems.push(Stem { text, open: open && at + 1 == count, arabic });
        }
    }
    stems
}
