//! Whose claim it is: the scopes of cues and quotation marks over the words of one field.
//!
//! In: a scanned field and the cue lists of all languages. Out: [`Readings`], which say of any word range in which
//! state it stands, which words decided that, and where a speaker would be named. The method is ConText's (Harkema et
//! al. 2009) carried over from negation to reported speech: a cue governs the rest of its sentence in its direction, a
//! terminator or the next cue cuts it, pseudo-cues and the longer cue win. A parser would find more (F1 0.84 in
//! English); word order and punctuation carry over to every language that the files describe.

mod labels;
mod pointers;

use std::ops::Range;

use super::lexicon::Occurrence;
use super::scan::FieldScan;
use super::verdict::State;
use crate::text::{Folded, Quotation, quotations};

/// What a list of a language file means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// Governs what follows.
    Forward(State),
    /// Governs what stands before.
    Backward(State),
    /// Colours its clause.
    Local(State),
    /// Colours the noun behind it.
    Noun(State),
    /// Standing alone before a mark, speaks of the whole post.
    Label(State),
    /// Ends the reach of a cue.
    Terminator,
    /// No cue, though it looks like one.
    Pseudo,
    /// Says what an actor is.
    Characterise,
    /// Says what an actor is after.
    Purpose,
    /// Gives an analysis to a source.
    Analysis,
    /// Says what a state is after, in an onlooker's words.
    Influence,
    /// A word such as "that".
    Complementiser,
    /// Points at the sentence before.
    Pointer,
}

impl Cue {
    /// Whether it has a reach of its own within a sentence, or bounds one.
    fn governs(self) -> bool {
        matches!(
            self,
            Self::Forward(_) | Self::Backward(_) | Self::Local(_) | Self::Noun(_) | Self::Terminator | Self::Pseudo
        )
    }
}

/// Cues of a field that are read: a page of news has twenty. Scopes are compared in pairs, and a hostile text must not
/// stop the others.
const MOST_CUES: usize = 1_000;
/// Longest quotation that is a name or a scare quote rather than speech, in words.
const SHORT_QUOTE: u32 = 3;
/// Words between a cue and the name of its speaker. Longer, and the subject of another clause is taken for it.
const SPEAKER_REACH: u32 = 8;
/// Words between a cue of saying and its "that": room for the speaker ("сообщил министр, что").
const COMPLEMENT_REACH: u32 = 4;
/// Words of the noun that a cue before it colours: "so-called independent regional media".
const NOUN_REACH: u32 = 3;
/// Words that a local cue colours behind it where no comma ends its clause.
const LOCAL_REACH: u32 = 10;

/// A stretch of words in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The words that it covers.
    pub words: Range<u32>,
    /// Their state.
    pub state: State,
    /// The words of the cue; none for a quotation without one.
    pub cue: Option<Range<u32>>,
    /// The quotation marks' inside or the headline's question, in bytes of the original.
    pub quote: Option<Range<usize>>,
    /// Where a speaker would be named; empty where there is no place for one.
    pub speaker: Range<u32>,
}

/// A label over a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it makes of the post: denied, or with doubt where it only opens a check.
    pub state: State,
    /// Its words.
    pub cue: Range<u32>,
    /// Whether it opens the field. Then it speaks of what follows up to a turn ("in fact"), else of all before.
    pub opens: bool,
    /// The end of the sentence that it opens. In running text it reaches no further: "Lies! The West …" opens many a
    /// call, and a label must not excuse all that comes behind it.
    pub reach: u32,
}

/// All scopes of a field, and the cues that frame actors.
#[derive(Debug, Default)]
pub struct Readings {
    scopes: Vec<Scope>,
    /// "Source: X", and "X: …" at the head of a sentence: nothing by itself, since anybody may write so; a pack knows the
    /// X that counts.
    pub sources: Vec<Scope>,
    /// A label that calls the post false, or opens a check of it.
    pub verdict: Option<Label>,
    /// The first word where the author's own voice comes back.
    pub turn: u32,
    /// Where cues that govern and complementisers stand.
    joints: Vec<u32>,
    /// Characterising, purpose, analysis and influence words.
    pub framing: Vec<(Cue, Occurrence)>,
}

impl Readings {
    /// Reads a field; a headline that asks asserts nothing.
    #[must_use]
    pub fn new(field: &FieldScan, original: &str, headline: bool, cue_of: &dyn Fn(u32) -> Option<Cue>) -> Self {
        let mut found: Vec<(Cue, Occurrence)> =
            field.found.iter().filter_map(|hit| cue_of(hit.list).map(|cue| (cue, *hit))).collect();
        let framing = found
            .iter()
            .filter(|(cue, _)| matches!(cue, Cue::Characterise | Cue::Purpose | Cue::Analysis | Cue::Influence))
            .copied()
            .collect();
        found.truncate(MOST_CUES);
        let all = found.clone();
        found.retain(|(cue, _)| cue.governs());
        let mut quotes = Vec::new();
        quotations(original, &field.folded, &mut quotes);
        let that = all.iter().filter(|(cue, _)| *cue == Cue::Complementiser).map(|(_, hit)| hit.first).collect();
        let reader = Reader { folded: &field.folded, cues: longest(found), quotes, that };
        let mut scopes = Vec::new();
        for at in 0..reader.cues.len() {
            scopes.extend(reader.cue(at));
        }
        reader.pointers(&all, &mut scopes);
        reader.signatures(&mut scopes);
        reader.copulas(&all, &mut scopes);
        reader.quotes(&mut scopes);
        if headline {
            scopes.extend(reader.questions());
        }
        let verdict = all.iter().filter_map(|(cue, hit)| reader.verdict(*cue, hit)).max_by_key(|label| label.state);
        let sources = all.iter().filter_map(|(cue, hit)| reader.source(*cue, hit));
        let sources = sources.chain(reader.colons()).collect();
        let joints = reader.cues.iter().map(|(_, hit)| hit.first).chain(reader.that.iter().copied()).collect();
        let end = u32::try_from(field.folded.words.len()).unwrap_or(u32::MAX);
        let turn = reader.cues.iter().find(|(cue, _)| *cue == Cue::Terminator).map_or(end, |(_, hit)| hit.first);
        Self { scopes, sources, verdict, turn, joints, framing }
    }

    /// The scope that decides the state of these words: the strongest, then one with a cue, then the outermost.
    #[must_use]
    pub fn of(&self, words: &Range<u32>) -> Option<&Scope> {
        let weight = |scope: &Scope| (scope.state, scope.cue.is_some());
        self.scopes
            .iter()
            .filter(|scope| scope.words.start <= words.start && words.end <= scope.words.end)
            // One word in quotation marks is irony or a name, and the sentence around it is the writer's.
            .filter(|scope| words.len() > 1 || !scope.is_scare_quote())
            .reduce(|held, next| if weight(next) > weight(held) { next } else { held })
    }
}

impl Readings {
    /// Whether two occurrences belong to different clauses: more than a word between them, or a cue or "that".
    #[must_use]
    pub fn parts(&self, one: &Occurrence, other: &Occurrence) -> bool {
        let (left, right) = if one.first <= other.first { (one, other) } else { (other, one) };
        let between = left.last + 1..right.first;
        between.len() > 1 || self.joints.iter().any(|joint| between.contains(joint))
    }
}

impl Scope {
    /// Whether it is a short quotation that nobody is said to have uttered.
    fn is_scare_quote(&self) -> bool {
        self.cue.is_none() && self.state == State::Quoted && self.words.len() <= SHORT_QUOTE as usize
    }
}

/// Of cues that overlap, the longest; of equally long ones the strongest.
fn longest(mut found: Vec<(Cue, Occurrence)>) -> Vec<(Cue, Occurrence)> {
    let weight = |cue: &Cue| match cue {
        Cue::Pseudo => 100,
        Cue::Forward(state) | Cue::Backward(state) | Cue::Local(state) | Cue::Noun(state) => *state as u32,
        _ => 0,
    };
    found.sort_by_key(|(cue, hit)| (std::cmp::Reverse((hit.last - hit.first, weight(cue))), hit.first));
    let mut kept: Vec<(Cue, Occurrence)> = Vec::new();
    for (cue, hit) in found {
        let apart = |(other, held): &(Cue, Occurrence)| {
            hit.last < held.first
                || held.last < hit.first
                // One phrase may work in both directions; its place in the sentence decides.
                || ((held.first, held.last) == (hit.first, hit.last) && other_direction(*other, cue))
        };
        if kept.iter().all(apart) {
            kept.push((cue, hit));
        }
    }
    kept.retain(|(cue, _)| *cue != Cue::Pseudo);
    kept.sort_by_key(|(_, hit)| hit.first);
    kept
}

fn other_direction(one: Cue, other: Cue) -> bool {
    matches!((one, other), (Cue::Forward(a), Cue::Backward(b)) | (Cue::Backward(a), Cue::Forward(b)) if a == b)
}

struct Reader<'f> {
    folded: &'f Folded,
    cues: Vec<(Cue, Occurrence)>,
    quotes: Vec<Quotation>,
    /// Where a complementiser stands.
    that: Vec<u32>,
}

impl Reader<'_> {
    /// What one cue governs. A phrase listed in both directions works forward at the head of its clause, else backward.
    fn cue(&self, at: usize) -> Vec<Scope> {
        let (cue, hit) = self.cues[at];
        let sentence = self.sentence(hit.first);
        let head = self.clause_start(at, &sentence);
        let twin = self.cues.iter().enumerate().any(|(other, (_, held))| other != at && held.first == hit.first);
        // "On Monday, after the visit, the channel told its readers that …": with a "that" behind it the content
        // follows, and the commas before belong to something else.
        let at_head = hit.first - head < 2 || self.complement(at);
        match cue {
            Cue::Forward(_) if twin && !at_head => Vec::new(),
            Cue::Backward(_) if twin && at_head => Vec::new(),
            Cue::Forward(state) => vec![self.forward(at, state, &sentence, head)],
            Cue::Backward(state) => self.backward(at, state, &sentence, head),
            Cue::Local(state) => vec![self.local(at, state, &sentence)],
            Cue::Noun(state) => vec![self.noun(hit, state, &sentence)],
            _ => Vec::new(),
        }
    }

    /// Whether a "that" follows the cue, with at most the speaker and no other cue between.
    fn complement(&self, at: usize) -> bool {
        let last = self.cues[at].1.last;
        let next = self.cues[at + 1..].iter().map(|(_, hit)| hit.first).find(|first| *first > last);
        self.that
            .iter()
            .any(|that| *that > last && *that - last <= COMPLEMENT_REACH + 1 && next.is_none_or(|next| *that <= next))
    }

    fn sentence(&self, word: u32) -> Range<u32> {
        self.folded.sentences[self.folded.words[word as usize].sentence as usize].clone()
    }

    /// The end of the last terminator or cue before this one in the sentence, else the sentence's start.
    fn clause_start(&self, at: usize, sentence: &Range<u32>) -> u32 {
        let first = self.cues[at].1.first;
        self.cues[..at]
            .iter()
            .filter(|(cue, hit)| {
                hit.last < first && hit.first >= sentence.start && !matches!(cue, Cue::Local(_) | Cue::Noun(_))
            })
            .map(|(_, hit)| hit.last + 1)
            .max()
            .unwrap_or(sentence.start)
    }

    /// Where the reach of a forward cue ends: a terminator, the sentence, or the next governing cue of a clause of its
    /// own that is not weaker ("it is not true that X called on …" stays denied). A cue within this one's content does
    /// not end it: of "analysts say that the channel said …" the analysts are the source. A quotation that opens within
    /// the reach is governed to its end.
    fn clause_end(&self, at: usize, state: State, sentence: &Range<u32>, speaker: &Range<u32>) -> u32 {
        let last = self.cues[at].1.last;
        let content = speaker.end.max(last + 1);
        let apart = |first: u32| (content..first).any(|word| self.breaks_after(word));
        let cut = self.cues[at + 1..]
            .iter()
            .filter(|(cue, hit)| {
                hit.first > last
                    && match cue {
                        Cue::Terminator => true,
                        Cue::Forward(next) => *next >= state && apart(hit.first),
                        _ => false,
                    }
            })
            .map(|(_, hit)| hit.first)
            .find(|first| *first < sentence.end);
        let end = cut.unwrap_or(sentence.end);
        let opened = self.quotes.iter().filter(|quote| quote.words.start > last && quote.words.start < end);
        opened.map(|quote| quote.words.end).max().map_or(end, |quoted| quoted.max(end))
    }

    fn forward(&self, at: usize, state: State, sentence: &Range<u32>, head: u32) -> Scope {
        let hit = self.cues[at].1;
        let speaker = if hit.first > head {
            hit.first.saturating_sub(SPEAKER_REACH).max(head)..hit.first
        } else {
            // "according to X, …", "قال X إن …": the speaker follows, up to the comma.
            let stop = (hit.last + 1 + SPEAKER_REACH).min(sentence.end);
            // A quotation mark is no end: names of outlets stand in them («по данным канала «Х», …»).
            let comma = (hit.last + 1..stop).find(|word| self.comma_after(*word));
            hit.last + 1..comma.map_or(stop.min(hit.last + 5), |word| word + 1)
        };
        // The cue's own words are the report: "they invited companies" is no call by the writer.
        let words = hit.first..self.clause_end(at, state, sentence, &speaker).max(hit.last + 1);
        Scope { words, state, cue: Some(hit.first..hit.last + 1), quote: None, speaker }
    }

    fn backward(&self, at: usize, state: State, sentence: &Range<u32>, head: u32) -> Vec<Scope> {
        let hit = self.cues[at].1;
        // "Fact check: the story of … is false": what stands before the colon is no part of what is called false. With a
        // pronoun at most behind it, it is: "…: this is false".
        let called = head..hit.first.saturating_sub(SHORT_QUOTE);
        let colon = called.rev().find(|word| state == State::Denied && self.colon_after(*word));
        let head = colon.map_or(head, |word| word + 1);
        let near = hit.first.saturating_sub(SPEAKER_REACH).max(head);
        let comma = (near..hit.first).rev().find(|word| self.breaks_after(*word));
        let cue = Some(hit.first..hit.last + 1);
        let short = hit.first - head < SHORT_QUOTE;
        let turned = colon.is_none() && head > sentence.start && self.turns_before(at);
        match comma {
            // "…, but this is false": the turn leads back to what it turns from.
            _ if state == State::Denied && short && turned => {
                vec![Scope { words: sentence.start..hit.first, state, cue, quote: None, speaker: 0..0 }]
            }
            Some(comma) if state != State::Denied => {
                let speaker = comma + 1..(hit.last + 1 + SPEAKER_REACH).min(sentence.end);
                vec![Scope { words: head..comma + 1, state, cue, quote: None, speaker }]
            }
            // "This is false." speaks of the sentence before.
            None if state == State::Denied && short && head == sentence.start && head > 0 => {
                let before = self.sentence(sentence.start - 1);
                vec![Scope { words: before.start..hit.first, state, cue, quote: None, speaker: 0..0 }]
            }
            _ if state == State::Denied => {
                vec![Scope { words: head..hit.first, state, cue, quote: None, speaker: 0..0 }]
            }
            // "X said Iraq was …": without a comma before it the content follows.
            _ if hit.first > head => vec![self.forward(at, state, sentence, head)],
            _ => Vec::new(),
        }
    }

    /// Whether the last cue before this one is a turn.
    fn turns_before(&self, at: usize) -> bool {
        let first = self.cues[at].1.first;
        let before = self.cues[..at].iter().rev().find(|(_, hit)| hit.last < first);
        before.is_some_and(|(cue, _)| *cue == Cue::Terminator)
    }

    fn local(&self, at: usize, state: State, sentence: &Range<u32>) -> Scope {
        let hit = self.cues[at].1;
        let stop = self.clause_end(at, state, sentence, &(0..0)).min(sentence.end).min(hit.last + 1 + LOCAL_REACH);
        let end = (hit.last + 1..stop).find(|word| self.breaks_after(*word)).map_or(stop, |word| word + 1);
        let start = (self.clause_start(at, sentence)..hit.first).rev().find(|word| self.breaks_after(*word));
        let start = start.map_or(self.clause_start(at, sentence), |word| word + 1).max(hit.first.saturating_sub(4));
        let words = start..end.max(hit.last + 1);
        Scope { words, state, cue: Some(hit.first..hit.last + 1), quote: None, speaker: 0..0 }
    }

    /// "So-called" doubts a name and not the sentence: "so-called experts deny …" is rhetoric of the writer's own.
    fn noun(&self, hit: Occurrence, state: State, sentence: &Range<u32>) -> Scope {
        let stop = sentence.end.min(hit.last + 1 + NOUN_REACH);
        let end = (hit.last + 1..stop).find(|word| self.breaks_after(*word)).map_or(stop, |word| word + 1);
        Scope { words: hit.first..end, state, cue: Some(hit.first..hit.last + 1), quote: None, speaker: 0..0 }
    }

    /// Whether punctuation that ends a clause follows this word.
    fn breaks_after(&self, word: u32) -> bool {
        let between = self.after(word);
        between
            .is_none_or(|between| between.contains([',', '،', ';', '؛', ':', '"', '(', ')']) || between.contains(" - "))
    }

    /// Whether a colon follows this word.
    fn colon_after(&self, word: u32) -> bool {
        self.after(word).is_some_and(|between| between.contains(':'))
    }

    /// Whether a comma or its like follows this word.
    fn comma_after(&self, word: u32) -> bool {
        self.after(word).is_none_or(|between| between.contains([',', '،', ';', '؛', ':']))
    }

    /// What stands between this word and the next; none after the last.
    fn after(&self, word: u32) -> Option<&str> {
        let words = &self.folded.words;
        let next = words.get(word as usize + 1)?;
        Some(&self.folded.text[words[word as usize].folded.end as usize..next.folded.start as usize])
    }

    /// Quotations: those of speech are quoted, by the cue of their sentence where there is one.
    fn quotes(&self, scopes: &mut Vec<Scope>) {
        let speech = |quote: &&Quotation| match quote.words.end - quote.words.start {
            // A capital makes it a name.
            2..=SHORT_QUOTE => !self.folded.words[quote.words.start as usize].capital,
            words => words > SHORT_QUOTE,
        };
        for quote in self.quotes.iter().filter(speech) {
            let by = scopes
                .iter()
                .filter(|scope| scope.quote.is_none() && scope.cue.is_some())
                .filter(|scope| self.governs(scope, quote))
                .max_by_key(|scope| scope.state)
                .cloned();
            let inside = Some(quote.start..quote.end);
            let words = quote.words.clone();
            scopes.push(match by {
                Some(scope) => {
                    let state = scope.state.max(State::Quoted);
                    Scope { words, state, quote: inside, ..scope }
                }
                None => Scope { words, state: State::Quoted, cue: None, quote: inside, speaker: 0..0 },
            });
        }
    }

    /// Whether a scope's cue speaks of this quotation: it stands outside, in the sentence where the quotation begins
    /// or ends, or next to it.
    fn governs(&self, scope: &Scope, quote: &Quotation) -> bool {
        let Some(cue) = &scope.cue else { return false };
        if cue.start >= quote.words.start && cue.start < quote.words.end {
            return false;
        }
        let overlaps = scope.words.start < quote.words.end && quote.words.start < scope.words.end;
        let sentence = self.sentence(cue.start);
        let beside = sentence.contains(&quote.words.start) || sentence.contains(&(quote.words.end - 1));
        let follows = cue.start >= quote.words.end && cue.start - quote.words.end <= SPEAKER_REACH;
        overlaps || beside || follows
    }
}
