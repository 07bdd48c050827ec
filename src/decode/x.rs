//! X API v2 → [`Post`].
//!
//! In: `{"data": {…}, "includes": {…}}` as the lookup, search and stream endpoints give it for one post (the stream adds
//! `matching_rules`), or the bare post. What `includes` holds depends on the `expansions` asked for: without them there
//! is no handle, no name, and of a repost only its first 140 characters. A long post's whole text stands in
//! `note_tweet`. Texts arrive with `&`, `<` and `>` as entities. Compliance events and messages about the stream are
//! ignored by reason. Posts of API v1.1 go to [`super::x_v1`].
//!
//! Documentation: docs.x.com, "Data dictionary" and "Expansions" of the X API v2, "Compliance streams".

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, handle, id_of};
use super::json::object;
use super::lenient::{Given, Many, Maybe, When, Word};
use super::marks::Marks;
use super::{DecodeError, Decoded, Envelope, Ignored, x_v1};
use crate::post::{Author, Kind};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow)]
    data: Given<Many<Maybe<Tweet<'a>>>>,
    #[serde(borrow)]
    includes: Maybe<Includes<'a>>,
    // A bare post of v2 or v1.1, a list of them, or a message about the stream.
    id: Given<IgnoredAny>,
    id_str: Given<IgnoredAny>,
    full_text: Given<IgnoredAny>,
    statuses: Given<Many<IgnoredAny>>,
    delete: Given<IgnoredAny>,
    errors: Given<IgnoredAny>,
    meta: Given<IgnoredAny>,
    limit: Given<IgnoredAny>,
    warning: Given<IgnoredAny>,
    disconnect: Given<IgnoredAny>,
    scrub_geo: Given<IgnoredAny>,
    status_withheld: Given<IgnoredAny>,
    user_withheld: Given<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Includes<'a> {
    #[serde(borrow)]
    users: Many<Maybe<User<'a>>>,
    #[serde(borrow)]
    tweets: Many<Maybe<Tweet<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    username: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tweet<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    note_tweet: Maybe<Note<'a>>,
    #[serde(borrow)]
    author_id: Word<'a>,
    created_at: When,
    #[serde(borrow)]
    lang: Word<'a>,
    #[serde(borrow)]
    referenced_tweets: Many<Maybe<Reference<'a>>>,
    #[serde(borrow)]
    entities: Maybe<Entities<'a>>,
    #[serde(borrow)]
    attachments: Maybe<Attachments<'a>>,
    // Compliance events stand in `data` too.
    delete: Given<IgnoredAny>,
    tweet_delete: Given<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Note<'a> {
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    entities: Maybe<Entities<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entities<'a> {
    #[serde(borrow)]
    urls: Many<Maybe<Link<'a>>>,
    #[serde(borrow)]
    hashtags: Many<Maybe<Tag<'a>>>,
    #[serde(borrow)]
    mentions: Many<Maybe<Mention<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link<'a> {
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    expanded_url: Word<'a>,
    #[serde(borrow)]
    media_key: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tag<'a> {
    #[serde(borrow)]
    tag: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mention<'a> {
    #[serde(borrow)]
    username: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachments<'a> {
    #[serde(borrow)]
    media_keys: Many<Word<'a>>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let response: Response<'_> = object(text)?;
    if let Some(data) = &response.data.0 {
        return match data.0.as_slice() {
            [] => Ok(Decoded::Ignored(Ignored::Notice)),
            [Maybe(Some(tweet))] => Ok(post(tweet, response.includes.get().unwrap_or(&Includes::default()), envelope)),
            [Maybe(None)] => Err(DecodeError::invalid("`data`", "it is not an object")),
            several => Err(DecodeError::SeveralPosts { count: several.len() }),
        };
    }
    if let Some(statuses) = &response.statuses.0 {
        return Err(DecodeError::SeveralPosts { count: statuses.0.len() });
    }
    if response.id_str.0.is_some() || response.full_text.0.is_some() {
        return x_v1::decode(text, envelope);
    }
    if response.id.0.is_some() {
        return Ok(post(&object(text)?, &Includes::default(), envelope));
    }
    if response.delete.0.is_some() {
        return Ok(Decoded::Ignored(Ignored::Deletion));
    }
    let notices = [
        &response.errors,
        &response.meta,
        &response.limit,
        &response.warning,
        &response.disconnect,
        &response.scrub_geo,
        &response.status_withheld,
        &response.user_withheld,
    ];
    if notices.iter().any(|notice| notice.0.is_some()) {
        return Ok(Decoded::Ignored(Ignored::Notice));
    }
    Err(DecodeError::Missing { what: "`data` or `id` of a post on X" })
}

fn post(tweet: &Tweet<'_>, includes: &Includes<'_>, envelope: &Envelope<'_>) -> Decoded {
    if tweet.id.get().is_none() && tweet.text.get().is_none() {
        let deleted = tweet.delete.0.is_some() || tweet.tweet_delete.0.is_some();
        return Decoded::Ignored(if deleted { Ignored::Deletion } else { Ignored::Notice });
    }
    let retweeted = tweet.referenced("retweeted");
    let quoted = tweet.referenced("quoted");
    let replied = tweet.referenced("replied_to");
    let kind = match (retweeted, replied) {
        (Some(_), _) => Kind::Repost,
        (None, Some(_)) => Kind::Comment,
        (None, None) => Kind::Post,
    };

    let author = includes.author_of(tweet);
    let scope = author.as_ref().and_then(Author::label);
    let mut post = begin("x", kind, scope, tweet.id.trimmed(), tweet.created_at.0, envelope);
    post.url = tweet.id.trimmed().map(|id| {
        let name = author.as_ref().and_then(|author| author.handle.as_deref()).unwrap_or("i");
        format!("https://x.com/{name}/status/{id}")
    });
    post.author = author;
    post.reply_to = replied.map(|id| includes.post_id(id));
    post.repost_of = retweeted.or(quoted).map(|id| includes.post_id(id));

    // Of a repost, the words are in the post that it passes on.
    let (prefix_handle, shortened) = match retweeted {
        Some(_) => without_rt(tweet.words()),
        None => (None, tweet.words()),
    };
    let original = retweeted.and_then(|id| includes.tweet(id));
    let words_of = original.unwrap_or(tweet);
    post.text = unescaped(if original.is_some() { words_of.words() } else { shortened });
    if retweeted.is_some() {
        let from = original.and_then(|original| includes.author_of(original));
        let from = from.as_ref().and_then(Author::label).or(prefix_handle);
        post.forwarded_from = from.map(|name| format!("x/{name}"));
    }
    post.lang = words_of.lang.owned().filter(|lang| is_language(lang));
    let keys = words_of.attachments.get().into_iter().flat_map(|attachments| attachments.media_keys.words());
    post.media.extend(keys.map(|key| format!("x/{key}")));

    let mut marks = words_of.marks(quoted);
    if retweeted.is_some() && original.is_none() {
        // The first mention is that of "RT @name:".
        marks.mentions.retain(|name| Some(name.as_str()) != prefix_handle);
    }
    let marks = if words_of.entities.get().is_some() { marks } else { marks.or_found_in(&post.text) };
    finish(post, marks)
}

impl Tweet<'_> {
    fn referenced(&self, kind: &str) -> Option<&str> {
        self.referenced_tweets
            .objects()
            .find(|reference| reference.kind.get() == Some(kind))
            .and_then(|reference| reference.id.trimmed())
    }

    fn words(&self) -> &str {
        self.note_tweet.get().and_then(|note| note.text.get()).unwrap_or(self.text.text())
    }

    /// The platform's entities. Links to the post's own media and to the post that it quotes are no links of its text.
    fn marks(&self, quoted: Option<&str>) -> Marks {
        let mut marks = Marks::default();
        let of_note = self.note_tweet.get().and_then(|note| note.entities.get());
        for entities in [self.entities.get(), of_note].into_iter().flatten() {
            for link in entities.urls.objects().filter(|link| link.media_key.get().is_none()) {
                let address = link.expanded_url.get().unwrap_or(link.url.text());
                if !is_status(address, quoted) && !is_status(address, self.id.trimmed()) {
                    marks.link(address);
                }
            }
            entities.hashtags.objects().for_each(|tag| marks.hashtag(tag.tag.text()));
            entities.mentions.objects().for_each(|mention| marks.mention(mention.username.text()));
        }
        marks
    }
}

impl<'a> Includes<'a> {
    fn tweet(&self, id: &str) -> Option<&Tweet<'a>> {
        self.tweets.objects().find(|tweet| tweet.id.trimmed() == Some(id))
    }

    fn author_of(&self, tweet: &Tweet<'_>) -> Option<Author> {
        let id = tweet.author_id.trimmed()?;
        let user = self.users.objects().find(|user| user.id.trimmed() == Some(id));
        Some(Author {
            id: Some(id.to_owned()),
            handle: user.and_then(|user| user.username.trimmed()).and_then(handle),
            name: user.and_then(|user| user.name.owned()),
        })
    }

    fn post_id(&self, id: &str) -> String {
        let author = self.tweet(id).and_then(|tweet| self.author_of(tweet));
        id_of("x", author.as_ref().and_then(Author::label), id)
    }
}

/// Takes `RT @name: ` off the start.
pub(super) fn without_rt(text: &str) -> (Option<&str>, &str) {
    let stripped = text.strip_prefix("RT @").and_then(|rest| rest.split_once(": "));
    match stripped {
        Some((name, rest)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => (Some(name), rest),
        _ => (None, text),
    }
}

/// X escapes three characters, and no others.
pub(super) fn unescaped(text: &str) -> String {
    if text.contains('&') {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    } else {
        text.to_owned()
    }
}

/// `und`, `zxx` and the `q..` codes are X's ways to say that it found no language.
pub(super) fn is_language(code: &str) -> bool {
    !(matches!(code, "und" | "zxx" | "art") || (code.len() == 3 && code.starts_with('q')))
}

/// Whether `address` is that of post `id`.
pub(super) fn is_status(address: &str, id: Option<&str>) -> bool {
    id.is_some_and(|id| address.rsplit_once("/status/").is_some_and(|(_, end)| end == id))
}
