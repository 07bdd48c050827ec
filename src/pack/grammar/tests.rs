//! Inline tests of a pack: posts, and what they must give.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Later;
use crate::yaml::At;

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
    /// `source/handle` of the channel, community or site that it stands in.
    #[serde(default)]
    pub channel: Option<At<String>>,
    /// post (default), article, comment or repost.
    #[serde(default)]
    #[schemars(schema_with = "super::schemas::kinds")]
    pub kind: Option<At<String>>,
    /// The language that the platform declares (BCP 47).
    #[serde(default)]
    pub lang: Option<String>,
    /// Headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Words.
    #[serde(default)]
    pub text: String,
    /// Links beside those in the text.
    #[serde(default)]
    pub links: Vec<String>,
    /// Hashtags without `#`; left out, they are found in the text.
    #[serde(default)]
    pub hashtags: Vec<String>,
    /// Mentioned accounts without `@`; left out, they are found in the text.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// Hashes or ids of pictures, videos and files.
    #[serde(default)]
    pub media: Vec<String>,
    /// Id of the post that it answers.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Id of the post that it passes on or quotes.
    #[serde(default)]
    pub repost_of: Option<String>,
    /// `source/handle` that the words come from.
    #[serde(default)]
    pub forwarded_from: Option<String>,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
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
    /// Alerts raised, held back or not.
    #[serde(default)]
    pub alerts: Option<Vec<At<String>>>,
    /// How many times somebody is told: alerts that `once_per` does not hold back.
    #[serde(default)]
    pub told: Option<usize>,
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
