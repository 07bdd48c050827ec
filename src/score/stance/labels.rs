//! What speaks of more than its clause: labels, source lines, names before a colon, headlines that ask.

use std::ops::Range;

use super::{Cue, Label, Reader, SPEAKER_REACH, Scope};
use crate::score::lexicon::Occurrence;
use crate::score::verdict::State;

/// Words of a name before a colon that gives it what follows ("The channel X: …"). Longer, it is a sentence.
const NAME_BEFORE_COLON: u32 = 5;
/// Words before a dash that a name behind it may sign. Fewer, and the dash is an "is".
const SIGNED_WORDS: u32 = 5;

impl Reader<'_> {
    /// Whether a phrase stands alone: at the head of its sentence and before a mark.
    fn alone(&self, hit: &Occurrence) -> bool {
        let sentence = self.sentence(hit.first);
        hit.first == sentence.start && (hit.last + 1 == sentence.end || self.breaks_after(hit.last))
    }

    /// "False: …" at the head of the field, or "Rating: false." as a sentence of its own.
    pub(super) fn verdict(&self, cue: Cue, hit: &Occurrence) -> Option<Label> {
        let whole = hit.last + 1 == self.sentence(hit.last).end;
        let Cue::Label(state @ (State::Denied | State::Distanced)) = cue else { return None };
        let told = self.alone(hit) && (hit.first == 0 || whole && state == State::Denied);
        let next = if whole { hit.last + 1 } else { hit.last };
        let reach = self.folded.words.get(next as usize).map_or(next, |_| self.sentence(next).end);
        told.then(|| Label { state, cue: hit.first..hit.last + 1, opens: hit.first == 0, reach })
    }

    /// "Source: the channel X" on a line of its own: all before it comes from there.
    pub(super) fn source(&self, cue: Cue, hit: &Occurrence) -> Option<Scope> {
        let sentence = self.sentence(hit.first);
        let told = cue == Cue::Label(State::Attributed) && self.alone(hit) && hit.last + 1 < sentence.end;
        told.then(|| Scope {
            words: 0..hit.first,
            state: State::Attributed,
            cue: Some(hit.first..hit.last + 1),
            quote: None,
            speaker: hit.last + 1..sentence.end.min(hit.last + 1 + SPEAKER_REACH),
        })
    }

    /// "X: …" at the head of a sentence: all behind the colon is X's.
    pub(super) fn colons(&self) -> impl Iterator<Item = Scope> + '_ {
        self.folded.sentences.iter().filter_map(|sentence| {
            let near = sentence.start..sentence.end.min(sentence.start + NAME_BEFORE_COLON);
            let colon = near.into_iter().find(|word| self.colon_after(*word)).filter(|word| word + 1 < sentence.end)?;
            let name = sentence.start..colon + 1;
            let (words, cue) = (colon + 1..sentence.end, Some(name.clone()));
            Some(Scope { words, state: State::Attributed, cue, quote: None, speaker: name })
        })
    }

    /// "… - Name Surname" at the end of a sentence: what stands before the dash is theirs. A dash also stands for "is", so
    /// the name must be short and in capitals, and what it signs must be more than a name.
    pub(super) fn signatures(&self, scopes: &mut Vec<Scope>) {
        for sentence in &self.folded.sentences {
            let names = sentence.end.saturating_sub(NAME_BEFORE_COLON + 1).max(sentence.start + SIGNED_WORDS - 1);
            let dash = (names..sentence.end.saturating_sub(1))
                .rev()
                .find(|word| self.after(*word).is_some_and(|between| between.contains(" - ")));
            let Some(dash) = dash else { continue };
            let name = dash + 1..sentence.end;
            let capitals = name.clone().filter(|word| self.folded.words[*word as usize].capital).count();
            if self.folded.words[name.start as usize].capital && capitals * 2 > name.len() {
                let (words, cue) = (sentence.start..name.start, Some(name.clone()));
                scopes.push(Scope { words, state: State::Attributed, cue, quote: None, speaker: name });
            }
        }
    }

    /// "That X is so - a lie." Behind a dash a label calls false what stands before it.
    pub(super) fn copulas(&self, all: &[(Cue, Occurrence)], scopes: &mut Vec<Scope>) {
        for (_, hit) in all.iter().filter(|(cue, _)| *cue == Cue::Label(State::Denied)) {
            let sentence = self.sentence(hit.first);
            let dash = hit.first > sentence.start
                && self.after(hit.first - 1).is_some_and(|between| between.trim_end().ends_with('-'));
            if dash && self.cues.iter().all(|(_, other)| other.last < hit.first || hit.last < other.first) {
                let words = sentence.start..hit.first;
                let cue = Some(hit.first..hit.last + 1);
                scopes.push(Scope { words, state: State::Denied, cue, quote: None, speaker: 0..0 });
            }
        }
    }

    /// The sentences that end in a question mark.
    pub(super) fn questions(&self) -> impl Iterator<Item = Scope> + '_ {
        let words = &self.folded.words;
        let asks = |sentence: &Range<u32>| {
            let end =
                words.get(sentence.end as usize).map_or(self.folded.text.len(), |next| next.folded.start as usize);
            self.folded.text[words[sentence.end as usize - 1].folded.end as usize..end].contains(['?', '؟'])
        };
        self.folded.sentences.iter().filter(move |sentence| asks(sentence)).map(|sentence| {
            let first = words[sentence.start as usize].original.start as usize;
            let last = words[sentence.end as usize - 1].original.end as usize;
            let words = sentence.clone();
            Scope { words, state: State::Distanced, cue: None, quote: Some(first..last), speaker: 0..0 }
        })
    }
}
