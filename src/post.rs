//! The one shape that every input becomes.
//!
//! A decoder fills it, everything after it only reads it. Offsets in evidence refer to [`Post::text`] and
//! [`Post::title`] exactly as they stand here (after HTML became text), so nothing may rewrite them later.

use jiff::Timestamp;

/// What sort of thing was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A post in its author's own words; a quote-post with a comment is one too.
    Post,
    /// A web article or feed entry.
    Article,
    /// A reply or comment under something else.
    Comment,
    /// A forward, boost or repost without words of its own: the text, if any, is somebody else's.
    Repost,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Post, Self::Article, Self::Comment, Self::Repost];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Article => "article",
            Self::Comment => "comment",
            Self::Repost => "repost",
        }
    }
}

/// Where [`Post::published_at`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeFrom {
    /// The platform said so.
    Platform,
    /// The platform said nothing readable; this is the Kafka record's timestamp.
    Record,
}

/// Who published a post. Each part is as the platform gives it; all may be absent except one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// The platform's own number or DID, stable under renaming.
    pub id: Option<String>,
    /// The name in addresses, without `@`.
    pub handle: Option<String>,
    /// The display name.
    pub name: Option<String>,
}

impl Author {
    /// The most telling single name: handle, else id, else display name.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.handle.as_deref().or(self.id.as_deref()).or(self.name.as_deref())
    }
}

/// One post, article, comment or repost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// `source/author or channel/native id`, for example `telegram/rybar/66213`. The same post read twice has the same id.
    pub id: String,
    /// The platform: `telegram`, `x`, `bluesky`, `mastodon`, `reddit`, `web`, or what a producer of our own shape says.
    pub source: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Who published it, if known.
    pub author: Option<Author>,
    /// The channel, community, subreddit or site host that it stands in, without `@`.
    pub channel: Option<String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Whether the platform or the record gave that time.
    pub time_from: TimeFrom,
    /// When it was last edited; an edit is scored again under the same id.
    pub edited_at: Option<Timestamp>,
    /// The language that the platform declares, as it writes it (BCP 47).
    pub lang: Option<String>,
    /// A headline, as text.
    pub title: Option<String>,
    /// The words, as text. Empty where there are none.
    pub text: String,
    /// Addresses in the post, as written (canonical forms are made while scoring), each once.
    pub links: Vec<String>,
    /// Hashtags without `#`, as written, each once.
    pub hashtags: Vec<String>,
    /// Mentioned accounts without `@`, as written, each once.
    pub mentions: Vec<String>,
    /// Id of the post that this one answers, `source/…/native id` where the platform gives enough.
    pub reply_to: Option<String>,
    /// Id of the post that this one passes on or quotes.
    pub repost_of: Option<String>,
    /// Account or channel that the words come from, `source/handle`, else its display name.
    pub forwarded_from: Option<String>,
    /// Hashes or platform ids of pictures, videos and files.
    pub media: Vec<String>,
    /// Where it can be read.
    pub url: Option<String>,
}

impl Post {
    /// A post with the given identity and nothing else.
    #[must_use]
    pub fn new(id: impl Into<String>, source: impl Into<String>, kind: Kind, published_at: Timestamp) -> Self {
        Self {
            id: id.into(),
            source: source.into(),
            kind,
            author: None,
            channel: None,
            published_at,
            time_from: TimeFrom::Platform,
            edited_at: None,
            lang: None,
            title: None,
            text: String::new(),
            links: Vec::new(),
            hashtags: Vec::new(),
            mentions: Vec::new(),
            reply_to: None,
            repost_of: None,
            forwarded_from: None,
            media: Vec::new(),
            url: None,
        }
    }

    /// Whether there is anything to score: words, a headline, a link, media, or somebody else's post passed on.
    #[must_use]
    pub fn has_content(&self) -> bool {
        !self.text.trim().is_empty()
            || self.title.as_deref().is_some_and(|title| !title.trim().is_empty())
            || !self.links.is_empty()
            || !self.media.is_empty()
            || (self.kind == Kind::Repost && (self.repost_of.is_some() || self.forwarded_from.is_some()))
    }

    /// Whether the words, if any, come from elsewhere without a comment.
    #[must_use]
    pub fn is_bare_forward(&self) -> bool {
        self.kind == Kind::Repost
    }
}
