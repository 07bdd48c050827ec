//! Matches that could never hold, or always, or that name what is not there.

use std::ops::Range;

use super::Checker;
use crate::pack::grammar::{FieldName, FieldTest, LanguageTest, LinkTo, Match, ReadsLike};
use crate::yaml::At;

impl Checker<'_> {
    pub(super) fn matches(&mut self, matches: &At<Match>) {
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
            Match::Regex(pattern) => self.expression(&pattern.pattern),
            Match::Author(names) => {
                self.named(names, "an actor", &matches.span);
                self.known_actors(names);
            }
            Match::Forwarded(names) => {
                self.named(names, "an actor", &matches.span);
                self.known_actors(names);
            }
            Match::Link(link) => self.link(link, &matches.span),
            Match::Language(test) => self.language(test, &matches.span),
            Match::Field(test) => self.field(test, &matches.span),
            Match::All(parts) | Match::Any(parts) => self.parts(parts, &matches.span),
            Match::Not(part) => self.matches(part),
            Match::AtLeast(some) => {
                self.parts(&some.of, &matches.span);
                if some.n.value == 0 || some.n.value as usize > some.of.len() {
                    let message = format!("at least {} of {} can never say anything", some.n.value, some.of.len());
                    self.error("UC031", message, &some.n.span, "`n` lies between 1 and the number of parts");
                }
            }
            Match::ReadsLike(like) => self.reads_like(like, &matches.span),
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

    fn known_actors(&mut self, names: &[At<String>]) {
        for name in names.iter().filter(|name| self.pack.actors.get(name).is_none()) {
            self.unknown("UC029", "actor", name, &self.pack.actors.names().collect::<Vec<_>>());
        }
    }

    fn link(&mut self, link: &LinkTo, span: &Range<usize>) {
        if link.domains.is_empty() && link.lookalike.is_empty() && !link.shortener {
            let help = "give `domains:`, `lookalike:` or `shortener: true`";
            self.error("UC026", "this can never match: it names no place", span, help);
        }
        for name in link.domains.iter().chain(&link.lookalike) {
            if self.pack.domains.get(name).is_none() && !name.contains('.') {
                self.unknown("UC030", "domain list", name, &self.pack.domains.names().collect::<Vec<_>>());
            }
        }
    }

    fn reads_like(&mut self, like: &ReadsLike, span: &Range<usize>) {
        self.named(&like.about, "a word list in `about`", span);
        self.lists(&like.about);
        self.named(&like.classes, "a class", span);
        match self.vocabulary.classifier(&like.classifier) {
            None => {
                let known: Vec<&str> = self.vocabulary.classifiers.iter().map(|known| known.name.as_str()).collect();
                self.unknown("UC046", "classifier", &like.classifier, &known);
            }
            Some(classifier) => {
                let known: Vec<&str> = classifier.classes.iter().map(String::as_str).collect();
                for class in like.classes.iter().filter(|class| !known.contains(&class.as_str())) {
                    self.unknown("UC046", "class", class, &known);
                }
            }
        }
        if !(like.at.value > 0.0 && like.at.value < 1.0) {
            let message = format!("a share of {} says nothing", like.at.value);
            self.error("UC048", message, &like.at.span, "write a number between 0 and 1, such as 0.6");
        }
    }

    fn language(&mut self, test: &LanguageTest, span: &Range<usize>) {
        if test.declared.is_empty() && test.found.is_empty() && !test.differs {
            let help = "give `declared:`, `found:` or `differs: true`";
            self.error("UC026", "this can never match: it names no language", span, help);
        }
        for code in test.declared.iter().chain(&test.found) {
            if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
                let message = format!("`{}` is no code of a language", code.value);
                self.error("UC043", message, &code.span, "ISO 639: two or three lower-case letters, such as `ru`");
            }
        }
    }

    fn field(&mut self, test: &FieldTest, span: &Range<usize>) {
        let words = matches!(test.name.value, FieldName::Title | FieldName::Text);
        if words && !(test.is.is_empty() && test.matches.is_none()) {
            let help = "running text is for `words`, `near` and `regex`; of a field of words only the number is tested";
            self.error("UC044", "the words of a post are no field", &test.name.span, help);
        }
        if test.is.is_empty() && test.matches.is_none() && test.at_least.is_none() && test.at_most.is_none() {
            let help = "give `is:`, `matches:`, `at_least:` or `at_most:`";
            self.error("UC026", "this asks nothing of the field", span, help);
        }
        if let Some(pattern) = &test.matches {
            self.expression(pattern);
        }
        if let Some(least) = &test.at_least {
            if least.value == 0 {
                self.error("UC044", "every field has 0 values or more", &least.span, "write 1, or leave it out");
            }
            if test.at_most.as_ref().is_some_and(|most| most.value < least.value) {
                self.error("UC044", "no number is that large and that small", &least.span, "`at_least` is the smaller");
            }
        }
    }

    fn expression(&mut self, pattern: &At<String>) {
        if let Err(fault) = regex::Regex::new(pattern) {
            let last = fault.to_string().lines().last().unwrap_or_default().replace("error: ", "");
            let help = "the syntax is that of Rust's `regex` crate: no look-around, no back-references";
            self.error("UC028", format!("this regular expression is broken: {last}"), &pattern.span, help);
        }
    }
}

/// Whether a match could hold without anything being there.
pub(super) fn only_absent(matches: &Match) -> bool {
    match matches {
        Match::Not(_) => true,
        // "At most" holds where there is nothing.
        Match::Field(test) => test.is.is_empty() && test.matches.is_none() && test.at_least.is_none(),
        Match::All(parts) => !parts.is_empty() && parts.iter().all(|part| only_absent(part)),
        Match::Any(parts) => parts.iter().any(|part| only_absent(part)),
        Match::AtLeast(some) => {
            let absent = some.of.iter().filter(|part| only_absent(part)).count();
            absent >= some.n.value as usize && absent > 0
        }
        _ => false,
    }
}
