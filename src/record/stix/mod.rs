//! Alerts as STIX 2.1, for the platforms in which analysts keep their cases (OpenCTI, MISP).
//!
//! In: alert records as consumers have them, and the packs at hand. Out: bundles. What an alert becomes:
//!
//! | object | what it holds | why this one |
//! |---|---|---|
//! | `grouping` | everything of one alert; in words, its score, stance and evidence | STIX keeps it for an analysis that goes on (a `report` is finished), and both platforms show its description |
//! | `observed-data` with `url`, `user-account`, `domain-name` | the post: address, author, channel, links | it was seen, no more is said of it |
//! | `attack-pattern`, `relationship` | DISARM techniques that the pack gives its indicators | `related-to` the post, never to an account |
//! | `note` | which of the post's accounts the pack lists, and the reporting that it rests on | a claim of the pack's author, apart from what was found |
//!
//! There is no `threat-actor` and no `campaign`, because a match accuses nobody; no `indicator`, because platforms turn
//! patterns into block lists, and a post that says something is no address to block; no `confidence`, because a score is
//! none; none of the types that only one platform knows (`channel`, `media-content`), because the others drop them.
//!
//! Ids are version 5 UUIDs and times are the record's, so that the same records give the same bytes and a second import
//! adds nothing. What a post says stands in strings only, and every list and text has an end.

mod alert;
mod ids;
mod objects;
mod observables;
mod words;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub use alert::{Alert, AlertError};
pub use objects::Tlp;

use crate::pack::Pack;

/// Bundles of alerts.
#[derive(Debug, Clone, Copy)]
pub struct Export<'p> {
    /// Packs at hand: titles and references of those that raised an alert stand in its note.
    pub packs: &'p [Pack],
    /// Who may see it, where that is said.
    pub tlp: Option<Tlp>,
}

impl Export<'_> {
    /// One bundle. The order of the alerts makes no difference; of two with one id the older stands.
    #[must_use]
    pub fn bundle(&self, alerts: &[Alert]) -> Value {
        let mut sorted: Vec<&Alert> = alerts.iter().collect();
        sorted.sort_by(|one, other| {
            (one.raised_at, &one.id, &one.version).cmp(&(other.raised_at, &other.id, &other.version))
        });
        let mut told = BTreeSet::new();
        sorted.retain(|alert| told.insert(&alert.id));
        let mut all = objects::of_every_bundle(self.tlp);
        let mut known: BTreeSet<String> = all.iter().map(id).collect();
        for alert in &sorted {
            for object in self.objects(alert) {
                if known.insert(id(&object)) {
                    all.push(object);
                }
            }
        }
        let names: Vec<&str> = sorted.iter().map(|alert| alert.id.as_str()).collect();
        let name = json!([self.tlp.map(Tlp::name), names]).to_string();
        json!({ "type": "bundle", "id": ids::own("bundle", &name), "objects": all })
    }

    /// What one alert becomes, what others refer to first.
    fn objects(&self, alert: &Alert) -> Vec<Value> {
        let mut objects = Vec::new();
        let seen = observables::of(&alert.post);
        let observed = objects::observed(self, alert, &seen);
        let techniques = alert.techniques();
        objects.extend(seen);
        objects.extend(techniques.iter().map(|(id, name)| objects::technique(id, name)));
        if let Some(observed) = observed {
            let observed_id = id(&observed);
            objects.push(observed);
            objects.extend(
                techniques.iter().map(|(technique, _)| objects::relation(self, alert, technique, &observed_id)),
            );
        }
        let members: Vec<String> = objects.iter().map(id).collect();
        let grouping = objects::grouping(self, alert, &members);
        let note = self.pack(alert).and_then(|pack| objects::note(self, alert, pack, &id(&grouping)));
        objects.push(grouping);
        objects.extend(note);
        objects
    }

    /// The pack that raised an alert, in its version.
    fn pack(&self, alert: &Alert) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.file.pack.value == alert.pack && pack.file.version.value == alert.version)
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}

/// The first code points of a text, with a sign where there are more.
fn head(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
