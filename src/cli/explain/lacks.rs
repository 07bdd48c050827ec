//! What a pack lacks, in words: the alert that was nearest, what stance took away, what almost fired.

use std::fmt::Write;

use super::super::terminal::{BOLD, DIM, safe_line};
use crate::score::compile::CompiledPack;
use crate::score::near_miss::{AlertGap, Damping, Gaps, Part, quoted};
use crate::score::{Hit, PackVerdict, State};

/// Writes it below a pack's hits.
pub(super) fn lacks(pack: &CompiledPack, verdict: Option<&PackVerdict>, gaps: &Gaps<'_>, text: &mut String) {
    let hits = verdict.map_or(&[][..], |verdict| &verdict.hits);
    let heading = if verdict.and_then(|verdict| verdict.alert).is_some() { "next alert:" } else { "no alert:" };
    for gap in &gaps.alerts {
        let _ = writeln!(text, "  {heading} {}", alert(pack, gap, hits));
    }
    if let (Some(damping), Some(verdict)) = (&gaps.damping, verdict) {
        let _ = writeln!(text, "  {}", damped(pack, damping, verdict));
    }
    let told = |name: &str| gaps.misses.iter().any(|miss| tells(&miss.part, name));
    let mut almost = String::new();
    for miss in &gaps.misses {
        let indicator = &pack.pack.file.indicators[miss.indicator];
        let share = (miss.part.closeness * 100.0).round();
        let _ = writeln!(
            almost,
            "  {share:>4}%  {} {DIM}{}, {:.1} points{DIM:#}",
            safe_line(&indicator.title),
            indicator.id.value,
            indicator.points.value
        );
        draw(&miss.part, "         ", "", &mut almost);
    }
    for name in gaps.names.iter().filter(|name| !told(name.phrase)) {
        let _ = writeln!(almost, "      -  {}", safe_line(&name.says()));
    }
    if !almost.is_empty() {
        let _ = write!(text, "  {BOLD}almost{BOLD:#}\n{almost}");
    }
}

/// A part and its parts, each on its line: `+` holds, `-` does not.
fn draw(part: &Part<'_>, indent: &str, sign: &str, text: &mut String) {
    let _ = writeln!(text, "{indent}{sign}{}", safe_line(&part.says()));
    // Of what has to be absent, the line has said enough, unless it is a combination.
    let single = part.kind() == "not" && (part.held || part.parts.iter().all(|inner| inner.parts.is_empty()));
    for inner in part.parts.iter().filter(|_| !single) {
        draw(inner, &format!("{indent}{}", " ".repeat(sign.len())), if inner.held { "+ " } else { "- " }, text);
    }
}

/// Whether a line of this part already speaks of the name.
fn tells(part: &Part<'_>, phrase: &str) -> bool {
    part.names.iter().any(|name| name.phrase == phrase) || part.parts.iter().any(|part| tells(part, phrase))
}

fn alert(pack: &CompiledPack, gap: &AlertGap, hits: &[Hit]) -> String {
    let rule = &pack.alerts[gap.alert].rule;
    let id = |indicator: usize| pack.pack.file.indicators[indicator].id.value.as_str();
    let mut lacks = Vec::new();
    if gap.short > 0.0 {
        lacks.push(format!("{:.1} points are missing", gap.short));
    }
    lacks.extend(gap.missing.iter().map(|indicator| format!("`{}` did not hit", id(*indicator))));
    lacks.extend(gap.empty.iter().map(|hit| {
        let hit = &hits[*hit];
        let because = hit.because.iter().map(quoted).collect::<Vec<_>>().join(" and ");
        format!("`{}` kept nothing, {} by {because}", id(hit.indicator), hit.state.name())
    }));
    let (id, level) = (&rule.id.value, rule.level.name());
    format!("{BOLD}{id}{BOLD:#} ({level}) begins at {}: {}", gap.at, safe_line(&lacks.join(", ")))
}

fn damped(pack: &CompiledPack, damping: &Damping, verdict: &PackVerdict) -> String {
    let causes = damping.causes.iter().map(|cause| {
        let because = cause.because.iter().map(quoted).collect::<Vec<_>>().join(" and ");
        format!("{:.1} by {} ({because})", cause.points, what(cause.state))
    });
    let causes = safe_line(&causes.collect::<Vec<_>>().join(", "));
    let raise = damping.alert.map(|at| format!(" and raise {BOLD}{}{BOLD:#}", pack.alerts[at].rule.id.value));
    let taken: f64 = damping.causes.iter().map(|cause| cause.points).sum();
    let stance = format!("stance took {taken:.1} of {:.1} points: {causes}", verdict.points);
    format!("{stance}; in its author's own voice it would score {:.1}{}", damping.voice, raise.unwrap_or_default())
}

fn what(state: State) -> &'static str {
    match state {
        State::Asserted => "its own voice",
        State::Forwarded => "a forward",
        State::Attributed => "attribution",
        State::Quoted => "quotation",
        State::Distanced => "doubt",
        State::Denied => "denial",
    }
}
