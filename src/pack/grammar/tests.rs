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
    /// post (default), article, comment or repost.
    #[serde(default)]
    #[schemars(schema_with = "super::schemas::kinds")]
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
