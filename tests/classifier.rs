//! The classifier that ships is what `undercurrent train` makes of the texts in `pipelines/training`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pipelines(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines").join(path)
}

fn train(files: &[PathBuf], more: &[&str]) -> (String, String, Option<i32>) {
    let done = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
        .arg("train")
        .args(files)
        .args(more)
        .output()
        .expect("the built program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(done.stdout), text(done.stderr), done.status.code())
}

#[test]
fn what_ships_is_what_the_texts_teach() {
    let mut files: Vec<PathBuf> = fs::read_dir(pipelines("training"))
        .expect("the training texts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "ndjson"))
        .collect();
    files.sort();
    let shipped = fs::read_to_string(pipelines("classifiers/influence.yaml")).expect("the classifier");
    let title = shipped.lines().find_map(|line| line.strip_prefix("title: ")).expect("its title").trim_matches('"');
    let (learnt, told, code) = train(&files, &["--name", "influence", "--title", title]);
    assert_eq!(code, Some(0), "{told}");
    let differs = learnt.lines().zip(shipped.lines()).find(|(one, other)| one != other);
    assert_eq!(differs, None, "learn it anew: pipelines/training/README.md says how");
    assert_eq!(learnt.lines().count(), shipped.lines().count());
    // By fifths that it has not seen. A floor, not a target: docs/classifiers.md has the figure.
    let by_fives = told.lines().find_map(|line| line.strip_prefix("macro F1 by fives: ")).expect("its figure");
    assert!(by_fives.parse::<f64>().expect("a number") > 0.8, "{told}");
}

#[test]
fn what_cannot_be_learnt_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("few.ndjson");
    let check = |text: &str, expected: &str, exit: i32| {
        fs::write(&file, text).expect("a writable folder");
        let (learnt, told, code) = train(std::slice::from_ref(&file), &["--name", "few"]);
        assert!(told.contains(expected), "{told}");
        assert_eq!((code, learnt.is_empty()), (Some(exit), exit == 2), "{told}");
    };
    check("", "it takes texts of two classes to learn what tells them apart; there is none", 2);
    check(r#"{"label":"a","text":"One text."}"#, "there is only `a`", 2);
    let two = "{\"label\":\"a\",\"text\":\"One text.\"}\n{\"label\":\"b\",\"text\":\"Another text.\"}\n";
    check(&two.repeat(5), "learnt from 10 texts, 0 could not be read", 0);
    check(&format!("{}{}", two.repeat(5), "{\"text\":\"No label.\"}\n"), "line 11: it has no `label`", 1);
    let (_, told, code) = train(std::slice::from_ref(&file), &["--name", "No Name"]);
    assert!(told.contains("`No Name` is no name"), "{told}");
    assert_eq!(code, Some(2));
    let (_, told, code) = train(&[folder.path().join("gone.ndjson")], &["--name", "few"]);
    assert!(told.contains("cannot read"), "{told}");
    assert_eq!(code, Some(2));
}
