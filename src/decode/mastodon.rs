//! A Mastodon status → [`Post`].
//!
//! In: a status of the REST API, or a streaming event (`{"event", "payload"}`) that holds one as a string of JSON or as
//! an object. `content` is HTML; a boost has none of its own, its words stand in `reblog`. Ids are those of the server
//! that was asked, so one stream should come from one server. `acct` is local to that server too; accounts are written
//! `user@host`, with the host taken from the account's address.
//!
//! Documentation: docs.joinmastodon.org, entities `Status`, `Account`, `Status::Mention`, methods "streaming".

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, host_of, id_of};
use super::html;
use super::json::object;
use super::lenient::{Given, Many, Maybe, When, Word};
use super::marks::Marks;
use super::{DecodeError, Decoded, Envelope, Ignored};
use crate::post::{Author, Kind};

type Outer<'a> = Status<'a, Inner<'a>>;
type Inner<'a> = Status<'a, IgnoredAny>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    #[serde(borrow)]
    event: Word<'a>,
    #[serde(borrow)]
    payload: Word<'a>,
    id: Given<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Carrier<'a> {
    #[serde(borrow)]
    payload: Maybe<Outer<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "S: Default + Deserialize<'de>"))]
struct Status<'a, S> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    uri: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    created_at: When,
    edited_at: When,
    #[serde(borrow)]
    account: Maybe<Account<'a>>,
    #[serde(borrow)]
    content: Word<'a>,
    #[serde(borrow)]
    spoiler_text: Word<'a>,
    #[serde(borrow)]
    language: Word<'a>,
    #[serde(borrow)]
    in_reply_to_id: Word<'a>,
    #[serde(borrow)]
    in_reply_to_account_id: Word<'a>,
    #[serde(borrow)]
    media_attachments: Many<Maybe<Attachment<'a>>>,
    #[serde(borrow)]
    tags: Many<Maybe<Tag<'a>>>,
    #[serde(borrow)]
    mentions: Many<Maybe<Account<'a>>>,
    #[serde(borrow)]
    poll: Maybe<Poll<'a>>,
    reblog: Maybe<S>,
    quote: Maybe<Quote<S>>,
}

/// An account, or a mention of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Account<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    acct: Word<'a>,
    #[serde(borrow)]
    display_name: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment<'a> {
    #[serde(borrow)]
    remote_url: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tag<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poll<'a> {
    #[serde(borrow)]
    options: Many<Maybe<Choice<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    title: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "S: Default + Deserialize<'de>"))]
struct Quote<S> {
    quoted_status: Maybe<S>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let event: Event<'_> = object(text)?;
    let Some(name) = event.event.get() else {
        if event.id.0.is_none() {
            return Err(DecodeError::Missing { what: "`id` of a Mastodon status" });
        }
        return Ok(post(&object(text)?, envelope));
    };
    match name {
        "update" | "status.update" => match event.payload.get() {
            Some(payload) => Ok(post(&object(payload)?, envelope)),
            None => {
                let carrier: Carrier<'_> = object(text)?;
                let status =
                    carrier.payload.get().ok_or(DecodeError::Missing { what: "`payload` of a Mastodon event" })?;
                Ok(post(status, envelope))
            }
        },
        "delete" => Ok(Decoded::Ignored(Ignored::Deletion)),
        "notification" | "conversation" | "notifications_merged" => Ok(Decoded::Ignored(Ignored::Notification)),
        "filters_changed" | "announcement" | "announcement.reaction" | "announcement.delete" => {
            Ok(Decoded::Ignored(Ignored::Notice))
        }
        _ => Ok(Decoded::Ignored(Ignored::Other)),
    }
}

fn post(status: &Outer<'_>, envelope: &Envelope<'_>) -> Decoded {
    let author = status.author();
    let scope = author.as_ref().and_then(Author::label);
    let boosted = status.reblog.get();
    let kind = match (boosted, status.in_reply_to_id.get()) {
        (Some(_), _) => Kind::Repost,
        (None, Some(_)) => Kind::Comment,
        (None, None) => Kind::Post,
    };
    let mut post = begin("mastodon", kind, scope, status.id.trimmed(), status.created_at.0, envelope);
    post.url = status.url.owned().or_else(|| status.uri.owned());
    post.reply_to = status.in_reply_to_id.trimmed().map(|id| id_of("mastodon", status.answered().as_deref(), id));
    post.author = author;

    let marks = match boosted {
        Some(original) => {
            post.repost_of = original.native();
            post.forwarded_from =
                original.author().and_then(|author| author.handle).map(|handle| format!("mastodon/{handle}"));
            // The address of a boost is its `…/activity`; what can be read is the boosted status.
            post.url = original.url.owned().or_else(|| original.uri.owned());
            original.words_into(&mut post)
        }
        None => {
            post.repost_of = status.quote.get().and_then(|quote| quote.quoted_status.get()).and_then(Status::native);
            post.edited_at = status.edited_at.0;
            status.words_into(&mut post)
        }
    };
    finish(post, marks)
}

impl<S> Status<'_, S> {
    fn author(&self) -> Option<Author> {
        let account = self.account.get()?;
        let author = Author {
            id: account.id.owned(),
            handle: account.handle(self.url.trimmed().or(self.uri.trimmed())),
            name: account.display_name.owned(),
        };
        author.label().is_some().then_some(author)
    }

    fn native(&self) -> Option<String> {
        let author = self.author();
        self.id.trimmed().map(|id| id_of("mastodon", author.as_ref().and_then(Author::label), id))
    }

    /// The account that is answered: it is mentioned, or it is the author in a thread.
    fn answered(&self) -> Option<String> {
        let id = self.in_reply_to_account_id.trimmed()?;
        let account = self
            .account
            .get()
            .into_iter()
            .chain(self.mentions.objects())
            .find(|account| account.id.trimmed() == Some(id))?;
        account.handle(self.url.trimmed())
    }

    /// Title, text, language and media; gives the marks.
    fn words_into(&self, post: &mut crate::post::Post) -> Marks {
        let plain = html::read(self.content.text());
        let mut marks = Marks::default();
        for anchor in &plain.anchors {
            let is_mark = anchor.class.split_ascii_whitespace().any(|class| matches!(class, "mention" | "hashtag"));
            if !is_mark && !anchor.href.is_empty() {
                marks.link(&anchor.href);
            }
        }
        self.tags.objects().for_each(|tag| marks.hashtag(tag.name.text()));
        for account in self.mentions.objects() {
            marks.mention(&account.handle(None).unwrap_or_default());
        }
        post.title = self.spoiler_text.owned();
        post.lang = self.language.owned();
        post.text = plain.text;
        for option in self.poll.get().into_iter().flat_map(|poll| poll.options.objects()) {
            if !post.text.is_empty() {
                post.text.push('\n');
            }
            post.text.push_str(option.title.text());
        }
        let addresses =
            self.media_attachments.objects().filter_map(|media| media.remote_url.trimmed().or(media.url.trimmed()));
        post.media.extend(addresses.map(str::to_owned));
        marks
    }
}

impl Account<'_> {
    /// `user@host`; a local account has no host in `acct`, but one in its address.
    fn handle(&self, status: Option<&str>) -> Option<String> {
        let acct = self.acct.trimmed()?.trim_start_matches('@');
        if acct.contains('@') {
            return Some(acct.to_owned());
        }
        let host = self.url.trimmed().or(status).and_then(host_of);
        Some(host.map_or_else(|| acct.to_owned(), |host| format!("{acct}@{host}")))
    }
}
