//! Letters that look alike across scripts, and what a word that mixes them was meant to be.
//!
//! In: a folded word with letters of more than one script. Out: the same word in one script, or nothing where it is
//! an honest mixture. Writers swap а for a to slip past word filters; after this `Рoccия` with Latin letters is Россия.
//!
//! A word in a wrong script throughout (`CCCP` in Latin) is not mixed, and stays: to tell it one would need a dictionary.

use super::letters::{Class, Script, class};

/// Rows of letters that look the same, lower case: Latin, Cyrillic, Greek. `-`: the script has none.
///
/// Lower case stands for upper case too, so a row holds letters that look alike in either (в as В is B). z and v are
/// no look-alikes of з and в: they are the war signs that are put in their place inside Russian words.
const ROWS: [(char, char, char); 27] = [
    ('a', 'а', 'α'),
    ('b', 'в', 'β'),
    ('b', 'ь', '-'),
    ('c', 'с', 'ϲ'),
    ('d', 'ԁ', '-'),
    ('e', 'е', 'ε'),
    ('h', 'н', 'η'),
    ('h', 'һ', '-'),
    ('i', 'і', 'ι'),
    ('i', 'ї', '-'),
    ('j', 'ј', 'ϳ'),
    ('k', 'к', 'κ'),
    ('l', 'ӏ', '-'),
    ('m', 'м', 'μ'),
    ('o', 'о', 'ο'),
    ('p', 'р', 'ρ'),
    ('q', 'ԛ', '-'),
    ('s', 'ѕ', '-'),
    ('t', 'т', 'τ'),
    ('u', '-', 'υ'),
    ('v', 'ѵ', 'ν'),
    ('v', 'в', '-'),
    ('w', 'ԝ', '-'),
    ('x', 'х', 'χ'),
    ('y', 'у', '-'),
    ('y', 'ү', '-'),
    ('z', 'з', 'ζ'),
];

fn of_row(row: (char, char, char), script: Script) -> char {
    match script {
        Script::Latin => row.0,
        Script::Cyrillic => row.1,
        Script::Greek => row.2,
        _ => '-',
    }
}

/// The letter of `to` that looks like `c` of another script.
fn counterpart(c: char, from: Script, to: Script) -> Option<char> {
    // What a Cyrillic word can have lost is a letter that people write: no ԁ, no ѕ.
    let rows = ROWS.iter().filter(|row| to != Script::Cyrillic || matches!(row.1, 'а'..='я' | 'і' | 'ї' | 'ј'));
    rows.map(|row| (of_row(*row, from), of_row(*row, to)))
        .find(|(looks, meant)| *looks == c && *meant != '-')
        .map(|(_, meant)| meant)
}

fn script_of(c: char) -> Option<Script> {
    match class(c) {
        Class::Letter(script) => Some(script),
        _ => None,
    }
}

/// The script that a mixed word was meant to be in: the one of most letters that no other script could lend.
pub(super) fn dominant(word: &str) -> Script {
    let votes = |script: Script| {
        let letters = word.chars().filter(|c| script_of(*c) == Some(script));
        let (own, all) = letters.fold((0, 0), |(own, all), c| {
            let lent = [Script::Latin, Script::Cyrillic, Script::Greek]
                .into_iter()
                .any(|other| other != script && counterpart(c, script, other).is_some());
            (own + usize::from(!lent), all + 1)
        });
        (own, all)
    };
    let first = if votes(Script::Cyrillic) > votes(Script::Latin) { Script::Cyrillic } else { Script::Latin };
    if votes(Script::Greek) > votes(first) { Script::Greek } else { first }
}

/// The letters of a mixed word in its [`dominant`] script, one for each of its characters.
///
/// `None` where a letter has no counterpart: `covidный` is a word that people write so.
pub(super) fn unmix(word: &str, script: Script, meant: &mut Vec<char>) -> Option<()> {
    meant.clear();
    for c in word.chars() {
        meant.push(match script_of(c) {
            Some(other) if other != script => counterpart(c, other, script)?,
            _ => c,
        });
    }
    Some(())
}

/// Reads 0 and 3 between two letters of a Cyrillic word as о and з; false if there are none.
///
/// Only between letters: `С300`, `3й` and `2023г` are what they say.
pub(super) fn undigit(word: &mut [char]) -> bool {
    let is_letter = |c: char| script_of(c).is_some();
    let mut changed = false;
    for at in 1..word.len().saturating_sub(1) {
        let letter = match word[at] {
            '0' => 'о',
            '3' => 'з',
            _ => continue,
        };
        if is_letter(word[at - 1]) && is_letter(word[at + 1]) {
            word[at] = letter;
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<&str>) {
        let mut meant = Vec::new();
        let read = unmix(word, dominant(word), &mut meant).map(|_| meant.iter().collect::<String>());
        assert_eq!(read.as_deref(), expected, "{word}");
    }

    #[test]
    fn a_mixed_word_is_read_in_its_main_script() {
        check("poccия", Some("россия"));
        check("telеgrаm", Some("telegram"));
        check("rуssιa", Some("ryssia"));
        check("zапад", Some("запад"));
        check("сvоих", Some("своих"));
        check("covidный", None);
    }

    #[test]
    fn a_digit_between_cyrillic_letters_is_a_letter() {
        let read = |word: &str| {
            let mut meant: Vec<char> = word.chars().collect();
            undigit(&mut meant).then(|| meant.iter().collect::<String>())
        };
        assert_eq!(read("р0ссия").as_deref(), Some("россия"));
        assert_eq!(read("с300в"), None);
        assert_eq!(read("2023г"), None);
    }
}
