//! An explanation as people read it: the text with its marks, then pack by pack what counts and what is missing.

use std::fmt::Write;

use anstyle::Style;

use super::super::terminal::{BOLD, CAUSE, DIM, MARK, safe_line};
use super::lacks::lacks;
use super::marks::Marks;
use crate::post::Post;
use crate::score::compile::CompiledPack;
use crate::score::near_miss::{Gaps, shorten};
use crate::score::{Engine, Evidence, Excepted, Field, Hit, PackVerdict, Stance, State, Verdict};

/// The explanation of a scored post; `more` are near misses that are left out.
#[must_use]
pub(super) fn page(engine: &Engine, post: &Post, verdict: &Verdict, gaps: &[Gaps<'_>], more: usize) -> String {
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
    let marks = Marks::new(verdict.packs.iter().flat_map(|pack| &pack.hits)).with(gaps);
    if let Some(title) = &post.title {
        let _ = writeln!(text, "\n{}", marks.draw(Field::Title, title));
    }
    if !post.text.is_empty() {
        let _ = writeln!(text, "\n{}", marks.draw(Field::Text, &post.text));
    }
    text.push_str(&packs(engine, verdict, gaps, more));
    text.trim_end().to_string()
}

/// What counts and what is missing, pack by pack.
#[must_use]
pub(crate) fn packs(engine: &Engine, verdict: &Verdict, gaps: &[Gaps<'_>], more: usize) -> String {
    let mut text = String::new();
    if verdict.packs.is_empty() {
        let _ = writeln!(text, "\nNo indicator hits: score 0.");
    }
    for gaps in gaps {
        let own = verdict.packs.iter().find(|pack| pack.pack == gaps.pack);
        let excepted: Vec<&Excepted> = verdict.excepted.iter().filter(|one| one.pack == gaps.pack).collect();
        if own.is_none() && excepted.is_empty() && gaps.misses.is_empty() && gaps.names.is_empty() {
            continue;
        }
        let compiled = &engine.packs[gaps.pack];
        let (name, version) = (&compiled.pack.file.pack.value, &compiled.pack.file.version.value);
        let _ = write!(text, "\n{BOLD}{name} {version}{BOLD:#}: ");
        match own {
            Some(verdict) => hits(compiled, verdict, &mut text),
            None => {
                let _ = writeln!(text, "no hit");
            }
        }
        for one in excepted {
            let (indicator, exception) =
                (&compiled.pack.file.indicators[one.indicator], &compiled.pack.exceptions[one.exception]);
            let why = safe_line(&exception.because);
            let _ = writeln!(
                text,
                "  except {} {DIM}{}{DIM:#}\n         {DIM}it hit, and {} takes it off:{DIM:#} {why}",
                safe_line(&indicator.title),
                indicator.id.value,
                safe_line(&exception.id)
            );
        }
        lacks(compiled, own, gaps, &mut text);
    }
    if more > 0 {
        let _ = writeln!(text, "\n{DIM}{more} more were near; --all says of every indicator what it lacks{DIM:#}");
    }
    text
}

/// The score and the hits of a pack.
fn hits(compiled: &CompiledPack, verdict: &PackVerdict, text: &mut String) {
    let _ = writeln!(
        text,
        "score {BOLD}{:.1}{BOLD:#} of {:.1} points, {BOLD}{}{BOLD:#} ({})",
        verdict.score,
        verdict.points,
        verdict.stance.name(),
        meaning(verdict.stance)
    );
    for hit in &verdict.hits {
        let indicator = &compiled.pack.file.indicators[hit.indicator];
        let _ =
            writeln!(text, "  {:>5.1}  {} {DIM}{}{DIM:#}", hit.kept, safe_line(&indicator.title), indicator.id.value);
        let notes = hit.notes.iter().map(|note| safe_line(note));
        let found: Vec<String> = [words(&hit.evidence, MARK)].into_iter().chain(notes).collect();
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|found| !found.is_empty()).collect();
        let _ = writeln!(text, "         {}", found.join(", "));
        if hit.kept < hit.points || hit.relayed || !hit.because.is_empty() {
            let because = words(&hit.because, CAUSE);
            let between = if because.is_empty() { "" } else { ": " };
            let _ = writeln!(text, "         {DIM}{}{DIM:#}{between}{because}", why(hit));
        }
    }
    if let Some(alert) = verdict.alert.map(|at| &compiled.alerts[at]) {
        let (id, level) = (&alert.rule.id.value, alert.rule.level.name());
        let _ = writeln!(text, "  alert {BOLD}{id}{BOLD:#} ({level}): score is at least {}", alert.at);
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
        _ if hit.likeness => "a likeness, no claim".to_string(),
        State::Asserted => "in its own voice".to_string(),
        State::Forwarded => "forwarded without a comment".to_string(),
        State::Attributed if hit.relayed => format!("given{speaker}, one of the pack's actors, and passed on as fact"),
        State::Quoted if hit.relayed => format!("quoted{speaker}, one of the pack's actors, without distance"),
        State::Attributed => format!("given{speaker}"),
        State::Quoted => "in quotation marks".to_string(),
        State::Distanced => "given with doubt".to_string(),
        State::Denied => "called false".to_string(),
    };
    format!("{state}{damped}")
}

fn words(evidence: &[Evidence], style: Style) -> String {
    let drawn = evidence.iter().map(|one| format!("{style}{}{style:#}", safe_line(&shorten(&one.exact))));
    drawn.collect::<Vec<_>>().join(" … ")
}
