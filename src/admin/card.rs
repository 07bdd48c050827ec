//! An alert as the live page shows it: all that explains it, of bounded size whatever the post holds.
//!
//! In: a verdict and its post, where they still are at hand. Out: [`Card`], the shape of `/alerts`. It is made of the same
//! words as an alert's record, but texts are excerpts, and the titles of indicators are there, which the record leaves to
//! the pack.
//!
//! Why not the record itself: it carries the whole post, and 500 posts of a mebibyte would be half a gibibyte.

use serde::Serialize;

use super::excerpt::Excerpt;
use crate::post::{Author, Post, TimeFrom};
use crate::score::compile::CompiledPack;
use crate::score::{Evidence, Field, Hit, PackVerdict, Verdict};
use crate::stages::Arrival;

/// Code points of a text: ten times a long post of most platforms, some screens of an article.
const TEXT: usize = 4_000;
/// Of a headline.
const TITLE: usize = 500;
/// Of all else that a post says of itself, together: names, addresses, what was found in them.
const ELSE: usize = 4_000;
/// Of any single one of those.
const ONE: usize = 300;
/// Hits and places of a card, links and notes: more than a person reads.
const HITS: usize = 60;
const PLACES: usize = 300;
const LIST: usize = 12;

/// An alert.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    id: String,
    pack: String,
    pack_title: String,
    version: String,
    digest: String,
    alert: String,
    level: &'static str,
    score: f64,
    points: f64,
    stance: &'static str,
    hits: Vec<HitCard>,
    post: PostCard,
    origin: Origin,
    engine: &'static str,
    raised_at: String,
}

#[derive(Debug, Clone, Serialize)]
struct HitCard {
    id: String,
    title: String,
    points: f64,
    kept: f64,
    state: &'static str,
    speaker: Option<String>,
    disarm: Vec<String>,
    evidence: Vec<Place>,
    because: Vec<Place>,
    notes: Vec<String>,
}

/// Code points of a field of the post; of fields that are no excerpt, the words themselves.
#[derive(Debug, Clone, Serialize)]
struct Place {
    field: String,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct PostCard {
    id: String,
    source: String,
    kind: &'static str,
    author: Option<String>,
    author_name: Option<String>,
    channel: Option<String>,
    forwarded_from: Option<String>,
    published_at: String,
    published_at_from: &'static str,
    edited_at: Option<String>,
    lang: &'static str,
    lang_declared: Option<String>,
    title: Option<Excerpt>,
    text: Excerpt,
    links: Vec<String>,
    url: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Origin {
    topic: String,
    partition: i32,
    offset: i64,
}

/// What is left of a card to what is no text: code points, places.
struct Room {
    points: usize,
    places: usize,
}

impl Room {
    fn cut(&mut self, text: &str) -> String {
        let cut = clip(text, ONE.min(self.points));
        self.points = self.points.saturating_sub(cut.chars().count());
        cut
    }

    fn maybe(&mut self, text: Option<&str>) -> Option<String> {
        text.map(|text| self.cut(text))
    }

    fn all(&mut self, texts: &[String]) -> Vec<String> {
        texts.iter().take(LIST).map(|text| self.cut(text)).collect()
    }

    fn places(&mut self, places: &[Evidence]) -> Vec<Place> {
        let few = &places[..places.len().min(self.places)];
        self.places -= few.len();
        few.iter().map(|place| self.place(place)).collect()
    }

    fn place(&mut self, place: &Evidence) -> Place {
        let Evidence { field, start, end, exact, .. } = place;
        let exact = (!matches!(field, Field::Title | Field::Text)).then(|| self.cut(exact));
        Place { field: field.name(), start: *start, end: *end, exact }
    }
}

fn clip(text: &str, most: usize) -> String {
    text.char_indices().nth(most).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", &text[..end]))
}

impl Card {
    /// The card of a pack's alert; `None` where it raises none. `id` is that of the alert's record.
    #[must_use]
    pub fn new(
        pack: &CompiledPack,
        verdict: &Verdict,
        of: &PackVerdict,
        post: &Post,
        arrival: &Arrival<'_>,
        id: &str,
        raised_at: jiff::Timestamp,
    ) -> Option<Self> {
        let rule = &pack.alerts[of.alert?].rule;
        let file = &pack.pack.file;
        let mut room = Room { points: ELSE, places: PLACES };
        // Those that keep most first: of a long text, their surroundings are what is shown.
        let mut loudest: Vec<&Hit> = of.hits.iter().collect();
        loudest.sort_by(|a, b| b.kept.total_cmp(&a.kept));
        let hit = |hit: &&Hit, room: &mut Room| {
            let indicator = &file.indicators[hit.indicator];
            HitCard {
                id: indicator.id.value.clone(),
                title: clip(&indicator.title, ONE),
                points: hit.points,
                kept: hit.kept,
                state: hit.state.name(),
                speaker: room.maybe(hit.speaker.as_deref()),
                disarm: indicator.disarm.iter().map(|id| id.value.clone()).collect(),
                evidence: room.places(&hit.evidence),
                because: room.places(&hit.because),
                notes: room.all(&hit.notes),
            }
        };
        Some(Self {
            id: id.to_owned(),
            pack: file.pack.value.clone(),
            pack_title: clip(&file.title, ONE),
            version: file.version.value.clone(),
            digest: pack.pack.digest.clone(),
            alert: rule.id.value.clone(),
            level: rule.level.name(),
            score: of.score,
            points: of.points,
            stance: of.stance.name(),
            post: post_card(post, verdict, &loudest, &mut room),
            hits: loudest.iter().take(HITS).map(|one| hit(one, &mut room)).collect(),
            origin: Origin { topic: arrival.topic.to_owned(), partition: arrival.partition, offset: arrival.offset },
            engine: env!("CARGO_PKG_VERSION"),
            raised_at: raised_at.to_string(),
        })
    }
}

fn post_card(post: &Post, verdict: &Verdict, loudest: &[&Hit], room: &mut Room) -> PostCard {
    let in_field = |field: Field| {
        let places = loudest.iter().flat_map(|hit| hit.evidence.iter().chain(&hit.because));
        places.filter(move |place| place.field == field).map(|place| place.start..place.end)
    };
    let author = post.author.as_ref();
    let name = author.and_then(|author| author.name.as_deref());
    let label = author.and_then(Author::label);
    PostCard {
        id: room.cut(&post.id),
        source: room.cut(&post.source),
        kind: post.kind.name(),
        author: room.maybe(label),
        author_name: room.maybe(name.filter(|name| Some(*name) != label)),
        channel: room.maybe(post.channel.as_deref()),
        forwarded_from: room.maybe(post.forwarded_from.as_deref()),
        published_at: post.published_at.to_string(),
        published_at_from: match post.time_from {
            TimeFrom::Platform => "platform",
            TimeFrom::Record => "record",
        },
        edited_at: post.edited_at.map(|at| at.to_string()),
        lang: verdict.language.code(),
        lang_declared: room.maybe(post.lang.as_deref()),
        title: post.title.as_deref().map(|title| Excerpt::new(title, in_field(Field::Title), TITLE)),
        text: Excerpt::new(&post.text, in_field(Field::Text), TEXT),
        links: room.all(&post.links),
        url: room.maybe(post.url.as_deref()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use serde_json::Value;

    use super::*;
    use crate::problem::Source;
    use crate::score::{Engine, Scratch};
    use crate::shelf;

    fn engine() -> Arc<Engine> {
        let text = "pack: p\nversion: 1.2.3\ntitle: A pack\nreferences: [https://example.org/]\nwords:\n  thing: { en: [harvest] }\n\
                    indicators:\n  - { id: call, title: A call, points: 30, match: { words: [thing] } }\n\
                    \x20 - { id: link, title: A link, points: 5, match: { field: { name: links, at_least: 1 } } }\n\
                    alerts:\n  - { id: review, level: low, at: 10 }\n";
        let sources = [Source { name: "p.yaml".into(), text: text.into() }];
        Arc::new(shelf::open(&sources).unwrap().engine().unwrap())
    }

    /// The card of a post with this text and these links.
    pub(in super::super) fn card(text: &str, links: Vec<String>) -> Card {
        let engine = engine();
        let post = Post {
            id: "web/a/1".into(),
            source: "web".into(),
            kind: crate::post::Kind::Post,
            author: Some(Author { handle: Some("a".repeat(100_000)), ..Author::default() }),
            channel: None,
            published_at: Timestamp::UNIX_EPOCH,
            time_from: TimeFrom::Record,
            edited_at: None,
            lang: None,
            title: None,
            text: text.into(),
            links,
            hashtags: Vec::new(),
            mentions: Vec::new(),
            reply_to: None,
            repost_of: None,
            forwarded_from: None,
            media: Vec::new(),
            url: None,
        };
        let verdict = engine.score(&post, &mut Scratch::default());
        let arrival = Arrival::offline("posts", 7, Timestamp::UNIX_EPOCH, b"");
        Card::new(&engine.packs[0], &verdict, &verdict.packs[0], &post, &arrival, "x", Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_card_says_all_that_explains_an_alert() {
        let card = serde_json::to_value(card("\u{1f600} The harvest is in.", Vec::new())).unwrap();
        let told = |path: &str| card.pointer(path).cloned().unwrap_or_default();
        assert_eq!(told("/hits/0/title"), "A call");
        assert_eq!(told("/hits/0/evidence/0"), serde_json::json!({ "field": "text", "start": 6, "end": 13 }));
        assert_eq!(
            (told("/level"), told("/version"), told("/stance")),
            ("low".into(), "1.2.3".into(), "asserts".into())
        );
        assert_eq!(told("/origin"), serde_json::json!({ "topic": "posts", "partition": 0, "offset": 7 }));
        assert_eq!(told("/post/lang"), "en");
        assert_eq!(told("/post/published_at_from"), "record");
    }

    #[test]
    fn a_card_is_small_whatever_the_post_holds() {
        // The most expensive letter: four bytes, and twelve as JSON that is harmless for a terminal.
        let hostile = "\u{e0041}".repeat(250_000);
        let links = (0..5_000).map(|at| format!("https://example.org/{at}/{hostile}")).take(40).collect();
        let text = format!("{hostile} the harvest {}", "harvest ".repeat(50_000));
        let json = serde_json::to_string(&card(&text, links)).unwrap();
        let harmless = crate::problem::harmless_json(&json);
        assert!(harmless.len() < 140_000, "{}", harmless.len());
        let card: Value = serde_json::from_str(&harmless).unwrap();
        let parts = card["post"]["text"]["parts"].as_array().unwrap();
        assert!(parts.len() == 2 && parts[1]["text"].as_str().unwrap().contains("harvest"), "{}", parts.len());
    }
}
