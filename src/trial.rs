//! A pack's inline tests, run through the same steps as live records, in virtual time.
//!
//! In: an engine that holds the pack alone, and the pack's tests. Out: a [`Trial`] for each, with what differed and the
//! evidence that decided. `alerts` and `hits` are exact sets over the whole test, `score` and `stance` those of the
//! last post, what is absent is unchecked, and a `known_miss` must fail.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use crate::decode::Format;
use crate::pack::check::duration;
use crate::pack::grammar::{Expect, ExpectedStance, Test, TestPost};
use crate::score::{Engine, Stance};
use crate::stages::{Arrival, Options, Outcome, ScoreStage, Scored};
use crate::yaml::At;

/// When virtual time begins: 2025-01-01T00:00:00Z. Any fixed moment does.
const BEGINNING: i64 = 1_735_689_600;

/// How one test went.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The test's name.
    pub name: String,
    /// Where it stands in the pack.
    pub span: Range<usize>,
    /// Whether it went as its author says (a `known_miss` must fail).
    pub passed: bool,
    /// Whether it is a known miss.
    pub known_miss: bool,
    /// What differed, and the evidence that decided.
    pub differences: Vec<String>,
    /// The indicators that hit.
    pub hits: BTreeSet<String>,
}

/// Runs all tests of the engine's first pack.
#[must_use]
pub fn run(engine: &Arc<Engine>) -> Vec<Trial> {
    let Some(pack) = engine.packs.first() else { return Vec::new() };
    pack.pack.file.tests.iter().map(|test| trial(engine, test)).collect()
}

fn trial(engine: &Arc<Engine>, test: &Test) -> Trial {
    let mut stage = ScoreStage::new(Arc::clone(engine), options());
    let mut seen = Seen::default();
    let mut broken = Vec::new();
    for (number, post) in test.posts.iter().enumerate() {
        match step(&mut stage, number, post) {
            Ok(scored) => seen.take(engine, scored),
            Err(why) => broken.push(format!("post {} is none: {why}", number + 1)),
        }
    }
    let mut differences = broken;
    differences.extend(seen.differences(&test.expect));
    if !differences.is_empty() {
        differences.extend(seen.evidence(engine));
    }
    let failed = !differences.is_empty();
    if test.known_miss && !failed {
        differences.push("this known miss is found now: remove `known_miss: true`".to_string());
    }
    let passed = failed == test.known_miss;
    Trial {
        name: test.name.value.clone(),
        span: test.name.span.clone(),
        passed,
        known_miss: test.known_miss,
        differences,
        hits: seen.hits,
    }
}

fn options() -> Options {
    Options { formats: [("test".to_string(), Format::Post)].into(), source: "test".into(), include_text: false }
}

fn step(stage: &mut ScoreStage, number: usize, post: &TestPost) -> Result<Scored, String> {
    let after = post.at.as_ref().and_then(|at| duration(at)).unwrap_or_default();
    let at = Timestamp::from_second(BEGINNING + i64::try_from(after.as_secs()).unwrap_or(0)).unwrap_or_default();
    let author = post.author.as_ref().map(|author| author.value.as_str());
    let source = author.and_then(|author| author.split_once('/')).map_or("web", |(source, _)| source);
    let payload = serde_json::json!({
        "id": format!("{}/test/{number}", source),
        "source": source,
        "kind": post.kind.as_ref().map_or("post", |kind| kind.value.as_str()),
        "author": author,
        "published_at": at.to_string(),
        "title": post.title,
        "text": post.text,
        "links": post.links,
        "forwarded_from": post.forwarded_from,
    });
    let payload = payload.to_string().into_bytes();
    let offset = i64::try_from(number).unwrap_or(0);
    let arrival = Arrival {
        topic: "test",
        partition: 0,
        offset,
        timestamp: at,
        key: None,
        payload: Some(&payload),
        headers: &[],
    };
    let mut out = Vec::new();
    match stage.step(&arrival, at, &mut out) {
        (_, Some(scored)) => Ok(scored),
        (Outcome::Ignored(reason) | Outcome::DeadLetter(reason), None) => Err(reason.to_string()),
        (Outcome::Scored, None) => Err("nothing was scored".to_string()),
    }
}

/// What the posts of one test gave.
#[derive(Default)]
struct Seen {
    score: f64,
    stance: Option<Stance>,
    alerts: BTreeSet<String>,
    hits: BTreeSet<String>,
    posts: Vec<Scored>,
}

impl Seen {
    fn take(&mut self, engine: &Engine, scored: Scored) {
        (self.score, self.stance) = (scored.verdict.score, scored.verdict.stance);
        for pack in &scored.verdict.packs {
            let file = &engine.packs[pack.pack].pack.file;
            self.hits.extend(pack.hits.iter().map(|hit| file.indicators[hit.indicator].id.value.clone()));
            self.alerts.extend(pack.alert.map(|at| file.alerts[at].id.value.clone()));
        }
        self.posts.push(scored);
    }

    fn differences(&self, expect: &Expect) -> Vec<String> {
        let mut differences = Vec::new();
        if let Some(score) = expect.score
            && (score - self.score).abs() > 0.05
        {
            differences.push(format!("score: expected {score}, got {}", self.score));
        }
        if let Some(wanted) = expect.stance.as_ref().map(|stance| stance.value) {
            let got = self.stance.map_or("none", Stance::name);
            if name(wanted) != got {
                differences.push(format!("stance: expected {}, got {got}", name(wanted)));
            }
        }
        for (what, wanted, got) in [("alerts", &expect.alerts, &self.alerts), ("hits", &expect.hits, &self.hits)] {
            if let Some(wanted) = wanted {
                differences.extend(set_difference(what, wanted, got));
            }
        }
        differences
    }

    /// What decided, in words.
    fn evidence(&self, engine: &Engine) -> Vec<String> {
        let mut lines = Vec::new();
        for scored in &self.posts {
            for pack in &scored.verdict.packs {
                let indicators = &engine.packs[pack.pack].pack.file.indicators;
                for hit in &pack.hits {
                    let words = |evidence: &[crate::score::Evidence]| {
                        evidence.iter().map(|one| format!("“{}”", one.exact)).collect::<Vec<_>>().join(" ")
                    };
                    let because =
                        if hit.because.is_empty() { String::new() } else { format!(" by {}", words(&hit.because)) };
                    let id = &indicators[hit.indicator].id.value;
                    let (state, kept, points) = (hit.state.name(), hit.kept, hit.points);
                    lines.push(format!("  {id}: {state}, keeps {kept} of {points}: {}{because}", words(&hit.evidence)));
                }
            }
        }
        lines
    }
}

fn set_difference(what: &str, wanted: &[At<String>], got: &BTreeSet<String>) -> Option<String> {
    let wanted: BTreeSet<String> = wanted.iter().map(|name| name.value.clone()).collect();
    let list = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let missing = list(wanted.difference(got).collect());
    let extra = list(got.difference(&wanted).collect());
    match (missing.is_empty(), extra.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{what}: missing {missing}")),
        (true, false) => Some(format!("{what}: not expected {extra}")),
        (false, false) => Some(format!("{what}: missing {missing}; not expected {extra}")),
    }
}

fn name(stance: ExpectedStance) -> &'static str {
    match stance {
        ExpectedStance::Asserts => "asserts",
        ExpectedStance::Relays => "relays",
        ExpectedStance::Reports => "reports",
        ExpectedStance::Disputes => "disputes",
        ExpectedStance::None => "none",
    }
}
