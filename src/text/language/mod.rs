//! The language of a text.
//!
//! In: the original and its folded words. Out: one [`Language`]. The script of most letters decides first; then, in
//! Cyrillic and Arabic, letters that only some languages have, and frequent words (`cyrillic`, `arabic`). Only Latin
//! needs a model, because half a dozen of our languages share its letters, and that only where frequent words are too
//! few (`latin`).
//!
//! The model is whichlang, which cannot be told what languages to expect. On 60 headlines of 3-9 words in five languages
//! (the table in the tests below) it is right on all. whatlang is right on 46 with ten languages allowed, and on 56 with
//! these five, when it takes every other language for one of them; and it needs 60 µs for 400 letters where whichlang
//! needs 7. whichlang knows no Polish, Czech, Romanian or Hungarian: those are told by their own letters, or taken for
//! another.
//!
//! Names are in Latin letters in any language. So links and accounts do not vote, and where Latin letters are up to two
//! thirds of a text they must make sentences: without frequent words they are names in a text of the other script. A
//! single word without a telling letter has no language: a guess would make every `Ok` a mismatch with what the platform
//! declares.
//!
//! Cost: 3 µs for a post of 400 characters, 1 µs for a headline that the model must read
//! (`cargo bench --bench text -- tell_language`).

mod arabic;
mod cyrillic;
mod latin;

use super::fold::{Folded, Word};
use super::letters::Script;

/// A language that packs have words for, another, or none that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
    /// Ukrainian.
    Uk,
    /// Arabic.
    Ar,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Italian.
    It,
    /// Another, by its ISO 639 code.
    Other(&'static str),
    /// No letters, or too few to tell.
    Unknown,
}

impl Language {
    /// The language of a word list, by its code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let known = [Self::En, Self::Ru, Self::Uk, Self::Ar, Self::De, Self::Fr, Self::Es, Self::It];
        known.into_iter().find(|language| language.code() == code)
    }

    /// The ISO 639 code; `und` for [`Self::Unknown`].
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
            Self::Uk => "uk",
            Self::Ar => "ar",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::It => "it",
            Self::Other(code) => code,
            Self::Unknown => "und",
        }
    }
}

/// Tells the language of a text that was folded before.
#[must_use]
pub fn language(original: &str, folded: &Folded) -> Language {
    let mut letters = [0_u32; 5];
    let voters = || Voters { folded, next: 0, link_end: 0 };
    for (_, word) in voters() {
        let (index, width) = match word.script {
            Script::Latin => (0, 1),
            Script::Cyrillic => (1, 2),
            Script::Arabic => (2, 2),
            Script::Greek => (3, 2),
            Script::Other => (4, 3),
            Script::Digit => continue,
        };
        letters[index] += (word.folded.end - word.folded.start).div_ceil(width);
    }
    let most = letters.iter().max().copied().unwrap_or(0);
    let rivals = || (1..letters.len()).filter(|index| letters[*index] * 2 >= letters[0]);
    match letters.iter().position(|count| most > 0 && *count == most) {
        Some(0) => {
            let rival = rivals().max_by_key(|index| letters[*index]);
            let latin = latin::tell(original, folded, voters(), rival.is_none());
            rival.filter(|_| latin == Language::Unknown).map_or(latin, |rival| by_script(rival, original, folded))
        }
        Some(index) => by_script(index, original, folded),
        None => Language::Unknown,
    }
}

fn by_script(index: usize, original: &str, folded: &Folded) -> Language {
    match index {
        1 => cyrillic::tell(original, folded),
        2 => arabic::tell(original, folded),
        3 => Language::Other("el"),
        _ => other(folded),
    }
}

/// The words of a text except those of links, addresses and mentions.
struct Voters<'a> {
    folded: &'a Folded,
    next: usize,
    /// The folded byte where the link that the walk is in ends.
    link_end: usize,
}

impl<'a> Iterator for Voters<'a> {
    type Item = (usize, &'a Word);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let index = self.next;
            let word = self.folded.words.get(index)?;
            self.next += 1;
            if word.script == Script::Latin && self.is_address(word) {
                continue;
            }
            return Some((index, word));
        }
    }
}

impl Voters<'_> {
    fn is_address(&mut self, word: &Word) -> bool {
        let text = self.folded.text.as_bytes();
        let (start, end) = (word.folded.start as usize, word.folded.end as usize);
        if start < self.link_end {
            return true;
        }
        let rest = &text[end..];
        let mention = start > 0 && text[start - 1] == b'@';
        let dotted = rest.first() == Some(&b'.') && rest.get(1).is_some_and(u8::is_ascii_alphanumeric);
        if mention || dotted || rest.starts_with(b"://") || rest.first() == Some(&b'@') {
            self.link_end = end + rest.iter().position(|byte| matches!(byte, b' ' | b'\n')).unwrap_or(rest.len());
            return true;
        }
        false
    }
}

/// Other scripts mostly have one large language each.
fn other(folded: &Folded) -> Language {
    let mut chars = folded
        .words
        .iter()
        .filter(|word| word.script == Script::Other)
        .flat_map(|word| folded.text[word.folded.range()].chars());
    // Kana stands between Han characters, so a Japanese text can begin with one of those.
    let code = match chars.next() {
        Some('\u{530}'..='\u{58F}') => "hy",
        Some('\u{590}'..='\u{5FF}') => "he",
        Some('\u{900}'..='\u{97F}') => "hi",
        Some('\u{980}'..='\u{9FF}') => "bn",
        Some('\u{E00}'..='\u{E7F}') => "th",
        Some('\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}') => "ka",
        Some('\u{1200}'..='\u{139F}') => "am",
        Some('\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}') => "ko",
        Some('\u{3040}'..='\u{30FF}') => "ja",
        Some('\u{3400}'..='\u{9FFF}') if chars.any(|c| matches!(c, '\u{3040}'..='\u{30FF}')) => "ja",
        Some('\u{3400}'..='\u{9FFF}') => "zh",
        _ => return Language::Unknown,
    };
    Language::Other(code)
}

#[cfg(test)]
mod tests;
