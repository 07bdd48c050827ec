//! What stands in quotation marks.
//!
//! In: the original and its folded words. Out: quotations in the order in which they open, nested ones with their depth.
//! Works on the original, since folding makes all marks one.
//!
//! Which marks a text uses is a habit of the house and not of its language (a Russian channel writes „…“, a Ukrainian
//! one "…"), so every mark counts everywhere, and the neighbours of a mark decide where the mark itself does not say
//! whether it opens. An open quotation ends with its line. Two that opened with one kind of mark and closed only once
//! share the mark, as in «Газета «Правда».

use std::ops::Range;

use super::fold::{Folded, offset};

/// A stretch of text in quotation marks that has words in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// First byte inside, in the original.
    pub start: usize,
    /// The byte after the last inside.
    pub end: usize,
    /// Bytes of the opening mark.
    pub open: Range<usize>,
    /// Bytes of the closing mark; none where the line ended, or an outer quotation did.
    pub close: Option<Range<usize>>,
    /// How many quotations it stands in.
    pub depth: u8,
    /// Indexes of the words inside.
    pub words: Range<u32>,
}

/// Marks that close each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// « »
    Guillemets,
    /// ‹ ›
    Angles,
    /// „ “ ”
    Double,
    /// ‚ ‘ ’
    Single,
    /// "
    Straight,
}

/// Deeper nesting is no writing, but somebody's attack on the stack.
const DEPTH: usize = 8;

/// The quotations that are open, outermost first: their index in the result and their family.
struct Stack {
    open: [(usize, Family); DEPTH],
    len: usize,
}

impl Stack {
    fn open(&self) -> &[(usize, Family)] {
        &self.open[..self.len]
    }

    /// The innermost open quotation that a mark of this family can close. A straight mark closes „ and “ too: that is
    /// how people type who have the opening mark from a phone.
    fn find(&self, family: Family) -> Option<usize> {
        let closes = |open: Family| open == family || (family == Family::Straight && open == Family::Double);
        self.open().iter().rposition(|(_, open)| closes(*open))
    }

    fn has(&self, family: Family) -> bool {
        self.find(family).is_some()
    }
}

/// Finds the quotations of a text. Clears `out` first.
pub fn quotations(original: &str, folded: &Folded, out: &mut Vec<Quotation>) {
    out.clear();
    let mut stack = Stack { open: [(0, Family::Straight); DEPTH], len: 0 };
    let bytes = original.as_bytes();
    let mut at = 0;
    // Only these bytes begin a mark or a line end.
    while let Some(step) = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\n' | 0xC2 | 0xE2)) {
        at += step;
        let Some(mark) = original[at..].chars().next() else { break };
        let after = at + mark.len_utf8();
        if matches!(mark, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            end_line(original, out, &mut stack, at);
        } else {
            let (before, next) = (original[..at].chars().next_back(), original[after..].chars().next());
            match decide(mark, before, next, &stack) {
                Some(Act::Open(family)) if stack.len < DEPTH => {
                    let depth = u8::try_from(stack.len).unwrap_or(u8::MAX);
                    stack.open[stack.len] = (out.len(), family);
                    stack.len += 1;
                    out.push(Quotation { start: after, end: after, open: at..after, close: None, depth, words: 0..0 });
                }
                Some(Act::Close(family)) => close(out, &mut stack, family, at..after),
                _ => {}
            }
        }
        at = after;
    }
    end_line(original, out, &mut stack, original.len());
    for quotation in &mut *out {
        let index = |byte: usize| folded.words.partition_point(|word| (word.original.start as usize) < byte);
        quotation.words = offset(index(quotation.start))..offset(index(quotation.end));
    }
    out.retain(|quotation| !quotation.words.is_empty());
}

enum Act {
    Open(Family),
    Close(Family),
}

/// What a character does as a quotation mark.
fn decide(mark: char, before: Option<char>, next: Option<char>, stack: &Stack) -> Option<Act> {
    use Family::{Angles, Double, Guillemets, Single, Straight};
    // A tatweel joins an Arabic proclitic to the mark: بـ"…" opens.
    let before = before.filter(|c| *c != 'ـ');
    let tight =
        before.is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '[' | '{' | '«' | '„' | '“' | '‹' | '‘'));
    let after_text = before.is_some_and(|c| {
        c.is_alphanumeric()
            || matches!(c, '.' | ',' | '!' | '?' | '…' | ';' | ':' | '%' | ')' | ']' | '»' | '”' | '؟' | '،')
    });
    let opens = next.is_some_and(|c| !c.is_whitespace()) && !after_text;
    let inside_word = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
    let open = |yes: bool, family| yes.then_some(Act::Open(family));
    let close = |yes: bool, family| yes.then_some(Act::Close(family));
    match mark {
        // »…« is how German books quote.
        '«' if stack.has(Guillemets) && tight && !opens => close(true, Guillemets),
        '«' => open(true, Guillemets),
        '»' if stack.has(Guillemets) => close(true, Guillemets),
        '»' => open(opens, Guillemets),
        '‹' if stack.has(Angles) && tight && !opens => close(true, Angles),
        '‹' => open(true, Angles),
        '›' if stack.has(Angles) => close(true, Angles),
        '›' => open(opens, Angles),
        '„' | '‟' => open(true, Double),
        '“' if stack.has(Double) && tight && !opens => close(true, Double),
        '“' => open(next.is_some() && (opens || !tight), Double),
        '”' if stack.has(Double) => close(true, Double),
        '”' => open(opens, Double),
        '‘' | '’' | '"' if inside_word => None,
        '‘' if stack.has(Single) && tight && !opens => close(true, Single),
        '‚' | '‘' => open(opens, Single),
        '’' => close(stack.has(Single) && tight, Single),
        '"' if stack.has(Straight) => {
            if tight || !opens {
                close(true, Straight)
            } else {
                open(true, Straight)
            }
        }
        '"' => open(opens || !tight && next.is_some(), Straight),
        _ => None,
    }
}

/// Closes the innermost quotation of the family. Those inside it that are still open end with it.
fn close(out: &mut [Quotation], stack: &mut Stack, family: Family, mark: Range<usize>) {
    let Some(found) = stack.find(family) else { return };
    for (index, family) in &stack.open[found + 1..stack.len] {
        if *family != Family::Single {
            out[*index].end = mark.start;
        }
    }
    let quotation = &mut out[stack.open[found].0];
    quotation.end = mark.start;
    quotation.close = Some(mark);
    stack.len = found;
}

/// Ends what is open where a line ends.
fn end_line(original: &str, out: &mut [Quotation], stack: &mut Stack, line_end: usize) {
    for (index, family) in stack.open().iter().rev() {
        // A single mark that nothing closes was an apostrophe: ’twas, ‘90s.
        if *family == Family::Single {
            continue;
        }
        let alike = |inner: &&Quotation| inner.close.is_some() && family_of(original, inner) == Some(*family);
        let shared = out[index + 1..].iter().rev().find(alike);
        let (end, close) = match shared {
            Some(inner) => (inner.end, inner.close.clone()),
            None => (line_end, None),
        };
        out[*index].end = end;
        out[*index].close = close;
    }
    stack.len = 0;
}

fn family_of(original: &str, quotation: &Quotation) -> Option<Family> {
    Some(match original[quotation.open.clone()].chars().next()? {
        '«' | '»' => Family::Guillemets,
        '‹' | '›' => Family::Angles,
        '‚' | '‘' | '’' => Family::Single,
        '"' => Family::Straight,
        _ => Family::Double,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The insides in order, nested ones with a `>` a level.
    #[track_caller]
    fn check(original: &str, expected: &[&str]) {
        let mut out = Vec::new();
        quotations(original, &Folded::new(original), &mut out);
        let found: Vec<_> =
            out.iter().map(|found| ">".repeat(found.depth.into()) + &original[found.start..found.end]).collect();
        assert_eq!(found, expected, "{original}");
    }

    #[test]
    fn every_mark_counts_in_every_language() {
        check("Он сказал: «Да». She said “no”, er sagte „vielleicht“.", &["Да", "no", "vielleicht"]);
        check("a „b” c ”d” e ‘f’ g ‹h› i »j« k “l“", &["b", "d", "f", "h", "j", "l"]);
        check("وعدوا بـ\"حل سريع\" ولـ“خبراء”", &["حل سريع", "خبراء"]);
        check("Он \"ушёл\", она (\"пришла\") - \"Всё!\"", &["ушёл", "пришла", "Всё!"]);
        check("قال «نعم» و\"لا\" ثم “ربما”", &["نعم", "ربما"]);
        check("„Mit Handy\" getippt, “so\" auch", &["Mit Handy", "so"]);
        check("**\"Жирно\"** и 🔥\"с огнём 🔥\" и ещё", &["Жирно", "с огнём 🔥"]);
    }

    #[test]
    fn apostrophes_and_inches_are_no_quotations() {
        check("Moscow’s п’ять ‘90s rock’n’roll", &[]);
        check("The ‘workers’ of Moscow’s plant", &["workers"]);
        check("A 15\" screen and a 17\" one", &[]);
    }

    #[test]
    fn quotations_nest() {
        check("«Он сказал: „Ладно“, и ушёл»", &["Он сказал: „Ладно“, и ушёл", ">Ладно"]);
        check("\"ООО \"Ромашка\" закрыто\" вчера", &["ООО \"Ромашка\" закрыто", ">Ромашка"]);
        check("«Газета «Правда» пишет. Иначе", &["Газета «Правда", ">Правда"]);
        check("«Он начал “и бросил» тут", &["Он начал “и бросил", ">и бросил"]);
        check(
            &"«a ".repeat(9),
            &[
                "a «a «a «a «a «a «a «a «a ",
                ">a «a «a «a «a «a «a «a ",
                ">>a «a «a «a «a «a «a ",
                ">>>a «a «a «a «a «a ",
                ">>>>a «a «a «a «a ",
                ">>>>>a «a «a «a ",
                ">>>>>>a «a «a ",
                ">>>>>>>a «a ",
            ],
        );
    }

    #[test]
    fn an_open_one_ends_with_its_line() {
        check("Он сказал: «Да.\nПотом ушёл»", &["Да."]);
        check("пустые «» и «🔥»", &[]);
    }

    #[test]
    fn the_words_inside_are_known() {
        let original = "Он «очень рад» сам";
        let mut out = Vec::new();
        quotations(original, &Folded::new(original), &mut out);
        assert_eq!(out[0].words, 1..3);
        assert_eq!(&original[out[0].open.clone()], "«");
        assert_eq!(out[0].close.clone().map(|mark| &original[mark]), Some("»"));
    }
}
