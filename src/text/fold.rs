//! The folded view of a text: one pass over its characters, with the map back.
//!
//! In: the original. Out: [`Folded`]. Words are found in the same pass, because what a letter becomes can depend on its
//! word: one that mixes scripts is read in the script it was meant to be in.
//!
//! The map is one `u32` a folded byte, the start of the original character that it comes from. A range ends where the
//! next folded character begins, so dropped marks belong to the letter before them. Zero-width characters and bidi
//! controls belong to nobody: they are cut from the end of a range.
//!
//! Cost: 4 µs for a post of 400 Cyrillic characters, no allocation once the buffers are warm
//! (`cargo bench --bench text -- refold`).

use std::ops::Range;

use super::letters::{self, Class, Letters, Script};
use super::{lookalikes, sentences};

/// A range of bytes or of words, as small as it can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The first.
    pub start: u32,
    /// The one after the last.
    pub end: u32,
}

impl Span {
    /// As a range to slice with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A word: letters, digits and marks without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the original, with the marks that folding drops.
    pub original: Span,
    /// Its bytes in [`Folded::text`].
    pub folded: Span,
    /// Index into [`Folded::sentences`].
    pub sentence: u32,
    /// How many line ends stand before it.
    pub line: u32,
    /// The script of its letters, after look-alikes were read.
    pub script: Script,
    /// Whether it begins with a capital in the original.
    pub capital: bool,
}

/// A text, folded. Make one a worker and [`refold`](Self::refold) it: the buffers stay.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The folded text, with its punctuation. Patterns of packs run on it.
    pub text: String,
    /// Its words in order.
    pub words: Vec<Word>,
    /// Its sentences in order, as ranges of word indexes. Every word is in exactly one.
    pub sentences: Vec<Range<u32>>,
    /// For each folded byte, the byte of the original where its character begins.
    places: Vec<u32>,
    /// Runs of zero-width characters and controls in the original, in order.
    silent: Vec<Span>,
    original_len: u32,
    /// Buffers for reading mixed words.
    meant: Vec<char>,
    meant_places: Vec<u32>,
}

impl Folded {
    /// Folds a text.
    #[must_use]
    pub fn new(original: &str) -> Self {
        let mut folded = Self::default();
        folded.refold(original);
        folded
    }

    /// Folds another text into the same buffers.
    pub fn refold(&mut self, original: &str) {
        self.text.clear();
        self.words.clear();
        self.sentences.clear();
        self.places.clear();
        self.silent.clear();
        self.text.reserve(original.len());
        self.places.reserve(original.len());
        self.original_len = offset(original.len());
        Walk::new(self).over(original);
        for index in 0..self.words.len() {
            let Range { start, end } = self.original_range(self.words[index].folded.range());
            self.words[index].original = Span { start: offset(start), end: offset(end) };
        }
        sentences::split(original, self);
    }

    /// The bytes of the original that a folded range comes from, on character boundaries.
    #[must_use]
    pub fn original_range(&self, folded: Range<usize>) -> Range<usize> {
        let place = |byte: usize| self.places.get(byte).copied().unwrap_or(self.original_len);
        let start = place(folded.start);
        let Some(last) = folded.end.min(self.places.len()).checked_sub(1).filter(|last| *last >= folded.start) else {
            return start as usize..start as usize;
        };
        let from = self.places[last];
        let after = self.places[last..].iter().find(|place| **place != from).copied().unwrap_or(self.original_len);
        let silent = self.silent.binary_search_by_key(&after, |run| run.end);
        let end = silent.map_or(after, |index| self.silent[index].start);
        start as usize..end as usize
    }

    /// The index of the word that a folded byte is in.
    #[must_use]
    pub fn word_at(&self, folded_byte: usize) -> Option<usize> {
        let byte = u32::try_from(folded_byte).ok()?;
        let index = self.words.partition_point(|word| word.folded.end <= byte);
        self.words.get(index).filter(|word| word.folded.start <= byte).map(|_| index)
    }

    /// A word, folded. Empty past the last.
    #[must_use]
    pub fn word_text(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.text[word.folded.range()])
    }

    /// The index of the sentence that a word is in.
    #[must_use]
    pub fn sentence_of(&self, word: usize) -> usize {
        self.words.get(word).map_or(0, |word| word.sentence as usize)
    }
}

/// The folded words of a phrase of a pack, by the same code as the words of a text.
#[must_use]
pub fn fold_phrase(phrase: &str) -> Vec<String> {
    let folded = Folded::new(phrase);
    (0..folded.words.len()).map(|index| folded.word_text(index).to_owned()).collect()
}

/// Offsets are kept as `u32`: no Kafka message comes near 4 GiB.
pub(super) fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The word that the walk is in.
struct Open {
    start: usize,
    scripts: u8,
    capital: bool,
    /// Whether its last character is a Cyrillic letter, so that an apostrophe may go on.
    cyrillic: bool,
    /// Where an apostrophe stands that is part of the word if a Cyrillic letter follows.
    apostrophe: Option<usize>,
}

const LATIN: u8 = 1;
const CYRILLIC: u8 = 2;
const GREEK: u8 = 4;
const ARABIC: u8 = 8;
const OTHER: u8 = 16;
const DIGIT: u8 = 32;

fn bit(class: Class) -> u8 {
    match class {
        Class::Letter(Script::Latin) => LATIN,
        Class::Letter(Script::Cyrillic) => CYRILLIC,
        Class::Letter(Script::Greek) => GREEK,
        Class::Letter(Script::Arabic) => ARABIC,
        Class::Digit => DIGIT,
        _ => OTHER,
    }
}

struct Walk<'a> {
    out: &'a mut Folded,
    open: Option<Open>,
}

impl<'a> Walk<'a> {
    fn new(out: &'a mut Folded) -> Self {
        Self { out, open: None }
    }

    fn over(mut self, original: &str) {
        let letters = Letters::new();
        let mut chars = original.char_indices();
        while let Some((at, c)) = chars.next() {
            if let Some(entry) = letters.get(c) {
                match entry.class {
                    Class::Mark => continue,
                    Class::Silent => {
                        self.silent(at, c);
                        continue;
                    }
                    // A mark can make another letter of a Cyrillic one, and only of those in the table.
                    Class::Letter(Script::Cyrillic)
                        if chars.clone().next().is_some_and(|(_, c)| letters::is_mark(c)) => {}
                    Class::Several => {}
                    class => {
                        self.push(entry.to, class, entry.upper, at);
                        continue;
                    }
                }
            } else {
                match letters::dropped(c) {
                    Class::Mark => continue,
                    Class::Silent => {
                        self.silent(at, c);
                        continue;
                    }
                    // Emoji, so common that they skip the composing below; they have no other form.
                    _ if matches!(c, '\u{1F300}'..='\u{1FAFF}') => {
                        self.push(c, Class::Gap, false, at);
                        continue;
                    }
                    _ => {}
                }
            }
            let mut end = at + c.len_utf8();
            while let Some((_, mark)) = chars.clone().next().filter(|(_, c)| letters::is_mark(*c)) {
                end += mark.len_utf8();
                chars.next();
            }
            let capital = c.is_uppercase();
            letters::fold(&original[at..end], |to| self.push(to, letters::class(to), capital, at));
        }
        self.close();
    }

    /// Notes a character that is dropped and belongs to nobody.
    fn silent(&mut self, at: usize, c: char) {
        let run = Span { start: offset(at), end: offset(at + c.len_utf8()) };
        match self.out.silent.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ => self.out.silent.push(run),
        }
    }

    fn push(&mut self, c: char, class: Class, upper: bool, at: usize) {
        match class {
            Class::Letter(_) | Class::Digit | Class::Sign => {
                let cyrillic = class == Class::Letter(Script::Cyrillic);
                if !cyrillic && self.open.as_ref().is_some_and(|open| open.apostrophe.is_some()) {
                    self.close();
                }
                let start = self.out.text.len();
                let open =
                    self.open.get_or_insert(Open { start, scripts: 0, capital: upper, cyrillic, apostrophe: None });
                open.scripts |= bit(class);
                open.cyrillic = cyrillic;
                open.apostrophe = None;
            }
            Class::Apostrophe => match &mut self.open {
                Some(open) if open.cyrillic && open.apostrophe.is_none() => {
                    open.apostrophe = Some(self.out.text.len());
                }
                _ => self.close(),
            },
            _ => self.close(),
        }
        self.out.text.push(c);
        self.out.places.extend(std::iter::repeat_n(offset(at), c.len_utf8()));
    }

    /// Ends the open word, if there is one, before an apostrophe that turned out not to be part of it.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let tail = open.apostrophe.and_then(|at| self.out.places.get(at).copied());
        if let Some(at) = open.apostrophe {
            self.out.text.truncate(at);
            self.out.places.truncate(at);
        }
        let script = self.read(&open);
        let folded = Span { start: offset(open.start), end: offset(self.out.text.len()) };
        let word = Word { original: Span::default(), folded, sentence: 0, line: 0, script, capital: open.capital };
        self.out.words.push(word);
        if let Some(place) = tail {
            self.out.text.push('\'');
            self.out.places.push(place);
        }
    }

    /// Settles the script of the word at the end of the text, and puts its look-alikes right.
    fn read(&mut self, open: &Open) -> Script {
        let word = &self.out.text[open.start..];
        let script = match open.scripts & !DIGIT {
            0 => Script::Digit,
            LATIN => Script::Latin,
            CYRILLIC => Script::Cyrillic,
            GREEK => Script::Greek,
            scripts if scripts & ARABIC != 0 => Script::Arabic,
            scripts if scripts & OTHER != 0 => Script::Other,
            _ => lookalikes::dominant(word),
        };
        let mixed = matches!(script, Script::Latin | Script::Cyrillic | Script::Greek)
            && (open.scripts & !DIGIT).count_ones() > 1
            && lookalikes::unmix(word, script, &mut self.out.meant).is_some();
        let digits = script == Script::Cyrillic && open.scripts & DIGIT != 0 && {
            if !mixed {
                self.out.meant.clear();
                self.out.meant.extend(word.chars());
            }
            lookalikes::undigit(&mut self.out.meant)
        };
        if mixed || digits {
            self.rewrite(open.start);
        }
        script
    }

    /// Replaces the characters from `start` by as many others.
    fn rewrite(&mut self, start: usize) {
        let out = &mut *self.out;
        out.meant_places.clear();
        out.meant_places.extend(out.text[start..].char_indices().map(|(at, _)| out.places[start + at]));
        out.text.truncate(start);
        out.places.truncate(start);
        for (c, place) in out.meant.iter().zip(&out.meant_places) {
            out.text.push(*c);
            out.places.extend(std::iter::repeat_n(*place, c.len_utf8()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(original: &str, folded: &str) {
        assert_eq!(Folded::new(original).text, folded, "{original}");
    }

    #[track_caller]
    fn words(original: &str, expected: &[&str]) {
        assert_eq!(fold_phrase(original), expected, "{original}");
    }

    #[test]
    fn latin_loses_case_and_diacritics() {
        check("Straße, ŁÓDŹ; Ærø ǿ DĐ ıİ œuvre", "strasse, lodz; aero o dd ii oeuvre");
        check("ﬁn Ｆｕｌｌ 𝐑𝐮𝐬𝐬𝐢𝐚 Ⓡ ĳ", "fin full russia r ij");
        check("e\u{301}te\u{301} Phở", "ete pho");
    }

    #[test]
    fn cyrillic_keeps_its_letters() {
        check("Ёлка, Ещё; Йод Їжак Ґанок Ўсё", "елка, еще; йод їжак ґанок ўсе");
        check("и\u{306} і\u{308} е\u{308} у\u{306} за\u{301}мок", "й ї е ў замок");
    }

    #[test]
    fn arabic_is_brought_to_one_spelling() {
        check("الرُّوسِيّةُ", "الروسيه");
        check("أإآٱ مبنى مؤتمر شئون", "اااا مبني موتمر شيون");
        check("الـــعـــراق ٢٠٢٥ ۱۴۰۳", "العراق 2025 1403");
        check("ایران کرد", "ايران كرد");
        check("ﺍﻟﻌﺮﺍﻕ ﷲ", "العراق الله");
    }

    #[test]
    fn punctuation_takes_one_form() {
        check("«a» “b” „c” ‹d›", "\"a\" \"b\" \"c\" \"d\"");
        check("e’s п’ять – — ‑ x\u{A0}y\u{202F}z…", "e's п'ять - - - x y z...");
        check("a\u{2028}b\r\nc\td", "a\nb \nc d");
    }

    #[test]
    fn invisible_characters_are_dropped() {
        check("ро\u{AD}с\u{200B}си\u{2060}я \u{2067}x\u{2069} ❤\u{FE0F}", "россия x ❤");
    }

    #[test]
    fn mixed_words_are_read_in_their_script() {
        check("Рoccия Telеgrаm Zапад сVоих", "россия telegram запад своих");
        check("р0сс3я С-300 2023г", "р0сс3я с-300 2023г".replace("р0сс3я", "россзя").as_str());
        check("oб'єкт п'яtь'", "об'єкт п'ять'");
    }

    #[test]
    fn words_are_letters_digits_and_marks() {
        words("п’ять Moscow’s l'Irak об'єкт' 'слово'", &["п'ять", "moscow", "s", "l", "irak", "об'єкт", "слово"]);
        words("F-16 snake_case #Иран @rybar 🔥3.5%", &["f", "16", "snake", "case", "иран", "rybar", "3", "5"]);
        words("हिन्दी 日本", &["हिन्दी", "日本"]);
        words("1️⃣ пункт", &["1", "пункт"]);
    }

    #[test]
    fn a_folded_range_leads_back_to_the_original() {
        let original = "Ещё \u{2067}за\u{301}мок\u{2069} Рoccия ﷺ";
        let folded = Folded::new(original);
        let back: Vec<_> = folded.words.iter().map(|word| &original[word.original.range()]).collect();
        assert_eq!(back, ["Ещё", "за\u{301}мок", "Рoccия", "ﷺ", "ﷺ", "ﷺ", "ﷺ"]);
        let at = folded.text.find("мок").unwrap();
        assert_eq!(&original[folded.original_range(at - 2..at)], "а\u{301}");
        assert_eq!(folded.original_range(2..2), 2..2);
        assert_eq!(folded.original_range(9_000..9_001), original.len()..original.len());
    }

    #[test]
    fn a_byte_leads_to_its_word() {
        let folded = Folded::new("Ой, два");
        let found: Vec<_> = (0..=folded.text.len()).map(|byte| folded.word_at(byte)).collect();
        let (no, first, second) = (None, Some(0), Some(1));
        assert_eq!(found, [first, first, first, first, no, no, second, second, second, second, second, second, no]);
        assert_eq!(folded.word_text(1), "два");
        assert_eq!(folded.word_text(2), "");
    }

    #[test]
    fn refolding_forgets_the_text_before() {
        let mut folded = Folded::new("Один. Два\u{200B}. Три.");
        folded.refold("Ещё.");
        let fresh = Folded::new("Ещё.");
        assert_eq!((folded.text, folded.words, folded.sentences), (fresh.text, fresh.words, fresh.sentences));
    }
}
