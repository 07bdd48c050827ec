//! Phrases of packs as words with endings: what `росси* партнёр~` asks of the words of a text.
//!
//! The matcher and the checks read phrases here, so that they cannot disagree on what a phrase finds.

use super::{FORMS_SIGN, Forms, Language, fold_phrase};

/// Letters of Arabic proclitics before a word: a conjunction, a preposition, the article.
pub const LONGEST_PROCLITICS: usize = 4;

/// One word of a phrase, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stem {
    /// Its letters, without the Arabic article.
    pub text: Box<str>,
    /// What may follow them.
    pub ending: Ending,
    /// Proclitics may stand before.
    pub arabic: bool,
}

/// What may follow a stem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Nothing.
    None,
    /// `*`.
    Any,
    /// `~`: what makes a form of the word.
    Form(Forms),
}

impl Stem {
    /// What the trie holds: of several anchors, a word that fits begins with exactly one.
    #[must_use]
    pub fn anchors(&self) -> Vec<&str> {
        match &self.ending {
            Ending::Form(forms) => forms.anchors(),
            Ending::None | Ending::Any => vec![&self.text],
        }
    }

    /// The letters that a word has at least in common with its anchor, in bytes: the more, the rarer.
    #[must_use]
    pub fn reach(&self) -> usize {
        self.anchors().iter().map(|anchor| anchor.len()).min().unwrap_or(0)
    }

    /// Whether these letters, without proclitics, are the word.
    #[must_use]
    pub fn fits(&self, rest: &str) -> bool {
        match &self.ending {
            Ending::None => *rest == *self.text,
            Ending::Any => rest.starts_with(&*self.text),
            Ending::Form(forms) => forms.is(rest),
        }
    }

    /// Whether a folded word is this one, with or without proclitics.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        let inside = || word.char_indices().skip(1).take(LONGEST_PROCLITICS).map(|(at, _)| word.split_at(at));
        self.fits(word)
            || (self.takes_proclitics() && inside().any(|(before, rest)| are_proclitics(before) && self.fits(rest)))
    }

    /// Whether every word that the other one finds is found by this one too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match &other.ending {
            Ending::None => self.is(&other.text),
            Ending::Any => self.ending == Ending::Any && self.is(&other.text),
            Ending::Form(_) if self.ending == Ending::Any => other.anchors().iter().all(|anchor| self.is(anchor)),
            Ending::Form(_) => self == other,
        }
    }

    /// With two letters left, any letter before them makes another word.
    #[must_use]
    pub fn takes_proclitics(&self) -> bool {
        self.arabic && self.text.chars().nth(2).is_some()
    }
}

/// Whether these letters before a word are proclitics: a conjunction, a preposition or future marker, the article.
#[must_use]
pub fn are_proclitics(before: &str) -> bool {
    let rest = before.strip_prefix(['و', 'ف']).unwrap_or(before);
    matches!(rest, "" | "ب" | "ل" | "ك" | "س" | "ال" | "بال" | "كال" | "لل")
}

/// Whether this is an Arabic letter.
#[must_use]
pub fn is_arabic(letter: char) -> bool {
    ('\u{620}'..='\u{6ff}').contains(&letter)
}

/// The folded words of a phrase; a trailing `*` leaves the word before it open, `~` takes its forms.
#[must_use]
pub fn stems(phrase: &str, language: Option<Language>) -> Vec<Stem> {
    let mut stems = Vec::new();
    for part in phrase.split_whitespace() {
        let words = fold_phrase(part.trim_end_matches(['*', FORMS_SIGN]));
        let count = words.len();
        for (at, word) in words.into_iter().enumerate() {
            let arabic = word.chars().any(is_arabic);
            // Definite or not is the same word: the article is a proclitic like the others.
            let bare = word.strip_prefix("ال").filter(|rest| arabic && rest.chars().count() >= 3);
            let text: Box<str> = bare.unwrap_or(&word).into();
            let forms = || Forms::of(&text, language).map_or(Ending::None, Ending::Form);
            let ending = match part.chars().next_back().filter(|_| at + 1 == count) {
                Some('*') => Ending::Any,
                Some(FORMS_SIGN) => forms(),
                _ => Ending::None,
            };
            stems.push(Stem { text, ending, arabic });
        }
    }
    stems
}
