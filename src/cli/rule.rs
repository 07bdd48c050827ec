//! `rule`: what a code of `check` means, or what an indicator looks for.

use std::path::PathBuf;
use std::sync::Arc;

use super::Exit;
use super::packs::{load, sources, vocabulary};
use super::terminal::{BOLD, DIM, result, safe, safe_line};
use crate::pack::grammar::{Indicator, Voice};
use crate::pack::{Pack, PackFile, disarm, words};
use crate::problem::codes::{self, Code};
use crate::problem::{Severity, nearest};
use crate::score::Engine;
use crate::trial;

/// Explains a code, or an indicator of the packs at these paths.
pub(super) fn run(rule: &str, paths: &[PathBuf]) -> Result<Exit, String> {
    if let Some(code) = codes::find(rule) {
        explain_code(code);
        return Ok(Exit::Clean);
    }
    let looks_like_code = rule.len() <= 6 && rule.to_ascii_uppercase().starts_with("UC") && !rule.contains('/');
    if looks_like_code {
        return Err(unknown(
            "code",
            &rule.to_ascii_uppercase(),
            &codes::all().map(|code| code.code).collect::<Vec<_>>(),
        ));
    }
    let sources = sources(paths)?;
    let vocabulary = vocabulary(&sources)?;
    let packs = load(&sources, &vocabulary)?;
    let Some((name, id)) = rule.split_once('/') else { return Err(no_slash(rule, &packs)) };
    let Some(pack) = packs.iter().find(|pack| pack.file.pack.value == name) else {
        return Err(unknown("pack", name, &packs.iter().map(|pack| pack.file.pack.as_str()).collect::<Vec<_>>()));
    };
    let indicators = &pack.file.indicators;
    let Some(indicator) = indicators.iter().find(|indicator| indicator.id.value == id) else {
        let of = format!("indicator of {name}");
        return Err(unknown(&of, id, &indicators.iter().map(|one| one.id.as_str()).collect::<Vec<_>>()));
    };
    explain_indicator(&pack.file, indicator);
    let (id, known) = (indicator.id.value.clone(), pack.clone());
    let engine = Engine::new(vec![known], &vocabulary).map_err(|fault| fault.to_string())?;
    let trials = trial::run(&Arc::new(engine));
    let tests: Vec<&str> =
        trials.iter().filter(|trial| trial.hits.contains(&id)).map(|trial| trial.name.as_str()).collect();
    result(format_args!("\n{BOLD}Tests that hit it{BOLD:#} ({} of {})", tests.len(), trials.len()));
    for name in tests {
        result(format_args!("  {}", safe_line(name)));
    }
    Ok(Exit::Clean)
}

fn unknown(what: &str, written: &str, known: &[&str]) -> String {
    match (nearest(written, known.iter().copied()), known) {
        (Some(near), _) => format!("there is no {what} `{written}`; did you mean `{near}`?"),
        (None, [first, .., last]) if known.len() > 40 => {
            format!("there is no {what} `{written}`; known: {first} to {last}")
        }
        (None, _) => format!("there is no {what} `{written}`; known: {}", known.join(", ")),
    }
}

/// Neither a code nor PACK/ID: a pack's name, or an indicator's without its pack.
fn no_slash(rule: &str, packs: &[Pack]) -> String {
    let full = |pack: &Pack, indicator: &Indicator| format!("{}/{}", pack.file.pack.value, indicator.id.value);
    let all = || packs.iter().flat_map(|pack| pack.file.indicators.iter().map(move |one| (pack, one)));
    let meant: Vec<String> = all()
        .filter(|(pack, indicator)| pack.file.pack.value == rule || indicator.id.value == rule)
        .map(|(pack, indicator)| full(pack, indicator))
        .collect();
    if !meant.is_empty() {
        return format!("`{rule}` is no code and names no single indicator; did you mean {}?", meant.join(", "));
    }
    let ids: Vec<&str> = all().map(|(_, indicator)| indicator.id.as_str()).collect();
    let near = nearest(rule, ids.iter().copied())
        .and_then(|near| all().find(|(_, indicator)| indicator.id.value == near))
        .map(|(pack, indicator)| full(pack, indicator));
    match near {
        Some(near) => format!("`{rule}` is neither a code nor PACK/ID; did you mean `{near}`?"),
        None => {
            format!("`{rule}` is neither a code such as UC012 nor PACK/ID; `undercurrent list` names all indicators")
        }
    }
}

fn explain_code(code: &Code) {
    let severity = match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    result(format_args!("{BOLD}{} {}{BOLD:#}  {DIM}{severity}{DIM:#}\n", code.code, code.title));
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(40, 100));
    wrapped(code.meaning, width).iter().for_each(result);
    for (label, piece) in [("not", code.bad), ("but", code.good)] {
        result(format_args!("\n{DIM}{label}{DIM:#}"));
        piece.lines().for_each(|line| result(format_args!("    {line}")));
    }
}

/// Text in lines of so many letters at most, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

fn explain_indicator(pack: &PackFile, indicator: &Indicator) {
    result(format_args!(
        "{BOLD}{}/{}{BOLD:#}  {} points  {DIM}version {}{DIM:#}",
        pack.pack.value, indicator.id.value, indicator.points.value, pack.version.value
    ));
    result(safe(&indicator.title));
    if indicator.voice == Voice::Onlooker {
        result("Words of an onlooker: a hit counts as attributed.");
    }
    result(format_args!("\n{BOLD}Looks for{BOLD:#}"));
    for line in words::lines(&indicator.matches) {
        result(format_args!("  {}{}", "  ".repeat(line.depth), safe_line(&line.text)));
    }
    let lists = words::lists(&indicator.matches);
    if !lists.is_empty() {
        let widest = lists.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        result(format_args!("\n{BOLD}Lists{BOLD:#}"));
        for name in lists {
            result(format_args!("  {name:<widest$}  {}", words::size(pack, name)));
        }
    }
    let alerts: Vec<&str> = pack
        .alerts
        .iter()
        .filter(|alert| alert.needs.iter().any(|need| need.value == indicator.id.value))
        .map(|alert| alert.id.as_str())
        .collect();
    if !alerts.is_empty() {
        result(format_args!("\n{BOLD}Alerts that need it{BOLD:#}\n  {}", alerts.join(", ")));
    }
    if !indicator.disarm.is_empty() {
        result(format_args!("\n{BOLD}DISARM v1.6{BOLD:#}"));
        for id in &indicator.disarm {
            result(format_args!("  {}  {}", id.value, disarm::name(id).unwrap_or_default()));
        }
        result(format_args!("  {DIM}Technique names: DISARM Foundation, CC BY-SA 4.0{DIM:#}"));
    }
}
