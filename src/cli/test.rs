//! `test`: the inline tests of packs. `list`: what packs there are.

use std::path::PathBuf;
use std::sync::Arc;

use super::Exit;
use super::packs::{languages, load, sources};
use super::terminal::{BAD, BOLD, DIM, GOOD, WARN, note, result, safe_line};
use crate::pack::disarm;
use crate::problem::Source;
use crate::score::Engine;
use crate::trial;

/// Runs the tests whose names hold `filter`.
pub(super) fn run(paths: &[PathBuf], filter: Option<&str>) -> Result<Exit, String> {
    let sources = sources(paths)?;
    let languages = languages(&sources)?;
    let (mut passed, mut failed, mut missed) = (0, 0, 0);
    // Each pack by itself: another one's words must not change what its author sees.
    for pack in load(&sources, &languages)? {
        let name = pack.file.pack.value.clone();
        let source = source_of(&sources, &name);
        let engine = Engine::new(vec![pack], &languages).map_err(|fault| fault.to_string())?;
        for trial in trial::run(&Arc::new(engine)) {
            if filter.is_some_and(|part| !trial.name.contains(part)) {
                continue;
            }
            if trial.passed {
                passed += 1;
                missed += usize::from(trial.known_miss);
                continue;
            }
            failed += 1;
            let place = source.map_or(String::new(), |source| {
                format!("{}:{}", safe_line(&source.name), source.line_column(trial.span.start).0)
            });
            result(format_args!("{BAD}FAILED{BAD:#} {BOLD}{}{BOLD:#} {DIM}{place}{DIM:#}", safe_line(&trial.name)));
            for line in &trial.differences {
                result(format_args!("    {}", safe_line(line)));
            }
        }
    }
    let style = if failed > 0 { BAD } else { GOOD };
    let known = if missed > 0 {
        format!(" ({WARN}{missed} known miss{}{WARN:#})", if missed == 1 { "" } else { "es" })
    } else {
        String::new()
    };
    note(format_args!("{style}{passed} passed, {failed} failed{style:#}{known}"));
    if passed + failed == 0 {
        return Err("no test was run: packs hold them under `tests:`".to_string());
    }
    Ok(if failed > 0 { Exit::Problems } else { Exit::Clean })
}

fn source_of<'s>(sources: &'s [Source], pack: &str) -> Option<&'s Source> {
    sources.iter().find(|source| source.text.contains(&format!("pack: {pack}")))
}

/// Lists packs and indicators.
pub(super) fn list(paths: &[PathBuf]) -> Result<Exit, String> {
    let sources = sources(paths)?;
    for pack in load(&sources, &languages(&sources)?)? {
        let file = &pack.file;
        result(format_args!("{BOLD}{} {}{BOLD:#}  {}", file.pack.value, file.version.value, safe_line(&file.title)));
        result(format_args!("{DIM}{}{DIM:#}", pack.digest));
        for indicator in &file.indicators {
            let names = indicator.disarm.iter().filter_map(|id| Some(format!("{} {}", id.value, disarm::name(id)?)));
            let names = names.collect::<Vec<_>>().join(", ");
            result(format_args!(
                "  {:<24} {:>5}  {}  {DIM}{names}{DIM:#}",
                indicator.id.value,
                indicator.points.value,
                safe_line(&indicator.title)
            ));
        }
        for alert in &file.alerts {
            let at = alert.at.as_ref().map_or(0.0, |at| at.value);
            result(format_args!("  {:<24} {:>5}  alert, {}", alert.id.value, at, alert.level.name()));
        }
    }
    Ok(Exit::Clean)
}
