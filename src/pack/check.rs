//! Everything in a pack that cannot mean what its author meant.
//!
//! In: the file as read. Out: problems, each at its place. Structure was checked while reading (UC001-UC007); the codes
//! here are UC010 and up. A code keeps its meaning for ever.

use std::collections::HashSet;
use std::ops::Range;

use super::disarm;
use super::grammar::{Actor, AlertRule, Indicator, Match, PackFile, Status, Test};
use crate::problem::{Problem, nearest};
use crate::text::{Language, forms_problem};
use crate::yaml::{At, Named};

/// Languages that a word list may be written for.
pub const LANGUAGES: [&str; 8] = ["en", "ru", "uk", "ar", "de", "fr", "es", "it"];

/// All problems of a pack's meaning.
#[must_use]
pub fn check(pack: &PackFile) -> Vec<Problem> {
    let mut checker = Checker { pack, problems: Vec::new() };
    checker.head();
    checker.actors();
    checker.words();
    checker.indicators();
    checker.stance();
    checker.alerts();
    checker.tests();
    checker.problems
}

struct Checker<'p> {
    pack: &'p PackFile,
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
        let problem = Problem::error(code, format!("there is no {what} `{}`", name.value), name.span.clone());
        let problem = match nearest(name, known.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem.help("this pack has none"),
            None => problem.help(format!("known: {}", known.join(", "))),
        };
        self.problems.push(problem);
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
        if pack.status == Status::Stable && pack.blind_spots.is_empty() {
            self.error(
                "UC014",
                "a stable pack states its `blind_spots`",
                &start,
                "say what it cannot see, or set `status: test`",
            );
        }
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
        let words = crate::text::fold_phrase(&phrase.value.replace('*', ""));
        if words.is_empty() {
            self.error("UC019", format!("`{}` holds no word", phrase.value), &phrase.span, "write letters or digits");
            return;
        }
        if let Some((message, help)) = forms_problem(phrase, language) {
            self.error("UC020", message, &phrase.span, help);
        }
        for part in phrase.split_whitespace().filter(|part| part.contains('*') && !part.contains('~')) {
            let stem = part.trim_end_matches('*');
            if stem.contains('*') || !part.ends_with('*') {
                self.error(
                    "UC020",
                    format!("`*` in `{part}` does not stand at the end"),
                    &phrase.span,
                    "`*` is any ending: `росси*`",
                );
            } else if stem.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                self.error(
                    "UC020",
                    format!("`{part}` would match nearly every word"),
                    &phrase.span,
                    "write at least two letters before `*`",
                );
            }
        }
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
                let mut problem =
                    Problem::error("UC024", format!("DISARM v1.6 has no technique `{}`", id.value), id.span.clone());
                problem =
                    problem.help("ids rot between versions; look for its successor by name in the DISARM framework");
                self.problems.push(problem);
            }
        }
        self.matches(&indicator.matches);
        if only_absent(&indicator.matches) {
            let help = "put `not` beside something that must be there, in `all`";
            self.error("UC025", "this would hit every post that lacks something", &indicator.matches.span, help);
        }
    }

    fn matches(&mut self, matches: &At<Match>) {
        match &matches.value {
            Match::Words(names) => {
                self.named(names, "a word list", &matches.span);
                self.lists(names);
            }
            Match::Near(near) => {
                self.lists(&near.words);
                self.within(&near.within);
                if near.words.len() < 2 {
                    self.error("UC026", "`near` needs at least two lists", &matches.span, "for one list use `words`");
                }
                if (near.within.value as usize) < near.words.len() {
                    let message =
                        format!("{} words cannot hold a match of {} lists", near.within.value, near.words.len());
                    self.error("UC027", message, &near.within.span, "`within` counts words from the first to the last");
                }
            }
            Match::Regex(pattern) => {
                if let Err(fault) = regex::Regex::new(&pattern.pattern) {
                    let last = fault.to_string().lines().last().unwrap_or_default().replace("error: ", "");
                    self.error(
                        "UC028",
                        format!("this regular expression is broken: {last}"),
                        &pattern.pattern.span,
                        "the syntax is that of Rust's `regex` crate: no look-around, no back-references",
                    );
                }
            }
            Match::Author(names) => {
                self.named(names, "an actor", &matches.span);
                for name in names.iter().filter(|name| self.pack.actors.get(name).is_none()) {
                    self.unknown("UC029", "actor", name, &self.pack.actors.names().collect::<Vec<_>>());
                }
            }
            Match::Link(link) => {
                self.named(&link.domains, "a domain list", &matches.span);
                for name in &link.domains {
                    if self.pack.domains.get(name).is_none() && !name.contains('.') {
                        self.unknown("UC030", "domain list", name, &self.pack.domains.names().collect::<Vec<_>>());
                    }
                }
            }
            Match::All(parts) | Match::Any(parts) => self.parts(parts, &matches.span),
            Match::Not(part) => self.matches(part),
            Match::AtLeast(some) => {
                self.parts(&some.of, &matches.span);
                if some.n.value == 0 || some.n.value as usize > some.of.len() {
                    let message = format!("at least {} of {} can never say anything", some.n.value, some.of.len());
                    self.error("UC031", message, &some.n.span, "`n` lies between 1 and the number of parts");
                }
            }
            Match::Language(_) => self.later("`language`", &matches.span),
            Match::Forwarded(_) => self.later("`forwarded`", &matches.span),
            Match::Field(_) => self.later("`field`", &matches.span),
            Match::Joins(_) => self.later("`joins`", &matches.span),
        }
    }

    fn named(&mut self, names: &[At<String>], what: &str, span: &Range<usize>) {
        if names.is_empty() {
            self.error("UC026", "this can never match: the list is empty", span, &format!("name {what}"));
        }
    }

    fn parts(&mut self, parts: &[At<Match>], span: &Range<usize>) {
        if parts.is_empty() {
            self.error("UC026", "a combination needs parts", span, "write one or more matches into the list");
        }
        for part in parts {
            self.matches(part);
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
        for factor in [&factors.quoted, &factors.attributed, &factors.distanced, &factors.denied] {
            if !(0.0..=1.0).contains(&factor.value) {
                let message = format!("{} is no share", factor.value);
                self.error("UC033", message, &factor.span, "a hit keeps between 0 and 1 of its points");
            }
        }
    }

    fn alerts(&mut self) {
        let mut seen = HashSet::new();
        let sum: f64 = self.pack.indicators.iter().map(|indicator| indicator.points.value).sum();
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

    fn tests(&mut self) {
        for test in &self.pack.tests {
            if test.posts.is_empty() {
                self.error("UC038", "a test needs posts", &test.name.span, "write at least one post, with `text:`");
            }
            self.test(test);
        }
    }

    fn test(&mut self, test: &Test) {
        for post in &test.posts {
            if let Some(at) = &post.at {
                self.duration(at);
            }
            if let Some(author) = post.author.as_ref().filter(|author| !is_account(author)) {
                let message = format!("`{}` is no account", author.value);
                self.error("UC017", message, &author.span, "write `source/handle`, for example `web/newsroom`");
            }
            if let Some(kind) = &post.kind
                && !["post", "article", "comment", "repost"].contains(&kind.as_str())
            {
                self.unknown("UC039", "kind of post", kind, &["post", "article", "comment", "repost"]);
            }
        }
        if let Some(signals) = &test.expect.signals {
            self.later("`signals`", &signals.span);
        }
        let indicators: Vec<&str> = self.pack.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
        let alerts: Vec<&str> = self.pack.alerts.iter().map(|alert| alert.id.as_str()).collect();
        for (what, code, names, known) in
            [("indicator", "UC036", &test.expect.hits, &indicators), ("alert", "UC040", &test.expect.alerts, &alerts)]
        {
            for name in names.iter().flatten().filter(|name| !known.contains(&name.as_str())) {
                self.unknown(code, what, name, known);
            }
        }
    }
}

const NAME_HELP: &str = "use lower-case letters, digits, `-` and `_`";

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// Whether this is a host name that a link can lead to.
fn is_domain(name: &str) -> bool {
    name.contains('.')
        && name.split('.').all(|label| !label.is_empty())
        && name.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
}

/// Whether this is `source/handle`. A handle may hold an `@` inside: `mastodon/name@server.example`.
fn is_account(account: &str) -> bool {
    let Some((source, handle)) = account.split_once('/') else { return false };
    !source.is_empty()
        && !handle.is_empty()
        && !handle.starts_with('@')
        && !source.contains('@')
        && !handle.contains('/')
        && !account.contains(char::is_whitespace)
}

/// Whether a match could hold without anything being there.
fn only_absent(matches: &Match) -> bool {
    match matches {
        Match::Not(_) => true,
        Match::All(parts) => !parts.is_empty() && parts.iter().all(|part| only_absent(part)),
        Match::Any(parts) => parts.iter().any(|part| only_absent(part)),
        Match::AtLeast(some) => {
            let absent = some.of.iter().filter(|part| only_absent(part)).count();
            absent >= some.n.value as usize && absent > 0
        }
        _ => false,
    }
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
