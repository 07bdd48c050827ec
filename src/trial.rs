//! A pack's inline tests, run through the same steps as live records, in virtual time.
//!
//! In: an engine that holds the pack alone, and the pack's tests. Out: a [`Trial`] for each, with what differed and what
//! its posts gave, from which [`coverage`] tells what no test touches. `alerts` and `hits` are exact sets over the whole
//! test, `told` counts what `once_per` lets through, `score` and `stance` are those of the last post, what is absent is
//! unchecked, and a `known_miss` must fail. What a text reads like counts among `hits` where a test names it.

pub mod coverage;

use std::collections::BTreeSet;
use std::fmt;
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
#[derive(Debug)]
pub struct Trial {
    /// The test's name.
    pub name: String,
    /// Where it stands in the pack.
    pub span: Range<usize>,
    /// Whether it went as its author says (a `known_miss` must fail).
    pub passed: bool,
    /// Whether it is a known miss.
    pub known_miss: bool,
    /// What differed.
    pub differences: Vec<Difference>,
    /// The indicators that hit.
    pub hits: BTreeSet<String>,
    /// Its posts and what they gave.
    pub posts: Vec<Scored>,
}

impl Trial {
    /// Why it did not pass, in a line.
    #[must_use]
    pub fn why(&self) -> String {
        if self.known_miss && self.differences.is_empty() {
            return "this known miss is found now: remove `known_miss: true`".to_string();
        }
        self.differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What: `score`, `alerts`, `post 2`.
    pub what: String,
    /// What the test says.
    pub expected: String,
    /// What there is.
    pub got: String,
}

impl Difference {
    fn new(what: impl Into<String>, expected: &dyn fmt::Display, got: &dyn fmt::Display) -> Self {
        Self { what: what.into(), expected: expected.to_string(), got: got.to_string() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.what, self.expected, self.got)
    }
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
    let mut differences = Vec::new();
    for (number, post) in test.posts.iter().enumerate() {
        match step(&mut stage, number, post) {
            Ok(scored) => seen.take(engine, scored),
            Err(why) => differences.push(Difference::new(format!("post {}", number + 1), &"a post", &why)),
        }
    }
    differences.extend(seen.differences(&test.expect));
    Trial {
        name: test.name.value.clone(),
        span: test.name.span.clone(),
        passed: differences.is_empty() != test.known_miss,
        known_miss: test.known_miss,
        differences,
        hits: seen.hits,
        posts: seen.posts,
    }
}

fn options() -> Options {
    Options { formats: [("test".to_string(), Format::Post)].into(), source: "test".into(), include_text: false }
}

fn step(stage: &mut ScoreStage, number: usize, post: &TestPost) -> Result<Scored, &'static str> {
    let after = post.at.as_ref().and_then(|at| duration(at)).unwrap_or_default();
    let at = Timestamp::from_second(BEGINNING + i64::try_from(after.as_secs()).unwrap_or(0)).unwrap_or_default();
    let payload = record(number, post, at).to_string().into_bytes();
    let offset = i64::try_from(number).unwrap_or(0);
    let arrival = Arrival::offline("test", offset, at, &payload);
    let mut out = Vec::new();
    match stage.step(&arrival, at, &mut out) {
        (_, Some(scored)) => Ok(scored),
        (Outcome::Ignored(reason) | Outcome::DeadLetter(reason), None) => Err(reason),
        (Outcome::Scored, None) => Err("nothing"),
    }
}

/// The post in our own wire shape. Its platform is that of its author, else of its channel.
fn record(number: usize, post: &TestPost, at: Timestamp) -> serde_json::Value {
    let author = post.author.as_ref().map(|author| author.value.as_str());
    let channel = post.channel.as_ref().map(|channel| channel.value.as_str());
    let source = author.or(channel).and_then(|account| account.split_once('/')).map_or("web", |(source, _)| source);
    // On another platform than the author's it keeps its own.
    let own = |channel: &str| channel.strip_prefix(source).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
    serde_json::json!({
        "id": format!("{source}/test/{number}"),
        "source": source,
        "kind": post.kind.as_ref().map_or("post", |kind| kind.value.as_str()),
        "author": author,
        "channel": channel.map(|channel| own(channel).unwrap_or(channel.to_owned())),
        "published_at": at.to_string(),
        "lang": post.lang,
        "title": post.title,
        "text": post.text,
        "links": post.links,
        "hashtags": post.hashtags,
        "mentions": post.mentions,
        "media": post.media,
        "reply_to": post.reply_to,
        "repost_of": post.repost_of,
        "forwarded_from": post.forwarded_from,
        "url": post.url,
    })
}

/// What the posts of one test gave.
#[derive(Default)]
struct Seen {
    score: f64,
    stance: Option<Stance>,
    alerts: BTreeSet<String>,
    told: usize,
    hits: BTreeSet<String>,
    /// Of the hits, those that only say what a text reads like.
    likenesses: BTreeSet<String>,
    posts: Vec<Scored>,
}

impl Seen {
    fn take(&mut self, engine: &Engine, scored: Scored) {
        (self.score, self.stance) = (scored.verdict.score, scored.verdict.stance);
        for pack in &scored.verdict.packs {
            let file = &engine.packs[pack.pack].pack.file;
            for hit in &pack.hits {
                let id = &file.indicators[hit.indicator].id.value;
                if hit.likeness {
                    self.likenesses.insert(id.clone());
                }
                self.hits.insert(id.clone());
            }
            self.alerts.extend(pack.alert.map(|at| file.alerts[at].id.value.clone()));
        }
        self.told += scored.told.iter().filter(|(_, told)| *told).count();
        self.posts.push(scored);
    }

    /// The hits that a test must name. A likeness is learnt, and another learning must not break tests that do not ask for it.
    fn named(&self, expect: &Expect) -> BTreeSet<String> {
        let asked = |id: &&String| expect.hits.iter().flatten().any(|hit| hit.value == **id);
        self.hits.iter().filter(|id| !self.likenesses.contains(*id) || asked(id)).cloned().collect()
    }

    fn differences(&self, expect: &Expect) -> Vec<Difference> {
        let mut differences = Vec::new();
        if let Some(score) = expect.score
            && (score - self.score).abs() > 0.05
        {
            differences.push(Difference::new("score", &score, &self.score));
        }
        if let Some(wanted) = expect.stance.as_ref().map(|stance| name(stance.value)) {
            let got = self.stance.map_or("none", Stance::name);
            if wanted != got {
                differences.push(Difference::new("stance", &wanted, &got));
            }
        }
        differences.extend(set_difference("alerts", expect.alerts.as_deref(), &self.alerts));
        if let Some(told) = expect.told.filter(|told| *told != self.told) {
            differences.push(Difference::new("told", &told, &self.told));
        }
        differences.extend(set_difference("hits", expect.hits.as_deref(), &self.named(expect)));
        differences
    }
}

fn set_difference(what: &str, wanted: Option<&[At<String>]>, got: &BTreeSet<String>) -> Option<Difference> {
    let wanted: BTreeSet<String> = wanted?.iter().map(|name| name.value.clone()).collect();
    let list = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let named = |names: &BTreeSet<String>| if names.is_empty() { "none".into() } else { list(names.iter().collect()) };
    let missing = list(wanted.difference(got).collect());
    let extra = list(got.difference(&wanted).collect());
    let differs = match (missing.is_empty(), extra.is_empty()) {
        (true, true) => return None,
        (false, true) => format!("missing {missing}"),
        (true, false) => format!("not expected {extra}"),
        (false, false) => format!("missing {missing}; not expected {extra}"),
    };
    Some(Difference::new(what, &named(&wanted), &format!("{} ({differs})", named(got))))
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

#[cfg(test)]
mod tests {
    use super::coverage::{Coverage, Sort, coverage};
    use super::*;
    use crate::pack;
    use crate::problem::Source;

    const PACK: &str = "
pack: p
version: 0.1.0
title: t
references: [https://example.org/]
actors:
  rybar: { accounts: [telegram/rybar, telegram/other], names: [Rybar, Рыбарь], ambiguous: { fish: { near: [call], within: 5 } } }
words:
  call: { en: [come to ruritania, invest*], ru: [приглаша* инвестор*] }
domains:
  outlets: [example.com, пример.рф]
  imitated: [spiegel.de, lemonde.fr]
indicators:
  - { id: call, title: c, points: 50, match: { words: [call] } }
  - { id: voice, title: v, points: 30, match: { author: [rybar] } }
  - { id: link, title: l, points: 10, match: { any: [{ link: { domains: [outlets] } }, { link: { lookalike: [imitated] } }] } }
alerts:
  - { id: low, level: low, at: 40, once_per: { author: 1h } }
  - { id: high, level: high, at: 80, once_per: { channel: 1h } }
tests:
";

    fn engine(tests: &str) -> Arc<Engine> {
        let source = Source { name: "p.yaml".into(), text: format!("{PACK}{tests}") };
        let (vocabulary, _) = crate::shelf::vocabulary(&[]);
        let (pack, problems) = pack::load(&source, &[], &vocabulary);
        Arc::new(Engine::new(vec![pack.unwrap_or_else(|| panic!("{problems:?}"))], &vocabulary).unwrap())
    }

    /// What differs in a test with these posts and expectations.
    fn check(posts: &str, expect: &str, differs: &[&str]) {
        let trials = run(&engine(&format!("  - {{ name: n, posts: [{posts}], expect: {{ {expect} }} }}")));
        let got: Vec<String> =
            trials[0].differences.iter().map(|one| format!("{} {} {}", one.what, one.expected, one.got)).collect();
        assert_eq!(got, differs, "{posts} {expect}");
    }

    #[test]
    fn an_alert_is_told_once_in_a_while_of_virtual_time() {
        let posts =
            |times: [&str; 3]| times.map(|at| format!("{{ at: {at}, author: web/a, text: Invest! }}")).join(", ");
        check(&posts(["0s", "59m", "1h 1m"]), "alerts: [low], told: 2", &[]);
        check(&posts(["0s", "20m", "40m"]), "alerts: [low], told: 1", &[]);
        check(&posts(["0s", "2h", "4h"]), "alerts: [low], told: 2", &["told 2 3"]);
        let others = "{ author: web/a, text: Invest! }, { author: web/b, text: Invest! }";
        check(others, "told: 2", &[]);
        // Of a post in a channel, the channel's hour counts.
        let channel = |author: &str| format!("{{ author: telegram/{author}, channel: telegram/rybar, text: Invest! }}");
        check(&[channel("a"), channel("b")].join(", "), "alerts: [high], told: 1, hits: [call, voice]", &[]);
    }

    #[test]
    fn what_differs_is_named_with_what_was_expected() {
        let post = "{ author: telegram/rybar, text: Invest! }";
        check(post, "score: 80, stance: asserts, alerts: [high], hits: [call, voice]", &[]);
        check(post, "score: 70, stance: reports", &["score 70 80", "stance reports asserts"]);
        check(
            post,
            "alerts: [low], hits: []",
            &["alerts low high (missing low; not expected high)", "hits none call, voice (not expected call, voice)"],
        );
        check("{ text: \"\" }", "stance: none", &["post 1 a post empty"]);
    }

    #[test]
    fn a_post_carries_every_field() {
        let post = "{ author: telegram/anna, channel: x/other, kind: comment, lang: ru, title: T, text: W, links: [https://e.org/], \
                    hashtags: [tag], mentions: [bob], media: [m1], reply_to: telegram/a/1, repost_of: telegram/b/2, \
                    forwarded_from: telegram/c, url: https://t.me/anna/1 }";
        let trials = run(&engine(&format!("  - {{ name: n, posts: [{post}], expect: {{}} }}")));
        let post = &trials[0].posts[0].post;
        assert_eq!((post.source.as_str(), post.channel.as_deref()), ("telegram", Some("x/other")));
        assert_eq!((post.lang.as_deref(), post.title.as_deref()), (Some("ru"), Some("T")));
        assert_eq!((&post.hashtags[..], &post.mentions[..]), (&["tag".to_string()][..], &["bob".to_string()][..]));
        assert_eq!((&post.links[..], &post.media[..]), (&["https://e.org/".to_string()][..], &["m1".to_string()][..]));
        let ids = (post.reply_to.as_deref(), post.repost_of.as_deref(), post.forwarded_from.as_deref());
        assert_eq!(ids, (Some("telegram/a/1"), Some("telegram/b/2"), Some("telegram/c")));
        assert_eq!((post.kind.name(), post.url.as_deref()), ("comment", Some("https://t.me/anna/1")));
    }

    #[test]
    fn what_no_test_touches_is_known_to_the_phrase() {
        let engine = engine(
            "  - name: one
    posts:
      - { author: telegram/Rybar, text: Investors come. Fish. }
      - { author: web/a, text: Рыбарь, links: [\"https://sub.xn--e1afmkfd.xn--p1ai/x\", \"https://spiegel.ltd/\"] }
      - { author: web/b, kind: repost, text: w, forwarded_from: telegram/other }
    expect: {}",
        );
        let Coverage(entries) = coverage(&engine.packs[0].pack.file, &run(&engine)).unwrap();
        let untouched: Vec<String> = entries
            .iter()
            .filter(|entry| !entry.touched)
            .map(|entry| format!("{} {} {}", entry.sort.name(), entry.of, entry.entry))
            .collect();
        assert_eq!(
            untouched,
            [
                "alerts  low",
                "phrases call/en come to ruritania",
                "phrases call/ru приглаша* инвестор*",
                "names rybar Rybar",
                "domains outlets example.com",
                "domains imitated lemonde.fr",
            ]
        );
        let whole = Coverage(entries);
        assert_eq!((whole.count(Sort::Phrases), whole.count(Sort::Names), whole.total()), ((1, 3), (2, 3), (11, 17)));
    }
}
