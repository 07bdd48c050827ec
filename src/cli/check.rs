//! `check`: every problem of every pack and pipeline at these paths.

use std::path::PathBuf;

use super::Exit;
use super::args::{Deny, Report};
use super::packs::{Sort, languages, report, sort, sources};
use super::terminal::{GOOD, note, result};
use crate::pack::{self, language};
use crate::problem::{Problem, Severity, Source};

/// Checks the files.
pub(super) fn run(paths: &[PathBuf], deny: Option<Deny>, output: Report) -> Result<Exit, String> {
    let sources = sources(paths)?;
    let languages = languages(&[])?;
    let (mut errors, mut warnings) = (0, 0);
    let mut rows = Vec::new();
    for source in &sources {
        let problems = match sort(source) {
            Sort::Pipeline => crate::pipeline::check(source).1,
            Sort::Language => language::load(source).1,
            Sort::Pack => pack::load(source, &languages).1,
            Sort::Unknown => vec![
                Problem::error("UC008", "this is no pack, pipeline or language file", 0..0)
                    .help("such a file begins with `pack:`, `pipeline:` or `language:`"),
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
        Report::Json => result(serde_json::to_string_pretty(&rows).map_err(|fault| fault.to_string())?),
        Report::Text => {
            let files = sources.len();
            let good = if errors + warnings == 0 {
                format!("{GOOD}no problems{GOOD:#}")
            } else {
                format!("{errors} errors, {warnings} warnings")
            };
            note(format_args!("{good} in {files} file{}", if files == 1 { "" } else { "s" }));
        }
    }
    let denied = deny == Some(Deny::Warnings) && warnings > 0;
    Ok(if errors > 0 || denied { Exit::Problems } else { Exit::Clean })
}

fn row(source: &Source, problem: &Problem) -> serde_json::Value {
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
