//! An X API v2 answer with several posts → one answer a post.
//!
//! `includes` holds the users and posts of the whole page; each piece gets those that its own post refers to, so that
//! a page of a hundred posts does not become a hundred pages.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::json_slices::{elements, members, value};
use super::lenient::{Many, Maybe, Word};

/// What a post refers to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refers<'a> {
    #[serde(borrow)]
    author_id: Word<'a>,
    #[serde(borrow)]
    referenced_tweets: Many<Maybe<Identified<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identified<'a> {
    #[serde(borrow)]
    id: Word<'a>,
}

pub(super) fn split<'a>(posts: &'a str, includes: Option<&'a str>, pieces: &mut Vec<Cow<'a, [u8]>>) {
    let includes = includes.map(members).unwrap_or_default();
    let users = by_id(value(&includes, "users"));
    let tweets = by_id(value(&includes, "tweets"));
    for post in elements(posts) {
        let refers: Refers<'_> = serde_json::from_str(post).unwrap_or_default();
        let referred: Vec<&str> =
            refers.referenced_tweets.objects().filter_map(|to| tweets.get(to.id.trimmed()?).copied()).collect();
        let theirs: Vec<Refers<'_>> = referred.iter().filter_map(|tweet| serde_json::from_str(tweet).ok()).collect();
        let mut authors: Vec<&str> = Vec::new();
        for author in
            std::iter::once(&refers).chain(&theirs).filter_map(|refers| users.get(refers.author_id.trimmed()?))
        {
            if !authors.contains(author) {
                authors.push(author);
            }
        }
        let piece = format!(
            "{{\"data\":{post},\"includes\":{{\"users\":[{}],\"tweets\":[{}]}}}}",
            authors.join(","),
            referred.join(",")
        );
        pieces.push(Cow::Owned(piece.into_bytes()));
    }
}

fn by_id(list: Option<&str>) -> HashMap<String, &str> {
    let elements = list.map(elements).unwrap_or_default();
    let id = |element: &str| serde_json::from_str::<Identified<'_>>(element).ok()?.id.owned();
    elements.into_iter().filter_map(|element| Some((id(element)?, element))).collect()
}
