//! A text with the words in it marked that decided something.

use std::fmt::Write;

use anstyle::Style;

use super::super::terminal::{ALMOST, CAUSE, MARK, safe};
use crate::score::near_miss::Gaps;
use crate::score::{Evidence, Field, Hit};

/// Longest cause that is marked, in code points: a longer one is a quotation, which shows itself.
const LONGEST_CAUSE: usize = 60;

/// What to mark in a text, by code points.
pub(crate) struct Marks(pub(crate) Vec<(Field, usize, usize, Style)>);

impl Marks {
    /// The evidence of hits, and what decided their states where that is short.
    pub(crate) fn new<'h>(hits: impl Iterator<Item = &'h Hit>) -> Self {
        let mut marks = Vec::new();
        for hit in hits {
            marks.extend(hit.evidence.iter().map(|one| (one.field, one.start, one.end, MARK)));
            marks.extend(
                hit.because
                    .iter()
                    .filter(|one| one.end - one.start <= LONGEST_CAUSE)
                    .map(|one| (one.field, one.start, one.end, CAUSE)),
            );
        }
        Self(marks)
    }

    /// And what is there of that which almost fired.
    pub(crate) fn with(mut self, gaps: &[Gaps<'_>]) -> Self {
        let mut mark = |one: &Evidence| self.0.push((one.field, one.start, one.end, ALMOST));
        for pack in gaps {
            pack.misses.iter().for_each(|miss| miss.part.each_evidence(&mut mark));
            pack.names.iter().for_each(|name| mark(&name.name));
        }
        self
    }

    /// The text with its marks; evidence stands above causes, and these above what almost fired.
    pub(crate) fn draw(&self, field: Field, text: &str) -> String {
        let mut styles: Vec<Option<Style>> = vec![None; text.chars().count()];
        for wanted in [ALMOST, CAUSE, MARK] {
            for (_, start, end, style) in self.0.iter().filter(|mark| mark.0 == field && mark.3 == wanted) {
                let end = (*end).min(styles.len());
                styles[(*start).min(end)..end].fill(Some(*style));
            }
        }
        let mut drawn = String::new();
        let mut open: Option<Style> = None;
        for (c, style) in text.chars().zip(styles) {
            if style != open {
                if let Some(open) = open {
                    let _ = write!(drawn, "{open:#}");
                }
                if let Some(style) = style {
                    let _ = write!(drawn, "{style}");
                }
                open = style;
            }
            drawn.push_str(&safe(c.encode_utf8(&mut [0; 4])));
        }
        if let Some(open) = open {
            let _ = write!(drawn, "{open:#}");
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_stands_above_causes_and_these_above_what_almost_fired() {
        let marks = Marks(vec![
            (Field::Text, 2, 6, ALMOST),
            (Field::Text, 3, 5, MARK),
            (Field::Text, 4, 9, CAUSE),
            (Field::Text, 8, 900, ALMOST),
            (Field::Title, 0, 2, MARK),
        ]);
        let (almost, cause, mark) = (ALMOST, CAUSE, MARK);
        assert_eq!(
            marks.draw(Field::Text, "абвгдежзик"),
            format!("аб{almost}в{almost:#}{mark}гд{mark:#}{cause}ежзи{cause:#}{almost}к{almost:#}")
        );
    }
}
