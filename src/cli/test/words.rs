//! How a test went, in words: expected against got, and the evidence that decided, for the terminal and for CI systems.

use std::fmt::Write;

use anstyle::Style;

use crate::cli::terminal::{BAD, BOLD, CAUSE, DIM, GOOD, MARK, safe_line};
use crate::score::{Engine, Evidence, Hit, Stance};
use crate::stages::Scored;
use crate::trial::Trial;

/// The styles of a report; all plain where it is read by programs.
#[derive(Default)]
pub(super) struct Palette {
    good: Style,
    bad: Style,
    name: Style,
    aside: Style,
    mark: Style,
    cause: Style,
}

impl Palette {
    /// For a terminal.
    pub(super) fn colours() -> Self {
        Self { good: GOOD, bad: BAD, name: BOLD, aside: DIM, mark: MARK, cause: CAUSE }
    }
}

/// What differed, then what each post gave. Everything is harmless.
pub(super) fn report(engine: &Engine, trial: &Trial, palette: &Palette) -> Vec<String> {
    let Palette { good, bad, aside, .. } = palette;
    let mut lines = Vec::new();
    if trial.known_miss && trial.differences.is_empty() {
        lines.push(trial.why());
    }
    for one in &trial.differences {
        let (expected, got) = (safe_line(&one.expected), safe_line(&one.got));
        lines.push(format!("{}: expected {good}{expected}{good:#}, got {bad}{got}{bad:#}", one.what));
    }
    for (number, scored) in trial.posts.iter().enumerate() {
        let mut line = if trial.posts.len() == 1 { "it gave".to_string() } else { format!("post {} gave", number + 1) };
        let stance = scored.verdict.stance.map_or("no hit", Stance::name);
        let _ = write!(line, " {}, {stance}{}", scored.verdict.score, alerts(engine, scored));
        lines.push(format!("{aside}{line}{aside:#}"));
        for pack in &scored.verdict.packs {
            let indicators = &engine.packs[pack.pack].pack.file.indicators;
            lines.extend(pack.hits.iter().map(|hit| decided(&indicators[hit.indicator].id.value, hit, palette)));
        }
        for one in &scored.verdict.excepted {
            let pack = &engine.packs[one.pack].pack;
            let (indicator, exception) = (&pack.file.indicators[one.indicator].id, &pack.exceptions[one.exception].id);
            lines.push(format!("  {}: does not count, by the exception {}", indicator.value, exception.value));
        }
    }
    lines
}

/// Alerts that hold, and what `once_per` holds back.
fn alerts(engine: &Engine, scored: &Scored) -> String {
    let mut text = String::new();
    for pack in &scored.verdict.packs {
        let Some(alert) = pack.alert else { continue };
        let id = &engine.packs[pack.pack].pack.file.alerts[alert].id.value;
        let held = scored.told.iter().any(|(at, told)| *at == pack.pack && !told);
        let _ = write!(text, ", alert {id}{}", if held { " (held back by `once_per`)" } else { "" });
    }
    text
}

fn decided(id: &str, hit: &Hit, palette: &Palette) -> String {
    let Palette { name, mark, cause, .. } = palette;
    let words = |evidence: &[Evidence], style: &Style| {
        let quoted = evidence.iter().map(|one| format!("“{style}{}{style:#}”", safe_line(&one.exact)));
        quoted.collect::<Vec<_>>().join(" ")
    };
    let because = if hit.because.is_empty() { String::new() } else { format!(" by {}", words(&hit.because, cause)) };
    let notes = hit.notes.iter().fold(String::new(), |notes, note| notes + " (" + &safe_line(note) + ")");
    let (state, kept, points) = (hit.state.name(), hit.kept, hit.points);
    format!("  {name}{id}{name:#}: {state}, keeps {kept} of {points}: {}{notes}{because}", words(&hit.evidence, mark))
}
