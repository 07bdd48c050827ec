//! JSON text → a platform's typed shape, with our errors.
//!
//! Strings are borrowed from the payload where it holds no escapes. `serde_json` keeps its limit of 128 levels, so that
//! a deep message ends as an error and not as a blown stack.

use std::ops::Range;

use serde::Deserialize;
use serde_json::error::Category;

use super::lenient::Many;
use super::outcome::{DecodeError, shortened};

/// The depth at which `serde_json` stops.
const DEEPEST: usize = 128;

/// The bytes without a byte order mark and white space around them; some exporters write both.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii()
}

/// The bytes as text.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8 { at: error.valid_up_to() })
}

/// Reads one object. An array is told apart from it here, because serde would fill a struct from an array by position.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    match text.as_bytes().first() {
        Some(b'{') => serde_json::from_str(text).map_err(|error| not_json(&error)),
        Some(b'[') => {
            let elements: Many<serde::de::IgnoredAny> = serde_json::from_str(text).map_err(|error| not_json(&error))?;
            match elements.0.len() {
                0 => Err(DecodeError::Empty),
                count => Err(DecodeError::SeveralPosts { count }),
            }
        }
        Some(_) => match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Err(DecodeError::invalid("the message", "it is a single value, not an object")),
            Err(error) => Err(not_json(&error)),
        },
        None => Err(DecodeError::Empty),
    }
}

/// What `serde_json` says, as ours.
pub(super) fn not_json(error: &serde_json::Error) -> DecodeError {
    let said = error.to_string();
    if said.starts_with("recursion limit exceeded") {
        return DecodeError::TooDeep { limit: DEEPEST };
    }
    match error.classify() {
        Category::Data => DecodeError::invalid("the message", &said),
        Category::Io | Category::Syntax | Category::Eof => DecodeError::NotJson {
            line: error.line(),
            column: error.column(),
            why: shortened(said.split(" at line ").next().unwrap_or(&said)),
        },
    }
}

/// Replaces `\u` escapes of half a surrogate pair by U+FFFD, if there are any. JavaScript producers that cut a text
/// after so many UTF-16 units leave half an emoji behind; it is valid JSON by the letter, and no text.
pub(super) fn mend_surrogates(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut lone: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(bytes, at) {
            Some(0xD800..=0xDBFF) if matches!(unit(bytes, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                lone.push(at..at + 6);
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    if lone.is_empty() {
        return None;
    }
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for escape in lone {
        mended.push_str(&text[from..escape.start]);
        mended.push_str("\\uFFFD");
        from = escape.end;
    }
    mended.push_str(&text[from..]);
    Some(mended)
}

/// The UTF-16 unit that the escape at `at` stands for.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?;
    if !escape.starts_with(b"\\u") || !escape[2..].iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(&escape[2..]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_is_replaced_and_a_whole_one_kept() {
        let mended = mend_surrogates(r#""a \ud83d\ude00 b \ud83d c \\ud83d""#).unwrap();
        assert_eq!(serde_json::from_str::<String>(&mended).unwrap(), "a 😀 b \u{FFFD} c \\ud83d");
        assert_eq!(mend_surrogates(r#""\ud83d\ude00""#), None);
        assert_eq!(mend_surrogates("\\u12"), None);
    }
}
