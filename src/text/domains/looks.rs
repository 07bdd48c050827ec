//! A label as the eye takes it.
//!
//! In: a label in Unicode. Out: its look; labels that a reader confuses have the same. First the skeleton of Unicode
//! Technical Standard 39 (4, Confusable Detection), which joins letters across scripts. It is made for identifiers in
//! good type; in an address bar more is alike: marks on letters, digits and the letters that they resemble, `rn` and `m`,
//! `vv` and `w` (Holgers, Watson and Gribble, Cutting through the confusion, 2006).

use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

/// Writes the look of a label.
pub(super) fn look(label: &str, out: &mut String) {
    out.clear();
    if label.is_ascii() {
        // Its skeleton says no more than what follows.
        label.chars().for_each(|letter| push(letter, out));
    } else {
        // The skeleton is not lower case: that of 0 is O, that of capital I is l.
        let letters = skeleton(label).filter(|letter| !is_combining_mark(*letter));
        letters.flat_map(char::to_lowercase).for_each(|letter| push(letter, out));
    }
}

fn push(letter: char, out: &mut String) {
    match letter {
        '0' => out.push('o'),
        '1' | '|' | 'i' | 'ı' => out.push('l'),
        '5' => out.push('s'),
        'm' => *out += "rn",
        'w' => *out += "vv",
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(label: &str) -> String {
        let mut out = String::new();
        look(label, &mut out);
        out
    }

    #[track_caller]
    fn alike(one: &str, other: &str) {
        assert_eq!(of(one), of(other), "{one} {other}");
    }

    #[test]
    fn what_the_eye_confuses_looks_alike() {
        alike("beispiel", "bеіѕріеӏ");
        alike("beispiel", "bеispiel");
        alike("beispiel", "be1sp1el");
        alike("beispiel", "belspiel");
        alike("beispiel", "beispiél");
        alike("modern", "rnodern");
        alike("world", "vvorld");
        alike("news", "new5");
        alike("o", "0");
        assert_ne!(of("beispiel"), of("beispiele"));
        assert_ne!(of("paper"), of("piper"));
    }

    #[test]
    fn the_short_way_of_ascii_leads_to_the_same_look() {
        for letter in ('a'..='z').chain('0'..='9').chain(['-', '_']) {
            // The mark takes the long way, and has no look.
            assert_eq!(of(&letter.to_string()), of(&format!("{letter}\u{302}")), "{letter}");
        }
    }

    #[test]
    fn a_look_is_its_own_look() {
        for label in ["beispiel", "world", "modern24", "правда", "0il"] {
            assert_eq!(of(&of(label)), of(label), "{label}");
        }
    }
}
