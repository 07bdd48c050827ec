//! Packs: the YAML that analysts write → a checked [`Pack`].
//!
//! [`grammar`] declares the shape (and its JSON Schema), [`check`] finds everything in it that cannot mean what its
//! author meant, [`lint`] what a colleague would say of it, [`lock`] whether it still means what its version meant.
//! [`language`] holds the cue vocabulary that stance is read from. Nothing here scores; a pack without errors is compiled
//! by [`crate::score`].

pub mod check;
pub mod disarm;
pub mod grammar;
pub mod language;
pub mod lint;
pub mod lock;
mod vocabulary;
pub mod words;

use crate::problem::{Problem, Source, any_error};
use crate::yaml;

pub use grammar::{ExceptionsFile, PackFile};
pub use vocabulary::Vocabulary;

/// A pack that passed its checks.
#[derive(Debug, Clone)]
pub struct Pack {
    /// What its author wrote.
    pub file: PackFile,
    /// What does not count.
    pub exceptions: Vec<grammar::Exception>,
    /// `blake3:` and the hash over the pack's text, its exceptions, every language file and the classifiers that it asks:
    /// equal digests score equally.
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
    let (file, mut problems) = yaml::read_text::<ExceptionsFile>(&source.text);
    let Some(file) = file else { return (None, problems) };
    problems.extend(check::exceptions(&file, today));
    problems.sort_by_key(|problem| problem.span.start);
    let usable = !any_error(&problems);
    (usable.then(|| Exceptions { file, text: source.text.clone() }), problems)
}

/// Reads a pack without asking what it means; what is wrong is left out of it.
#[must_use]
pub fn read(source: &Source) -> (Option<PackFile>, Vec<Problem>) {
    yaml::read_text(&source.text)
}

/// Reads and checks a pack; of the exceptions it takes those that belong to it. It is absent when a problem is an error;
/// warnings leave it usable.
#[must_use]
pub fn load(source: &Source, exceptions: &[Exceptions], vocabulary: &Vocabulary) -> (Option<Pack>, Vec<Problem>) {
    let (file, mut problems) = read(source);
    let Some(file) = file else { return (None, problems) };
    problems.extend(check::check(&file, vocabulary));
    problems.sort_by_key(|problem| problem.span.start);
    if any_error(&problems) {
        return (None, problems);
    }
    let own = exceptions.iter().filter(|one| one.file.exceptions.value == file.pack.value);
    let texts = std::iter::once(source.text.as_str()).chain(own.clone().map(|one| one.text.as_str()));
    let digest = digest(texts.chain(vocabulary.texts(&file)));
    let exceptions = own.flat_map(|one| one.file.list.iter().cloned()).collect();
    (Some(Pack { file, exceptions, digest }), problems)
}

/// Reads a pack for its author: errors as [`load`] finds them, and what a colleague would say besides. What was left out
/// while reading is no reason for a warning, and a misspelt name none to call a list unused.
#[must_use]
pub fn review(source: &Source, vocabulary: &Vocabulary) -> (Option<PackFile>, Vec<Problem>) {
    let (file, mut problems) = read(source);
    let whole = problems.is_empty();
    if let Some(file) = &file {
        problems.extend(check::check(file, vocabulary));
        let sound = !any_error(&problems);
        if whole {
            problems.extend(lint::lint(file, sound));
        }
    }
    (file, problems)
}

/// Reads an exceptions file for its author, beside the packs that are at hand.
#[must_use]
pub fn review_exceptions(source: &Source, packs: &[&PackFile], today: jiff::civil::Date) -> Vec<Problem> {
    let (file, mut problems) = yaml::read_text::<ExceptionsFile>(&source.text);
    let Some(file) = file else { return problems };
    problems.extend(check::exceptions(&file, Some(today)));
    match packs.iter().find(|pack| pack.pack.value == file.exceptions.value) {
        Some(pack) => problems.extend(check::exceptions_of(&file, pack)),
        None => problems.push(check::no_such_pack(&file, packs)),
    }
    problems
}

/// What a score depends on beside the program: the pack, its exceptions and its vocabulary, each length-prefixed so that no
/// two sequences of texts hash alike.
fn digest<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in texts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}
