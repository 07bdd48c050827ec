//! A feed entry as JSON → [`Post`].
//!
//! In: an item of a JSON Feed (jsonfeed.org, version 1.1), a whole JSON Feed with one item, or a parsed RSS or Atom
//! entry as feedparser (Python) and rss-parser (JavaScript) write it.

use serde::Deserialize;

use super::json::object;
use super::label::{Label, Labels};
use super::lenient::{Given, Many, Maybe, When, Word};
use super::web::{self, Page};
use super::{DecodeError, Decoded, Envelope};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Feed<'a> {
    #[serde(borrow)]
    items: Given<Many<Maybe<Entry<'a>>>>,
    #[serde(borrow)]
    home_page_url: Word<'a>,
    #[serde(borrow)]
    language: Word<'a>,
    #[serde(borrow)]
    author: Labels<'a>,
    #[serde(borrow)]
    authors: Labels<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    guid: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    link: Word<'a>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    content_html: Word<'a>,
    #[serde(borrow)]
    content_text: Word<'a>,
    #[serde(borrow)]
    content: Labels<'a>,
    #[serde(borrow, rename = "content:encoded")]
    encoded: Word<'a>,
    #[serde(borrow)]
    summary: Word<'a>,
    #[serde(borrow)]
    description: Word<'a>,
    #[serde(borrow)]
    author: Labels<'a>,
    #[serde(borrow)]
    authors: Labels<'a>,
    #[serde(borrow)]
    creator: Labels<'a>,
    date_published: When,
    published: When,
    #[serde(rename = "pubDate")]
    pub_date: When,
    #[serde(rename = "isoDate")]
    iso_date: When,
    date_modified: When,
    updated: When,
    #[serde(borrow)]
    language: Word<'a>,
    #[serde(borrow)]
    image: Labels<'a>,
    #[serde(borrow)]
    attachments: Labels<'a>,
    #[serde(borrow)]
    enclosures: Labels<'a>,
    #[serde(borrow)]
    links: Labels<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let feed: Feed<'_> = object(text)?;
    match feed.items.0.as_ref().map(|items| items.0.as_slice()) {
        None => Ok(post(&object(text)?, &feed, envelope)),
        Some([]) => Err(DecodeError::Missing { what: "an item of the feed" }),
        Some([Maybe(Some(entry))]) => Ok(post(entry, &feed, envelope)),
        Some([Maybe(None)]) => Err(DecodeError::invalid("`items`", "its item is not an object")),
        Some(several) => Err(DecodeError::SeveralPosts { count: several.len() }),
    }
}

fn post(entry: &Entry<'_>, feed: &Feed<'_>, envelope: &Envelope<'_>) -> Decoded {
    let html = entry.content_html.trimmed().or(entry.encoded.trimmed()).or(entry.content.word());
    let (body, is_text) = match (html, entry.content_text.trimmed()) {
        (Some(html), _) => (html, false),
        (None, Some(text)) => (text, true),
        (None, None) => (entry.summary.trimmed().or(entry.description.trimmed()).unwrap_or_default(), false),
    };
    let authors = [&entry.author, &entry.authors, &entry.creator, &feed.author, &feed.authors];
    let alternate =
        entry.links.0.iter().find(|link| matches!(link.relation(), "alternate" | "")).and_then(Label::address);
    let enclosures = entry.links.0.iter().filter(|link| link.relation() == "enclosure");
    let media = enclosures.chain(&entry.attachments.0).chain(&entry.enclosures.0).chain(&entry.image.0);
    web::post(
        Page {
            title: entry.title.trimmed(),
            body,
            is_text,
            address: entry.url.trimmed().or(entry.link.trimmed()).or(alternate),
            guid: entry.id.trimmed().or(entry.guid.trimmed()),
            site: feed.home_page_url.trimmed(),
            author: authors.into_iter().find_map(Labels::word),
            published: entry
                .date_published
                .0
                .or(entry.published.0)
                .or(entry.pub_date.0)
                .or(entry.iso_date.0)
                .or(entry.updated.0),
            edited: entry.date_modified.0.or(entry.updated.0),
            lang: entry.language.trimmed().or(feed.language.trimmed()),
            media: media.filter_map(Label::address).map(str::to_owned).collect(),
        },
        envelope,
    )
}
