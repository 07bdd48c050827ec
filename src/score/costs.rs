//! What each indicator costs on a post: for whoever writes a pack that turns out to be slow.

use std::time::Duration;

use super::scan::Scratch;
use super::view::{Shared, View};
use super::{Engine, hit};
use crate::post::Post;

/// What one indicator took on one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The pack's index in the engine.
    pub pack: usize,
    /// The indicator's index in the pack.
    pub indicator: usize,
    /// From asking to knowing.
    pub took: Duration,
}

impl Engine {
    /// Scores a post for the sake of the time that each triggered indicator takes. `clock` is read before and after each;
    /// what all of them share (folding, the search for phrases, the reading of cues) is done before and not counted.
    pub fn costs(&self, post: &Post, scratch: &mut Scratch, mut clock: impl FnMut() -> Duration) -> Vec<Cost> {
        let (language, candidates) = self.look(post, scratch);
        let shared = Shared::default();
        let mut costs = Vec::with_capacity(candidates.len());
        for group in candidates.chunk_by(|one, other| one.0 == other.0) {
            let pack = group[0].0;
            let view = View::new(self, &self.packs[pack], &shared, post, scratch, language);
            let _ = hit(&self.packs[pack], group[0].1, &view);
            for (_, indicator) in group {
                let began = clock();
                let _ = hit(&self.packs[pack], *indicator, &view);
                costs.push(Cost { pack, indicator: *indicator, took: clock().saturating_sub(began) });
            }
        }
        costs
    }
}
