//! The mistakes that matter most, each with what decided it.

use std::fmt::Write;

use crate::cli::explain::{MOST_NEAR, Marks, packs};
use crate::cli::terminal::{BAD, BOLD, DIM, GOOD, result, safe_line};
use crate::eval::{Judged, Judgement, Label};
use crate::post::Post;
use crate::score::near_miss::nearest;
use crate::score::{Engine, Field};

/// Letters of a headline and of a text that are shown; the rest is for `explain`.
const EXCERPT: usize = 400;

/// A text that was taken for something else.
pub(super) struct Mistake {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Of its bytes.
    pub sha256: String,
    /// The text and its judgement.
    pub judged: Judged,
}

impl Mistake {
    /// What it does to somebody: to accuse is worst, to miss is bad, and to mix up what is harmless is least.
    fn gravity(&self) -> u8 {
        match (self.judged.expected, self.judged.judgement.label) {
            (_, Label::Amplifies) => 2,
            (Label::Amplifies, _) => 1,
            (Label::Reports | Label::Ordinary, Label::Reports | Label::Ordinary) => 0,
        }
    }

    fn is_worse_than(&self, other: &Self) -> bool {
        let weight = |one: &Self| (one.gravity(), one.judged.judgement.distance());
        weight(self).partial_cmp(&weight(other)).is_some_and(std::cmp::Ordering::is_gt)
    }
}

/// The worst so far, the very worst first; equally bad ones as they stand in the file.
pub(super) struct Worst {
    most: usize,
    kept: Vec<Mistake>,
}

impl Worst {
    /// None yet; at most so many.
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: Vec::new() }
    }

    /// Keeps it if it is a mistake, and worse than the least of those kept.
    pub(super) fn take(&mut self, mistake: Mistake) {
        if mistake.judged.expected == mistake.judged.judgement.label {
            return;
        }
        let at = self.kept.partition_point(|kept| !mistake.is_worse_than(kept));
        if at < self.most {
            self.kept.truncate(self.most - 1);
            self.kept.insert(at, mistake);
        }
    }

    /// Those kept.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.kept.iter()
    }

    /// Prints them.
    pub(super) fn print(&self, engine: &Engine) {
        if !self.kept.is_empty() {
            result(format_args!("\n{BOLD}the worst mistakes{BOLD:#}"));
        }
        for mistake in &self.kept {
            result(format_args!("\n{}", page(engine, mistake)));
        }
    }
}

fn page(engine: &Engine, mistake: &Mistake) -> String {
    let Judged { expected, judgement, scored } = &mistake.judged;
    let (mut gaps, post) = (engine.gaps(&scored.post).1, &scored.post);
    let more = nearest(&mut gaps, MOST_NEAR);
    let mut text = format!(
        "{BOLD}{}{BOLD:#} {DIM}line {}{DIM:#}: {GOOD}{}{GOOD:#}, taken for {BAD}{}{BAD:#}{}\n",
        safe_line(&post.id),
        mistake.line,
        expected.name(),
        judgement.label.name(),
        decided(engine, judgement)
    );
    words(post, &Marks::new(scored.verdict.packs.iter().flat_map(|pack| &pack.hits)).with(&gaps), &mut text);
    text.push_str(packs(engine, &scored.verdict, &gaps, more).trim_end());
    text
}

/// Which pack, and how far from where its alerts begin.
fn decided(engine: &Engine, judgement: &Judgement) -> String {
    let (Some(pack), Some(at)) = (judgement.pack, judgement.at) else { return String::new() };
    let name = &engine.packs[pack].pack.file.pack.value;
    format!(": {:.1} points before damping, {name} begins at {at}", judgement.points)
}

/// How the text begins, with what decided marked in it.
fn words(post: &Post, marks: &Marks, text: &mut String) {
    for (field, words) in [(Field::Title, post.title.as_deref().unwrap_or_default()), (Field::Text, &post.text)] {
        let excerpt: String = words.chars().take(EXCERPT).collect();
        if !excerpt.trim().is_empty() {
            let more = if words.chars().nth(EXCERPT).is_some() { "…" } else { "" };
            let _ = writeln!(text, "{}{more}", marks.draw(field, &excerpt));
        }
    }
}
