//! One RSS or Atom entry → [`Post`].
//!
//! In: a whole feed with exactly one entry, or the bare `<item>` or `<entry>`, with or without its namespaces declared
//! (they are declared by a frame around it). The reading is that of `feed-rs`, which knows RSS 0.9 to 2.0, Atom and the
//! usual extensions; the full text of `content:encoded` goes before the `description`. The entries of a JSON Feed go to
//! [`super::feed_json`].
//!
//! Documentation: rssboard.org/rss-specification, RFC 4287 (Atom), web.resource.org/rss/1.0/modules/content.

use feed_rs::model::{Entry, Feed, Text};
use jiff::Timestamp;

use super::html;
use super::outcome::shortened;
use super::web::{self, Page};
use super::xml::{self, Outline};
use super::{DecodeError, Decoded, Envelope, article};

/// The namespaces that entries use without declaring them once they are cut out of their feed.
const NAMESPACES: &str = concat!(
    r#" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/""#,
    r#" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd""#,
    r#" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/""#,
    r#" xmlns:georss="http://www.georss.org/georss" xmlns:yandex="http://news.yandex.ru""#,
);

pub(super) fn decode(bytes: &[u8], envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let text = xml::utf8(bytes)?;
    if is_html(&text) {
        return Ok(article::decode_html(&text, envelope));
    }
    let outline = xml::outline(&text)?;
    match outline.entries.len() {
        0 => return Err(DecodeError::Missing { what: "an `<item>` or `<entry>`" }),
        1 => {}
        count => return Err(DecodeError::SeveralPosts { count }),
    }
    let framed = framed(&text, &outline);
    let feed = feed_rs::parser::parse(framed.as_deref().unwrap_or(&text).as_bytes());
    let feed = feed.map_err(|error| DecodeError::NotXml { why: shortened(&error.to_string()) })?;
    let entry = feed.entries.first().ok_or(DecodeError::Missing { what: "an `<item>` or `<entry>`" })?;
    Ok(post(entry, &feed, envelope))
}

/// Whether this is a web page and no feed.
fn is_html(text: &str) -> bool {
    let starts_with = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts_with("<!doctype html") || starts_with("<html")
}

/// A bare entry in the frame of a feed.
fn framed(text: &str, outline: &Outline) -> Option<String> {
    let (before, after) = match outline.root.as_str() {
        "item" => (format!(r#"<rss version="2.0"{NAMESPACES}><channel>"#), "</channel></rss>"),
        "entry" => (format!(r#"<feed xmlns="http://www.w3.org/2005/Atom"{NAMESPACES}>"#), "</feed>"),
        _ => return None,
    };
    let entry = text.get(outline.entries.first()?.clone())?;
    Some([&before, entry, after].concat())
}

fn post(entry: &Entry, feed: &Feed, envelope: &Envelope<'_>) -> Decoded {
    let content =
        entry.content.as_ref().and_then(|content| Some((content.body.as_deref()?, content.content_type.as_str())));
    let summary = entry.summary.as_ref().map(|text| (text.content.as_str(), text.content_type.as_str()));
    let (body, kind) = content.filter(|(body, _)| !body.trim().is_empty()).or(summary).unwrap_or_default();
    let title = entry.title.as_ref().map(title);
    let address = entry.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let site = feed.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let enclosures =
        entry.links.iter().filter(|link| link.rel.as_deref() == Some("enclosure")).map(|link| link.href.clone());
    let media = entry
        .media
        .iter()
        .flat_map(|media| &media.content)
        .filter_map(|content| content.url.as_ref())
        .map(ToString::to_string);
    let time = |millis: i64| Timestamp::from_millisecond(millis).ok();
    let published = entry.published.and_then(|at| time(at.timestamp_millis()));
    let updated = entry.updated.and_then(|at| time(at.timestamp_millis()));
    web::post(
        Page {
            title: title.as_deref(),
            body,
            // RSS calls its HTML plain text often enough; Atom says what it means.
            is_text: kind == "text/plain" && feed.feed_type == feed_rs::model::FeedType::Atom,
            address: address.map(|link| link.href.as_str()),
            guid: Some(entry.id.as_str()),
            site: site.map(|link| link.href.as_str()),
            author: entry
                .authors
                .first()
                .or(feed.authors.first())
                .and_then(|person| person.name.as_deref())
                .filter(|name| !name.trim().is_empty()),
            published: published.or(updated),
            edited: updated,
            lang: entry.language.as_deref().or(feed.language.as_deref()),
            media: enclosures.chain(media).collect(),
        },
        envelope,
    )
}

fn title(title: &Text) -> String {
    html::read_any(&title.content).text
}
