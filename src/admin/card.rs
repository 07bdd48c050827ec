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
            origin: Origin {
                topic: arrival.topic.to_owned(),
                partition: arrival.partition,
                offset: arrival.offset,
            },
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
