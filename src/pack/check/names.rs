//! What names, hosts, accounts and phrases look like.

use crate::problem::Problem;
use crate::text::{Language, forms_problem};
use crate::yaml::At;

pub(super) const NAME_HELP: &str = "use lower-case letters, digits, `-` and `_`";

/// Whether this can name a pack, a list, an actor, an indicator or an alert.
#[must_use]
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// Whether this is a host name that a link can lead to.
pub(super) fn is_domain(name: &str) -> bool {
    name.contains('.')
        && name.split('.').all(|label| !label.is_empty())
        && name.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
}

/// Whether this is `source/handle`. A handle may hold an `@` inside: `mastodon/name@server.example`.
pub(super) fn is_account(account: &str) -> bool {
    let Some((source, handle)) = account.split_once('/') else { return false };
    !source.is_empty()
        && !handle.is_empty()
        && !handle.starts_with('@')
        && !source.contains('@')
        && !handle.contains('/')
        && !account.contains(char::is_whitespace)
}

/// What is wrong with a phrase of a word list in a language, or of names without one.
pub(in crate::pack) fn phrase_problem(phrase: &At<String>, language: Option<Language>) -> Option<Problem> {
    let words = crate::text::fold_phrase(&phrase.value.replace('*', ""));
    if words.is_empty() {
        let message = format!("`{}` holds no word", phrase.value);
        return Some(Problem::error("UC019", message, phrase.span.clone()).help("write letters or digits"));
    }
    if let Some((message, help)) = forms_problem(phrase, language) {
        return Some(Problem::error("UC020", message, phrase.span.clone()).help(help));
    }
    phrase.split_whitespace().filter(|part| part.contains('*')).find_map(|part| {
        let stem = part.trim_end_matches('*');
        let (message, help) = if stem.contains('*') || !part.ends_with('*') {
            (format!("`*` in `{part}` does not stand at the end"), "`*` is any ending: `росси*`")
        } else if stem.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            (format!("`{part}` would match nearly every word"), "write at least two letters before `*`")
        } else {
            return None;
        };
        Some(Problem::error("UC020", message, phrase.span.clone()).help(help))
    })
}
