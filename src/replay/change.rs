//! What two engines make of one post, pack by pack.

use crate::pack::grammar::Level;
use crate::score::compile::CompiledPack;
use crate::score::{Engine, Hit, PackVerdict, Stance};
use crate::stages::Scored;

/// Scores have one decimal; less is no difference.
const SAME: f64 = 0.05;

/// How a post changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It raises an alert and did not.
    Appears,
    /// It raised an alert and does not.
    Vanishes,
    /// It raises an alert as before, with another id, level, score or stance, or `once_per` tells it and did not.
    Changes,
    /// It raises none on either side, and its score or stance is another.
    Moves,
}

impl Kind {
    /// All of them, in the order of their weight.
    pub const ALL: [Self; 4] = [Self::Appears, Self::Vanishes, Self::Changes, Self::Moves];

    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Appears => "appears",
            Self::Vanishes => "vanishes",
            Self::Changes => "changes",
            Self::Moves => "moves",
        }
    }
}

/// What one engine's pack makes of a post.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// The pack; none where the engine has no pack of that name.
    pub pack: Option<&'a CompiledPack>,
    /// Its verdict; none where it found nothing.
    pub verdict: Option<&'a PackVerdict>,
    /// Whether somebody is told of its alert.
    pub told: bool,
}

impl<'a> Side<'a> {
    fn new((engine, scored): (&'a Engine, &'a Scored), name: &str) -> Self {
        let at = engine.packs.iter().position(|pack| pack.pack.file.pack.value == name);
        let verdict = scored.verdict.packs.iter().find(|verdict| Some(verdict.pack) == at);
        let told = scored.told.iter().any(|(pack, told)| Some(*pack) == at && *told);
        Self { engine, pack: at.map(|at| &engine.packs[at]), verdict, told }
    }

    /// The score; 0 without a hit.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.verdict.map_or(0.0, |verdict| verdict.score)
    }

    /// The stance; none without a hit.
    #[must_use]
    pub fn stance(&self) -> Option<Stance> {
        self.verdict.map(|verdict| verdict.stance)
    }

    /// Id and level of the alert, if it raises one.
    #[must_use]
    pub fn alert(&self) -> Option<(&'a str, Level)> {
        let rule = &self.pack?.alerts[self.verdict?.alert?].rule;
        Some((rule.id.as_str(), rule.level))
    }

    /// Hits with the ids of their indicators.
    pub fn hits(&self) -> impl Iterator<Item = (&'a str, &'a Hit)> + use<'a> {
        let pack = self.pack;
        let hits = self.verdict.map(|verdict| verdict.hits.as_slice()).unwrap_or_default();
        hits.iter().filter_map(move |hit| Some((pack?.pack.file.indicators[hit.indicator].id.as_str(), hit)))
    }
}

/// A post for which one pack's word changes.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// How.
    pub kind: Kind,
    /// The pack's name.
    pub pack: &'a str,
    /// What was.
    pub before: Side<'a>,
    /// What is.
    pub after: Side<'a>,
}

impl Change<'_> {
    /// By how much the score moves, with one decimal as scores have.
    #[must_use]
    pub fn moved(&self) -> f64 {
        ((self.after.score() - self.before.score()) * 10.0).round() / 10.0
    }
}

/// What is not the same, in the order of the new packs, those that are only old at the end.
#[must_use]
pub fn compare<'a>(before: (&'a Engine, &'a Scored), after: (&'a Engine, &'a Scored)) -> Vec<Change<'a>> {
    let mut names: Vec<&str> = Vec::new();
    for (engine, scored) in [after, before] {
        for verdict in &scored.verdict.packs {
            let name = engine.packs[verdict.pack].pack.file.pack.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let change = |pack: &'a str| {
        let (before, after) = (Side::new(before, pack), Side::new(after, pack));
        let same = (before.score() - after.score()).abs() < SAME && before.stance() == after.stance();
        let kind = match (before.alert(), after.alert()) {
            (None, None) if same => return None,
            (None, None) => Kind::Moves,
            (None, Some(_)) => Kind::Appears,
            (Some(_), None) => Kind::Vanishes,
            (Some(was), Some(is)) if same && was == is && before.told == after.told => return None,
            (Some(_), Some(_)) => Kind::Changes,
        };
        Some(Change { kind, pack, before, after })
    };
    names.into_iter().filter_map(change).collect()
}
