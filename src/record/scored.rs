//! `undercurrent.scored/1`: one record for every post.

use schemars::JsonSchema;
use serde::Serialize;

use super::{HitRecord, KindRecord, Origin, StanceName, hits};
use crate::post::Post;
use crate::score::{Engine, Verdict};

/// The value of `schema`.
pub const SCORED_SCHEMA: &str = "undercurrent.scored/1";

/// A scored post.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "undercurrent.scored/1")]
pub struct ScoredRecord<'a> {
    /// `undercurrent.scored/1`.
    pub schema: &'static str,
    /// The post's id, stable from reading to reading.
    pub id: &'a str,
    /// The input record.
    pub origin: Origin<'a>,
    /// What is needed to route and group without the text.
    pub post: PostSummary<'a>,
    /// The highest pack score, 0-100: strength of match, not confidence.
    pub score: f64,
    /// The stance of the highest-scoring pack; null without hits.
    pub stance: Option<StanceName>,
    /// Every alert that holds, whether or not it was held back by `once_per`.
    pub alerts: Vec<AlertName<'a>>,
    /// Packs that hit.
    pub packs: Vec<PackRecord<'a>>,
    /// Hits that do not count, by an exception; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excepted: Vec<ExceptedRecord<'a>>,
    /// The program's version.
    pub engine: &'static str,
    /// When it was scored (RFC 3339).
    pub scored_at: String,
}

/// The post in short.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PostSummary<'a> {
    /// The platform.
    pub source: &'a str,
    /// post, article, comment or repost.
    pub kind: KindRecord,
    /// Handle, else id, else name of the author.
    pub author: Option<&'a str>,
    /// Channel, community or site.
    pub channel: Option<&'a str>,
    /// When it was published (RFC 3339).
    pub published_at: String,
    /// The language that was found (ISO 639-1, `und` where none was).
    pub lang: &'static str,
    /// The language that the platform declares.
    pub lang_declared: Option<&'a str>,
    /// Where it can be read.
    pub url: Option<&'a str>,
    /// The headline, with `include_text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The words, with `include_text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
}

/// An alert that holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AlertName<'a> {
    /// The pack.
    pub pack: &'a str,
    /// The alert's id in it.
    pub id: &'a str,
    /// low, medium or high.
    pub level: &'static str,
}

/// A hit that does not count.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExceptedRecord<'a> {
    /// The pack.
    pub pack: &'a str,
    /// The indicator that hit.
    pub indicator: &'a str,
    /// The exception by which it does not count.
    pub exception: &'a str,
}

/// What one pack makes of the post.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackRecord<'a> {
    /// The pack.
    pub pack: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The digest over the pack and the language files: equal digests score equally.
    pub digest: &'a str,
    /// min(100, sum of points), before stance.
    pub points: f64,
    /// min(100, sum of kept points), after stance.
    pub score: f64,
    /// What the text does with this pack's narrative.
    pub stance: StanceName,
    /// What was found.
    pub hits: Vec<HitRecord<'a>>,
}

impl<'a> ScoredRecord<'a> {
    /// The record of a verdict.
    #[must_use]
    pub fn new(
        engine: &'a Engine,
        post: &'a Post,
        verdict: &'a Verdict,
        origin: Origin<'a>,
        scored_at: jiff::Timestamp,
        include_text: bool,
    ) -> Self {
        let packs = verdict.packs.iter().map(|pack| {
            let compiled = &engine.packs[pack.pack].pack;
            PackRecord {
                pack: &compiled.file.pack,
                version: &compiled.file.version,
                digest: &compiled.digest,
                points: pack.points,
                score: pack.score,
                stance: pack.stance.into(),
                hits: hits(engine, pack),
            }
        });
        let alerts = verdict.packs.iter().filter_map(|pack| {
            let compiled = &engine.packs[pack.pack];
            let rule = &compiled.alerts[pack.alert?].rule;
            Some(AlertName { pack: &compiled.pack.file.pack, id: &rule.id, level: rule.level.name() })
        });
        let excepted = verdict.excepted.iter().map(|one| {
            let pack = &engine.packs[one.pack].pack;
            ExceptedRecord {
                pack: &pack.file.pack,
                indicator: &pack.file.indicators[one.indicator].id,
                exception: &pack.exceptions[one.exception].id,
            }
        });
        Self {
            schema: SCORED_SCHEMA,
            id: &post.id,
            origin,
            post: PostSummary {
                source: &post.source,
                kind: post.kind.into(),
                author: post.author.as_ref().and_then(|author| author.label()),
                channel: post.channel.as_deref(),
                published_at: post.published_at.to_string(),
                lang: verdict.language.code(),
                lang_declared: post.lang.as_deref(),
                url: post.url.as_deref(),
                title: post.title.as_deref().filter(|_| include_text),
                text: include_text.then_some(post.text.as_str()),
            },
            score: verdict.score,
            stance: verdict.stance.map(Into::into),
            alerts: alerts.collect(),
            packs: packs.collect(),
            excepted: excepted.collect(),
            engine: env!("CARGO_PKG_VERSION"),
            scored_at: scored_at.to_string(),
        }
    }
}
