//! Counts of a measurement, all and by group, which grow with groups and not with records.

use std::collections::BTreeMap;

use super::confusion::{Confusion, Label};
use super::labelled::Labelled;

/// The fields of a record that it is grouped by.
pub const GROUPINGS: [&str; 3] = ["lang", "topic", "form"];

/// Groups of one field. A set has some ten languages and topics; a field that is another on every line is no grouping,
/// and must not fill the memory.
const MOST_GROUPS: usize = 64;

/// Where what comes after [`MOST_GROUPS`] is counted.
const OTHERS: &str = "(others)";

/// All counts.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Of all records.
    pub all: Confusion,
    /// By each of [`GROUPINGS`], by its value; records without the field are in none.
    pub groups: [BTreeMap<String, Confusion>; GROUPINGS.len()],
    /// Lines that cannot be read.
    pub unread: u64,
    /// Records of the half that is not looked at.
    pub left_out: u64,
}

impl Tally {
    pub(super) fn add(&mut self, labelled: &Labelled, expected: Label, predicted: Label) {
        self.all.add(expected, predicted);
        for (name, groups) in GROUPINGS.into_iter().zip(&mut self.groups) {
            let Some(value) = labelled.word(name) else { continue };
            let full = groups.len() >= MOST_GROUPS && !groups.contains_key(&value);
            let value = if full { OTHERS.to_string() } else { value };
            groups.entry(value).or_default().add(expected, predicted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_by_what_they_say_of_themselves() {
        let mut tally = Tally::default();
        let record = |line: &str| Labelled::read(line.as_bytes()).unwrap();
        tally.add(&record(r#"{"lang":"en","form":"retold"}"#), Label::Reports, Label::Amplifies);
        tally.add(&record(r#"{"lang":"en","topic":3}"#), Label::Reports, Label::Reports);
        tally.add(&record(r#"{"lang":""}"#), Label::Ordinary, Label::Ordinary);
        let counts = |at: usize| -> Vec<(&str, u64)> {
            tally.groups[at].iter().map(|(value, counts)| (value.as_str(), counts.count())).collect()
        };
        assert_eq!((counts(0), counts(1), counts(2)), (vec![("en", 2)], vec![("3", 1)], vec![("retold", 1)]));
        assert_eq!(tally.all.count(), 3);
        assert_eq!(tally.groups[0]["en"].of(Label::Reports, Label::Amplifies), 1);
    }

    #[test]
    fn a_field_that_is_another_on_every_line_stays_small() {
        let mut tally = Tally::default();
        for number in 0..1000 {
            let record = Labelled::read(format!(r#"{{"topic":{number}}}"#).as_bytes()).unwrap();
            tally.add(&record, Label::Ordinary, Label::Ordinary);
        }
        assert_eq!(tally.groups[1].len(), MOST_GROUPS + 1);
        assert_eq!(tally.groups[1][OTHERS].count(), 1000 - MOST_GROUPS as u64);
    }
}
