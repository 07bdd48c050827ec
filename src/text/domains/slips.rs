//! Slips of the finger: labels at one edit from a known one.
//!
//! In: names, then a label. Out: the names from which one insertion, omission, replacement or swap of neighbours leads to
//! the label (Damerau, 1964). Every name is filed under each of its forms that lack one letter, so that a label asks for
//! its own such forms and never meets the names one by one (Mor and Fraenkel, 1982): a label of n letters costs at most
//! 2n + 1 look-ups, however many names there are.

use std::collections::HashMap;

/// What one edit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slip {
    /// A letter twice where the name has it once.
    Doubled,
    /// Another letter too many, one too few, or two that changed places.
    Moved,
    /// Another letter.
    Replaced,
}

/// Names by what remains of them when one letter is left out.
#[derive(Debug, Default)]
pub(super) struct Slips {
    whole: HashMap<String, usize>,
    lacking: HashMap<String, Vec<usize>>,
    /// By first letter, the lengths of the names: bit n for n letters. Nearly every label ends here.
    lengths: HashMap<char, u64>,
}

impl Slips {
    pub(super) fn add(&mut self, name: &str, number: usize) {
        let Some(first) = name.chars().next() else { return };
        *self.lengths.entry(first).or_default() |= length_bit(name.chars().count());
        self.whole.entry(name.to_owned()).or_insert(number);
        let mut form = String::new();
        for at in 0..name.chars().count() {
            leave_out(name, at, &mut form);
            let filed = self.lacking.entry(form.clone()).or_default();
            if filed.last() != Some(&number) {
                filed.push(number);
            }
        }
    }

    /// The very name.
    pub(super) fn same(&self, name: &str) -> Option<usize> {
        let letters = name.chars().count();
        self.begins_alike(name, length_bit(letters)).then(|| self.whole.get(name).copied())?
    }

    /// Whether some name has the label's first letter and one of these lengths.
    fn begins_alike(&self, label: &str, lengths: u64) -> bool {
        let known = label.chars().next().and_then(|first| self.lengths.get(&first));
        known.is_some_and(|known| known & lengths != 0)
    }

    /// The name at one slip from a label, with `name` giving names by number and `fits` judging what was found.
    pub(super) fn find<'n>(
        &self,
        label: &str,
        name: impl Fn(usize) -> &'n str,
        fits: impl Fn(usize, Slip) -> bool,
    ) -> Option<usize> {
        let letters = label.chars().count();
        let near = length_bit(letters) | length_bit(letters + 1) | length_bit(letters.saturating_sub(1));
        if !self.begins_alike(label, near) {
            return None;
        }
        let judge = |number: &usize| slip(name(*number), label).is_some_and(|slip| fits(*number, slip));
        let filed = |form: &str| self.lacking.get(form)?.iter().copied().find(judge);
        filed(label).or_else(|| {
            let mut form = String::with_capacity(label.len());
            (0..letters).find_map(|at| {
                leave_out(label, at, &mut form);
                self.whole.get(&form).copied().filter(judge).or_else(|| filed(&form))
            })
        })
    }
}

fn length_bit(letters: usize) -> u64 {
    1 << letters.min(63)
}

fn leave_out(name: &str, at: usize, form: &mut String) {
    form.clear();
    form.extend(name.chars().enumerate().filter(|(index, _)| *index != at).map(|(_, letter)| letter));
}

/// The one edit that makes `label` of `name`, if it takes exactly one.
///
/// Digits are no slips (another number is another channel), nor is another first letter: people look at how a word
/// begins, and another beginning makes another word.
fn slip(name: &str, label: &str) -> Option<Slip> {
    let (name, label): (Vec<char>, Vec<char>) = (name.chars().collect(), label.chars().collect());
    let (longer, shorter) = if name.len() >= label.len() { (&name, &label) } else { (&label, &name) };
    let same = longer.iter().zip(shorter).take_while(|(one, other)| one == other).count();
    let (left, rest) = (longer.get(same..)?, shorter.get(same..)?);
    let digit = |letters: &[char]| letters.first().is_some_and(char::is_ascii_digit);
    if same == 0 || digit(left) || digit(rest) && left.len() == rest.len() {
        return None;
    }
    if left.len() == rest.len() + 1 {
        let doubled = longer == &label && longer[same] == longer[same - 1];
        return (left[1..] == *rest).then_some(if doubled { Slip::Doubled } else { Slip::Moved });
    }
    match (left, rest) {
        ([_, left @ ..], [_, rest @ ..]) if left == rest => Some(Slip::Replaced),
        ([a, b, left @ ..], [c, d, rest @ ..]) if left == rest && a == d && b == c => {
            (!b.is_ascii_digit()).then_some(Slip::Moved)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["beispielblatt", "muster", "tagblatt24"];

    #[track_caller]
    fn check(label: &str, expected: Option<(&str, Slip)>) {
        let mut slips = Slips::default();
        for (number, name) in NAMES.into_iter().enumerate() {
            slips.add(name, number);
        }
        let name = |number: usize| NAMES[number];
        let found = slips.find(label, name, |_, _| true).map(name);
        assert_eq!(found.map(|found| (found, slip(found, label).unwrap())), expected, "{label}");
    }

    #[test]
    fn one_edit_is_found_and_named() {
        check("beispielblat", Some(("beispielblatt", Slip::Moved)));
        check("beispiellblatt", Some(("beispielblatt", Slip::Doubled)));
        check("beispieblatt", Some(("beispielblatt", Slip::Moved)));
        check("beispielblatts", Some(("beispielblatt", Slip::Moved)));
        check("besipielblatt", Some(("beispielblatt", Slip::Moved)));
        check("beispielblott", Some(("beispielblatt", Slip::Replaced)));
        check("mustre", Some(("muster", Slip::Moved)));
    }

    #[test]
    fn what_is_the_name_or_further_away_is_none() {
        for label in ["muster", "mister y", "musters2", "must", "", "m", "puster", "amuster", "beispieelblott"] {
            check(label, None);
        }
    }

    #[test]
    fn another_number_is_another_channel() {
        check("tagblatt25", None);
        check("tagblatt2", None);
        check("tagblatt42", None);
        check("taagblatt24", Some(("tagblatt24", Slip::Doubled)));
    }
}
