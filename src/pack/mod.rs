//! Packs: the YAML that analysts write → a checked [`Pack`].
//!
//! [`grammar`] declares the shape (and its JSON Schema), [`check`] finds everything in it that cannot mean what its
//! author meant, [`language`] holds the cue vocabulary that stance is read from. Nothing here scores; a pack without
//! errors is compiled by [`crate::score`].

pub mod check;
pub mod disarm;
pub mod grammar;
pub mod language;

use crate::problem::{Problem, Source, any_error};
use crate::yaml::{self, Tree};

pub use grammar::{ExceptionsFile, PackFile};

/// A pack that passed its checks.
#[derive(Debug, Clone)]
pub struct Pack {
    /// What its author wrote.
    pub file: PackFile,
    /// What does not count.
    pub exceptions: Vec<grammar::Exception>,
    /// `blake3:` and the hash over the pack's text, its exceptions and every language file: equal digests score
    /// equally.
    pub digest: String,
}

/// An exceptions file that passed its own checks, and the text that it was read from.
#[derive(Debug, Clone)]
pub struct Exceptions {
    /// What its author wrote.
    pub file: ExceptionsFile,
    /// The file's text.
    pub text: String,
}

/// Reads an exceptions file and checks what needs no pack; `today` finds what has run out.
#[must_use]
pub fn load_exceptions(source: &Source, today: Option<jiff::civil::Date>) -> (Option<Exceptions>, Vec<Problem>) {
    let tree = match Tree::parse(&source.text) {
        Ok(tree) => tree,
        Err(problem) => return (None, vec![problem]),
    };
    let (file, mut problems) = yaml::read::<ExceptionsFile>(&tree);
    let Some(file) = file else { return (None, problems) };
    problems.extend(check::exceptions(&file, today));
    problems.sort_by_key(|problem| problem.span.start);
    let usable = !any_error(&problems);
    (usable.then(|| Exceptions { file, text: source.text.clone() }), problems)
}

/// Reads and checks a pack; of the exceptions it takes those that belong to it. It is absent when a problem is an error;
/// warnings leave it usable.
#[must_use]
pub fn load(
    source: &Source,
    exceptions: &[Exceptions],
    languages: &[language::Language],
) -> (Option<Pack>, Vec<Problem>) {
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
    let own = exceptions.iter().filter(|one| one.file.exceptions.value == file.pack.value);
    let texts = std::iter::once(source.text.as_str()).chain(own.clone().map(|one| one.text.as_str()));
    let digest = digest(texts.chain(languages.iter().map(|language| language.text.as_str())));
    let exceptions = own.flat_map(|one| one.file.list.iter().cloned()).collect();
    (Some(Pack { file, exceptions, digest }), problems)
}

/// What a score depends on beside the program: the pack, its exceptions and the languages, each length-prefixed so that
/// no two sequences of texts hash alike.
fn digest<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in texts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}
