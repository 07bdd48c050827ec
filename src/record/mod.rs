//! Wire shapes: what stands in the topics, with the JSON Schemas that `undercurrent schema` prints.
//!
//! Each shape is its own type, made from core values at the very end, so that a refactoring of the core cannot change
//! what consumers built on. A field is added, never renamed; a changed meaning is a new `schema` number.

pub mod again;
mod alert;
mod explanation;
mod post;
mod scored;
pub mod stix;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

pub use alert::{ALERT_SCHEMA, AlertRecord, alert_id};
pub use explanation::{EXPLANATION_SCHEMA, ExplanationRecord};
pub use post::{AuthorRecord, KindRecord, PostRecord, TimeFromRecord};
pub use scored::{SCORED_SCHEMA, ScoredRecord};

use crate::score::{Engine, Evidence, Hit, PackVerdict, Stance, State};

/// Where a record came from: enough to read it again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Origin<'a> {
    /// Input topic; offline, the file's name.
    pub topic: &'a str,
    /// Input partition.
    pub partition: i32,
    /// Input offset; offline, the number of the message in the file.
    pub offset: i64,
    /// SHA-256 of the input's value, lower-case hex.
    pub sha256: String,
}

/// What a text does with a narrative.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StanceName {
    /// Pushes it in its own voice, or its author is one of the operation's accounts.
    Asserts,
    /// Passes it on without distance.
    Relays,
    /// Attributes it to somebody.
    Reports,
    /// Says that it is false or an operation.
    Disputes,
}

impl From<Stance> for StanceName {
    fn from(stance: Stance) -> Self {
        match stance {
            Stance::Asserts => Self::Asserts,
            Stance::Relays => Self::Relays,
            Stance::Reports => Self::Reports,
            Stance::Disputes => Self::Disputes,
        }
    }
}

/// In what state the words of a hit stand.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StateName {
    /// In the author's own voice.
    Asserted,
    /// Passed on without a comment.
    Forwarded,
    /// Given to a speaker.
    Attributed,
    /// In quotation marks.
    Quoted,
    /// Given with doubt.
    Distanced,
    /// Called false.
    Denied,
}

impl From<State> for StateName {
    fn from(state: State) -> Self {
        match state {
            State::Asserted => Self::Asserted,
            State::Forwarded => Self::Forwarded,
            State::Attributed => Self::Attributed,
            State::Quoted => Self::Quoted,
            State::Distanced => Self::Distanced,
            State::Denied => Self::Denied,
        }
    }
}

/// A place in the post: a W3C Web Annotation text position and text quote selector in one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EvidenceRecord<'a> {
    /// A field of the post, with the index in a list: `title`, `text`, `author`, `links/0`.
    pub field: Cow<'static, str>,
    /// First Unicode code point, from 0.
    pub start: usize,
    /// One past the last Unicode code point.
    pub end: usize,
    /// The words themselves.
    pub exact: &'a str,
    /// Up to 32 code points before.
    pub prefix: &'a str,
    /// Up to 32 code points after.
    pub suffix: &'a str,
}

impl<'a> From<&'a Evidence> for EvidenceRecord<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        let Evidence { field, start, end, exact, prefix, suffix } = evidence;
        Self { field: field.name().into(), start: *start, end: *end, exact, prefix, suffix }
    }
}

/// An indicator that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HitRecord<'a> {
    /// The indicator's id in its pack.
    pub id: &'a str,
    /// Points in the author's own voice.
    pub points: f64,
    /// Points after stance.
    pub kept: f64,
    /// The state of its words.
    pub state: StateName,
    /// The actor of the pack who says them, if one was found.
    pub speaker: Option<&'a str>,
    /// DISARM technique ids.
    pub disarm: Vec<&'a str>,
    /// Where it stands.
    pub evidence: Vec<EvidenceRecord<'a>>,
    /// What decided the state: the cue, the quotation, the speaker's name.
    pub because: Vec<EvidenceRecord<'a>>,
    /// What no place in the post says by itself: whom a link imitates, which language was found.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub notes: &'a [String],
}

/// The hits of a pack's verdict on the wire.
pub(crate) fn hits<'a>(engine: &'a Engine, verdict: &'a PackVerdict) -> Vec<HitRecord<'a>> {
    let indicators = &engine.packs[verdict.pack].pack.file.indicators;
    verdict
        .hits
        .iter()
        .map(|hit: &Hit| {
            let indicator = &indicators[hit.indicator];
            HitRecord {
                id: &indicator.id,
                points: hit.points,
                kept: hit.kept,
                state: hit.state.into(),
                speaker: hit.speaker.as_deref(),
                disarm: indicator.disarm.iter().map(|id| id.as_str()).collect(),
                evidence: hit.evidence.iter().map(Into::into).collect(),
                because: hit.because.iter().map(Into::into).collect(),
                notes: &hit.notes,
            }
        })
        .collect()
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
