//! A pack that was damaged in any way is read to its end: no panic, no endless loop, and what is told points into it.

use std::io::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use undercurrent::pack::{self, Vocabulary};
use undercurrent::problem::{Problem, Source, any_error, is_hostile, render};
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

fn vocabulary() -> Vocabulary {
    packs::vocabulary(&[]).expect("what ships loads")
}

#[test]
fn a_damaged_pack_is_read_to_its_end() {
    let (vocabulary, whole) = (vocabulary(), shipped::packs().remove(0).text);
    let cases = prop::collection::vec(damage(), 1..5);
    let mut runner = prop::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        max_shrink_iters: 50,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let read = |source: &Source| {
        let (pack, problems) = pack::load(source, &[], &vocabulary);
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

/// Marsaglia's xorshift: the same packs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// Pieces that mean something in a pack, or break one.
const PIECES: [&str; 40] = [
    "*",
    "&a ",
    "*a",
    "<<: *a\n",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    ", ",
    "#",
    "\n",
    "\n  ",
    "\"",
    "'",
    "|\n",
    "? ",
    "!!str ",
    "words: ",
    "near: ",
    "within: ",
    "regex: ",
    "not: ",
    "any: ",
    "all: ",
    "at_least: { n: 1, of: ",
    "match: ",
    "points: ",
    "9999999999999999999999",
    "-1",
    ".nan",
    "1e999",
    "росси*",
    "والعراق",
    "\u{202e}",
    "\u{200d}",
    "🙂",
    "\u{0}",
    "(?i)[а-я]{9}",
];

/// One to three cheap damages. Places are chosen by characters' boundaries.
fn damaged(seed: &str, other: &str, random: &mut Random) -> String {
    let mut text = seed.to_string();
    for _ in 0..=random.below(3) {
        let at = text.floor_char_boundary(random.below(text.len() + 1));
        let end = text.ceil_char_boundary((at + random.below(24)).min(text.len()));
        match random.below(6) {
            0 => drop(text.drain(at..end)),
            1 => text.insert_str(at, PIECES[random.below(PIECES.len())]),
            2 => text.replace_range(at..end, PIECES[random.below(PIECES.len())]),
            3 => {
                let from = other.floor_char_boundary(random.below(other.len() + 1));
                let to = other.ceil_char_boundary((from + random.below(120)).min(other.len()));
                text.insert_str(at, &other[from..to]);
            }
            4 => {
                let piece = text[at..end].to_string();
                text.insert_str(at, &piece);
            }
            _ => text.truncate(end),
        }
    }
    text
}

/// Reads, checks and lints; what is told must point into the file and be no more than a person could be shown.
fn review(source: &Source, vocabulary: &Vocabulary) -> Vec<Problem> {
    let (file, mut problems) = pack::review(source, vocabulary);
    problems.extend(pack::lint::hidden(source));
    if file.is_some() {
        assert!(pack::lock::meaning(&source.text).is_some(), "a pack has a meaning");
    }
    assert!(file.is_some() || !problems.is_empty(), "refused without a word: {:?}", source.text);
    assert!(problems.len() <= 20_000, "{} problems", problems.len());
    for problem in &problems {
        let span = &problem.span;
        assert!(span.start <= span.end && span.end <= source.text.len(), "{problem:?} in {:?}", source.text);
    }
    problems
}

#[test]
fn two_hundred_thousand_small_packs_are_reviewed() {
    const PACKS: usize = 200_000;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let files = std::fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    let seeds: Vec<String> = files.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let seeds: Vec<&str> = seeds.iter().map(String::as_str).filter(|text| text.len() < 1500).collect();
    assert!(seeds.len() > 80, "{} seeds", seeds.len());
    let began = Instant::now();
    let (seeds, vocabulary) = (&seeds, &vocabulary());
    let run = move |lane: usize, lanes: usize| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::try_from(lane + 1).unwrap_or(1));
        let (mut sound, mut slowest) = (0, Duration::ZERO);
        for round in 0..PACKS / lanes {
            let (seed, other) = (seeds[random.below(seeds.len())], seeds[random.below(seeds.len())]);
            let source = Source { name: "damaged.yaml".into(), text: damaged(seed, other, &mut random) };
            let single = Instant::now();
            let problems = review(&source, vocabulary);
            slowest = slowest.max(single.elapsed());
            sound += usize::from(!any_error(&problems));
            if let Some(problem) = problems.first().filter(|_| round % 64 == 0) {
                assert!(!render(&source, problem, false).contains(is_hostile), "{:?}", source.text);
            }
        }
        (sound, slowest)
    };
    let results = std::thread::scope(|scope| {
        let lanes: Vec<_> = [0, 1].map(|lane| scope.spawn(move || run(lane, 2))).into_iter().collect();
        lanes.into_iter().map(|lane| lane.join().expect("no panic")).collect::<Vec<_>>()
    });
    let sound: usize = results.iter().map(|(sound, _)| sound).sum();
    let slowest = results.iter().map(|(_, slowest)| *slowest).max().unwrap_or_default();
    let _ = writeln!(
        std::io::stderr(),
        "{PACKS} packs in {:.1?}, {sound} of them without an error, the slowest in {slowest:?}",
        began.elapsed()
    );
    assert!(sound > 1000, "some survive, so that all checks are reached: {sound}");
    assert!(slowest < LONGEST, "{slowest:?}");
}

#[test]
fn packs_that_are_made_to_cost_end_in_time() {
    let head = "pack: p\nversion: 1.0.0\ntitle: T\nreferences: [https://example.org]\n";
    let many = |number: usize, line: &dyn Fn(usize) -> String| (0..number).map(line).collect::<String>();
    let bomb = many(60, &|i| match i {
        0 => "  l0: { en: &l0 [a, b] }\n".to_string(),
        _ => format!("  l{i}: {{ en: &l{i} [*l{0}, *l{0}] }}\n", i - 1),
    });
    let matches = many(40, &|i| match i {
        0 => "  - { id: i0, title: I, points: 1, match: &m0 { words: [w] } }\n".to_string(),
        _ => format!("  - {{ id: i{i}, title: I, points: 1, match: &m{i} {{ any: [*m{0}, *m{0}] }} }}\n", i - 1),
    });
    let long = "я".repeat(200_000);
    let cases = [
        ("an alias bomb of lists", format!("{head}words:\n{bomb}")),
        ("an alias bomb of matches", format!("{head}words: {{ w: {{ en: [x] }} }}\nindicators:\n{matches}")),
        ("a bomb that is ignored", format!("{head}signals:\n{bomb}")),
        ("deep lists", format!("{head}words: {}", "[".repeat(100_000))),
        ("deep blocks", format!("{head}words:\n{}", many(3000, &|i| format!("{}a:\n", " ".repeat(i + 1))))),
        (
            "giant numbers",
            format!(
                "{head}indicators: [{{ id: a, title: A, points: {0}, match: {{ near: {{ words: [], within: {0} }} }} }}]\n",
                "9".repeat(50_000)
            ),
        ),
        (
            "long names",
            format!(
                "{head}words: {{ {long}: {{ {long}: [{long}] }} }}\nindicators: [{{ id: {long}, title: A, points: 5, disarm: [{long}], match: {{ words: [{long}] }} }}]\n"
            ),
        ),
        (
            "one word again and again",
            format!("{head}words:\n  w:\n    en:\n{}", many(50_000, &|i| format!("      - the the the {i}\n"))),
        ),
        (
            "long open words",
            format!("{head}words:\n  w:\n    en:\n{}", many(300, &|i| format!("      - {}{i}*\n", "ab".repeat(1000)))),
        ),
        (
            "names of nothing",
            format!(
                "{head}indicators:\n{}",
                many(3000, &|i| format!("  - {{ id: a{i}, title: A, points: 1, match: {{ words: [b{i}] }} }}\n"))
            ),
        ),
        ("controls", format!("{head}# {}\n", "\u{202e}a".repeat(100_000))),
        (
            "expressions",
            format!(
                "{head}indicators:\n{}",
                many(50, &|i| format!(
                    "  - {{ id: a{i}, title: A, points: 1, match: {{ regex: \"((a{{1,100}}){{1,100}}|[^b]*){{1,100}}\" }} }}\n"
                ))
            ),
        ),
        (
            "alerts",
            format!(
                "{head}alerts:\n{}",
                many(3000, &|i| format!("  - {{ id: a{i}, level: low, at: {}, needs: [x] }}\n", i % 100))
            ),
        ),
    ];
    for (name, text) in cases {
        let began = Instant::now();
        let problems = review(&Source { name: "hostile.yaml".into(), text }, &vocabulary());
        let _ = writeln!(std::io::stderr(), "{name}: {} problems in {:.1?}", problems.len(), began.elapsed());
        assert!(began.elapsed() < LONGEST, "{name}: {:?}", began.elapsed());
    }
}
