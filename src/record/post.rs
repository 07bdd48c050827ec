//! The wire shape of our own [`Post`]: what producers may send, and what stands in alert records.
//!
//! Reading is lenient (an id as number, one link without its array, an author as a string, a time in any common form),
//! writing is strict (every field present, RFC 3339). The documentation of the fields is the description in the
//! published JSON Schema.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::post::{Author, Kind, Post, TimeFrom};

/// A post, article, comment or repost. Required are `source` and any of `text`, `title`, `links` and `media`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostRecord {
    /// `source/author or channel/native id`. Left out, it is made from source, author or channel, and a hash of the message.
    #[serde(default, deserialize_with = "word")]
    pub id: Option<String>,
    /// The platform: `telegram`, `x`, `bluesky`, `mastodon`, `reddit`, `web`, or a name of your own.
    pub source: String,
    /// What sort of thing it is.
    #[serde(default)]
    pub kind: KindRecord,
    /// Who published it: an object, or its handle as a string (`anna_k` or `telegram/anna_k`).
    #[serde(default, deserialize_with = "author")]
    pub author: Option<AuthorRecord>,
    /// The channel, community, subreddit or site host that it stands in, without `@`.
    #[serde(default, deserialize_with = "word")]
    pub channel: Option<String>,
    /// When it was published, RFC 3339. Left out, the Kafka record's timestamp stands in.
    #[serde(default, deserialize_with = "word")]
    #[schemars(extend("format" = "date-time"))]
    pub published_at: Option<String>,
    /// Whether `published_at` is the platform's word or the Kafka record's timestamp.
    #[serde(default)]
    pub time_from: Option<TimeFromRecord>,
    /// When it was last edited, RFC 3339.
    #[serde(default, deserialize_with = "word")]
    #[schemars(extend("format" = "date-time"))]
    pub edited_at: Option<String>,
    /// The language that the platform declares (BCP 47).
    #[serde(default, deserialize_with = "word")]
    pub lang: Option<String>,
    /// A headline, as text.
    #[serde(default, deserialize_with = "word")]
    pub title: Option<String>,
    /// The words, as text. Offsets of evidence count its code points.
    #[serde(default, deserialize_with = "word")]
    pub text: Option<String>,
    /// Addresses in the post. Left out, they are found in the text.
    #[serde(default, deserialize_with = "words")]
    pub links: Vec<String>,
    /// Hashtags without `#`. Left out, they are found in the text.
    #[serde(default, deserialize_with = "words")]
    pub hashtags: Vec<String>,
    /// Mentioned accounts without `@`. Left out, they are found in the text.
    #[serde(default, deserialize_with = "words")]
    pub mentions: Vec<String>,
    /// Id of the post that this one answers.
    #[serde(default, deserialize_with = "word")]
    pub reply_to: Option<String>,
    /// Id of the post that this one passes on or quotes.
    #[serde(default, deserialize_with = "word")]
    pub repost_of: Option<String>,
    /// Account or channel that the words come from, `source/handle`, else its display name.
    #[serde(default, deserialize_with = "word")]
    pub forwarded_from: Option<String>,
    /// Hashes or platform ids of pictures, videos and files.
    #[serde(default, deserialize_with = "words")]
    pub media: Vec<String>,
    /// Where it can be read.
    #[serde(default, deserialize_with = "word")]
    pub url: Option<String>,
}

/// Who published a post. At least one part is present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorRecord {
    /// The platform's own number or DID, stable under renaming.
    #[serde(default, deserialize_with = "word")]
    pub id: Option<String>,
    /// The name in addresses, without `@`.
    #[serde(default, deserialize_with = "word")]
    pub handle: Option<String>,
    /// The display name.
    #[serde(default, deserialize_with = "word")]
    pub name: Option<String>,
}

/// What sort of thing was published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindRecord {
    /// A post in its author's own words; a quote-post with a comment is one too.
    #[default]
    Post,
    /// A web article or feed entry.
    Article,
    /// A reply or comment under something else.
    Comment,
    /// A forward, boost or repost without words of its own.
    Repost,
}

/// Where `published_at` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeFromRecord {
    /// The platform said so.
    Platform,
    /// The Kafka record's timestamp stands in.
    Record,
}

impl From<&Post> for PostRecord {
    fn from(post: &Post) -> Self {
        Self {
            id: Some(post.id.clone()),
            source: post.source.clone(),
            kind: post.kind.into(),
            author: post.author.as_ref().map(AuthorRecord::from),
            channel: post.channel.clone(),
            published_at: Some(post.published_at.to_string()),
            time_from: Some(post.time_from.into()),
            edited_at: post.edited_at.map(|time| time.to_string()),
            lang: post.lang.clone(),
            title: post.title.clone(),
            text: Some(post.text.clone()),
            links: post.links.clone(),
            hashtags: post.hashtags.clone(),
            mentions: post.mentions.clone(),
            reply_to: post.reply_to.clone(),
            repost_of: post.repost_of.clone(),
            forwarded_from: post.forwarded_from.clone(),
            media: post.media.clone(),
            url: post.url.clone(),
        }
    }
}

impl From<&Author> for AuthorRecord {
    fn from(author: &Author) -> Self {
        Self { id: author.id.clone(), handle: author.handle.clone(), name: author.name.clone() }
    }
}

impl From<Kind> for KindRecord {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Post => Self::Post,
            Kind::Article => Self::Article,
            Kind::Comment => Self::Comment,
            Kind::Repost => Self::Repost,
        }
    }
}

impl From<KindRecord> for Kind {
    fn from(kind: KindRecord) -> Self {
        match kind {
            KindRecord::Post => Self::Post,
            KindRecord::Article => Self::Article,
            KindRecord::Comment => Self::Comment,
            KindRecord::Repost => Self::Repost,
        }
    }
}

impl From<TimeFrom> for TimeFromRecord {
    fn from(from: TimeFrom) -> Self {
        match from {
            TimeFrom::Platform => Self::Platform,
            TimeFrom::Record => Self::Record,
        }
    }
}

/// Strings from a string, a number, or an array of them; everything else is none.
struct Strings;

impl<'de> Visitor<'de> for Strings {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string or an array of strings")
    }
    fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }
    fn visit_string<E>(self, text: String) -> Result<Vec<String>, E> {
        Ok(vec![text])
    }
    fn visit_i64<E>(self, number: i64) -> Result<Vec<String>, E> {
        Ok(vec![number.to_string()])
    }
    fn visit_u64<E>(self, number: u64) -> Result<Vec<String>, E> {
        Ok(vec![number.to_string()])
    }
    fn visit_f64<E>(self, number: f64) -> Result<Vec<String>, E> {
        Ok(vec![number.to_string()])
    }
    fn visit_bool<E>(self, _: bool) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
    fn visit_unit<E>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
    fn visit_none<E>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
        let mut all = Vec::new();
        while let Some(One(text)) = seq.next_element()? {
            all.extend(text);
        }
        Ok(all)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

/// One string, by the rules of [`word`].
struct One(Option<String>);

impl<'de> Deserialize<'de> for One {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer).map(Self)
    }
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(Strings)
}

fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    words(deserializer).map(|all| all.into_iter().next())
}

/// An author from an object or a string.
struct AuthorVisitor;

impl<'de> Visitor<'de> for AuthorVisitor {
    type Value = Option<AuthorRecord>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an author as object {id, handle, name} or as string")
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let handle = text.rsplit('/').next().unwrap_or(text).to_owned();
        Ok(Some(AuthorRecord { handle: Some(handle), ..AuthorRecord::default() }))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(AuthorRecord { id: Some(number.to_string()), ..AuthorRecord::default() }))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(AuthorRecord { id: Some(number.to_string()), ..AuthorRecord::default() }))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        AuthorRecord::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Some)
    }
}

fn author<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AuthorRecord>, D::Error> {
    deserializer.deserialize_any(AuthorVisitor)
}
