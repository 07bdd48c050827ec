//! What the size of packs costs a post (at a reload: `benches/reload.rs`).
//!
//! `cargo bench --bench packs`. Posts are ordinary ones in four languages that hit nothing, so what is measured is
//! looking. Phrases are a third invented words made of the posts' own syllables, a third open stems of such words, and a
//! third pairs of a word that stands in the posts with one that does not: their anchors do occur, and are refused.

use std::fmt::Write;

use divan::Bencher;
use divan::counter::ItemsCount;
use undercurrent::pack::{self, Pack, Vocabulary};
use undercurrent::post::{Kind, Post};
use undercurrent::problem::Source;
use undercurrent::score::{Engine, Scratch};

fn main() {
    divan::main();
}

const POSTS: [(&str, &str); 4] = [
    (
        "en",
        "The harbour authority published its yearly figures on Friday: fewer containers, more passengers, and a loss for the third year in a row. The board wants to sell two of the old warehouses near the station; neighbours would rather see a market hall. A decision is due before the summer break, when the lease of the last tenant ends.",
    ),
    (
        "ru",
        "Управление порта в пятницу опубликовало годовой отчёт: меньше контейнеров, больше пассажиров и убыток третий год подряд. Правление хочет продать два старых склада у вокзала, а соседи предпочли бы крытый рынок. Решение обещают принять до летних каникул, когда кончится аренда последнего жильца.",
    ),
    (
        "uk",
        "Управління порту в п'ятницю оприлюднило річний звіт: менше контейнерів, більше пасажирів і збиток третій рік поспіль. Правління хоче продати два старі склади біля вокзалу, а сусіди воліли б критий ринок. Рішення обіцяють ухвалити до літніх канікул, коли закінчиться оренда останнього мешканця.",
    ),
    (
        "ar",
        "نشرت إدارة الميناء يوم الجمعة أرقامها السنوية: حاويات أقل وركاب أكثر وخسارة للعام الثالث على التوالي. ويريد المجلس بيع مستودعين قديمين قرب المحطة، أما الجيران فيفضلون سوقا مسقوفة. وينتظر القرار قبل عطلة الصيف حين ينتهي عقد آخر المستأجرين.",
    ),
];

/// Numbers that look like chance and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most
    }
}

/// An invented word of three syllables of the text.
fn invented(words: &[&str], chance: &mut Chance) -> String {
    let mut word = String::new();
    for _ in 0..3 {
        let from: Vec<char> =
            words[chance.below(words.len())].chars().filter(|letter| letter.is_alphabetic()).collect();
        let start = chance.below(from.len());
        word.extend(from.iter().skip(start).take(2));
    }
    word
}

fn phrases(number: usize) -> Vec<(&'static str, String)> {
    let mut chance = Chance(7);
    let phrase = |at: usize| {
        let (language, text) = POSTS[at % POSTS.len()];
        let words: Vec<&str> = text.split_whitespace().filter(|word| word.chars().count() > 3).collect();
        let word = invented(&words, &mut chance);
        let real = words[chance.below(words.len())].trim_matches(|letter: char| !letter.is_alphabetic());
        let phrase = match at / POSTS.len() % 3 {
            0 => word,
            1 => format!("{word}*"),
            _ => format!("{real} {word}"),
        };
        (language, phrase)
    };
    (0..number).map(phrase).collect()
}

/// A pack of so many phrases in so many lists, each with an indicator.
fn pack_text(phrases_in_all: usize, indicators: usize) -> String {
    let mut text = String::from("pack: bench\nversion: 0.1.0\ntitle: Bench\nreferences: [none]\nwords:\n");
    let phrases = phrases(phrases_in_all);
    for (at, list) in phrases.chunks(phrases_in_all.div_ceil(indicators)).enumerate() {
        let _ = writeln!(text, "  list-{at}:");
        for language in ["en", "ru", "uk", "ar"] {
            let own: Vec<String> =
                list.iter().filter(|(of, _)| *of == language).map(|(_, phrase)| format!("\"{phrase}\"")).collect();
            let _ = writeln!(text, "    {language}: [{}]", own.join(", "));
        }
    }
    let _ = writeln!(text, "indicators:");
    for at in 0..phrases.chunks(phrases_in_all.div_ceil(indicators)).len() {
        let _ = writeln!(text, "  - {{ id: i-{at}, title: One, points: 5, match: {{ words: [list-{at}] }} }}");
    }
    text
}

fn load(text: &str) -> Pack {
    let source = Source { name: "bench.yaml".into(), text: text.into() };
    let (pack, problems) = pack::load(&source, &[], &Vocabulary::default());
    pack.unwrap_or_else(|| panic!("{problems:?}"))
}

fn score(bencher: Bencher<'_, '_>, phrases: usize, indicators: usize) {
    let engine = Engine::new(vec![load(&pack_text(phrases, indicators))], &Vocabulary::default()).expect("it compiles");
    let posts = POSTS.map(|(_, text)| {
        let mut post = Post::new("web/a/1", "web", Kind::Post, jiff::Timestamp::UNIX_EPOCH);
        post.text = text.into();
        post
    });
    let mut scratch = Scratch::default();
    bencher
        .counter(ItemsCount::new(posts.len()))
        .bench_local(|| posts.iter().map(|post| engine.score(post, &mut scratch).score).sum::<f64>());
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn phrases_of_one_indicator(bencher: Bencher<'_, '_>, phrases: usize) {
    score(bencher, phrases, 1);
}

#[divan::bench(args = [10, 100, 1_000])]
fn indicators_over_10_000_phrases(bencher: Bencher<'_, '_>, indicators: usize) {
    score(bencher, 10_000, indicators);
}
