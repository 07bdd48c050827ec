//! The shelf: what people wrote, from the paths where it stands to an engine.
//!
//! In: files and folders, `shipped` for what the program holds. Out: an engine, or every problem of every file at once.
//! Nothing is printed: the command line draws problems, a reload logs and answers them. What may stand on the shelf is told
//! apart by its first key, and [`open`] is where each sort is taken to its reader.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::classify;
use crate::pack::language;
use crate::pack::{self, Pack, Vocabulary};
use crate::problem::{Problem, Severity, Source};
use crate::score::{CompileError, Engine};
use crate::{shipped, trial, yaml};

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
    /// `classifier:`
    Classifier,
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
        Some("classifier") => Sort::Classifier,
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

/// Hidden names are left out: a mounted `ConfigMap` holds every file three times, twice below `..` names, and editors hide
/// their own files so.
fn files(path: &Path, depth: usize) -> Result<Vec<PathBuf>, String> {
    let why = |fault: std::io::Error| format!("cannot read `{}`: {fault}", path.display());
    if !std::fs::metadata(path).map_err(why)?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(why)? {
        let entry = entry.map_err(why)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
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

/// What is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The file.
    pub source: Source,
    /// Its problems, in order.
    pub problems: Vec<Problem>,
}

impl Told {
    fn new(source: &Source, problems: Vec<Problem>) -> Option<Self> {
        (!problems.is_empty()).then(|| Self { source: source.clone(), problems })
    }
}

/// How many errors, warnings apart.
#[must_use]
pub fn errors(told: &[Told]) -> usize {
    let problems = told.iter().flat_map(|told| &told.problems);
    problems.filter(|problem| problem.severity == Severity::Error).count()
}

/// The languages and classifiers that ship with the program, those among `sources` in place of theirs.
#[must_use]
pub fn vocabulary(sources: &[Source]) -> (Vocabulary, Vec<Told>) {
    let (mut vocabulary, mut told) = (Vocabulary::default(), Vec::new());
    // Once: telling the sort reads the whole file.
    let sorted: Vec<(Sort, &Source)> = sources.iter().map(|source| (sort(source), source)).collect();
    let of = |wanted: Sort| sorted.iter().filter(move |(sort, _)| *sort == wanted).map(|(_, source)| *source);
    let (languages, classifiers) = (shipped::languages(), shipped::classifiers());
    for source in languages.iter().chain(of(Sort::Language)) {
        let (language, problems) = language::load(source);
        told.extend(Told::new(source, problems));
        let Some(language) = language else { continue };
        vocabulary.languages.retain(|known| known.file.language.value != language.file.language.value);
        vocabulary.languages.push(language);
    }
    for source in classifiers.iter().chain(of(Sort::Classifier)) {
        let (classifier, problems) = classify::load(source);
        told.extend(Told::new(source, problems));
        let Some(classifier) = classifier else { continue };
        vocabulary.classifiers.retain(|known| known.name != classifier.name);
        vocabulary.classifiers.push(classifier);
    }
    (vocabulary, told)
}

/// A pack and where it was read.
#[derive(Debug)]
pub struct Shelved<'s> {
    /// The pack.
    pub pack: Pack,
    /// Its file.
    pub source: &'s Source,
}

/// The packs among `sources`, each with the exceptions that belong to it. A file of no known sort is read as a pack, so
/// that it is told what it lacks.
#[must_use]
pub fn packs<'s>(sources: &'s [Source], vocabulary: &Vocabulary) -> (Vec<Shelved<'s>>, Vec<Told>) {
    let (mut packs, mut told, mut exceptions) = (Vec::new(), Vec::new(), Vec::new());
    // Once: telling the sort reads the whole file.
    let sorted: Vec<(Sort, &Source)> = sources.iter().map(|source| (sort(source), source)).collect();
    let of = |wanted: &'static [Sort]| {
        sorted.iter().filter(move |(sort, _)| wanted.contains(sort)).map(|(_, source)| *source)
    };
    for source in of(&[Sort::Exceptions]) {
        let (file, problems) = pack::load_exceptions(source, None);
        told.extend(Told::new(source, problems));
        exceptions.extend(file.map(|file| (source, file)));
    }
    let files: Vec<_> = exceptions.iter().map(|(_, file)| file.clone()).collect();
    for source in of(&[Sort::Pack, Sort::Unknown]) {
        let (pack, problems) = pack::load(source, &files, vocabulary);
        told.extend(Told::new(source, problems));
        let Some(pack) = pack else { continue };
        for (source, file) in exceptions.iter().filter(|(_, one)| one.file.exceptions.value == pack.file.pack.value) {
            told.extend(Told::new(source, pack::check::exceptions_of(&file.file, &pack.file)));
        }
        packs.push(Shelved { pack, source });
    }
    (packs, told)
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// A path cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// Files with errors.
    #[error("{} problem{} in packs and language files", errors(.0), if errors(.0) == 1 { "" } else { "s" })]
    Problems(Vec<Told>),
    /// There is none.
    #[error("there is no pack at these paths; a pack is a YAML file that begins with `pack:`")]
    Empty,
    /// Packs that do not do what their own tests say.
    #[error("{} inline test{} failed", errors(.0), if errors(.0) == 1 { "" } else { "s" })]
    Tests(Vec<Told>),
    /// Packs that do not fit together.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

impl ShelfError {
    /// A bounded word for it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Problems(_) => "problems",
            Self::Empty => "empty",
            Self::Tests(_) => "tests",
            Self::Compile(_) => "compile",
        }
    }

    /// What is wrong with which file.
    #[must_use]
    pub fn told(&self) -> &[Told] {
        match self {
            Self::Problems(told) | Self::Tests(told) => told,
            Self::Unreadable(_) | Self::Empty | Self::Compile(_) => &[],
        }
    }
}

/// Files that passed their checks.
#[derive(Debug)]
pub struct Shelf<'s> {
    /// What the packs are read with.
    pub vocabulary: Vocabulary,
    /// The packs, in the order of their files.
    pub packs: Vec<Shelved<'s>>,
    /// Warnings.
    pub warnings: Vec<Told>,
}

/// Reads and checks everything.
///
/// # Errors
/// All problems of all files, or that there is no pack.
pub fn open(sources: &[Source]) -> Result<Shelf<'_>, ShelfError> {
    let (vocabulary, mut told) = vocabulary(sources);
    let (packs, more) = packs(sources, &vocabulary);
    told.extend(more);
    match (errors(&told), packs.is_empty()) {
        (0, false) => Ok(Shelf { vocabulary, packs, warnings: told }),
        (0, true) => Err(ShelfError::Empty),
        _ => Err(ShelfError::Problems(told)),
    }
}

impl Shelf<'_> {
    /// The engine.
    ///
    /// # Errors
    /// Why the packs cannot be compiled together.
    pub fn engine(self) -> Result<Engine, ShelfError> {
        let packs = self.packs.into_iter().map(|shelved| shelved.pack).collect();
        Ok(Engine::new(packs, &self.vocabulary)?)
    }

    /// The engine, if every pack does what its own tests say: each by itself, since another one's words must not change
    /// what its author sees.
    ///
    /// # Errors
    /// The tests that fail, at their places, or why the packs cannot be compiled.
    pub fn tested(self) -> Result<Arc<Engine>, ShelfError> {
        let (mut failed, mut alone) = (Vec::new(), None);
        for Shelved { pack, source } in self.packs.iter().filter(|shelved| !shelved.pack.file.tests.is_empty()) {
            let engine = Arc::new(Engine::new(vec![pack.clone()], &self.vocabulary)?);
            let problems = trial::run(&engine).into_iter().filter(|trial| !trial.passed).map(|trial| {
                let message = format!("the test `{}` fails: {}", trial.name, trial.why());
                Problem::error("UC099", message, trial.span).help("mend the pack or the test: both say what is meant")
            });
            failed.extend(Told::new(source, problems.collect()));
            alone = Some(engine);
        }
        if !failed.is_empty() {
            return Err(ShelfError::Tests(failed));
        }
        // One pack by itself is the whole engine: it need not be compiled again.
        match alone {
            Some(engine) if self.packs.len() == 1 => Ok(engine),
            _ => self.engine().map(Arc::new),
        }
    }
}

/// A problem as a machine reads it.
#[must_use]
pub fn row(source: &Source, problem: &Problem) -> serde_json::Value {
    let (line, column) = source.line_column(problem.span.start);
    let (end_line, end_column) = source.line_column(problem.span.end);
    serde_json::json!({
        "code": problem.code,
        "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
        "file": source.name,
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
        "message": problem.message,
        "help": problem.help,
    })
}
