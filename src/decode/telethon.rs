//! What Telethon's `Message.to_dict()` gives as JSON → [`Post`].
//!
//! In: a dictionary with `"_": "Message"`, written by `json.dumps(…, default=str)` or Telethon's own `to_json()`, so
//! times are ISO 8601 with a `T` or a space. The names are those of Telegram's own schema (core.telegram.org/schema:
//! `message`, `messageFwdHeader`, `messageReplyHeader`, `messageEntity…`); offsets count UTF-16 units.
//!
//! A message knows its chat only by number. Scrapers that also keep the chat or sender add them as `chat` and
//! `sender` (with `username`); they are used where present.

use serde::Deserialize;

use super::draft::{begin, finish, handle};
use super::json::object;
use super::lenient::{Flag, Int, Many, Maybe, When, Word};
use super::marks::Marks;
use super::telegram::{Party, Utf16, number, with_poll};
use super::telegram_text::Pieces;
use super::{DecodeError, Decoded, Envelope, Ignored};
use crate::post::Kind;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow, rename = "_")]
    constructor: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    peer_id: Maybe<Peer<'a>>,
    #[serde(borrow)]
    from_id: Maybe<Peer<'a>>,
    #[serde(borrow)]
    fwd_from: Maybe<Forward<'a>>,
    #[serde(borrow)]
    reply_to: Maybe<Reply<'a>>,
    date: When,
    edit_date: When,
    edit_hide: Flag,
    post: Flag,
    #[serde(borrow)]
    message: Word<'a>,
    #[serde(borrow)]
    entities: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    media: Maybe<Media<'a>>,
    #[serde(borrow)]
    chat: Maybe<Known<'a>>,
    #[serde(borrow)]
    sender: Maybe<Known<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Peer<'a> {
    #[serde(borrow)]
    user_id: Word<'a>,
    #[serde(borrow)]
    chat_id: Word<'a>,
    #[serde(borrow)]
    channel_id: Word<'a>,
}

/// A `Channel`, `Chat` or `User` as scrapers add it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Known<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    username: Word<'a>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    first_name: Word<'a>,
    #[serde(borrow)]
    last_name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Forward<'a> {
    #[serde(borrow)]
    from_id: Maybe<Peer<'a>>,
    #[serde(borrow)]
    from_name: Word<'a>,
    #[serde(borrow)]
    channel_post: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply<'a> {
    #[serde(borrow)]
    reply_to_msg_id: Word<'a>,
    #[serde(borrow)]
    reply_to_top_id: Word<'a>,
    #[serde(borrow)]
    reply_to_peer_id: Maybe<Peer<'a>>,
    forum_topic: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entity<'a> {
    #[serde(borrow, rename = "_")]
    constructor: Word<'a>,
    offset: Int,
    length: Int,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    user_id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Media<'a> {
    #[serde(borrow)]
    photo: Maybe<File<'a>>,
    #[serde(borrow)]
    document: Maybe<File<'a>>,
    #[serde(borrow)]
    webpage: Maybe<Webpage<'a>>,
    #[serde(borrow)]
    poll: Maybe<Poll<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Webpage<'a> {
    #[serde(borrow)]
    url: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poll<'a> {
    #[serde(borrow)]
    question: Pieces<'a>,
    #[serde(borrow)]
    answers: Many<Maybe<Answer<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer<'a> {
    #[serde(borrow)]
    text: Pieces<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let message: Message<'_> = object(text)?;
    match message.constructor.text() {
        "Message" => Ok(post(&message, envelope)),
        "MessageService" => Ok(Decoded::Ignored(Ignored::Service)),
        "MessageEmpty" => Ok(Decoded::Ignored(Ignored::Deletion)),
        "" => Err(DecodeError::Missing { what: "`_` of a Telethon message" }),
        "Channel" | "ChannelForbidden" | "Chat" | "User" | "UserEmpty" => Ok(Decoded::Ignored(Ignored::Profile)),
        _ => Ok(Decoded::Ignored(Ignored::Other)),
    }
}

fn post(message: &Message<'_>, envelope: &Envelope<'_>) -> Decoded {
    let chat = party(message.peer_id.get(), message.chat.get());
    let sender = party(message.from_id.get(), message.sender.get());
    let author = if message.post.0 || sender.scope().is_none() { &chat } else { &sender };

    let reply_to = message.reply_to.get().and_then(|reply| reply_to(reply, &chat));
    let forward = message.fwd_from.get();
    let kind = match (forward, &reply_to) {
        (Some(_), _) => Kind::Repost,
        (None, Some(_)) if !message.post.0 => Kind::Comment,
        (None, _) => Kind::Post,
    };
    let native = message.id.trimmed();
    let mut post = begin("telegram", kind, chat.scope(), native, message.date.0, envelope);
    post.author = author.as_author();
    post.channel = chat.label();
    // Reactions and view counts also move `edit_date`; `edit_hide` says that no reader sees an edit.
    post.edited_at = message.edit_date.0.filter(|_| !message.edit_hide.0);
    post.reply_to = reply_to;
    if let Some(forward) = forward {
        let mut from = party(forward.from_id.get(), None);
        from.name = forward.from_name.owned();
        post.repost_of =
            forward.channel_post.trimmed().filter(|_| from.scope().is_some()).map(|id| from.message_id(id));
        post.forwarded_from = from.as_source();
    }
    post.url = native.and_then(|id| chat.address(id));

    let words = message.message.text();
    let mut marks = marks(words, &message.entities);
    words.clone_into(&mut post.text);
    if let Some(media) = message.media.get() {
        for file in [media.photo.get(), media.document.get()].into_iter().flatten() {
            post.media.extend(file.id.trimmed().map(|id| format!("telegram/{id}")));
        }
        if let Some(poll) = media.poll.get() {
            let answers: Vec<_> = poll.answers.objects().map(|answer| answer.text.text()).collect();
            let answers: Vec<&str> = answers.iter().map(AsRef::as_ref).collect();
            post.text = with_poll(words, &poll.question.text(), &answers).into_owned();
        }
        if marks.links.is_empty()
            && let Some(url) = media.webpage.get().and_then(|page| page.url.trimmed())
        {
            marks.link(url);
        }
    }
    let marks = marks.or_found_in(&post.text);
    finish(post, marks)
}

fn party(peer: Option<&Peer<'_>>, known: Option<&Known<'_>>) -> Party {
    let by_peer = peer.and_then(|peer| peer.channel_id.trimmed().or(peer.chat_id.trimmed()).or(peer.user_id.trimmed()));
    let Some(known) = known else {
        return Party { number: by_peer.map(|id| number(id).to_owned()), ..Party::default() };
    };
    let person = [known.first_name.text(), known.last_name.text()].join(" ");
    let person = Some(person.trim()).filter(|name| !name.is_empty());
    Party {
        number: by_peer.or(known.id.trimmed()).map(|id| number(id).to_owned()),
        username: known.username.trimmed().and_then(handle),
        name: known.title.trimmed().or(person).map(str::to_owned),
    }
}

/// The post that is answered; the message that opens a forum topic is none.
fn reply_to(reply: &Reply<'_>, chat: &Party) -> Option<String> {
    let id = reply.reply_to_msg_id.trimmed()?;
    if reply.forum_topic.0 && reply.reply_to_top_id.get().is_none() {
        return None;
    }
    let elsewhere = reply.reply_to_peer_id.get().map(|peer| party(Some(peer), None));
    Some(elsewhere.as_ref().unwrap_or(chat).message_id(id))
}

fn marks(text: &str, entities: &Many<Maybe<Entity<'_>>>) -> Marks {
    let mut marks = Marks::default();
    if entities.0.is_empty() {
        return marks;
    }
    let units = Utf16::new(text);
    for entity in entities.objects() {
        let covered = units.slice(entity.offset.0, entity.length.0);
        match (entity.constructor.text(), covered) {
            ("MessageEntityUrl", Some(covered)) => marks.link(covered),
            ("MessageEntityTextUrl", _) => marks.link(entity.url.text()),
            ("MessageEntityHashtag", Some(covered)) => marks.hashtag(covered),
            ("MessageEntityMention", Some(covered)) => marks.mention(covered),
            ("MessageEntityMentionName", _) => marks.mention(entity.user_id.text()),
            _ => {}
        }
    }
    marks
}
