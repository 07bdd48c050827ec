//! Holds the architecture: a core that cannot fail from outside, imports that point one way, files of one idea.
//!
//! The source is read as text, not compiled: comments and strings are blanked, `use` trees unfolded, and every path in
//! what remains is judged. That misses what a macro writes and what an alias hides. It is there for slips, not for
//! cunning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules in the order in which a message meets them; a module may use those before it.
const FLOW: &[&str] = &[
    "post",
    "problem",
    "yaml",
    "text",
    "decode",
    "classify",
    "pack",
    "score",
    "correlate",
    "record",
    "stages",
    "trial",
    "replay",
    "eval",
    "shipped",
    "config",
    "shelf",
    "log",
    "metrics",
    "kafka",
    "admin",
    "reload",
    "traces",
    "pipeline",
    "cli",
];

/// Imports against the flow: who, what. `decode` reads our own wire shape too, and a shape has one home.
const AGAINST_THE_FLOW: &[(&str, &str)] = &[("decode", "record")];

/// The modules above the rim: values in, values out.
const CORE: &[&str] = &[
    "post",
    "problem",
    "yaml",
    "text",
    "decode",
    "classify",
    "pack",
    "score",
    "correlate",
    "record",
    "stages",
    "trial",
    "replay",
    "eval",
    "config",
];

/// What would let the outside world into the core. A path is forbidden with everything below it; `std::time` only by
/// itself, because it would hide a clock behind `time::`, while `std::time::Duration` is a value.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "rdkafka",
    "getrandom",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
    "Instant::now",
];

/// Who may print: the command line's own module and the program.
const PRINTERS: &[&str] = &["cli", "main"];

/// A file longer than this (tests apart) holds two ideas.
const LONGEST: usize = 500;

/// The module that a file belongs to: `src/decode/x.rs` → `decode`, and how deep below the crate its own path is.
fn module(path: &str) -> (String, usize) {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let parts: Vec<&str> = inner.split('/').filter(|part| *part != "mod").collect();
    (parts[0].to_owned(), parts.len())
}

/// The source up to its tests, with comments, strings and character literals blanked; line breaks stay.
fn code(source: &str) -> String {
    let source = source.find("\n#[cfg(test)]").map_or(source, |at| &source[..=at]);
    let skipped = Regex::new(concat!(
        r##"(?s)//[^\n]*|/\*.*?\*/"##,
        r###"|b?r#"(?:.*?)"#|b?r"[^"]*""###,
        r#"|b?"(?:\\.|[^"\\])*""#,
        r"|b?'(?:\\(?:u\{[0-9a-fA-F]+\}|x..|.)|[^'\\])'",
    ))
    .expect("a valid pattern");
    skipped.replace_all(source, |found: &regex::Captures<'_>| "\n".repeat(found[0].matches('\n').count())).into_owned()
}

/// Every path of a `use` tree: `std::{fs, io::Read as R}` → `std::fs`, `std::io::Read`.
fn unfold(prefix: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let name = tree.split(" as ").next().unwrap_or("").trim();
        let path = if name == "self" { prefix.to_owned() } else { join(prefix, name) };
        paths.insert(path.trim_start_matches("::").to_owned());
        return;
    };
    let head = tree[..open].trim().trim_end_matches("::");
    let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or("");
    let (mut depth, mut start) = (0_usize, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                unfold(&join(prefix, head), &inner[start..at], paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        unfold(&join(prefix, head), &inner[start..], paths);
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

/// Every path that the code writes, imported or in place.
fn paths(code: &str) -> BTreeSet<String> {
    let uses = Regex::new(r"(?s)\buse\s+([^;]+);").expect("a valid pattern");
    let in_place = Regex::new(r"\b[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)+").expect("a valid pattern");
    let mut paths = BTreeSet::new();
    for found in uses.captures_iter(code) {
        unfold("", &found[1].split_whitespace().collect::<Vec<_>>().join(" ").replace(" :: ", "::"), &mut paths);
    }
    let rest = uses.replace_all(code, "");
    for found in in_place.find_iter(&rest) {
        paths.insert(found.as_str().split_whitespace().collect());
    }
    paths
}

/// The module of this crate that a path leads to, if it leads into the crate's root.
fn target(path: &str, depth: usize) -> Option<&str> {
    let mut parts = path.split("::").peekable();
    match *parts.peek()? {
        "crate" | "undercurrent" => {
            parts.next();
        }
        "super" => {
            let mut climbed = 0;
            while parts.next_if_eq(&"super").is_some() {
                climbed += 1;
            }
            if climbed < depth {
                return None;
            }
        }
        _ => return None,
    }
    parts.next()
}

/// Everything in a file that breaks the architecture.
fn check(path: &str, source: &str) -> Vec<String> {
    let (own, depth) = module(path);
    let code = code(source);
    let paths = paths(&code);
    let mut broken = Vec::new();

    if CORE.contains(&own.as_str()) {
        for found in &paths {
            let outside = OUTSIDE.iter().any(|outside| {
                found == outside
                    || found.starts_with(&format!("{outside}::"))
                    || (outside.ends_with("::now") && found.ends_with(&format!("::{outside}")))
            });
            if outside || found == "std::time" || found == "std::time::*" {
                broken.push(format!("{path}: the core must not use `{found}`"));
            }
        }
        if Regex::new(r"\basync\s+(fn|move|\{)|\.await\b").expect("a valid pattern").is_match(&code) {
            broken.push(format!("{path}: the core must not be async"));
        }
    }

    if let Some(place) = FLOW.iter().position(|module| *module == own) {
        for found in &paths {
            let Some(target) = target(found, depth) else { continue };
            let Some(its_place) = FLOW.iter().position(|module| *module == target) else { continue };
            if its_place > place && !AGAINST_THE_FLOW.contains(&(own.as_str(), target)) {
                broken.push(format!("{path}: `{found}` points downstream, `{own}` comes before `{target}`"));
            }
        }
    } else if own == "lib" {
        let declared = Regex::new(r"(?m)^(?:pub(?:\([a-z]+\))? )?mod (\w+)\s*;").expect("a valid pattern");
        let declared: Vec<String> = declared.captures_iter(&code).map(|found| found[1].to_owned()).collect();
        let places: Vec<_> = declared.iter().map(|name| FLOW.iter().position(|module| module == name)).collect();
        for (name, place) in declared.iter().zip(&places) {
            if place.is_none() {
                broken.push(format!("{path}: `{name}` has no place in the flow (FLOW in tests/architecture.rs)"));
            }
        }
        if !places.iter().flatten().is_sorted() {
            broken.push(format!("{path}: modules are declared in the order of the flow: {}", FLOW.join(", ")));
        }
    } else if own != "main" {
        broken.push(format!("{path}: `{own}` has no place in the flow (FLOW in tests/architecture.rs)"));
    }

    if !PRINTERS.contains(&own.as_str()) {
        let printing = Regex::new(r"\b(e?println?|dbg)!").expect("a valid pattern");
        for found in printing.captures_iter(&code) {
            broken.push(format!("{path}: `{}!` outside src/cli", &found[1]));
        }
    }

    let lines = source.lines().position(|line| line.starts_with("#[cfg(test)]")).unwrap_or(source.lines().count());
    if lines > LONGEST {
        broken.push(format!("{path}: {lines} lines, more than {LONGEST}"));
    }
    broken
}

/// All Rust files below `folder`; files that hold only tests (`tests.rs`, `tests/`) are not architecture.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.file_stem().is_some_and(|stem| stem == "tests") {
        } else if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_source_keeps_the_architecture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    files(&root.join("src"), &mut sources);
    sources.sort();
    let mut broken = Vec::new();
    for path in sources {
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        broken.extend(check(&name, &fs::read_to_string(&path).expect("a readable file")));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    let long = "fn f() {}\n".repeat(LONGEST + 1);
    let cases: &[(&str, &str, &str)] = &[
        ("src/decode/x.rs", "use std::fs::File;", "std::fs::File"),
        ("src/decode/x.rs", "use std::{io, env};", "std::env"),
        ("src/decode/mod.rs", "fn f() { std::net::TcpStream::connect(a) }", "std::net::TcpStream"),
        ("src/post.rs", "use std::time::{Duration, Instant};", "std::time::Instant"),
        ("src/post.rs", "use std::time;", "std::time"),
        ("src/score/x.rs", "fn f() { let now = Timestamp::now(); }", "Timestamp::now"),
        ("src/score/x.rs", "fn f() { let now = jiff::Zoned::now(); }", "jiff::Zoned::now"),
        ("src/record.rs", "fn f() { std::process::exit(1) }", "std::process::exit"),
        ("src/record/x.rs", "use tokio::task;", "tokio::task"),
        ("src/stages.rs", "use rdkafka::message::{Headers, Message};", "rdkafka::message::Headers"),
        ("src/pack/x.rs", "fn f() { getrandom::fill(&mut b) }", "getrandom::fill"),
        ("src/text/x.rs", "pub async fn f() {}", "async"),
        ("src/text/x.rs", "use crate::decode::Format;", "comes before `decode`"),
        ("src/text/mod.rs", "use super::score;", "comes before `score`"),
        ("src/text/x.rs", "use super::super::{post::Post, pack::Pack};", "comes before `pack`"),
        ("src/post.rs", "fn f() { crate::kafka::run() }", "comes before `kafka`"),
        ("src/post.rs", "use crate::{\n    problem::Problem,\n    cli,\n};", "comes before `cli`"),
        ("src/helpers.rs", "", "no place in the flow"),
        ("src/lib.rs", "pub mod decode;\npub mod post;\n", "order of the flow"),
        ("src/lib.rs", "pub mod helpers;", "no place in the flow"),
        ("src/kafka/x.rs", "fn f() { println!(\"x\") }", "println!"),
        ("src/kafka/x.rs", "fn f() { dbg!(1); }", "dbg!"),
        ("src/kafka/x.rs", &long, "501 lines"),
    ];
    for (path, source, expected) in cases {
        let broken = check(path, source);
        assert!(broken.iter().any(|line| line.contains(expected)), "{path}: {source}\nfound only {broken:?}");
    }
}

#[test]
fn lawful_code_is_left_alone() {
    let long = format!("{}#[cfg(test)]\nmod tests {{}}\n{}", "fn f() {}\n".repeat(400), "fn f() {}\n".repeat(400));
    let cases: &[(&str, &str)] = &[
        ("src/decode/x.rs", "// std::fs is not for us\n/* println! */ fn f() -> &'static str { \"std::env::var\" }"),
        ("src/decode/x.rs", "fn f<'a>(x: &'a str) -> char { '\"' } // \" std::fs \"\nfn g() -> char { '\\'' }"),
        ("src/decode/x.rs", "use crate::record::PostRecord;\nuse super::Format;\nuse crate::post::{Kind, Post};"),
        ("src/decode/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; fn f() { println!() } }"),
        ("src/post.rs", "use std::time::Duration;"),
        ("src/score/x.rs", "use super::stance::Stance; use crate::text::fold;"),
        ("src/kafka/x.rs", "use rdkafka::Message; use crate::stages::Arrival; use std::{env, time::Instant};"),
        ("src/cli/x.rs", "fn f() { println!(\"x\") }"),
        ("src/main.rs", "use undercurrent::cli; fn main() { eprintln!(\"x\") }"),
        ("src/lib.rs", "pub mod post;\npub mod decode;\n"),
        ("src/kafka/x.rs", &long),
    ];
    for (path, source) in cases {
        assert_eq!(check(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}
