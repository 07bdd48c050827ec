//! Where the elements of a JSON array and the members of an object stand in the text.
//!
//! Splitting hands on the producer's own bytes, so nothing is parsed into values and written again. The text must be
//! valid JSON already; on anything else the slices are meaningless, but never out of bounds.

/// The elements of an array, trimmed; nothing where `text` is no array.
pub(super) fn elements(text: &str) -> Vec<&str> {
    let text = text.trim();
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(inside) => at_commas(inside),
        None => Vec::new(),
    }
}

/// The members of an object as (key as written, without quotation marks; value), trimmed.
pub(super) fn members(text: &str) -> Vec<(&str, &str)> {
    let text = text.trim();
    let Some(inside) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return Vec::new();
    };
    at_commas(inside).into_iter().filter_map(member).collect()
}

/// The value of one member.
pub(super) fn value<'a>(members: &[(&'a str, &'a str)], key: &str) -> Option<&'a str> {
    members.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
}

fn member(text: &str) -> Option<(&str, &str)> {
    let end = end_of_string(text.as_bytes(), 0)?;
    let value = text.get(end..)?.trim_start().strip_prefix(':')?;
    Some((text.get(1..end - 1)?, value.trim()))
}

fn at_commas(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut depth, mut at) = (0, 0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = end_of_string(bytes, at).unwrap_or(bytes.len());
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The byte after the string that begins at `at`.
fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_the_producers_bytes() {
        assert_eq!(elements(r#" [1, {"a":[2,3]} , "x,\"]", [] ] "#), ["1", r#"{"a":[2,3]}"#, r#""x,\"]""#, "[]"]);
        assert_eq!(elements("[]"), Vec::<&str>::new());
        assert_eq!(members(r#"{"a" : 1,"b,\"":{"c":2}}"#), [("a", "1"), ("b,\\\"", r#"{"c":2}"#)]);
        assert_eq!(members("{}"), []);
        assert_eq!(members(r#"{"a"#), []);
    }
}
