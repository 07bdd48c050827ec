//! Packs and languages → one engine.
//!
//! Every list of every pack, every actor's names and every language's cues become numbered lists of one lexicon;
//! accounts and domains become numbered lists of one registry. Each indicator is filed under the lists of which one
//! must occur, so that what cannot fire is never looked at.

use std::collections::HashMap;

use jiff::Timestamp;

use super::evaluate::Tree;
use super::except::Exemption;
use super::fields::{FieldValues, Languages};
use super::lexicon::{Builder, Lexicon, ListId};
use super::scan::Registry;
use super::stance::Cue;
use super::verdict::State;
use crate::classify::Classifier;
use crate::pack::Pack;
use crate::pack::PackFile;
use crate::pack::Vocabulary;
use crate::pack::check::{duration, phrases};
use crate::pack::grammar::{Actor, AlertRule, Exception, LinkTo, Match, OncePer, ReadsLike};
use crate::pack::language::{Cues, Language};
use crate::text::{self, Protected};
use crate::yaml::At;

/// Packs that could not be compiled together.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The phrases do not fit one lexicon.
    #[error("the phrases of these packs do not fit one lexicon: {0}; leave some packs to another instance")]
    Lexicon(String),
    /// A regular expression does not compile (checks report it with its place).
    #[error("the regular expression `{pattern}` of {pack}/{indicator} is broken: {why}")]
    Regex {
        /// The pack.
        pack: String,
        /// The indicator.
        indicator: String,
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two packs of one name.
    #[error("two packs are called `{0}`; rename one")]
    Twice(String),
}

/// Everything that scoring needs, read-only and shared by all workers.
#[derive(Debug)]
pub struct Engine {
    /// All phrases.
    pub lexicon: Lexicon,
    /// All accounts and domains.
    pub registry: Registry,
    /// The packs.
    pub packs: Vec<CompiledPack>,
    /// What reads texts as a whole.
    pub classifiers: Vec<Classifier>,
    /// Per list: what it means for stance.
    cues: Vec<Option<Cue>>,
    /// Per list: the indicators that it may trigger.
    triggers: Vec<Vec<(usize, usize)>>,
    /// Indicators that are tried on every post.
    always: Vec<(usize, usize)>,
}

/// A pack ready to score.
#[derive(Debug)]
pub struct CompiledPack {
    /// The pack.
    pub pack: Pack,
    /// Its actors, in file order.
    pub actors: Vec<CompiledActor>,
    /// Names that count only near other words.
    pub guards: Vec<CompiledGuard>,
    /// Its indicators, in file order.
    pub trees: Vec<Tree>,
    /// Its alerts.
    pub alerts: Vec<CompiledAlert>,
    /// What does not count, in the order of its exceptions.
    pub exemptions: Vec<Exemption>,
}

/// An actor's lists.
#[derive(Debug)]
pub struct CompiledActor {
    /// What to call it.
    pub label: String,
    /// Its names.
    pub names: ListId,
    /// Its accounts.
    pub accounts: ListId,
    /// Names of who stands behind it.
    pub behind: Vec<ListId>,
}

/// An ambiguous name.
#[derive(Debug)]
pub struct CompiledGuard {
    /// The list that holds the ambiguous name alone.
    pub name: ListId,
    /// The list of the actor's names that it joins when it counts.
    pub joins: ListId,
    /// One of these must be near.
    pub near: Vec<ListId>,
    /// Words from first to last.
    pub within: u32,
}

/// An alert rule.
#[derive(Debug)]
pub struct CompiledAlert {
    /// As written.
    pub rule: AlertRule,
    /// The score from which on it holds.
    pub at: f64,
    /// Indexes of indicators that must keep points.
    pub needs: Vec<usize>,
    /// How long one alert for a key holds back the next.
    pub once: Option<(OncePer, std::time::Duration)>,
}

impl CompiledPack {
    /// The share that a hit in this state keeps.
    #[must_use]
    pub fn keep(&self, state: State) -> f64 {
        let factors = &self.pack.file.stance;
        match state {
            State::Asserted | State::Forwarded => 1.0,
            State::Attributed => factors.attributed.value,
            State::Quoted => factors.quoted.value,
            State::Distanced => factors.distanced.value,
            State::Denied => factors.denied.value,
        }
    }
}

impl Engine {
    /// Compiles packs with their vocabulary.
    ///
    /// # Errors
    /// Two packs of one name, a broken expression, or more phrases than can be numbered.
    pub fn new(packs: Vec<Pack>, vocabulary: &Vocabulary) -> Result<Self, CompileError> {
        let mut compiler = Compiler { classifiers: vocabulary.classifiers.clone(), ..Compiler::default() };
        for language in &vocabulary.languages {
            compiler.language(language);
        }
        let mut compiled: Vec<CompiledPack> = Vec::new();
        for pack in packs {
            if compiled.iter().any(|other| other.pack.file.pack.value == pack.file.pack.value) {
                return Err(CompileError::Twice(pack.file.pack.value));
            }
            compiled.push(compiler.pack(pack)?);
        }
        let lexicon = compiler.builder.build().map_err(CompileError::Lexicon)?;
        let mut triggers = vec![Vec::new(); lexicon.lists()];
        let mut always = Vec::new();
        for (pack, compiled) in compiled.iter().enumerate() {
            for (indicator, tree) in compiled.trees.iter().enumerate() {
                match tree.triggers() {
                    None => always.push((pack, indicator)),
                    Some(lists) => lists.iter().for_each(|list| triggers[*list as usize].push((pack, indicator))),
                }
            }
        }
        let Compiler { registry, cues, classifiers, .. } = compiler;
        let mut of_list = vec![None; lexicon.lists()];
        for (list, cue) in cues {
            of_list[list as usize] = Some(cue);
        }
        Ok(Self { lexicon, registry, packs: compiled, classifiers, cues: of_list, triggers, always })
    }

    /// What a list means for stance, if it belongs to a language.
    #[must_use]
    pub fn cue(&self, list: ListId) -> Option<Cue> {
        self.cues[list as usize]
    }

    /// The (pack, indicator) pairs that may be found given these lists, in order, each once.
    pub fn candidates(&self, lists: &[ListId], candidates: &mut Vec<(usize, usize)>) {
        candidates.clear();
        candidates.extend_from_slice(&self.always);
        for list in lists {
            candidates.extend_from_slice(&self.triggers[*list as usize]);
        }
        candidates.sort_unstable();
        candidates.dedup();
    }
}

#[derive(Default)]
struct Compiler {
    classifiers: Vec<Classifier>,
    builder: Builder,
    registry: Registry,
    cues: Vec<(ListId, Cue)>,
}

impl Compiler {
    fn list<'p>(
        &mut self,
        phrases: impl IntoIterator<Item = &'p At<String>>,
        language: Option<text::Language>,
    ) -> ListId {
        let list = self.builder.list();
        for phrase in phrases {
            self.builder.add(list, phrase, language);
        }
        list
    }

    fn language(&mut self, language: &Language) {
        let file = &language.file;
        let mut cues: Vec<(Cue, &[At<String>])> = Vec::new();
        for (Cues { forward, backward, local, noun, label }, state) in
            [(&file.attribution, State::Attributed), (&file.distance, State::Distanced), (&file.denial, State::Denied)]
        {
            cues.push((Cue::Forward(state), forward));
            cues.push((Cue::Backward(state), backward));
            cues.push((Cue::Local(state), local));
            cues.push((Cue::Noun(state), noun));
            cues.push((Cue::Label(state), label));
        }
        cues.push((Cue::Characterise, &file.framing.characterise));
        cues.push((Cue::Purpose, &file.framing.purpose));
        cues.push((Cue::Analysis, &file.framing.analysis));
        cues.push((Cue::Influence, &file.framing.influence));
        cues.push((Cue::Complementiser, &file.complementisers));
        cues.push((Cue::Pointer, &file.pointers));
        cues.push((Cue::Terminator, &file.terminators));
        cues.push((Cue::Pseudo, &file.pseudo));
        for (cue, phrases) in cues {
            let list = self.list(phrases, text::Language::of_code(&file.language));
            self.cues.push((list, cue));
        }
    }

    fn pack(&mut self, pack: Pack) -> Result<CompiledPack, CompileError> {
        let file = &pack.file;
        let mut names: HashMap<&str, ListId> = HashMap::new();
        for (name, _) in &file.words.0 {
            let list = self.builder.list();
            for (language, phrase) in phrases(&file.words, name) {
                self.builder.add(list, phrase, text::Language::of_code(language));
            }
            names.insert(name, list);
        }
        let mut actors = Vec::new();
        for (name, actor) in &file.actors.0 {
            let behind = actor.behind.iter().filter_map(|list| names.get(list.as_str()).copied()).collect();
            let compiled = self.actor(name, actor, behind);
            names.insert(name, compiled.names);
            actors.push(compiled);
        }
        let mut guards = Vec::new();
        for ((_, actor), compiled) in file.actors.0.iter().zip(&actors) {
            for (phrase, guard) in &actor.ambiguous.0 {
                let name = self.list([phrase], None);
                let near = guard.near.iter().filter_map(|near| names.get(near.as_str()).copied()).collect();
                guards.push(CompiledGuard { name, joins: compiled.names, near, within: guard.within.value });
            }
        }
        let mut domains: HashMap<&str, ListId> = HashMap::new();
        for (name, hosts) in &file.domains.0 {
            domains.insert(name, self.domains(hosts));
        }
        let accounts = file.actors.names().zip(actors.iter().map(|actor| actor.accounts)).collect();
        let mut scope = Scope { file, compiler: self, names: &names, accounts: &accounts, domains: &domains };
        let mut trees = Vec::new();
        for indicator in &file.indicators {
            let tree = scope.tree(&indicator.matches).map_err(|(pattern, why)| CompileError::Regex {
                pack: file.pack.value.clone(),
                indicator: indicator.id.value.clone(),
                pattern,
                why,
            })?;
            trees.push(tree);
        }
        let alerts = file.alerts.iter().map(|rule| alert(&pack, rule)).collect();
        let exemptions = pack.exceptions.iter().map(|exception| self.exemption(file, exception)).collect();
        Ok(CompiledPack { pack, actors, guards, trees, alerts, exemptions })
    }

    fn exemption(&mut self, file: &PackFile, exception: &Exception) -> Exemption {
        let except = &exception.except.value;
        let given = |list: &[At<String>]| !list.is_empty();
        let indicator = |name: &At<String>| file.indicators.iter().position(|one| one.id.value == name.value);
        Exemption {
            indicators: given(&exception.indicators)
                .then(|| exception.indicators.iter().filter_map(indicator).collect()),
            authors: given(&except.authors).then(|| self.accounts(&except.authors)),
            domains: given(&except.domains).then(|| self.domains(&except.domains)),
            phrases: given(&except.phrases).then(|| self.list(&except.phrases, None)),
            posts: except.posts.iter().map(|post| post.value.clone()).collect(),
            end: last_moment(&exception.until),
        }
    }

    fn accounts(&mut self, accounts: &[At<String>]) -> ListId {
        let list = self.builder.list();
        for account in accounts {
            self.registry.hold_account(account, list);
        }
        list
    }

    fn actor(&mut self, name: &str, actor: &Actor, behind: Vec<ListId>) -> CompiledActor {
        let names = self.list(&actor.names, None);
        let accounts = self.accounts(&actor.accounts);
        let label = actor.title.clone().unwrap_or_else(|| name.to_string());
        CompiledActor { label, names, accounts, behind }
    }

    fn domains<'p>(&mut self, hosts: impl IntoIterator<Item = &'p At<String>>) -> ListId {
        let list = self.builder.list();
        for host in hosts {
            self.registry.hold_domain(host, list);
        }
        list
    }
}

/// The names that a pack's matches may use.
struct Scope<'p> {
    file: &'p PackFile,
    compiler: &'p mut Compiler,
    names: &'p HashMap<&'p str, ListId>,
    accounts: &'p HashMap<&'p str, ListId>,
    domains: &'p HashMap<&'p str, ListId>,
}

impl Scope<'_> {
    fn tree(&mut self, matches: &Match) -> Result<Tree, (String, String)> {
        let lists = |names: &[At<String>], known: &HashMap<&str, ListId>| {
            names.iter().filter_map(|name| known.get(name.as_str()).copied()).collect::<Vec<_>>()
        };
        Ok(match matches {
            Match::Words(names) => Tree::Words(lists(names, self.names)),
            Match::Near(near) => Tree::Near(lists(&near.words, self.names), near.within.value),
            Match::Regex(pattern) => {
                let regex = regex::Regex::new(&pattern.pattern)
                    .map_err(|fault| (pattern.pattern.value.clone(), fault.to_string()))?;
                Tree::Regex(Box::new(regex), pattern.raw)
            }
            Match::Author(names) => Tree::Author(lists(names, self.accounts)),
            Match::Link(link) => self.link(link),
            Match::All(parts) => Tree::All(self.trees(parts)?),
            Match::Any(parts) => Tree::Any(self.trees(parts)?),
            Match::Not(part) => Tree::Not(Box::new(self.tree(part)?)),
            Match::AtLeast(some) => Tree::AtLeast(some.n.value as usize, self.trees(&some.of)?),
            Match::Forwarded(names) => Tree::Forwarded(lists(names, self.accounts)),
            Match::Language(test) => Tree::Language(Languages::new(test)),
            Match::Field(test) => Tree::Field(FieldValues::new(test)?),
            Match::ReadsLike(like) => self.reads_like(like, lists(&like.about, self.names)),
            // Checks refuse it, so a loaded pack has none.
            Match::Joins(_) => Tree::Any(Vec::new()),
        })
    }

    fn reads_like(&self, like: &ReadsLike, about: Vec<ListId>) -> Tree {
        let known = &self.compiler.classifiers;
        let classifier = known.iter().position(|known| known.name == like.classifier.value);
        // Checks refuse it, so a loaded pack has none.
        let Some(classifier) = classifier else { return Tree::Any(Vec::new()) };
        let place = |class: &At<String>| known[classifier].classes.iter().position(|known| *known == class.value);
        let classes = like.classes.iter().filter_map(place).collect();
        Tree::ReadsLike { classifier, classes, at: like.at.value, about }
    }

    fn link(&mut self, link: &LinkTo) -> Tree {
        let Self { compiler, file, domains, .. } = self;
        let listed = link.domains.iter().filter_map(|name| domains.get(name.as_str()).copied());
        let mut lists: Vec<ListId> = listed.collect();
        lists.push(compiler.domains(link.domains.iter().filter(|name| !domains.contains_key(name.as_str()))));
        if !link.lookalike.is_empty() {
            let hosts = link.lookalike.iter().flat_map(|name| match file.domains.get(name) {
                Some(hosts) => hosts.iter().map(|host| host.as_str()).collect(),
                None => vec![name.as_str()],
            });
            let list = compiler.builder.list();
            compiler.registry.protected.push((list, Protected::new(hosts)));
            lists.push(list);
        }
        if link.shortener {
            let list = compiler.builder.list();
            compiler.registry.shorteners.push(list);
            lists.push(list);
        }
        Tree::Link(lists)
    }

    fn trees(&mut self, parts: &[At<Match>]) -> Result<Vec<Tree>, (String, String)> {
        parts.iter().map(|part| self.tree(part)).collect()
    }
}

fn alert(pack: &Pack, rule: &AlertRule) -> CompiledAlert {
    let position = |need: &At<String>| pack.file.indicators.iter().position(|one| one.id.value == need.value);
    CompiledAlert {
        at: rule.at.as_ref().map_or(f64::INFINITY, |at| at.value),
        needs: rule.needs.iter().filter_map(position).collect(),
        once: rule.once_per.clone().and_then(|once| duration(once.duration()).map(|time| (once, time))),
        rule: rule.clone(),
    }
}

/// The first moment after the last day of an exception (checks have read the day).
fn last_moment(until: &str) -> Timestamp {
    let day = until.parse::<jiff::civil::Date>().ok().and_then(|day| day.tomorrow().ok());
    let midnight = day.map(|day| day.at(0, 0, 0, 0));
    midnight.and_then(|moment| jiff::tz::Offset::UTC.to_timestamp(moment).ok()).unwrap_or(Timestamp::MAX)
}
