//! Exceptions: what a pack is known to hit wrongly, in a file of its own, so that they can be given, reviewed and
//! run out without touching the pack.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::At;

/// An exceptions file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undercurrent exceptions")]
pub struct ExceptionsFile {
    /// The pack that they belong to.
    pub exceptions: At<String>,
    /// The exceptions.
    pub list: Vec<Exception>,
}

/// What does not count, until when, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Its name within the file.
    pub id: At<String>,
    /// The indicators that do not count; all of the pack where none is named.
    #[serde(default)]
    pub indicators: Vec<At<String>>,
    /// On which posts.
    pub except: At<Except>,
    /// The last day on which it holds (YYYY-MM-DD, UTC, by the post's own time).
    pub until: At<String>,
    /// Why, for the one who reviews it.
    pub because: At<String>,
    /// Where that can be read.
    #[serde(default)]
    pub reference: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub author: Option<String>,
}

/// The posts of an exception: each kind that is given must hold, by any of its entries.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Except {
    /// The author or channel is one of these, `source/handle`.
    #[serde(default)]
    pub authors: Vec<At<String>>,
    /// A link leads to one of these hosts; subdomains are included.
    #[serde(default)]
    pub domains: Vec<At<String>>,
    /// One of these phrases stands in it, matched as in word lists.
    #[serde(default)]
    pub phrases: Vec<At<String>>,
    /// It is one of these posts, by id.
    #[serde(default)]
    pub posts: Vec<At<String>>,
}
