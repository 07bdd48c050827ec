//! Four kinds of text that use the same words, side by side: what tells them apart is the point of the demo.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::terminal::{BAD, BOLD, DIM, GOOD, result, safe_line};

/// The pack whose texts are compared: the founding case.
const PACK: &str = "ru-iraq-outreach";
/// Points up to which a text merely talks of the same places and people.
const ORDINARY: f64 = 10.0;
/// Letters of a text that are shown.
const SHOWN: usize = 84;

/// The kinds, in the order that they are shown in.
const KINDS: [&str; 4] = ["its own voice", "reprinted as a fact", "reported", "plain diplomacy"];

/// What is shown of a text.
struct Specimen {
    points: f64,
    score: f64,
    stance: String,
    alert: Option<String>,
    author: String,
    head: String,
    decided: Vec<String>,
}

/// The strongest text of each language and kind.
#[derive(Default)]
pub(super) struct Kinds(BTreeMap<String, [Option<Specimen>; KINDS.len()]>);

impl Kinds {
    /// Looks at a scored record.
    pub(super) fn see(&mut self, record: &Value) {
        let packs = record["packs"].as_array().into_iter().flatten();
        let Some(pack) = packs.into_iter().find(|pack| pack["pack"] == PACK) else { return };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let (points, score) = (pack["points"].as_f64().unwrap_or(0.0), pack["score"].as_f64().unwrap_or(0.0));
        let alert = record["alerts"].as_array().into_iter().flatten().find(|alert| alert["pack"] == PACK);
        let (stance, repost) = (text(&pack["stance"]), record["post"]["kind"] == "repost");
        let kind = match (stance.as_str(), alert.is_some()) {
            ("asserts", true) => 0,
            ("relays", true) if !repost => 1,
            (_, false) if points <= ORDINARY => 3,
            ("reports", false) => 2,
            _ => return,
        };
        let post = &record["post"];
        let words = post["title"].as_str().or(post["text"].as_str()).unwrap_or_default();
        let because = pack["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["because"].as_array());
        let mut decided: Vec<String> = because.flatten().map(|place| text(&place["exact"])).collect();
        decided.dedup();
        let specimen = Specimen {
            points,
            score,
            stance,
            alert: alert.map(|alert| text(&alert["id"])),
            author: post["channel"].as_str().or(post["author"].as_str()).unwrap_or_default().to_string(),
            head: words.chars().take(SHOWN).collect(),
            decided: decided.into_iter().filter(|words| words.chars().count() < 40).take(2).collect(),
        };
        let held = &mut self.0.entry(text(&post["lang"])).or_default()[kind];
        if held.as_ref().is_none_or(|held| held.points < points) {
            *held = Some(specimen);
        }
    }

    /// Prints the language that has most kinds.
    pub(super) fn print(&self) {
        let full = |kinds: &[Option<Specimen>]| kinds.iter().flatten().count();
        let Some(kinds) = self.0.values().max_by_key(|kinds| full(&kinds[..])) else { return };
        result(format_args!("\n{BOLD}the same words, four kinds of text{BOLD:#}"));
        for (name, specimen) in KINDS.iter().zip(kinds) {
            let Some(one) = specimen else { continue };
            let told = match &one.alert {
                Some(alert) => format!("{BAD}ALERT {alert}{BAD:#}"),
                None => format!("{GOOD}no alert{GOOD:#}"),
            };
            let decided = one.decided.iter().map(|words| format!("“{}”", safe_line(words))).collect::<Vec<_>>();
            let decided = if decided.is_empty() { String::new() } else { format!(", by {}", decided.join(" ")) };
            let (stance, author, head) = (safe_line(&one.stance), safe_line(&one.author), safe_line(&one.head));
            result(format_args!(
                "  {BOLD}{name:<20}{BOLD:#} {told}  {} of {} points, {stance}{decided}",
                one.score, one.points
            ));
            result(format_args!("  {:<20} {DIM}{author}: {head}…{DIM:#}", ""));
        }
    }
}
