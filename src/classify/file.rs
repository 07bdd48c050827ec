//! Classifier files: the header that people write, and the table that was learnt.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Classifier, Learnt, Row, rarity};
use crate::problem::{Problem, Source};
use crate::yaml::{self, At};

/// A classifier file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undercurrent classifier")]
pub struct ClassifierFile {
    /// Its name: what packs write behind `classifier:`.
    pub classifier: At<String>,
    /// What it tells apart, in words.
    pub title: String,
    /// The classes, in the order of the columns.
    pub classes: Vec<At<String>>,
    /// How many texts it was learnt from.
    pub texts: At<u32>,
    /// What speaks for each class before a word was read.
    pub bias: Vec<At<f64>>,
    /// A line for each word: its first letters, in how many of the texts it stood, and a weight for each class.
    pub words: At<String>,
}

/// Reads a classifier file.
#[must_use]
pub fn load(source: &Source) -> (Option<Classifier>, Vec<Problem>) {
    let (file, problems) = yaml::read_text::<ClassifierFile>(&source.text);
    let Some(file) = file.filter(|_| problems.is_empty()) else { return (None, problems) };
    match rows(&file) {
        Ok(rows) => {
            let classifier = Classifier {
                name: file.classifier.value,
                classes: file.classes.into_iter().map(|class| class.value).collect(),
                text: source.text.as_str().into(),
                bias: file.bias.iter().map(|bias| bias.value).collect(),
                rows: Arc::new(rows),
            };
            (Some(classifier), Vec::new())
        }
        Err(problem) => (None, vec![problem]),
    }
}

fn rows(file: &ClassifierFile) -> Result<HashMap<Box<str>, Row>, Problem> {
    let help = "write it with `undercurrent train`";
    let classes = file.classes.len();
    let biases = file.bias.iter().filter(|bias| bias.value.is_finite()).count();
    if classes < 2 || biases != classes || file.bias.len() != classes {
        let message = format!("{classes} classes and {biases} numbers in `bias`");
        return Err(Problem::error("UC047", message, file.classifier.span.clone()).help(help));
    }
    let mut rows = HashMap::new();
    for (number, line) in file.words.lines().enumerate() {
        let row = row(line, classes, file.texts.value).ok_or_else(|| {
            let wanted = format!("a word, a number of texts (of all {}) and {classes} weights", file.texts.value);
            let message = format!("line {} of `words` is not {wanted}", number + 1);
            Problem::error("UC047", message, file.words.span.clone()).help(help)
        })?;
        rows.insert(row.0, row.1);
    }
    Ok(rows)
}

fn row(line: &str, classes: usize, texts: u32) -> Option<(Box<str>, Row)> {
    let mut parts = line.split(' ');
    let (word, of) = (parts.next()?, parts.next()?.parse().ok().filter(|of| *of <= texts)?);
    let weights: Vec<f64> = parts.map(|weight| weight.parse().ok()).collect::<Option<_>>()?;
    let sound = !word.is_empty() && weights.len() == classes && weights.iter().all(|weight| weight.is_finite());
    sound.then(|| (word.into(), Row { rarity: rarity(of, texts), weights }))
}

/// What was learnt, as a file.
#[must_use]
pub fn render(name: &str, title: &str, learnt: &Learnt) -> String {
    let numbers = |numbers: &[f64], between: &str| {
        numbers.iter().map(|number| format!("{number:.2}")).collect::<Vec<_>>().join(between)
    };
    let mut text = format!(
        "# Learnt by `undercurrent train`; not for writing by hand.\nclassifier: {name}\ntitle: {}\nclasses: {}\ntexts: {}\nbias: [{}]\nwords: |-\n",
        serde_json::Value::from(title),
        serde_json::Value::from(learnt.classes.clone()),
        learnt.texts,
        numbers(&learnt.bias, ", "),
    );
    for (word, of, weights) in &learnt.words {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {word} {of} {}", numbers(weights, " "));
    }
    text
}
