//! A tweet of X API v1.1 → [`Post`]. Archives and published data sets still come in this shape.
//!
//! In: the status object in "extended" mode (`full_text`), in "compat" mode (`text`, cut, with `extended_tweet` beside
//! it), or as in the old streams. The retweeted and quoted posts stand in it whole.
//!
//! Documentation: developer.x.com, "Tweet object" and "Entities object" of the standard v1.1 API.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, handle, id_of};
use super::json::object;
use super::lenient::{Many, Maybe, When, Word};
use super::marks::Marks;
use super::x::{is_language, is_status, unescaped, without_rt};
use super::{DecodeError, Decoded, Envelope};
use crate::post::{Author, Kind};

/// A status with the ones inside it; a retweet of a quote nests no deeper than this.
type Outer<'a> = Status<'a, Inner<'a>>;
type Inner<'a> = Status<'a, IgnoredAny>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "S: Default + Deserialize<'de>"))]
struct Status<'a, S> {
    #[serde(borrow)]
    id_str: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
    created_at: When,
    #[serde(borrow)]
    user: Maybe<User<'a>>,
    #[serde(borrow)]
    full_text: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    extended_tweet: Maybe<Extended<'a>>,
    #[serde(borrow)]
    lang: Word<'a>,
    #[serde(borrow)]
    in_reply_to_status_id_str: Word<'a>,
    #[serde(borrow)]
    in_reply_to_screen_name: Word<'a>,
    #[serde(borrow)]
    entities: Maybe<Entities<'a>>,
    #[serde(borrow)]
    extended_entities: Maybe<Entities<'a>>,
    #[serde(borrow)]
    quoted_status_id_str: Word<'a>,
    retweeted_status: Maybe<S>,
    quoted_status: Maybe<S>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User<'a> {
    #[serde(borrow)]
    id_str: Word<'a>,
    #[serde(borrow)]
    screen_name: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extended<'a> {
    #[serde(borrow)]
    full_text: Word<'a>,
    #[serde(borrow)]
    entities: Maybe<Entities<'a>>,
    #[serde(borrow)]
    extended_entities: Maybe<Entities<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entities<'a> {
    #[serde(borrow)]
    urls: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    hashtags: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    user_mentions: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    media: Many<Maybe<Entity<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entity<'a> {
    #[serde(borrow)]
    id_str: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    screen_name: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    expanded_url: Word<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let status: Outer<'_> = object(text)?;
    let retweeted = status.retweeted_status.get();
    let quoted_id = status.quoted_status_id_str.trimmed().or(status.quoted_status.get().and_then(Status::native));
    let replied = status.in_reply_to_status_id_str.trimmed();
    let kind = match (retweeted, replied) {
        (Some(_), _) => Kind::Repost,
        (None, Some(_)) => Kind::Comment,
        (None, None) => Kind::Post,
    };

    let author = status.author();
    let scope = author.as_ref().and_then(Author::label);
    let mut post = begin("x", kind, scope, status.native(), status.created_at.0, envelope);
    post.url = status.native().map(|id| {
        let name = author.as_ref().and_then(|author| author.handle.as_deref()).unwrap_or("i");
        format!("https://x.com/{name}/status/{id}")
    });
    post.author = author;
    post.reply_to = replied.map(|id| id_of("x", status.in_reply_to_screen_name.trimmed(), id));

    let marks = match retweeted {
        Some(original) => {
            let author = original.author();
            let scope = author.as_ref().and_then(Author::label);
            post.repost_of = original.native().map(|id| id_of("x", scope, id));
            post.forwarded_from = scope.map(|name| format!("x/{name}"));
            post.text = unescaped(original.words());
            post.lang = original.lang.owned();
            post.media = original.media();
            original.marks(original.quoted_status_id_str.trimmed())
        }
        None => {
            let (retweeted_by_hand, words) = without_rt(status.words());
            post.text = unescaped(if retweeted_by_hand.is_some() { words } else { status.words() });
            if let Some(name) = retweeted_by_hand {
                post.kind = Kind::Repost;
                post.forwarded_from = Some(format!("x/{name}"));
            }
            post.repost_of = quoted_id.map(|id| {
                let author = status.quoted_status.get().and_then(Status::author);
                id_of("x", author.as_ref().and_then(Author::label), id)
            });
            post.lang = status.lang.owned();
            post.media = status.media();
            status.marks(quoted_id)
        }
    };
    post.lang = post.lang.filter(|lang| is_language(lang));
    let marks = if status.entities.get().is_some() { marks } else { marks.or_found_in(&post.text) };
    Ok(finish(post, marks))
}

impl<S> Status<'_, S> {
    fn native(&self) -> Option<&str> {
        self.id_str.trimmed().or(self.id.trimmed())
    }

    fn author(&self) -> Option<Author> {
        let user = self.user.get()?;
        let author = Author {
            id: user.id_str.owned(),
            handle: user.screen_name.trimmed().and_then(handle),
            name: user.name.owned(),
        };
        author.label().is_some().then_some(author)
    }

    fn words(&self) -> &str {
        let extended = self.extended_tweet.get().and_then(|extended| extended.full_text.get());
        extended.or(self.full_text.get()).unwrap_or(self.text.text())
    }

    fn entities(&self) -> Option<&Entities<'_>> {
        self.extended_tweet.get().and_then(|extended| extended.entities.get()).or(self.entities.get())
    }

    fn marks(&self, quoted: Option<&str>) -> Marks {
        let mut marks = Marks::default();
        let Some(entities) = self.entities() else { return marks };
        for link in entities.urls.objects() {
            let address = link.expanded_url.get().unwrap_or(link.url.text());
            // A cut text ends in a link to its own whole.
            if !is_status(address, quoted) && !is_status(address, self.native()) {
                marks.link(address);
            }
        }
        entities.hashtags.objects().for_each(|tag| marks.hashtag(tag.text.text()));
        entities.user_mentions.objects().for_each(|user| marks.mention(user.screen_name.text()));
        marks
    }

    fn media(&self) -> Vec<String> {
        let extended = self.extended_tweet.get().and_then(|extended| extended.extended_entities.get());
        let all = extended.or(self.extended_entities.get()).or(self.entities());
        let ids =
            all.into_iter().flat_map(|entities| entities.media.objects()).filter_map(|media| media.id_str.trimmed());
        ids.map(|id| format!("x/{id}")).collect()
    }
}
