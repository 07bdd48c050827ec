//! Field types that never fail a message over a wrong type.
//!
//! Platforms write the same id as number and as string, send `null`, `""` or `[]` for "none", and change unimportant
//! fields without notice. A field of these types takes what it can use and is absent otherwise. Only broken JSON, a
//! key that stands twice, and too deep nesting still fail, and those concern the whole message.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::time;

/// A string; a number counts as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

impl Word<'_> {
    /// The string, unless it is empty.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|word| !word.is_empty())
    }

    /// The string without white space around it, unless nothing is left.
    pub(super) fn trimmed(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|word| !word.is_empty())
    }

    /// [`Word::trimmed`], as its own string.
    pub(super) fn owned(&self) -> Option<String> {
        self.trimmed().map(str::to_owned)
    }

    /// The whole string, empty where there is none.
    pub(super) fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

/// A point in time, in any form that [`time`] reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct When(pub(super) Option<Timestamp>);

/// A whole number; a string of digits counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Int(pub(super) Option<i64>);

/// `true`, or anything else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flag(pub(super) bool);

/// An object, or anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Maybe<T>(pub(super) Option<T>);

/// An array; one object or string counts as an array of one, anything else as an empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Many<T>(pub(super) Vec<T>);

/// Whether a key stands there at all, `null` or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given<T>(pub(super) Option<T>);

impl<T> Maybe<T> {
    /// The object.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Many<Maybe<T>> {
    /// The objects among the elements.
    pub(super) fn objects(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Maybe::get)
    }
}

impl<'a> Many<Word<'a>> {
    /// The strings among the elements, without white space around them.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> + use<'_, 'a> {
        self.0.iter().filter_map(Word::trimmed)
    }
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What can be made of a string, a number or a truth value.
trait Scalar<'de>: Default {
    fn borrowed(text: &'de str) -> Self {
        Self::text(text)
    }
    fn text(text: &str) -> Self;
    fn integer(_: i128) -> Self {
        Self::default()
    }
    fn float(_: f64) -> Self {
        Self::default()
    }
    fn truth(_: bool) -> Self {
        Self::default()
    }
}

impl<'de> Scalar<'de> for Word<'de> {
    fn borrowed(text: &'de str) -> Self {
        Self(Some(Cow::Borrowed(text)))
    }
    fn text(text: &str) -> Self {
        Self(Some(Cow::Owned(text.to_owned())))
    }
    fn integer(number: i128) -> Self {
        Self(Some(Cow::Owned(number.to_string())))
    }
    fn float(number: f64) -> Self {
        Self(Some(Cow::Owned(number.to_string())))
    }
}

impl Scalar<'_> for When {
    fn text(text: &str) -> Self {
        Self(time::parse(text))
    }
    fn integer(number: i128) -> Self {
        Self(time::from_epoch(number))
    }
    fn float(number: f64) -> Self {
        Self(time::from_float(number))
    }
}

impl Scalar<'_> for Int {
    fn text(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }
    fn integer(number: i128) -> Self {
        Self(number.try_into().ok())
    }
}

impl Scalar<'_> for Flag {
    fn text(text: &str) -> Self {
        Self(text == "true")
    }
    fn truth(truth: bool) -> Self {
        Self(truth)
    }
}

/// Reads any value; containers are skipped.
struct Any<T>(PhantomData<T>);

impl<'de, T: Scalar<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }
    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::integer(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::integer(number.into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::float(number))
    }
    fn visit_bool<E>(self, truth: bool) -> Result<T, E> {
        Ok(T::truth(truth))
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        skip_seq(seq).map(|()| T::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        skip_map(map).map(|()| T::default())
    }
}

/// Reads past the rest of an array.
pub(super) fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads past the rest of an object.
pub(super) fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any::<Word<'de>>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

struct MaybeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MaybeVisitor<T> {
    type Value = Maybe<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Maybe<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Maybe(Some(value)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Maybe<T>, A::Error> {
        skip_seq(seq).map(|()| Maybe(None))
    }
    fn visit_str<E>(self, _: &str) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
    fn visit_unit<E>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaybeVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Many(elements))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Many(vec![value]))
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Many<T>, E> {
        T::deserialize(serde::de::value::BorrowedStrDeserializer::new(text)).map(|value| Many(vec![value]))
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Many<T>, E> {
        T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|value| Many(vec![value]))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Many<T>, E> {
        Ok(Many::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Many<T>, E> {
        Ok(Many::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Many<T>, E> {
        Ok(Many::default())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Many<T>, E> {
        Ok(Many::default())
    }
    fn visit_unit<E>(self) -> Result<Many<T>, E> {
        Ok(Many::default())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Sample<'a> {
        #[serde(borrow)]
        word: Word<'a>,
        when: When,
        int: Int,
        flag: Flag,
        #[serde(borrow)]
        words: Many<Word<'a>>,
        #[serde(borrow)]
        inner: Maybe<Inner<'a>>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Inner<'a> {
        #[serde(borrow)]
        word: Word<'a>,
    }

    #[test]
    fn no_type_is_wrong() {
        for value in [
            "null",
            "true",
            "1",
            "-1",
            "1.5",
            "1e300",
            "18446744073709551615",
            "\"x\"",
            "\"\\n\"",
            "[]",
            "[[{}],1]",
            "{}",
            "{\"word\":[]}",
        ] {
            let text = format!(
                "{{\"word\":{value},\"when\":{value},\"int\":{value},\"flag\":{value},\"words\":{value},\"inner\":{value}}}"
            );
            let sample: Result<Sample<'_>, _> = serde_json::from_str(&text);
            assert!(sample.is_ok(), "{text}: {sample:?}");
        }
    }

    #[test]
    fn what_can_be_used_is_used() {
        let sample: Sample<'_> = serde_json::from_str(
            r#"{"word":12,"when":"1704888300","int":"7","flag":true,"words":"one","inner":{"word":"w"}}"#,
        )
        .unwrap();
        assert_eq!(sample.word.get(), Some("12"));
        assert_eq!(sample.when.0.unwrap().as_second(), 1_704_888_300);
        assert_eq!((sample.int.0, sample.flag.0), (Some(7), true));
        assert_eq!(sample.words.words().collect::<Vec<_>>(), ["one"]);
        assert_eq!(sample.inner.get().and_then(|inner| inner.word.get()), Some("w"));
    }
}
