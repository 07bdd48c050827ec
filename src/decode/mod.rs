//! Bytes → [`Post`]: one file a platform.
//!
//! A message is read into the platform's own typed shape (borrowed where the bytes allow it) and turned into the one
//! [`Post`]. Every message ends as one of three things: a post, readable but no post ([`Ignored`]), or unreadable
//! ([`DecodeError`]). Unknown fields are ignored, because platforms add some every month; a missing field is fatal
//! only where nothing essential is left.

use jiff::Timestamp;

use crate::post::Post;

/// How the payloads of a topic are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Decide by the `format` header, then by the payload's shape.
    Auto,
    /// A message of a Telegram Desktop JSON export.
    TelegramExport,
    /// A Bot API `Update` (or bare `Message`).
    TelegramBot,
    /// What `Message.to_dict()` of Telethon gives as JSON.
    Telethon,
    /// X API v2: a tweet with its `includes`.
    X,
    /// A Bluesky Jetstream event.
    Jetstream,
    /// A Mastodon status, or a streaming event that holds one.
    Mastodon,
    /// A Reddit submission or comment (a listing's child or the bare object).
    Reddit,
    /// One RSS, Atom or JSON Feed entry.
    Feed,
    /// Article JSON: title, body or HTML, author, date, url.
    Article,
    /// Our own shape, [`crate::record::PostRecord`].
    Post,
}

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
