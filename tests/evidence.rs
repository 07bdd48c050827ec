//! Laws of scoring: evidence reads as it claims, in any text; points stay within bounds; every record fits its schema,
//! and computed again it is the same.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;
use undercurrent::cli::packs;
use undercurrent::post::Post;
use undercurrent::record::again::{Given, compare};
use undercurrent::record::{AlertRecord, ScoredRecord};
use undercurrent::score::{Engine, Scratch};
use undercurrent::stages::{Arrival, Options, Outcome, Output, ScoreStage};

fn engine() -> Arc<Engine> {
    packs::engine(&["shipped".into()]).expect("the shipped packs load")
}

/// Words that packs and languages look for, and whatever else people and machines write.
fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "Russia",
        "Россия",
        "Росія",
        "روسيا",
        "Iraq",
        "Ирак",
        "Іраку",
        "والعراق",
        "بغداد",
        "Baghdad",
        "partnership",
        "партнёрство",
        "надёжный партнёр",
        "надійний партнер",
        "شريك موثوق",
        "invites investors",
        "приглашаем инвесторов",
        "запрошуємо інвесторів",
        "ندعو المستثمرين",
        "to explore opportunities",
        "изучать возможности",
        "استكشاف الفرص",
        "Rybar",
        "«Рыбарь»",
        "Рибар",
        "فريق ريبار",
        "said that",
        "according to",
        "заявил, что",
        "по словам",
        "за словами",
        "قال إن",
        "بحسب",
        "allegedly",
        "якобы",
        "нібито",
        "زعم",
        "It is not true that",
        "неправда, что",
        "фейк",
        "لا صحة",
        "propaganda channel",
        "Kremlin-linked",
        "analysts",
        "but",
        "однако",
    ];
    let marks = [
        "\"", "«", "»", "“", "”", "„", "'", "’", ",", ".", "!", "?", ":", " — ", "\n", "\n\n", "(", ")", "…", "؟", "،",
    ];
    let odd = [
        "😀",
        "👩‍👩‍👧",
        "\u{301}",
        "\u{200b}",
        "\u{202e}",
        "\u{feff}",
        "\u{640}",
        "ﷺ",
        "ﬁ",
        "İ",
        "ß",
        "e\u{301}",
        "и\u{306}",
        "Rоssia",
        "𝐑𝐮𝐬𝐬𝐢𝐚",
        "٣٤",
        "\u{0}",
        "\t",
        "中文",
        "t.me/rybar",
        "https://example.org/?utm_source=x",
    ];
    prop_oneof![
        6 => proptest::sample::select(words.to_vec()).prop_map(str::to_string),
        3 => proptest::sample::select(marks.to_vec()).prop_map(str::to_string),
        2 => proptest::sample::select(odd.to_vec()).prop_map(str::to_string),
        1 => any::<String>(),
    ]
}

/// A record that is read back and computed again is the same, and so is an alert by the post in it alone.
fn check_again(engine: &Engine, record: &Value, post: &Post, payload: &[u8]) -> Result<(), TestCaseError> {
    let given = Given::read(record).expect("our own record");
    let mut scratch = Scratch::default();
    let mut differences = compare(engine, &given, post, &engine.score(post, &mut scratch), Some(payload));
    if let Some((_, inside)) = &given.alert {
        prop_assert_eq!(&**inside, post);
        differences.extend(compare(engine, &given, inside, &engine.score(inside, &mut scratch), None));
    }
    prop_assert!(differences.is_empty(), "{:?}", differences);
    Ok(())
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec((fragment(), any::<bool>()), 0..60).prop_map(|parts| {
        parts.into_iter().fold(String::new(), |text, (part, space)| text + &part + if space { " " } else { "" })
    })
}

/// What a reader of the record finds at a place, counting code points.
fn at(post: &Value, field: &str, start: usize, end: usize) -> Option<String> {
    let account = |handle: &Value| {
        let handle = handle.as_str()?;
        let source = post["source"].as_str()?;
        Some(if handle.contains('/') { handle.to_string() } else { format!("{source}/{handle}") })
    };
    let text = match field {
        "title" | "text" => post[field].as_str()?.to_string(),
        "author" => account(&post["author"]["handle"])?,
        "channel" | "forwarded_from" => account(&post[field])?,
        _ => post["links"][field.strip_prefix("links/")?.parse::<usize>().ok()?].as_str()?.to_string(),
    };
    Some(text.chars().skip(start).take(end - start).collect())
}

fn places(record: &Value) -> Vec<Value> {
    let packs =
        record["packs"].as_array().into_iter().flatten().flat_map(|pack| pack["hits"].as_array().into_iter().flatten());
    let hits = packs.chain(record["hits"].as_array().into_iter().flatten());
    hits.flat_map(|hit| ["evidence", "because"].map(|key| hit[key].as_array().cloned().unwrap_or_default()))
        .flatten()
        .collect()
}

fn check_places(post: &Value, record: &Value) -> Result<usize, TestCaseError> {
    let places = places(record);
    for place in &places {
        let number = |key: &str| usize::try_from(place[key].as_u64().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let field = place["field"].as_str().unwrap_or_default();
        let read = at(post, field, number("start"), number("end"));
        prop_assert_eq!(read.as_deref(), place["exact"].as_str(), "{}", place);
        prop_assert!(!place["exact"].as_str().unwrap_or_default().is_empty());
    }
    Ok(places.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn evidence_reads_as_it_claims(title in proptest::option::of(text()), words in text(), by in 0..3usize, repost in any::<bool>()) {
        thread_local! {
            static STAGE: std::cell::RefCell<ScoreStage> =
                std::cell::RefCell::new(ScoreStage::new(engine(), Options { source: "law".into(), include_text: true, ..Options::default() }));
            static SCHEMAS: [jsonschema::Validator; 2] = [
                jsonschema::validator_for(&serde_json::to_value(schemars::schema_for!(ScoredRecord<'_>)).unwrap()).unwrap(),
                jsonschema::validator_for(&serde_json::to_value(schemars::schema_for!(AlertRecord<'_>)).unwrap()).unwrap(),
            ];
        }
        let author = ["rybar", "somebody", "Ирак"][by];
        let post = serde_json::json!({
            "id": "telegram/law/1", "source": "telegram", "kind": if repost { "repost" } else { "post" },
            "author": { "handle": author }, "title": title, "text": words,
            "forwarded_from": repost.then_some("rybar"), "links": ["https://rybar.ru/x?y=1"],
            "published_at": "2025-01-25T14:02:00Z",
        });
        let payload = post.to_string().into_bytes();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let headers = [("format", Some(&b"post"[..])), ("traceparent", Some(&b"00-1-2-01"[..]))];
        let arrival = Arrival { topic: "t", partition: 0, offset: 1, timestamp: now, key: None, payload: Some(&payload), headers: &headers };
        let mut out = Vec::new();
        let (outcome, scored) = STAGE.with_borrow_mut(|stage| { let done = stage.step(&arrival, now, &mut out); stage.aborted(); done });
        prop_assert_eq!(outcome, Outcome::Scored);
        let scored = scored.expect("a scored post");
        let verdict = scored.verdict;
        prop_assert!((0.0..=100.0).contains(&verdict.score));
        prop_assert!(verdict.packs.iter().all(|pack| pack.score <= pack.points && pack.points <= 100.0));
        prop_assert_eq!(verdict.stance.is_none(), verdict.packs.is_empty());
        for record in &out {
            let value: Value = serde_json::from_slice(record.payload.as_deref().unwrap()).unwrap();
            check_places(&post, &value)?;
            check_again(&STAGE.with_borrow(|stage| Arc::clone(stage.engine())), &value, &scored.post, &payload)?;
            let schema = usize::from(record.to == Output::Alerts);
            SCHEMAS.with(|schemas| -> Result<(), TestCaseError> {
                let faults: Vec<String> = schemas[schema].iter_errors(&value).map(|fault| fault.to_string()).collect();
                prop_assert!(faults.is_empty(), "{:?}", faults);
                Ok(())
            })?;
            let header = |name: &str| record.headers.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.clone());
            prop_assert_eq!(header("ce_specversion"), Some(b"1.0".to_vec()));
            prop_assert_eq!(header("traceparent"), Some(b"00-1-2-01".to_vec()));
            prop_assert!(header("ce_id").is_some() && header("ce_type").is_some() && header("ce_subject").is_some());
        }
    }
}

/// The law above must not hold because nothing is ever found.
#[test]
fn a_rich_post_has_evidence_of_every_sort() {
    let mut stage =
        ScoreStage::new(engine(), Options { source: "law".into(), include_text: true, ..Options::default() });
    let text =
        "Rybar said that Russia is a reliable partner of Iraq. 😀 Мы приглашаем инвесторов в Ирак изучать возможности.";
    let post = serde_json::json!({ "id": "1", "source": "telegram", "author": { "handle": "rybar" }, "title": "Россия и Ирак", "text": text });
    let payload = post.to_string().into_bytes();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let arrival = Arrival::offline("t", 1, now, &payload);
    let mut out = Vec::new();
    stage.step(&arrival, now, &mut out);
    let tos: Vec<Output> = out.iter().map(|record| record.to).collect();
    assert_eq!(tos, [Output::Scored, Output::Alerts]);
    for record in &out {
        let value: Value = serde_json::from_slice(record.payload.as_deref().unwrap()).unwrap();
        assert!(check_places(&post, &value).unwrap() > 3);
    }
    let mut again = Vec::new();
    let mut fresh =
        ScoreStage::new(engine(), Options { source: "law".into(), include_text: true, ..Options::default() });
    fresh.step(&arrival, now, &mut again);
    assert_eq!(out, again, "the same input gives the same bytes");
}

/// A megabyte made to be slow ends in time: nothing that a post holds may stop the others.
#[test]
fn a_hostile_megabyte_is_scored_in_bounded_time() {
    let mut stage = ScoreStage::new(engine(), Options { source: "law".into(), ..Options::default() });
    for phrase in [
        "Rybar said that Iraq called on investors in Russia, ",
        "«Ирак» заявил, что «",
        "\"said \"",
        "قال إن العراق ",
        "a ",
    ] {
        let text = phrase.repeat(1_000_000 / phrase.len());
        let payload =
            serde_json::json!({ "id": "1", "source": "x", "text": text, "title": text }).to_string().into_bytes();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let arrival = Arrival::offline("t", 1, now, &payload);
        let begun = std::time::Instant::now();
        stage.step(&arrival, now, &mut Vec::new());
        // Seconds, on a loaded machine and in a debug build; without bounds it is minutes.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{phrase:?} took {:?}", begun.elapsed());
    }
}
