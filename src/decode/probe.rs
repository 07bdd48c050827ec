//! Which format a JSON object is in, by its shape.
//!
//! One typed pass over the top level: of a few telling keys it notes whether the value is a string, an object or
//! something else, and skips all values. The order of the questions matters where shapes share keys; each asks for what
//! the ones before it cannot have.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::Format;
use super::json::object;
use super::lenient::{skip_map, skip_seq};
use super::outcome::DecodeError;

/// What sort of value stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Object,
    Array,
    /// A number or truth value.
    Other,
    Null,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[rustfmt::skip]
struct Shape {
    // Telegram
    update_id: Option<Sort>, message_id: Option<Sort>, chat: Option<Sort>, message: Option<Sort>, ok: Option<Sort>, result: Option<Sort>,
    #[serde(rename = "_")]
    constructor: Option<Sort>,
    #[serde(rename = "type")]
    kind_of_row: Option<Sort>,
    date_unixtime: Option<Sort>, text_entities: Option<Sort>, from_id: Option<Sort>, messages: Option<Sort>, chats: Option<Sort>, actor_id: Option<Sort>,
    // Jetstream
    did: Option<Sort>, commit: Option<Sort>, kind: Option<Sort>, time_us: Option<Sort>,
    // Mastodon
    account: Option<Sort>, event: Option<Sort>, payload: Option<Sort>, reblog: Option<Sort>,
    // X
    data: Option<Sort>, includes: Option<Sort>, id_str: Option<Sort>, full_text: Option<Sort>, author_id: Option<Sort>,
    edit_history_tweet_ids: Option<Sort>, delete: Option<Sort>, errors: Option<Sort>, statuses: Option<Sort>, limit: Option<Sort>,
    meta: Option<Sort>, warning: Option<Sort>, disconnect: Option<Sort>, scrub_geo: Option<Sort>, status_withheld: Option<Sort>, user_withheld: Option<Sort>,
    // Reddit
    subreddit: Option<Sort>, selftext: Option<Sort>, permalink: Option<Sort>,
    // feeds
    version: Option<Sort>, items: Option<Sort>, content_html: Option<Sort>, content_text: Option<Sort>, date_published: Option<Sort>, guid: Option<Sort>,
    #[serde(rename = "isoDate")]
    iso_date: Option<Sort>,
    summary_detail: Option<Sort>, title_detail: Option<Sort>, links: Option<Sort>, published_parsed: Option<Sort>,
    // articles
    title: Option<Sort>, headline: Option<Sort>, name: Option<Sort>, body: Option<Sort>, content: Option<Sort>, html: Option<Sort>,
    #[serde(rename = "articleBody")]
    article_body: Option<Sort>,
    #[serde(rename = "article_body")]
    body_of_article: Option<Sort>,
    #[serde(rename = "@graph")]
    graph: Option<Sort>,
    url: Option<Sort>, link: Option<Sort>, description: Option<Sort>, summary: Option<Sort>,
    // our own
    source: Option<Sort>, text: Option<Sort>, media: Option<Sort>, repost_of: Option<Sort>, forwarded_from: Option<Sort>,
    // common
    id: Option<Sort>, date: Option<Sort>,
}

/// The format of `text`; among the Telegram shapes only, where `asked` is [`Format::Telegram`].
pub(super) fn probe(asked: Format, text: &str) -> Result<Format, DecodeError> {
    let shape: Shape = object(text)?;
    let found = match asked {
        Format::Telegram => shape.telegram(),
        _ => shape.telegram().or_else(|| shape.network()).or_else(|| shape.web()),
    };
    found.ok_or(DecodeError::Unrecognised)
}

impl Shape {
    fn telegram(&self) -> Option<Format> {
        let update = self.update_id.is_some() && is_number(self.update_id);
        let bot_message = self.message_id.is_some() && self.chat == Some(Sort::Object);
        let answer = self.ok.is_some() && self.result.is_some();
        if update || bot_message || answer {
            return Some(Format::TelegramBot);
        }
        if self.constructor == Some(Sort::Text) {
            return Some(Format::Telethon);
        }
        let wrapped = self.message == Some(Sort::Object) && (self.chat == Some(Sort::Object) || self.id.is_none());
        let row = self.kind_of_row == Some(Sort::Text) && self.id.is_some() && self.date == Some(Sort::Text);
        let telling = [self.date_unixtime, self.text_entities, self.from_id, self.actor_id].iter().any(Option::is_some);
        let plain_row =
            row && self.text.is_some() && self.source.is_none() && self.title.is_none() && self.url.is_none();
        let whole = self.messages == Some(Sort::Array) || self.chats == Some(Sort::Object);
        (wrapped || (row && telling) || plain_row || whole).then_some(Format::TelegramExport)
    }

    fn network(&self) -> Option<Format> {
        if self.did == Some(Sort::Text) && (self.commit.is_some() || self.kind.is_some() || self.time_us.is_some()) {
            return Some(Format::Jetstream);
        }
        let reddit_thing = self.kind == Some(Sort::Text) && self.data == Some(Sort::Object);
        let reddit_data = self.subreddit == Some(Sort::Text)
            && (self.selftext.is_some() || self.body.is_some() || self.permalink.is_some());
        if reddit_thing || reddit_data {
            return Some(Format::Reddit);
        }
        let streamed =
            self.event == Some(Sort::Text) && (self.payload.is_some() || self.id.is_none() && self.source.is_none());
        let status = self.account == Some(Sort::Object) && (self.content.is_some() || self.reblog.is_some());
        if streamed || status {
            return Some(Format::Mastodon);
        }
        let v2 = matches!(self.data, Some(Sort::Object | Sort::Array))
            || self.edit_history_tweet_ids.is_some()
            || (self.author_id.is_some() && self.text.is_some());
        let v1 = self.id_str.is_some() && (self.text.is_some() || self.full_text.is_some())
            || self.statuses == Some(Sort::Array);
        let about_the_stream = [
            self.delete,
            self.errors,
            self.limit,
            self.warning,
            self.disconnect,
            self.scrub_geo,
            self.status_withheld,
            self.user_withheld,
            self.meta,
        ];
        let notice = self.source.is_none()
            && self.title.is_none()
            && self.text.is_none()
            && about_the_stream.iter().any(|key| matches!(key, Some(Sort::Object | Sort::Array)));
        (v2 || v1 || notice).then_some(Format::X)
    }

    fn web(&self) -> Option<Format> {
        let any = |keys: &[Option<Sort>]| keys.iter().any(|key| key.is_some_and(|sort| sort != Sort::Null));
        let article_only = any(&[
            self.body,
            self.content,
            self.html,
            self.headline,
            self.article_body,
            self.body_of_article,
            self.description,
        ]);
        let own = [self.text, self.title, self.links, self.media, self.repost_of, self.forwarded_from];
        if self.source == Some(Sort::Text) && any(&own) && !article_only {
            return Some(Format::Post);
        }
        let json_feed = self.items == Some(Sort::Array) && self.version.is_some();
        let item = any(&[
            self.content_html,
            self.content_text,
            self.guid,
            self.iso_date,
            self.summary_detail,
            self.title_detail,
            self.published_parsed,
        ]);
        let parsed = self.link == Some(Sort::Text) && self.summary.is_some() && self.id.is_some();
        if json_feed || item || parsed {
            return Some(Format::Feed);
        }
        let headline = any(&[self.title, self.headline, self.name]);
        let body = any(&[self.text, self.summary, self.url, self.link, self.date_published]) || article_only;
        let bare_body = any(&[self.body, self.article_body, self.body_of_article, self.html, self.content, self.text])
            && any(&[self.url, self.link, self.date]);
        (headline && body || bare_body || self.graph == Some(Sort::Array)).then_some(Format::Article)
    }
}

fn is_number(sort: Option<Sort>) -> bool {
    sort == Some(Sort::Other)
}

struct SortVisitor;

impl<'de> Visitor<'de> for SortVisitor {
    type Value = Sort;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_str<E>(self, _: &str) -> Result<Sort, E> {
        Ok(Sort::Text)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Sort, E> {
        Ok(Sort::Other)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Sort, E> {
        Ok(Sort::Other)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Sort, E> {
        Ok(Sort::Other)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Sort, E> {
        Ok(Sort::Other)
    }
    fn visit_unit<E>(self) -> Result<Sort, E> {
        Ok(Sort::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Sort, A::Error> {
        skip_seq(seq).map(|()| Sort::Array)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sort, A::Error> {
        skip_map(map).map(|()| Sort::Object)
    }
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SortVisitor)
    }
}
