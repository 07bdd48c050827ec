//! A replay for programs: one JSON object a change, and a summary at the end.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::post::Post;
use crate::record::{HitRecord, StanceName, hits};
use crate::replay::{Change, HISTOGRAM, Kind, Replay, Side};
use crate::score::Engine;
use crate::stages::Scored;

/// What is needed to find a post again.
#[derive(Serialize)]
struct Which<'a> {
    id: &'a str,
    source: &'a str,
    author: Option<&'a str>,
    channel: Option<&'a str>,
    published_at: String,
    title: Option<&'a str>,
    url: Option<&'a str>,
}

impl<'a> Which<'a> {
    fn new(post: &'a Post) -> Self {
        Self {
            id: &post.id,
            source: &post.source,
            author: post.author.as_ref().and_then(|author| author.label()),
            channel: post.channel.as_deref(),
            published_at: post.published_at.to_string(),
            title: post.title.as_deref(),
            url: post.url.as_deref(),
        }
    }
}

/// What one side makes of it.
#[derive(Serialize)]
struct View<'a> {
    version: Option<&'a str>,
    score: f64,
    stance: Option<StanceName>,
    alert: Option<&'a str>,
    level: Option<&'static str>,
    told: bool,
    hits: Vec<HitRecord<'a>>,
}

impl<'a> View<'a> {
    fn new(side: &Side<'a>) -> Self {
        let alert = side.alert();
        Self {
            version: side.pack.map(|pack| pack.pack.file.version.as_str()),
            score: side.score(),
            stance: side.stance().map(Into::into),
            alert: alert.map(|(id, _)| id),
            level: alert.map(|(_, level)| level.name()),
            told: side.told,
            hits: side.verdict.map(|verdict| hits(side.engine, verdict)).unwrap_or_default(),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    change: &'static str,
    pack: &'a str,
    post: Which<'a>,
    before: View<'a>,
    after: View<'a>,
}

/// A change.
pub(super) fn change(post: &Post, change: &Change<'_>) -> String {
    let line = Line {
        change: change.kind.name(),
        pack: change.pack,
        post: Which::new(post),
        before: View::new(&change.before),
        after: View::new(&change.after),
    };
    text(&line)
}

#[derive(Serialize)]
struct AlertLine<'a> {
    alert: &'a str,
    level: &'static str,
    pack: &'a str,
    version: &'a str,
    score: f64,
    stance: StanceName,
    told: bool,
    post: Which<'a>,
    hits: Vec<HitRecord<'a>>,
}

/// The alerts that a post raises.
pub(super) fn alerts(engine: &Engine, scored: &Scored) -> Vec<String> {
    let raised = scored.verdict.packs.iter().filter_map(|verdict| {
        let pack = &engine.packs[verdict.pack];
        let rule = &pack.alerts[verdict.alert?].rule;
        Some(text(&AlertLine {
            alert: &rule.id,
            level: rule.level.name(),
            pack: &pack.pack.file.pack,
            version: &pack.pack.file.version,
            score: verdict.score,
            stance: verdict.stance.into(),
            told: scored.told.contains(&(verdict.pack, true)),
            post: Which::new(&scored.post),
            hits: hits(engine, verdict),
        }))
    });
    raised.collect()
}

/// A shape as JSON. Its types hold strings, numbers and lists only, which always can be written.
fn text(shape: &impl Serialize) -> String {
    serde_json::to_string(shape).unwrap_or_default()
}

/// The last line.
pub(super) fn summary(replay: &Replay) -> String {
    let tally = replay.tally();
    let mut summary = json!({
        "posts": tally.posts, "ignored": tally.ignored, "unread": tally.unread, "changes": tally.changes(),
        "from": tally.span.map(|(first, _)| first.to_string()), "to": tally.span.map(|(_, last)| last.to_string()),
        "packs": versions(replay.engine()),
        "against": replay.against().map(|engine| versions(engine)),
    });
    let compared = replay.against().is_some();
    summary["alerts"] = tally
        .alerts
        .iter()
        .map(|((pack, alert), count)| {
            let level = count.level.map(crate::pack::grammar::Level::name);
            let mut row = json!({ "pack": pack, "alert": alert, "level": level, "after": count.after.0, "told_after": count.after.1 });
            if compared {
                row["before"] = count.before.0.into();
                row["told_before"] = count.before.1.into();
            }
            row
        })
        .collect();
    if compared {
        let pack = |tally: &crate::replay::PackTally| {
            let kinds: BTreeMap<&str, u64> =
                Kind::ALL.iter().map(|kind| (kind.name(), tally.kinds.get(kind).copied().unwrap_or(0))).collect();
            json!({ "posts": kinds, "stances": tally.stances, "scores": { "more_than": HISTOGRAM, "down": tally.down, "up": tally.up } })
        };
        let changed: BTreeMap<&str, Value> =
            tally.packs.iter().map(|(name, tally)| (name.as_str(), pack(tally))).collect();
        summary["changed"] = json!(changed);
    } else {
        let days = tally.days.iter().map(|((day, pack, alert), (raised, told))| {
            json!({ "day": day.to_string(), "pack": pack, "alert": alert, "raised": raised, "told": told })
        });
        summary["days"] = days.collect();
    }
    json!({ "summary": summary }).to_string()
}

fn versions(engine: &Engine) -> Vec<Value> {
    let packs = engine.packs.iter().map(|pack| &pack.pack);
    let version = packs
        .map(|pack| json!({ "pack": pack.file.pack.value, "version": pack.file.version.value, "digest": pack.digest }));
    version.collect()
}
