//! `undercurrent.explanation/1`: why a post scores what it scores, and what almost fired.

use schemars::JsonSchema;
use serde::Serialize;

use super::{EvidenceRecord, ScoredRecord, StateName};
use crate::score::near_miss::{AlertGap, Damping, Gaps, Miss, Part, Spread, Unguarded};
use crate::score::{Engine, Evidence, PackVerdict};

/// The value of `schema`.
pub const EXPLANATION_SCHEMA: &str = "undercurrent.explanation/1";

/// An explanation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "undercurrent.explanation/1")]
pub struct ExplanationRecord<'a> {
    /// `undercurrent.explanation/1`.
    pub schema: &'static str,
    /// The record that `score` prints.
    pub scored: ScoredRecord<'a>,
    /// Per pack, what it lacks. Packs that lack nothing worth telling are left out.
    pub gaps: Vec<GapsRecord<'a>>,
}

/// What one pack lacks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GapsRecord<'a> {
    /// The pack.
    pub pack: &'a str,
    /// Indicators that almost hit, the nearest first.
    pub misses: Vec<MissRecord<'a>>,
    /// Names that stand in the post and do not count.
    pub names: Vec<NameRecord<'a>>,
    /// Alerts that do not hold, the nearest first.
    pub alerts: Vec<AlertGapRecord<'a>>,
    /// What stance took away; null where it took nothing.
    pub damping: Option<DampingRecord<'a>>,
}

/// An indicator that did not hit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MissRecord<'a> {
    /// Its id in the pack.
    pub id: &'a str,
    /// Points that it would give.
    pub points: f64,
    /// Its match.
    #[serde(rename = "match")]
    pub part: PartRecord<'a>,
}

/// A part of a match.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartRecord<'a> {
    /// The kind of match: `near`, `all`, `not`, …
    pub kind: &'static str,
    /// Whether it holds.
    pub held: bool,
    /// The share of it that holds, 0 to 1.
    pub closeness: f64,
    /// The same in words.
    pub says: String,
    /// What of it stands in the post.
    pub evidence: Vec<EvidenceRecord<'a>>,
    /// Lists of a `near` that are nowhere.
    pub missing: &'a [&'a str],
    /// Of a `near`: words from the first to the last of what is there.
    pub words: Option<u32>,
    /// The parts of a combination.
    pub parts: Vec<PartRecord<'a>>,
}

/// A name that does not count.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NameRecord<'a> {
    /// The actor.
    pub actor: &'a str,
    /// The name as the pack writes it.
    pub phrase: &'a str,
    /// Where it stands.
    pub evidence: EvidenceRecord<'a>,
    /// Lists of which one must be near.
    pub near: &'a [&'a str],
    /// Within so many words.
    pub within: u32,
    /// Words from the name to the nearest of them, both counted; null where there is none.
    pub words: Option<u32>,
}

/// What an alert lacks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AlertGapRecord<'a> {
    /// The alert's id in the pack.
    pub id: &'a str,
    /// low, medium or high.
    pub level: &'static str,
    /// The score from which on it holds.
    pub at: f64,
    /// Points that are missing.
    pub short: f64,
    /// Needed indicators that did not hit.
    pub missing: Vec<&'a str>,
    /// Needed indicators that hit and kept nothing.
    pub empty: Vec<&'a str>,
}

/// What stance took away.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DampingRecord<'a> {
    /// The score in the author's own voice.
    pub voice: f64,
    /// The alert that it would raise, where that is another one.
    pub alert: Option<&'a str>,
    /// Points by what took them.
    pub causes: Vec<CauseRecord<'a>>,
}

/// One reason of stance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CauseRecord<'a> {
    /// The state.
    pub state: StateName,
    /// The words that decided it.
    pub because: Vec<EvidenceRecord<'a>>,
    /// Points that it took.
    pub points: f64,
}

impl<'a> ExplanationRecord<'a> {
    /// The record of a verdict and what it lacks.
    #[must_use]
    pub fn new(engine: &'a Engine, scored: ScoredRecord<'a>, packs: &'a [PackVerdict], gaps: &'a [Gaps<'a>]) -> Self {
        let worth = |gaps: &&Gaps<'_>| {
            !(gaps.misses.is_empty() && gaps.names.is_empty() && gaps.alerts.is_empty() && gaps.damping.is_none())
        };
        let record = |gaps: &'a Gaps<'a>| {
            let verdict = packs.iter().find(|verdict| verdict.pack == gaps.pack);
            GapsRecord::new(engine, verdict, gaps)
        };
        Self { schema: EXPLANATION_SCHEMA, scored, gaps: gaps.iter().filter(worth).map(record).collect() }
    }
}

impl<'a> GapsRecord<'a> {
    fn new(engine: &'a Engine, verdict: Option<&'a PackVerdict>, gaps: &'a Gaps<'a>) -> Self {
        let file = &engine.packs[gaps.pack].pack.file;
        let id = |indicator: usize| file.indicators[indicator].id.value.as_str();
        let alert = |gap: &'a AlertGap| {
            let rule = &file.alerts[gap.alert];
            let hits = verdict.map_or(&[][..], |verdict| &verdict.hits);
            AlertGapRecord {
                id: &rule.id,
                level: rule.level.name(),
                at: gap.at,
                short: gap.short,
                missing: gap.missing.iter().map(|indicator| id(*indicator)).collect(),
                empty: gap.empty.iter().map(|hit| id(hits[*hit].indicator)).collect(),
            }
        };
        let miss = |miss: &'a Miss<'a>| MissRecord {
            id: id(miss.indicator),
            points: file.indicators[miss.indicator].points.value,
            part: PartRecord::from(&miss.part),
        };
        let damping = |damping: &'a Damping| DampingRecord {
            voice: damping.voice,
            alert: damping.alert.map(|at| file.alerts[at].id.value.as_str()),
            causes: damping
                .causes
                .iter()
                .map(|cause| CauseRecord {
                    state: cause.state.into(),
                    because: cause.because.iter().map(Into::into).collect(),
                    points: cause.points,
                })
                .collect(),
        };
        Self {
            pack: &file.pack,
            misses: gaps.misses.iter().map(miss).collect(),
            names: gaps.names.iter().map(NameRecord::from).collect(),
            alerts: gaps.alerts.iter().map(alert).collect(),
            damping: gaps.damping.as_ref().map(damping),
        }
    }
}

impl<'a> From<&'a Part<'a>> for PartRecord<'a> {
    fn from(part: &'a Part<'a>) -> Self {
        let spread: Vec<&Evidence> = part.spread.iter().flat_map(Spread::evidence).collect();
        Self {
            kind: part.kind(),
            held: part.held,
            closeness: (part.closeness * 100.0).round() / 100.0,
            says: part.says(),
            evidence: part.evidence.iter().chain(spread).map(Into::into).collect(),
            missing: part.spread.as_ref().map_or(&[], |spread| &spread.missing),
            words: part.spread.as_ref().map(|spread| spread.words),
            parts: part.parts.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a Unguarded<'a>> for NameRecord<'a> {
    fn from(name: &'a Unguarded<'a>) -> Self {
        Self {
            actor: name.actor,
            phrase: name.phrase,
            evidence: (&name.name).into(),
            near: &name.near,
            within: name.within,
            words: name.nearest.as_ref().map(|(_, _, words)| *words),
        }
    }
}
