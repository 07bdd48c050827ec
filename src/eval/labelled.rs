//! A line of a labelled set → its label, what it is grouped by, and a record of our own post shape.
//!
//! Whatever our own shape has, a labelled record may have too; it needs no `source`, because texts are often collected
//! without one.

use serde_json::{Map, Value};

use super::confusion::Label;
use crate::problem::nearest;

/// The half of a set that is looked at, so that the other one can tell whether what was learnt on the first holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Records whose id ends in an odd number.
    Odd,
    /// Records whose id ends in an even number.
    Even,
}

impl Half {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Odd => "odd",
            Self::Even => "even",
        }
    }

    /// The half that an id belongs to, by the last number in it.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        let last = id.bytes().rfind(u8::is_ascii_digit)?;
        Some(if last % 2 == 1 { Self::Odd } else { Self::Even })
    }
}

/// A labelled record.
#[derive(Debug)]
pub struct Labelled(Map<String, Value>);

impl Labelled {
    /// Reads a line.
    ///
    /// # Errors
    /// It is no JSON object.
    pub fn read(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map(Self).map_err(|fault| format!("it is no JSON object: {fault}"))
    }

    /// What it should be called.
    ///
    /// # Errors
    /// It has no label, or one that there is not.
    pub fn label(&self) -> Result<Label, String> {
        let names = Label::ALL.map(Label::name);
        let Some(written) = self.word("label") else {
            return Err(format!("it has no `label` ({})", names.join(", ")));
        };
        Label::ALL.into_iter().find(|label| label.name() == written).ok_or_else(|| match nearest(&written, names) {
            Some(near) => format!("there is no label `{written}`; did you mean `{near}`?"),
            None => format!("there is no label `{written}`; known: {}", names.join(", ")),
        })
    }

    /// Whether it is of this half.
    ///
    /// # Errors
    /// Its id does not say.
    pub fn is_of(&self, half: Half) -> Result<bool, String> {
        let Some(id) = self.word("id") else { return Err("it has no `id`, so that it is of no half".to_string()) };
        let own = Half::of(&id).ok_or_else(|| format!("its id `{id}` has no number, so that it is of no half"))?;
        Ok(own == half)
    }

    /// A field as text, if it is text or a number, and not empty.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<String> {
        let word = match self.0.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(word).filter(|word| !word.trim().is_empty())
    }

    /// The record in our own post shape: of an author `telegram/anna`, `telegram` is the platform where none is given.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let mut post = self.0.clone();
        if self.word("source").is_none() {
            let author = self.word("author");
            let platform =
                author.as_deref().and_then(|author| author.split_once('/')).map_or("web", |(source, _)| source);
            post.insert("source".to_string(), platform.into());
        }
        Value::Object(post).to_string().into_bytes()
    }
}
