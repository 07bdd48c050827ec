//! A text of any length → the parts of it that are worth a look, of bounded length.
//!
//! A post may be a mebibyte on one line. The live page shows its beginning and the surroundings of what was found, and says
//! how much is left out between them. Offsets stay those of the whole text, so evidence need not be counted anew.

use std::ops::Range;

use serde::Serialize;

/// Code points on each side of a place: two lines of a narrow page, enough to read the sentence.
const AROUND: usize = 160;
/// Of one place: evidence may be a whole field.
const PLACE: usize = 600;
/// Places that are looked at; the rest is left to the excerpt's beginning. Merging them costs their square.
const PLACES: usize = 48;

/// Parts of a text, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt {
    /// Code points of the whole text.
    pub length: usize,
    /// What is kept of it; one part that begins at 0 where that is everything.
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    /// The code point of the whole text at which it begins.
    pub at: usize,
    /// The words.
    pub text: String,
}

impl Excerpt {
    /// At most `most` code points of a text; of what is longer, the surroundings of `places` (code points, the most telling
    /// first) and as much of the beginning as there is room for.
    #[must_use]
    pub(super) fn new(text: &str, places: impl IntoIterator<Item = Range<usize>>, most: usize) -> Self {
        let length = text.chars().count();
        if length <= most {
            return Self { length, parts: vec![Part { at: 0, text: text.to_owned() }] };
        }
        // A quarter is the beginning's, whatever was found.
        let kept = kept(length, places, most - most / 4);
        let beginning = beginning(&kept, most);
        let mut parts = kept;
        parts.push(0..beginning);
        Self { length, parts: cut(text, &merged(parts)) }
    }
}

/// The surroundings of as many places as fit, merged.
fn kept(length: usize, places: impl IntoIterator<Item = Range<usize>>, room: usize) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    for place in places.into_iter().take(PLACES) {
        let end = place.end.min(place.start.saturating_add(PLACE)).saturating_add(AROUND).min(length);
        let around = place.start.saturating_sub(AROUND)..end;
        let with = merged(kept.iter().cloned().chain((!around.is_empty()).then_some(around)).collect());
        if with.iter().map(ExactSizeIterator::len).sum::<usize>() <= room {
            kept = with;
        }
    }
    kept
}

/// How far the beginning may reach, so that with what is kept it makes `most`.
fn beginning(kept: &[Range<usize>], most: usize) -> usize {
    let mut end = most.saturating_sub(kept.iter().map(ExactSizeIterator::len).sum());
    for range in kept {
        if range.start <= end {
            end += range.len();
        }
    }
    end
}

/// In order, overlapping and touching ones made one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The parts at ranges that are in order and do not touch, in one walk.
fn cut(text: &str, ranges: &[Range<usize>]) -> Vec<Part> {
    let mut letters = text.char_indices();
    let mut passed = 0;
    let mut byte = |point: usize| {
        let found = letters.nth(point - passed).map_or(text.len(), |(byte, _)| byte);
        passed = point + 1;
        found
    };
    let parts = ranges.iter().map(|range| {
        let (start, end) = (byte(range.start), byte(range.end));
        Part { at: range.start, text: text[start..end].to_owned() }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(excerpt: &Excerpt) -> usize {
        excerpt.parts.iter().map(|part| part.text.chars().count()).sum()
    }

    /// What the parts say stands where they say it.
    fn holds(text: &str, excerpt: &Excerpt) {
        let letters: Vec<char> = text.chars().collect();
        for part in &excerpt.parts {
            let length = part.text.chars().count();
            assert_eq!(part.text, letters[part.at..part.at + length].iter().collect::<String>());
        }
        assert!(excerpt.parts.windows(2).all(|two| two[0].at + two[0].text.chars().count() < two[1].at));
    }

    #[test]
    fn a_short_text_is_whole() {
        let excerpt = Excerpt::new("русский 😀", [0..3, 100..200], 100);
        assert_eq!(excerpt, Excerpt { length: 9, parts: vec![Part { at: 0, text: "русский 😀".into() }] });
        assert_eq!(Excerpt::new("", [], 10).parts.len(), 1);
    }

    #[test]
    fn of_a_long_text_the_beginning_and_what_was_found_are_kept() {
        let text: String = "аб😀г".repeat(250_000);
        let excerpt = Excerpt::new(&text, [500_000..500_010, 999_990..1_000_000, 500_100..500_120], 4_000);
        holds(&text, &excerpt);
        assert_eq!((excerpt.length, points(&excerpt), excerpt.parts.len()), (1_000_000, 4_000, 3));
        let covers = |place: usize| {
            excerpt.parts.iter().any(|part| part.at <= place && place < part.at + part.text.chars().count())
        };
        assert!(covers(0) && covers(500_000) && covers(500_119) && covers(999_999));
    }

    #[test]
    fn no_evidence_makes_it_longer_than_asked_for() {
        let text = "x".repeat(100_000);
        let everywhere: Vec<_> = (0..1_000).map(|at| at * 100..at * 100 + 5).collect();
        for places in [everywhere, vec![0..100_000, 7..9], vec![200_000..300_000, 1..2]] {
            let excerpt = Excerpt::new(&text, places, 4_000);
            holds(&text, &excerpt);
            assert!(points(&excerpt) <= 4_000 && points(&excerpt) >= 1_000, "{}", points(&excerpt));
        }
    }
}
