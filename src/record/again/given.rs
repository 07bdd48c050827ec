//! The published shapes as they are read back: everything that is not needed may be absent, everything unknown is left
//! aside, so that records of earlier and later versions can be read.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{ALERT_SCHEMA, PostRecord, SCORED_SCHEMA};
use crate::post::{Author, Post, TimeFrom};
use crate::record::TimeFromRecord;

/// Which record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// `undercurrent.scored/1`
    Scored,
    /// `undercurrent.alert/1`
    Alert,
}

/// A record as somebody has it.
#[derive(Debug, Clone)]
pub struct Given {
    /// Which.
    pub sort: Sort,
    /// The post's id.
    pub id: String,
    /// SHA-256 of the input's value.
    pub sha256: Option<String>,
    /// The program's version.
    pub engine: Option<String>,
    /// When the post was published: stands in for the record's timestamp where the post has no time of its own.
    pub published_at: Option<Timestamp>,
    /// Of a scored record: the highest score.
    pub score: Option<f64>,
    /// Of a scored record: the stance.
    pub stance: Option<String>,
    /// Headline and words, where the record carries them.
    pub title: Option<String>,
    /// See `title`.
    pub text: Option<String>,
    /// The alerts that it names.
    pub alerts: Vec<GivenAlert>,
    /// The packs that hit.
    pub packs: Vec<GivenPack>,
    /// Hits that do not count.
    pub excepted: Vec<GivenExcepted>,
    /// Of an alert: its id and its post.
    pub alert: Option<(String, Box<Post>)>,
}

/// An alert in a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GivenAlert {
    pub(super) pack: String,
    pub(super) id: String,
    #[serde(default)]
    pub(super) level: String,
}

/// A pack in a record.
#[derive(Debug, Clone, Deserialize)]
pub struct GivenPack {
    /// Its name.
    pub pack: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// Its digest.
    #[serde(default)]
    pub digest: String,
    #[serde(default)]
    pub(super) points: Option<f64>,
    pub(super) score: f64,
    #[serde(default)]
    pub(super) stance: String,
    #[serde(default)]
    pub(super) hits: Vec<GivenHit>,
}

/// A hit in a record.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct GivenHit {
    pub(super) id: String,
    pub(super) points: f64,
    pub(super) kept: f64,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) speaker: Option<String>,
    #[serde(default)]
    pub(super) evidence: Vec<GivenEvidence>,
    #[serde(default)]
    pub(super) because: Vec<GivenEvidence>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
}

/// A piece of evidence in a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct GivenEvidence {
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) exact: String,
    #[serde(default)]
    pub(super) prefix: String,
    #[serde(default)]
    pub(super) suffix: String,
}

/// A hit that does not count, in a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GivenExcepted {
    pub(super) pack: String,
    pub(super) indicator: String,
    pub(super) exception: String,
}

/// Why something is no record that can be computed again.
#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    /// It has another shape.
    #[error("it is no record of undercurrent: {0}")]
    Shape(String),
    /// It is something else, or of a later version.
    #[error("its schema is `{0}`; `{SCORED_SCHEMA}` and `{ALERT_SCHEMA}` can be computed again")]
    Schema(String),
    /// The post in an alert is broken.
    #[error("the post in it is broken: {0}")]
    Post(String),
}

#[derive(Deserialize)]
struct Head {
    schema: String,
    #[serde(default)]
    engine: Option<String>,
    #[serde(default)]
    origin: Option<GivenOrigin>,
}

#[derive(Deserialize)]
struct GivenOrigin {
    #[serde(default)]
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Scored {
    id: String,
    score: f64,
    #[serde(default)]
    stance: Option<String>,
    #[serde(default)]
    post: Summary,
    #[serde(default)]
    alerts: Vec<GivenAlert>,
    #[serde(default)]
    packs: Vec<GivenPack>,
    #[serde(default)]
    excepted: Vec<GivenExcepted>,
}

#[derive(Default, Deserialize)]
struct Summary {
    #[serde(default)]
    published_at: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct Alert {
    id: String,
    alert: String,
    #[serde(default)]
    level: String,
    post: PostRecord,
    #[serde(flatten)]
    pack: GivenPack,
}

impl Given {
    /// Reads a record.
    ///
    /// # Errors
    /// It is none, of a later schema, or its post is broken.
    pub fn read(value: &Value) -> Result<Self, GivenError> {
        let Head { schema, engine, origin } = shape(value)?;
        let sha256 = origin.and_then(|origin| origin.sha256);
        match schema.as_str() {
            SCORED_SCHEMA => {
                let record: Scored = shape(value)?;
                Ok(Self {
                    sort: Sort::Scored,
                    id: record.id,
                    sha256,
                    engine,
                    published_at: record.post.published_at.and_then(|time| time.parse().ok()),
                    score: Some(record.score),
                    stance: record.stance,
                    title: record.post.title,
                    text: record.post.text,
                    alerts: record.alerts,
                    packs: record.packs,
                    excepted: record.excepted,
                    alert: None,
                })
            }
            ALERT_SCHEMA => {
                let record: Alert = shape(value)?;
                let post = post(record.post)?;
                Ok(Self {
                    sort: Sort::Alert,
                    id: post.id.clone(),
                    sha256,
                    engine,
                    published_at: Some(post.published_at),
                    score: None,
                    stance: None,
                    title: None,
                    text: None,
                    alerts: vec![GivenAlert { pack: record.pack.pack.clone(), id: record.alert, level: record.level }],
                    packs: vec![record.pack],
                    excepted: Vec::new(),
                    alert: Some((record.id, Box::new(post))),
                })
            }
            _ => Err(GivenError::Schema(schema)),
        }
    }
}

fn shape<T: DeserializeOwned>(value: &Value) -> Result<T, GivenError> {
    T::deserialize(value).map_err(|fault| GivenError::Shape(fault.to_string()))
}

/// The post in an alert as it was scored: nothing is made up for, as decoding would.
fn post(record: PostRecord) -> Result<Post, GivenError> {
    let lacks = |what: &str| GivenError::Post(format!("it has no `{what}`"));
    let time = |text: &str| {
        text.parse::<Timestamp>().map_err(|_| GivenError::Post(format!("`{text}` is no time as RFC 3339 writes it")))
    };
    let id = record.id.ok_or_else(|| lacks("id"))?;
    let published_at = time(&record.published_at.ok_or_else(|| lacks("published_at"))?)?;
    let author = record.author.map(|author| Author { id: author.id, handle: author.handle, name: author.name });
    Ok(Post {
        id,
        source: record.source,
        kind: record.kind.into(),
        author,
        channel: record.channel,
        published_at,
        time_from: match record.time_from {
            Some(TimeFromRecord::Record) => TimeFrom::Record,
            Some(TimeFromRecord::Platform) | None => TimeFrom::Platform,
        },
        edited_at: record.edited_at.as_deref().map(time).transpose()?,
        lang: record.lang,
        title: record.title,
        text: record.text.unwrap_or_default(),
        links: record.links,
        hashtags: record.hashtags,
        mentions: record.mentions,
        reply_to: record.reply_to,
        repost_of: record.repost_of,
        forwarded_from: record.forwarded_from,
        media: record.media,
        url: record.url,
    })
}
