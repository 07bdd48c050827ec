//! A record against what is found here, thing by thing.

use sha2::{Digest, Sha256};

use super::super::{PostRecord, alert_id, hex};
use super::Difference;
use super::evidence::{found, given, misplaced};
use super::given::{Given, GivenAlert, GivenExcepted, GivenHit, GivenPack, Sort};
use crate::post::Post;
use crate::score::{Engine, Hit, PackVerdict, Stance, Verdict};

/// Scores have one decimal, so a smaller difference is one of writing.
const LEAST: f64 = 1e-6;

/// Packs that a record names and the engine does not have, as `name version`: without them it cannot be computed.
#[must_use]
pub fn absent(engine: &Engine, record: &Given) -> Vec<String> {
    let here = |pack: &&GivenPack| engine.packs.iter().all(|one| one.pack.file.pack.value != pack.pack);
    record.packs.iter().filter(here).map(|pack| format!("{} {}", pack.pack, pack.version)).collect()
}

/// Everything in which a record differs from what these packs make of the post. `payload` are the input's bytes, where
/// they are at hand.
#[must_use]
pub fn compare(
    engine: &Engine,
    record: &Given,
    post: &Post,
    verdict: &Verdict,
    payload: Option<&[u8]>,
) -> Vec<Difference> {
    let mut all = Vec::new();
    if let (Some(sha256), Some(payload)) = (&record.sha256, payload) {
        let here = hex(&Sha256::digest(payload));
        text("origin.sha256", sha256, &here, &mut all);
    }
    text("id", &record.id, &post.id, &mut all);
    for (what, given, here) in
        [("post.title", &record.title, post.title.as_deref()), ("post.text", &record.text, Some(post.text.as_str()))]
    {
        if let Some(given) = given {
            text(what, given, here.unwrap_or_default(), &mut all);
        }
    }
    if let Some((_, inside)) = record.alert.as_ref().filter(|_| payload.is_some()) {
        fields(inside, post, &mut all);
    }
    for pack in &record.packs {
        pack.hits.iter().for_each(|hit| misplaced(post, &pack.pack, hit, &mut all));
    }
    if record.sort == Sort::Scored {
        if let Some(score) = record.score {
            number("score", score, verdict.score, &mut all);
        }
        let none = "none";
        text("stance", record.stance.as_deref().unwrap_or(none), verdict.stance.map_or(none, Stance::name), &mut all);
        excepted(engine, record, verdict, &mut all);
    }
    for pack in &record.packs {
        let own = engine.packs.iter().position(|one| one.pack.file.pack.value == pack.pack);
        if let Some(own) = own {
            packs(engine, own, pack, verdict.packs.iter().find(|one| one.pack == own), &mut all);
        }
    }
    alerts(engine, record, post, verdict, &mut all);
    if record.sort == Sort::Scored {
        for one in &verdict.packs {
            let file = &engine.packs[one.pack].pack.file;
            if record.packs.iter().all(|pack| pack.pack != file.pack.value) {
                let here = format!("version {}, score {:.1}", file.version.value, one.score);
                all.push(Difference::new(format!("pack {}", file.pack.value), None, here));
            }
        }
    }
    all
}

fn packs(engine: &Engine, own: usize, pack: &GivenPack, here: Option<&PackVerdict>, all: &mut Vec<Difference>) {
    let (name, loaded) = (&pack.pack, &engine.packs[own].pack);
    text(format!("pack {name} version"), &pack.version, &loaded.file.version, all);
    text(format!("pack {name} digest"), &pack.digest, &loaded.digest, all);
    if let Some(points) = pack.points {
        number(format!("pack {name} points"), points, here.map_or(0.0, |here| here.points), all);
    }
    number(format!("pack {name} score"), pack.score, here.map_or(0.0, |here| here.score), all);
    text(format!("pack {name} stance"), &pack.stance, here.map_or("none", |here| here.stance.name()), all);
    let found = here.map_or(&[][..], |here| &here.hits);
    let id = |hit: &Hit| loaded.file.indicators[hit.indicator].id.value.as_str();
    for hit in &pack.hits {
        match found.iter().find(|here| id(here) == hit.id) {
            Some(here) => hits(&format!("hit {name}/{}", hit.id), hit, here, all),
            None => {
                let said = format!("{}, {} of {} points", hit.state, hit.kept, hit.points);
                all.push(Difference::new(format!("hit {name}/{}", hit.id), said, None));
            }
        }
    }
    for here in found.iter().filter(|here| pack.hits.iter().all(|hit| hit.id != id(here))) {
        let said = format!("{}, {} of {} points", here.state.name(), here.kept, here.points);
        all.push(Difference::new(format!("hit {name}/{}", id(here)), None, said));
    }
}

fn hits(at: &str, hit: &GivenHit, here: &Hit, all: &mut Vec<Difference>) {
    number(format!("{at} points"), hit.points, here.points, all);
    number(format!("{at} kept"), hit.kept, here.kept, all);
    text(format!("{at} state"), &hit.state, here.state.name(), all);
    let (speaker, speaker_here) = (hit.speaker.as_deref(), here.speaker.as_deref());
    text(format!("{at} speaker"), speaker.unwrap_or("none"), speaker_here.unwrap_or("none"), all);
    text(format!("{at} evidence"), &given(&hit.evidence), &found(&here.evidence), all);
    text(format!("{at} because"), &given(&hit.because), &found(&here.because), all);
    text(format!("{at} notes"), &hit.notes.join("; "), &here.notes.join("; "), all);
}

fn alerts(engine: &Engine, record: &Given, post: &Post, verdict: &Verdict, all: &mut Vec<Difference>) {
    let concerned = |pack: &&PackVerdict| {
        record.sort == Sort::Scored
            || record.packs.iter().any(|one| one.pack == engine.packs[pack.pack].pack.file.pack.value)
    };
    let here: Vec<GivenAlert> = verdict
        .packs
        .iter()
        .filter(concerned)
        .filter_map(|pack| {
            let compiled = &engine.packs[pack.pack];
            let rule = &compiled.alerts[pack.alert?].rule;
            Some(GivenAlert {
                pack: compiled.pack.file.pack.value.clone(),
                id: rule.id.value.clone(),
                level: rule.level.name().to_string(),
            })
        })
        .collect();
    let said = |alert: &GivenAlert| format!("{} ({})", alert.id, alert.level);
    for alert in record.alerts.iter().filter(|alert| !here.contains(alert)) {
        all.push(Difference::new(format!("alert {}", alert.pack), said(alert), None));
    }
    for alert in here.iter().filter(|alert| !record.alerts.contains(alert)) {
        all.push(Difference::new(format!("alert {}", alert.pack), None, said(alert)));
    }
    if let (Some((id, _)), Some(alert)) = (&record.alert, record.alerts.first()) {
        text("alert id", id, &alert_id(&alert.pack, &alert.id, post), all);
    }
}

fn excepted(engine: &Engine, record: &Given, verdict: &Verdict, all: &mut Vec<Difference>) {
    let here = verdict.excepted.iter().map(|one| {
        let pack = &engine.packs[one.pack].pack;
        GivenExcepted {
            pack: pack.file.pack.value.clone(),
            indicator: pack.file.indicators[one.indicator].id.value.clone(),
            exception: pack.exceptions[one.exception].id.value.clone(),
        }
    });
    let here: Vec<GivenExcepted> = here.collect();
    let at = |one: &GivenExcepted| format!("excepted {}/{}", one.pack, one.indicator);
    for one in record.excepted.iter().filter(|one| !here.contains(one)) {
        all.push(Difference::new(at(one), one.exception.clone(), None));
    }
    for one in here.iter().filter(|one| !record.excepted.contains(one)) {
        all.push(Difference::new(at(one), None, one.exception.clone()));
    }
}

/// The post inside an alert against the one that was read, field by field as they are published.
fn fields(inside: &Post, post: &Post, all: &mut Vec<Difference>) {
    let value = |post: &Post| serde_json::to_value(PostRecord::from(post)).unwrap_or_default();
    let (record, here) = (value(inside), value(post));
    let (Some(record), Some(here)) = (record.as_object(), here.as_object()) else { return };
    for (name, said) in record.iter().filter(|(name, said)| here.get(*name) != Some(said)) {
        let there = here.get(name).map(ToString::to_string);
        all.push(Difference::new(format!("post.{name}"), said.to_string(), there));
    }
}

fn number(at: impl Into<String>, record: f64, here: f64, all: &mut Vec<Difference>) {
    if (record - here).abs() > LEAST {
        all.push(Difference::new(at, record.to_string(), here.to_string()));
    }
}

fn text(at: impl Into<String>, record: &str, here: &str, all: &mut Vec<Difference>) {
    if record != here {
        all.push(Difference::new(at, record.to_string(), here.to_string()));
    }
}
