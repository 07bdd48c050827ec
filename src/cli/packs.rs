//! From paths to an engine, with every problem printed on the way.

use std::path::PathBuf;
use std::sync::Arc;

use super::count;
use super::terminal::{error, note};
use crate::pack::{Pack, Vocabulary};
use crate::problem::{Problem, Severity, Source, render};
use crate::score::Engine;
use crate::shelf::{self, ShelfError, Shelved, Told};

pub use crate::shelf::{Sort, sort, sources};

/// The languages and classifiers that ship with the program, those among `sources` in place of theirs. Problems are printed.
///
/// # Errors
/// How many problems their files have.
pub fn vocabulary(sources: &[Source]) -> Result<Vocabulary, String> {
    let (vocabulary, told) = shelf::vocabulary(sources);
    match tell(&told) {
        0 => Ok(vocabulary),
        errors => Err(format!("{} in languages and classifiers", count(errors, "problem"))),
    }
}

/// Prints problems the way rustc does; gives (errors, warnings).
#[expect(clippy::must_use_candidate, reason = "it prints: the counts are beside the point")]
pub fn report(source: &Source, problems: &[Problem]) -> (usize, usize) {
    let colour = anstream::stderr().current_choice() != anstream::ColorChoice::Never;
    for problem in problems {
        note(render(source, problem, colour));
        note("");
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    (errors, problems.len() - errors)
}

fn tell(told: &[Told]) -> usize {
    told.iter().map(|told| report(&told.source, &told.problems).0).sum()
}

/// Loads packs from sources; every problem of every one is printed.
///
/// # Errors
/// How many errors there were.
pub fn load(sources: &[Source], vocabulary: &Vocabulary) -> Result<Vec<Pack>, String> {
    Ok(shelved(sources, vocabulary)?.into_iter().map(|shelved| shelved.pack).collect())
}

/// As [`load`], each with its file.
///
/// # Errors
/// How many errors there were.
pub fn shelved<'s>(sources: &'s [Source], vocabulary: &Vocabulary) -> Result<Vec<Shelved<'s>>, String> {
    let (packs, told) = shelf::packs(sources, vocabulary);
    match (tell(&told), packs.is_empty()) {
        (0, false) => Ok(packs),
        (0, true) => Err(ShelfError::Empty.to_string()),
        (errors, _) => Err(format!("{} in packs", count(errors, "problem"))),
    }
}

/// An engine from paths. Problems are printed.
///
/// # Errors
/// What stopped it.
pub fn engine(paths: &[PathBuf]) -> Result<Arc<Engine>, String> {
    let sources = sources(paths)?;
    let vocabulary = vocabulary(&sources)?;
    let packs = load(&sources, &vocabulary)?;
    Engine::new(packs, &vocabulary).map(Arc::new).map_err(|fault| fault.to_string())
}

/// An engine from sources whose packs do what their own tests say, as a reload wants it. Problems are printed.
///
/// # Errors
/// What stopped it.
pub fn tested(sources: &[Source]) -> Result<Arc<Engine>, String> {
    let failed = |fault: ShelfError| {
        tell(fault.told());
        fault.to_string()
    };
    let shelf = shelf::open(sources).map_err(failed)?;
    tell(&shelf.warnings);
    shelf.tested().map_err(failed)
}

/// As [`engine`], for commands that end when it fails.
pub fn engine_or_tell(paths: &[PathBuf]) -> Option<Arc<Engine>> {
    engine(paths).map_err(error).ok()
}
