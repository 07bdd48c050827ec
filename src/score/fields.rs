//! Matches on what is no running text: a field's values, and the languages of a post.
//!
//! They are tried on every post that gets so far, so they look at a few short strings and allocate only when they hit.

use regex::Regex;

use super::verdict::Field;
use super::view::View;
use crate::pack::grammar::{FieldName, FieldTest, LanguageTest};
use crate::post::Post;
use crate::text::Language;

/// What a test found: the fields that it rests on, and a word about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Where it can be seen; empty where something is absent.
    pub fields: Vec<Field>,
    /// What no place in the post says by itself.
    pub note: Option<String>,
}

/// A test of the declared against the found language.
#[derive(Debug)]
pub struct Languages {
    declared: Vec<String>,
    found: Vec<String>,
    differs: bool,
}

impl Languages {
    /// As written in a pack.
    #[must_use]
    pub fn new(test: &LanguageTest) -> Self {
        let codes = |codes: &[crate::yaml::At<String>]| codes.iter().map(|code| code.value.clone()).collect();
        Self { declared: codes(&test.declared), found: codes(&test.found), differs: test.differs }
    }

    /// Whether it holds for a post.
    #[must_use]
    pub fn holds(&self, view: &View<'_>) -> Option<Holds> {
        let declared = view.post.lang.as_deref().map(primary).filter(|code| !matches!(&**code, "" | "und" | "zxx"));
        let found = Some(view.language).filter(|found| *found != Language::Unknown).map(Language::code);
        let listed = |list: &[String], code: Option<&str>| {
            list.is_empty() || code.is_some_and(|code| list.iter().any(|one| one == code))
        };
        if !listed(&self.declared, declared.as_deref()) || !listed(&self.found, found) {
            return None;
        }
        if self.differs && !matches!((declared.as_deref(), found), (Some(declared), Some(found)) if declared != found) {
            return None;
        }
        let fields = declared.iter().map(|_| Field::Lang).collect();
        let note = match (&declared, found) {
            (Some(declared), Some(found)) => Some(format!("declared {declared}, found {found}")),
            (None, Some(found)) => Some(format!("found {found}")),
            _ => None,
        };
        Some(Holds { fields, note })
    }
}

/// `pt-BR` → `pt`. Cut to what a code can be: the platform's word may be anything.
fn primary(declared: &str) -> String {
    let code = declared.trim().split(['-', '_']).next().unwrap_or_default();
    code.chars().take(8).flat_map(char::to_lowercase).collect()
}

/// A test of a field's values.
#[derive(Debug)]
pub struct FieldValues {
    name: FieldName,
    is: Vec<String>,
    matches: Option<Box<Regex>>,
    at_least: Option<u32>,
    at_most: Option<u32>,
}

impl FieldValues {
    /// As written in a pack.
    ///
    /// # Errors
    /// The expression and what is wrong with it.
    pub fn new(test: &FieldTest) -> Result<Self, (String, String)> {
        let compiled = test.matches.as_ref().map(|pattern| {
            Regex::new(pattern).map(Box::new).map_err(|fault| (pattern.value.clone(), fault.to_string()))
        });
        Ok(Self {
            name: test.name.value,
            is: test.is.iter().map(|value| value.to_lowercase()).collect(),
            matches: compiled.transpose()?,
            at_least: test.at_least.as_ref().map(|least| least.value),
            at_most: test.at_most.as_ref().map(|most| most.value),
        })
    }

    /// Whether it holds for a post.
    #[must_use]
    pub fn holds(&self, view: &View<'_>) -> Option<Holds> {
        let wanted = |value: &str| {
            (self.is.is_empty() || self.is.contains(&value.to_lowercase()))
                && self.matches.as_ref().is_none_or(|regex| regex.is_match(value))
        };
        let by_value = !self.is.is_empty() || self.matches.is_some();
        let (mut number, mut place) = (0, None);
        each(view.post, self.name, &mut |field, value| {
            number += 1;
            if place.is_none() && (!by_value || wanted(value)) {
                place = Some(field);
            }
        });
        if let FieldName::Title | FieldName::Text = self.name {
            let field = if self.name == FieldName::Title { Field::Title } else { Field::Text };
            number = view.scan(field).folded.words.len();
        }
        let fits = self.at_least.is_none_or(|least| number >= least as usize)
            && self.at_most.is_none_or(|most| number <= most as usize);
        if !fits || by_value && place.is_none() {
            return None;
        }
        let note = (!by_value && number > 0).then(|| format!("{} has {number}", name(self.name)));
        Some(Holds { fields: place.into_iter().collect(), note })
    }
}

/// Calls back with a field's values, each with its place.
fn each<'p>(post: &'p Post, name: FieldName, back: &mut dyn FnMut(Field, &'p str)) {
    let (place, value) = match name {
        FieldName::Hashtags => return many(&post.hashtags, Field::Hashtag, back),
        FieldName::Mentions => return many(&post.mentions, Field::Mention, back),
        FieldName::Links => return many(&post.links, Field::Link, back),
        FieldName::Media => return many(&post.media, Field::Media, back),
        FieldName::Author => {
            let names = post.author.iter().flat_map(|author| [&author.handle, &author.id, &author.name]);
            return names.flatten().for_each(|name| back(Field::Author, name));
        }
        FieldName::Source => (Field::Source, Some(post.source.as_str())),
        FieldName::Kind => (Field::Kind, Some(post.kind.name())),
        FieldName::Channel => (Field::Channel, post.channel.as_deref()),
        FieldName::Lang => (Field::Lang, post.lang.as_deref()),
        FieldName::Title => (Field::Title, post.title.as_deref()),
        FieldName::Text => (Field::Text, Some(post.text.as_str()).filter(|text| !text.is_empty())),
        FieldName::Url => (Field::Url, post.url.as_deref()),
        FieldName::ReplyTo => (Field::ReplyTo, post.reply_to.as_deref()),
        FieldName::RepostOf => (Field::RepostOf, post.repost_of.as_deref()),
        FieldName::ForwardedFrom => (Field::ForwardedFrom, post.forwarded_from.as_deref()),
    };
    if let Some(value) = value {
        back(place, value);
    }
}

fn many<'p>(values: &'p [String], place: fn(usize) -> Field, back: &mut dyn FnMut(Field, &'p str)) {
    values.iter().enumerate().for_each(|(at, value)| back(place(at), value));
}

/// The name in packs.
#[must_use]
pub fn name(field: FieldName) -> &'static str {
    match field {
        FieldName::Source => "source",
        FieldName::Kind => "kind",
        FieldName::Author => "author",
        FieldName::Channel => "channel",
        FieldName::Lang => "lang",
        FieldName::Title => "title",
        FieldName::Text => "text",
        FieldName::Url => "url",
        FieldName::Hashtags => "hashtags",
        FieldName::Mentions => "mentions",
        FieldName::Links => "links",
        FieldName::Media => "media",
        FieldName::ReplyTo => "reply_to",
        FieldName::RepostOf => "repost_of",
        FieldName::ForwardedFrom => "forwarded_from",
    }
}
