//! Bytes → [`Post`]: one file a platform.
//!
//! A message is read into the platform's own typed shape (borrowed where the bytes allow it) and turned into the one
//! [`Post`]. Every message ends as one of three things: a post, readable but no post ([`Ignored`]), or unreadable
//! ([`DecodeError`]). Unknown fields are ignored, because platforms add some every month; a missing field is fatal
//! only where nothing essential is left, and a wrong type in a field that is not essential makes that field absent
//! (`lenient`).
//!
//! Nothing here reaches outside: no address is fetched, no markup executed, no clock read.

mod article;
mod draft;
mod feed;
mod feed_json;
mod format;
mod html;
mod jetstream;
mod json;
mod json_slices;
mod label;
mod lenient;
mod marks;
mod mastodon;
mod outcome;
mod own;
mod probe;
mod reddit;
mod split;
mod split_x;
mod telegram;
mod telegram_bot;
mod telegram_export;
mod telegram_text;
mod telethon;
mod time;
mod web;
mod x;
mod x_v1;
mod xml;

use std::borrow::Cow;

use jiff::Timestamp;

pub use format::{Format, UnknownFormat};
pub use outcome::{DecodeError, Ignored};

use crate::post::Post;

/// What a decoder may know beside the payload.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The message's value.
    pub payload: &'a [u8],
    /// The value of the Kafka header `format`, if there is one.
    pub format: Option<&'a str>,
    /// The Kafka record's timestamp: stands in where the platform gives no time.
    pub timestamp: Timestamp,
}

/// A readable message.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// It holds a post.
    Post(Box<Post>),
    /// It holds none.
    Ignored(Ignored),
}

/// Reads one message, which holds one post or none.
///
/// # Errors
/// [`DecodeError`] where the bytes are not what `format` says, or hold several posts ([`split`] takes them apart).
pub fn decode(format: Format, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let format = match (format, envelope.format) {
        (Format::Auto, Some(name)) => {
            name.parse().map_err(|UnknownFormat(name)| DecodeError::invalid("header `format`", &name))?
        }
        (format, _) => format,
    };
    let bytes = json::trimmed(envelope.payload);
    match bytes.first() {
        None => return Err(DecodeError::Empty),
        Some(b'<') => match format {
            Format::Auto | Format::Feed => return feed::decode(bytes, envelope),
            Format::Article => return Ok(article::decode_html(json::utf8(bytes)?, envelope)),
            _ => {}
        },
        Some(_) => {}
    }
    let text = json::utf8(bytes)?;
    match decode_json(format, text, envelope) {
        Err(DecodeError::NotJson { .. }) if let Some(mended) = json::mend_surrogates(text) => {
            decode_json(format, &mended, envelope)
        }
        result => result,
    }
}

/// Takes apart what holds several posts (an export, a feed, an array, a file with one JSON a line) into pieces that
/// [`decode`] reads one by one. A piece keeps the context that it needs, such as the name of its channel.
///
/// Several lines of JSON are always taken as lines, whatever the format.
///
/// # Errors
/// [`DecodeError`] where the bytes are not what `format` says. What is wrong inside a piece is found by [`decode`].
pub fn split(format: Format, bytes: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, DecodeError> {
    split::split(format, bytes)
}

fn decode_json(format: Format, text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let format = match format {
        Format::Auto | Format::Telegram => probe::probe(format, text)?,
        told => told,
    };
    match format {
        Format::TelegramExport => telegram_export::decode(text, envelope),
        Format::TelegramBot => telegram_bot::decode(text, envelope),
        Format::Telethon => telethon::decode(text, envelope),
        Format::X => x::decode(text, envelope),
        Format::Jetstream => jetstream::decode(text, envelope),
        Format::Mastodon => mastodon::decode(text, envelope),
        Format::Reddit => reddit::decode(text, envelope),
        Format::Feed => feed_json::decode(text, envelope),
        Format::Article => article::decode(text, envelope),
        Format::Post => own::decode(text, envelope),
        Format::Auto | Format::Telegram => Err(DecodeError::Unrecognised),
    }
}
