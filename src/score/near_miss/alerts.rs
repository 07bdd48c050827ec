//! What the alerts of a pack lack, and what stance took from its score.

use super::super::compile::CompiledPack;
use super::super::verdict::{Hit, PackVerdict};
use super::super::{MOST, alert, one_decimal};
use super::{AlertGap, Cause, Damping};

/// Alerts that do not hold and would tell more than the one that does, the nearest first.
pub(super) fn gaps(pack: &CompiledPack, verdict: Option<&PackVerdict>) -> Vec<AlertGap> {
    let (score, hits) = verdict.map_or((0.0, &[][..]), |verdict| (verdict.score, &verdict.hits[..]));
    let raised = verdict.and_then(|verdict| verdict.alert);
    let level = |at: usize| (pack.alerts[at].rule.level, pack.alerts[at].at);
    let louder = |at: &usize| {
        raised.is_none_or(|raised| {
            let ((one, other), (level, threshold)) = (level(*at), level(raised));
            one > level || one == level && other > threshold
        })
    };
    let mut gaps: Vec<AlertGap> = (0..pack.alerts.len())
        .filter(|at| pack.alerts[*at].at.is_finite() && Some(*at) != raised)
        .filter(louder)
        .map(|at| gap(pack, at, hits, score))
        .filter(|gap| lacks(gap) > 0)
        .collect();
    // What lacks one thing is nearer than what lacks two, whatever that is.
    gaps.sort_by(|one, other| lacks(one).cmp(&lacks(other)).then(one.short.total_cmp(&other.short)));
    gaps
}

fn gap(pack: &CompiledPack, alert: usize, hits: &[Hit], score: f64) -> AlertGap {
    let compiled = &pack.alerts[alert];
    let (mut missing, mut empty) = (Vec::new(), Vec::new());
    for needed in &compiled.needs {
        match hits.iter().position(|hit| hit.indicator == *needed) {
            None => missing.push(*needed),
            Some(at) if hits[at].kept <= 0.0 => empty.push(at),
            Some(_) => {}
        }
    }
    let short = one_decimal((compiled.at - score).max(0.0));
    AlertGap { alert, at: compiled.at, short, missing, empty }
}

/// How many conditions do not hold.
fn lacks(gap: &AlertGap) -> usize {
    usize::from(gap.short > 0.0) + gap.missing.len() + gap.empty.len()
}

/// What stance took away; none where every hit keeps all of its points.
pub(super) fn damping(pack: &CompiledPack, verdict: &PackVerdict) -> Option<Damping> {
    let mut causes: Vec<Cause> = Vec::new();
    // A likeness is no claim: stance takes nothing from it.
    for hit in verdict.hits.iter().filter(|hit| hit.kept < hit.points && !hit.likeness) {
        let lost = hit.points - hit.kept;
        match causes.iter_mut().find(|cause| cause.state == hit.state && cause.because == hit.because) {
            Some(cause) => cause.points += lost,
            None => causes.push(Cause { state: hit.state, because: hit.because.clone(), points: lost }),
        }
    }
    if causes.is_empty() {
        return None;
    }
    for cause in &mut causes {
        cause.points = one_decimal(cause.points);
    }
    causes.sort_by(|one, other| other.points.total_cmp(&one.points));
    let mut hits = verdict.hits.clone();
    for hit in hits.iter_mut().filter(|hit| !hit.likeness) {
        hit.kept = hit.points;
    }
    let voice = one_decimal(hits.iter().map(|hit| hit.kept).sum::<f64>().min(MOST));
    Some(Damping { voice, alert: alert(pack, &hits, voice).filter(|at| Some(*at) != verdict.alert), causes })
}
