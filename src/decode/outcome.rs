//! How a message ends that gives no post: readable without one, or unreadable.
//!
//! Both are closed, because their reasons are metric labels and header values.

use thiserror::Error;

/// Why a readable message holds no post to score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// Somebody liked something.
    Like,
    /// A reaction to a post, or the count of them.
    Reaction,
    /// Somebody follows or joins somebody.
    Follow,
    /// Somebody blocks somebody.
    Block,
    /// A list, feed generator or starter pack, or an entry of one.
    List,
    /// A profile, user or community description.
    Profile,
    /// A handle changed hands or hosts.
    Identity,
    /// An account was opened, suspended or closed.
    Account,
    /// What a chat says about itself: joined, pinned, renamed, a member's rights.
    Service,
    /// A post was taken away; nothing of it is left to score.
    Deletion,
    /// A vote, or the running count of one.
    Poll,
    /// A button pressed, an inline query, a payment.
    Interaction,
    /// Something that happened to the account that listens.
    Notification,
    /// The platform speaks about the stream itself: limits, warnings, errors of a request.
    Notice,
    /// A kind of record that holds no post, not named above.
    Other,
    /// A post without text, headline, link or media.
    Empty,
}

impl Ignored {
    /// Every reason.
    pub const ALL: [Self; 16] = [
        Self::Like,
        Self::Reaction,
        Self::Follow,
        Self::Block,
        Self::List,
        Self::Profile,
        Self::Identity,
        Self::Account,
        Self::Service,
        Self::Deletion,
        Self::Poll,
        Self::Interaction,
        Self::Notification,
        Self::Notice,
        Self::Other,
        Self::Empty,
    ];

    /// The metric label.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Reaction => "reaction",
            Self::Follow => "follow",
            Self::Block => "block",
            Self::List => "list",
            Self::Profile => "profile",
            Self::Identity => "identity",
            Self::Account => "account",
            Self::Service => "service",
            Self::Deletion => "deletion",
            Self::Poll => "poll",
            Self::Interaction => "interaction",
            Self::Notification => "notification",
            Self::Notice => "notice",
            Self::Other => "other",
            Self::Empty => "empty",
        }
    }
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// No bytes, or only white space.
    #[error(
        "the message is empty; a deletion on a compacted topic is a tombstone, anything else should hold JSON or XML"
    )]
    Empty,
    /// JSON and HTML are UTF-8.
    #[error("not UTF-8 from byte {at} on; producers must send UTF-8")]
    NotUtf8 {
        /// How many bytes were good.
        at: usize,
    },
    /// The bytes are no JSON.
    #[error("not JSON at line {line}, column {column}: {why}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What the parser says.
        why: String,
    },
    /// The bytes are no XML feed.
    #[error("not an XML feed: {why}")]
    NotXml {
        /// What the parser says.
        why: String,
    },
    /// `auto` knows no such shape.
    #[error(
        "no known shape: looked for Telegram (`message`, `message_id`, `_`), X (`data`, `id_str`), Jetstream (`did`), Mastodon (`account`), \
         Reddit (`subreddit`, `kind`), a feed entry, an article (`title`, `body`) and our own (`source`); set `format`"
    )]
    Unrecognised,
    /// A part without which there is no post.
    #[error("{what} is missing")]
    Missing {
        /// The part.
        what: &'static str,
    },
    /// A part that cannot be what it should be.
    #[error("{what} cannot be read: {why}")]
    Invalid {
        /// The part.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// One message holds one post.
    #[error("{count} posts in one message; send one post a message (`undercurrent feed` splits exports and feeds)")]
    SeveralPosts {
        /// How many.
        count: usize,
    },
    /// Nested deeper than any platform does.
    #[error("nested deeper than {limit} levels, which no platform does")]
    TooDeep {
        /// How deep is allowed.
        limit: usize,
    },
}

/// What a parser says may repeat the payload; a header and a log line need the start of it only.
const LONGEST_WHY: usize = 200;

impl DecodeError {
    /// The metric label.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "empty_message",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::NotJson { .. } => "not_json",
            Self::NotXml { .. } => "not_xml",
            Self::Unrecognised => "unrecognised",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::SeveralPosts { .. } => "several_posts",
            Self::TooDeep { .. } => "too_deep",
        }
    }

    /// A part that cannot be read, because of `why`.
    pub(crate) fn invalid(what: &'static str, why: &str) -> Self {
        Self::Invalid { what, why: shortened(why) }
    }
}

/// The first [`LONGEST_WHY`] characters, without control characters.
pub(super) fn shortened(why: &str) -> String {
    why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_WHY).collect()
}
