//! The whole step of a record: decode, fold, match, stance, verdict, records. One core, in the process.
//!
//! `cargo bench --bench step`. Posts of some 400 characters in four languages; `ordinary` hit nothing, `call` is the
//! operation's own (16 indicators, an alert), `report` is a newsroom's.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use undercurrent::cli::packs;
use undercurrent::decode::{Decoded, Envelope, Format, decode};
use undercurrent::pack::Vocabulary;
use undercurrent::post::Post;
use undercurrent::score::{Engine, Scratch};
use undercurrent::stages::{Arrival, Options, ScoreStage};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

const ORDINARY: [&str; 4] = [
    "The city council met on Tuesday evening to discuss the new tram line along the river. Residents asked about noise, parking and the trees that would have to go; the mayor promised a second hearing in spring. Work could begin next year if the budget holds. Until then the old buses will run every ten minutes, also on Sundays, and the ticket stays at two euros for everybody under twenty.",
    "Городской совет во вторник вечером обсудил новую трамвайную линию вдоль реки. Жители спрашивали о шуме, стоянках и деревьях, которые придётся убрать; мэр пообещал второе слушание весной. Работы могут начаться в следующем году, если хватит бюджета. До тех пор старые автобусы будут ходить каждые десять минут, в том числе по воскресеньям, а билет останется прежним.",
    "Міська рада у вівторок увечері обговорила нову трамвайну лінію вздовж річки. Мешканці питали про шум, стоянки й дерева, які доведеться прибрати; мер пообіцяв друге слухання навесні. Роботи можуть початися наступного року, якщо вистачить бюджету. Доти старі автобуси ходитимуть щодесять хвилин, зокрема в неділю, а квиток коштуватиме стільки ж.",
    "ناقش مجلس المدينة مساء الثلاثاء خط الترام الجديد على ضفة النهر. وسأل السكان عن الضجيج ومواقف السيارات والأشجار التي ستقطع، ووعد رئيس البلدية بجلسة ثانية في الربيع. وقد تبدأ الأعمال العام المقبل إذا كفت الميزانية. وحتى ذلك الحين تسير الحافلات القديمة كل عشر دقائق حتى أيام الأحد.",
];
const CALL: &str = "Неделя в Ираке окончена. Вывод простой: Багдад открыт, а россиян там почти нет. Бизнесу, медиа, блогерам и инвесторам пора изучать возможности в Ираке, пока место не заняли другие. Здесь ждут надёжного партнёра, который говорит на равных и без условий.";
const REPORT: &str = "The Kremlin-linked propaganda channel Rybar called on Russian businesses and bloggers to explore opportunities in Iraq, analysts said on Monday. According to the institute, Moscow presents itself as a reliable partner of Baghdad in order to expand its influence before the American troops leave.";

fn payload(text: &str, author: &str) -> Vec<u8> {
    serde_json::json!({ "id": "1", "source": "telegram", "author": { "handle": author }, "channel": author,
        "published_at": "2025-01-25T14:02:00Z", "text": text, "links": ["https://t.me/somewhere/1"] })
    .to_string()
    .into_bytes()
}

fn engine() -> Arc<Engine> {
    packs::engine(&["shipped".into()]).expect("the shipped packs load")
}

/// The same packs without a language file: all that stance costs is the difference.
fn without_stance() -> Arc<Engine> {
    let sources = packs::sources(&["shipped".into()]).expect("the shipped packs are there");
    let vocabulary = packs::vocabulary(&sources).expect("the shipped vocabulary loads");
    let packs = packs::load(&sources, &vocabulary).expect("the shipped packs load");
    let silent = Vocabulary { languages: Vec::new(), ..vocabulary };
    Arc::new(Engine::new(packs, &silent).expect("packs compile without languages"))
}

fn post(payload: &[u8]) -> Post {
    let envelope = Envelope { payload, format: None, timestamp: jiff::Timestamp::UNIX_EPOCH };
    match decode(Format::Post, &envelope) {
        Ok(Decoded::Post(post)) => *post,
        other => panic!("{other:?}"),
    }
}

fn score(bencher: Bencher<'_, '_>, engine: &Engine, payloads: &[Vec<u8>]) {
    let posts: Vec<Post> = payloads.iter().map(|payload| post(payload)).collect();
    let mut scratch = Scratch::default();
    bencher
        .counter(ItemsCount::new(posts.len()))
        .bench_local(|| posts.iter().map(|post| engine.score(post, &mut scratch).score).sum::<f64>());
}

fn step(bencher: Bencher<'_, '_>, payloads: &[Vec<u8>], format: Format) {
    let options = Options { formats: [("t".to_string(), format)].into(), source: "bench".into(), include_text: false };
    let mut stage = ScoreStage::new(engine(), options);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut out = Vec::new();
    bencher.counter(ItemsCount::new(payloads.len())).bench_local(|| {
        for payload in payloads {
            out.clear();
            let arrival = Arrival::offline("t", 1, now, payload);
            divan::black_box(stage.step(&arrival, now, &mut out));
            stage.aborted();
        }
    });
}

fn ordinary() -> Vec<Vec<u8>> {
    ORDINARY.iter().map(|text| payload(text, "somebody")).collect()
}

#[divan::bench]
fn score_ordinary(bencher: Bencher<'_, '_>) {
    score(bencher, &engine(), &ordinary());
}

#[divan::bench]
fn score_ordinary_without_stance(bencher: Bencher<'_, '_>) {
    score(bencher, &without_stance(), &ordinary());
}

#[divan::bench]
fn score_call(bencher: Bencher<'_, '_>) {
    score(bencher, &engine(), &[payload(CALL, "rybar")]);
}

#[divan::bench]
fn score_call_without_stance(bencher: Bencher<'_, '_>) {
    score(bencher, &without_stance(), &[payload(CALL, "rybar")]);
}

#[divan::bench]
fn score_report(bencher: Bencher<'_, '_>) {
    score(bencher, &engine(), &[payload(REPORT, "newsroom")]);
}

#[divan::bench]
fn score_report_without_stance(bencher: Bencher<'_, '_>) {
    score(bencher, &without_stance(), &[payload(REPORT, "newsroom")]);
}

#[divan::bench]
fn step_ordinary(bencher: Bencher<'_, '_>) {
    step(bencher, &ordinary(), Format::Post);
}

#[divan::bench]
fn step_ordinary_auto(bencher: Bencher<'_, '_>) {
    step(bencher, &ordinary(), Format::Auto);
}

#[divan::bench]
fn step_call(bencher: Bencher<'_, '_>) {
    step(bencher, &[payload(CALL, "rybar")], Format::Post);
}

#[divan::bench]
fn step_report(bencher: Bencher<'_, '_>) {
    step(bencher, &[payload(REPORT, "newsroom")], Format::Post);
}
