//! `explain`: why a post scores what it scores, in words, with the evidence marked in its text.

use std::fmt::Write;

use anstyle::Style;

use super::args::Input;
use super::offline::{bytes, format, step_all};
use super::packs::engine_or_tell;
use super::terminal::{BOLD, CAUSE, DIM, MARK, note, result, safe, safe_line};
use super::{Exit, or_shipped};
use crate::score::{Engine, Evidence, Field, Hit, PackVerdict, Stance, State};
use crate::stages::{Options, Outcome, ScoreStage, Scored};

/// Explains the first post of a file.
pub(super) fn run(input: &Input) -> Result<Exit, String> {
    let Some(engine) = engine_or_tell(&or_shipped(input.packs.clone())) else { return Ok(Exit::Failed) };
    let name = input.file.display().to_string();
    let format = format(&input.format)?;
    let bytes = bytes(&input.file)?;
    let options = Options { formats: [(name.clone(), format)].into(), source: "explain".into(), include_text: true };
    let mut stage = ScoreStage::new(engine.clone(), options);
    let mut exit = Exit::Problems;
    let mut more = false;
    step_all(&mut stage, &name, format, &bytes, |read| {
        if exit == Exit::Clean {
            more = true;
            return false;
        }
        match (&read.outcome, &read.scored) {
            (_, Some(scored)) => {
                result(explain(&engine, scored));
                exit = Exit::Clean;
            }
            (Outcome::Ignored(reason), None) => note(format_args!("message {}: no post ({reason})", read.number + 1)),
            (Outcome::DeadLetter(reason), None) => {
                let why = read.why().unwrap_or_default();
                note(format_args!("message {}: {reason}: {}", read.number + 1, safe_line(&why)));
            }
            (Outcome::Scored, None) => {}
        }
        true
    })?;
    if more {
        note("only the first post of the file is explained");
    }
    Ok(exit)
}

/// The explanation of a scored post.
#[must_use]
pub(crate) fn explain(engine: &Engine, scored: &Scored) -> String {
    let (post, verdict) = (&scored.post, &scored.verdict);
    let mut text = String::new();
    let author = post.author.as_ref().and_then(|author| author.label()).or(post.channel.as_deref()).unwrap_or("-");
    let _ = writeln!(text, "{BOLD}{}{BOLD:#}", safe_line(&post.id));
    let language = verdict.language.code();
    let _ = writeln!(
        text,
        "{DIM}{} by {} on {}, {language}{DIM:#}",
        post.kind.name(),
        safe_line(author),
        post.published_at
    );
    let marks = Marks::new(verdict.packs.iter().flat_map(|pack| &pack.hits));
    if let Some(title) = &post.title {
        let _ = writeln!(text, "\n{}", marks.draw(Field::Title, title));
    }
    if !post.text.is_empty() {
        let _ = writeln!(text, "\n{}", marks.draw(Field::Text, &post.text));
    }
    if verdict.packs.is_empty() {
        let _ = write!(text, "\nNothing that a pack looks for stands in it: score 0.");
        return text;
    }
    for pack in &verdict.packs {
        explain_pack(engine, pack, &mut text);
    }
    text.trim_end().to_string()
}

fn explain_pack(engine: &Engine, verdict: &PackVerdict, text: &mut String) {
    let compiled = &engine.packs[verdict.pack];
    let file = &compiled.pack.file;
    let _ = writeln!(
        text,
        "\n{BOLD}{} {}{BOLD:#}: score {BOLD}{:.1}{BOLD:#} of {:.1} points, {BOLD}{}{BOLD:#} ({})",
        file.pack.value,
        file.version.value,
        verdict.score,
        verdict.points,
        verdict.stance.name(),
        meaning(verdict.stance)
    );
    for hit in &verdict.hits {
        let indicator = &file.indicators[hit.indicator];
        let _ =
            writeln!(text, "  {:>5.1}  {} {DIM}{}{DIM:#}", hit.kept, safe_line(&indicator.title), indicator.id.value);
        let _ = writeln!(text, "         {}", words(&hit.evidence, MARK));
        if hit.kept < hit.points || hit.relayed || !hit.because.is_empty() {
            let _ = writeln!(text, "         {DIM}{}{DIM:#} {}", why(hit), words(&hit.because, CAUSE));
        }
    }
    if let Some(alert) = verdict.alert.map(|at| &compiled.alerts[at]) {
        let (id, level) = (&alert.rule.id.value, alert.rule.level.name());
        let _ = writeln!(text, "  alert {BOLD}{id}{BOLD:#} ({level}): score is at least {}", alert.at);
    } else {
        let lowest = compiled.alerts.iter().map(|alert| alert.at).fold(f64::INFINITY, f64::min);
        if lowest.is_finite() {
            let _ = writeln!(text, "  no alert: the lowest begins at {lowest}");
        }
    }
}

fn meaning(stance: Stance) -> &'static str {
    match stance {
        Stance::Asserts => "pushes it in its own voice",
        Stance::Relays => "passes it on without distance",
        Stance::Reports => "gives it to somebody",
        Stance::Disputes => "calls it false",
    }
}

fn why(hit: &Hit) -> String {
    let speaker = hit.speaker.as_deref().map(|name| format!(" to {}", safe_line(name))).unwrap_or_default();
    let damped = if hit.kept < hit.points { format!(", damped from {:.1}", hit.points) } else { String::new() };
    let state = match hit.state {
        State::Asserted => "in its own voice".to_string(),
        State::Forwarded => "forwarded without a comment".to_string(),
        State::Attributed if hit.relayed => format!("given{speaker}, one of the pack's actors, and passed on as fact"),
        State::Quoted if hit.relayed => format!("quoted{speaker}, one of the pack's actors, without distance"),
        State::Attributed => format!("given{speaker}"),
        State::Quoted => "in quotation marks".to_string(),
        State::Distanced => "given with doubt".to_string(),
        State::Denied => "called false".to_string(),
    };
    format!("{state}{damped}:")
}

fn words(evidence: &[Evidence], style: Style) -> String {
    let drawn = evidence.iter().map(|one| format!("{style}{}{style:#}", safe_line(&shorten(&one.exact))));
    drawn.collect::<Vec<_>>().join(" … ")
}

/// A long quotation in short.
fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= 80 {
        return text.to_string();
    }
    let head: String = text.chars().take(50).collect();
    let tail: String = text.chars().skip(count - 20).collect();
    format!("{head} […] {tail}")
}

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
                    .filter(|one| one.end - one.start <= 60)
                    .map(|one| (one.field, one.start, one.end, CAUSE)),
            );
        }
        Self(marks)
    }

    /// The text with its marks; evidence stands above causes where both cover a place.
    pub(crate) fn draw(&self, field: Field, text: &str) -> String {
        let style_at = |place: usize| {
            let covers = |mark: &&(Field, usize, usize, Style)| mark.0 == field && mark.1 <= place && place < mark.2;
            let covering = || self.0.iter().filter(covers);
            covering().find(|mark| mark.3 == MARK).or_else(|| covering().next()).map(|mark| mark.3)
        };
        let mut drawn = String::new();
        let mut open: Option<Style> = None;
        for (place, c) in text.chars().enumerate() {
            let style = style_at(place);
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
