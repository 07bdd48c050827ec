//! Words that stand in nearly every text, and are enough for a hit.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::pack::check::phrases;
use crate::pack::grammar::{Match, PackFile};
use crate::problem::Problem;
use crate::text::{Ending, Language, Stem, fold_phrase, stems};
use crate::yaml::At;

/// Per language, its most frequent words.
const WORDS: [(&str, &str); 4] = [
    ("English", include_str!("common/en.txt")),
    ("Russian", include_str!("common/ru.txt")),
    ("Ukrainian", include_str!("common/uk.txt")),
    ("Arabic", include_str!("common/ar.txt")),
];

/// Folded word → the language whose list has it.
static COMMON: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut common = HashMap::new();
    for (language, file) in WORDS {
        for word in file.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            // A contraction folds to two words and is none of these.
            if let [word] = fold_phrase(word).as_slice() {
                common.entry(word.clone()).or_insert(language);
            }
        }
    }
    common
});

/// Common words that give points by themselves.
pub(super) fn common(pack: &PackFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut told = HashSet::new();
    for indicator in pack.indicators.iter().filter(|indicator| indicator.points.value > 0.0) {
        let mut lists = Vec::new();
        alone(&indicator.matches, &mut lists);
        for (language, phrase) in lists.iter().flat_map(|list| phrases(&pack.words, list)) {
            let Some((word, common_in)) = found(language, phrase) else { continue };
            if !told.insert(phrase.span.start) {
                continue;
            }
            let written = if fold_phrase(phrase) == [word] { String::new() } else { format!(" finds `{word}`, which") };
            let message = format!(
                "`{}`{written} is one of the most frequent words of {common_in}, and is enough for `{}`",
                phrase.value, indicator.id.value
            );
            let help = "ask for a word near it (`near`), or take it out of the list";
            problems.push(Problem::warning("UC087", message, phrase.span.clone()).help(help));
        }
    }
    problems
}

/// The lists of which a single phrase is enough.
fn alone<'p>(matches: &'p At<Match>, lists: &mut Vec<&'p str>) {
    match &matches.value {
        Match::Words(names) => lists.extend(names.iter().map(|name| name.as_str())),
        Match::Any(parts) => parts.iter().for_each(|part| alone(part, lists)),
        Match::All(parts) => {
            if let [part] = parts.as_slice() {
                alone(part, lists);
            }
        }
        Match::AtLeast(some) if some.n.value == 1 => some.of.iter().for_each(|part| alone(part, lists)),
        Match::AtLeast(_)
        | Match::Near(_)
        | Match::Regex(_)
        | Match::Author(_)
        | Match::Link(_)
        | Match::Not(_)
        | Match::Language(_)
        | Match::Forwarded(_)
        | Match::Field(_)
        | Match::ReadsLike(_)
        | Match::Joins(_) => {}
    }
}

/// The common word that a phrase of one word finds, and its language. An open stem finds more; the first in the order
/// of letters is told, so that a check says the same every time.
fn found(language: &str, phrase: &At<String>) -> Option<(&'static str, &'static str)> {
    let stems: Vec<Stem> = stems(phrase, Language::of_code(language));
    let [stem] = stems.as_slice() else { return None };
    let same = fold_phrase(phrase).first().and_then(|word| COMMON.get_key_value(word));
    if same.is_some() || (stem.ending == Ending::None && !stem.arabic) {
        return same.map(|(word, language)| (word.as_str(), *language));
    }
    let words = COMMON.iter().filter(|(word, _)| stem.is(word));
    words.min().map(|(word, language)| (word.as_str(), *language))
}
