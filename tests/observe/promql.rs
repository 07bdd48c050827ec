//! Just enough PromQL to see which series an expression reads, and how.
//!
//! Whether an expression is PromQL at all is for promtool and Prometheus to say. This finds the selectors in one that is.

/// A series that an expression reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) name: String,
    /// Label, operator, value.
    pub(crate) matchers: Vec<(String, String, String)>,
    /// What stands in brackets behind it.
    pub(crate) range: Option<String>,
    /// The function or aggregation directly around it.
    pub(crate) function: Option<String>,
}

const BEFORE_LABELS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const WORDS: [&str; 8] = ["and", "or", "unless", "offset", "bool", "Inf", "NaN", "atan2"];

/// All selectors of an expression, in its order.
pub(crate) fn selectors(expression: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let (mut rest, mut named, mut around) = (expression, None, Vec::new());
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() || first == '_' || first == ':' {
            let end = rest.find(|one: char| !(one.is_ascii_alphanumeric() || "_:".contains(one))).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = rest[end..].trim_start();
            if BEFORE_LABELS.contains(&word) {
                if rest.starts_with('(') {
                    rest = rest.split_once(')').map_or("", |(_, rest)| rest);
                }
            } else if WORDS.contains(&word) {
            } else if rest.starts_with('(') || next_is(rest, "by") || next_is(rest, "without") {
                named = Some(word.to_owned());
            } else {
                let matchers = bracketed(&mut rest, '{', '}');
                let range = bracketed(&mut rest, '[', ']');
                found.push(Selector {
                    name: word.to_owned(),
                    matchers: matchers.as_deref().map(read_matchers).unwrap_or_default(),
                    range,
                    function: around.last().cloned().flatten(),
                });
            }
        } else if first.is_ascii_digit() {
            // A number or a duration: its letters are no name.
            let end = rest.find(|one: char| !(one.is_ascii_alphanumeric() || one == '.')).unwrap_or(rest.len());
            rest = &rest[end..];
        } else {
            match first {
                '(' => around.push(named.take()),
                ')' => drop(around.pop()),
                '[' => drop(bracketed(&mut rest, '[', ']')),
                '"' => drop(bracketed(&mut rest, '"', '"')),
                _ => {}
            }
            rest = rest.get(usize::from(!"[\"".contains(first)) * first.len_utf8()..).unwrap_or("");
        }
    }
    found
}

fn next_is(rest: &str, word: &str) -> bool {
    rest.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// What stands between brackets at the beginning, strings in it left whole.
fn bracketed(rest: &mut &str, open: char, close: char) -> Option<String> {
    let inner = rest.strip_prefix(open)?;
    let mut quoted = false;
    let end = inner.find(|one| {
        quoted ^= one == '"' && close != '"';
        one == close && !quoted
    })?;
    let inside = inner[..end].to_owned();
    *rest = &inner[end + close.len_utf8()..];
    Some(inside)
}

fn read_matchers(text: &str) -> Vec<(String, String, String)> {
    // Values hold no comma and no quotation mark; a test below would see it.
    let each = text.split(',').filter(|one| !one.trim().is_empty());
    let read = each.map(|one| {
        let at = one.find(['=', '!']).unwrap_or_else(|| panic!("no matcher: {one}"));
        let (label, rest) = one.split_at(at);
        let value = rest.find('"').unwrap_or_else(|| panic!("no value: {one}"));
        (label.trim().to_owned(), rest[..value].trim().to_owned(), rest[value..].trim().trim_matches('"').to_owned())
    });
    read.collect()
}
