//! What a person reads whose file is wrong: every file below `tests/problems/` beside what `check` says about it.
//!
//! A case is a file: `NAME.yaml`, and what is to be said in `NAME.out`. `UPDATE_GOLDEN=1 cargo test --test problems`
//! writes what is said today; read it before it is committed. The names begin with the code that a case is about.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What `check` says about a file, and how it ends.
fn said(file: &Path) -> String {
    let checked = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .arg("check")
        .arg(file.file_name().expect("a file"))
        .current_dir(file.parent().expect("in a folder"))
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    assert!(checked.stdout.is_empty(), "problems are no results: {}", file.display());
    let said = String::from_utf8(checked.stderr).expect("UTF-8");
    format!("{said}exit {}\n", checked.status.code().expect("it ends by itself"))
}

/// The difference between what is said and what was agreed.
fn check(file: &Path) -> Result<(), String> {
    let (said, golden) = (said(file), file.with_extension("out"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &said).expect("a writable folder");
        return Ok(());
    }
    let agreed = fs::read_to_string(&golden).unwrap_or_default();
    if said == agreed { Ok(()) } else { Err(format!("── {}\nagreed:\n{agreed}\nsaid:\n{said}", file.display())) }
}

#[test]
fn every_problem_is_told_as_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    assert!(files.len() >= 30, "the cases are there");
    let broken: Vec<String> = files.iter().filter_map(|file| check(file).err()).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    if env::var_os("UPDATE_GOLDEN").is_some() {
        return; // the other test is writing what this one reads
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = regex::Regex::new(r"UC0\d\d").expect("a valid pattern");
    let mut told = String::new();
    for entry in fs::read_dir(root.join("tests/problems")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "out") {
            told += &fs::read_to_string(path).expect("a readable file");
        }
    }
    for file in ["src/yaml/de.rs", "src/yaml/tree.rs", "src/pack/check.rs", "src/config/check.rs", "src/cli/check.rs"] {
        let source = fs::read_to_string(root.join(file)).expect("a readable file");
        for found in code.find_iter(&source) {
            // Ranges in documentation stand for codes that are there by themselves.
            assert!(told.contains(&format!("[{}]", found.as_str())), "{} of {file} has no case", found.as_str());
        }
    }
}
