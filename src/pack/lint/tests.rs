//! What the golden cases do not show: lists of any size in bounded time, and the borders of a rule.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::pack::{self, Vocabulary};
use crate::problem::{Problem, Source};

fn review(text: &str) -> Vec<Problem> {
    pack::review(&Source { name: "p.yaml".into(), text: text.into() }, &Vocabulary::default()).1
}

/// What a list of phrases is told, as `CODE phrase`.
#[track_caller]
fn check(lists: &str, expected: &[&str]) {
    let text = format!(
        "pack: p\nversion: 1.0.0\ntitle: T\nreferences: [https://example.org]\nwords: {{ a: {lists}, b: {{ en: [ruritania] }} }}\n\
         indicators: [{{ id: i, title: I, points: 5, match: {{ near: {{ words: [a, b], within: 9 }} }} }}]\n"
    );
    let told: Vec<String> =
        review(&text).iter().map(|problem| format!("{} {}", problem.code, &text[problem.span.clone()])).collect();
    assert_eq!(told, expected, "{lists}");
}

#[test]
fn a_phrase_swallows_what_it_is_found_beside() {
    check("{ ru: [росси*, россия] }", &["UC086 россия"]);
    check("{ ru: [россия, росси*] }", &["UC086 россия"]);
    check("{ ru: [россия, росси] }", &[]);
    check("{ en: [old friend*, age old friendship, friend old] }", &["UC086 age old friendship"]);
    check("{ en: [come and, and see, come see] }", &[]);
    check("{ en: [a* b, aa* b, aa c] }", &["UC020 a* b"]);
    check("{ ru: [партнер*], uk: [партнер*] }", &[]);
    check("{ ru: [партнер*], uk: [партнери] }", &[]);
    check("{ ar: [عراق*, والعراقيين, للعراق, سعراق] }", &["UC086 والعراقيين", "UC086 للعراق", "UC086 سعراق"]);
    check("{ ar: [من, ومن] }", &[]);
    check("{ ru: [партнёр~, партнера, партнерский] }", &["UC086 партнера"]);
    check("{ ru: [партн*, партнёр~], uk: [партнер~] }", &["UC086 партнёр~"]);
    check("{ ru: [партнёр~, партнер~], en: [country~, countries, count] }", &["UC085 партнер~", "UC086 countries"]);
    check("{ en: &x [come, go], ru: *x }", &[]);
    check("{ en: [Come, come, COME] }", &["UC085 come", "UC085 COME"]);
}

#[test]
fn ten_thousand_phrases_are_checked_in_bounded_time() {
    let shapes: [fn(usize) -> String; 4] = [
        |i| format!("word{i} and{i}"),
        |i| format!("the same word{i}"),
        |i| format!("common{} tail*", "x".repeat(i % 50)),
        |i| format!("{}{i}", "ab".repeat(40)),
    ];
    for shape in shapes {
        let mut text = String::from(
            "pack: p\nversion: 1.0.0\ntitle: T\nreferences: [https://example.org]\nwords:\n  a:\n    en:\n",
        );
        for i in 0..10_000 {
            let _ = writeln!(text, "      - {}", shape(i));
        }
        text += "indicators: [{ id: i, title: I, points: 5, match: { words: [a] } }]\n";
        let began = Instant::now();
        let problems = review(&text);
        // In a release build it is a tenth of a second; this is for a busy machine and a debug build.
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        assert!(problems.iter().all(|problem| problem.code.starts_with("UC08")), "{:?}", problems.first());
    }
}
