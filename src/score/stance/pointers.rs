//! Sentences that give the ones before them to a speaker: "… . This was said by the minister."

use super::{Cue, Reader, SPEAKER_REACH, Scope};
use crate::score::lexicon::Occurrence;
use crate::score::verdict::State;

/// Words between what points back and the cue of saying ("This the minister himself said").
const POINTER_REACH: u32 = 4;
/// A sentence that points back from so early in the text speaks of all that stands before it: the lead. Later ones speak
/// of the sentence before.
const LEAD: u32 = 3;

impl Reader<'_> {
    /// What stands before a sentence that begins with a pointer and says who said so.
    pub(super) fn pointers(&self, all: &[(Cue, Occurrence)], scopes: &mut Vec<Scope>) {
        for (_, pointer) in all.iter().filter(|(cue, _)| *cue == Cue::Pointer) {
            let number = self.folded.words[pointer.first as usize].sentence;
            let sentence = self.sentence(pointer.first);
            if number == 0 || pointer.first > sentence.start + 1 {
                continue;
            }
            let saying = self.cues.iter().find_map(|(cue, hit)| {
                let near = hit.first > pointer.last && hit.first - pointer.last <= POINTER_REACH;
                match cue {
                    Cue::Forward(state) | Cue::Backward(state) if near && *state != State::Denied => {
                        Some((*state, *hit))
                    }
                    _ => None,
                }
            });
            let Some((state, hit)) = saying else { continue };
            let start = if number < LEAD { 0 } else { self.sentence(sentence.start - 1).start };
            // The speaker may stand on either side of the cue.
            let speaker = pointer.last + 1..sentence.end.min(hit.last + 1 + SPEAKER_REACH);
            let cue = Some(pointer.first..hit.last + 1);
            scopes.push(Scope { words: start..sentence.start, state, cue, quote: None, speaker });
        }
    }
}
