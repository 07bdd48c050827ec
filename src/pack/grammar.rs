//! The pack language: what may stand in a pack, declared once for the reader and for `undercurrent schema pack`.
//!
//! Kinds are keys (`match: { near: … }`), never tags or guesses, so that every mistake has one exact place. Meaning is
//! checked in [`super::check`]; the semantics of matching and arithmetic stand in ARCHITECTURE.md and are carried out
//! in [`crate::score`].

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::yaml::{At, Named};

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
    pub updated: Option<String>,
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
    /// Word lists: name → language → phrases. `*` stands for any ending of a word.
    #[serde(default)]
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
    pub points: At<f64>,
    /// DISARM technique ids (v1.6).
    #[serde(default)]
    pub disarm: Vec<At<String>>,
    /// How it is found.
    #[serde(rename = "match")]
    pub matches: At<Match>,
}

/// How an indicator is found.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Any phrase of any of these word lists (or names of actors).
    Words(Vec<At<String>>),
    /// One phrase of each of these lists, close together.
    Near(Near),
    /// A regular expression on the folded text, or on the original.
    Regex(Pattern),
    /// The author or channel is an account of one of these actors.
    Author(Vec<At<String>>),
    /// A link leads to one of these places.
    Link(LinkTo),
    /// Every one of these.
    All(Vec<At<Match>>),
    /// At least one of these.
    Any(Vec<At<Match>>),
    /// The absence of this; only beside something that must be there.
    Not(Box<At<Match>>),
    /// At least `n` of these.
    AtLeast(AtLeast),
    /// Declared against found language.
    Language(Later),
    /// Forwarded from one of these actors.
    Forwarded(Later),
    /// A field's value.
    Field(Later),
    /// Shares an object with an open signal.
    Joins(Later),
}

/// Lists that must be close together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// Word lists (or actors), one match of each.
    pub words: Vec<At<String>>,
    /// Words from the first to the last matched, both counted.
    pub within: At<u32>,
}

/// A regular expression: `regex: PATTERN` or `regex: { pattern: PATTERN, raw: true }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The expression, in the syntax of the `regex` crate.
    pub pattern: At<String>,
    /// Whether it sees the original text in place of the folded one.
    pub raw: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PatternMap {
    pattern: At<String>,
    #[serde(default)]
    raw: bool,
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = PatternOr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a regular expression, or `{ pattern: …, raw: true }`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PatternOr, E> {
                Ok(PatternOr::Text(text.to_string()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<PatternOr, E> {
                Ok(PatternOr::Text(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PatternOr, A::Error> {
                PatternMap::deserialize(MapAccessDeserializer::new(map)).map(PatternOr::Map)
            }
        }
        enum PatternOr {
            Text(String),
            Map(PatternMap),
        }
        #[derive(Deserialize)]
        struct Placed(#[serde(deserialize_with = "either")] PatternOr);
        fn either<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PatternOr, D::Error> {
            deserializer.deserialize_any(Either)
        }
        let placed = At::<Placed>::deserialize(deserializer)?;
        Ok(match placed.value.0 {
            PatternOr::Text(value) => Self { pattern: At { value, span: placed.span }, raw: false },
            PatternOr::Map(map) => Self { pattern: map.pattern, raw: map.raw },
        })
    }
}

impl JsonSchema for Pattern {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let map = generator.subschema_for::<PatternMap>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, map] })
    }
}

/// Where a link leads.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkTo {
    /// Domain lists of the pack, or host names; subdomains are included.
    pub domains: Vec<At<String>>,
}

/// A number of parts that must be found.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// How many.
    pub n: At<u32>,
    /// Of which.
    pub of: Vec<At<Match>>,
}

/// What a hit keeps of its points; asserted and forwarded hits keep all.
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
}

impl Default for StanceFactors {
    fn default() -> Self {
        let at = |value| At { value, span: 0..0 };
        Self { quoted: at(0.4), attributed: at(0.4), distanced: at(0.2), denied: at(0.0) }
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

/// Posts and what they must give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What is tested, in words.
    pub name: At<String>,
    /// The posts, in order.
    pub posts: Vec<TestPost>,
    /// What they must give.
    pub expect: Expect,
    /// It must fail today: a gap that is known.
    #[serde(default)]
    pub known_miss: bool,
}

/// A post of a test.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestPost {
    /// Virtual time after the start of the test, for example `20m`.
    #[serde(default)]
    pub at: Option<At<String>>,
    /// `source/handle`.
    #[serde(default)]
    pub author: Option<At<String>>,
    /// post (default), article, comment or repost.
    #[serde(default)]
    pub kind: Option<At<String>>,
    /// Headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Words.
    #[serde(default)]
    pub text: String,
    /// Links beside those in the text.
    #[serde(default)]
    pub links: Vec<String>,
    /// `source/handle` that the words come from.
    #[serde(default)]
    pub forwarded_from: Option<String>,
}

/// What a test expects; lists are exact sets over the whole test, `[]` means none, absent means unchecked.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Score of the last post.
    #[serde(default)]
    pub score: Option<f64>,
    /// Stance of the last post; `none` where nothing hit.
    #[serde(default)]
    pub stance: Option<At<ExpectedStance>>,
    /// Alerts raised.
    #[serde(default)]
    pub alerts: Option<Vec<At<String>>>,
    /// Indicators that hit.
    #[serde(default)]
    pub hits: Option<Vec<At<String>>>,
    /// Signals opened.
    #[serde(default)]
    pub signals: Option<At<Later>>,
}

/// A stance in a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedStance {
    /// Own voice.
    Asserts,
    /// Passed on as fact.
    Relays,
    /// Given to somebody.
    Reports,
    /// Called false.
    Disputes,
    /// No hit.
    None,
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
