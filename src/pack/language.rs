//! Language files: the words by which a text says whose claim it is, and what it thinks of it.
//!
//! One file a language, shipped with the program. The same phrases as in packs: folded, `*` for any ending. Directions
//! follow `ConText` (Harkema et al. 2009): a forward cue stands before what it governs, a backward cue behind it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use crate::problem::{Problem, Source};
use crate::yaml::{self, At};

/// Phrases: YAML calls `false` and `2003` no text, a list of phrases takes them.
pub(super) fn phrases(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({ "type": "array", "items": { "type": ["string", "number", "boolean"] } })
}

/// Phrases by the direction in which they work.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cues {
    /// Stand before the content that they govern, which runs to the sentence's end or a terminator.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub forward: Vec<At<String>>,
    /// Stand behind the content that they govern.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub backward: Vec<At<String>>,
    /// Colour the words beside them.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub local: Vec<At<String>>,
    /// Stand before a noun and colour only it ("so-called").
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub noun: Vec<At<String>>,
    /// Stand alone before a mark ("False: …", "Rating: false.", "Source: …") and speak of the whole post.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub label: Vec<At<String>>,
}

/// Words that analyse an actor.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Framing {
    /// Beside an actor's name they say what it is.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub characterise: Vec<At<String>>,
    /// After an actor's name they say what it is after.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub purpose: Vec<At<String>>,
    /// Sources to which an analysis is given.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub analysis: Vec<At<String>>,
    /// What only an onlooker says of a state's purpose: after the name of whoever stands behind an actor.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub influence: Vec<At<String>>,
}

/// A language file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undercurrent language")]
pub struct LanguageFile {
    /// ISO 639-1 code.
    pub language: At<String>,
    /// Its English name.
    pub title: String,
    /// Give words to a speaker, without doubt.
    #[serde(default)]
    pub attribution: Cues,
    /// Give words to a speaker with doubt.
    #[serde(default)]
    pub distance: Cues,
    /// Call words false.
    #[serde(default)]
    pub denial: Cues,
    /// Analyse an actor.
    #[serde(default)]
    pub framing: Framing,
    /// Words such as "that": a cue before one governs what follows, wherever it stands.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub complementisers: Vec<At<String>>,
    /// At the head of a sentence they point at the one before ("Об этом …"): with a cue of saying behind them, that was
    /// said.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub pointers: Vec<At<String>>,
    /// End the reach of a cue before the sentence's end.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub terminators: Vec<At<String>>,
    /// Look like cues and are none; the longer phrase wins.
    #[serde(default)]
    #[schemars(schema_with = "phrases")]
    pub pseudo: Vec<At<String>>,
}

/// A language file and the text that it was read from (a pack's digest covers it).
#[derive(Debug, Clone)]
pub struct Language {
    /// The vocabulary.
    pub file: LanguageFile,
    /// The file's text.
    pub text: String,
}

/// Reads a language file.
#[must_use]
pub fn load(source: &Source) -> (Option<Language>, Vec<Problem>) {
    let (file, problems) = yaml::read_text::<LanguageFile>(&source.text);
    if !problems.is_empty() {
        return (None, problems);
    }
    (file.map(|file| Language { file, text: source.text.clone() }), problems)
}
