//! The scorer as the delivery path drives it, with what it found counted once it is durable.

use std::sync::Arc;

use jiff::Timestamp;
use prometheus::IntCounter;

use crate::kafka::Step;
use crate::metrics::Metrics;
use crate::pack::grammar::Level;
use crate::post::Kind;
use crate::score::Stance;
use crate::stages::{Arrival, Outcome, Outgoing, ScoreStage, Scored, dead_letter};

/// A counter and what is not yet durable of it.
struct Pending {
    counter: IntCounter,
    count: u64,
}

impl Pending {
    fn new(counter: IntCounter) -> Self {
        Self { counter, count: 0 }
    }

    fn add(&mut self) {
        self.count += 1;
    }
}

/// What is counted of one pack.
struct PackCounts {
    hits: Vec<Pending>,
    /// By alert rule.
    alerts: Vec<Pending>,
    suppressed: Pending,
}

/// A scorer that counts.
pub(super) struct Counting {
    stage: ScoreStage,
    metrics: Arc<Metrics>,
    packs: Vec<PackCounts>,
    kinds: [Pending; 4],
    stances: [Pending; 5],
    scores: Vec<f64>,
}

impl Counting {
    pub(super) fn new(stage: ScoreStage, metrics: &Arc<Metrics>) -> Self {
        let packs = stage.engine().packs.iter().map(|pack| {
            let file = &pack.pack.file;
            let name = file.pack.value.as_str();
            let hits = file.indicators.iter().map(|one| metrics.hits.with_label_values(&[name, one.id.as_str()]));
            let level = |level: Level| metrics.alerts.with_label_values(&[name, level.name()]);
            PackCounts {
                hits: hits.map(Pending::new).collect(),
                alerts: file.alerts.iter().map(|rule| Pending::new(level(rule.level))).collect(),
                suppressed: Pending::new(metrics.alerts_suppressed.with_label_values(&[name])),
            }
        });
        let packs = packs.collect();
        let stance = |name: &str| Pending::new(metrics.stances.with_label_values(&[name]));
        let [a, b, c, d] = Stance::ALL.map(|one| stance(one.name()));
        let kinds = Kind::ALL.map(|kind| Pending::new(metrics.decoded.with_label_values(&[kind.name()])));
        Self {
            packs,
            kinds,
            stances: [a, b, c, d, stance("none")],
            scores: Vec::new(),
            metrics: Arc::clone(metrics),
            stage,
        }
    }

    fn count(&mut self, scored: &Scored) {
        let verdict = &scored.verdict;
        let stance = verdict.stance.and_then(|stance| Stance::ALL.iter().position(|one| *one == stance));
        self.stances[stance.unwrap_or(4)].add();
        if let Some(kind) = Kind::ALL.iter().position(|one| *one == scored.post.kind) {
            self.kinds[kind].add();
        }
        self.scores.push(verdict.score);
        for pack in &verdict.packs {
            let counts = &mut self.packs[pack.pack];
            pack.hits.iter().for_each(|hit| counts.hits[hit.indicator].add());
            let told = scored.told.iter().find(|(at, _)| *at == pack.pack);
            match (pack.alert, told) {
                (Some(rule), Some((_, true))) => counts.alerts[rule].add(),
                (Some(_), Some((_, false))) => counts.suppressed.add(),
                _ => {}
            }
        }
    }

    fn pending(&mut self) -> impl Iterator<Item = &mut Pending> {
        let packs = self
            .packs
            .iter_mut()
            .flat_map(|pack| pack.hits.iter_mut().chain(&mut pack.alerts).chain(std::iter::once(&mut pack.suppressed)));
        packs.chain(&mut self.kinds).chain(&mut self.stances)
    }
}

impl Step for Counting {
    fn step(&mut self, arrival: &Arrival<'_>, now: Timestamp, out: &mut Vec<Outgoing>) -> Outcome {
        let (outcome, scored) = self.stage.step(arrival, now, out);
        if let Some(scored) = scored {
            self.count(&scored);
        }
        outcome
    }

    fn unpublishable(&mut self, arrival: &Arrival<'_>, reason: &'static str, message: &str, out: &mut Vec<Outgoing>) {
        out.push(dead_letter(arrival, "publish", reason, message));
    }

    fn committed(&mut self) {
        self.stage.committed();
        for pending in self.pending() {
            pending.counter.inc_by(std::mem::take(&mut pending.count));
        }
        for score in self.scores.drain(..) {
            self.metrics.score.observe(score);
        }
    }

    fn aborted(&mut self) {
        self.stage.aborted();
        self.pending().for_each(|pending| pending.count = 0);
        self.scores.clear();
    }
}
