//! The forms of a word: which words of a text are the same word in another case, number, person or tense.
//!
//! In: a folded word of a pack in its dictionary form, and its language. Out: [`Forms`], which says of a folded word of
//! a text whether it is a form of that, and with which letters all forms begin, for the lexicon.
//!
//! Russian, Ukrainian and Arabic are inflected by tables (`rules`): from the word that an analyst wrote to its forms. A
//! stemmer goes the other way, from any word to a stem, and cannot know which sort of word it has before it: Snowball's
//! takes the ан of Иран for a verb's, so that Ирана is one of its forms and Ирану is not. Nor do its Ukrainian drafts
//! and light stemmers of Arabic keep inflection (партнера) and derivation (партнерський) apart. English, German,
//! French, Spanish and Italian inflect little: Snowball's stemmers serve them well.
//!
//! Tables and stemmers see the folded spelling only, of pack and text alike.
//!
//! Measured against the dictionaries of pymorphy3, as word types. Russian: 2,400 frequent words against the 49,000
//! words of 8,000 Telegram posts; the tables find 97% of the forms there and 1.3% of what they find is no form, Snowball
//! 85% and 19%, `*` after the letters that all forms share 98% and 66%. Ukrainian: 3,300 words against 136,000 forms of
//! the 12,000 most frequent; 93% and 1.1%, the Ukrainian of snowball_stemmers_rs 61% and 35%, `*` 99% and 71%. No such
//! dictionary of Arabic could be had: there it is the tables of the tests.

mod arabic;
mod rules;
mod russian;
mod ukrainian;

use std::sync::LazyLock;

use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::fold_phrase;
use super::language::Language;
use super::letters::{Class, Script, class};
use rules::Rules;

/// The sign that stands for all forms of the word before it.
pub const SIGN: char = '~';

/// Letters that a stem keeps for the lexicon: what a stemmer rewrites (country, countri) is behind them.
const ANCHOR: usize = 3;

static RUSSIAN: LazyLock<Rules> = LazyLock::new(russian::rules);
static UKRAINIAN: LazyLock<Rules> = LazyLock::new(ukrainian::rules);
static OPENED: LazyLock<Rules> = LazyLock::new(ukrainian::opened_rules);
static ARABIC: LazyLock<Rules> = LazyLock::new(arabic::rules);
static PARTICIPLES: LazyLock<Rules> = LazyLock::new(arabic::participles);
static IMPERFECT: LazyLock<Rules> = LazyLock::new(arabic::imperfect);

/// No ending.
static NOTHING: LazyLock<Box<[Box<str>]>> = LazyLock::new(|| vec!["".into()].into());

/// All forms of a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Forms {
    word: Box<str>,
    how: How,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum How {
    /// One of these stems with one of its endings.
    Endings {
        stems: Vec<(Box<str>, &'static [Box<str>])>,
        /// With the -ся of Russian and Ukrainian verbs after it.
        reflexive: bool,
    },
    /// What a stemmer makes the same of.
    Stem { language: Language, stem: Box<str>, anchor: Box<str> },
}

impl Forms {
    /// The forms of a folded word, if they are known. Without a language (names of actors), its letters decide; in
    /// Cyrillic both languages hold.
    #[must_use]
    pub fn of(word: &str, language: Option<Language>) -> Option<Self> {
        let mut scripts = word.chars().map(|c| if c == '\'' { Class::Letter(Script::Cyrillic) } else { class(c) });
        let Class::Letter(script) = scripts.next()? else { return None };
        if scripts.any(|other| other != Class::Letter(script)) {
            return None;
        }
        let languages: &[Language] = match (language, script) {
            (Some(Language::Ru), Script::Cyrillic) => &[Language::Ru],
            (Some(Language::Uk), Script::Cyrillic) => &[Language::Uk],
            (None, Script::Cyrillic) => &[Language::Ru, Language::Uk],
            (None | Some(Language::Ar), Script::Arabic) => &[Language::Ar],
            (Some(language), Script::Latin) => return Self::stemmed(word, language),
            _ => return None,
        };
        let mut stems = Vec::new();
        let base = verb(word).filter(|base| ["ть", "ти", "чь"].iter().any(|ending| base.ends_with(ending)));
        for language in languages {
            inflect(base.unwrap_or(word), *language, &mut stems);
        }
        if stems.is_empty() {
            return None;
        }
        // A table may give only the other stems of a word (идти).
        if !stems.iter().any(|known| fits(base.unwrap_or(word), known)) {
            stems.push((base.unwrap_or(word).into(), &*NOTHING));
        }
        stems.sort_unstable();
        stems.dedup();
        Some(Self { word: word.into(), how: How::Endings { stems, reflexive: base.is_some() } })
    }

    fn stemmed(word: &str, language: Language) -> Option<Self> {
        let stem = stemmer(language)?.stem(word).into_owned();
        let same = word.chars().zip(stem.chars()).take_while(|(one, other)| one == other).count();
        let kept = same.saturating_sub(2).max(ANCHOR.min(same));
        let anchor: String = word.chars().take(kept).collect();
        let how = How::Stem { language, stem: stem.into(), anchor: anchor.into() };
        (word.chars().count() >= ANCHOR && kept > 0).then(|| Self { word: word.into(), how })
    }

    /// Beginnings of which every form has exactly one.
    #[must_use]
    pub fn anchors(&self) -> Vec<&str> {
        match &self.how {
            How::Endings { stems, .. } => {
                let within = |stem: &str, other: &str| other != stem && stem.starts_with(other);
                let least = |stem: &&str| !stems.iter().any(|(other, _)| within(stem, other));
                let mut anchors: Vec<&str> = stems.iter().map(|(stem, _)| &**stem).filter(least).collect();
                anchors.dedup();
                anchors
            }
            How::Stem { anchor, .. } => vec![anchor],
        }
    }

    /// Whether a folded word is a form.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        match &self.how {
            How::Endings { stems, reflexive } => {
                let Some(bare) = (if *reflexive { verb(word) } else { Some(word) }) else { return false };
                // Ukrainian puts ть between е and ся: бореться.
                let third = bare.strip_suffix("ть").filter(|bare| *reflexive && bare.ends_with(['е', 'є']));
                stems.iter().any(|known| fits(bare, known) || third.is_some_and(|bare| fits(bare, known)))
            }
            How::Stem { language, stem, anchor } => {
                // The anchor first: it spares most stemming, and the lexicon asks no other words.
                word.starts_with(&**anchor)
                    && (word == &*self.word || stemmer(*language).is_some_and(|stemmer| stemmer.stem(word) == **stem))
            }
        }
    }
}

/// What is wrong with the `~` of a phrase, and the way out. Actors' names have no language.
#[must_use]
pub fn forms_problem(phrase: &str, language: Option<Language>) -> Option<(String, &'static str)> {
    phrase.split_whitespace().filter(|part| part.contains(SIGN)).find_map(|part| {
        let word = part.trim_end_matches(SIGN);
        if word.contains(SIGN) || !part.ends_with(SIGN) {
            return Some((format!("`~` in `{part}` does not stand at the end"), "`~` is any form: `партнёр~`"));
        }
        if word.contains('*') {
            return Some((format!("`{part}` has both `*` and `~`"), "`*` is any ending, `~` any form; one is enough"));
        }
        let last = fold_phrase(word).pop()?;
        if Forms::of(&last, language).is_some() {
            return None;
        }
        let short = last.chars().count() <= ANCHOR;
        Some(match language {
            _ if short => (format!("`{part}` is too short for `~`"), "list its forms: most belong to other words too"),
            None => (format!("no forms of the name `{part}` are known"), "list its forms, or use `*`"),
            Some(_) => (
                format!("no forms of `{part}` are known in this language"),
                "write the dictionary form (nominative or infinitive), or list the forms that are meant",
            ),
        })
    })
}

/// A reflexive verb without its -ся.
fn verb(word: &str) -> Option<&str> {
    word.strip_suffix("ся").or_else(|| word.strip_suffix("сь"))
}

/// Whether a word is this stem with one of these endings.
fn fits(word: &str, (stem, endings): &(Box<str>, &[Box<str>])) -> bool {
    let ending = word.strip_prefix(&**stem);
    ending.is_some_and(|ending| endings.binary_search_by(|known| (**known).cmp(ending)).is_ok())
}

fn inflect(word: &str, language: Language, stems: &mut Vec<(Box<str>, &'static [Box<str>])>) {
    let mut give = |stem: &str, endings| stems.push((stem.into(), endings));
    match language {
        Language::Ru => RUSSIAN.stems(word, give),
        Language::Uk => {
            UKRAINIAN.stems(word, &mut give);
            for opened in ukrainian::opened(word) {
                OPENED.stems(&opened, &mut give);
            }
        }
        _ => {
            // Of three letters with ي most belong to other words: علي is Ali and "on me".
            if word.chars().count() > 3 || !word.ends_with('ي') {
                ARABIC.stems(word, &mut give);
            }
            if word.starts_with('م') && word.chars().count() >= 5 {
                PARTICIPLES.stems(word, &mut give);
            }
            if let Some(rest) = word.strip_prefix('ي').filter(|rest| rest.chars().count() >= 3) {
                for person in arabic::PERSONS {
                    IMPERFECT.stems(&format!("{person}{rest}"), &mut give);
                }
            }
        }
    }
}

fn stemmer(language: Language) -> Option<Stemmer> {
    let algorithm = match language {
        Language::En => Algorithm::English,
        Language::De => Algorithm::German,
        Language::Fr => Algorithm::French,
        Language::Es => Algorithm::Spanish,
        Language::It => Algorithm::Italian,
        Language::Ru | Language::Uk | Language::Ar | Language::Other(_) | Language::Unknown => return None,
    };
    Some(Stemmer::create(algorithm))
}

#[cfg(test)]
mod tests;
