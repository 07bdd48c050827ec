//! The objects of a bundle that STIX itself defines: who writes, who may read, techniques, and what ties an alert
//! together.

use serde_json::{Value, json};

use super::{Alert, Export, head, ids, words};
use crate::pack::{Pack, disarm};
use crate::problem::harmless_line;

/// When version 1.6 of DISARM was published: its techniques are as old in every export.
const DISARM: &str = "2024-11-22T00:00:00.000Z";
/// What came with the first version that exports is as old in every export.
const FIRST: &str = "2026-01-01T00:00:00.000Z";
/// Code points of a name or a label; platforms show no more of it.
const NAME: usize = 200;

/// The phases of the framework, as exports of OpenCTI and VIGINUM write them.
const PHASES: [(&str, &str); 16] = [
    ("TA01", "plan-strategy"),
    ("TA02", "plan-objectives"),
    ("TA05", "microtarget"),
    ("TA06", "develop-content"),
    ("TA07", "select-channels-and-affordances"),
    ("TA08", "conduct-pump-priming"),
    ("TA09", "deliver-content"),
    ("TA10", "drive-offline-activity"),
    ("TA11", "persist-in-the-information-environment"),
    ("TA12", "assess-effectiveness"),
    ("TA13", "target-audience-analysis"),
    ("TA14", "develop-narratives"),
    ("TA15", "establish-assets"),
    ("TA16", "establish-legitimacy"),
    ("TA17", "maximise-exposure"),
    ("TA18", "drive-online-harms"),
];

/// Who may see a bundle (Traffic Light Protocol).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tlp {
    /// Everybody.
    Clear,
    /// The community.
    Green,
    /// The own organisation and its clients.
    Amber,
}

impl Tlp {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
        }
    }

    /// The marking that the specification itself defines (STIX 2.1, 7.2.1.4): nobody writes another, and every reader
    /// knows its id. What is called clear since TLP 2.0 is still white in it.
    fn marking(self) -> Value {
        let (id, level) = match self {
            Self::Clear => ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "white"),
            Self::Green => ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"),
            Self::Amber => ("f88d31f6-486f-44da-b317-01333bde0b82", "amber"),
        };
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": format!("marking-definition--{id}"),
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": format!("TLP:{}", level.to_ascii_uppercase()),
            "definition": { "tlp": level },
        })
    }
}

/// What every bundle begins with.
pub(super) fn of_every_bundle(tlp: Option<Tlp>) -> Vec<Value> {
    let mut objects = vec![
        json!({
            "type": "identity",
            "spec_version": "2.1",
            "id": program(),
            "created": FIRST,
            "modified": FIRST,
            "name": "undercurrent",
            "description": "A program that scores posts with packs of indicators. It says which words matched, never \
                who is behind them.",
            "identity_class": "system",
        }),
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": licence(),
            "created_by_ref": program(),
            "created": FIRST,
            "definition_type": "statement",
            "definition": { "statement": "Ids and names of DISARM techniques: DISARM Foundation, CC BY-SA 4.0" },
        }),
    ];
    objects.extend(tlp.map(Tlp::marking));
    objects
}

fn program() -> String {
    ids::own("identity", "undercurrent")
}

fn licence() -> String {
    ids::own("marking-definition", "disarm")
}

fn technique_id(technique: &str) -> String {
    ids::own("attack-pattern", technique)
}

/// A technique of the framework. It is the same object in every bundle.
pub(super) fn technique(id: &str, name: &str) -> Value {
    let mut object = json!({
        "type": "attack-pattern",
        "spec_version": "2.1",
        "id": technique_id(id),
        "created_by_ref": program(),
        "created": DISARM,
        "modified": DISARM,
        "name": name,
        "description": format!("{id} of the DISARM framework 1.6 (DISARM Foundation, CC BY-SA 4.0)"),
        "external_references": [{
            "source_name": "DISARM",
            "external_id": id,
            "url": format!(
                "https://github.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/techniques/{id}.md"
            ),
        }],
        "object_marking_refs": [licence()],
    });
    let tactic = disarm::tactic(id);
    if let Some((_, phase)) = PHASES.iter().find(|(known, _)| Some(*known) == tactic) {
        object["kill_chain_phases"] = json!([{ "kill_chain_name": "disarm", "phase_name": phase }]);
    }
    object
}

/// An object of one alert: made when it was raised.
fn of_alert(export: &Export<'_>, alert: &Alert, kind: &str, name: &str) -> Value {
    let mut object = json!({
        "type": kind,
        "spec_version": "2.1",
        "id": ids::own(kind, &json!([alert.id, name]).to_string()),
        "created_by_ref": program(),
        "created": alert.raised(),
        "modified": alert.raised(),
    });
    if let Some(tlp) = export.tlp {
        object["object_marking_refs"] = json!([tlp.marking()["id"]]);
    }
    object
}

/// That the post was there. Absent where nothing of it can be told as an observable.
pub(super) fn observed(export: &Export<'_>, alert: &Alert, seen: &[Value]) -> Option<Value> {
    if seen.is_empty() {
        return None;
    }
    let mut object = of_alert(export, alert, "observed-data", "");
    object["first_observed"] = alert.published().into();
    object["last_observed"] = alert.published().into();
    object["number_observed"] = 1.into();
    object["object_refs"] = seen.iter().map(|object| object["id"].clone()).collect();
    Some(object)
}

/// That a technique is what the pack's author gave the indicators that the post hit.
pub(super) fn relation(export: &Export<'_>, alert: &Alert, technique: &str, observed: &str) -> Value {
    let hits = alert.hits.iter().filter(|hit| hit.disarm.iter().any(|id| id == technique));
    let hits = hits.map(|hit| format!("{} ({:.1} of {:.1} points)", hit.id, hit.kept, hit.points));
    let hits = hits.collect::<Vec<_>>().join(", ");
    let mut object = of_alert(export, alert, "relationship", technique);
    object["relationship_type"] = "related-to".into();
    object["description"] =
        head(&harmless_line(&format!("The post matches indicators of pack {}: {hits}", alert.pack)), NAME * 5).into();
    object["source_ref"] = technique_id(technique).into();
    object["target_ref"] = observed.into();
    object
}

/// Everything of one alert.
pub(super) fn grouping(export: &Export<'_>, alert: &Alert, members: &[String]) -> Value {
    let mut object = of_alert(export, alert, "grouping", "");
    object["name"] = title(alert).into();
    object["description"] = words::evidence(alert, export.pack(alert)).into();
    object["context"] = "suspicious-activity".into();
    object["labels"] = labels(alert);
    object["external_references"] = json!([{ "source_name": "undercurrent", "external_id": head(&alert.id, NAME) }]);
    // A group of nothing is none: what wrote it is always there.
    object["object_refs"] = if members.is_empty() { json!([program()]) } else { json!(members) };
    object
}

/// What the pack's author says: accounts of the post that are listed, and the reporting that the pack rests on.
pub(super) fn note(export: &Export<'_>, alert: &Alert, pack: &Pack, grouping: &str) -> Option<Value> {
    let content = words::listed(alert, pack)?;
    let mut object = of_alert(export, alert, "note", "");
    object["abstract"] = head(&harmless_line(&format!("What pack {} says by itself", alert.pack)), NAME).into();
    object["content"] = content.into();
    object["object_refs"] = json!([grouping]);
    let references = pack.file.references.iter().take(words::REFERENCES);
    let references: Vec<Value> =
        references.map(|url| json!({ "source_name": format!("pack {}", alert.pack), "url": url.value })).collect();
    if !references.is_empty() {
        object["external_references"] = references.into();
    }
    Some(object)
}

fn title(alert: &Alert) -> String {
    let post = alert.post.id.as_deref().unwrap_or("a post");
    head(&harmless_line(&format!("{}/{} ({}): {post}", alert.pack, alert.alert, alert.level)), NAME)
}

/// What a platform filters by. The score is none of them: each value would be a label of its own.
fn labels(alert: &Alert) -> Value {
    let label = |name: &str, value: &str| head(&harmless_line(&format!("{name}:{value}")), NAME);
    json!([label("pack", &alert.pack), label("level", &alert.level), label("stance", &alert.stance)])
}
