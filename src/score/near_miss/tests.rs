//! The walk over a match agrees with the scorer, and says what is missing.

use jiff::Timestamp;

use super::*;
use crate::post::{Author, Kind};
use crate::problem::Source;
use crate::score::CompileError;
use crate::{pack, shipped};

fn engine(packs: &[Source]) -> Result<Engine, CompileError> {
    let (vocabulary, _) = crate::shelf::vocabulary(&[]);
    let packs = packs.iter().map(|source| pack::load(source, &[], &vocabulary).0.expect("a pack without errors"));
    Engine::new(packs.collect(), &vocabulary)
}

fn post(author: &str, title: Option<&str>, text: &str) -> Post {
    let (source, handle) = author.split_once('/').unwrap();
    let mut post = Post::new(format!("{author}/1"), source, Kind::Post, Timestamp::UNIX_EPOCH);
    post.author = Some(Author { handle: Some(handle.into()), ..Author::default() });
    post.title = title.map(str::to_string);
    post.text = text.to_string();
    post
}

fn source(indicators: &str) -> Source {
    let text = format!(
        "pack: p\nversion: 0.1.0\ntitle: t\nreferences: [https://example.org/r]\nactors:\n  rybar:\n    accounts: \
         [telegram/rybar]\n    names: [Rybar team]\n    ambiguous: {{ Rybar: {{ near: [channel], within: 3 }} }}\n\
         words:\n  channel: {{ en: [channel] }}\n  russia: {{ en: [russia*] }}\n  iraq: {{ en: [iraq*] }}\n  \
         friend: {{ en: [friend*] }}\nindicators:\n{indicators}"
    );
    Source { name: "p.yaml".into(), text }
}

/// One indicator, one post: what its line says, and whether it was near.
fn check(matches: &str, post: &Post, near: bool, expected: &str) {
    let source = source(&format!("  - {{ id: i, title: t, points: 10, match: {{ {matches} }} }}\n"));
    let engine = engine(&[source]).unwrap();
    let (_, gaps) = engine.gaps(post);
    let miss = gaps[0].misses.first().expect("it does not hit");
    let parts = miss.part.parts.iter().map(|part| format!(" [{} {}]", part.held, part.says()));
    let said = miss.part.says() + &parts.collect::<String>();
    assert_eq!((said.as_str(), miss.is_near()), (expected, near), "{matches} on {}", post.text);
}

#[test]
fn a_miss_says_what_is_missing() {
    let near = "near: { words: [russia, friend], within: 3 }";
    let web = |text| post("web/a", None, text);
    check(
        near,
        &web("Russia is a good old friend"),
        true,
        "from `russia` “Russia” to `friend` “friend” it is 6 words, the limit is 3",
    );
    check(
        near,
        &web("Russia, Russia, and a friend"),
        true,
        "from `russia` “Russia” to `friend` “friend” it is 4 words, the limit is 3",
    );
    check(near, &web("A friend of nobody"), true, "`friend` “friend” is there, `russia` is missing");
    check(near, &web("Nobody"), false, "nothing of `russia` or `friend` is there");
    check(
        near,
        &post("web/a", Some("Russia"), "A friend"),
        true,
        "`russia` “Russia” is there, `friend` “friend” only in the text",
    );
    let three = "near: { words: [russia, iraq, friend], within: 4 }";
    check(
        three,
        &web("Iraq and Russia. Nobody else came to the place. Iraq slept."),
        true,
        "`iraq` “Iraq” and `russia` “Russia” are there, `friend` is missing",
    );
    check("words: [russia]", &web("Nobody"), false, "`russia` is missing");
    check(
        "words: [rybar]",
        &web("Rybar is a name that many a channel has"),
        true,
        "`rybar` is missing; “Rybar” counts as `rybar` only within 3 words of `channel`, and the nearest, `channel` \
         “channel”, makes it 8",
    );
    check(
        "words: [rybar]",
        &web("Rybar plays"),
        true,
        "`rybar` is missing; “Rybar” counts as `rybar` only within 3 words of `channel`, which is absent",
    );
    check("regex: 'a+b'", &web("Nobody"), false, "nothing matches `a+b`");
    check("author: [rybar]", &web("Nobody"), false, "the author is no account of `rybar`: “web/a”");
    check(
        "all: [{ words: [friend] }, { not: { words: [iraq] } }]",
        &web("A friend in Iraq"),
        true,
        "all of these: [true `friend`: “friend”] [false without `iraq`, but it is there: “Iraq”]",
    );
    check(
        "all: [{ words: [russia] }, { not: { words: [iraq] } }]",
        &web("Nobody"),
        false,
        "all of these: [false `russia` is missing] [true without `iraq`]",
    );
    check(
        "at_least: { n: 2, of: [{ words: [friend] }, { words: [iraq] }, { author: [rybar] }] }",
        &web("A friend"),
        true,
        "2 of these, 1 there: [true `friend`: “friend”] [false `iraq` is missing] [false the author is no account of \
         `rybar`: “web/a”]",
    );
    check(
        "all: [{ words: [friend] }, { language: { found: [ru] } }]",
        &web("A friend in need is a friend indeed"),
        true,
        "all of these: [true `friend`: “friend”] [false the language is not found to be `ru`: none is \
         declared, found en]",
    );
}

/// Nine indicators that look for Russia beside one of three other lists.
fn nine() -> Engine {
    let indicators = (0..9).map(|at| {
        let other = ["channel", "friend", "iraq"][at % 3];
        format!("  - {{ id: i{at}, title: t, points: {at}, match: {{ near: {{ words: [russia, {other}], within: 5 }} }} }}\n")
    });
    engine(&[source(&indicators.collect::<String>())]).unwrap()
}

#[test]
fn a_list_that_every_indicator_uses_brings_none_nearer() {
    let engine = nine();
    let near =
        |text: &str| engine.gaps(&post("web/a", None, text)).1[0].misses.iter().filter(|miss| miss.is_near()).count();
    assert_eq!(near("Russia"), 0);
    assert_eq!(near("A friend"), 3);
}

#[test]
fn only_the_nearest_are_kept() {
    let engine = nine();
    let (_, all) = engine.gaps(&post("web/a", None, "A friend in Iraq"));
    let of = |gaps: &[Gaps<'_>]| gaps[0].misses.iter().map(|miss| miss.indicator).collect::<Vec<_>>();
    // Of equally near ones those with more points come first.
    assert_eq!(of(&all)[..6], [8, 7, 5, 4, 2, 1]);
    for most in 0..8 {
        let mut kept = all.clone();
        let more = nearest(&mut kept, most);
        assert_eq!((of(&kept), more), (of(&all)[..most.min(6)].to_vec(), 6 - most.min(6)), "{most}");
    }
}

/// What holds of every text: the walk finds an indicator exactly where the scorer does.
fn agrees(engine: &Engine, post: &Post) {
    let mut scratch = Scratch::default();
    let verdict = engine.score(post, &mut scratch);
    let shared = Shared::default();
    for (at, pack) in engine.packs.iter().enumerate() {
        let view = View::new(engine, pack, &shared, post, &scratch, verdict.language);
        let looking = Looking { view: &view, unguarded: &[], weights: Weights::new(&pack.pack.file) };
        for (indicator, (written, tree)) in pack.pack.file.indicators.iter().zip(&pack.trees).enumerate() {
            let part = looking.part(&written.matches, tree);
            let hit =
                verdict.packs.iter().any(|one| one.pack == at && one.hits.iter().any(|hit| hit.indicator == indicator));
            assert_eq!(part.held, hit, "{} on {:?} {}", written.id.value, post.title, post.text);
            assert_eq!(part.held, tree.find(&view).is_some());
            assert!((0.0..=1.0).contains(&part.closeness) && part.held == (part.closeness >= 1.0), "{part:?}");
        }
    }
}

#[test]
fn the_walk_agrees_with_the_scorer() {
    let text = include_str!("../../../tests/golden/near.yaml").to_string();
    let everything = Source { name: "near.yaml".into(), text };
    let engine = engine(&[shipped::packs(), vec![everything]].concat()).unwrap();
    let mut posts = 0;
    for pack in &engine.packs {
        for one in pack.pack.file.tests.iter().flat_map(|test| &test.posts) {
            let author = one.author.as_ref().map_or("web/a", |author| author.value.as_str());
            let mut post = post(author, one.title.as_deref(), &one.text);
            post.links = one.links.clone();
            post.forwarded_from = one.forwarded_from.clone();
            agrees(&engine, &post);
            posts += 1;
        }
    }
    assert!(posts > 50, "{posts}");
    // Every sentence of the stream beside every other one: parts that are far apart, and parts of several.
    let texts: Vec<&str> = shipped::DEMO.iter().flat_map(|(_, lines)| lines.lines()).collect();
    for pair in texts.windows(2) {
        agrees(&engine, &post("telegram/rybar", Some(pair[0]), pair[1]));
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_a_long_one() {
    let engine = engine(&shipped::packs()).unwrap();
    let text = "Rybar Russia Iraq partner invites investors said. ".repeat(3_000);
    let (_, mut gaps) = engine.gaps(&post("web/a", None, &text));
    nearest(&mut gaps, 5);
    let mut evidence = 0;
    gaps.iter().flat_map(|gaps| &gaps.misses).for_each(|miss| miss.part.each_evidence(&mut |_| evidence += 1));
    assert!(evidence < 200, "{evidence}");
}
