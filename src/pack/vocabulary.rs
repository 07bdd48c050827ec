//! What packs are read with: the languages, and the classifiers that they may ask.

use super::PackFile;
use super::language::Language;
use super::words::classifiers;
use crate::classify::Classifier;

/// What stands beside packs and belongs to none.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The words by which texts say whose claim something is.
    pub languages: Vec<Language>,
    /// What reads texts as a whole.
    pub classifiers: Vec<Classifier>,
}

impl Vocabulary {
    /// A classifier by its name.
    #[must_use]
    pub fn classifier(&self, name: &str) -> Option<&Classifier> {
        self.classifiers.iter().find(|known| known.name == name)
    }

    /// The texts that a pack's scores depend on.
    pub(super) fn texts(&self, pack: &PackFile) -> impl Iterator<Item = &str> {
        let asked: Vec<String> = pack.indicators.iter().flat_map(|one| classifiers(&one.matches)).cloned().collect();
        let classifiers = self.classifiers.iter().filter(move |known| asked.contains(&known.name));
        let languages = self.languages.iter().map(|language| language.text.as_str());
        languages.chain(classifiers.map(|known| &*known.text))
    }
}
