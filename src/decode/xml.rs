//! The outline of an XML feed: what its root is, and where its entries stand.
//!
//! One pass over the markup without a tree. It bounds the depth before anything recursive sees the bytes, tells one
//! entry from several, and gives the ranges at which a feed is split. Entities are never expanded here or later, so
//! there is nothing to blow up.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::outcome::{DecodeError, shortened};

/// Feeds nest a handful of levels; XHTML content some dozens. The parser after this one recurses.
const DEEPEST: usize = 128;

/// Where things stand in a feed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    /// The root's name without its prefix, lower-case: `rss`, `rdf`, `feed`, `item` or `entry`.
    pub(super) root: String,
    /// The entries, outermost only.
    pub(super) entries: Vec<Range<usize>>,
    /// Names of the elements around the first entry, outermost first, as written.
    pub(super) around: Vec<String>,
}

/// The feed as text without its declaration. What is UTF-8 is taken as that, whatever it declares: producers convert
/// old feeds and leave the declaration as it was. Everything else is in the encoding that it declares.
pub(super) fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    let end = bytes.windows(2).position(|pair| pair == b"?>").filter(|_| bytes.starts_with(b"<?xml"));
    let (declaration, rest) = bytes.split_at(end.map_or(0, |end| end + 2));
    match std::str::from_utf8(rest) {
        Ok(text) => Ok(Cow::Borrowed(text.trim_start())),
        Err(error) => {
            let encoding = match Reader::from_reader(declaration).read_event() {
                Ok(Event::Decl(declaration)) => declaration.encoder(),
                _ => None,
            };
            let encoding = encoding.ok_or(DecodeError::NotUtf8 { at: declaration.len() + error.valid_up_to() })?;
            Ok(Cow::Owned(encoding.decode_without_bom_handling(rest).0.trim_start().to_owned()))
        }
    }
}

/// Reads the outline.
pub(super) fn outline(text: &str) -> Result<Outline, DecodeError> {
    let mut reader = Reader::from_reader(text.as_bytes());
    reader.config_mut().check_end_names = false;
    let mut outline = Outline::default();
    let mut open: Vec<String> = Vec::new();
    let mut entry: Option<(usize, usize)> = None;
    loop {
        let before = position(&reader);
        let event = reader.read_event().map_err(|error| DecodeError::NotXml { why: shortened(&error.to_string()) })?;
        match event {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if open.is_empty() && outline.root.is_empty() {
                    outline.root = local(&name);
                }
                if entry.is_none() && is_entry(&name) {
                    entry = Some((before, open.len()));
                    if outline.entries.is_empty() {
                        outline.around.clone_from(&open);
                    }
                }
                open.push(name);
                if open.len() > DEEPEST {
                    return Err(DecodeError::TooDeep { limit: DEEPEST });
                }
            }
            Event::End(_) => {
                open.pop();
                if let Some((start, depth)) = entry
                    && open.len() <= depth
                {
                    outline.entries.push(start..position(&reader));
                    entry = None;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if outline.root.is_empty() {
        return Err(DecodeError::NotXml { why: "there is no element in it".to_owned() });
    }
    if entry.is_some() {
        return Err(DecodeError::NotXml { why: "it ends inside an entry".to_owned() });
    }
    Ok(outline)
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

fn is_entry(name: &str) -> bool {
    matches!(local(name).as_str(), "item" | "entry")
}
