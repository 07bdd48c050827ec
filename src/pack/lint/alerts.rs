//! Alerts that are never raised, because a higher one always is.

use std::cmp::Ordering;

use crate::pack::grammar::{AlertRule, PackFile};
use crate::problem::Problem;

/// Every alert that another one outdoes whenever it would be raised.
pub(super) fn outdone(pack: &PackFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for alert in &pack.alerts {
        let Some(higher) = pack.alerts.iter().find(|other| outdoes(other, alert)) else { continue };
        let message = format!("`{}` is never raised: `{}` always is in its place", alert.id.value, higher.id.value);
        let problem = Problem::warning("UC089", message, alert.id.span.clone());
        problems.push(problem.help("a post raises its highest alert only, by level, then by `at`: give the higher one the higher `at`, or `needs`"));
    }
    problems
}

/// Whether `other` ranks higher and holds whenever `alert` does.
fn outdoes(other: &AlertRule, alert: &AlertRule) -> bool {
    let (Some(theirs), Some(own)) = (&other.at, &alert.at) else { return false };
    let ranks = other.level.cmp(&alert.level).then_with(|| theirs.value.total_cmp(&own.value));
    let needs = other.needs.iter().all(|need| alert.needs.iter().any(|own| own.value == need.value));
    ranks == Ordering::Greater && theirs.value <= own.value && needs
}
