//! A message of a Telegram Desktop JSON export (`result.json`) → [`Post`].
//!
//! In: a bare message as it stands in the export, or `{"chat": {"name", "type", "id", "username"}, "message": {…}}`,
//! which is what [`super::split`] makes, because a message alone does not say where it stands. `username` is no part of
//! an export; a producer that knows it may add it, and then ids and actors match those of the other Telegram shapes.
//!
//! The export is documented only by its writer (Telegram Desktop, `export_output_json.cpp`). `text` is a string or an
//! array of strings and objects; `text_entities` (since 2022) repeats it in one form. `date` is the local time of the
//! exporting machine without a zone, `date_unixtime` (since 2021) is exact; where only `date` stands it is taken as
//! UTC, so it can be off by hours. Media have no stable id in an export, only file names, so they get one that no other
//! message shares.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, handle};
use super::json::object;
use super::lenient::{Given, Many, Maybe, When, Word};
use super::telegram::{Party, number, with_poll};
use super::telegram_text::Pieces;
use super::{DecodeError, Decoded, Envelope, Ignored};
use crate::post::Kind;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wrapped<'a> {
    #[serde(borrow)]
    chat: Maybe<Chat<'a>>,
    #[serde(borrow)]
    message: Maybe<Message<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chat<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    username: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    date: When,
    date_unixtime: When,
    edited: When,
    edited_unixtime: When,
    #[serde(borrow)]
    from: Word<'a>,
    #[serde(borrow)]
    from_id: Word<'a>,
    #[serde(borrow)]
    forwarded_from: Given<Word<'a>>,
    #[serde(borrow)]
    forwarded_from_id: Word<'a>,
    #[serde(borrow)]
    reply_to_message_id: Word<'a>,
    #[serde(borrow)]
    text: Pieces<'a>,
    #[serde(borrow)]
    text_entities: Pieces<'a>,
    #[serde(borrow)]
    photo: Word<'a>,
    #[serde(borrow)]
    file: Word<'a>,
    #[serde(borrow)]
    media_type: Word<'a>,
    #[serde(borrow)]
    poll: Maybe<Poll<'a>>,
    // A wrapped message, or a whole export, in place of a bare message.
    message: Given<IgnoredAny>,
    messages: Given<Many<IgnoredAny>>,
    chats: Given<IgnoredAny>,
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
    let bare: Message<'_> = object(text)?;
    if let Some(messages) = bare.messages.0 {
        return Err(DecodeError::SeveralPosts { count: messages.0.len() });
    }
    if bare.chats.0.is_some() {
        return Err(DecodeError::invalid("the message", "it is a whole export; split it first"));
    }
    if bare.message.0.is_some() && bare.id.get().is_none() {
        let wrapped: Wrapped<'_> = object(text)?;
        let message = wrapped.message.0.ok_or(DecodeError::Missing { what: "the message in `message`" })?;
        return Ok(post(&message, wrapped.chat.get(), envelope));
    }
    if bare.id.get().is_none() && bare.text.is_empty() && bare.text_entities.is_empty() {
        return Err(DecodeError::Missing { what: "`id` and `text` of an exported message" });
    }
    Ok(post(&bare, None, envelope))
}

fn post(message: &Message<'_>, chat: Option<&Chat<'_>>, envelope: &Envelope<'_>) -> Decoded {
    if message.kind.get() == Some("service") {
        return Decoded::Ignored(Ignored::Service);
    }
    let sender = Party {
        number: message.from_id.trimmed().map(|id| number(id).to_owned()),
        username: None,
        name: message.from.owned(),
    };
    let chat_party = chat.map(|chat| Party {
        number: chat.id.trimmed().map(|id| number(id).to_owned()),
        username: chat.username.trimmed().and_then(handle),
        name: chat.name.owned(),
    });
    let from_channel = message.from_id.text().starts_with("channel");
    let in_channel = match chat {
        Some(chat) => chat.kind.text().ends_with("channel"),
        None => from_channel,
    };
    let place = chat_party.unwrap_or_else(|| sender.clone());
    let author = if in_channel { &place } else { &sender };

    let replies = message.reply_to_message_id.trimmed();
    let kind = match (message.forwarded_from.0.is_some(), replies.is_some() && !in_channel) {
        (true, _) => Kind::Repost,
        (false, true) => Kind::Comment,
        (false, false) => Kind::Post,
    };
    let time = message.date_unixtime.0.or(message.date.0);
    let mut post = begin("telegram", kind, place.scope(), message.id.trimmed(), time, envelope);
    post.author = author.as_author();
    post.channel = if chat.is_some() || in_channel { place.label() } else { None };
    post.edited_at = message.edited_unixtime.0.or(message.edited.0);
    post.reply_to = replies.map(|id| place.message_id(id));
    post.forwarded_from = message.forwarded_from.0.as_ref().and_then(|name| {
        let number = message.forwarded_from_id.trimmed().map(|id| number(id).to_owned());
        Party { number, username: None, name: name.owned() }.as_source()
    });
    post.url = message.id.trimmed().and_then(|id| place.address(id));

    let pieces = if message.text_entities.is_empty() { &message.text } else { &message.text_entities };
    let words = pieces.text();
    post.text = match message.poll.get() {
        None => words.into_owned(),
        Some(poll) => {
            let answers: Vec<_> = poll.answers.objects().map(|answer| answer.text.text()).collect();
            let answers: Vec<&str> = answers.iter().map(AsRef::as_ref).collect();
            with_poll(&words, &poll.question.text(), &answers).into_owned()
        }
    };
    let file = message.file.get().map(|_| message.media_type.get().unwrap_or("file"));
    for media in message.photo.get().map(|_| "photo").into_iter().chain(file) {
        post.media.push(format!("{}#{media}", post.id));
    }
    let marks = pieces.marks().or_found_in(&post.text);
    finish(post, marks)
}
