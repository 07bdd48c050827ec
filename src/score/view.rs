//! A post through the eyes of one pack: whose words are whose, given the pack's actors.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::compile::{CompiledPack, Engine};
use super::evaluate::{Place, Reading};
use super::evidence::evidence;
use super::lexicon::Occurrence;
use super::scan::{FieldScan, Scratch};
use super::stance::{Cue, Readings, Scope};
use super::verdict::{Evidence, Field, State};
use crate::classify::{Classifier, Judgement, Read};
use crate::post::Post;
use crate::text::Language;

/// Words between an actor's name and what characterises it.
const CHARACTERISE_REACH: u32 = 5;
/// Words between an actor's name and the purpose that it is given.
const PURPOSE_REACH: u32 = 8;
/// Words between the name of a state and what an onlooker says that it is after.
const INFLUENCE_REACH: u32 = 12;

/// The readings of a post's fields, made when the first hit asks for them and shared by all packs.
#[derive(Debug, Default)]
pub struct Shared {
    title: OnceCell<Readings>,
    text: OnceCell<Readings>,
    judgements: RefCell<HashMap<usize, Option<Rc<Judgement>>>>,
    evidence: RefCell<HashMap<(Field, usize, usize), Option<Evidence>>>,
}

/// One pack's view of a post.
#[derive(Debug)]
pub struct View<'a> {
    /// The post.
    pub post: &'a Post,
    /// What was found in it.
    pub scratch: &'a Scratch,
    engine: &'a Engine,
    pack: &'a CompiledPack,
    shared: &'a Shared,
    /// The language that was found.
    pub language: Language,
    /// Whether the author or channel is one of the pack's actors.
    pub by_actor: bool,
    from_actor: bool,
    framed: OnceCell<Option<Vec<Place>>>,
    /// Where the pack's actors are named, by field.
    named: [OnceCell<Vec<(usize, Occurrence)>>; 2],
    /// Readings that were asked for: many indicators share their words.
    read: RefCell<HashMap<(Field, u32, u32), Reading>>,
}

impl<'a> View<'a> {
    /// A pack's view of a scanned post.
    #[must_use]
    pub fn new(
        engine: &'a Engine,
        pack: &'a CompiledPack,
        shared: &'a Shared,
        post: &'a Post,
        scratch: &'a Scratch,
        language: Language,
    ) -> Self {
        let actor = |forwarded: bool| {
            scratch.facts.iter().any(|fact| {
                pack.actors.iter().any(|actor| actor.accounts == fact.list)
                    && match fact.field {
                        Field::Author | Field::Channel => !forwarded,
                        Field::ForwardedFrom => forwarded,
                        _ => false,
                    }
            })
        };
        let (by_actor, from_actor) = (actor(false), post.is_bare_forward() && actor(true));
        Self {
            post,
            scratch,
            engine,
            pack,
            shared,
            language,
            by_actor,
            from_actor,
            framed: OnceCell::new(),
            named: Default::default(),
            read: RefCell::default(),
        }
    }

    /// The fields of words.
    #[must_use]
    pub fn fields(&self) -> [(Field, &'a FieldScan); 2] {
        self.scratch.fields()
    }

    /// What stands in a field of words.
    #[must_use]
    pub fn scan(&self, field: Field) -> &'a FieldScan {
        if field == Field::Title { &self.scratch.title } else { &self.scratch.text }
    }

    /// The original text of a field of words.
    #[must_use]
    pub fn original(&self, field: Field) -> &'a str {
        match field {
            Field::Title => self.post.title.as_deref().unwrap_or_default(),
            _ => &self.post.text,
        }
    }

    /// A classifier of the engine.
    #[must_use]
    pub fn classifier(&self, classifier: usize) -> &'a Classifier {
        &self.engine.classifiers[classifier]
    }

    /// What a classifier makes of the post, headline and text together.
    #[must_use]
    pub fn judgement(&self, classifier: usize) -> Option<Rc<Judgement>> {
        let mut known = self.shared.judgements.borrow_mut();
        known
            .entry(classifier)
            .or_insert_with(|| {
                let fields =
                    self.fields().map(|(field, scan)| Read { folded: &scan.folded, original: self.original(field) });
                self.classifier(classifier).judge(&fields).map(Rc::new)
            })
            .clone()
    }

    /// Evidence at bytes of a field, drawn up once: hits share their words, and above all what decided their state.
    #[must_use]
    pub fn evidence(&self, field: Field, bytes: Range<usize>) -> Option<Evidence> {
        let mut known = self.shared.evidence.borrow_mut();
        let drawn = known.entry((field, bytes.start, bytes.end));
        drawn.or_insert_with(|| evidence(self.post, field, Some(bytes))).clone()
    }

    /// The reading of something that is no text: an author, a link.
    #[must_use]
    pub fn plain(&self) -> Reading {
        let state = if self.post.is_bare_forward() { State::Forwarded } else { State::Asserted };
        Reading { state, speaker: None, relayed: false, keep: 1.0, because: Vec::new() }
    }

    /// What is kept of a likeness.
    #[must_use]
    pub fn likeness(&self) -> f64 {
        self.pack.pack.file.stance.likeness.value
    }

    /// The reading of bytes of a field: that of the words that they touch.
    #[must_use]
    pub fn reading_at(&self, field: Field, scan: &FieldScan, bytes: &Range<usize>) -> Reading {
        let touched = |word: &crate::text::Word| (word.original.end as usize) > bytes.start;
        let first = scan.folded.words.partition_point(|word| !touched(word));
        let last = scan.folded.words.partition_point(|word| (word.original.start as usize) < bytes.end);
        if first >= last {
            return self.plain();
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.reading(field, &(place(first)..place(last)))
    }

    /// In what state these words stand, and what they keep.
    #[must_use]
    pub fn reading(&self, field: Field, words: &Range<u32>) -> Reading {
        let place = (field, words.start, words.end);
        if let Some(reading) = self.read.borrow().get(&place) {
            return reading.clone();
        }
        let reading = self.read(field, words);
        self.read.borrow_mut().insert(place, reading.clone());
        reading
    }

    fn read(&self, field: Field, words: &Range<u32>) -> Reading {
        let readings = self.readings(field);
        let scope = readings.of(words);
        // An actor's own account, or a forward of it, cannot excuse itself
        let own = self.by_actor || self.from_actor;
        // by quoting somebody, or by asking what it insinuates.
        let scope = scope
            .filter(|scope| !own || scope.cue.is_some() && matches!(scope.state, State::Distanced | State::Denied));
        // "Fake: …" is a genre of the operations too, so their own accounts get nothing for it.
        let label =
            self.verdict(field, words).filter(|(state, _)| !own && scope.is_none_or(|scope| scope.state <= *state));
        if let Some((state, because)) = label {
            let keep = self.pack.keep(state);
            return Reading { state, speaker: None, relayed: false, keep, because: vec![because] };
        }
        let scope = scope.or_else(|| self.source(field, words).filter(|_| !own));
        match scope {
            Some(scope) => self.scoped(field, scope),
            None if own => self.plain(),
            None => match self.framed() {
                Some(because) => {
                    let keep = self.pack.keep(State::Attributed);
                    Reading { state: State::Attributed, speaker: None, relayed: false, keep, because: because.clone() }
                }
                None => self.plain(),
            },
        }
    }

    /// The label that calls these words false. One that opens the headline speaks of headline and text up to the
    /// first turn, one that opens the text of its sentence, a closing one of all before it.
    fn verdict(&self, field: Field, words: &Range<u32>) -> Option<(State, Place)> {
        let before_turn = words.end <= self.readings(field).turn;
        let labels = self.fields().into_iter().filter_map(|(at, _)| {
            let label = self.readings(at).verdict.as_ref()?;
            let within = at == Field::Title || at == field && words.end <= label.reach;
            let before = at != field || words.end <= label.cue.start;
            let reaches = if label.opens { before_turn && within } else { before };
            reaches.then(|| (label.state, Place::Words(at, label.cue.clone())))
        });
        labels.max_by_key(|(state, _)| *state)
    }

    /// The line that names one of the pack's actors as the source of these words.
    fn source(&self, field: Field, words: &Range<u32>) -> Option<&'a Scope> {
        let sources = self.readings(field).sources.iter();
        sources.filter(|scope| words.end <= scope.words.end).find(|scope| self.speaker(field, scope).is_some())
    }

    fn scoped(&self, field: Field, scope: &Scope) -> Reading {
        let mut because = Vec::new();
        if let Some(cue) = &scope.cue {
            because.push(Place::Words(field, cue.clone()));
        }
        if let Some(quote) = &scope.quote {
            because.push(Place::Bytes(field, quote.clone()));
        }
        let liftable = matches!(scope.state, State::Quoted | State::Attributed);
        let speaker = self.speaker(field, scope);
        let mut relayed = false;
        if let Some((_, name)) = &speaker {
            because.push(Place::Words(field, name.clone()));
            if liftable {
                match self.framed() {
                    Some(framing) => because.extend(framing.iter().cloned()),
                    None => relayed = true,
                }
            }
        }
        let keep = if relayed { 1.0 } else { self.pack.keep(scope.state) };
        Reading { state: scope.state, speaker: speaker.map(|(actor, _)| actor), relayed, keep, because }
    }

    /// The pack's actor named nearest to the cue, unless the words there belong to an analyst.
    fn speaker(&self, field: Field, scope: &Scope) -> Option<(usize, Range<u32>)> {
        let cue = scope.cue.as_ref()?;
        let inside = |hit: &Occurrence| scope.speaker.start <= hit.first && hit.last < scope.speaker.end;
        let distance = |hit: &Occurrence| {
            if hit.first >= cue.end { hit.first - cue.end } else { cue.start.saturating_sub(hit.last) }
        };
        let named = self.names(field).filter(|(_, hit)| inside(hit));
        let (actor, hit) = named.min_by_key(|(_, hit)| distance(hit))?;
        let analyst =
            self.readings(field).framing.iter().any(|(cue, source)| {
                *cue == Cue::Analysis && inside(source) && self.readings(field).parts(source, &hit)
            });
        (!analyst).then_some((actor, hit.first..hit.last + 1))
    }

    /// Where the pack's actors are named.
    fn names(&self, field: Field) -> impl Iterator<Item = (usize, Occurrence)> + '_ {
        let named = &self.named[usize::from(field != Field::Title)];
        let find = || {
            let (scan, actors) = (self.scan(field), self.pack.actors.iter().enumerate());
            actors.flat_map(|(at, actor)| scan.of_list(actor.names).map(move |hit| (at, hit))).collect()
        };
        named.get_or_init(find).iter().copied()
    }

    fn readings(&self, field: Field) -> &'a Readings {
        let (cell, scan) = match field {
            Field::Title => (&self.shared.title, &self.scratch.title),
            _ => (&self.shared.text, &self.scratch.text),
        };
        let headline = field == Field::Title;
        cell.get_or_init(|| Readings::new(scan, self.original(field), headline, &|list| self.engine.cue(list)))
    }

    /// The words by which the post frames one of the pack's actors: says what it is or what it is after, or gives the
    /// analysis of it to a source. None where it does not, or where the author is such an actor.
    fn framed(&self) -> Option<&Vec<Place>> {
        self.framed
            .get_or_init(|| {
                if self.by_actor || self.from_actor {
                    return None;
                }
                self.fields()
                    .into_iter()
                    .find_map(|(field, scan)| self.framing(field, scan).or_else(|| self.influence(field, scan)))
            })
            .as_ref()
    }

    /// Whether the post frames one of the pack's actors.
    #[must_use]
    pub fn is_framed(&self) -> bool {
        self.framed().is_some()
    }

    /// "Moscow … to widen its influence": the state behind an actor, and behind its name an onlooker's word for what
    /// it is after. Nobody says so of himself, so the actor need not be named.
    fn influence(&self, field: Field, scan: &FieldScan) -> Option<Vec<Place>> {
        let sentence = |word: u32| scan.folded.words[word as usize].sentence;
        let cues = self.readings(field).framing.iter().filter(|(cue, _)| *cue == Cue::Influence);
        cues.into_iter().find_map(|(_, hit)| {
            let behind = self.pack.actors.iter().flat_map(|actor| &actor.behind);
            let name = behind.flat_map(|list| scan.of_list(*list)).find(|name| {
                name.last < hit.first
                    && sentence(name.first) == sentence(hit.first)
                    && hit.first - name.last <= INFLUENCE_REACH
            })?;
            let words = |hit: &Occurrence| Place::Words(field, hit.first..hit.last + 1);
            Some(vec![words(hit), words(&name)])
        })
    }

    fn framing(&self, field: Field, scan: &FieldScan) -> Option<Vec<Place>> {
        let sentence = |word: u32| scan.folded.words[word as usize].sentence;
        let readings = self.readings(field);
        self.names(field).find_map(|(_, name)| {
            let (_, cue) = readings.framing.iter().find(|(cue, hit)| {
                let same = sentence(hit.first) == sentence(name.first);
                let overlap = hit.first <= name.last && name.first <= hit.last;
                same && !overlap
                    && match cue {
                        Cue::Characterise => apart(hit, &name) <= CHARACTERISE_REACH,
                        Cue::Purpose if hit.first > name.last => hit.first - name.last <= PURPOSE_REACH,
                        // "Moscow uses the channel X", and a language that puts its verb first.
                        Cue::Purpose => apart(hit, &name) <= 1,
                        // "Rybar's analysts say": its own people, no source apart from it.
                        Cue::Analysis => readings.parts(hit, &name),
                        _ => false,
                    }
            })?;
            let words = |hit: &Occurrence| Place::Words(field, hit.first..hit.last + 1);
            Some(vec![words(cue), words(&name)])
        })
    }
}

/// Words between two occurrences; 0 where they touch or overlap.
fn apart(one: &Occurrence, other: &Occurrence) -> u32 {
    let (left, right) = if one.first <= other.first { (one, other) } else { (other, one) };
    right.first.saturating_sub(left.last + 1)
}
