//! Characters of a file that nobody who reviews it can see.
//!
//! Bidirectional controls show a line in another order than it is read in (Boucher and Anderson, "Trojan Source", 2021);
//! zero-width characters part two names that look the same. Written as escapes both are visible, and allowed.

use crate::problem::{Problem, Source, is_hostile};

/// Problems of this sort in one file; more come from text that was never written by hand.
const MOST: usize = 100;

/// Every run of hidden characters.
#[must_use]
pub fn hidden(source: &Source) -> Vec<Problem> {
    let text = &source.text;
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    let mut before = '\n';
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let after = letters.peek().map_or('\n', |(_, next)| *next);
        if is_hidden(letter) && !is_meant(at, before, letter, after) {
            let end = at + letter.len_utf8();
            if let Some(run) = runs.last_mut().filter(|run| run.1 == at && run.2 == is_bidi(letter)) {
                run.1 = end;
            } else if runs.len() < MOST {
                runs.push((at, end, is_bidi(letter)));
            } else {
                break;
            }
        }
        before = letter;
    }
    runs.into_iter().map(|(start, end, bidi)| problem(text, start..end, bidi)).collect()
}

fn problem(text: &str, span: std::ops::Range<usize>, bidi: bool) -> Problem {
    let mut codes: Vec<u32> = text[span.clone()].chars().map(u32::from).collect();
    codes.truncate(4);
    let named = codes.iter().map(|code| format!("U+{code:04X}")).collect::<Vec<_>>().join(" ");
    let escape = codes.first().map_or(String::new(), |code| match code {
        0..=0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    });
    let help = format!("delete it; where it is meant, write `{escape}` in double quotation marks");
    if bidi {
        let message =
            format!("a bidirectional control ({named}): this line is not shown in the order in which it is read");
        Problem::warning("UC080", message, span).help(help)
    } else {
        Problem::warning("UC081", format!("an invisible character ({named})"), span).help(help)
    }
}

/// Hostile on a terminal, but for the ends of lines.
fn is_hidden(letter: char) -> bool {
    is_hostile(letter) && !matches!(letter, '\r' | '\n')
}

fn is_bidi(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A byte order mark at the beginning, and what joins one picture out of several: 👩‍🔬, 🏴󠁧󠁢󠁥󠁮󠁧󠁿.
fn is_meant(at: usize, before: char, letter: char, after: char) -> bool {
    let picture = |c: char| !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace();
    match letter {
        '\u{feff}' => at == 0,
        '\u{200d}' => picture(before) && picture(after) && !is_hidden(before) && !is_hidden(after),
        '\u{e0020}'..='\u{e007f}' => before == '\u{1f3f4}' || ('\u{e0020}'..='\u{e007e}').contains(&before),
        _ => false,
    }
}
