//! What each character becomes when text is folded.
//!
//! In: one character. Out: the characters that stand for it in the folded view, and what they are good for in a word.
//! The rules are written once, in [`fold`]; a table of the scripts that we meet all day is made from them at first use,
//! so that the hot path is one look-up and the table cannot disagree with the rules.
//!
//! A letter is folded only where people write the same word both ways: ё and е, é and e in a name, أ and ا. Where the
//! mark makes another letter (й, ї, ґ, ў) it stays. Case and compatibility forms go everywhere.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The script of a word, as far as the rest of the program asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Greek letters.
    Greek,
    /// Arabic letters, also of Persian, Urdu and Kurdish.
    Arabic,
    /// Digits only.
    Digit,
    /// Any other script.
    #[default]
    Other,
}

/// What a folded character does in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter of a word.
    Letter(Script),
    /// A digit: part of a word, of any script.
    Digit,
    /// A mark that is a letter in its script, such as an Indic vowel sign: it goes on with a word.
    Sign,
    /// An apostrophe: inside a Cyrillic word a letter, elsewhere a gap.
    Apostrophe,
    /// Space, punctuation, symbols.
    Gap,
    /// Dropped, and part of the character before it.
    Mark,
    /// Dropped, and part of nothing: zero-width characters, bidi controls.
    Silent,
    /// Becomes several characters; only [`fold`] knows which.
    Several,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) to: char,
    pub(super) class: Class,
    pub(super) upper: bool,
}

/// Latin to Arabic: all scripts that have their own folding rules.
const LOW: usize = 0x800;
/// General punctuation to currency: the quotation marks, dashes and spaces of typeset text.
const MARKS: std::ops::Range<usize> = 0x2000..0x20D0;

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| (0..LOW).chain(MARKS).map(entry_of).collect());

/// The table, to be fetched once a text.
pub(super) struct Letters(&'static [Entry]);

impl Letters {
    pub(super) fn new() -> Self {
        Self(&TABLE)
    }

    /// The row of a character, if the table has one.
    pub(super) fn get(&self, c: char) -> Option<Entry> {
        let c = c as usize;
        if c < LOW {
            Some(self.0[c])
        } else if MARKS.contains(&c) {
            Some(self.0[LOW + c - MARKS.start])
        } else {
            None
        }
    }

    /// Whether a character goes with the one before it, so that both must be folded together.
    pub(super) fn is_mark(&self, c: char) -> bool {
        match self.get(c) {
            Some(entry) => matches!(entry.class, Class::Mark | Class::Sign),
            None => is_combining_mark(c) || dropped(c) == Class::Mark,
        }
    }
}

fn entry_of(code: usize) -> Entry {
    let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else {
        return Entry { to: ' ', class: Class::Gap, upper: false };
    };
    let mut folded = Vec::new();
    fold(c.encode_utf8(&mut [0; 4]), |to| folded.push(to));
    match folded[..] {
        [] => Entry { to: c, class: dropped(c), upper: false },
        [to] => Entry { to, class: class(to), upper: c.is_uppercase() },
        _ => Entry { to: c, class: Class::Several, upper: c.is_uppercase() },
    }
}

/// Folds a character with the marks that belong to it, and gives what stands for them, in order.
///
/// Composes first (NFKC), so that и with a breve is й and not и with something to drop.
pub(super) fn fold(cluster: &str, mut give: impl FnMut(char)) {
    if let Some(c) = only(cluster)
        && let Some(to) = special(c)
    {
        return to.chars().for_each(give);
    }
    for composed in cluster.nfkc() {
        for lower in composed.to_lowercase() {
            fold_letter(lower, &mut give);
        }
    }
}

fn only(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn fold_letter(c: char, give: &mut impl FnMut(char)) {
    if let Some(to) = special(c) {
        to.chars().for_each(give);
    } else if is_dropped(c) {
    } else if matches!(c, '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}') {
        // Latin and Greek letters lose their marks; what is left may itself be special (ǿ is ø with an accent).
        decompose_canonical(c, |part| {
            if let Some(to) = special(part) {
                to.chars().for_each(&mut *give);
            } else if !is_dropped(part) {
                give(part);
            }
        });
    } else if c.is_whitespace() || c.is_control() {
        give(' ');
    } else {
        give(c);
    }
}

/// The exceptions: what neither Unicode's compatibility forms nor dropping marks gives.
fn special(c: char) -> Option<&'static str> {
    Some(match c {
        // A line ends at all of these; the rest of white space is a space.
        '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        '«' | '»' | '“' | '”' | '„' | '‟' | '‹' | '›' | '″' | '〝' | '〞' | '〟' | '״' => "\"",
        '’' | '‘' | '‚' | '‛' | 'ʼ' | 'ʻ' | 'ʹ' | 'ˈ' | '′' | '‵' | '`' | '´' | '׳' => "'",
        '\u{2010}'..='\u{2015}' | '−' | '⁃' | '־' => "-",
        '…' => "...",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ı' | 'İ' => "i",
        'ς' => "σ",
        'ё' | 'Ё' | 'ѐ' | 'Ѐ' => "е",
        'ѝ' | 'Ѝ' => "и",
        'أ' | 'إ' | 'آ' | 'ٱ' => "ا",
        'ى' | 'ئ' | 'ی' | 'ې' => "ي",
        'ؤ' => "و",
        'ة' | 'ۀ' | 'ۂ' | 'ہ' | 'ھ' | 'ە' => "ه",
        'ۓ' => "ے",
        'ک' | 'ڪ' => "ك",
        '٠' | '۰' => "0",
        '١' | '۱' => "1",
        '٢' | '۲' => "2",
        '٣' | '۳' => "3",
        '٤' | '۴' => "4",
        '٥' | '۵' => "5",
        '٦' | '۶' => "6",
        '٧' | '۷' => "7",
        '٨' | '۸' => "8",
        '٩' | '۹' => "9",
        '٫' => ".",
        '٬' => ",",
        'ـ' => "",
        _ => return None,
    })
}

fn is_dropped(c: char) -> bool {
    matches!(dropped(c), Class::Mark | Class::Silent)
}

/// How a character is dropped; [`Class::Gap`] if it is not.
///
/// Only marks that writers leave out are dropped: accents, tashkeel, Hebrew points. Indic vowel signs are not.
pub(super) fn dropped(c: char) -> Class {
    match c {
        '\u{300}'..='\u{36F}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5BD}'
        | '\u{5BF}'
        | '\u{5C1}'..='\u{5C2}'
        | '\u{5C4}'..='\u{5C5}'
        | '\u{5C7}'
        | '\u{610}'..='\u{61A}'
        | '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}'..='\u{6E8}'
        | '\u{6EA}'..='\u{6ED}'
        | '\u{8CA}'..='\u{8E1}'
        | '\u{8E3}'..='\u{8FF}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{E0100}'..='\u{E01EF}' => Class::Mark,
        '\u{AD}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => Class::Silent,
        _ => Class::Gap,
    }
}

/// What a folded character, or one that folding drops, does in a text.
pub(super) fn class(c: char) -> Class {
    match c {
        'a'..='z' => Class::Letter(Script::Latin),
        '0'..='9' => Class::Digit,
        '\'' => Class::Apostrophe,
        '\0'..='\u{7F}' => Class::Gap,
        _ if is_dropped(c) => dropped(c),
        _ if c.is_numeric() => Class::Digit,
        // Circled and squared letters are alphabetic to Unicode and emoji to people.
        '\u{1F100}'..='\u{1FAFF}' => Class::Gap,
        _ if is_combining_mark(c) => Class::Sign,
        _ if !c.is_alphabetic() => Class::Gap,
        '\u{80}'..='\u{24F}' | '\u{250}'..='\u{2AF}' | '\u{1D00}'..='\u{1D7F}' | '\u{1E00}'..='\u{1EFF}' => {
            Class::Letter(Script::Latin)
        }
        '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB64}' => Class::Letter(Script::Latin),
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Class::Letter(Script::Greek),
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}' => {
            Class::Letter(Script::Cyrillic)
        }
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{870}'..='\u{8FF}' | '\u{FB50}'..='\u{FDFF}' => {
            Class::Letter(Script::Arabic)
        }
        '\u{FE70}'..='\u{FEFF}' => Class::Letter(Script::Arabic),
        _ => Class::Letter(Script::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        fold(text, |c| out.push(c));
        out
    }

    /// The walker drops an accent after a Latin, Greek or Arabic letter without composing; that must change nothing.
    #[test]
    fn dropping_a_mark_equals_composing_first() {
        for c in '\0'..'\u{800}' {
            let (mut parts, mut letters) = (String::new(), String::new());
            decompose_canonical(c, |part| parts.push(part));
            parts.chars().for_each(|part| letters += &folded(part.encode_utf8(&mut [0; 4])));
            let composes = matches!(c, '\u{400}'..='\u{52F}');
            if parts.chars().count() > 1 && !composes && !c.is_numeric() {
                assert_eq!(folded(c.encode_utf8(&mut [0; 4])), letters, "{c:?}");
            }
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for c in (0..0x2_0000).filter_map(char::from_u32) {
            let once = folded(c.encode_utf8(&mut [0; 4]));
            let twice: String = once.chars().map(|c| folded(c.encode_utf8(&mut [0; 4]))).collect();
            assert_eq!(once, twice, "{c:?}");
        }
    }
}
