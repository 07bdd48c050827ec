//! A match in words, for those who read a pack's results and not its file.

use super::PackFile;
use super::grammar::{FieldName, FieldTest, LanguageTest, LinkTo, Match, ReadsLike};
use crate::yaml::At;

/// A line of an explanation, and how deep it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 0 is the match itself.
    pub depth: usize,
    /// What must hold.
    pub text: String,
}

/// What a match looks for, a condition a line.
#[must_use]
pub fn lines(matches: &Match) -> Vec<Line> {
    let mut lines = Vec::new();
    describe(matches, 0, "", &mut lines);
    lines
}

/// The word lists and actors that a match names, each once, in the order in which they are named.
#[must_use]
pub fn lists(matches: &Match) -> Vec<&str> {
    let mut names = Vec::new();
    collect(matches, &mut names);
    names
}

fn collect<'m>(matches: &'m Match, names: &mut Vec<&'m str>) {
    let mut take = |list: &'m [At<String>]| {
        for name in list {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    };
    match matches {
        Match::Words(list) => take(list),
        Match::Near(near) => take(&near.words),
        Match::ReadsLike(like) => take(&like.about),
        Match::All(parts) | Match::Any(parts) => parts.iter().for_each(|part| collect(part, names)),
        Match::AtLeast(some) => some.of.iter().for_each(|part| collect(part, names)),
        Match::Not(part) => collect(part, names),
        Match::Regex(_)
        | Match::Author(_)
        | Match::Forwarded(_)
        | Match::Link(_)
        | Match::Language(_)
        | Match::Field(_)
        | Match::Joins(_) => {}
    }
}

/// The classifiers that a match asks.
#[must_use]
pub fn classifiers(matches: &Match) -> Vec<&String> {
    match matches {
        Match::ReadsLike(like) => vec![&like.classifier.value],
        Match::All(parts) | Match::Any(parts) => parts.iter().flat_map(|part| classifiers(part)).collect(),
        Match::AtLeast(some) => some.of.iter().flat_map(|part| classifiers(part)).collect(),
        Match::Not(part) => classifiers(part),
        _ => Vec::new(),
    }
}

/// How many phrases a list has in each language: `3 en, 12 ru`; of an actor, its names.
#[must_use]
pub fn size(pack: &PackFile, name: &str) -> String {
    if let Some(languages) = pack.words.get(name) {
        let sizes = languages.0.iter().map(|(language, phrases)| format!("{} {}", phrases.len(), language.value));
        return sizes.collect::<Vec<_>>().join(", ");
    }
    let Some(actor) = pack.actors.get(name) else { return String::new() };
    let guarded = actor.ambiguous.0.len();
    let names = format!("{} {}", actor.names.len(), if actor.names.len() == 1 { "name" } else { "names" });
    if guarded == 0 { names } else { format!("{names}, {guarded} that count near other words only") }
}

fn describe(matches: &Match, depth: usize, lead: &str, lines: &mut Vec<Line>) {
    let mut say = |text: String| lines.push(Line { depth, text: format!("{lead}{text}") });
    match matches {
        Match::Words(names) => say(format!("a phrase of {}", either(names))),
        Match::Near(near) => {
            say(format!("a phrase each of {}, within {} words", both(&near.words), near.within.value));
        }
        Match::Regex(pattern) => {
            let of = if pattern.raw { "original" } else { "folded" };
            say(format!("the expression `{}` in the {of} text", pattern.pattern.value));
        }
        Match::Author(names) => say(format!("an account of {} is the author or channel", either(names))),
        Match::Forwarded(names) => say(format!("a forward from an account of {}", either(names))),
        Match::Link(link) => say(self::link(link)),
        Match::Language(test) => say(language(test)),
        Match::Field(test) => say(field(test)),
        Match::ReadsLike(like) => say(reads_like(like)),
        Match::Joins(_) => say("an object shared with an open signal".to_string()),
        Match::Not(part) => match &part.value {
            Match::All(_) | Match::Any(_) | Match::AtLeast(_) | Match::Not(_) => {
                say("not:".to_string());
                describe(part, depth + 1, "", lines);
            }
            _ => describe(part, depth, &format!("{lead}not "), lines),
        },
        Match::All(parts) => {
            say("all of:".to_string());
            below(parts, depth, lines);
        }
        Match::Any(parts) => {
            say("any of:".to_string());
            below(parts, depth, lines);
        }
        Match::AtLeast(some) => {
            say(format!("at least {} of:", some.n.value));
            below(&some.of, depth, lines);
        }
    }
}

fn below(parts: &[At<Match>], depth: usize, lines: &mut Vec<Line>) {
    for part in parts {
        describe(part, depth + 1, "", lines);
    }
}

fn link(link: &LinkTo) -> String {
    let mut parts = Vec::new();
    if !link.domains.is_empty() {
        parts.push(format!("to {}", either(&link.domains)));
    }
    if !link.lookalike.is_empty() {
        parts.push(format!("to a host that imitates {}", either(&link.lookalike)));
    }
    if link.shortener {
        parts.push("to a link shortener".to_string());
    }
    format!("a link {}", parts.join(", or "))
}

fn language(test: &LanguageTest) -> String {
    let mut parts = Vec::new();
    if !test.declared.is_empty() {
        parts.push(format!("the platform declares {}", either(&test.declared)));
    }
    if !test.found.is_empty() {
        parts.push(format!("the text is found to be {}", either(&test.found)));
    }
    if test.differs {
        parts.push("the declared language is not the one that is found".to_string());
    }
    parts.join(", and ")
}

fn field(test: &FieldTest) -> String {
    let unit = if matches!(test.name.value, FieldName::Title | FieldName::Text) { "words" } else { "values" };
    let mut parts = Vec::new();
    if !test.is.is_empty() {
        parts.push(format!("is {}", either(&test.is)));
    }
    if let Some(pattern) = &test.matches {
        parts.push(format!("matches the expression `{}`", pattern.value));
    }
    match (&test.at_least, &test.at_most) {
        (None, Some(most)) if most.value == 0 => parts.push("is absent".to_string()),
        (Some(least), Some(most)) => parts.push(format!("has {} to {} {unit}", least.value, most.value)),
        (Some(least), None) => parts.push(format!("has {} {unit} or more", least.value)),
        (None, Some(most)) => parts.push(format!("has {} {unit} at most", most.value)),
        (None, None) => {}
    }
    format!("the field `{}` {}", test.name.value.name(), parts.join(", and "))
}

fn reads_like(like: &ReadsLike) -> String {
    let ReadsLike { classifier, classes, at, about } = like;
    let (about, classes, classifier, at) = (either(about), either(classes), &classifier.value, at.value);
    format!("a text about {about} that reads like {classes} to the classifier `{classifier}`, to {at} of 1 or more")
}

fn either(names: &[At<String>]) -> String {
    joined(names, "or")
}

fn both(names: &[At<String>]) -> String {
    joined(names, "and")
}

fn joined(names: &[At<String>], last: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.value)).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., end] => format!("{} {last} {end}", start.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Tree, read};

    #[track_caller]
    fn check(written: &str, expected: &[&str]) {
        let (matches, problems) = read::<Match>(&Tree::parse(written).unwrap());
        assert_eq!(problems, [], "{written}");
        let lines: Vec<String> =
            lines(&matches.unwrap()).iter().map(|line| format!("{}{}", "  ".repeat(line.depth), line.text)).collect();
        assert_eq!(lines, expected, "{written}");
    }

    #[test]
    fn every_kind_has_its_words() {
        check("words: [a]", &["a phrase of `a`"]);
        check("near: { words: [a, b, c], within: 9 }", &["a phrase each of `a`, `b` and `c`, within 9 words"]);
        check("regex: x+", &["the expression `x+` in the folded text"]);
        check("regex: { pattern: X, raw: true }", &["the expression `X` in the original text"]);
        check("author: [a, b]", &["an account of `a` or `b` is the author or channel"]);
        check("forwarded: [a]", &["a forward from an account of `a`"]);
        check("link: { domains: [a], shortener: true }", &["a link to `a`, or to a link shortener"]);
        check("link: { lookalike: [a] }", &["a link to a host that imitates `a`"]);
        check(
            "language: { declared: [en], found: [ru], differs: true }",
            &[
                "the platform declares `en`, and the text is found to be `ru`, and the declared language is not the one that is found",
            ],
        );
        check("field: { name: reply_to, at_most: 0 }", &["the field `reply_to` is absent"]);
        check("field: { name: text, at_least: 2, at_most: 5 }", &["the field `text` has 2 to 5 words"]);
        check(
            "field: { name: hashtags, is: [x], at_least: 2 }",
            &["the field `hashtags` is `x`, and has 2 values or more"],
        );
        check(
            "all: [{ words: [a] }, { not: { words: [b] } }, { at_least: { n: 1, of: [{ words: [c] }] } }, { not: { any: [{ author: [d] }] } }]",
            &[
                "all of:",
                "  a phrase of `a`",
                "  not a phrase of `b`",
                "  at least 1 of:",
                "    a phrase of `c`",
                "  not:",
                "    any of:",
                "      an account of `d` is the author or channel",
            ],
        );
        check(
            "reads_like: { classifier: c, classes: [k], at: 0.6, about: [a, b] }",
            &["a text about `a` or `b` that reads like `k` to the classifier `c`, to 0.6 of 1 or more"],
        );
        check("joins: [x]", &["an object shared with an open signal"]);
    }
}
