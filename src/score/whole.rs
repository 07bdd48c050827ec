//! What a text as a whole does with what was found in it: the stance of a pack.
//!
//! In: the hits of one pack, each in its state. Out: one [`Stance`]. Named claims decide; what the text reads like
//! ([`Tree::ReadsLike`](super::evaluate::Tree::ReadsLike)) decides between them where they leave room.

use super::compile::CompiledPack;
use super::is_onlooker;
use super::verdict::{Hit, Stance, State};
use super::view::View;

/// So many times the lowest alert is a mass: a report cites a claim or two, not a whole line of them.
const MASS: f64 = 1.5;
/// So many claims of weight are a line of them.
const LINE: usize = 3;

/// The stance of a pack: its own actor asserts; so does a text whose own words reach the lowest alert by themselves; else
/// the group with most undamped points, ties to the quieter. What is given to others in such a mass that it fills the text, or
/// in a text that reads like one that pushes it, and without a word of distance, is passed on.
pub(super) fn stance(pack: &CompiledPack, hits: &[Hit], view: &View<'_>) -> Stance {
    if view.by_actor {
        return if view.post.is_bare_forward() { Stance::Relays } else { Stance::Asserts };
    }
    let sums = Sums::new(pack, hits);
    if sums.asserts_outright() {
        return Stance::Asserts;
    }
    let heaviest = sums.heaviest();
    if heaviest == Stance::Reports && sums.passes_on && !view.is_framed() { Stance::Relays } else { heaviest }
}

/// Undamped points, by what the text does with them.
struct Sums {
    /// Of what is named, by stance.
    named: [f64; Stance::ALL.len()],
    /// Of reading like a text that pushes a line.
    push: f64,
    /// Of reading like a report.
    report: f64,
    /// The score of the pack's lowest alert.
    lowest: f64,
    /// Whether what is given to others is passed on.
    passes_on: bool,
}

impl Sums {
    fn new(pack: &CompiledPack, hits: &[Hit]) -> Self {
        // Where an actor's word is taken as fact, the others who are quoted ("officials told the channel") speak through
        // it: nothing frames the actor, or none of its words would be relayed.
        let relayed = hits.iter().any(|hit| hit.relayed);
        let (mut named, mut push, mut report) = ([0.0; Stance::ALL.len()], 0.0, 0.0);
        for hit in hits {
            let group = match hit.state {
                State::Asserted => Stance::Asserts,
                State::Forwarded => Stance::Relays,
                State::Attributed | State::Quoted if relayed => Stance::Relays,
                State::Attributed | State::Quoted | State::Distanced => Stance::Reports,
                State::Denied => Stance::Disputes,
            };
            match (hit.likeness, is_onlooker(pack, hit)) {
                // What an actor says and nobody frames is passed on, however sober the text.
                (true, true) if relayed => {}
                (true, true) => report += hit.points,
                (true, false) => push += hit.points,
                (false, _) => named[group as usize] += hit.points,
            }
        }
        let lowest = pack.alerts.iter().map(|alert| alert.at).fold(f64::INFINITY, f64::min);
        let whole = named.iter().sum::<f64>();
        let weighty = |hit: &&Hit| hit.points * 2.0 >= lowest && !hit.likeness;
        let line = whole >= lowest * MASS && hits.iter().filter(weighty).count() >= LINE;
        let distance = |hit: &Hit| !hit.likeness && (hit.state > State::Quoted || is_onlooker(pack, hit));
        let passes_on = (line || push > 0.0) && report == 0.0 && !hits.iter().any(distance);
        Self { named, push, report, lowest, passes_on }
    }

    /// Whether the writer's own words reach the lowest alert.
    fn asserts_outright(&self) -> bool {
        let own = self.named[Stance::Asserts as usize];
        own >= self.lowest && own > self.named[Stance::Relays as usize]
    }

    /// The group with most points, ties to the quieter. A report may report or dispute: its words say which.
    fn heaviest(&self) -> Stance {
        let mut sums = self.named;
        sums[Stance::Asserts as usize] += self.push;
        let disputes = sums[Stance::Disputes as usize] > sums[Stance::Reports as usize];
        sums[if disputes { Stance::Disputes } else { Stance::Reports } as usize] += self.report;
        let held = Stance::ALL.into_iter().filter(|stance| *stance == Stance::Asserts || sums[*stance as usize] > 0.0);
        held.max_by(|one, other| sums[*one as usize].total_cmp(&sums[*other as usize])).unwrap_or(Stance::Asserts)
    }
}
