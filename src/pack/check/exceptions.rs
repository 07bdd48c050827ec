//! Exceptions that except nothing, name what is not there, or have run out.

use std::collections::HashSet;

use jiff::civil::Date;

use super::names::{NAME_HELP, is_account, is_domain, is_name, phrase_problem};
use super::unknown;
use crate::pack::grammar::{Exception, ExceptionsFile, PackFile};
use crate::problem::{Problem, short};

/// What is wrong with an exceptions file by itself; today tells what has run out.
#[must_use]
pub fn exceptions(file: &ExceptionsFile, today: Option<Date>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = file.list.iter().flat_map(|one| exception(one, today)).collect();
    let mut seen = HashSet::new();
    for one in &file.list {
        if !seen.insert(&one.id.value) {
            let message = format!("the exception `{}` stands twice", one.id.value);
            problems.push(Problem::error("UC022", message, one.id.span.clone()).help("rename one"));
        }
    }
    problems
}

/// What is wrong with an exceptions file beside its pack.
#[must_use]
pub fn exceptions_of(file: &ExceptionsFile, pack: &PackFile) -> Vec<Problem> {
    let known: Vec<&str> = pack.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
    let named = file.list.iter().flat_map(|one| &one.indicators);
    let missing = named.filter(|name| !known.contains(&name.as_str()));
    missing.map(|name| unknown("UC036", "indicator", name, &known)).collect()
}

/// What is wrong with an exceptions file whose pack is nowhere.
#[must_use]
pub fn no_such_pack(file: &ExceptionsFile, packs: &[&PackFile]) -> Problem {
    let name = &file.exceptions;
    let problem = Problem::error("UC073", format!("there is no pack `{}`", short(name)), name.span.clone());
    let known: Vec<&str> = packs.iter().map(|pack| pack.pack.value.as_str()).collect();
    let problem = problem.did_you_mean(name, known.iter().copied());
    match (&problem.help, known.as_slice()) {
        (None, [_, ..]) => problem.help(format!("known: {}; check the file together with its pack", known.join(", "))),
        (None, []) | (Some(_), _) => problem,
    }
}

fn exception(one: &Exception, today: Option<Date>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut error = |code, message: String, span: &std::ops::Range<usize>, help: &str| {
        problems.push(Problem::error(code, message, span.clone()).help(help));
    };
    if !is_name(&one.id) {
        error("UC010", format!("`{}` is no name for an exception", one.id.value), &one.id.span, NAME_HELP);
    }
    let except = &one.except;
    if except.authors.is_empty() && except.domains.is_empty() && except.phrases.is_empty() && except.posts.is_empty() {
        let help = "give `authors:`, `domains:`, `phrases:` or `posts:`";
        error("UC070", format!("`{}` excepts nothing", one.id.value), &except.span, help);
    }
    for account in except.authors.iter().filter(|account| !is_account(account)) {
        let help = "write `source/handle`, for example `web/newsroom`";
        error("UC017", format!("`{}` is no account", account.value), &account.span, help);
    }
    for host in except.domains.iter().filter(|host| !is_domain(host)) {
        let help = "write a host name such as `example.org`, without scheme or path";
        error("UC015", format!("`{}` is no domain", host.value), &host.span, help);
    }
    if one.because.trim().is_empty() {
        let help = "an exception that nobody can judge stays for ever";
        error("UC071", format!("`{}` does not say why", one.id.value), &one.because.span, help);
    }
    match one.until.parse::<Date>() {
        Err(_) => {
            let help = "write year, month and day, for example `2026-06-30`";
            error("UC042", format!("`{}` is no day", one.until.value), &one.until.span, help);
        }
        Ok(until) if today.is_some_and(|today| until < today) => {
            let message = format!("the exception `{}` ran out on {until}", one.id.value);
            let problem = Problem::warning("UC072", message, one.until.span.clone());
            problems.push(problem.help("look whether it is still needed: move `until`, or remove it"));
        }
        Ok(_) => {}
    }
    problems.extend(except.phrases.iter().filter_map(|phrase| phrase_problem(phrase, None)));
    problems
}
