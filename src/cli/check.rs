//! `check`: every problem of every pack and pipeline at these paths.

use std::path::{Path, PathBuf};

use super::args::{Deny, Report};
use super::packs::{Sort, languages, report, sort, sources};
use super::terminal::{GOOD, note, result, safe_json};
use super::{Exit, count};
use crate::pack::{self, language};
use crate::problem::{Problem, Severity, Source};
use crate::shelf::row;

/// Checks the files.
pub(super) fn run(paths: &[PathBuf], deny: Option<Deny>, output: Report) -> Result<Exit, String> {
    let sources = sources(paths)?;
    if sources.is_empty() {
        return Err("there is nothing to check at these paths: no file ends in `.yaml` or `.yml`".to_string());
    }
    let languages = languages(&[])?;
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    let (mut errors, mut warnings) = (0, 0);
    let mut rows = Vec::new();
    for source in &sources {
        let problems = match sort(source) {
            Sort::Pipeline => pipeline(source),
            Sort::Language => language::load(source).1,
            Sort::Pack => pack::load(source, &[], &languages).1,
            Sort::Exceptions => pack::load_exceptions(source, Some(today)).1,
            Sort::Unknown => vec![
                Problem::error("UC008", "this is no pack, pipeline, exceptions or language file", 0..0)
                    .help("such a file begins with `pack:`, `pipeline:`, `exceptions:` or `language:`"),
            ],
        };
        match output {
            Report::Text => {
                let (e, w) = report(source, &problems);
                (errors, warnings) = (errors + e, warnings + w);
            }
            Report::Json => {
                errors += problems.iter().filter(|problem| problem.severity == Severity::Error).count();
                warnings += problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
                rows.extend(problems.iter().map(|problem| row(source, problem)));
            }
        }
    }
    match output {
        Report::Json => result(safe_json(&serde_json::to_string_pretty(&rows).map_err(|fault| fault.to_string())?)),
        Report::Text => {
            let good = if errors + warnings == 0 {
                format!("{GOOD}no problems{GOOD:#}")
            } else {
                format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
            };
            note(format_args!("{good} in {}", count(sources.len(), "file")));
        }
    }
    let denied = deny == Some(Deny::Warnings) && warnings > 0;
    Ok(if errors > 0 || denied { Exit::Problems } else { Exit::Clean })
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
