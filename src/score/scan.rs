//! One pass over a post: its fields folded, its phrases found, its accounts and links looked up.
//!
//! The buffers live in a [`Scratch`] that a worker keeps, so that a post without a hit allocates next to nothing.

use std::collections::HashMap;

use super::lexicon::{Lexicon, ListId, Occurrence};
use super::verdict::Field;
use crate::post::Post;
use crate::text::{Folded, Imitation, Protected, addresses, canonical_link, is_shortener};

/// A field of words, with what stands in it.
#[derive(Debug, Default)]
pub struct FieldScan {
    /// The folded text and its words.
    pub folded: Folded,
    /// What was found.
    pub found: Vec<Occurrence>,
    /// Indexes of `found`, by list and then by place.
    order: Vec<u32>,
}

impl FieldScan {
    fn scan(&mut self, lexicon: &Lexicon, original: &str) {
        self.folded.refold(original);
        self.found.clear();
        lexicon.find(&self.folded, &mut self.found);
        if !self.found.is_empty() && original.contains("://") {
            self.leave_links(original);
        }
    }

    /// What stands within an address is no word of the writer's: `link` and `domains` are for that.
    fn leave_links(&mut self, original: &str) {
        let links = addresses(original);
        let words = &self.folded.words;
        self.found.retain(|hit| {
            let first = words[hit.first as usize].original.start as usize;
            !links.iter().any(|link| link.contains(&first))
        });
    }

    /// What was found of one list, by its place; [`Scratch::settle`] must have been called.
    pub fn of_list(&self, list: ListId) -> impl Iterator<Item = Occurrence> + '_ {
        let start = self.order.partition_point(|at| self.found[*at as usize].list < list);
        let found = self.order[start..].iter().map(|at| self.found[*at as usize]);
        found.take_while(move |found| found.list == list)
    }

    fn settle(&mut self) {
        self.order.clear();
        self.order.extend(0..u32::try_from(self.found.len()).unwrap_or(u32::MAX));
        let found = &self.found;
        self.order.sort_unstable_by_key(|at| {
            let one = found[*at as usize];
            (one.list, one.first, one.last)
        });
    }

    /// What was found of one list.
    pub fn of(&self, list: ListId) -> impl Iterator<Item = Occurrence> + '_ {
        self.found.iter().copied().filter(move |found| found.list == list)
    }
}

/// An account or link that a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The list of accounts or domains.
    pub list: ListId,
    /// Where it stands in the post.
    pub field: Field,
    /// Whom a link imitates, and how.
    pub note: Option<String>,
}

/// Accounts and domains of all packs, by their names.
#[derive(Default)]
pub struct Registry {
    /// `source/handle`, lower case.
    pub accounts: HashMap<String, Vec<ListId>>,
    /// Host names, ASCII and lower case; a subdomain counts as its parent.
    pub domains: HashMap<String, Vec<ListId>>,
    /// Outlets that a link may imitate.
    pub protected: Vec<(ListId, Protected)>,
    /// The lists that every link shortener belongs to.
    pub shorteners: Vec<ListId>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registry {{ accounts: {}, domains: {} }}", self.accounts.len(), self.domains.len())
    }
}

impl Registry {
    /// Puts `source/handle` into a list.
    pub fn hold_account(&mut self, account: &str, list: ListId) {
        self.accounts.entry(account.to_lowercase()).or_default().push(list);
    }

    /// Puts a host into a list, in the form that links have.
    pub fn hold_domain(&mut self, host: &str, list: ListId) {
        let canonical = canonical_link(&format!("https://{host}/"));
        self.domains.entry(canonical.map_or(host.to_lowercase(), |link| link.host)).or_default().push(list);
    }

    fn account(&self, source: &str, handle: &str, field: Field, key: &mut String, facts: &mut Vec<Fact>) {
        key.clear();
        if !handle.contains('/') {
            key.push_str(source);
            key.push('/');
        }
        key.push_str(handle);
        if key.bytes().any(|byte| byte.is_ascii_uppercase()) || !key.is_ascii() {
            *key = key.to_lowercase();
        }
        if let Some(lists) = self.accounts.get(key.as_str()) {
            facts.extend(lists.iter().map(|&list| Fact { list, field, note: None }));
        }
    }

    fn link(&self, link: &str, at: usize, facts: &mut Vec<Fact>) {
        let Some(link) = canonical_link(link) else { return };
        let field = Field::Link(at);
        for (list, protected) in &self.protected {
            if let Some(Imitation { outlet, how }) = protected.imitated(&link.host) {
                let note = Some(format!("{} looks like {outlet}: {}", link.host_unicode, how.name()));
                facts.push(Fact { list: *list, field, note });
            }
        }
        if !self.shorteners.is_empty() && is_shortener(&link.host) {
            facts.extend(self.shorteners.iter().map(|&list| Fact { list, field, note: None }));
        }
        let mut host = link.host.as_str();
        loop {
            if let Some(lists) = self.domains.get(host) {
                facts.extend(lists.iter().map(|&list| Fact { list, field, note: None }));
            }
            match host.split_once('.') {
                Some((_, parent)) => host = parent,
                None => return,
            }
        }
    }

    fn look_up(&self, post: &Post, key: &mut String, facts: &mut Vec<Fact>) {
        if !self.accounts.is_empty() {
            if let Some(author) = &post.author {
                for handle in [&author.handle, &author.id].into_iter().flatten() {
                    self.account(&post.source, handle, Field::Author, key, facts);
                }
            }
            if let Some(channel) = &post.channel {
                self.account(&post.source, channel, Field::Channel, key, facts);
            }
            if let Some(from) = &post.forwarded_from {
                self.account(&post.source, from, Field::ForwardedFrom, key, facts);
            }
        }
        if !(self.domains.is_empty() && self.protected.is_empty() && self.shorteners.is_empty()) {
            for (at, link) in post.links.iter().enumerate() {
                self.link(link, at, facts);
            }
        }
    }
}

/// A worker's buffers.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The headline.
    pub title: FieldScan,
    /// The words.
    pub text: FieldScan,
    /// Accounts and links.
    pub facts: Vec<Fact>,
    present: Vec<u64>,
    lists: Vec<ListId>,
    key: String,
}

impl Scratch {
    /// Scans a post.
    pub fn scan(&mut self, lexicon: &Lexicon, registry: &Registry, post: &Post) {
        self.title.scan(lexicon, post.title.as_deref().unwrap_or_default());
        self.text.scan(lexicon, &post.text);
        self.facts.clear();
        registry.look_up(post, &mut self.key, &mut self.facts);
        self.present.clear();
        self.present.resize(lexicon.lists().div_ceil(64), 0);
        self.lists.clear();
        for at in 0..self.title.found.len() {
            self.mark(self.title.found[at].list);
        }
        for at in 0..self.text.found.len() {
            self.mark(self.text.found[at].list);
        }
        for at in 0..self.facts.len() {
            self.mark(self.facts[at].list);
        }
    }

    /// Notes that a list occurs.
    pub fn mark(&mut self, list: ListId) {
        let (word, bit) = (list as usize / 64, 1 << (list % 64));
        if self.present[word] & bit == 0 {
            self.present[word] |= bit;
            self.lists.push(list);
        }
    }

    /// Whether a list occurs.
    #[must_use]
    pub fn has(&self, list: ListId) -> bool {
        self.present[list as usize / 64] & (1 << (list % 64)) != 0
    }

    /// Sorts what was found, once all of it is there.
    pub fn settle(&mut self) {
        self.title.settle();
        self.text.settle();
    }

    /// The lists that occur, each once.
    #[must_use]
    pub fn lists(&self) -> &[ListId] {
        &self.lists
    }

    /// The fields of words, by name.
    #[must_use]
    pub fn fields(&self) -> [(Field, &FieldScan); 2] {
        [(Field::Title, &self.title), (Field::Text, &self.text)]
    }
}
