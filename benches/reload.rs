//! What a reload costs: a pack of 10,000 phrases from its text to an engine, and from a changed file to the swap.
//!
//! `cargo bench --bench reload`. The phrases are of two or three invented words in Latin and Cyrillic letters, a third of
//! them with any ending, in 100 lists of 100 indicators. The watch adds up to `every` and the time to settle.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, mpsc};

use divan::Bencher;
use undercurrent::metrics::Metrics;
use undercurrent::problem::Source;
use undercurrent::reload::{InForce, Look, Outcome, Reloader, Watched};
use undercurrent::shelf;

fn main() {
    divan::main();
}

const LISTS: usize = 100;
const PHRASES: usize = 100;
const LATIN: [&str; 16] =
    ["ba", "ko", "ri", "te", "mu", "sal", "ver", "no", "pik", "da", "lor", "en", "fu", "gra", "hi", "wes"];
const CYRILLIC: [&str; 16] =
    ["ба", "ко", "ри", "те", "му", "сал", "вер", "но", "пик", "да", "лор", "ен", "фу", "гра", "хи", "щес"];

fn word(of: &[&str; 16], number: usize) -> String {
    [number % 16, number / 16 % 16, number / 256 % 16, number / 4096 % 16].map(|at| of[at]).concat()
}

fn phrase(of: &[&str; 16], number: usize) -> String {
    let mut phrase = format!("{} {}", word(of, number), word(of, number * 7 + 3));
    if number.is_multiple_of(2) {
        phrase.extend([" ", &word(of, number * 13 + 5)]);
    }
    if number.is_multiple_of(3) {
        phrase.push('*');
    }
    phrase
}

fn pack(version: usize) -> String {
    let mut text =
        format!("pack: large\nversion: 1.0.{version}\ntitle: Large\nreferences: [https://example.org/]\nwords:\n");
    for list in 0..LISTS {
        let (language, letters) = if list % 2 == 0 { ("en", &LATIN) } else { ("ru", &CYRILLIC) };
        let _ = writeln!(text, "  list-{list}:\n    {language}:");
        for at in 0..PHRASES {
            let _ = writeln!(text, "      - {}", phrase(letters, list * PHRASES + at));
        }
    }
    text.push_str("indicators:\n");
    for list in 0..LISTS {
        let _ =
            writeln!(text, "  - {{ id: i-{list}, title: One of many, points: 20, match: {{ words: [list-{list}] }} }}");
    }
    text.push_str("alerts:\n  - { id: review, level: low, at: 20, once_per: { author: 1h } }\n");
    let said = phrase(&LATIN, 1);
    let _ = writeln!(
        text,
        "tests:\n  - name: one\n    posts: [{{ text: 'Once more: {said}.' }}]\n    expect: {{ hits: [i-0], score: 20 }}"
    );
    text
}

fn sources() -> Vec<Source> {
    vec![Source { name: "large.yaml".into(), text: pack(0) }]
}

#[divan::bench(sample_count = 20)]
fn read_and_check(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| shelf::open(&sources).expect("a good pack").packs.len());
}

#[divan::bench(sample_count = 20)]
fn read_check_test_and_compile(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| shelf::open(&sources).and_then(shelf::Shelf::tested).expect("a good pack"));
}

/// What every look of the watch costs while nothing changes.
#[divan::bench]
fn look(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 0);
    let paths = [folder.path().to_path_buf()];
    bencher.bench_local(|| Look::at(&paths).stamp);
}

/// The file is renamed over the one before and a reload asked for, as `POST /-/reload` does.
#[divan::bench(sample_count = 20)]
fn from_the_changed_file_to_the_swap(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), 0);
    let paths = vec![folder.path().to_path_buf()];
    let look = Look::at(&paths);
    let engine = shelf::open(look.sources.as_ref().expect("readable")).and_then(shelf::Shelf::engine);
    let in_force = Arc::new(InForce::new(Arc::new(engine.expect("an engine")), jiff::Timestamp::now()));
    let watched = Watched { paths, seen: look.stamp, every: None };
    let reloader = Reloader::start(watched, in_force, Arc::new(Metrics::new())).expect("a thread");
    let mut version = 0;
    bencher.bench_local(|| {
        version += 1;
        write(folder.path(), version);
        let (tell, told) = mpsc::channel();
        reloader.ask(move |attempt| tell.send(attempt.clone()).expect("somebody waits"));
        let attempt = told.recv().expect("an answer");
        assert_eq!(attempt.outcome, Outcome::Swapped, "{}", attempt.show());
    });
}

fn write(folder: &Path, version: usize) {
    std::fs::write(folder.join("new"), pack(version)).expect("written");
    std::fs::rename(folder.join("new"), folder.join("large.yaml")).expect("moved");
}
