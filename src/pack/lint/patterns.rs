//! Regular expressions that cost too much, or that folded text never matches.
//!
//! The engine skips an expression where a list beside it does not occur, and the `regex` crate skips ahead to fixed
//! text. Without either it steps over every letter of every post.

use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

use crate::pack::grammar::{Match, PackFile, Pattern};
use crate::problem::Problem;
use crate::text::Folded;
use crate::yaml::At;

/// Fixed text of fewer letters occurs so often that skipping to it gains nothing.
const SHORTEST: usize = 2;

/// Letters of a class that count as fixed text: both cases of one letter do, ten digits do not.
const WIDEST: usize = 3;

/// All expressions of all indicators.
pub(super) fn patterns(pack: &PackFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for indicator in &pack.indicators {
        expressions(&indicator.matches, false, &mut problems);
    }
    problems
}

/// `guarded`: something that is found by hash or by list must hold too.
fn expressions(matches: &At<Match>, guarded: bool, problems: &mut Vec<Problem>) {
    match &matches.value {
        Match::Regex(pattern) => problems.extend(expression(pattern, guarded)),
        Match::All(parts) => {
            let guarded = guarded || parts.iter().any(|part| is_guard(&part.value));
            for part in parts {
                expressions(part, guarded, problems);
            }
        }
        Match::Any(parts) => parts.iter().for_each(|part| expressions(part, guarded, problems)),
        Match::AtLeast(some) => some.of.iter().for_each(|part| expressions(part, guarded, problems)),
        Match::Not(part) => expressions(part, guarded, problems),
        Match::Words(_)
        | Match::Near(_)
        | Match::Author(_)
        | Match::Link(_)
        | Match::Language(_)
        | Match::Forwarded(_)
        | Match::Field(_)
        | Match::ReadsLike(_)
        | Match::Joins(_) => {}
    }
}

/// Whether the engine knows without an expression that this does not hold.
fn is_guard(matches: &Match) -> bool {
    match matches {
        Match::Words(_)
        | Match::Near(_)
        | Match::Author(_)
        | Match::Link(_)
        | Match::Forwarded(_)
        | Match::ReadsLike(_) => true,
        Match::All(parts) => parts.iter().any(|part| is_guard(part)),
        Match::Any(parts) => !parts.is_empty() && parts.iter().all(|part| is_guard(part)),
        Match::AtLeast(_)
        | Match::Regex(_)
        | Match::Not(_)
        | Match::Language(_)
        | Match::Field(_)
        | Match::Joins(_) => false,
    }
}

fn expression(pattern: &Pattern, guarded: bool) -> Vec<Problem> {
    // UC028 tells of one that is broken.
    let Ok(hir) = regex_syntax::parse(&pattern.pattern) else { return Vec::new() };
    let span = &pattern.pattern.span;
    let mut problems = Vec::new();
    if !guarded && !has_fixed_text(&hir) {
        let problem = Problem::warning("UC090", "this expression holds no fixed text to search for", span.clone());
        let help = "begin it with letters that must be there, or put `words:` beside it, in `all`";
        problems.push(problem.help(help));
    }
    if !pattern.raw
        && let Some(lost) = lost(&hir)
    {
        let folded = Folded::new(&lost).text;
        let message = format!("folded text never holds `{lost}`");
        let help = format!("write it as text is folded: `{folded}`; or `raw: true`, to see the original");
        problems.push(Problem::warning("UC091", message, span.clone()).help(help));
    }
    problems
}

/// Whether a match must begin or end with one of a few texts, or hold a text inside.
fn has_fixed_text(hir: &Hir) -> bool {
    let long = |seq: &Seq| {
        seq.literals().is_some_and(|literals| !literals.is_empty())
            && seq.min_literal_len().is_some_and(|length| length >= SHORTEST)
    };
    let mut extractor = Extractor::new();
    extractor.limit_class(WIDEST);
    let prefixes = extractor.extract(hir);
    let suffixes = extractor.kind(ExtractKind::Suffix).extract(hir);
    long(&prefixes) || long(&suffixes) || inner(hir).iter().any(|text| text.chars().count() >= SHORTEST)
}

/// Texts that every match holds.
fn inner(hir: &Hir) -> Vec<&str> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).into_iter().collect(),
        HirKind::Capture(capture) => inner(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => inner(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(inner).collect(),
        HirKind::Repetition(_) | HirKind::Alternation(_) | HirKind::Class(_) | HirKind::Look(_) | HirKind::Empty => {
            Vec::new()
        }
    }
}

/// The first text that every match holds and that no folded text does.
fn lost(hir: &Hir) -> Option<String> {
    let changed = |c: char| c.is_alphanumeric() && !Folded::new(&c.to_string()).text.contains(c);
    inner(hir).into_iter().find(|text| text.chars().any(changed)).map(str::to_owned)
}
