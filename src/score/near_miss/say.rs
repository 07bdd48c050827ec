//! A part of a match in words.
//!
//! Words of the post stand in “…”, with words of this program between them: so a terminal that lays out Arabic from
//! right to left keeps two neighbouring quotations apart without any control character.

use std::fmt::Write;

use super::{Part, Spread, Unguarded};
use crate::pack::grammar::{FieldTest, LanguageTest, LinkTo, Match, ReadsLike};
use crate::score::fields::name;
use crate::score::verdict::Evidence;
use crate::yaml::At;

impl Part<'_> {
    /// The name of its kind in packs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.matches {
            Match::Words(_) => "words",
            Match::Near(_) => "near",
            Match::Regex(_) => "regex",
            Match::Author(_) => "author",
            Match::Link(_) => "link",
            Match::All(_) => "all",
            Match::Any(_) => "any",
            Match::Not(_) => "not",
            Match::AtLeast(_) => "at_least",
            Match::Language(_) => "language",
            Match::Forwarded(_) => "forwarded",
            Match::Field(_) => "field",
            Match::ReadsLike(_) => "reads_like",
            Match::Joins(_) => "joins",
        }
    }

    /// What it is and how it stands, in one line; its parts speak for themselves.
    #[must_use]
    pub fn says(&self) -> String {
        match self.matches {
            Match::Near(near) => match &self.spread {
                Some(spread) => said(spread, near.within.value) + &self.names(),
                None if self.held => wanted(self.matches) + &self.shown(),
                None => format!("nothing of {} is there{}", any(&near.words), self.names()),
            },
            Match::Words(lists) if self.held => format!("{}{}", any(lists), self.shown()),
            Match::Words(lists) => format!("{} is missing{}", any(lists), self.names()),
            Match::Regex(pattern) if self.held => format!("`{}`{}", pattern.pattern.value, self.shown()),
            Match::Regex(pattern) => format!("nothing matches `{}`", pattern.pattern.value),
            Match::Author(actors) => {
                let account = if self.held { "an account" } else { "no account" };
                self.is(&format!("the author is {account} of {}", any(actors)))
            }
            Match::Forwarded(actors) => self.is(&format!("it is{} forwarded from {}", self.not(), any(actors))),
            Match::Link(link) => {
                let no = if self.held { "a link" } else { "no link" };
                self.is(&format!("{no} leads {}", led(link)))
            }
            Match::Language(test) => self.is(&format!("the language is{} {}", self.not(), languages(test))),
            Match::ReadsLike(like) => {
                let reads = if self.held { "reads" } else { "does not read" };
                self.is(&format!("it {reads} {}", like_what(like)))
            }
            Match::Field(test) => {
                self.is(&format!("the field `{}` is{} {}", name(test.name.value), self.not(), values(test)))
            }
            Match::All(_) => "all of these:".to_string(),
            Match::Any(_) => "one of these:".to_string(),
            Match::AtLeast(some) => {
                let held = self.parts.iter().filter(|part| part.held).count();
                format!("{} of these, {held} there:", some.n.value)
            }
            Match::Not(inner) if self.held => format!("without {}", wanted(inner)),
            Match::Not(inner) => {
                let there: String = self.parts.iter().map(Part::shown).collect();
                format!("without {}, but it is there{there}", wanted(inner))
            }
            Match::Joins(_) => "`joins` is not supported yet".to_string(),
        }
    }

    /// With what was found, or with what is there instead.
    fn is(&self, said: &str) -> String {
        match &self.instead {
            _ if self.held => format!("{said}{}", self.shown()),
            Some(instead) => format!("{said}: {instead}"),
            None => format!("{said}: there is none"),
        }
    }

    fn not(&self) -> &'static str {
        if self.held { "" } else { " not" }
    }

    /// What was found.
    fn shown(&self) -> String {
        // Of a language the note says both codes.
        let noted = matches!(self.matches, Match::Language(_)) && !self.notes.is_empty();
        let evidence = self.evidence.iter().filter(|_| !noted);
        let words = evidence.map(quoted).chain(self.notes.iter().cloned());
        let words = words.collect::<Vec<_>>().join(" and ");
        if words.is_empty() { words } else { format!(": {words}") }
    }

    fn names(&self) -> String {
        self.names.iter().flat_map(|name| ["; ".to_string(), name.says()]).collect()
    }
}

impl Unguarded<'_> {
    /// Why the name does not count.
    #[must_use]
    pub fn says(&self) -> String {
        let mut text = format!(
            "{} counts as `{}` only within {} words of {}",
            quoted(&self.name),
            self.actor,
            self.within,
            ticked(self.near.iter().copied(), "or")
        );
        let _ = match (&self.nearest, self.near.len()) {
            (Some((list, words, distance)), _) => {
                write!(text, ", and the nearest, `{list}` {}, makes it {distance}", quoted(words))
            }
            (None, 1) => write!(text, ", which is absent"),
            (None, _) => write!(text, ", which are absent"),
        };
        text
    }
}

/// What a match looks for.
fn wanted(matches: &Match) -> String {
    match matches {
        Match::Words(lists) => any(lists),
        Match::Near(near) => format!("{} within {} words", all(&near.words), near.within.value),
        Match::Regex(pattern) => format!("a match of `{}`", pattern.pattern.value),
        Match::Author(actors) => format!("an author of {}", any(actors)),
        Match::Forwarded(actors) => format!("a forward from {}", any(actors)),
        Match::Link(link) => format!("a link {}", led(link)),
        Match::Language(test) => format!("a language {}", languages(test)),
        Match::Field(test) => format!("a field `{}` that is {}", name(test.name.value), values(test)),
        Match::ReadsLike(like) => format!("a text that reads {}", like_what(like)),
        Match::All(_) => "all of these".to_string(),
        Match::Any(_) => "any of these".to_string(),
        Match::AtLeast(some) => format!("{} of these", some.n.value),
        Match::Not(inner) => format!("the absence of {}", wanted(inner)),
        Match::Joins(_) => "a signal".to_string(),
    }
}

fn like_what(like: &ReadsLike) -> String {
    format!("like {} to {} of 1, about {}", any(&like.classes), like.at.value, any(&like.about))
}

/// How the lists of a `near` stand.
fn said(spread: &Spread<'_>, within: u32) -> String {
    let there = |(list, evidence): &(&str, Evidence)| format!("`{list}` {}", quoted(evidence));
    let mut text = match &spread.present[..] {
        [first, .., last] if spread.words > within => {
            format!("from {} to {} it is {} words, the limit is {within}", there(first), there(last), spread.words)
        }
        [only] => format!("{} is there", there(only)),
        present => format!("{} are there", join(present.iter().map(there).collect(), "and")),
    };
    for one in &spread.elsewhere {
        let _ = write!(text, ", {} only in the {}", there(one), one.1.field.name());
    }
    if !spread.missing.is_empty() {
        let are = if spread.missing.len() == 1 { "is" } else { "are" };
        let _ = write!(text, ", {} {are} missing", ticked(spread.missing.iter().copied(), "and"));
    }
    text
}

fn led(link: &LinkTo) -> String {
    let mut to = Vec::new();
    if !link.domains.is_empty() {
        to.push(format!("to {}", any(&link.domains)));
    }
    if !link.lookalike.is_empty() {
        to.push(format!("to an imitation of {}", any(&link.lookalike)));
    }
    if link.shortener {
        to.push("to a shortener".to_string());
    }
    join(to, "or")
}

fn languages(test: &LanguageTest) -> String {
    let mut wanted = Vec::new();
    if !test.declared.is_empty() {
        wanted.push(format!("declared as {}", any(&test.declared)));
    }
    if !test.found.is_empty() {
        wanted.push(format!("found to be {}", any(&test.found)));
    }
    if test.differs {
        wanted.push("found to be another than declared".to_string());
    }
    join(wanted, "and")
}

fn values(test: &FieldTest) -> String {
    let mut wanted = Vec::new();
    if !test.is.is_empty() {
        wanted.push(any(&test.is));
    }
    if let Some(pattern) = &test.matches {
        wanted.push(format!("like `{}`", pattern.value));
    }
    if let Some(least) = &test.at_least {
        wanted.push(format!("{} or more", least.value));
    }
    if let Some(most) = &test.at_most {
        wanted.push(if most.value == 0 { "absent".to_string() } else { format!("{} or fewer", most.value) });
    }
    join(wanted, "and")
}

fn any(names: &[At<String>]) -> String {
    ticked(names.iter().map(|name| name.value.as_str()), "or")
}

fn all(names: &[At<String>]) -> String {
    ticked(names.iter().map(|name| name.value.as_str()), "and")
}

fn ticked<'n>(names: impl Iterator<Item = &'n str>, word: &str) -> String {
    join(names.map(|name| format!("`{name}`")).collect(), word)
}

/// `a, b and c`
fn join(mut parts: Vec<String>, word: &str) -> String {
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} {word} {last}", parts.join(", ")),
    }
}

/// Words of the post, in short.
#[must_use]
pub fn quoted(evidence: &Evidence) -> String {
    format!("“{}”", shorten(&evidence.exact))
}

/// A long quotation in short.
#[must_use]
pub fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= 80 {
        return text.to_string();
    }
    let head: String = text.chars().take(50).collect();
    let tail: String = text.chars().skip(count - 20).collect();
    format!("{head} […] {tail}")
}
