//! What reaches the terminal: results on stdout, everything else on stderr, hostile text made harmless.
//!
//! A post may hold escape sequences that rewrite the screen, and bidirectional controls that reorder what is read.
//! Everything that came from outside goes through [`safe`] before it is printed.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};

/// Emphasis for headings.
pub const BOLD: Style = Style::new().bold();
/// What stands back.
pub const DIM: Style = Style::new().dimmed();
/// Evidence in a text.
pub const MARK: Style = Style::new()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Black)))
    .bg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
/// What decided the state.
pub const CAUSE: Style = AnsiColor::Cyan.on_default().underline();
/// Good news.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// In between.
pub const WARN: Style = AnsiColor::Yellow.on_default();

/// A line of results. A closed pipe (`| head`) is no error.
pub fn result(line: impl Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// A line for the person watching.
pub fn note(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// An error, with everything behind it.
pub fn error(line: impl Display) {
    note(format_args!("{BAD}error{BAD:#}: {line}"));
}

/// Text from outside, made harmless: control characters become their visible pictures, bidirectional and other
/// invisible format characters a replacement character. Line ends stay.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{2028}'
            | '\u{2029}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// The same on one line.
#[must_use]
pub fn safe_line(text: &str) -> String {
    safe(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_cannot_reach_the_terminal() {
        assert_eq!(safe("a\u{1b}[2Jb\u{202e}c\r\nd\u{9b}31m"), "a␛[2Jb\u{fffd}c␍\nd\u{fffd}31m");
        assert_eq!(safe_line("свой\nтекст"), "свой текст");
    }
}
