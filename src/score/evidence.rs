//! Places in a post → evidence that a person can read and a program can find again.

use std::ops::Range;

use super::verdict::{Evidence, Field};
use crate::post::Post;
use crate::text::code_points;

/// Code points of context on each side; enough to find the place again after small edits, as in W3C TextQuoteSelector.
const CONTEXT: usize = 32;

/// The text that a field's evidence refers to, as the evidence law reads it back.
#[must_use]
pub fn field_text(post: &Post, field: Field) -> Option<std::borrow::Cow<'_, str>> {
    let account = |handle: &str| {
        let text = if handle.contains('/') { handle.to_string() } else { format!("{}/{handle}", post.source) };
        std::borrow::Cow::Owned(text)
    };
    match field {
        Field::Title => post.title.as_deref().map(Into::into),
        Field::Text => Some(post.text.as_str().into()),
        Field::Author => post.author.as_ref().and_then(|author| author.label()).map(account),
        Field::Channel => post.channel.as_deref().map(account),
        Field::ForwardedFrom => post.forwarded_from.as_deref().map(account),
        Field::Link(at) => post.links.get(at).map(|link| link.as_str().into()),
        Field::Source => Some(post.source.as_str().into()),
        Field::Kind => Some(post.kind.name().into()),
        Field::Lang => post.lang.as_deref().map(Into::into),
        Field::Url => post.url.as_deref().map(Into::into),
        Field::Hashtag(at) => post.hashtags.get(at).map(|tag| tag.as_str().into()),
        Field::Mention(at) => post.mentions.get(at).map(|account| account.as_str().into()),
        Field::Media(at) => post.media.get(at).map(|id| id.as_str().into()),
        Field::ReplyTo => post.reply_to.as_deref().map(Into::into),
        Field::RepostOf => post.repost_of.as_deref().map(Into::into),
    }
}

/// Evidence at bytes of a field; the whole field where no bytes are given. None where the field is absent.
#[must_use]
pub fn evidence(post: &Post, field: Field, bytes: Option<Range<usize>>) -> Option<Evidence> {
    let text = field_text(post, field)?;
    let bytes = bytes.unwrap_or(0..text.len());
    let exact = text.get(bytes.clone())?;
    let start = code_points(&text, bytes.start);
    let before = text[..bytes.start].char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
    let after = text[bytes.end..].char_indices().nth(CONTEXT).map_or(text.len(), |(at, _)| bytes.end + at);
    Some(Evidence {
        field,
        start,
        end: start + exact.chars().count(),
        exact: exact.into(),
        prefix: text[before..bytes.start].into(),
        suffix: text[bytes.end..after].into(),
    })
}
