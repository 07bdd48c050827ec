//! An alert record as it is read for an export: what is not needed may be absent, what is unknown is left aside.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::pack::disarm;
use crate::record::{ALERT_SCHEMA, PostRecord};

/// Hits of an alert that are told. A pack with more in one post is none that people wrote.
const HITS: usize = 100;
/// Techniques of an alert that are told.
const TECHNIQUES: usize = 50;
/// `undercurrent.alert/1`.
#[derive(Debug, Clone, Deserialize)]
pub struct Alert {
    pub(super) id: String,
    pub(super) pack: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    pub(super) digest: String,
    pub(super) alert: String,
    #[serde(default)]
    pub(super) level: String,
    pub(super) score: f64,
    #[serde(default)]
    pub(super) stance: String,
    #[serde(default)]
    pub(super) hits: Vec<Hit>,
    pub(super) post: PostRecord,
    #[serde(default)]
    pub(super) origin: Option<Origin>,
    #[serde(default)]
    pub(super) suppressed: u64,
    #[serde(default)]
    pub(super) engine: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(super) raised_at: Timestamp,
}

/// An indicator that was found.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) points: f64,
    pub(super) kept: f64,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) speaker: Option<String>,
    #[serde(default)]
    pub(super) disarm: Vec<String>,
    #[serde(default)]
    pub(super) evidence: Vec<Place>,
    #[serde(default)]
    pub(super) because: Vec<Place>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
}

/// A place in the post.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Place {
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) exact: String,
}

/// The input record.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Origin {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) offset: i64,
    #[serde(default)]
    pub(super) sha256: String,
}

/// Why something is no alert.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// It is a record of another sort.
    #[error("its schema is `{0}`; only `{ALERT_SCHEMA}` can be exported")]
    Schema(String),
    /// It has another shape.
    #[error("it is no alert record: {0}")]
    Shape(#[from] serde_json::Error),
}

impl Alert {
    /// Reads a record.
    ///
    /// # Errors
    /// It is none, or one of another schema.
    pub fn read(bytes: &[u8]) -> Result<Self, AlertError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let Head { schema } = serde_json::from_slice(bytes)?;
        if schema != ALERT_SCHEMA {
            return Err(AlertError::Schema(schema));
        }
        let mut alert: Self = serde_json::from_slice(bytes)?;
        alert.hits.truncate(HITS);
        Ok(alert)
    }

    /// DISARM techniques of its hits that this version of the framework has, each once, with their names.
    pub(super) fn techniques(&self) -> Vec<(&str, &'static str)> {
        let mut techniques: Vec<(&str, &'static str)> = Vec::new();
        for id in self.hits.iter().flat_map(|hit| &hit.disarm) {
            let known = techniques.iter().any(|(known, _)| known == id);
            if let Some(name) = disarm::name(id).filter(|_| !known && techniques.len() < TECHNIQUES) {
                techniques.push((id, name));
            }
        }
        techniques.sort_unstable();
        techniques
    }

    /// When it was raised, as STIX writes it.
    pub(super) fn raised(&self) -> String {
        stix_time(self.raised_at)
    }

    /// When the post was published: what a timeline shows. A platform may claim what no calendar of STIX holds.
    pub(super) fn published(&self) -> String {
        let claimed = self.post.published_at.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
        // STIX has four digits for a year, and readers in use begin with 1970.
        let possible = |time: &Timestamp| *time >= Timestamp::UNIX_EPOCH;
        stix_time(claimed.filter(possible).unwrap_or(self.raised_at))
    }
}

/// A time of our era: STIX writes no other.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = text.parse::<Timestamp>().ok().filter(|time| *time >= Timestamp::UNIX_EPOCH);
    time.ok_or_else(|| serde::de::Error::custom(format!("`{}` is no time of a record", super::head(&text, 40))))
}

/// Milliseconds, in UTC.
fn stix_time(time: Timestamp) -> String {
    format!("{time:.3}")
}
