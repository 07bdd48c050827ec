//! The pass over the characters of a text.
//!
//! In: the original. Out: folded text, places, words without their place in the original, all in the buffers of a
//! [`Folded`]. A character is looked up in the table; those that the table does not hold, and those that a mark after
//! them may change, are folded with their marks.

use super::{Folded, Span, Word, offset};
use crate::text::letters::{self, Class, Letters, Script};
use crate::text::lookalikes;

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

pub(super) struct Walk<'a> {
    out: &'a mut Folded,
    open: Option<Open>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(out: &'a mut Folded) -> Self {
        Self { out, open: None }
    }

    pub(super) fn over(mut self, original: &str) {
        let letters = Letters::new();
        let mut rest = original.chars();
        while let Some(c) = rest.next() {
            let at = original.len() - rest.as_str().len() - c.len_utf8();
            if c.is_ascii_alphanumeric() {
                let run = original.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                self.push_ascii(&original[at..at + run], at);
                rest = original[at + run..].chars();
                continue;
            }
            if let Some(entry) = letters.get(c) {
                match entry.class {
                    Class::Mark => continue,
                    Class::Silent => {
                        self.silent(at, c);
                        continue;
                    }
                    // A mark can make another letter of a Cyrillic one, and only of those in the table. All marks that
                    // do begin with one of these bytes.
                    Class::Letter(Script::Cyrillic) if matches!(rest.as_str().as_bytes(), [0xCC | 0xCD, ..]) => {}
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
            while let Some(mark) = rest.clone().next().filter(|c| letters.is_mark(*c)) {
                end += mark.len_utf8();
                rest.next();
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
                self.enter(bit(class), class == Class::Letter(Script::Cyrillic), upper);
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
        let place = offset(at);
        // Known lengths spare the hot path a call.
        match c.len_utf8() {
            1 => self.out.places.push(place),
            2 => self.out.places.extend_from_slice(&[place; 2]),
            3 => self.out.places.extend_from_slice(&[place; 3]),
            _ => self.out.places.extend_from_slice(&[place; 4]),
        }
    }

    /// A run of ASCII letters and digits at once: most of a Latin text, and all of its links.
    fn push_ascii(&mut self, run: &str, at: usize) {
        let bits = run.bytes().fold(0, |bits, byte| bits | if byte.is_ascii_digit() { DIGIT } else { LATIN });
        self.enter(bits, false, run.starts_with(|c: char| c.is_ascii_uppercase()));
        let start = self.out.text.len();
        self.out.text.push_str(run);
        self.out.text[start..].make_ascii_lowercase();
        self.out.places.extend((at..at + run.len()).map(offset));
    }

    /// Opens a word, or goes on with the open one.
    fn enter(&mut self, bits: u8, cyrillic: bool, upper: bool) {
        if !cyrillic && self.open.as_ref().is_some_and(|open| open.apostrophe.is_some()) {
            self.close();
        }
        let start = self.out.text.len();
        let open = self.open.get_or_insert(Open { start, scripts: 0, capital: upper, cyrillic, apostrophe: None });
        open.scripts |= bits;
        open.cyrillic = cyrillic;
        open.apostrophe = None;
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
            // An apostrophe is inside a word in Cyrillic only.
            _ if word.contains('\'') => Script::Cyrillic,
            _ => lookalikes::dominant(word),
        };
        let mixed = matches!(script, Script::Latin | Script::Cyrillic | Script::Greek)
            && (open.scripts & !DIGIT).count_ones() > 1
            && lookalikes::unmix(word, script, &mut self.out.meant);
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
