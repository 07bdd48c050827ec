//! Problems as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors read.
//!
//! Every code is a rule with its help, so that a viewer can explain what it shows. Columns count code points, and say
//! so. Files below the working directory are named by relative URIs.

use std::fmt::Write as _;
use std::path::{Component, Path};

use serde_json::{Value, json};

use super::{Checked, Region, region, severity};
use crate::problem::codes::{self, Code};
use crate::problem::{Problem, Severity, Source, harmless};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log.
pub(super) fn log(checked: &[Checked]) -> Value {
    let here = std::env::current_dir().unwrap_or_default();
    let results: Vec<Value> = checked
        .iter()
        .flat_map(|file| file.problems.iter().map(|problem| entry(&here, &file.source, problem)))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "undercurrent",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes::all().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": true }],
            "results": results,
        }],
    })
}

fn rule(code: &Code) -> Value {
    let level = match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "id": code.code,
        "shortDescription": { "text": code.title },
        "fullDescription": { "text": code.meaning },
        "help": {
            "text": format!("{}\n\nNot:\n{}\n\nBut:\n{}", code.meaning, code.bad, code.good),
            "markdown": format!(
                "{}\n\nNot:\n```yaml\n{}\n```\n\nBut:\n```yaml\n{}\n```",
                code.meaning, code.bad, code.good
            ),
        },
        "defaultConfiguration": { "level": level },
    })
}

fn entry(here: &Path, source: &Source, problem: &Problem) -> Value {
    let Region { line, column, end_line, end_column } = region(source, problem);
    let text = match &problem.help {
        Some(help) => format!("{}: {help}", problem.message),
        None => problem.message.clone(),
    };
    json!({
        "ruleId": problem.code,
        "ruleIndex": codes::all().position(|code| code.code == problem.code),
        "level": severity(problem),
        "message": { "text": harmless(&text) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(here, &source.name) },
            "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
        } }],
        "partialFingerprints": { "problem/v1": fingerprint(source, problem) },
    })
}

/// The same as long as the problem is: where it stands may move, what it is about does not.
fn fingerprint(source: &Source, problem: &Problem) -> String {
    let about = source.text.get(problem.span.clone()).unwrap_or_default();
    let hash = blake3::hash(format!("{}\n{}\n{about}", problem.code, problem.message).as_bytes());
    hash.to_hex()[..16].to_string()
}

/// A file's name as a URI: relative below `here`, with `file:` elsewhere. What the program holds has its own scheme.
fn uri(here: &Path, name: &str) -> String {
    if let Some(inside) = name.strip_prefix("shipped:") {
        return format!("shipped:{}", escaped(inside));
    }
    let path = Path::new(name);
    let path = path.strip_prefix(here).unwrap_or(path);
    let parts: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(escaped(&part.to_string_lossy())),
            Component::ParentDir => Some("..".to_string()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
        })
        .collect();
    let joined = parts.join("/");
    if path.is_absolute() { format!("file:///{joined}") } else { joined }
}

/// RFC 3986: everything but unreserved characters and `/` in percent.
fn escaped(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_uris() {
        let here = Path::new("/srv/packs");
        for (name, expected) in [
            ("a.yaml", "a.yaml"),
            ("./b/мова 1.yaml", "b/%D0%BC%D0%BE%D0%B2%D0%B0%201.yaml"),
            ("../a#b?.yaml", "../a%23b%3F.yaml"),
            ("/srv/packs/c/a.yaml", "c/a.yaml"),
            ("/other/a.yaml", "file:///other/a.yaml"),
            ("c:d.yaml", "c%3Ad.yaml"),
            ("shipped:packs/a.yaml", "shipped:packs/a.yaml"),
        ] {
            assert_eq!(uri(here, name), expected);
        }
    }
}
