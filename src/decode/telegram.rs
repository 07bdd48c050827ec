//! What the three Telegram shapes have in common: numbers, addresses, and entities that count UTF-16 units.
//!
//! Telegram writes the same channel as `channel1326` (Desktop export), `-1001326` (Bot API) and `1326` (`MTProto`,
//! Telethon); here it is always the bare number. Ids of posts use the public name where it is known, else the number.

use std::borrow::Cow;

use super::draft::id_of;
use crate::post::Author;

/// The bare number of a user, group or channel.
pub(super) fn number(id: &str) -> &str {
    let id = id.trim();
    let id = ["user", "channel", "chat"].iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id);
    match id.strip_prefix("-100") {
        Some(channel) if channel.len() >= 5 => channel,
        _ => id.strip_prefix('-').unwrap_or(id),
    }
}

/// A user, group or channel, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub(super) number: Option<String>,
    pub(super) username: Option<String>,
    pub(super) name: Option<String>,
}

impl Party {
    /// What makes message numbers unique: the public name, else the number.
    pub(super) fn scope(&self) -> Option<&str> {
        self.username.as_deref().or(self.number.as_deref())
    }

    /// The name to show for a chat: the public one, else the title, else the number.
    pub(super) fn label(&self) -> Option<String> {
        self.username.as_ref().or(self.name.as_ref()).or(self.number.as_ref()).cloned()
    }

    /// As the source of a forward: `telegram/name`, else the display name, else `telegram/number`.
    pub(super) fn as_source(&self) -> Option<String> {
        match (&self.username, &self.name, &self.number) {
            (Some(username), _, _) => Some(format!("telegram/{username}")),
            (None, Some(name), _) => Some(name.clone()),
            (None, None, Some(number)) => Some(format!("telegram/{number}")),
            (None, None, None) => None,
        }
    }

    /// As an author, if anything is known.
    pub(super) fn as_author(&self) -> Option<Author> {
        self.scope().or(self.name.as_deref())?;
        Some(Author { id: self.number.clone(), handle: self.username.clone(), name: self.name.clone() })
    }

    /// The id of message `message` in this chat.
    pub(super) fn message_id(&self, message: &str) -> String {
        id_of("telegram", self.scope(), message)
    }

    /// Where message `message` can be read, if the chat is public.
    pub(super) fn address(&self, message: &str) -> Option<String> {
        self.username.as_ref().map(|username| format!("https://t.me/{username}/{message}"))
    }
}

/// Entity offsets → text. Built once a message, because a hostile one can hold as many entities as characters.
pub(super) struct Utf16<'a> {
    text: &'a str,
    /// Byte offset of every UTF-16 unit and of the end; `None` in the middle of a pair. Left out for ASCII.
    bytes: Option<Vec<Option<usize>>>,
}

impl<'a> Utf16<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self { text, bytes: None };
        }
        let mut bytes = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            bytes.push(Some(at));
            if c.len_utf16() == 2 {
                bytes.push(None);
            }
        }
        bytes.push(Some(text.len()));
        Self { text, bytes: Some(bytes) }
    }

    /// The text of an entity; `None` where its offsets are not in the text.
    pub(super) fn slice(&self, offset: Option<i64>, length: Option<i64>) -> Option<&'a str> {
        let start = usize::try_from(offset?).ok()?;
        let end = start.checked_add(usize::try_from(length?).ok()?)?;
        self.text.get(self.byte(start)?..self.byte(end)?)
    }

    fn byte(&self, unit: usize) -> Option<usize> {
        match &self.bytes {
            None => Some(unit),
            Some(bytes) => *bytes.get(unit)?,
        }
    }
}

/// The words of a poll under the words of the message: question and answers, a line each.
pub(super) fn with_poll<'a>(text: &'a str, question: &str, answers: &[&str]) -> Cow<'a, str> {
    let lines: Vec<&str> =
        [text, question].into_iter().chain(answers.iter().copied()).filter(|line| !line.is_empty()).collect();
    if question.is_empty() && answers.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(lines.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_for_one_chat() {
        assert_eq!(["channel1326001", "-1001326001", "1326001", "user1326001", "-1326001"].map(number), ["1326001"; 5]);
    }

    #[test]
    fn entities_count_utf16_units() {
        let text = "👍 привет #тег";
        let units = Utf16::new(text);
        assert_eq!(units.slice(Some(10), Some(4)), Some("#тег"));
        assert_eq!(units.slice(Some(1), Some(2)), None, "in the middle of a pair");
        assert_eq!(units.slice(Some(10), Some(40)), None);
        assert_eq!(units.slice(Some(i64::MAX), Some(i64::MAX)), None);
        assert_eq!(Utf16::new("abc").slice(Some(1), Some(2)), Some("bc"));
    }
}
