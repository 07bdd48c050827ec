//! From paths to an engine: packs in files, folders or the program itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::count;
use super::terminal::{error, note};
use crate::pack::language::{self, Language};
use crate::pack::{self, Pack};
use crate::problem::{Problem, Severity, Source, render};
use crate::score::Engine;
use crate::{shipped, yaml};

/// A folder's files nest no deeper than this: a link to a parent must not loop.
const DEEPEST: usize = 8;

/// What a file is, told by its first key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// `pack:`
    Pack,
    /// `pipeline:`
    Pipeline,
    /// `language:`
    Language,
    /// `exceptions:`
    Exceptions,
    /// Something else.
    Unknown,
}

/// What sort of file this is.
#[must_use]
pub fn sort(source: &Source) -> Sort {
    match yaml::Tree::parse(&source.text).ok().as_ref().and_then(yaml::Tree::first_key) {
        Some("pack") => Sort::Pack,
        Some("pipeline") => Sort::Pipeline,
        Some("language") => Sort::Language,
        Some("exceptions") => Sort::Exceptions,
        // A pack whose keys stand in another order, or a broken file: its reader says what is wrong.
        _ if source.text.lines().any(|line| line.starts_with("pack:")) => Sort::Pack,
        _ if source.text.lines().any(|line| line.starts_with("pipeline:")) => Sort::Pipeline,
        _ => Sort::Unknown,
    }
}

/// Reads every YAML file at or below the paths, in name order; `shipped` stands for the packs in the program.
///
/// # Errors
/// A path that cannot be read, by name.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for path in paths {
        if path == Path::new("shipped") && !path.exists() {
            sources.extend(shipped::packs());
            continue;
        }
        for file in files(path, 0)? {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(&file).map_err(|why| format!("cannot read `{name}`: {why}"))?;
            sources.push(Source { name, text });
        }
    }
    Ok(sources)
}

fn files(path: &Path, depth: usize) -> Result<Vec<PathBuf>, String> {
    let why = |fault: std::io::Error| format!("cannot read `{}`: {fault}", path.display());
    if !std::fs::metadata(path).map_err(why)?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(why)? {
        entries.push(entry.map_err(why)?.path());
    }
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        let yaml = entry.extension().is_some_and(|end| end == "yaml" || end == "yml");
        if entry.is_dir() && depth < DEEPEST {
            found.extend(files(&entry, depth + 1)?);
        } else if yaml {
            found.push(entry);
        }
    }
    Ok(found)
}

/// The languages that ship with the program, those among `sources` in place of theirs. Problems are printed.
///
/// # Errors
/// How many problems the language files have.
pub fn languages(sources: &[Source]) -> Result<Vec<Language>, String> {
    let mut languages: Vec<Language> = Vec::new();
    let mut errors = 0;
    for source in shipped::languages().iter().chain(sources.iter().filter(|source| sort(source) == Sort::Language)) {
        let (language, problems) = language::load(source);
        errors += report(source, &problems).0;
        let Some(language) = language else { continue };
        languages.retain(|known| known.file.language.value != language.file.language.value);
        languages.push(language);
    }
    if errors > 0 { Err(format!("{} in language files", count(errors, "problem"))) } else { Ok(languages) }
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

/// Loads packs from sources, each with the exceptions that belong to it; every problem of every one is printed.
///
/// # Errors
/// How many errors there were.
pub fn load(sources: &[Source], languages: &[Language]) -> Result<Vec<Pack>, String> {
    let (mut packs, mut exceptions) = (Vec::new(), Vec::new());
    let mut errors = 0;
    for source in sources.iter().filter(|source| sort(source) == Sort::Exceptions) {
        let (file, problems) = pack::load_exceptions(source, None);
        errors += report(source, &problems).0;
        exceptions.extend(file.map(|file| (source, file)));
    }
    let files: Vec<_> = exceptions.iter().map(|(_, file)| file.clone()).collect();
    for source in sources.iter().filter(|source| matches!(sort(source), Sort::Pack | Sort::Unknown)) {
        let (pack, problems) = pack::load(source, &files, languages);
        errors += report(source, &problems).0;
        for (pack, (source, file)) in pack.iter().flat_map(|pack| exceptions.iter().map(move |one| (pack, one))) {
            if file.file.exceptions.value == pack.file.pack.value {
                errors += report(source, &pack::check::exceptions_of(&file.file, &pack.file)).0;
            }
        }
        packs.extend(pack);
    }
    match (errors, packs.is_empty()) {
        (0, false) => Ok(packs),
        (0, true) => Err("there is no pack at these paths; a pack is a YAML file that begins with `pack:`".to_string()),
        (errors, _) => Err(format!("{} in packs", count(errors, "problem"))),
    }
}

/// An engine from paths. Problems are printed.
///
/// # Errors
/// What stopped it.
pub fn engine(paths: &[PathBuf]) -> Result<Arc<Engine>, String> {
    let sources = sources(paths)?;
    let languages = languages(&sources)?;
    let packs = load(&sources, &languages)?;
    Engine::new(packs, &languages).map(Arc::new).map_err(|fault| fault.to_string())
}

/// As [`engine`], for commands that end when it fails.
pub fn engine_or_tell(paths: &[PathBuf]) -> Option<Arc<Engine>> {
    engine(paths).map_err(error).ok()
}
