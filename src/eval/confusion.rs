//! The arithmetic of a measurement: expected against predicted labels, precision, recall, F1 and their mean.
//!
//! A ratio whose denominator is zero is none, not zero: "no text was called so" is another finding than "all of them
//! wrongly". F1 is 2·tp / (2·tp + fp + fn), which is the harmonic mean of precision and recall wherever both exist
//! (van Rijsbergen, Information Retrieval, 1979).

/// What a text does with an operation's narrative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Pushes it in its own voice, or passes it on as fact.
    Amplifies,
    /// Describes, attributes, analyses or debunks it.
    Reports,
    /// The same people and places, and no narrative.
    Ordinary,
}

impl Label {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Amplifies, Self::Reports, Self::Ordinary];

    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Amplifies => "amplifies",
            Self::Reports => "reports",
            Self::Ordinary => "ordinary",
        }
    }
}

/// Counts of expected against predicted labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confusion([[u64; Label::ALL.len()]; Label::ALL.len()]);

impl Confusion {
    /// Counts one.
    pub fn add(&mut self, expected: Label, predicted: Label) {
        self.0[expected as usize][predicted as usize] += 1;
    }

    /// How many of this label were taken for that one.
    #[must_use]
    pub fn of(&self, expected: Label, predicted: Label) -> u64 {
        self.0[expected as usize][predicted as usize]
    }

    /// How many have this label.
    #[must_use]
    pub fn expected(&self, label: Label) -> u64 {
        self.0[label as usize].iter().sum()
    }

    /// How many were taken for this label.
    #[must_use]
    pub fn predicted(&self, label: Label) -> u64 {
        self.0.iter().map(|row| row[label as usize]).sum()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// The share that is right.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        ratio(Label::ALL.iter().map(|label| self.of(*label, *label)).sum(), self.count())
    }

    /// Of those taken for the label, the share that has it.
    #[must_use]
    pub fn precision(&self, label: Label) -> Option<f64> {
        ratio(self.of(label, label), self.predicted(label))
    }

    /// Of those that have the label, the share that was taken for it.
    #[must_use]
    pub fn recall(&self, label: Label) -> Option<f64> {
        ratio(self.of(label, label), self.expected(label))
    }

    /// Both in one.
    #[must_use]
    pub fn f1(&self, label: Label) -> Option<f64> {
        ratio(2 * self.of(label, label), self.expected(label) + self.predicted(label))
    }

    /// The mean of the labels' F1; none where a label does not occur, because the mean of fewer labels is another
    /// measure and must not stand in the same column.
    #[must_use]
    pub fn macro_f1(&self) -> Option<f64> {
        if self.absent().next().is_some() {
            return None;
        }
        let [amplifies, reports, ordinary] = Label::ALL.map(|label| self.f1(label));
        Some((amplifies? + reports? + ordinary?) / 3.0)
    }

    /// Labels that no record has.
    pub fn absent(&self) -> impl Iterator<Item = Label> + use<'_> {
        Label::ALL.into_iter().filter(|label| self.expected(*label) == 0)
    }

    /// Of reports, the share that was taken for the thing itself: the mistake that accuses a newsroom.
    #[must_use]
    pub fn accused(&self) -> Option<f64> {
        ratio(self.of(Label::Reports, Label::Amplifies), self.expected(Label::Reports))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts that people labelled")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are expected, columns predicted, in the order of [`Label::ALL`].
    fn confusion(rows: [[u64; 3]; 3]) -> Confusion {
        let mut confusion = Confusion::default();
        for (expected, row) in Label::ALL.into_iter().zip(rows) {
            for (predicted, count) in Label::ALL.into_iter().zip(row) {
                (0..count).for_each(|_| confusion.add(expected, predicted));
            }
        }
        confusion
    }

    fn check(got: Option<f64>, expected: Option<f64>) {
        let same = match (got, expected) {
            (Some(got), Some(expected)) => (got - expected).abs() < 1e-12,
            (got, expected) => got == expected,
        };
        assert!(same, "{got:?} is not {expected:?}");
    }

    #[test]
    fn figures_are_those_computed_by_hand() {
        let counts = confusion([[6, 1, 3], [2, 4, 2], [0, 3, 9]]);
        assert_eq!((counts.count(), counts.expected(Label::Reports), counts.predicted(Label::Reports)), (30, 8, 8));
        check(counts.accuracy(), Some(19.0 / 30.0));
        for (label, precision, recall, f1) in [
            (Label::Amplifies, 6.0 / 8.0, 6.0 / 10.0, 2.0 / 3.0),
            (Label::Reports, 4.0 / 8.0, 4.0 / 8.0, 0.5),
            (Label::Ordinary, 9.0 / 14.0, 9.0 / 12.0, 9.0 / 13.0),
        ] {
            check(counts.precision(label), Some(precision));
            check(counts.recall(label), Some(recall));
            check(counts.f1(label), Some(f1));
        }
        check(counts.macro_f1(), Some((2.0 / 3.0 + 0.5 + 9.0 / 13.0) / 3.0));
        check(counts.accused(), Some(0.25));
    }

    #[test]
    fn what_never_occurs_has_no_figure_and_what_is_never_found_has_zero() {
        let counts = confusion([[0, 0, 4], [0, 0, 0], [1, 0, 5]]);
        check(counts.precision(Label::Amplifies), Some(0.0));
        check(counts.recall(Label::Amplifies), Some(0.0));
        check(counts.f1(Label::Amplifies), Some(0.0));
        check(counts.precision(Label::Reports), None);
        check(counts.f1(Label::Reports), None);
        check(counts.macro_f1(), None);
        check(counts.accused(), None);
        assert_eq!(counts.absent().collect::<Vec<_>>(), [Label::Reports]);
        // Never predicted, and there: no precision, F1 0.
        let counts = confusion([[2, 0, 0], [1, 0, 1], [0, 0, 2]]);
        check(counts.precision(Label::Reports), None);
        check(counts.f1(Label::Reports), Some(0.0));
        check(counts.macro_f1(), Some((0.8 + 0.0 + 0.8) / 3.0));
        check(Confusion::default().accuracy(), None);
    }
}
