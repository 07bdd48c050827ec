//! `check`: every problem of every file at these paths.
//!
//! Files are sorted by their first key; each is reviewed by itself, then beside what it belongs to: exceptions with their
//! pack, packs with `packs.lock` and with what their own tests hit. Nothing stops at the first problem.

mod github;
mod locks;
mod sarif;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Deny, Report};
use super::packs::{Sort, report, sort, sources, vocabulary};
use super::terminal::{GOOD, note, result, safe_json};
use super::{Exit, count};
use crate::classify;
use crate::pack::grammar::PackFile;
use crate::pack::language;
use crate::pack::{self, Vocabulary, lint};
use crate::problem::{Problem, Severity, Source};
use crate::score::Engine;
use crate::shelf::row;
use crate::{shipped, trial};
use locks::Locks;

/// A file and all that is wrong with it.
struct Checked {
    source: Source,
    sort: Sort,
    pack: Option<PackFile>,
    problems: Vec<Problem>,
}

/// Checks the files; with `lock` it also writes `packs.lock`.
pub(super) fn run(paths: &[PathBuf], deny: Option<Deny>, output: Report, lock: bool) -> Result<Exit, String> {
    let mut locks = Locks::default();
    let mut files = Vec::new();
    for path in paths {
        for source in sources(std::slice::from_ref(path))? {
            locks.file(path, &source)?;
            files.push(source);
        }
    }
    if files.is_empty() {
        return Err("there is nothing to check at these paths: no file ends in `.yaml` or `.yml`".to_string());
    }
    let vocabulary = usable(&files)?;
    let mut checked: Vec<Checked> = files.into_iter().map(|source| alone(source, &vocabulary)).collect();
    beside_packs(&mut checked);
    let count_of_files = checked.len();
    locks.compare(&mut checked, lock);
    checked.extend(locks.end(lock)?);
    for file in &mut checked {
        file.problems.sort_by_key(|problem| problem.span.start);
    }
    let all = || checked.iter().flat_map(|file| &file.problems);
    let errors = all().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = all().count() - errors;
    let json = |value| serde_json::to_string_pretty(&value).map_err(|fault| fault.to_string());
    match output {
        Report::Text => {
            for file in &checked {
                report(&file.source, &file.problems);
            }
            let good = if errors + warnings == 0 {
                format!("{GOOD}no problems{GOOD:#}")
            } else {
                format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
            };
            note(format_args!("{good} in {}", count(count_of_files, "file")));
        }
        Report::Json => {
            let rows = checked.iter().flat_map(|file| file.problems.iter().map(|problem| row(&file.source, problem)));
            result(safe_json(&json(rows.collect::<serde_json::Value>())?));
        }
        Report::Sarif => result(safe_json(&json(sarif::log(&checked))?)),
        Report::Github => {
            for file in &checked {
                file.problems.iter().for_each(|problem| result(github::command(&file.source, problem)));
            }
        }
    }
    let denied = deny == Some(Deny::Warnings) && warnings > 0;
    Ok(if errors > 0 || denied { Exit::Problems } else { Exit::Clean })
}

/// The shipped vocabulary, with what is sound among the files in place of its parts; what is wrong with one is told beside it.
fn usable(files: &[Source]) -> Result<Vocabulary, String> {
    let usable = |source: &&Source| match sort(source) {
        Sort::Language => language::load(source).0.is_some(),
        Sort::Classifier => classify::load(source).0.is_some(),
        _ => false,
    };
    vocabulary(&files.iter().filter(usable).cloned().collect::<Vec<_>>())
}

/// What a file says by itself.
fn alone(source: Source, vocabulary: &Vocabulary) -> Checked {
    let sort = sort(&source);
    let (pack, mut problems) = match sort {
        Sort::Pipeline => (None, pipeline(&source)),
        Sort::Language => (None, language::load(&source).1),
        Sort::Classifier => (None, classify::load(&source).1),
        Sort::Pack => pack::review(&source, vocabulary),
        Sort::Exceptions => (None, Vec::new()),
        Sort::Unknown => (
            None,
            vec![
                Problem::error("UC008", "this is no pack, pipeline, exceptions, language or classifier file", 0..0)
                    .help("such a file begins with `pack:`, `pipeline:`, `exceptions:`, `language:` or `classifier:`"),
            ],
        ),
    };
    if let Some(file) = &pack {
        problems.extend(untested(&source, file, vocabulary));
    }
    problems.extend(lint::hidden(&source));
    Checked { source, sort, pack, problems }
}

/// Indicators that no inline test hits. A pack without tests has said already how far it has come.
fn untested(source: &Source, file: &PackFile, vocabulary: &Vocabulary) -> Vec<Problem> {
    if file.tests.is_empty() {
        return Vec::new();
    }
    let Some(pack) = pack::load(source, &[], vocabulary).0 else { return Vec::new() };
    let Ok(engine) = Engine::new(vec![pack], vocabulary) else { return Vec::new() };
    let trials = trial::run(&Arc::new(engine));
    let unseen = |id: &str| !trials.iter().any(|trial| trial.hits.contains(id));
    let unseen = file.indicators.iter().filter(|indicator| unseen(&indicator.id));
    unseen
        .map(|indicator| {
            let message = format!("no inline test hits `{}`", indicator.id.value);
            let problem = Problem::warning("UC088", message, indicator.id.span.clone());
            problem.help("add a test with a post that it must find")
        })
        .collect()
}

/// Exceptions beside their pack: one of the given files, else one of the program's.
fn beside_packs(checked: &mut [Checked]) {
    // A date, not a time: an exception holds to the end of its last day, and days are those of UTC.
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    let shipped = shipped::packs();
    let shipped: Vec<PackFile> = shipped.iter().filter_map(|source| pack::read(source).0).collect();
    let (packs, exceptions): (Vec<&mut Checked>, Vec<&mut Checked>) =
        checked.iter_mut().partition(|file| file.sort != Sort::Exceptions);
    let known: Vec<&PackFile> = packs.iter().filter_map(|file| file.pack.as_ref()).chain(&shipped).collect();
    for file in exceptions {
        file.problems.extend(pack::review_exceptions(&file.source, &known, today));
    }
}

/// All problems of a pipeline, packs that are not there included: `run` would find them only on the server.
fn pipeline(source: &Source) -> Vec<Problem> {
    let (config, mut problems) = crate::pipeline::check(source);
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new("."));
    for pack in config.iter().flat_map(|config| &config.packs) {
        if pack.value != "shipped" && std::fs::metadata(folder.join(&pack.value)).is_err() {
            let message = format!("there is no file or folder `{}`", pack.value);
            let problem = Problem::error("UC064", message, pack.span.clone());
            problems
                .push(problem.help("paths begin at the pipeline file's folder; `shipped` is what the program holds"));
        }
    }
    problems
}

fn severity(problem: &Problem) -> &'static str {
    match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Where a problem stands, in lines and code points from 1; the end is behind its last code point.
struct Region {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

fn region(source: &Source, problem: &Problem) -> Region {
    let (line, column) = source.line_column(problem.span.start);
    let (end_line, end_column) = source.line_column(problem.span.end.max(problem.span.start));
    Region { line, column, end_line, end_column }
}
