//! The pack language: what may stand in a pack, declared once for the reader and for `undercurrent schema pack`.
//!
//! Kinds are keys (`match: { near: … }`), never tags or guesses, so that every mistake has one exact place. Meaning is
//! checked in [`super::check`]; the semantics of matching and arithmetic stand in ARCHITECTURE.md and are carried out
//! in [`crate::score`].

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::yaml::{At, Named};

mod exceptions;
mod matches;
mod schemas;
mod tests;

pub use exceptions::{Except, Exception, ExceptionsFile};
pub use matches::{AtLeast, FieldName, FieldTest, LanguageTest, LinkTo, Match, Near, Pattern, ReadsLike};
pub use tests::{Expect, ExpectedStance, Test, TestPost};

/// A pack file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undercurrent pack")]
pub struct PackFile {
    /// The pack's name: lower-case letters, digits and hyphens.
    pub pack: At<String>,
    /// Semantic version; a changed meaning needs a new one.
    pub version: At<String>,
    /// Engine versions that it works with, for example `>=0.1`.
    #[serde(default)]
    pub requires: Option<At<String>>,
    /// How far it has come.
    #[serde(default)]
    pub status: Status,
    /// One line for lists.
    pub title: String,
    /// What it finds, what it does not, and why.
    #[serde(default)]
    pub description: String,
    /// Who answers for it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Day of the last review (YYYY-MM-DD).
    #[serde(default)]
    pub updated: Option<At<String>>,
    /// Public reporting that the pack rests on.
    #[serde(default)]
    pub references: Vec<At<String>>,
    /// What it cannot see.
    #[serde(default)]
    pub blind_spots: Vec<String>,
    /// What it is known to hit wrongly.
    #[serde(default)]
    pub false_positives: Vec<String>,
    /// Accounts and names that belong together.
    #[serde(default)]
    pub actors: Named<Actor>,
    /// Word lists: name → language → phrases. `*` stands for any ending of a word, `~` for any form of it.
    #[serde(default)]
    #[schemars(schema_with = "schemas::words")]
    pub words: Named<Named<Vec<At<String>>>>,
    /// Domain lists: name → registrable or full host names; subdomains are included.
    #[serde(default)]
    pub domains: Named<Vec<At<String>>>,
    /// What is looked for in one post.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    /// What is looked for in a group of posts.
    #[serde(default)]
    pub signals: Option<At<Later>>,
    /// What a hit keeps of its points in each state.
    #[serde(default)]
    pub stance: StanceFactors,
    /// When somebody is told.
    #[serde(default)]
    pub alerts: Vec<AlertRule>,
    /// Posts and what they must give.
    #[serde(default)]
    pub tests: Vec<Test>,
}

/// Life cycle of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being tried out.
    #[default]
    Experimental,
    /// Under test on live data.
    Test,
    /// Reviewed; blind spots are stated.
    Stable,
    /// Kept for recomputing old scores.
    Deprecated,
}

/// Accounts and names that a pack treats as one speaker.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// What to call it in explanations.
    #[serde(default)]
    pub title: Option<String>,
    /// Public classification, with its source in `references`.
    #[serde(default)]
    pub affiliation: Option<String>,
    /// `source/handle` of its accounts and channels.
    #[serde(default)]
    pub accounts: Vec<At<String>>,
    /// Its names in every script.
    #[serde(default)]
    pub names: Vec<At<String>>,
    /// Names that are also ordinary words: they count only near another word.
    #[serde(default)]
    pub ambiguous: Named<Guard>,
    /// Word lists that name who stands behind it. A text that says what *they* are after, in words that only an
    /// onlooker uses, frames the actor too.
    #[serde(default)]
    pub behind: Vec<At<String>>,
}

/// What must stand near an ambiguous name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// Word lists of which one must be near.
    pub near: Vec<At<String>>,
    /// Words from the first to the last, both counted.
    pub within: At<u32>,
}

/// Something to look for in one post.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its name within the pack.
    pub id: At<String>,
    /// What a hit means, in a few words.
    pub title: String,
    /// Points of a hit in its author's own voice, 0-100.
    #[schemars(range(min = 0, max = 100))]
    pub points: At<f64>,
    /// Whose words it looks for.
    #[serde(default)]
    pub voice: Voice,
    /// DISARM technique ids (v1.6).
    #[serde(default)]
    #[schemars(schema_with = "schemas::techniques")]
    pub disarm: Vec<At<String>>,
    /// How it is found.
    #[serde(rename = "match")]
    pub matches: At<Match>,
}

/// Whose words an indicator looks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// Those of whoever takes part: in the author's own voice they count in full.
    #[default]
    Participant,
    /// Those of somebody who looks at the operation from outside ("the network of clone sites"): a hit counts as
    /// attributed at most. It frames the post: what the pack's actors say beside it is reported, and where onlookers'
    /// words weigh at least as much as what the post asserts, that is reported too.
    Onlooker,
}

/// What a hit keeps of its points; asserted and forwarded words keep all.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StanceFactors {
    /// In quotation marks.
    pub quoted: At<f64>,
    /// Given to a speaker.
    pub attributed: At<f64>,
    /// Given with doubt.
    pub distanced: At<f64>,
    /// Called false.
    pub denied: At<f64>,
    /// Not said at all: the whole text reads like it (`reads_like`). A likeness adds to what is said; no alert should rest on
    /// it alone.
    pub likeness: At<f64>,
}

impl Default for StanceFactors {
    fn default() -> Self {
        let at = |value| At { value, span: 0..0 };
        Self { quoted: at(0.4), attributed: at(0.4), distanced: at(0.2), denied: at(0.0), likeness: at(0.2) }
    }
}

/// When somebody is told.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Its name within the pack.
    pub id: At<String>,
    /// How urgent.
    pub level: Level,
    /// The score from which on it holds.
    #[serde(default)]
    pub at: Option<At<f64>>,
    /// Indicators that must each keep more than 0 points.
    #[serde(default)]
    pub needs: Vec<At<String>>,
    /// At most one in a while.
    #[serde(default)]
    pub once_per: Option<OncePer>,
    /// A signal that raises it.
    #[serde(default)]
    pub on: Option<At<Later>>,
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For the record.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at now.
    High,
}

impl Level {
    /// The name on the wire and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A rate limit: one alert for each author (or channel) in that time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    /// One for each author in this time, for example `1h`.
    Author(At<String>),
    /// One for each channel in this time.
    Channel(At<String>),
    /// One for the whole pack in this time.
    Pack(At<String>),
}

impl OncePer {
    /// The duration as written.
    #[must_use]
    pub fn duration(&self) -> &At<String> {
        match self {
            Self::Author(duration) | Self::Channel(duration) | Self::Pack(duration) => duration,
        }
    }
}

/// A part of the language that comes later: it is read, so that it can be named as not supported yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Later;

impl<'de> Deserialize<'de> for Later {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Self)
    }
}

impl JsonSchema for Later {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Later".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "description": "not supported yet" })
    }
}
