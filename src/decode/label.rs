//! Things that are written as a string, or as an object with a name or an address in it.
//!
//! Articles and feeds write authors, pictures, pages and contents in both ways (schema.org `Person` or a bare name,
//! feedparser's `{"type", "value"}`, JSON Feed's `{"url"}`).

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::lenient::Word;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Label<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    value: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    href: Word<'a>,
    #[serde(borrow, rename = "@id")]
    id: Word<'a>,
    #[serde(borrow)]
    rel: Word<'a>,
    #[serde(skip)]
    plain: Word<'a>,
}

impl Label<'_> {
    /// The string, or what the object says: its name, else its value.
    pub(super) fn word(&self) -> Option<&str> {
        self.plain.trimmed().or(self.name.trimmed()).or(self.value.trimmed())
    }

    /// The address.
    pub(super) fn address(&self) -> Option<&str> {
        self.url.trimmed().or(self.href.trimmed()).or(self.id.trimmed()).or(self.plain.trimmed())
    }

    /// What the address is to the thing (`alternate`, `enclosure`).
    pub(super) fn relation(&self) -> &str {
        self.rel.text()
    }
}

/// Any number of [`Label`]s: one, or an array.
#[derive(Debug, Default)]
pub(super) struct Labels<'a>(pub(super) Vec<Label<'a>>);

impl Labels<'_> {
    /// The first that says something.
    pub(super) fn word(&self) -> Option<&str> {
        self.0.iter().find_map(Label::word)
    }

    /// The first with an address.
    pub(super) fn address(&self) -> Option<&str> {
        self.0.iter().find_map(Label::address)
    }
}

struct LabelsVisitor;

impl<'de> Visitor<'de> for LabelsVisitor {
    type Value = Vec<Label<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string, an object or an array of them")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(vec![Label { plain: Word(Some(text.into())), ..Label::default() }])
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![Label { plain: Word(Some(text.to_owned().into())), ..Label::default() }])
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Label::deserialize(MapAccessDeserializer::new(map)).map(|label| vec![label])
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Labels(labels)) = seq.next_element()? {
            all.extend(labels);
        }
        Ok(all)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelsVisitor).map(Labels)
    }
}
