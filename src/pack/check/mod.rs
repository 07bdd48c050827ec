//! Everything in a pack that cannot mean what its author meant.
//!
//! In: the file as read. Out: problems, each at its place. Structure was checked while reading (UC001-UC007); the codes
//! here are UC010 and up. A code keeps its meaning for ever.

mod exceptions;
mod life;
mod matches;
mod names;
mod tests;

use std::collections::HashSet;
use std::ops::Range;

use super::grammar::{Actor, AlertRule, Indicator, PackFile, Voice};
use super::{Vocabulary, disarm};
use crate::problem::{Problem, nearest, short};
use crate::text::Language;
use crate::yaml::{At, Named};

pub use exceptions::{exceptions, exceptions_of, no_such_pack};
use matches::only_absent;
pub use names::is_name;
pub(super) use names::phrase_problem;
use names::{NAME_HELP, is_account, is_domain};
pub use tests::KINDS;

/// Languages that a word list may be written for.
pub const LANGUAGES: [&str; 8] = ["en", "ru", "uk", "ar", "de", "fr", "es", "it"];

/// All problems of a pack's meaning.
#[must_use]
pub fn check(pack: &PackFile, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut checker = Checker { pack, vocabulary, problems: Vec::new() };
    checker.head();
    checker.actors();
    checker.words();
    checker.indicators();
    checker.stance();
    checker.alerts();
    checker.tests();
    checker.problems
}

/// A name of what is not there, and what it may have been.
fn unknown(code: &'static str, what: &str, name: &At<String>, known: &[&str]) -> Problem {
    let problem = Problem::error(code, format!("there is no {what} `{}`", name.value), name.span.clone());
    match nearest(name, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => problem.help("there is none to name"),
        None => problem.help(format!("known: {}", known.join(", "))),
    }
}

struct Checker<'p> {
    pack: &'p PackFile,
    vocabulary: &'p Vocabulary,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn error(&mut self, code: &'static str, message: impl Into<String>, span: &Range<usize>, help: &str) {
        let problem = Problem::error(code, message, span.clone());
        self.problems.push(if help.is_empty() { problem } else { problem.help(help) });
    }

    fn later(&mut self, what: &str, span: &Range<usize>) {
        let message = format!("{what} is not supported yet");
        self.error("UC021", message, span, "leave it out: this version of the program cannot look for it");
    }

    fn unknown(&mut self, code: &'static str, what: &str, name: &At<String>, known: &[&str]) {
        self.problems.push(unknown(code, what, name, known));
    }

    fn head(&mut self) {
        let pack = self.pack;
        if !is_name(&pack.pack) {
            self.error("UC010", format!("`{}` is no name for a pack", pack.pack.value), &pack.pack.span, NAME_HELP);
        }
        if semver::Version::parse(&pack.version).is_err() {
            let message = format!("`{}` is no semantic version", pack.version.value);
            self.error("UC011", message, &pack.version.span, "write three numbers, for example `1.0.0`");
        }
        if let Some(requires) = &pack.requires {
            let engine = semver::Version::parse(env!("CARGO_PKG_VERSION"));
            match (semver::VersionReq::parse(requires), engine) {
                (Err(_), _) => {
                    let message = format!("`{}` is no version requirement", requires.value);
                    self.error("UC012", message, &requires.span, "for example `>=0.1`");
                }
                (Ok(wanted), Ok(engine)) if !wanted.matches(&engine) => {
                    let message = format!("this pack needs undercurrent {wanted}, this is {engine}");
                    self.error("UC012", message, &requires.span, "use another version of the program or of the pack");
                }
                (Ok(_), _) => {}
            }
        }
        let start = pack.pack.span.clone();
        if pack.references.is_empty() {
            self.error(
                "UC013",
                "a pack without `references` cannot be reviewed",
                &start,
                "name the public reporting it rests on",
            );
        }
        self.life();
        if let Some(signals) = &pack.signals {
            self.later("`signals`", &signals.span);
        }
        for (name, domains) in &pack.domains.0 {
            for domain in domains {
                if !is_domain(domain) {
                    let message = format!("`{}` in `{}` is no domain", domain.value, name.value);
                    self.error(
                        "UC015",
                        message,
                        &domain.span,
                        "write a host name such as `example.org`, without scheme or path",
                    );
                }
            }
        }
    }

    fn actors(&mut self) {
        for (name, actor) in &self.pack.actors.0 {
            if self.pack.words.get(name).is_some() {
                let message = format!("`{}` is an actor and a word list", name.value);
                self.error(
                    "UC016",
                    message,
                    &name.span,
                    "rename one: an actor's name stands for its names in `words` and `near`",
                );
            }
            if !is_name(name) {
                self.error("UC010", format!("`{}` is no name for an actor", name.value), &name.span, NAME_HELP);
            }
            self.actor(actor);
        }
    }

    fn actor(&mut self, actor: &Actor) {
        for account in &actor.accounts {
            if !is_account(account) {
                let message = format!("`{}` is no account", account.value);
                self.error("UC017", message, &account.span, "write `source/handle`, for example `telegram/rybar`");
            }
        }
        for phrase in &actor.names {
            self.phrase(phrase, None);
        }
        for (phrase, guard) in &actor.ambiguous.0 {
            self.phrase(phrase, None);
            self.lists(&guard.near);
            self.within(&guard.within);
        }
        self.lists(&actor.behind);
    }

    fn words(&mut self) {
        for (name, languages) in &self.pack.words.0 {
            if !is_name(name) {
                self.error("UC010", format!("`{}` is no name for a list", name.value), &name.span, NAME_HELP);
            }
            for (language, phrases) in &languages.0 {
                if !LANGUAGES.contains(&language.as_str()) {
                    self.unknown("UC018", "language", language, &LANGUAGES);
                }
                for phrase in phrases {
                    self.phrase(phrase, Language::of_code(language));
                }
            }
        }
    }

    fn phrase(&mut self, phrase: &At<String>, language: Option<Language>) {
        self.problems.extend(phrase_problem(phrase, language));
    }

    fn indicators(&mut self) {
        let mut seen = HashSet::new();
        for indicator in &self.pack.indicators {
            if !is_name(&indicator.id) {
                self.error(
                    "UC010",
                    format!("`{}` is no name for an indicator", indicator.id.value),
                    &indicator.id.span,
                    NAME_HELP,
                );
            }
            if !seen.insert(&indicator.id.value) {
                self.error(
                    "UC022",
                    format!("the indicator `{}` stands twice", indicator.id.value),
                    &indicator.id.span,
                    "rename one",
                );
            }
            self.indicator(indicator);
        }
    }

    fn indicator(&mut self, indicator: &Indicator) {
        if !(0.0..=100.0).contains(&indicator.points.value) {
            let message = format!("{} points are not between 0 and 100", indicator.points.value);
            self.error("UC023", message, &indicator.points.span, "100 is the most that a whole post can reach");
        }
        for id in &indicator.disarm {
            if disarm::name(id).is_none() {
                let (message, help) = disarm_problem(id);
                self.error("UC024", message, &id.span, &help);
            }
        }
        self.matches(&indicator.matches);
        if only_absent(&indicator.matches) {
            let help = "put `not` beside something that must be there, in `all`";
            self.error("UC025", "this would hit every post that lacks something", &indicator.matches.span, help);
        }
    }

    fn lists(&mut self, names: &[At<String>]) {
        for name in names {
            if self.pack.words.get(name).is_none() && self.pack.actors.get(name).is_none() {
                let known: Vec<&str> = self.pack.words.names().chain(self.pack.actors.names()).collect();
                self.unknown("UC032", "word list", name, &known);
            }
        }
    }

    fn within(&mut self, within: &At<u32>) {
        if within.value < 2 || within.value > 1000 {
            let message = format!("`within: {}` is not between 2 and 1000", within.value);
            self.error("UC027", message, &within.span, "it counts words from the first to the last");
        }
    }

    fn stance(&mut self) {
        let factors = &self.pack.stance;
        for factor in [&factors.quoted, &factors.attributed, &factors.distanced, &factors.denied, &factors.likeness] {
            if !(0.0..=1.0).contains(&factor.value) {
                let message = format!("{} is no share", factor.value);
                self.error("UC033", message, &factor.span, "a hit keeps between 0 and 1 of its points");
            }
        }
    }

    fn alerts(&mut self) {
        let mut seen = HashSet::new();
        let most = |indicator: &Indicator| match indicator.voice {
            Voice::Participant => indicator.points.value,
            Voice::Onlooker => indicator.points.value * self.pack.stance.attributed.value,
        };
        let sum: f64 = self.pack.indicators.iter().map(most).sum();
        for alert in &self.pack.alerts {
            if !is_name(&alert.id) {
                let message = format!("`{}` is no name for an alert", alert.id.value);
                self.error("UC010", message, &alert.id.span, NAME_HELP);
            }
            if !seen.insert(&alert.id.value) {
                self.error(
                    "UC022",
                    format!("the alert `{}` stands twice", alert.id.value),
                    &alert.id.span,
                    "rename one",
                );
            }
            self.alert(alert, sum);
        }
    }

    fn alert(&mut self, alert: &AlertRule, sum: f64) {
        match (&alert.at, &alert.on) {
            (_, Some(on)) => self.later("an alert `on` a signal", &on.span),
            (None, None) => {
                self.error("UC034", "an alert needs `at`", &alert.id.span, "the score from which on it holds");
            }
            (Some(at), None) if at.value <= 0.0 => {
                let message = format!("every post reaches {}", at.value);
                self.error("UC034", message, &at.span, "an alert begins above 0 and at 100 at most");
            }
            (Some(at), None) if at.value > 100.0 => {
                let message = format!("no score reaches {}", at.value);
                self.error("UC034", message, &at.span, "100 is the most that a post can score");
            }
            (Some(at), None) if at.value > sum => {
                let message = format!("no post can reach {}: all indicators together give {sum}", at.value);
                self.error("UC035", message, &at.span, "lower `at`, or give more points");
            }
            (Some(_), None) => {}
        }
        for need in &alert.needs {
            if let Some(without) = self.pack.indicators.iter().find(|one| one.id.value == need.value)
                && without.points.value <= 0.0
            {
                let message =
                    format!("`{}` is never raised: it needs `{}`, which gives 0 points", alert.id.value, need.value);
                self.error("UC035", message, &need.span, "give the indicator points, or need another one");
            }
            if !self.pack.indicators.iter().any(|indicator| indicator.id.value == need.value) {
                let known: Vec<&str> = self.pack.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
                self.unknown("UC036", "indicator", need, &known);
            }
        }
        if let Some(once) = &alert.once_per {
            let written = once.duration();
            self.duration(written);
            if duration(written).is_some_and(|time| time.is_zero()) {
                let message = format!("once in `{}` holds nothing back", written.value);
                self.error("UC037", message, &written.span, "leave `once_per` out, or name a time such as `1h`");
            }
        }
    }

    fn duration(&mut self, written: &At<String>) {
        if duration(written).is_none() {
            let message = format!("`{}` is no duration", written.value);
            self.error("UC037", message, &written.span, "for example `90s`, `20m`, `1h 30m` or `1d`");
        }
    }
}

/// What is said of an id that this version of DISARM does not have, and the way out.
fn disarm_problem(id: &str) -> (String, String) {
    if let Some(gone) = disarm::dropped(id) {
        let message = format!("DISARM v1.6 dropped `{id}` ({})", gone.title);
        let successors: Vec<String> =
            gone.successors.iter().filter_map(|id| Some(format!("`{id}` ({})", disarm::name(id)?))).collect();
        return (message, format!("nearest in v1.6: {}", successors.join(", ")));
    }
    let message = format!("DISARM v1.6 has no technique `{}`", short(id));
    let help = match nearest(id, disarm::ids()) {
        Some(near) => format!("did you mean `{near}` ({})?", disarm::name(near).unwrap_or_default()),
        None => "ids rot between versions; look for its successor by name in the DISARM framework".to_string(),
    };
    (message, help)
}

/// A duration as people write it (`90s`, `1h 30m`, `1d`), if it is one and not negative.
#[must_use]
pub fn duration(written: &str) -> Option<std::time::Duration> {
    let span: jiff::Span = written.parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    std::time::Duration::try_from(duration).ok()
}

/// The value of a list under its name, or an empty one.
#[must_use]
pub fn phrases<'p>(words: &'p Named<Named<Vec<At<String>>>>, name: &str) -> Vec<(&'p str, &'p At<String>)> {
    let Some(languages) = words.get(name) else { return Vec::new() };
    languages.0.iter().flat_map(|(language, list)| list.iter().map(|phrase| (language.as_str(), phrase))).collect()
}
