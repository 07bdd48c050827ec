//! Labelled posts through the scorer: how often packs are right about what a text does with a narrative.
//!
//! In: labelled records, one at a time, and an engine. Out: a [`Judged`] for each, and a [`Tally`] of all. The posts
//! take the way of every other post ([`ScoreStage`]); only the [`rule`](mod@judge) that makes a label of a verdict is of here.
//! It reads the points before damping, because a text that reports a narrative holds it too: whether it is there and
//! whose claim it is are two questions, and the score answers both at once.

pub mod confusion;
pub mod judge;
pub mod labelled;
pub mod tally;

use std::sync::Arc;

use jiff::Timestamp;

pub use confusion::{Confusion, Label};
pub use judge::{Judgement, judge};
pub use labelled::{Half, Labelled};
pub use tally::{GROUPINGS, Tally};

use crate::decode::Format;
use crate::score::Engine;
use crate::stages::{Arrival, Options, Outcome, ScoreStage, Scored};

/// A scorer that knows what it should have said.
#[derive(Debug)]
pub struct Eval {
    name: String,
    half: Option<Half>,
    stage: ScoreStage,
    tally: Tally,
}

/// A labelled post as it was judged.
#[derive(Debug)]
pub struct Judged {
    /// What the record says.
    pub expected: Label,
    /// What the rule makes of it.
    pub judgement: Judgement,
    /// What the scorer makes of it.
    pub scored: Scored,
}

impl Eval {
    /// Nothing judged yet. `name` stands for the file; of a `half`, only that half is scored.
    #[must_use]
    pub fn new(engine: Arc<Engine>, name: &str, half: Option<Half>) -> Self {
        let formats = [(name.to_string(), Format::Post)].into();
        let options = Options { formats, source: "undercurrent/eval".into(), include_text: false };
        let stage = ScoreStage::new(engine, options);
        Self { name: name.to_string(), half, stage, tally: Tally::default() }
    }

    /// Judges one line; nothing where it is of the other half.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn step(&mut self, line: &[u8]) -> Result<Option<Judged>, String> {
        let judged = self.judged(line);
        self.tally.unread += u64::from(judged.is_err());
        judged
    }

    /// What was counted so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        self.stage.engine()
    }

    /// Counts a line that is known to be unreadable.
    pub fn unread(&mut self) {
        self.tally.unread += 1;
    }

    fn judged(&mut self, line: &[u8]) -> Result<Option<Judged>, String> {
        let labelled = Labelled::read(line)?;
        if let Some(half) = self.half
            && !labelled.is_of(half)?
        {
            self.tally.left_out += 1;
            return Ok(None);
        }
        let expected = labelled.label()?;
        let payload = labelled.payload();
        // A score takes no time, and nobody is told of an alert here.
        let arrival = Arrival::offline(&self.name, 0, Timestamp::UNIX_EPOCH, &payload);
        let mut out = Vec::new();
        let (outcome, scored) = self.stage.step(&arrival, arrival.timestamp, &mut out);
        // Nothing is published, so nothing can be taken back, and there is nothing to keep for that.
        self.stage.committed();
        let Some(scored) = scored else {
            return Err(match outcome {
                Outcome::DeadLetter(reason) => {
                    let why = out.first().and_then(crate::stages::Outgoing::why);
                    why.map_or_else(|| reason.to_string(), |why| format!("{reason}: {why}"))
                }
                Outcome::Ignored(reason) => format!("it holds no post ({reason})"),
                Outcome::Scored => "it gave nothing".to_string(),
            });
        };
        let judgement = judge(self.stage.engine(), &scored.verdict);
        self.tally.add(&labelled, expected, judgement.label);
        Ok(Some(Judged { expected, judgement, scored }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack;
    use crate::problem::Source;

    const PACK: &str = "
pack: visits
version: 1.0.0
title: A state courts investors
references: [https://example.org/report]
actors:
  herald: { title: The Herald, accounts: [telegram/herald] }
words:
  country: { en: [ruritania*] }
  call: { en: [invest*] }
indicators:
  - { id: place, title: It names the country, points: 20, match: { words: [country] } }
  - { id: call, title: Come and invest, points: 50, match: { words: [call] } }
  - { id: voice, title: The Herald speaks, points: 40, match: { author: [herald] } }
alerts:
  - { id: review, level: medium, at: 40 }
  - { id: urgent, level: high, at: 60 }
";

    fn eval(half: Option<Half>) -> Eval {
        let source = Source { name: "p.yaml".into(), text: PACK.into() };
        let (vocabulary, _) = crate::shelf::vocabulary(&[]);
        let (pack, problems) = pack::load(&source, &[], &vocabulary);
        let pack = pack.unwrap_or_else(|| panic!("{problems:?}"));
        Eval::new(Arc::new(Engine::new(vec![pack], &vocabulary).unwrap()), "-", half)
    }

    /// The line's label, points and stance, or why it has none.
    fn check(line: &str, expected: &str) {
        let got = match eval(None).step(line.as_bytes()) {
            Ok(Some(Judged { judgement, .. })) => {
                let stance = judgement.stance.map_or("none", crate::score::Stance::name);
                format!("{} {} {} {stance}", judgement.label.name(), judgement.points, judgement.score)
            }
            Ok(None) => "left out".to_string(),
            Err(why) => why,
        };
        assert_eq!(got, expected, "{line}");
    }

    #[test]
    fn the_undamped_points_say_whether_and_the_stance_says_whose() {
        check(r#"{"label":"ordinary","text":"Invest now."}"#, "amplifies 50 50 asserts");
        check(r#"{"label":"reports","text":"Officials said: invest in Ruritania."}"#, "reports 70 28 reports");
        check(r#"{"label":"ordinary","text":"Ruritania has a bridge."}"#, "ordinary 20 20 asserts");
        check(r#"{"label":"ordinary","text":"A bridge."}"#, "ordinary 0 0 none");
        // At the threshold is enough; the platform of an author without a source is in its name.
        check(r#"{"label":"amplifies","author":"telegram/herald","text":"A bridge."}"#, "amplifies 40 40 asserts");
        check(r#"{"label":"amplifies","author":"telegram/herald","source":"x","text":"A."}"#, "ordinary 0 0 none");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        check("{", "it is no JSON object: EOF while parsing an object at line 1 column 1");
        check("[1]", "it is no JSON object: invalid type: sequence, expected a map at line 1 column 0");
        check(r#"{"text":"A bridge."}"#, "it has no `label` (amplifies, reports, ordinary)");
        check(r#"{"label":"report","text":"A."}"#, "there is no label `report`; did you mean `reports`?");
        check(r#"{"label":7,"text":"A."}"#, "there is no label `7`; known: amplifies, reports, ordinary");
        check(r#"{"label":"ordinary","text":" "}"#, "it holds no post (empty)");
    }

    #[test]
    fn one_half_stays_unseen() {
        let mut odd = eval(Some(Half::Odd));
        assert!(odd.step(br#"{"id":"d1-041","label":"ordinary","text":"A."}"#).unwrap().is_some());
        assert!(odd.step(br#"{"id":"d1-042","label":"ordinary","text":"A."}"#).unwrap().is_none());
        let why = odd.step(br#"{"id":"one","label":"ordinary","text":"A."}"#).unwrap_err();
        assert_eq!(why, "its id `one` has no number, so that it is of no half");
        let tally = odd.tally();
        assert_eq!((tally.all.count(), tally.left_out, tally.unread), (1, 1, 1));
    }
}
