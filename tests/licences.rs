//! Every dependency may be shipped under Apache-2.0, and comes from the package registry.
//!
//! Reads what `cargo metadata` knows of the crates that are compiled for this machine, so it needs no network and no
//! further tool. Known vulnerabilities need a database that changes daily: `cargo deny check advisories` or
//! `cargo audit` answer that, where they are installed.

use std::process::Command;

use serde_json::Value;

/// Permissive licences, whose terms are kept by naming them. A new one is a decision, not an accident: read it, then
/// add it here.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression can be met from [`ALLOWED`]. `/` is how crates wrote `OR` before SPDX.
fn allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&tokens, &mut at);
    met && at == tokens.len()
}

fn either(tokens: &[&str], at: &mut usize) -> bool {
    let mut met = both(tokens, at);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(tokens, at);
    }
    met
}

fn both(tokens: &[&str], at: &mut usize) -> bool {
    let mut met = one(tokens, at);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize) -> bool {
    let Some(token) = tokens.get(*at) else { return false };
    *at += 1;
    if *token == "(" {
        let met = either(tokens, at);
        let closed = tokens.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    let mut licence = (*token).to_owned();
    if tokens.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", tokens.get(*at + 1).unwrap_or(&"nothing"));
        *at += 2;
    }
    ALLOWED.contains(&licence.as_str())
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let cases = [
        ("MIT", true),
        ("MIT OR Apache-2.0", true),
        ("MIT/GPL-3.0-only", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND OpenSSL", false),
        ("MIT OR Apache-2.0 AND OpenSSL", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ("(MIT", false),
        ("MIT Apache-2.0", false),
        ("", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(allowed(expression), expected, "{expression}");
    }
}

#[test]
fn every_dependency_has_an_allowed_licence_and_comes_from_the_registry() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    // Only this platform's crates are on the disk; all others would have to be fetched.
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata gives JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(packages.len() > 50, "only {} packages: the reading is wrong", packages.len());

    let mut refused = Vec::new();
    for package in packages {
        let name =
            format!("{} {}", package["name"].as_str().unwrap_or("?"), package["version"].as_str().unwrap_or("?"));
        match package["license"].as_str() {
            Some(licence) if allowed(licence) => {}
            Some(licence) => refused.push(format!("{name}: licence `{licence}`")),
            None => refused.push(format!("{name}: states no licence")),
        }
        let own = package["source"].is_null() && package["name"] == env!("CARGO_PKG_NAME");
        if !own && !package["source"].as_str().is_some_and(|source| source.starts_with("registry+")) {
            refused.push(format!("{name}: comes from {}, not from the registry", package["source"]));
        }
    }
    assert!(refused.is_empty(), "not allowed:\n{}", refused.join("\n"));
}
