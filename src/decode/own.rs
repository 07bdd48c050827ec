//! Our own shape → [`Post`]: for producers that have their own connectors.
//!
//! In: one [`PostRecord`]. Strings are moved, not copied. What the producer leaves out is made up for: the id from a
//! hash, the time from the record, links, hashtags and mentions from the text.

use super::draft::{begin, finish, handle};
use super::json::object;
use super::marks::Marks;
use super::{DecodeError, Decoded, Envelope, time};
use crate::post::{Author, Kind, Post, TimeFrom};
use crate::record::{AuthorRecord, PostRecord, TimeFromRecord};

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let record: PostRecord = object(text)?;
    if record.source.trim().is_empty() {
        return Err(DecodeError::Missing { what: "`source`" });
    }
    Ok(post(record, envelope))
}

fn post(record: PostRecord, envelope: &Envelope<'_>) -> Decoded {
    let source = record.source.trim().to_lowercase();
    let author = record.author.and_then(author);
    let channel = record.channel.as_deref().and_then(handle);
    let scope = author.as_ref().and_then(Author::label).or(channel.as_deref());
    let published_at = record.published_at.as_deref().and_then(time::parse);

    let kind = Kind::from(record.kind);
    let mut post = match present(record.id) {
        Some(id) => {
            let mut post = Post::new(id, source, kind, published_at.unwrap_or(envelope.timestamp));
            post.time_from = if published_at.is_some() { TimeFrom::Platform } else { TimeFrom::Record };
            post
        }
        None => begin(&source, kind, scope, None, published_at, envelope),
    };
    if record.time_from == Some(TimeFromRecord::Record) {
        post.time_from = TimeFrom::Record;
    }
    post.author = author;
    post.channel = channel;
    post.edited_at = record.edited_at.as_deref().and_then(time::parse);
    post.lang = present(record.lang);
    post.title = present(record.title);
    post.text = record.text.unwrap_or_default();
    post.reply_to = present(record.reply_to);
    post.repost_of = present(record.repost_of);
    post.forwarded_from = present(record.forwarded_from);
    post.media = record.media;
    post.url = present(record.url);

    let mut given = Marks::default();
    record.links.iter().for_each(|link| given.link(link));
    record.hashtags.iter().for_each(|tag| given.hashtag(tag));
    record.mentions.iter().for_each(|name| given.mention(name));
    let marks = given.or_found_in(&post.text);
    finish(post, marks)
}

fn author(record: AuthorRecord) -> Option<Author> {
    let author = Author {
        id: present(record.id),
        handle: record.handle.as_deref().and_then(handle),
        name: present(record.name),
    };
    author.label().is_some().then_some(author)
}

fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
