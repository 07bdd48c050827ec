//! What reaches the terminal: results on stdout, everything else on stderr, hostile text made harmless.
//!
//! A post may hold escape sequences that rewrite the screen, and bidirectional controls that reorder what is read.
//! Everything that came from outside goes through [`safe`] before it is printed.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

use crate::problem::{harmless, harmless_line};

/// JSON, made harmless without changing what it says.
pub use crate::problem::harmless_json as safe_json;

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
/// What is there of that which almost fired.
pub const ALMOST: Style = AnsiColor::Yellow.on_default().underline();
/// Good news.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// In between.
pub const WARN: Style = AnsiColor::Yellow.on_default();

/// Why results no longer reach their reader: the first failure of stdout.
static LOST: OnceLock<(ErrorKind, String)> = OnceLock::new();

/// A line of results.
pub fn result(line: impl Display) {
    result_bytes(format!("{line}\n").as_bytes());
}

/// Results as they are.
pub fn result_bytes(bytes: &[u8]) {
    let mut out = anstream::stdout();
    if let Err(fault) = out.write_all(bytes).and_then(|()| out.flush()) {
        LOST.get_or_init(|| (fault.kind(), fault.to_string()));
    }
}

/// Whether nobody reads results any more, so that a long command may end.
#[must_use]
pub fn is_unread() -> bool {
    LOST.get().is_some()
}

/// Why results were lost, if they were. A reader that has seen enough (`| head`) is no error.
#[must_use]
pub fn lost() -> Option<&'static str> {
    LOST.get().filter(|(kind, _)| *kind != ErrorKind::BrokenPipe).map(|(_, why)| why.as_str())
}

/// A line for the person watching.
pub fn note(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// An error, with everything behind it. It may name files and arguments: made harmless.
pub fn error(line: impl Display) {
    note(format_args!("{BAD}error{BAD:#}: {}", safe(&line.to_string())));
}

/// Text from outside, made harmless. Line ends stay.
#[must_use]
pub fn safe(text: &str) -> String {
    harmless(text).into_owned()
}

/// The same on one line.
#[must_use]
pub fn safe_line(text: &str) -> String {
    harmless_line(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_cannot_reach_the_terminal() {
        assert_eq!(safe("a\u{1b}[2Jb\u{202e}c\r\nd\u{9b}31m"), "a␛[2Jb\u{fffd}c␍\nd\u{fffd}31m");
        assert_eq!(safe("\u{61c}\u{2060}\u{ad}\u{e0041}"), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(safe_line("свой\nтекст"), "свой текст");
    }
}
