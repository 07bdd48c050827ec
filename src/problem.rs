//! What is wrong with a file, in a form that a person can act on.
//!
//! Every check of a file that people write (pack, pipeline) gives back all of its problems at once. A problem names the
//! thing, stands at a byte span of the source, and says the way out. [`render`] draws it the way rustc does, so that
//! carets are right under Cyrillic, Arabic and wide characters too.

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

/// The candidate that `written` was probably meant to be: at most a third of its letters differ.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&written.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    let annotation = AnnotationKind::Primary.span(start..end).label(problem.label.as_str());
    let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(annotation);
    let mut group = level.primary_title(problem.message.as_str()).id(problem.code).element(snippet);
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
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
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("invitaton", ["invitation", "iraq"]), Some("invitation"));
        assert_eq!(nearest("zzz", ["invitation", "iraq"]), None);
    }
}
