//! `train`: labelled texts → a classifier file on stdout, and on stderr how well it does on texts that it has not seen.

use super::args::Train;
use super::lines::{Line, Lines};
use super::offline::called;
use super::terminal::{note, result, safe_line};
use super::{Exit, count};
use crate::classify::{Classifier, Learner, Read, load, render};
use crate::decode::{Decoded, Envelope, Format, decode};
use crate::eval::Labelled;
use crate::pack::check::is_name;
use crate::post::Post;
use crate::problem::Source;
use crate::text::Folded;

/// Parts into which the texts are dealt to measure what was learnt.
const PARTS: usize = 5;

/// A text and its class.
struct Text {
    class: String,
    post: Box<Post>,
    folded: [Folded; 2],
}

impl Text {
    fn fields(&self) -> [Read<'_>; 2] {
        let [title, text] = &self.folded;
        let original = self.post.title.as_deref().unwrap_or_default();
        [Read { folded: title, original }, Read { folded: text, original: &self.post.text }]
    }
}

/// Learns; exit 1 where a line could not be read.
pub(super) fn run(wanted: &Train) -> Result<Exit, String> {
    if !is_name(&wanted.name) {
        return Err(format!("`{}` is no name: use lower-case letters, digits, `-` and `_`", wanted.name));
    }
    let (mut texts, mut unread) = (Vec::new(), 0);
    for file in &wanted.files {
        let mut lines = Lines::open(file)?;
        let mut number = 0;
        while let Some(line) = lines.next()? {
            number += 1;
            let read = match line {
                Line::Blank => continue,
                Line::Whole(bytes) => text(bytes),
                Line::TooLong => Err("it is too long".to_string()),
            };
            match read {
                Ok(text) => texts.push(text),
                Err(why) => {
                    unread += 1;
                    note(format_args!("{}, line {number}: {}", called(&file.to_string_lossy()), safe_line(&why)));
                }
            }
        }
    }
    let whole = learn(wanted, texts.iter())?;
    measure(wanted, &texts)?;
    result(whole.trim_end());
    note(format_args!("learnt from {}, {unread} could not be read", count(texts.len(), "text")));
    Ok(if unread > 0 { Exit::Problems } else { Exit::Clean })
}

fn text(line: &[u8]) -> Result<Text, String> {
    let labelled = Labelled::read(line)?;
    let class = labelled.word("label").ok_or("it has no `label`")?;
    let payload = labelled.payload();
    let envelope = Envelope { payload: &payload, format: None, timestamp: jiff::Timestamp::UNIX_EPOCH };
    match decode(Format::Post, &envelope) {
        Ok(Decoded::Post(post)) => {
            let folded = [Folded::new(post.title.as_deref().unwrap_or_default()), Folded::new(&post.text)];
            Ok(Text { class, post, folded })
        }
        Ok(Decoded::Ignored(reason)) => Err(format!("it holds no post ({})", reason.reason())),
        Err(fault) => Err(fault.to_string()),
    }
}

fn learn<'t>(wanted: &Train, texts: impl Iterator<Item = &'t Text>) -> Result<String, String> {
    let mut learner = Learner::default();
    for text in texts {
        learner.add(&text.class, &text.fields());
    }
    Ok(render(&wanted.name, &wanted.title, &learner.learn()?))
}

/// Judges every part by what the others teach. Through the file, as a pack would.
fn measure(wanted: &Train, texts: &[Text]) -> Result<(), String> {
    let part = |part: usize, own: bool| {
        texts.iter().enumerate().filter(move |(at, _)| (at % PARTS == part) == own).map(|(_, text)| text)
    };
    let mut judged: Vec<(&str, Option<String>)> = Vec::new();
    for at in 0..PARTS {
        let source = Source { name: wanted.name.clone(), text: learn(wanted, part(at, false))? };
        let Some(classifier) = load(&source).0 else { return Err("what was learnt cannot be read again".to_string()) };
        judged.extend(part(at, true).map(|text| (text.class.as_str(), class(&classifier, text))));
    }
    let mut classes: Vec<&str> = judged.iter().map(|(class, _)| *class).collect();
    classes.sort_unstable();
    classes.dedup();
    let mut sum = 0.0;
    note(format_args!("{:<20} {:>6} {:>9} {:>6} {:>6}", "class", "texts", "precision", "recall", "F1"));
    for class in &classes {
        let called = |(_, given): &&(&str, Option<String>)| given.as_deref() == Some(class);
        let own = judged.iter().filter(|(own, _)| own == class).count();
        let given = judged.iter().filter(called).count();
        let right = judged.iter().filter(called).filter(|(own, _)| own == class).count();
        let f1 = share(2 * right, own + given);
        sum += f1;
        let (precision, recall) = (share(right, given), share(right, own));
        note(format_args!("{:<20} {own:>6} {precision:>9.3} {recall:>6.3} {f1:>6.3}", safe_line(class)));
    }
    note(format_args!("macro F1 by fives: {:.3}", sum / share(classes.len(), 1)));
    Ok(())
}

fn class(classifier: &Classifier, text: &Text) -> Option<String> {
    let shares = classifier.judge(&text.fields())?.shares;
    let most = (0..shares.len()).max_by(|one, other| shares[*one].total_cmp(&shares[*other]))?;
    Some(classifier.classes[most].clone())
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
