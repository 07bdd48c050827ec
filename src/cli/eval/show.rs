//! A measurement for people: who was taken for what, figures by label, figures by group.

use std::fmt::Write;

use crate::cli::terminal::{BAD, BOLD, DIM, GOOD, WARN, result, safe_line};
use crate::eval::{Confusion, GROUPINGS, Label, Tally};

/// Letters of a group's name that are shown.
const NAME: usize = 32;

/// Everything that was counted.
pub(super) fn figures(tally: &Tally) {
    confusion(&tally.all);
    labels(&tally.all);
    for (name, groups) in GROUPINGS.into_iter().zip(&tally.groups).filter(|(_, groups)| !groups.is_empty()) {
        let shown = |value: &str| safe_line(value).chars().take(NAME).collect::<String>();
        let width = groups.keys().map(|value| shown(value).chars().count()).chain([12]).max().unwrap_or(0);
        result(format_args!(
            "\n{BOLD}{:<width$} {:>6} {:>9} {:>9}{BOLD:#}",
            format!("by {name}"),
            "n",
            "accuracy",
            "macro F1"
        ));
        for (value, counts) in groups {
            let (n, accuracy) = (counts.count(), figure(counts.accuracy()));
            let value = shown(value);
            let f1 = match counts.macro_f1() {
                Some(f1) => format!("{:>9}", figure(Some(f1))),
                None => format!("{:8}{DIM}{}{DIM:#}", "", absent(counts)),
            };
            result(format_args!("{value:<width$} {n:>6} {accuracy:>9} {f1}"));
        }
    }
}

/// Expected down, predicted across; what is right is marked, and so is what accuses somebody.
fn confusion(all: &Confusion) {
    let heads = Label::ALL.map(|label| format!("{:>10}", label.name())).concat();
    result(format_args!("{BOLD}{:<12}{heads}{:>8}{BOLD:#}  {DIM}taken for{DIM:#}", "is", "all"));
    for expected in Label::ALL {
        let mut line = format!("{:<12}", expected.name());
        for predicted in Label::ALL {
            let number = all.of(expected, predicted);
            let style = match (expected, predicted) {
                _ if number == 0 => DIM,
                (expected, predicted) if expected == predicted => GOOD,
                (_, Label::Amplifies) => BAD,
                _ => WARN,
            };
            let _ = write!(line, "{style}{number:>10}{style:#}");
        }
        result(format_args!("{line}{:>8}", all.expected(expected)));
    }
    let sums = Label::ALL.map(|label| format!("{:>10}", all.predicted(label))).concat();
    result(format_args!("{:<12}{sums}{:>8}", "all", all.count()));
}

fn labels(all: &Confusion) {
    result(format_args!("\n{BOLD}{:<12}{:>10}{:>10}{:>10}{BOLD:#}", "label", "precision", "recall", "F1"));
    for label in Label::ALL {
        let [precision, recall, f1] = [all.precision(label), all.recall(label), all.f1(label)].map(figure);
        result(format_args!("{:<12}{precision:>10}{recall:>10}{f1:>10}", label.name()));
    }
    let f1 = all.macro_f1().map_or_else(|| absent(all), |f1| figure(Some(f1)));
    result(format_args!("{:<12}{f1:>30}", "macro F1"));
    result(format_args!("{:<12}{:>30}", "accuracy", figure(all.accuracy())));
    if let Some(share) = all.accused() {
        let (accused, reports) = (all.of(Label::Reports, Label::Amplifies), all.expected(Label::Reports));
        result(format_args!("\n{accused} of {reports} reports taken for amplifies ({:.1} %)", share * 100.0));
    }
}

/// Which labels no text has.
fn absent(counts: &Confusion) -> String {
    let names: Vec<&str> = counts.absent().map(Label::name).collect();
    format!("no {}", names.join(", no "))
}

fn figure(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_string(), |ratio| format!("{ratio:.3}"))
}
