//! What the pages under `docs/` show is so: every pack on them passes `check` without a warning and its own tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, str};

/// The YAML blocks of a page that are whole files, each with its name: the first key's value.
fn files(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let whole = blocks.filter_map(|block| {
        let (key, name) = block.lines().next()?.split_once(": ")?;
        matches!(key, "pack" | "exceptions").then(|| (format!("{name}.{key}.yaml"), format!("{block}\n")))
    });
    whole.collect()
}

fn undercurrent(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn every_pack_of_the_pack_page_is_right() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/packs.md");
    let page = fs::read_to_string(page).expect("the page");
    let files = files(&page);
    assert!(files.len() >= 10, "the page shows packs: {}", files.len());
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, text) in &files {
        fs::write(folder.path().join(name), text).expect("a writable folder");
    }
    let checked = undercurrent(folder.path(), &["check", "--deny", "warnings", "."]);
    assert!(checked.status.success(), "{}", said(&checked));
    let tested = undercurrent(folder.path(), &["test", "."]);
    assert!(tested.status.success(), "{}", said(&tested));
}
