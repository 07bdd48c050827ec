//! Telegram text that says of itself what its parts are.
//!
//! A Desktop export writes a string, or an array of strings and objects (`{"type", "text", "href"}`); Telegram's schema
//! has `TextWithEntities`, an object with `text`. All of them are read as [`Pieces`].

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::lenient::Word;
use super::marks::Marks;

/// A stretch of text and what it is.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Piece<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    href: Word<'a>,
}

/// A string, or an array of strings and objects.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a>(Vec<Piece<'a>>);

impl Pieces<'_> {
    /// Whether there is no text.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self.0.as_slice() {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(one.text.text()),
            several => Cow::Owned(several.iter().map(|piece| piece.text.text()).collect()),
        }
    }

    /// The links, hashtags and mentions among them.
    pub(super) fn marks(&self) -> Marks {
        let mut marks = Marks::default();
        for piece in &self.0 {
            match piece.kind.text() {
                "link" => marks.link(piece.text.text()),
                "text_link" => marks.link(piece.href.text()),
                "hashtag" => marks.hashtag(piece.text.text()),
                "mention" | "mention_name" => marks.mention(piece.text.text()),
                _ => {}
            }
        }
        marks
    }
}

struct PiecesVisitor;

impl<'de> Visitor<'de> for PiecesVisitor {
    type Value = Vec<Piece<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(plain(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(plain(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(plain(Cow::Owned(number.to_string())))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(plain(Cow::Owned(number.to_string())))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(plain(Cow::Owned(number.to_string())))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Piece::deserialize(MapAccessDeserializer::new(map)).map(|piece| vec![piece])
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Pieces(pieces)) = seq.next_element()? {
            all.extend(pieces);
        }
        Ok(all)
    }
}

fn plain(text: Cow<'_, str>) -> Vec<Piece<'_>> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Piece { text: Word(Some(text)), ..Piece::default() }]
}

impl<'de: 'a, 'a> Deserialize<'de> for Pieces<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PiecesVisitor).map(Pieces)
    }
}
