//! Packs → [`Engine`]; post → [`Verdict`].
//!
//! In reading order: [`lexicon`] finds phrases, [`scan`] runs it over a post, [`stance`] reads whose words are whose,
//! [`view`] adds one pack's actors, [`evaluate`] finds indicators, this file does the arithmetic, `whole` sums it up as a stance,
//! [`verdict`] holds the result; [`near_miss`] says what it lacks, `costs` how long each part took. There is no second scorer: every command drives [`Engine::score`].

pub mod compile;
mod costs;
pub mod evaluate;
pub mod evidence;
pub mod except;
pub mod fields;
pub mod lexicon;
pub mod near_miss;
pub mod scan;
mod trie;
pub mod stance;
pub mod verdict;
pub mod view;
mod whole;

pub use compile::{CompileError, Engine};
pub use costs::Cost;
pub use scan::Scratch;
pub use verdict::{Evidence, Excepted, Field, Hit, PackVerdict, Stance, State, Verdict};

use compile::CompiledPack;
use evaluate::{Found, Place};
use evidence::evidence;
use lexicon::Occurrence;
use view::{Shared, View};

use crate::pack::grammar::{Indicator, Voice};
use crate::post::Post;
use crate::text::{Language, language};

/// The most that a post can score.
const MOST: f64 = 100.0;

impl Engine {
    /// Scores a post. `scratch` is reused from post to post; nothing is remembered in it.
    #[must_use]
    pub fn score(&self, post: &Post, scratch: &mut Scratch) -> Verdict {
        let (language, candidates) = self.look(post, scratch);
        let shared = Shared::default();
        let (mut packs, mut excepted) = (Vec::new(), Vec::new());
        for group in candidates.chunk_by(|one, other| one.0 == other.0) {
            let at = group[0].0;
            let view = View::new(self, &self.packs[at], &shared, post, scratch, language);
            packs.extend(self.pack(at, group.iter().map(|(_, indicator)| *indicator), &view, &mut excepted));
        }
        let top = packs.iter().max_by(|one, other| {
            // The quieter stance decides between equal scores.
            one.score.total_cmp(&other.score).then(other.stance.cmp(&one.stance))
        });
        let (score, stance) = top.map_or((0.0, None), |pack| (pack.score, Some(pack.stance)));
        Verdict { language, score, stance, packs, excepted }
    }

    fn pack(
        &self,
        at: usize,
        indicators: impl Iterator<Item = usize>,
        view: &View<'_>,
        excepted: &mut Vec<Excepted>,
    ) -> Option<PackVerdict> {
        let pack = &self.packs[at];
        let mut hits: Vec<Hit> = indicators.filter_map(|indicator| hit(pack, indicator, view)).collect();
        if !pack.exemptions.is_empty() {
            hits.retain(|hit| {
                let covers = |one: &except::Exemption| one.covers(hit.indicator, view.post, view.scratch);
                let exception = pack.exemptions.iter().position(covers);
                excepted.extend(exception.map(|exception| Excepted { pack: at, indicator: hit.indicator, exception }));
                exception.is_none()
            });
        }
        if hits.is_empty() {
            return None;
        }
        if !view.by_actor {
            frame(pack, &mut hits);
        }
        let stance = whole::stance(pack, &hits, view);
        let quiet = matches!(stance, Stance::Reports | Stance::Disputes);
        // What reads like a report, or like pushing in a text that does not push, adds nothing.
        for hit in hits.iter_mut().filter(|hit| hit.likeness && (quiet || is_onlooker(pack, hit))) {
            hit.kept = 0.0;
        }
        let sum = |part: fn(&Hit) -> f64| one_decimal(hits.iter().map(part).sum::<f64>().min(MOST));
        let (points, score) = (sum(|hit| hit.points), sum(|hit| hit.kept));
        let alert = alert(pack, &hits, score);
        Some(PackVerdict { pack: at, points, score, stance, hits, alert })
    }
}

impl Engine {
    /// Finds all that stands in a post: its language, and which indicators of which packs something triggers.
    fn look(&self, post: &Post, scratch: &mut Scratch) -> (Language, Vec<(usize, usize)>) {
        scratch.scan(&self.lexicon, &self.registry, post);
        for pack in &self.packs {
            guard(pack, scratch);
        }
        scratch.settle();
        let mut candidates = Vec::new();
        self.candidates(scratch.lists(), &mut candidates);
        (language(&post.text, &scratch.text.folded), candidates)
    }
}

/// Lets ambiguous names count where another word stands near.
fn guard(pack: &CompiledPack, scratch: &mut Scratch) {
    for guard in &pack.guards {
        if !scratch.lists().contains(&guard.name) {
            continue;
        }
        let mut joined = false;
        for field in [&mut scratch.title, &mut scratch.text] {
            let near = |name: &Occurrence| {
                field.found.iter().filter(|other| guard.near.contains(&other.list)).any(|other| {
                    let span = name.last.max(other.last) + 1 - name.first.min(other.first);
                    (other.last < name.first || name.last < other.first) && span <= guard.within
                })
            };
            let names: Vec<Occurrence> = field.of(guard.name).filter(near).collect();
            joined |= !names.is_empty();
            field.found.extend(names.into_iter().map(|name| Occurrence { list: guard.joins, ..name }));
        }
        if joined {
            scratch.mark(guard.joins);
        }
    }
}

fn hit(pack: &CompiledPack, indicator: usize, view: &View<'_>) -> Option<Hit> {
    let Found { reading, places, mut notes } = pack.trees[indicator].find(view)?;
    let mut reading = reading.unwrap_or_else(|| view.plain());
    let Indicator { points, voice, .. } = &pack.pack.file.indicators[indicator];
    if *voice == Voice::Onlooker {
        reading = reading.from_outside(pack.keep(State::Attributed));
        notes.push("an onlooker's words".into());
    }
    let points = points.value;
    Some(Hit {
        indicator,
        points,
        kept: one_decimal(points * reading.keep),
        state: reading.state,
        likeness: pack.trees[indicator].is_likeness(),
        speaker: reading.speaker.map(|actor| pack.actors[actor].label.clone()),
        relayed: reading.relayed,
        evidence: annotate(view, &places),
        because: annotate(view, &reading.because),
        notes,
    })
}

/// An onlooker's words frame the post: what an actor says beside them is reported and not relayed, and where they weigh
/// at least as much as what the post asserts, that is reported too. What it reads like is nobody's words.
fn frame(pack: &CompiledPack, hits: &mut [Hit]) {
    let onlooker = |hit: &&Hit| is_onlooker(pack, hit) && !hit.likeness;
    let Some(outside) = hits.iter().find(onlooker).map(|hit| hit.evidence.clone()) else { return };
    let own = |hit: &&Hit| matches!(hit.state, State::Asserted | State::Forwarded) && !hit.likeness;
    let (looked, said): (f64, f64) =
        (hits.iter().filter(onlooker).map(|hit| hit.points).sum(), hits.iter().filter(own).map(|hit| hit.points).sum());
    for hit in hits.iter_mut().filter(|hit| hit.relayed || looked >= said && own(&&**hit)) {
        if !hit.relayed {
            hit.state = State::Attributed;
        }
        hit.relayed = false;
        hit.kept = one_decimal(hit.points * pack.keep(hit.state));
        hit.because.extend(outside.iter().cloned());
    }
}

fn is_onlooker(pack: &CompiledPack, hit: &Hit) -> bool {
    pack.pack.file.indicators[hit.indicator].voice == Voice::Onlooker
}

fn annotate(view: &View<'_>, places: &[Place]) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for place in places {
        let found = match place {
            Place::Whole(field) => evidence(view.post, *field, None),
            Place::Bytes(field, bytes) => view.evidence(*field, bytes.clone()),
            Place::Words(field, words) => {
                let scan = view.scan(*field);
                let start = scan.folded.words[words.start as usize].original.start as usize;
                let end = scan.folded.words[words.end as usize - 1].original.end as usize;
                view.evidence(*field, start..end)
            }
        };
        all.extend(found.filter(|found| !all.contains(found)));
    }
    all
}

/// The highest alert that holds: by level, then by threshold.
fn alert(pack: &CompiledPack, hits: &[Hit], score: f64) -> Option<usize> {
    let kept = |needed: &usize| hits.iter().any(|hit| hit.indicator == *needed && hit.kept > 0.0);
    (0..pack.alerts.len()).filter(|at| score >= pack.alerts[*at].at && pack.alerts[*at].needs.iter().all(kept)).max_by(
        |one, other| {
            let (one, other) = (&pack.alerts[*one], &pack.alerts[*other]);
            one.rule.level.cmp(&other.rule.level).then(one.at.total_cmp(&other.at))
        },
    )
}

fn one_decimal(points: f64) -> f64 {
    (points * 10.0).round() / 10.0
}
