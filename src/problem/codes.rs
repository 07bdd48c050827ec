//! Every code that a problem can have: what it means, and the way from wrong to right.
//!
//! A code keeps its meaning for ever; a new meaning gets a new number. The table serves `undercurrent rule CODE` and the
//! rules of a SARIF report. `tests/problems.rs` holds that it and the program name the same codes.

mod lints;
mod packs;
mod pipelines;
mod reading;

use super::Severity;

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// For example `UC012`.
    pub code: &'static str,
    /// Whether such a problem stops the program.
    pub severity: Severity,
    /// In a few words, lower-case.
    pub title: &'static str,
    /// What is wrong about it and what to do, in sentences.
    pub meaning: &'static str,
    /// A piece of a file that has it.
    pub bad: &'static str,
    /// The same piece, mended.
    pub good: &'static str,
}

/// All codes, in order.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [reading::CODES, packs::CODES, pipelines::CODES, lints::EXCEPTIONS, lints::LINTS, lints::LOCK, lints::TESTS]
        .into_iter()
        .flatten()
}

/// The entry of a code, whatever its case.
#[must_use]
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|known| known.code.eq_ignore_ascii_case(code))
}

const fn error(
    code: &'static str,
    title: &'static str,
    meaning: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Code {
    Code { code, severity: Severity::Error, title, meaning, bad, good }
}

const fn warning(
    code: &'static str,
    title: &'static str,
    meaning: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Code {
    Code { code, severity: Severity::Warning, title, meaning, bad, good }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_once_in_order_and_say_what_to_do() {
        let codes: Vec<&Code> = all().collect();
        assert!(codes.windows(2).all(|pair| pair[0].code < pair[1].code), "in order, each once");
        for code in codes {
            assert!(code.code.len() == 5 && code.code.starts_with("UC"), "{}", code.code);
            assert!(!code.title.ends_with('.') && code.meaning.ends_with('.'), "{}", code.code);
            assert!(!code.bad.is_empty() && !code.good.is_empty() && code.bad != code.good, "{}", code.code);
        }
        assert_eq!(find("uc012").map(|code| code.code), Some("UC012"));
        assert_eq!(find("UC999"), None);
    }
}
