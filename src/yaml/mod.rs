//! YAML files that people write: text → a tree that knows where each thing stands → typed values with *all* problems.
//!
//! A streaming deserializer stops at the first error, and the person mending a file sees its mistakes one at a time.
//! Here the text first becomes a [`Tree`] of nodes with byte spans; [`read`] then deserialises it again and again,
//! each time leaving out the node that was wrong, until nothing more is found. Types derive plain `Deserialize` (and
//! the JSON Schema beside it), so the grammar is declared once. Aliases are references in the tree, never copies, and
//! a budget of visited nodes bounds what a hostile file can cost.

mod at;
mod de;
mod tree;

use std::collections::HashSet;

use serde::de::DeserializeOwned;

pub use at::{At, Named};
pub use tree::{Node, Tree};

use crate::problem::Problem;

/// Problems of one file before reading gives up: more would only repeat a single misunderstanding.
const MOST_PROBLEMS: usize = 100;

/// Readings of one file at most. What follows from a mistake is left out without a word, and one mistake behind an alias
/// can have thousands of consequences: without an end that is quadratic.
const MOST_READINGS: usize = 1000;

/// As [`read`], from the text.
#[must_use]
pub fn read_text<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Problem>) {
    match Tree::parse(text) {
        Ok(tree) => read(&tree),
        Err(problem) => (None, vec![problem]),
    }
}

/// Reads a typed value from a tree. The value is absent where the root itself is unusable.
#[must_use]
pub fn read<T: DeserializeOwned>(tree: &Tree) -> (Option<T>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut left_out = HashSet::new();
    for _ in 0..MOST_READINGS {
        let fault = match de::value::<T>(tree, &left_out) {
            Ok(value) => return (Some(value), problems),
            Err(fault) => fault,
        };
        let node = fault.node.unwrap_or(tree.root());
        if !fault.follows_from(tree, node, &left_out) {
            problems.push(fault.into_problem(tree, node));
        }
        if node == tree.root() || !left_out.insert(node) || problems.len() >= MOST_PROBLEMS {
            return (None, problems);
        }
    }
    (None, problems)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        name: Option<At<String>>,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        #[expect(dead_code, reason = "read for its problems")]
        lists: Named<Vec<String>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read for its problems")]
    struct Part {
        id: String,
        #[serde(default)]
        points: f64,
        #[serde(rename = "match")]
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "read for its problems")]
    enum Kind {
        Words(Vec<At<String>>),
        Near {
            within: u32,
        },
        #[serde(rename = "never")]
        Never,
    }

    fn check(text: &str, expected: &[&str]) -> Option<File> {
        let tree = Tree::parse(text).unwrap_or_else(|problem| panic!("{problem:?}"));
        let (file, problems) = read::<File>(&tree);
        let found: Vec<String> =
            problems.iter().map(|p| format!("{} {:?}: {}", p.code, &text[p.span.clone()], p.message)).collect();
        assert_eq!(found, expected);
        file
    }

    #[test]
    fn a_right_file_is_read_with_its_places() {
        let text = "name: росія\nparts:\n  - {id: a, points: 2, match: {words: [x, y]}}\n  - {id: b, match: never}\n";
        let file = check(text, &[]).unwrap();
        assert_eq!(&text[file.name.as_ref().unwrap().span.clone()], "росія");
        assert_eq!(file.parts.len(), 2);
        assert!((file.parts[0].points - 2.0).abs() < f64::EPSILON);
        assert!(matches!(&file.parts[0].kind, Kind::Words(words) if words.len() == 2), "{:?}", file.parts[0].kind);
        assert!(matches!(file.parts[1].kind, Kind::Never));
    }

    #[test]
    fn all_problems_come_at_once() {
        check(
            "nmae: x\nparts:\n  - {id: a, points: many, match: never}\n  - {points: 1, match: never}\n  - {id: c, match: {naer: 1}}\n  - {id: d, match: {near: {within: -1}}}\nlists: {a: 1}\n",
            &[
                "UC002 \"nmae\": unknown key `nmae`",
                "UC004 \"many\": expected a number, found `many`",
                "UC003 \"{points: 1, match: never}\": `id` is missing",
                "UC006 \"naer\": there is no kind `naer`",
                "UC004 \"-1\": expected a whole number that is not negative, found `-1`",
                "UC004 \"1\": expected a list, found `1`",
            ],
        );
    }

    #[test]
    fn an_alias_bomb_is_refused_in_bounded_time() {
        #[derive(Debug)]
        struct Any;
        impl<'de> Deserialize<'de> for Any {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                serde_json::Value::deserialize(d).map(|_| Self)
            }
        }
        let mut text = String::from("lists:\n  l0: &a0 [x, x]\n");
        for i in 1..40 {
            let _ = writeln!(text, "  l{i}: &a{i} [*a{}, *a{}]", i - 1, i - 1);
        }
        let tree = Tree::parse(&text).unwrap();
        let (_, problems) = read::<Any>(&tree);
        assert!(problems.iter().any(|p| p.code == "UC007"), "{problems:?}");
    }

    #[test]
    fn aliases_do_not_nest_deeper_than_what_is_written_out() {
        let chain = |length: usize| {
            let mut text = String::from("- &a0 [x]\n");
            for i in 1..length {
                let _ = writeln!(text, "- &a{i} [*a{}]", i - 1);
            }
            Tree::parse(&text)
        };
        assert!(chain(63).is_ok());
        let problem = chain(1000).unwrap_err();
        assert_eq!((problem.code, problem.message.as_str()), ("UC007", "nested more than 64 deep"));
    }

    #[test]
    fn a_number_is_finite_and_a_bracket_ends_before_its_comment() {
        check(
            "parts:\n  - {id: a, points: nan, match: never}\n  - {id: b, points: 1e999, match: never}\n  - {id: c, match: [x, y]} # why\n  - {id: d, match: {}} # why\n",
            &[
                "UC004 \"nan\": expected a number, found `nan`",
                "UC004 \"1e999\": expected a number, found `1e999`",
                "UC004 \"[x, y]\": expected one kind and what it needs, found a list",
                "UC004 \"{}\": expected one kind, found 0",
            ],
        );
    }

    #[test]
    fn one_mistake_with_many_consequences_ends() {
        let mut text = String::from("parts:\n  - &a {id: a, match: {near: {within: &w many}}}\n");
        for i in 0..3000 {
            let _ = writeln!(text, "  - {{id: p{i}, match: {{near: {{within: *w}}}}}}");
        }
        let (_, problems) = read::<File>(&Tree::parse(&text).unwrap());
        assert_eq!(problems.len(), 1, "{problems:?}");
    }

    #[test]
    fn many_keys_are_read_in_linear_time() {
        let mut text = String::new();
        for i in 0..200_000 {
            let _ = writeln!(text, "k{i}: 1");
        }
        assert!(Tree::parse(&text).is_ok());
    }

    #[test]
    fn a_key_that_stands_twice_and_broken_syntax_are_named() {
        let problem = Tree::parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((problem.code, problem.message.as_str()), ("UC005", "the key `a` stands twice"));
        let problem = Tree::parse("a: [1, 2\nb: }").unwrap_err();
        assert_eq!(problem.code, "UC001");
    }
}
