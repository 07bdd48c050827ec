//! How an indicator is found: one kind a key, combined freely.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Later;
use crate::yaml::At;

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
    /// The language that the platform declares, the one that is found, or that the two differ.
    Language(LanguageTest),
    /// It is a forward from an account of one of these actors.
    Forwarded(Vec<At<String>>),
    /// A field's value, or how many it has.
    Field(FieldTest),
    /// The text as a whole reads like those of a class that a classifier has learnt.
    ReadsLike(ReadsLike),
    /// Shares an object with an open signal.
    Joins(Later),
}

/// What a classifier must say of the whole text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadsLike {
    /// The classifier, by its name.
    pub classifier: At<String>,
    /// The class that the text must read like; of several, their shares are added.
    pub classes: Vec<At<String>>,
    /// The share from which on this holds, above 0 and below 1.
    pub at: At<f64>,
    /// Word lists (or actors) of which one must occur: what the text is about. A text without them is not judged.
    pub about: Vec<At<String>>,
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

/// Where a link leads: any of what is given.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkTo {
    /// To one of these domain lists of the pack, or host names; subdomains are included.
    #[serde(default)]
    pub domains: Vec<At<String>>,
    /// To a host that imitates one of these domain lists of the pack, or host names: letters that look alike, a slip of
    /// the finger, another suffix, the name inside another domain.
    #[serde(default)]
    pub lookalike: Vec<At<String>>,
    /// To a link shortener, which hides where it leads.
    #[serde(default)]
    pub shortener: bool,
}

/// Languages of a post. Everything that is given must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LanguageTest {
    /// The platform declares one of these (ISO 639-1; regions are left aside).
    #[serde(default)]
    pub declared: Vec<At<String>>,
    /// One of these is found in the text.
    #[serde(default)]
    pub found: Vec<At<String>>,
    /// A language is declared, one is found, and they are not the same.
    #[serde(default)]
    pub differs: bool,
}

/// A part of a post that is no running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// The platform.
    Source,
    /// post, article, comment or repost.
    Kind,
    /// Handle, id and name of the author.
    Author,
    /// Channel, community or site.
    Channel,
    /// The declared language.
    Lang,
    /// The headline: how many words it has.
    Title,
    /// The text: how many words it has.
    Text,
    /// Where it can be read.
    Url,
    /// Its hashtags, without `#`.
    Hashtags,
    /// The accounts that it mentions, without `@`.
    Mentions,
    /// Its links, as written.
    Links,
    /// Hashes or ids of pictures, videos and files.
    Media,
    /// The post that it answers.
    ReplyTo,
    /// The post that it passes on or quotes.
    RepostOf,
    /// The account or channel that the words come from.
    ForwardedFrom,
}

impl FieldName {
    /// As it is written in packs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Kind => "kind",
            Self::Author => "author",
            Self::Channel => "channel",
            Self::Lang => "lang",
            Self::Title => "title",
            Self::Text => "text",
            Self::Url => "url",
            Self::Hashtags => "hashtags",
            Self::Mentions => "mentions",
            Self::Links => "links",
            Self::Media => "media",
            Self::ReplyTo => "reply_to",
            Self::RepostOf => "repost_of",
            Self::ForwardedFrom => "forwarded_from",
        }
    }
}

/// A test of a field. Everything that is given must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldTest {
    /// Which field.
    pub name: At<FieldName>,
    /// A value is one of these, whatever its case.
    #[serde(default)]
    pub is: Vec<At<String>>,
    /// A value matches this regular expression, as written by the platform.
    #[serde(default)]
    pub matches: Option<At<String>>,
    /// It has so many values or more; of `title` and `text`, words.
    #[serde(default)]
    pub at_least: Option<At<u32>>,
    /// It has so many values or fewer; of `title` and `text`, words. 0 means absent.
    #[serde(default)]
    pub at_most: Option<At<u32>>,
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
