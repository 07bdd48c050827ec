//! Exceptions: hits that do not count, by the post that they stand in.

use std::collections::HashSet;

use jiff::Timestamp;

use super::lexicon::ListId;
use super::scan::Scratch;
use super::verdict::Field;
use crate::post::Post;

/// An exception ready to apply: each kind that is given must hold.
#[derive(Debug)]
pub struct Exemption {
    /// The indicators that do not count; none given means all.
    pub indicators: Option<Vec<usize>>,
    /// Accounts of author or channel.
    pub authors: Option<ListId>,
    /// Hosts of links.
    pub domains: Option<ListId>,
    /// Phrases in headline or text.
    pub phrases: Option<ListId>,
    /// Ids of posts; empty means any.
    pub posts: HashSet<String>,
    /// Posts from this moment on count again. The post's own time decides, so that a score can be computed again later.
    pub end: Timestamp,
}

impl Exemption {
    /// Whether it takes this indicator off this post.
    #[must_use]
    pub fn covers(&self, indicator: usize, post: &Post, scratch: &Scratch) -> bool {
        let fact = |list: ListId, wanted: fn(Field) -> bool| {
            scratch.facts.iter().any(|fact| fact.list == list && wanted(fact.field))
        };
        post.published_at < self.end
            && self.indicators.as_ref().is_none_or(|some| some.contains(&indicator))
            && (self.posts.is_empty() || self.posts.contains(&post.id))
            && self.authors.is_none_or(|list| fact(list, |field| matches!(field, Field::Author | Field::Channel)))
            && self.domains.is_none_or(|list| fact(list, |field| matches!(field, Field::Link(_))))
            && self.phrases.is_none_or(|list| scratch.lists().contains(&list))
    }
}
