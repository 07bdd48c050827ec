//! What is wrong with a file, in a form that a person can act on.
//!
//! Every check of a file that people write (pack, pipeline) gives back all of its problems at once. A problem names the
//! thing, stands at a byte span of the source, and says the way out. [`render`] draws it the way rustc does, so that
//! carets are right under Cyrillic, Arabic and wide characters too.

pub mod codes;

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Whether a problem stops the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth mending; nothing stops.
    Warning,
    /// The file cannot be used.
    Error,
}

/// A file that people write: its name as the user gave it, and its whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name to show, usually a path.
    pub name: String,
    /// The text that spans refer to.
    pub text: String,
}

impl Source {
    /// Line and column of a byte offset, both from 1; the column counts code points.
    #[must_use]
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let byte = self.text.floor_char_boundary(byte.min(self.text.len()));
        let before = &self.text[..byte];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, for example `UC012`.
    pub code: &'static str,
    /// Whether it stops the program.
    pub severity: Severity,
    /// What is wrong, naming the thing. Lowercase, without a full stop.
    pub message: String,
    /// Bytes of the source text that it is about.
    pub span: Range<usize>,
    /// A few words under the caret.
    pub label: String,
    /// The way out.
    pub help: Option<String>,
}

impl Problem {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), span, label: String::new(), help: None }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    /// With a few words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With "did you mean", if one of the candidates is close.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// Longer than any name that a person mistypes. The distance of two names costs the product of their lengths in time
/// and memory: two names of a hostile file, 100,000 letters each, would ask for 80 GB.
const LONGEST_NAME: usize = 100;

/// The candidate that `written` was probably meant to be: at most a third of its letters differ.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST_NAME {
        return None;
    }
    let limit = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_NAME)
        .map(|candidate| (strsim::damerau_levenshtein(&written.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Text from outside, made harmless for a terminal: control characters become their visible pictures, bidirectional
/// and other invisible format characters a replacement character. Line ends stay, a tab becomes a space.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_hostile(c) || c == '\t') {
        return Cow::Borrowed(text);
    }
    let picture = |c: char| match c {
        '\t' => ' ',
        '\u{0}'..='\u{1f}' if is_hostile(c) => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_hostile(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(picture).collect())
}

/// The same on one line.
#[must_use]
pub fn harmless_line(text: &str) -> String {
    harmless(text).replace('\n', " ")
}

/// JSON, made harmless without changing what it says: in JSON such characters can stand only in strings, where an
/// escape means the same.
#[must_use]
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    let hostile = |c: char| is_hostile(c) && !c.is_ascii_whitespace();
    if !json.contains(hostile) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if hostile(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character can move, hide or reorder what a terminal shows: control characters, and those that Unicode
/// calls bidirectional controls or default ignorable and that no visible text needs. Joiners count too: what they
/// change in a script's letters is worth less here than what they hide between two letters.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first letters of a long text, for messages.
#[must_use]
pub fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Whether any of the problems stops the program.
#[must_use]
pub fn any_error(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// Draws a problem with its snippet, caret and help; with colour only if asked.
#[must_use]
pub fn render(source: &Source, problem: &Problem, colour: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let start = source.text.floor_char_boundary(problem.span.start.min(source.text.len()));
    let end = source.text.ceil_char_boundary(problem.span.end.clamp(start, source.text.len()));
    // The renderer leaves names, C1 controls and some invisible characters as they are; what is replaced may have
    // another length, so the span moves along.
    let drawable = |text: &str| harmless(&text.replace("\r\n", "\n")).into_owned();
    let (name, text) = (harmless(&source.name), drawable(&source.text));
    let moved = |at: usize| text.floor_char_boundary(drawable(&source.text[..at]).len());
    let (start, end) = (moved(start), moved(end));
    let (label, message) = (harmless(&problem.label), harmless(&problem.message));
    let help = problem.help.as_deref().map(harmless);
    let annotation = AnnotationKind::Primary.span(start..end).label(label.as_ref());
    let snippet = Snippet::source(text.as_str()).path(name.as_ref()).annotation(annotation);
    let mut group = level.primary_title(message.as_ref()).id(problem.code).element(snippet);
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_ref()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_under_cyrillic_and_arabic() {
        let text = "words:\n  ru: [росси*, москв*]\n  ar: [روسي*]\n".to_string();
        let at = text.find("москв").unwrap();
        let source = Source { name: "p.yaml".into(), text };
        assert_eq!(source.line_column(at), (2, 16));
        let drawn = render(
            &source,
            &Problem::error("UC001", "a test", at..at + "москв*".len()).label("here").help("write it anew"),
            false,
        );
        assert!(drawn.contains("error[UC001]: a test"), "{drawn}");
        assert!(drawn.contains("p.yaml:2:16"), "{drawn}");
        assert!(drawn.contains("^^^^^^ here"), "{drawn}");
    }

    #[test]
    fn a_hostile_file_and_its_name_are_harmless() {
        let text = "a: \u{202e}\u{9b}31m\u{1b}[2J\u{61c}\nb: \u{e0041}мова\n".to_string();
        let at = text.find("мова").unwrap();
        let source = Source { name: "p\u{1b}]0;x\u{7}\u{202e}.yaml".into(), text };
        for (span, carets) in [(at..at + "мова".len(), "^^^^ \u{2421}"), (3..6, "^")] {
            let problem = Problem::error("UC001", "\u{1b}[31m", span).label("\u{7f}").help("\u{202e}");
            let drawn = render(&source, &problem, false);
            assert!(!drawn.contains(is_hostile), "{drawn:?}");
            assert!(drawn.contains(carets), "{drawn}");
        }
    }

    #[test]
    fn names_without_end_cost_nothing() {
        let (one, other) = ("a".repeat(200_000), "b".repeat(200_000));
        assert_eq!(nearest(&one, [other.as_str()]), None);
        assert_eq!(nearest("invitaton", [other.as_str(), "invitation"]), Some("invitation"));
        assert_eq!(short(&one).chars().count(), LONGEST_NAME + 1);
    }

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("invitaton", ["invitation", "iraq"]), Some("invitation"));
        assert_eq!(nearest("zzz", ["invitation", "iraq"]), None);
    }

    #[test]
    fn harmless_json_says_the_same() {
        let value = serde_json::json!({ "te\u{9b}xt": "a\u{202e}b\u{7f}\u{e0041}\n\u{1b}" });
        for json in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let safe = harmless_json(&json);
            assert!(!safe.contains(is_hostile), "{safe:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
    }
}
