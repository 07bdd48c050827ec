//! A Telegram Bot API `Update` → [`Post`].
//!
//! In: an `Update`, or the bare `Message` in it. Offsets of entities count UTF-16 units. Forwards come in two forms:
//! `forward_origin` (Bot API 7.0, December 2023) and the `forward_from*` fields before it. An update that holds no
//! message (a button, a reaction, a member's rights) is ignored by its kind.
//!
//! Documentation: core.telegram.org/bots/api, `Update`, `Message`, `MessageEntity`, `MessageOrigin`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, handle};
use super::json::object;
use super::lenient::{Flag, Given, Int, Many, Maybe, When, Word};
use super::marks::Marks;
use super::telegram::{Party, Utf16, number, with_poll};
use super::{DecodeError, Decoded, Envelope, Ignored};
use crate::post::{Author, Kind};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Update<'a> {
    update_id: Given<IgnoredAny>,
    #[serde(borrow)]
    message: Maybe<Message<'a>>,
    #[serde(borrow)]
    edited_message: Maybe<Message<'a>>,
    #[serde(borrow)]
    channel_post: Maybe<Message<'a>>,
    #[serde(borrow)]
    edited_channel_post: Maybe<Message<'a>>,
    #[serde(borrow)]
    business_message: Maybe<Message<'a>>,
    #[serde(borrow)]
    edited_business_message: Maybe<Message<'a>>,
    deleted_business_messages: Given<IgnoredAny>,
    message_reaction: Given<IgnoredAny>,
    message_reaction_count: Given<IgnoredAny>,
    poll: Given<IgnoredAny>,
    poll_answer: Given<IgnoredAny>,
    my_chat_member: Given<IgnoredAny>,
    chat_member: Given<IgnoredAny>,
    chat_join_request: Given<IgnoredAny>,
    chat_boost: Given<IgnoredAny>,
    removed_chat_boost: Given<IgnoredAny>,
    inline_query: Given<IgnoredAny>,
    chosen_inline_result: Given<IgnoredAny>,
    callback_query: Given<IgnoredAny>,
    shipping_query: Given<IgnoredAny>,
    pre_checkout_query: Given<IgnoredAny>,
    purchased_paid_media: Given<IgnoredAny>,
    // A bare message, or an answer of `getUpdates`, in place of an update.
    message_id: Given<IgnoredAny>,
    result: Given<Many<IgnoredAny>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    message_id: Word<'a>,
    #[serde(borrow)]
    from: Maybe<Account<'a>>,
    #[serde(borrow)]
    sender_chat: Maybe<Account<'a>>,
    #[serde(borrow)]
    chat: Maybe<Account<'a>>,
    date: When,
    edit_date: When,
    #[serde(borrow)]
    author_signature: Word<'a>,
    #[serde(borrow)]
    forward_origin: Maybe<Origin<'a>>,
    #[serde(borrow)]
    forward_from: Maybe<Account<'a>>,
    #[serde(borrow)]
    forward_from_chat: Maybe<Account<'a>>,
    #[serde(borrow)]
    forward_from_message_id: Word<'a>,
    #[serde(borrow)]
    forward_sender_name: Word<'a>,
    forward_date: Given<IgnoredAny>,
    #[serde(borrow)]
    reply_to_message: Maybe<Replied<'a>>,
    #[serde(borrow)]
    external_reply: Maybe<Replied<'a>>,
    is_topic_message: Flag,
    #[serde(borrow)]
    message_thread_id: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    entities: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    caption: Word<'a>,
    #[serde(borrow)]
    caption_entities: Many<Maybe<Entity<'a>>>,
    #[serde(borrow)]
    photo: Many<Maybe<File<'a>>>,
    #[serde(borrow)]
    video: Maybe<File<'a>>,
    #[serde(borrow)]
    animation: Maybe<File<'a>>,
    #[serde(borrow)]
    document: Maybe<File<'a>>,
    #[serde(borrow)]
    audio: Maybe<File<'a>>,
    #[serde(borrow)]
    voice: Maybe<File<'a>>,
    #[serde(borrow)]
    video_note: Maybe<File<'a>>,
    #[serde(borrow)]
    sticker: Maybe<File<'a>>,
    #[serde(borrow)]
    poll: Maybe<Poll<'a>>,
    new_chat_members: Given<IgnoredAny>,
    left_chat_member: Given<IgnoredAny>,
    new_chat_title: Given<IgnoredAny>,
    new_chat_photo: Given<IgnoredAny>,
    delete_chat_photo: Given<IgnoredAny>,
    group_chat_created: Given<IgnoredAny>,
    supergroup_chat_created: Given<IgnoredAny>,
    channel_chat_created: Given<IgnoredAny>,
    migrate_to_chat_id: Given<IgnoredAny>,
    migrate_from_chat_id: Given<IgnoredAny>,
    pinned_message: Given<IgnoredAny>,
    message_auto_delete_timer_changed: Given<IgnoredAny>,
    forum_topic_created: Given<IgnoredAny>,
    forum_topic_edited: Given<IgnoredAny>,
    forum_topic_closed: Given<IgnoredAny>,
    forum_topic_reopened: Given<IgnoredAny>,
    video_chat_scheduled: Given<IgnoredAny>,
    video_chat_started: Given<IgnoredAny>,
    video_chat_ended: Given<IgnoredAny>,
    video_chat_participants_invited: Given<IgnoredAny>,
    boost_added: Given<IgnoredAny>,
}

/// A `User` or a `Chat`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Account<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
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
struct Origin<'a> {
    #[serde(borrow)]
    sender_user: Maybe<Account<'a>>,
    #[serde(borrow)]
    sender_user_name: Word<'a>,
    #[serde(borrow)]
    sender_chat: Maybe<Account<'a>>,
    #[serde(borrow)]
    chat: Maybe<Account<'a>>,
    #[serde(borrow)]
    message_id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Replied<'a> {
    #[serde(borrow)]
    message_id: Word<'a>,
    #[serde(borrow)]
    chat: Maybe<Account<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entity<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    offset: Int,
    length: Int,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    user: Maybe<Account<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    file_unique_id: Word<'a>,
    #[serde(borrow)]
    file_id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poll<'a> {
    #[serde(borrow)]
    question: Word<'a>,
    #[serde(borrow)]
    options: Many<Maybe<Choice<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    text: Word<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let update: Update<'_> = object(text)?;
    if let Some(updates) = &update.result.0 {
        return Err(DecodeError::SeveralPosts { count: updates.0.len() });
    }
    if update.message_id.0.is_some() {
        return Ok(post(&object(text)?, envelope));
    }
    let messages = [
        &update.message,
        &update.edited_message,
        &update.channel_post,
        &update.edited_channel_post,
        &update.business_message,
        &update.edited_business_message,
    ];
    match messages.into_iter().find_map(Maybe::get) {
        Some(message) => Ok(post(message, envelope)),
        None => ignored(&update).map(Decoded::Ignored),
    }
}

fn ignored(update: &Update<'_>) -> Result<Ignored, DecodeError> {
    let any = |kinds: &[&Given<IgnoredAny>]| kinds.iter().any(|kind| kind.0.is_some());
    if any(&[&update.message_reaction, &update.message_reaction_count]) {
        Ok(Ignored::Reaction)
    } else if any(&[&update.poll, &update.poll_answer]) {
        Ok(Ignored::Poll)
    } else if any(&[&update.deleted_business_messages]) {
        Ok(Ignored::Deletion)
    } else if any(&[
        &update.my_chat_member,
        &update.chat_member,
        &update.chat_join_request,
        &update.chat_boost,
        &update.removed_chat_boost,
    ]) {
        Ok(Ignored::Service)
    } else if any(&[
        &update.inline_query,
        &update.chosen_inline_result,
        &update.callback_query,
        &update.shipping_query,
        &update.pre_checkout_query,
        &update.purchased_paid_media,
    ]) {
        Ok(Ignored::Interaction)
    } else if update.update_id.0.is_some() {
        Ok(Ignored::Other)
    } else {
        Err(DecodeError::Missing { what: "`update_id` or `message_id` of a Bot API update" })
    }
}

fn post(message: &Message<'_>, envelope: &Envelope<'_>) -> Decoded {
    let chat = message.chat.get().map(Account::party).unwrap_or_default();
    let is_private = message.chat.get().is_some_and(|chat| chat.kind.get() == Some("private"));
    let in_channel = message.chat.get().is_some_and(|chat| chat.kind.get() == Some("channel"));
    let sender = message.sender_chat.get().or(message.from.get()).map(Account::party).unwrap_or_default();

    let origin = origin(message);
    let reply_to = reply_to(message, &chat);
    let kind = match (&origin, &reply_to) {
        (Some(_), _) => Kind::Repost,
        (None, Some(_)) if !in_channel => Kind::Comment,
        (None, _) => Kind::Post,
    };
    let native = message.message_id.trimmed();
    let mut post = begin("telegram", kind, chat.scope().or(sender.scope()), native, message.date.0, envelope);
    post.author = author(message, if in_channel { &chat } else { &sender });
    post.channel = if is_private { None } else { chat.label() };
    post.edited_at = message.edit_date.0;
    post.reply_to = reply_to;
    if let Some((party, message_id)) = origin {
        post.forwarded_from = party.as_source();
        post.repost_of = message_id.filter(|_| party.scope().is_some()).map(|id| party.message_id(&id));
    }
    post.url = native.and_then(|id| chat.address(id));

    let (words, entities) = match message.text.get() {
        Some(text) => (text, &message.entities),
        None => (message.caption.text(), &message.caption_entities),
    };
    let marks = marks(words, entities);
    post.text = match message.poll.get() {
        None => words.to_owned(),
        Some(poll) => {
            let options: Vec<&str> = poll.options.objects().map(|option| option.text.text()).collect();
            with_poll(words, poll.question.text(), &options).into_owned()
        }
    };
    post.media.extend(media(message));
    let marks = marks.or_found_in(&post.text);
    match finish(post, marks) {
        Decoded::Ignored(Ignored::Empty) if is_service(message) => Decoded::Ignored(Ignored::Service),
        decoded => decoded,
    }
}

impl Account<'_> {
    fn party(&self) -> Party {
        let person = [self.first_name.text(), self.last_name.text()].join(" ");
        let person = Some(person.trim()).filter(|name| !name.is_empty());
        Party {
            number: self.id.trimmed().map(|id| number(id).to_owned()),
            username: self.username.trimmed().and_then(handle),
            name: self.title.trimmed().or(person).map(str::to_owned),
        }
    }
}

fn author(message: &Message<'_>, sender: &Party) -> Option<Author> {
    sender.as_author().or_else(|| Some(Author { name: Some(message.author_signature.owned()?), ..Author::default() }))
}

/// Where a forward comes from, and its number there; `Some` of an unknown party where Telegram hides the origin.
fn origin(message: &Message<'_>) -> Option<(Party, Option<String>)> {
    if let Some(origin) = message.forward_origin.get() {
        let account = origin.chat.get().or(origin.sender_chat.get()).or(origin.sender_user.get());
        let hidden = || Party { name: origin.sender_user_name.owned(), ..Party::default() };
        return Some((account.map_or_else(hidden, Account::party), origin.message_id.owned()));
    }
    let account = message.forward_from_chat.get().or(message.forward_from.get());
    match account {
        Some(account) => Some((account.party(), message.forward_from_message_id.owned())),
        None if message.forward_sender_name.get().is_some() || message.forward_date.0.is_some() => {
            Some((Party { name: message.forward_sender_name.owned(), ..Party::default() }, None))
        }
        None => None,
    }
}

/// The post that is answered. In a forum every message "answers" the one that opened its topic; that is no reply.
fn reply_to(message: &Message<'_>, chat: &Party) -> Option<String> {
    if let Some(replied) = message.reply_to_message.get() {
        let id = replied.message_id.trimmed()?;
        let opens_topic = message.is_topic_message.0 && message.message_thread_id.trimmed() == Some(id);
        return (!opens_topic).then(|| chat.message_id(id));
    }
    let elsewhere = message.external_reply.get()?;
    let chat = elsewhere.chat.get()?.party();
    elsewhere.message_id.trimmed().map(|id| chat.message_id(id))
}

fn marks(text: &str, entities: &Many<Maybe<Entity<'_>>>) -> Marks {
    let mut marks = Marks::default();
    if entities.0.is_empty() {
        return marks;
    }
    let units = Utf16::new(text);
    for entity in entities.objects() {
        let covered = units.slice(entity.offset.0, entity.length.0);
        match (entity.kind.text(), covered) {
            ("url", Some(covered)) => marks.link(covered),
            ("text_link", _) => marks.link(entity.url.text()),
            ("hashtag", Some(covered)) => marks.hashtag(covered),
            ("mention", Some(covered)) => marks.mention(covered),
            ("text_mention", _) => {
                let user = entity.user.get().map(Account::party);
                marks.mention(user.as_ref().and_then(Party::scope).or(covered).unwrap_or_default());
            }
            _ => {}
        }
    }
    marks
}

/// The largest size of a photo stands last. `file_unique_id` is the same for every bot, `file_id` is not.
fn media<'a>(message: &'a Message<'_>) -> impl Iterator<Item = String> + use<'a> {
    let animation = message.animation.get();
    // An animation comes with a `document` of the same file, for old clients.
    let document = message.document.get().filter(|_| animation.is_none());
    let files = [
        message.photo.objects().last(),
        message.video.get(),
        animation,
        document,
        message.audio.get(),
        message.voice.get(),
        message.video_note.get(),
        message.sticker.get(),
    ];
    files.into_iter().flatten().filter_map(|file| {
        let id = file.file_unique_id.trimmed().or(file.file_id.trimmed())?;
        Some(format!("telegram/{id}"))
    })
}

fn is_service(message: &Message<'_>) -> bool {
    [
        &message.new_chat_members,
        &message.left_chat_member,
        &message.new_chat_title,
        &message.new_chat_photo,
        &message.delete_chat_photo,
        &message.group_chat_created,
        &message.supergroup_chat_created,
        &message.channel_chat_created,
        &message.migrate_to_chat_id,
        &message.migrate_from_chat_id,
        &message.pinned_message,
        &message.message_auto_delete_timer_changed,
        &message.forum_topic_created,
        &message.forum_topic_edited,
        &message.forum_topic_closed,
        &message.forum_topic_reopened,
        &message.video_chat_scheduled,
        &message.video_chat_started,
        &message.video_chat_ended,
        &message.video_chat_participants_invited,
        &message.boost_added,
    ]
    .iter()
    .any(|field| field.0.is_some())
}
