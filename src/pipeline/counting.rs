//! The scorer as the delivery path drives it, with what it found counted once it is durable.
//!
//! Changed packs are taken up before the first record of a batch and nowhere else: then nothing is pending, so no count of
//! the packs of before is lost, and no batch is scored by two engines.
//!
//! What the live page shows of an alert is made here too, where its post still is, and goes there when the batch is durable.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use jiff::Timestamp;
use prometheus::IntCounter;

use crate::admin::{Card, Live};
use crate::kafka::Step;
use crate::metrics::Metrics;
use crate::pack::grammar::Level;
use crate::post::{Kind, Post};
use crate::reload::InForce;
use crate::score::{Engine, Stance};
use crate::stages::{Arrival, Options, Outcome, Outgoing, Output, ScoreStage, Scored, dead_letter};
use crate::traces::{Stepped, Traces};

/// Cards of a batch, the newest. More would be pushed out by later ones before anybody saw them.
const CARDS: usize = 64;

/// One post in so many is scored a second time with a clock, to know what each indicator costs.
const SAMPLED: u32 = 1_000;

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

impl PackCounts {
    /// Of every pack of an engine, in its order.
    fn of(engine: &Engine, metrics: &Metrics) -> Vec<Self> {
        let packs = engine.packs.iter().map(|pack| {
            let file = &pack.pack.file;
            let name = file.pack.value.as_str();
            let hits = file.indicators.iter().map(|one| metrics.hits.with_label_values(&[name, one.id.as_str()]));
            let level = |level: Level| metrics.alerts.with_label_values(&[name, level.name()]);
            Self {
                hits: hits.map(Pending::new).collect(),
                alerts: file.alerts.iter().map(|rule| Pending::new(level(rule.level))).collect(),
                suppressed: Pending::new(metrics.alerts_suppressed.with_label_values(&[name])),
            }
        });
        packs.collect()
    }
}

/// A platform as a label: a post of our own shape may name any source, and a label must be bounded.
fn platform(source: &str) -> &'static str {
    const PLATFORMS: [&str; 6] = ["telegram", "x", "bluesky", "mastodon", "reddit", "web"];
    PLATFORMS.into_iter().find(|one| *one == source).unwrap_or("other")
}

/// A scorer that counts.
pub(super) struct Counting {
    in_force: Arc<InForce>,
    stage: ScoreStage,
    /// Whether no record was stepped since the last batch ended.
    between: bool,
    metrics: Arc<Metrics>,
    packs: Vec<PackCounts>,
    kinds: [Pending; 4],
    stances: [Pending; 5],
    /// By platform and language found; few are ever seen.
    posts: BTreeMap<(&'static str, &'static str), Pending>,
    scores: Vec<f64>,
    live: Arc<Live>,
    cards: VecDeque<Card>,
    /// Alerts of the batch whose cards were let go.
    cardless: u64,
    /// Posts until one is timed.
    untimed: u32,
    traces: Traces,
}

impl Counting {
    pub(super) fn new(in_force: &Arc<InForce>, options: Options, metrics: &Arc<Metrics>, live: &Arc<Live>) -> Self {
        let stage = ScoreStage::new(in_force.engine(), options);
        let packs = PackCounts::of(stage.engine(), metrics);
        let stance = |name: &str| Pending::new(metrics.stances.with_label_values(&[name]));
        let [a, b, c, d] = Stance::ALL.map(|one| stance(one.name()));
        let kinds = Kind::ALL.map(|kind| Pending::new(metrics.decoded.with_label_values(&[kind.name()])));
        Self {
            in_force: Arc::clone(in_force),
            between: true,
            packs,
            kinds,
            stances: [a, b, c, d, stance("none")],
            posts: BTreeMap::new(),
            scores: Vec::new(),
            live: Arc::clone(live),
            cards: VecDeque::new(),
            cardless: 0,
            untimed: 0,
            traces: Traces::default(),
            metrics: Arc::clone(metrics),
            stage,
        }
    }

    /// Tells of each record besides.
    pub(super) fn traced(self, traces: &Traces) -> Self {
        Self { traces: traces.clone(), ..self }
    }

    /// Takes up changed packs, between two batches.
    fn renew(&mut self) {
        if std::mem::take(&mut self.between) {
            let engine = self.in_force.engine();
            if !Arc::ptr_eq(&engine, self.stage.engine()) {
                self.packs = PackCounts::of(&engine, &self.metrics);
                self.stage.renew(engine);
            }
        }
    }

    fn count(&mut self, scored: &Scored) {
        let verdict = &scored.verdict;
        let stance = verdict.stance.and_then(|stance| Stance::ALL.iter().position(|one| *one == stance));
        self.stances[stance.unwrap_or(4)].add();
        if let Some(kind) = Kind::ALL.iter().position(|one| *one == scored.post.kind) {
            self.kinds[kind].add();
        }
        let place = (platform(&scored.post.source), verdict.language.code());
        let posts = self
            .posts
            .entry(place)
            .or_insert_with(|| Pending::new(self.metrics.posts.with_label_values(&[place.0, place.1])));
        posts.add();
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

    /// Makes cards of the alerts among what a record gave, for the live page.
    fn show(&mut self, scored: &Scored, arrival: &Arrival<'_>, now: Timestamp, out: &[Outgoing]) {
        let told = scored.verdict.packs.iter().filter(|pack| scored.told.contains(&(pack.pack, true)));
        let raised = out.iter().filter(|one| one.to == Output::Alerts);
        for (pack, alert) in told.zip(raised) {
            let compiled = &self.stage.engine().packs[pack.pack];
            let id = alert.header("ce_id").unwrap_or_default();
            self.cards.extend(Card::new(compiled, &scored.verdict, pack, &scored.post, arrival, id, now));
        }
        while self.cards.len() > CARDS {
            self.cards.pop_front();
            self.cardless += 1;
        }
    }

    /// Times the indicators on one post in so many.
    fn time(&mut self, post: &Post) {
        if self.untimed > 0 {
            self.untimed -= 1;
            return;
        }
        self.untimed = SAMPLED;
        let began = Instant::now();
        let costs = self.stage.costs(post, || began.elapsed());
        for cost in costs {
            let file = &self.stage.engine().packs[cost.pack].pack.file;
            let labels = [file.pack.as_str(), file.indicators[cost.indicator].id.as_str()];
            self.metrics.sampled.with_label_values(&labels).inc();
            self.metrics.sampled_seconds.with_label_values(&labels).inc_by(cost.took.as_secs_f64());
        }
    }

    fn pending(&mut self) -> impl Iterator<Item = &mut Pending> {
        let packs = self
            .packs
            .iter_mut()
            .flat_map(|pack| pack.hits.iter_mut().chain(&mut pack.alerts).chain(std::iter::once(&mut pack.suppressed)));
        packs.chain(&mut self.kinds).chain(&mut self.stances).chain(self.posts.values_mut())
    }
}

impl Step for Counting {
    fn step(&mut self, arrival: &Arrival<'_>, now: Timestamp, out: &mut Vec<Outgoing>) -> Outcome {
        self.renew();
        let before = out.len();
        let began = self.traces.wanted().then(SystemTime::now);
        let (outcome, scored) = self.stage.step(arrival, now, out);
        if let Some(began) = began {
            self.traces.tell(Stepped { arrival, began, outcome, scored: scored.as_ref() }, &mut out[before..]);
        }
        if let Some(scored) = scored {
            self.count(&scored);
            self.show(&scored, arrival, now, &out[before..]);
            self.time(&scored.post);
        }
        outcome
    }

    fn unpublishable(&mut self, arrival: &Arrival<'_>, reason: &'static str, message: &str, out: &mut Vec<Outgoing>) {
        out.push(dead_letter(arrival, "publish", reason, message));
    }

    fn committed(&mut self) {
        self.stage.committed();
        self.between = true;
        for pending in self.pending() {
            pending.counter.inc_by(std::mem::take(&mut pending.count));
        }
        for score in self.scores.drain(..) {
            self.metrics.score.observe(score);
        }
        if !self.cards.is_empty() {
            self.live.offer(std::mem::take(&mut self.cards), std::mem::take(&mut self.cardless));
        }
    }

    fn aborted(&mut self) {
        self.stage.aborted();
        self.between = true;
        self.pending().for_each(|pending| pending.count = 0);
        self.scores.clear();
        self.cards.clear();
        self.cardless = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Source;
    use crate::reload::Attempt;
    use crate::shelf;
    use crate::stages::Output;

    fn engine(version: &str, points: u32, indicator: &str) -> Arc<Engine> {
        let text = format!(
            "pack: p\nversion: {version}\ntitle: A pack\nreferences: [https://example.org/]\nwords:\n  thing: {{ en: [harvest] }}\n\
             indicators:\n  - {{ id: {indicator}, title: A call, points: {points}, match: {{ words: [thing] }} }}\n\
             alerts:\n  - {{ id: review, level: low, at: 10, once_per: {{ author: 1h }} }}\n"
        );
        let sources = [Source { name: "p.yaml".into(), text }];
        Arc::new(shelf::open(&sources).unwrap().engine().unwrap())
    }

    struct Desk {
        in_force: Arc<InForce>,
        live: Arc<Live>,
        metrics: Arc<Metrics>,
        counting: Counting,
    }

    impl Desk {
        fn new(engine: Arc<Engine>) -> Self {
            let in_force = Arc::new(InForce::new(engine, Timestamp::UNIX_EPOCH));
            let metrics = Arc::default();
            let live = Live::new(&metrics);
            Self { counting: Counting::new(&in_force, Options::default(), &metrics, &live), in_force, live, metrics }
        }

        fn swap(&self, engine: Arc<Engine>) {
            let attempt = Attempt {
                at: Timestamp::UNIX_EPOCH,
                took: std::time::Duration::ZERO,
                outcome: crate::reload::Outcome::Swapped,
                message: None,
                problems: Vec::new(),
                more: 0,
            };
            self.in_force.record(&attempt, Some(engine));
        }

        /// Steps a post with the word; gives the version that scored it, its points, and how many alerts were told.
        fn step(&mut self) -> (String, f64, usize) {
            let payload = br#"{"id":"1","source":"web","author":{"handle":"a"},"published_at":"2025-01-01T00:00:00Z","text":"The harvest is in."}"#;
            let arrival = Arrival::offline("t", 0, Timestamp::UNIX_EPOCH, payload);
            let mut out = Vec::new();
            assert_eq!(self.counting.step(&arrival, Timestamp::UNIX_EPOCH, &mut out), Outcome::Scored);
            let record: serde_json::Value = serde_json::from_slice(out[0].payload.as_ref().unwrap()).unwrap();
            let pack = &record["packs"][0];
            let alerts = out.iter().filter(|out| out.to == Output::Alerts).count();
            (pack["version"].as_str().unwrap().into(), pack["points"].as_f64().unwrap(), alerts)
        }

        fn hits(&self, indicator: &str) -> u64 {
            self.metrics.hits.with_label_values(&["p", indicator]).get()
        }
    }

    #[test]
    fn changed_packs_wait_for_the_end_of_the_batch() {
        let mut desk = Desk::new(engine("1.0.0", 30, "old"));
        assert_eq!(desk.step(), ("1.0.0".into(), 30.0, 1));
        desk.swap(engine("2.0.0", 50, "new"));
        assert_eq!(desk.step(), ("1.0.0".into(), 30.0, 0));
        desk.counting.committed();
        assert_eq!(desk.hits("old"), 2);
        assert_eq!(desk.step().0, "2.0.0");
        // Back and forth within a batch is not seen at all.
        desk.swap(engine("3.0.0", 60, "new"));
        assert_eq!(desk.step(), ("2.0.0".into(), 50.0, 0));
        desk.counting.aborted();
        assert_eq!(desk.step().0, "3.0.0");
        desk.counting.committed();
        assert_eq!((desk.hits("old"), desk.hits("new")), (2, 1));
    }

    #[test]
    fn what_once_per_told_is_remembered_over_a_swap() {
        let mut desk = Desk::new(engine("1.0.0", 30, "call"));
        assert_eq!(desk.step().2, 1);
        desk.counting.committed();
        desk.swap(engine("2.0.0", 50, "call"));
        assert_eq!(desk.step(), ("2.0.0".into(), 50.0, 0));
        desk.counting.committed();
        assert_eq!(desk.metrics.alerts_suppressed.with_label_values(&["p"]).get(), 1);
    }

    #[test]
    fn the_live_page_sees_what_is_durable_and_told() {
        let mut desk = Desk::new(engine("1.0.0", 30, "call"));
        desk.step();
        desk.counting.aborted();
        assert_eq!(desk.live.waiting(), 0);
        desk.step();
        assert_eq!(desk.step().2, 0, "held back by once_per");
        assert_eq!(desk.live.waiting(), 0, "not yet durable");
        desk.counting.committed();
        assert_eq!(desk.live.waiting(), 1);
        desk.counting.committed();
        assert_eq!(desk.live.waiting(), 1);
    }

    /// `cargo test --lib cost_of_the_page -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement"]
    #[allow(clippy::print_stderr, reason = "shown with --nocapture")]
    fn cost_of_the_page() {
        let mut desk = Desk::new(engine("1.0.0", 30, "call"));
        let text = format!("The harvest is in. {}", "Words of an ordinary length follow it here. ".repeat(10));
        let payload = format!(
            r#"{{"id":"1","source":"web","author":{{"handle":"a"}},"published_at":"2025-01-01T00:00:00Z","text":"{text}"}}"#
        );
        let arrival = Arrival::offline("t", 0, Timestamp::UNIX_EPOCH, payload.as_bytes());
        let mut out = Vec::new();
        let (_, scored) = desk.counting.stage.step(&arrival, Timestamp::UNIX_EPOCH, &mut out);
        let scored = scored.unwrap();
        let begun = std::time::Instant::now();
        for _ in 0..10_000 {
            desk.counting.show(&scored, &arrival, Timestamp::UNIX_EPOCH, &out);
        }
        let card = begun.elapsed() / 10_000;
        let begun = std::time::Instant::now();
        for _ in 0..10_000 {
            desk.live.offer(VecDeque::from([desk.counting.cards[0].clone()]), 0);
        }
        eprintln!("a card {card:?}, an offer with a copy {:?}", begun.elapsed() / 10_000);
    }
}
