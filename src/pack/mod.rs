//! Packs: the YAML that analysts write → a checked [`Pack`].
//!
//! [`grammar`] declares the shape (and its JSON Schema), [`check`] finds everything in it that cannot mean what its
//! author meant, [`language`] holds the cue vocabulary that stance is read from. Nothing here scores; a pack without
//! errors is compiled by [`crate::score`].

pub mod check;
pub mod disarm;
pub mod grammar;
pub mod language;
pub mod lint;
pub mod lock;
pub mod words;

use crate::problem::{Problem, Source, any_error};
use crate::yaml::{self, Tree};

pub use grammar::PackFile;

/// A pack that passed its checks.
#[derive(Debug, Clone)]
pub struct Pack {
    /// What its author wrote.
    pub file: PackFile,
    /// `blake3:` and the hash over the pack's text and every language file: equal digests score equally.
    pub digest: String,
}

/// Reads and checks a pack. It is absent when a problem is an error; warnings leave it usable.
#[must_use]
pub fn load(source: &Source, languages: &[language::Language]) -> (Option<Pack>, Vec<Problem>) {
    let tree = match Tree::parse(&source.text) {
        Ok(tree) => tree,
        Err(problem) => return (None, vec![problem]),
    };
    let (file, mut problems) = yaml::read::<PackFile>(&tree);
    let Some(file) = file else { return (None, problems) };
    problems.extend(check::check(&file));
    problems.sort_by_key(|problem| problem.span.start);
    if any_error(&problems) {
        return (None, problems);
    }
    (Some(Pack { file, digest: digest(&source.text, languages) }), problems)
}

/// What a score depends on beside the program: the pack and the languages, each length-prefixed so that no two
/// sequences of texts hash alike.
fn digest(text: &str, languages: &[language::Language]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in std::iter::once(text).chain(languages.iter().map(|language| language.text.as_str())) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}
