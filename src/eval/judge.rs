//! Verdict → label: the one rule.

use super::confusion::Label;
use crate::score::{Engine, PackVerdict, Stance, Verdict};

/// What a post is taken for, and the figures that decided: those of the pack whose points reach furthest above (or
/// least below) where its alerts begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What it is taken for.
    pub label: Label,
    /// The deciding pack's index in the engine; none where no pack that has alerts found anything.
    pub pack: Option<usize>,
    /// Its stance.
    pub stance: Option<Stance>,
    /// Its points before damping.
    pub points: f64,
    /// Its points after damping.
    pub score: f64,
    /// The lowest threshold of its alerts.
    pub at: Option<f64>,
}

impl Judgement {
    /// How far the points are from the threshold, on whichever side: how sure the packs are. Where nothing was found,
    /// nothing is further away.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.at.map_or(f64::INFINITY, |at| (self.points - at).abs())
    }
}

/// Makes a label of a verdict.
#[must_use]
pub fn judge(engine: &Engine, verdict: &Verdict) -> Judgement {
    let at = |pack: &PackVerdict| engine.packs[pack.pack].alerts.iter().map(|alert| alert.at).min_by(f64::total_cmp);
    let packs = verdict.packs.iter().filter_map(|pack| Some((pack, at(pack)?)));
    let top = packs.max_by(|(one, one_at), (other, other_at)| {
        // Between packs that are equally far above, the quieter stance decides, as in scores.
        let above = (one.points - one_at).total_cmp(&(other.points - other_at));
        above.then(other.stance.cmp(&one.stance))
    });
    let Some((pack, at)) = top else {
        return Judgement { label: Label::Ordinary, pack: None, stance: None, points: 0.0, score: 0.0, at: None };
    };
    let label = match pack.stance {
        _ if pack.points < at => Label::Ordinary,
        Stance::Reports | Stance::Disputes => Label::Reports,
        Stance::Relays | Stance::Asserts => Label::Amplifies,
    };
    Judgement {
        label,
        pack: Some(pack.pack),
        stance: Some(pack.stance),
        points: pack.points,
        score: pack.score,
        at: Some(at),
    }
}
