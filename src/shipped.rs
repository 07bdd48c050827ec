//! What the program carries inside: packs, language files, classifiers and the demo's stream.

use crate::problem::Source;

const PACKS: [(&str, &str); 5] = [
    ("packs/ru-iraq-outreach.yaml", include_str!("../pipelines/packs/ru-iraq-outreach.yaml")),
    ("packs/pravda-network.yaml", include_str!("../pipelines/packs/pravda-network.yaml")),
    ("packs/doppelganger.yaml", include_str!("../pipelines/packs/doppelganger.yaml")),
    ("packs/ukraine-narratives.yaml", include_str!("../pipelines/packs/ukraine-narratives.yaml")),
    ("packs/sahel-influence.yaml", include_str!("../pipelines/packs/sahel-influence.yaml")),
];

const LANGUAGES: [(&str, &str); 8] = [
    ("languages/en.yaml", include_str!("../pipelines/languages/en.yaml")),
    ("languages/ru.yaml", include_str!("../pipelines/languages/ru.yaml")),
    ("languages/uk.yaml", include_str!("../pipelines/languages/uk.yaml")),
    ("languages/ar.yaml", include_str!("../pipelines/languages/ar.yaml")),
    ("languages/de.yaml", include_str!("../pipelines/languages/de.yaml")),
    ("languages/fr.yaml", include_str!("../pipelines/languages/fr.yaml")),
    ("languages/es.yaml", include_str!("../pipelines/languages/es.yaml")),
    ("languages/it.yaml", include_str!("../pipelines/languages/it.yaml")),
];

const CLASSIFIERS: [(&str, &str); 1] =
    [("classifiers/influence.yaml", include_str!("../pipelines/classifiers/influence.yaml"))];

/// The demo's pipeline file.
pub const DEMO_PIPELINE: &str = include_str!("../pipelines/demo/demo.yaml");

/// The demo's stream: topics, each with one message a line.
pub const DEMO: [(&str, &str); 5] = [
    ("demo.telegram", include_str!("../pipelines/demo/demo.telegram.ndjson")),
    ("demo.bluesky", include_str!("../pipelines/demo/demo.bluesky.ndjson")),
    ("demo.mastodon", include_str!("../pipelines/demo/demo.mastodon.ndjson")),
    ("demo.articles", include_str!("../pipelines/demo/demo.articles.ndjson")),
    ("demo.mixed", include_str!("../pipelines/demo/demo.mixed.ndjson")),
];

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(name, text)| Source { name: format!("shipped:{name}"), text: (*text).to_string() }).collect()
}

/// The packs.
#[must_use]
pub fn packs() -> Vec<Source> {
    sources(&PACKS)
}

/// The language files.
#[must_use]
pub fn languages() -> Vec<Source> {
    sources(&LANGUAGES)
}

/// The classifiers.
#[must_use]
pub fn classifiers() -> Vec<Source> {
    sources(&CLASSIFIERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::language;

    #[test]
    fn every_language_file_is_read_without_a_problem() {
        for source in languages() {
            let (language, problems) = language::load(&source);
            assert!(problems.is_empty(), "{}: {problems:?}", source.name);
            assert!(language.is_some());
        }
    }
}
