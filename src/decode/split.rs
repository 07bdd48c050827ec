//! What holds several posts → one piece a post, for the offline commands.
//!
//! Known are: a Telegram Desktop export (one chat, or all with `chats.list`), a Bot API `getUpdates` answer, an X
//! search answer, Reddit listings with the comments under them, JSON Feed and feedparser dumps, RSS and Atom, plain JSON
//! arrays, and files with one JSON a line. Pieces are the producer's own bytes, in a frame where a piece needs
//! context:
//!
//! | from | piece |
//! |---|---|
//! | Telegram Desktop | `{"chat": {"name", "type", "id"}, "message": {…}}` |
//! | X | `{"data": {…}, "includes": {…}}` with what this post refers to |
//! | feeds | the feed's head with one entry |

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::json::{not_json, trimmed, utf8};
use super::json_slices::{elements, members, value};
use super::{DecodeError, Format, split_x, xml};

type Pieces<'a> = Vec<Cow<'a, [u8]>>;

/// Lists of lists of lists: a page of Reddit comments answers to ten levels.
const DEEPEST: usize = 16;

pub(super) fn split(format: Format, bytes: &[u8]) -> Result<Pieces<'_>, DecodeError> {
    let bytes = trimmed(bytes);
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    if bytes.starts_with(b"<") {
        return split_xml(bytes);
    }
    let mut pieces = Vec::new();
    match valid(bytes) {
        Ok(text) => split_value(format, text, &mut pieces, 0),
        // One bad line among good ones is that line's problem: it becomes a piece, which `decode` refuses.
        Err(error) => {
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').map(trimmed).collect();
            let lines: Vec<&[u8]> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            if lines.len() < 2 || !lines.iter().any(|line| matches!(line[0], b'{' | b'[') && valid(line).is_ok()) {
                return Err(error);
            }
            for line in lines {
                match valid(line) {
                    Ok(text) => split_value(format, text, &mut pieces, 0),
                    Err(_) => pieces.push(Cow::Borrowed(line)),
                }
            }
        }
    }
    Ok(pieces)
}

fn valid(bytes: &[u8]) -> Result<&str, DecodeError> {
    let text = utf8(bytes)?;
    serde_json::from_str::<IgnoredAny>(text).map(|_| text).map_err(|error| not_json(&error))
}

fn split_value<'a>(format: Format, text: &'a str, pieces: &mut Pieces<'a>, depth: usize) {
    let whole = Cow::Borrowed(text.as_bytes());
    if depth > DEEPEST {
        pieces.push(whole);
        return;
    }
    if text.starts_with('[') {
        for element in elements(text) {
            split_value(format, element, pieces, depth + 1);
        }
        return;
    }
    let members = members(text);
    let has = |key: &str, start: char| value(&members, key).filter(|value| value.starts_with(start));
    let is_own = format == Format::Post || value(&members, "source").is_some();
    if is_own {
        pieces.push(whole);
    } else if let Some(messages) = has("messages", '[') {
        telegram_chat(&members, messages, pieces);
    } else if let Some(chats) = has("chats", '{') {
        telegram_export(chats, pieces);
        if let Some(left) = has("left_chats", '{') {
            telegram_export(left, pieces);
        }
    } else if let (Some(_), Some(updates)) = (value(&members, "ok"), has("result", '[')) {
        pieces.extend(elements(updates).into_iter().map(borrowed));
    } else if value(&members, "kind") == Some("\"Listing\"") {
        let children = has("data", '{').map(super::json_slices::members).unwrap_or_default();
        let children = value(&children, "children").map(elements).unwrap_or_default();
        for child in children {
            reddit_thing(format, child, pieces, depth);
        }
    } else if let Some(posts) = has("data", '[') {
        split_x::split(posts, has("includes", '{'), pieces);
    } else if let Some(items) = has("items", '[').filter(|_| value(&members, "version").is_some()) {
        json_feed(&members, items, pieces);
    } else if let Some(several) = has("statuses", '[').or(has("articles", '[')).or(has("entries", '[')) {
        pieces.extend(elements(several).into_iter().map(borrowed));
    } else {
        pieces.push(whole);
    }
}

fn borrowed(text: &str) -> Cow<'_, [u8]> {
    Cow::Borrowed(text.as_bytes())
}

/// The members that are there, as the inside of an object.
fn kept(members: &[(&str, &str)], keys: &[&str]) -> String {
    let kept = keys.iter().filter_map(|key| Some(format!("\"{key}\":{}", value(members, key)?)));
    kept.collect::<Vec<_>>().join(",")
}

fn telegram_export<'a>(chats: &'a str, pieces: &mut Pieces<'a>) {
    let list = value(&members(chats), "list").map(elements).unwrap_or_default();
    for chat in list {
        let chat = members(chat);
        if let Some(messages) = value(&chat, "messages") {
            telegram_chat(&chat, messages, pieces);
        }
    }
}

fn telegram_chat<'a>(chat: &[(&'a str, &'a str)], messages: &'a str, pieces: &mut Pieces<'a>) {
    let head = kept(chat, &["name", "type", "id", "username"]);
    for message in elements(messages) {
        pieces.push(Cow::Owned(format!("{{\"chat\":{{{head}}},\"message\":{message}}}").into_bytes()));
    }
}

/// A child of a listing, and the comments under it.
fn reddit_thing<'a>(format: Format, thing: &'a str, pieces: &mut Pieces<'a>, depth: usize) {
    pieces.push(borrowed(thing));
    let data = value(&members(thing), "data").map(members).unwrap_or_default();
    if let Some(replies) = value(&data, "replies").filter(|replies| replies.starts_with('{')) {
        split_value(format, replies, pieces, depth + 1);
    }
}

fn json_feed<'a>(feed: &[(&'a str, &'a str)], items: &'a str, pieces: &mut Pieces<'a>) {
    let head = kept(feed, &["version", "home_page_url", "language", "author", "authors"]);
    for item in elements(items) {
        pieces.push(Cow::Owned(format!("{{{head},\"items\":[{item}]}}").into_bytes()));
    }
}

fn split_xml(bytes: &[u8]) -> Result<Pieces<'_>, DecodeError> {
    let text = xml::utf8(bytes)?;
    let outline = xml::outline(&text)?;
    let [first, _, ..] = outline.entries.as_slice() else {
        return Ok(vec![Cow::Borrowed(bytes)]);
    };
    let head = &text[..first.start];
    let tail = outline.around.iter().rev().fold(String::new(), |tail, name| tail + "</" + name + ">");
    let pieces = outline.entries.iter().map(|entry| [head, &text[entry.clone()], &tail].concat().into_bytes());
    Ok(pieces.map(Cow::Owned).collect())
}
