//! A pack that was damaged in any way is read to its end: no panic, no endless loop, and what is told points into it.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use undercurrent::pack::{self, language::Language};
use undercurrent::problem::{Problem, Source, is_hostile, render};
use undercurrent::{cli::packs, config, shipped};

/// An undamaged pack is read in some 20 ms. One reading for each of 100 problems is what the worst may cost, on a
/// machine that does other things too.
const LONGEST: Duration = Duration::from_secs(20);

/// One damage: where (in 1/65536 of the text), and what.
#[derive(Debug, Clone)]
enum Damage {
    Flip(u16, u8),
    Delete(u16, u16),
    Truncate(u16),
    Swap(u16, u16),
    Double(u16, u16),
    Insert(u16, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let tokens = [
        "\t",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "*a ",
        "&a ",
        "!!int ",
        "|\n",
        "---\n",
        "...\n",
        "? ",
        "#",
        "\"",
        "'",
        "\u{202e}",
        "\u{0}",
        "%YAML 9\n",
        "<<: ",
        "nan",
        "-1",
        "${X}",
        "\r",
        "росси*",
        "عراق",
    ];
    prop_oneof![
        (any::<u16>(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (any::<u16>(), 0..2000_u16).prop_map(|(at, length)| Damage::Delete(at, length)),
        any::<u16>().prop_map(Damage::Truncate),
        (any::<u16>(), any::<u16>()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (any::<u16>(), any::<u16>()).prop_map(|(from, to)| Damage::Double(from, to)),
        (any::<u16>(), prop::sample::select(tokens.to_vec())).prop_map(|(at, token)| Damage::Insert(at, token)),
    ]
}

fn place(at: u16, length: usize) -> usize {
    usize::from(at) * length / 65_536
}

fn apply(text: &str, damage: &Damage) -> String {
    let mut bytes = text.as_bytes().to_vec();
    match damage {
        Damage::Flip(at, bits) => {
            let at = place(*at, bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bits;
            }
        }
        Damage::Delete(at, length) => {
            let at = place(*at, bytes.len());
            bytes.drain(at..(at + usize::from(*length)).min(bytes.len()));
        }
        Damage::Truncate(at) => bytes.truncate(place(*at, bytes.len())),
        Damage::Insert(at, token) => {
            let at = place(*at, bytes.len());
            bytes.splice(at..at, token.bytes());
        }
        Damage::Swap(one, other) => {
            let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
            if !lines.is_empty() {
                let (one, other) = (place(*one, lines.len()), place(*other, lines.len()));
                lines.swap(one, other);
            }
            bytes = lines.concat().into_bytes();
        }
        Damage::Double(from, to) => {
            let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
            if !lines.is_empty() {
                let (from, to) = (place(*from, lines.len()), place(*to, lines.len()));
                lines.insert(to, lines[from]);
            }
            bytes = lines.concat().into_bytes();
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the damaged text; what is told must be drawable, harmless and inside the file.
fn check(whole: &str, damages: &[Damage], read: impl Fn(&Source) -> (bool, Vec<Problem>)) {
    let text = damages.iter().fold(whole.to_string(), |text, damage| apply(&text, damage));
    let source = Source { name: "damaged.yaml".into(), text };
    let began = Instant::now();
    let (usable, problems) = read(&source);
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
    assert!(usable || !problems.is_empty(), "refused without a word");
    assert!(problems.len() <= 10_000);
    for problem in problems.iter().take(3) {
        assert!(problem.span.start <= problem.span.end && problem.span.end <= source.text.len(), "{problem:?}");
        let drawn = render(&source, problem, false);
        assert!(!drawn.contains(is_hostile), "{drawn:?}");
    }
}

fn languages() -> Vec<Language> {
    packs::languages(&[]).expect("the shipped languages load")
}

#[test]
fn a_damaged_pack_is_read_to_its_end() {
    let (languages, whole) = (languages(), shipped::packs().remove(0).text);
    let cases = prop::collection::vec(damage(), 1..5);
    let mut runner = prop::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        max_shrink_iters: 50,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let read = |source: &Source| {
        let (pack, problems) = pack::load(source, &[], &languages);
        (pack.is_some(), problems)
    };
    runner
        .run(&cases, |damages| {
            check(&whole, &damages, read);
            Ok(())
        })
        .unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn a_damaged_pipeline_is_read_to_its_end() {
    let whole = include_str!("../pipelines/ru-iraq.yaml");
    let cases = prop::collection::vec(damage(), 1..5);
    let mut runner = prop::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let nothing = |_: &str| None;
    let no_file = |_: &str| Err("no such file".to_string());
    let read = |source: &Source| {
        let (config, problems) = config::load(source, &config::Lookup { env: &nothing, file: &no_file });
        (config.is_some(), problems)
    };
    runner
        .run(&cases, |damages| {
            check(whole, &damages, read);
            Ok(())
        })
        .unwrap_or_else(|fault| panic!("{fault}"));
}
