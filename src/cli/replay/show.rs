//! A replay for people: examples of what changes, then tables.

use std::fmt::Write;

use super::heading;
use crate::cli::count;
use crate::cli::explain::Marks;
use crate::cli::terminal::{BAD, BOLD, CAUSE, DIM, GOOD, MARK, WARN, result, safe_line};
use crate::pack::grammar::Level;
use crate::post::Post;
use crate::replay::{Change, HISTOGRAM, Kind, Replay, Seen, Side, Tally};
use crate::score::{Engine, Evidence, Field, Hit, Stance};
use crate::stages::Scored;

/// Letters of a post that are shown.
const EXCERPT: usize = 160;
/// Letters of a piece of evidence that are shown: a `because` may be a whole quotation.
const EVIDENCE: usize = 80;

/// Examples of each kind: of alerts the first ones, of posts that only move those that move most.
pub(super) struct Examples {
    most: usize,
    kinds: [Vec<(f64, String)>; Kind::ALL.len()],
    raised: Vec<String>,
}

impl Examples {
    /// None yet; at most so many of a kind.
    pub(super) fn new(most: usize) -> Self {
        Self { most, kinds: Default::default(), raised: Vec::new() }
    }

    /// Keeps a change where there is room for it.
    pub(super) fn change(&mut self, seen: &Seen, change: &Change<'_>) {
        let kept = &mut self.kinds[change.kind as usize];
        let weight = if change.kind == Kind::Moves { change.moved().abs() } else { 0.0 };
        if self.most == 0 || kept.len() >= self.most && kept.last().is_some_and(|(least, _)| *least >= weight) {
            return;
        }
        let at = kept.partition_point(|(other, _)| *other >= weight);
        kept.insert(at, (weight, changed(&seen.after.post, change)));
        kept.truncate(self.most);
    }

    /// Keeps the alerts that a post raises where there is room for them.
    pub(super) fn alerts(&mut self, engine: &Engine, scored: &Scored) {
        for verdict in &scored.verdict.packs {
            let pack = &engine.packs[verdict.pack];
            let Some(rule) = verdict.alert.map(|at| &pack.alerts[at].rule).filter(|_| self.raised.len() < self.most)
            else {
                continue;
            };
            let held = if scored.told.contains(&(verdict.pack, true)) { "" } else { ", held back by `once_per`" };
            let mut text = format!(
                "{BAD}{}/{}{BAD:#} ({})  score {:.1}, {}{held}\n",
                pack.pack.file.pack.value,
                rule.id.value,
                rule.level.name(),
                verdict.score,
                verdict.stance.name(),
            );
            post(&scored.post, &mut text, verdict.hits.iter());
            for hit in &verdict.hits {
                let id = &pack.pack.file.indicators[hit.indicator].id.value;
                let _ = writeln!(text, "      {}", line(' ', id, &format!("{}, {}", hit.kept, hit.state.name()), hit));
            }
            self.raised.push(text);
        }
    }

    /// Prints them.
    pub(super) fn print(&self) {
        for (kind, examples) in Kind::ALL.into_iter().zip(&self.kinds).filter(|(_, examples)| !examples.is_empty()) {
            result(format_args!("{BOLD}{}{BOLD:#} {DIM}(examples){DIM:#}", heading(kind)));
            for (_, text) in examples {
                result(format_args!("  {text}"));
            }
        }
        self.raised.iter().for_each(result);
    }
}

/// A change in words.
fn changed(subject: &Post, change: &Change<'_>) -> String {
    let Change { kind, pack, before, after } = change;
    let name = |side: &Side<'_>| side.alert().map(|(id, level)| format!("{pack}/{id} ({})", level.name()));
    let head = match (name(before), name(after)) {
        (Some(was), Some(is)) if was != is => format!("{was} → {is}"),
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => (*pack).to_string(),
    };
    let style = match kind {
        Kind::Appears => BAD,
        Kind::Vanishes => GOOD,
        Kind::Changes | Kind::Moves => WARN,
    };
    let stance = |side: &Side<'_>| side.stance().map_or("no hit", Stance::name);
    let mut text = format!(
        "{style}{head}{style:#}  score {}",
        arrow(before.score(), after.score(), |score| format!("{score:.1}"))
    );
    let _ = write!(text, ", {}", arrow(stance(before), stance(after), str::to_string));
    if before.alert().is_some() && after.alert().is_some() {
        let told = |told: bool| if told { "told" } else { "held back by `once_per`" };
        if before.told != after.told {
            let _ = write!(text, ", {} → {}", told(before.told), told(after.told));
        }
    }
    text.push('\n');
    let hits = after.hits().chain(before.hits()).map(|(_, hit)| hit);
    post(subject, &mut text, hits);
    why(change, &mut text);
    text
}

fn arrow<T: PartialEq + Copy>(before: T, after: T, word: impl Fn(T) -> String) -> String {
    if before == after { word(before) } else { format!("{} → {}", word(before), word(after)) }
}

/// Which post, and how it begins, with its evidence marked.
fn post<'h>(post: &Post, text: &mut String, hits: impl Iterator<Item = &'h Hit>) {
    let author = post.author.as_ref().and_then(|author| author.label()).or(post.channel.as_deref()).unwrap_or("-");
    let (id, author) = (safe_line(&post.id), safe_line(author));
    let _ = writeln!(text, "      {DIM}{id}  {}  by {author}{DIM:#}", post.published_at);
    let title = post.title.as_deref().filter(|title| !title.trim().is_empty());
    let (field, words) = title.map_or((Field::Text, post.text.as_str()), |title| (Field::Title, title));
    let excerpt: String = words.chars().take(EXCERPT).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if !excerpt.trim().is_empty() {
        let more = if words.chars().nth(EXCERPT).is_some() { "…" } else { "" };
        let _ = writeln!(text, "      {}{more}", Marks::new(hits).draw(field, &excerpt));
    }
}

/// Hit by hit what is new, gone or kept otherwise.
fn why(change: &Change<'_>, text: &mut String) {
    let find = |side: &Side<'_>, wanted: &str| side.hits().find(|(id, _)| *id == wanted).map(|(_, hit)| hit.clone());
    let mut same = true;
    for (id, hit) in change.after.hits() {
        let (kept, state) = (hit.kept, hit.state.name());
        let line = match find(&change.before, id) {
            None => line('+', id, &format!("{kept}, {state}"), hit),
            Some(was) if was.kept.total_cmp(&kept).is_ne() || was.state != hit.state => {
                let kept = arrow(was.kept, kept, |kept| kept.to_string());
                line('~', id, &format!("{kept}, {}", arrow(was.state.name(), state, str::to_string)), hit)
            }
            Some(_) => continue,
        };
        same = false;
        let _ = writeln!(text, "      {line}");
    }
    for (id, hit) in change.before.hits().filter(|(id, _)| find(&change.after, id).is_none()) {
        same = false;
        let _ = writeln!(text, "      {}", line('-', id, &format!("{}, {}", hit.kept, hit.state.name()), hit));
    }
    if same {
        let told = change.before.alert() == change.after.alert();
        let rules = if told { "other alerts came before it" } else { "the alert rules differ" };
        let _ = writeln!(text, "      {DIM}the hits are the same: {rules}{DIM:#}");
    }
}

fn line(sign: char, id: &str, what: &str, hit: &Hit) -> String {
    let words = |evidence: &[Evidence], style: anstyle::Style| {
        let quoted = evidence.iter().map(|one| {
            let exact: String = one.exact.chars().take(EVIDENCE).collect();
            format!("“{style}{}{style:#}”", safe_line(&exact))
        });
        quoted.collect::<Vec<_>>().join(" ")
    };
    let because = if hit.because.is_empty() { String::new() } else { format!(" by {}", words(&hit.because, CAUSE)) };
    let style = match sign {
        '+' => BAD,
        '-' => GOOD,
        '~' => WARN,
        _ => DIM,
    };
    format!("{style}{sign} {id}{style:#} {what}: {}{because}", words(&hit.evidence, MARK))
}

/// The tables of a comparison.
pub(super) fn comparison(replay: &Replay) {
    let tally = replay.tally();
    let versions = |name: &str| {
        let version = |engine: &Engine| {
            let pack = engine.packs.iter().find(|pack| pack.pack.file.pack.value == name)?;
            Some(pack.pack.file.version.value.clone())
        };
        let side = |engine: Option<&std::sync::Arc<Engine>>| {
            engine.and_then(|engine| version(engine)).unwrap_or_else(|| "absent".to_string())
        };
        format!("{} → {}", side(replay.against()), side(Some(replay.engine())))
    };
    if !tally.alerts.is_empty() {
        let names = tally.alerts.keys().map(|(pack, alert)| pack.len() + 1 + alert.len());
        let width = names.max().unwrap_or(0).max("alerts".len());
        result(format_args!(
            "{BOLD}{:<width$}  level      before     after  told before  told after{BOLD:#}",
            "alerts"
        ));
        for ((pack, alert), count) in &tally.alerts {
            let (level, before, after) = (count.level.map_or("", Level::name), count.before, count.after);
            let name = format!("{pack}/{alert}");
            let style = if before == after { DIM } else { WARN };
            result(format_args!(
                "{name:<width$}  {level:<6}  {:>9}  {style}{:>8}{style:#}  {:>11}  {style}{:>10}{style:#}",
                before.0, after.0, before.1, after.1
            ));
        }
        result("");
    }
    if tally.packs.is_empty() {
        result(format_args!("{GOOD}nothing changes{GOOD:#}"));
        return;
    }
    for (name, pack) in &tally.packs {
        result(format_args!("{BOLD}{name}{BOLD:#} {DIM}{}{DIM:#}", versions(name)));
        for kind in Kind::ALL {
            let posts = pack.kinds.get(&kind).copied().unwrap_or(0);
            result(format_args!("  {posts:>8}  {}", heading(kind)));
        }
        result(format_args!("  {:>8}  posts whose stance is another", pack.stances));
        let mut line = String::new();
        for (at, from) in HISTOGRAM.iter().enumerate() {
            let reach = HISTOGRAM.get(at + 1).map_or(format!("more than {from}"), |to| format!("{from}-{to}"));
            let _ = write!(line, "  {reach}: {}↑ {}↓", pack.up[at], pack.down[at]);
        }
        result(format_args!("            scores moved by{line}\n"));
    }
}

/// The table of one set of packs: alerts by day.
pub(super) fn alerts(tally: &Tally) {
    if tally.alerts.is_empty() {
        result(format_args!("{GOOD}no alert{GOOD:#}"));
        return;
    }
    result(format_args!("{BOLD}{:>8} {:>8}  alerts{BOLD:#}", "raised", "told"));
    for ((pack, alert), one) in &tally.alerts {
        let level = one.level.map_or("", Level::name);
        result(format_args!("{:>8} {:>8}  {pack}/{alert} ({level})", one.after.0, one.after.1));
    }
    result(format_args!("\n{BOLD}{:>8} {:>8}  by day{BOLD:#}", "raised", "told"));
    for ((day, pack, alert), (raised, told)) in &tally.days {
        result(format_args!("{raised:>8} {told:>8}  {day}  {pack}/{alert}"));
    }
}

/// What was read, in a line.
pub(super) fn read(tally: &Tally) -> String {
    let posts = count(usize::try_from(tally.posts).unwrap_or(usize::MAX), "post");
    let span = tally.span.map(|(first, last)| format!(" from {first} to {last}")).unwrap_or_default();
    format!("{posts}{span}, {} ignored, {} could not be read", tally.ignored, tally.unread)
}
