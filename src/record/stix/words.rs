//! An alert in words: what matched, where, and what decided whose claim it is.
//!
//! Platforms show descriptions and notes as Markdown, and a post's words are anybody's. They stand in indented blocks, line by line, where
//! Markdown and HTML mean nothing; control characters and those that reorder a line are shown as signs.

use std::fmt::Write;

use super::alert::{Alert, Hit, Place};
use super::head;
use crate::pack::{Pack, disarm};
use crate::problem::{harmless, harmless_line};

/// References of a pack that are told.
pub(super) const REFERENCES: usize = 20;
/// Code points of the headline and of the words. The whole post stands at its address, and in the alerts topic.
const WORDS: usize = 4000;
/// Places of a hit that are told.
const PLACES: usize = 20;
/// Code points of one place.
const EXACT: usize = 300;
/// Code points of anything else that a record or a pack says.
const SAID: usize = 300;

/// What comes first.
fn summary(alert: &Alert) -> String {
    format!(
        "Pack {} {}, alert {} ({}). Score {:.1} of 100: the strength of the match, not a confidence. Stance: {}. Nobody is \
         accused: this says which words matched, not who is behind them.",
        said(&alert.pack),
        said(&alert.version),
        said(&alert.alert),
        said(&alert.level),
        alert.score,
        said(&alert.stance),
    )
}

/// What was found, in words and places.
pub(super) fn evidence(alert: &Alert, pack: Option<&Pack>) -> String {
    let mut text = summary(alert);
    text.push_str("\n\n");
    post(&mut text, alert);
    text.push_str("What matched (places count Unicode code points from 0):\n\n");
    for hit in &alert.hits {
        self::hit(&mut text, hit, pack);
    }
    if alert.suppressed > 0 {
        let _ =
            write!(text, "Alerts of the same kind that were held back since the last one: {}.\n\n", alert.suppressed);
    }
    if let Some(origin) = &alert.origin {
        let _ = write!(
            text,
            "Input: topic {}, partition {}, offset {}, SHA-256 {}.\n\n",
            said(&origin.topic),
            origin.partition,
            origin.offset,
            said(&origin.sha256)
        );
    }
    let _ = writeln!(
        text,
        "Pack digest {}, undercurrent {}, alert id {}.",
        said(&alert.digest),
        said(alert.engine.as_deref().unwrap_or("of an unknown version")),
        said(&alert.id)
    );
    text
}

fn post(text: &mut String, alert: &Alert) {
    let post = &alert.post;
    text.push_str("The post:\n\n");
    let author = post.author.as_ref().and_then(|author| author.name.as_deref().or(author.handle.as_deref()));
    for (what, value) in [
        ("id", post.id.as_deref()),
        ("address", post.url.as_deref()),
        ("author", author),
        ("channel", post.channel.as_deref()),
        ("forwarded from", post.forwarded_from.as_deref()),
        ("published", post.published_at.as_deref()),
    ] {
        if let Some(value) = value {
            block(text, &format!("{what}: {}", said(value)));
        }
    }
    text.push('\n');
    for (what, words) in [("Its headline", post.title.as_deref()), ("Its words", post.text.as_deref())] {
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            let _ = write!(text, "{what}:\n\n");
            block(text, &harmless(&head(words, WORDS)));
            text.push('\n');
        }
    }
}

fn hit(text: &mut String, hit: &Hit, pack: Option<&Pack>) {
    let indicator = pack.and_then(|pack| pack.file.indicators.iter().find(|indicator| indicator.id.value == hit.id));
    let title = indicator.map_or_else(String::new, |indicator| format!(", \"{}\"", said(&indicator.title)));
    let state = match hit.state.as_str() {
        "" => String::new(),
        state => format!(", {}", said(state)),
    };
    let speaker = hit.speaker.as_deref().map_or_else(String::new, |name| format!(", words of {}", said(name)));
    let _ = write!(
        text,
        "Indicator {}{title}: {:.1} of {:.1} points{state}{speaker}.",
        said(&hit.id),
        hit.kept,
        hit.points
    );
    for id in &hit.disarm {
        if let Some(name) = disarm::name(id) {
            let _ = write!(text, " DISARM {id} {name}.");
        }
    }
    text.push_str("\n\n");
    for place in hit.evidence.iter().take(PLACES) {
        block(text, &at("matched", place));
    }
    for place in hit.because.iter().take(PLACES) {
        block(text, &at("decided by", place));
    }
    for note in hit.notes.iter().take(PLACES) {
        block(text, &said(note));
    }
    let left = hit.evidence.len().saturating_sub(PLACES) + hit.because.len().saturating_sub(PLACES);
    if left > 0 {
        block(text, &format!("and {left} more places"));
    }
    text.push('\n');
}

fn at(what: &str, place: &Place) -> String {
    let exact = harmless_line(&head(&place.exact, EXACT));
    format!("{what}, {} {}-{}: {exact}", said(&place.field), place.start, place.end)
}

/// Accounts of the post that the pack lists, and the reporting that it rests on: facts about the pack, not about the
/// account. `None` where there is neither.
pub(super) fn listed(alert: &Alert, pack: &Pack) -> Option<String> {
    let mut text = String::new();
    let post = &alert.post;
    let handle = post.author.as_ref().and_then(|author| author.handle.as_deref()).or(post.channel.as_deref());
    let account = handle.map(|handle| format!("{}/{handle}", post.source));
    for account in [account.as_deref(), post.forwarded_from.as_deref()].into_iter().flatten() {
        for (name, actor) in &pack.file.actors.0 {
            if actor.accounts.iter().any(|known| known.value.eq_ignore_ascii_case(account)) {
                let name = actor.title.as_deref().unwrap_or(&name.value);
                let _ = writeln!(text, "Listed in pack {} under \"{}\":\n", said(&alert.pack), said(name));
                block(&mut text, &said(account));
                text.push('\n');
            }
        }
    }
    if !pack.file.references.is_empty() {
        let _ = writeln!(text, "Public reporting that pack {} rests on:\n", said(&alert.pack));
        for reference in pack.file.references.iter().take(REFERENCES) {
            block(&mut text, &said(&reference.value));
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Lines in a block where nothing in them means anything.
fn block(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "    {line}");
    }
}

/// Something short from outside, on one line and harmless.
fn said(text: &str) -> String {
    harmless_line(&head(text, SAID))
}
