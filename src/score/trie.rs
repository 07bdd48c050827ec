//! A trie over the anchors of all phrases, walked once from the beginning of each word.
//!
//! An Aho-Corasick automaton finds anchors anywhere and has to look at every character, but a phrase can only begin where
//! a word begins (or behind an Arabic proclitic). Walking from there, most words are through after two or three
//! characters, and what is not on the way of a word is never touched. Where only one anchor is left below a node, the
//! rest is compared at once, so 10,000 anchors have some 15,000 nodes, and the whole stays in a processor's second
//! cache. What it was measured against stands in ARCHITECTURE.md.

/// A node: what ends here, and where its children are.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The anchor that ends at this node, or [`NONE`]; of a leaf, the one anchor below it.
    anchor: u32,
    /// Bytes from the root to here.
    depth: u32,
    /// Children: a range of `labels`; empty for a leaf.
    first: u32,
    children: u32,
}

const NONE: u32 = u32::MAX;

/// Anchors by their characters.
#[derive(Debug, Default)]
pub(super) struct Trie {
    anchors: Vec<Box<str>>,
    nodes: Vec<Node>,
    /// First characters and their nodes, sorted within each node's range; a child of label `at` is node `targets[at]`.
    labels: Vec<char>,
    targets: Vec<u32>,
    /// The root's children below this many, by their code: it has hundreds, and every word asks it.
    roots: Vec<u32>,
}

/// Latin, Greek, Cyrillic, Hebrew and Arabic letters stand below it.
const ROOTS: usize = 0x700;

impl Trie {
    /// Of anchors that are sorted, distinct and not empty; an anchor is known by its position.
    pub(super) fn new(anchors: Vec<Box<str>>) -> Self {
        debug_assert!(anchors.is_sorted() && anchors.iter().all(|anchor| !anchor.is_empty()));
        let mut trie = Self { anchors, roots: vec![NONE; ROOTS], ..Self::default() };
        if !trie.anchors.is_empty() {
            trie.grow(0, trie.anchors.len(), 0);
            let Node { first, children, .. } = trie.nodes[0];
            for at in first as usize..(first + children) as usize {
                if let Some(root) = trie.roots.get_mut(trie.labels[at] as usize) {
                    *root = trie.targets[at];
                }
            }
        }
        trie
    }

    /// The node for the anchors from `from` to `to`, which share their first `depth` bytes.
    fn grow(&mut self, from: usize, to: usize, depth: usize) -> u32 {
        let at = self.nodes.len();
        let leaf = to - from == 1 && depth > 0;
        let ends = leaf || self.anchors[from].len() == depth;
        let anchor = if ends { position(from) } else { NONE };
        self.nodes.push(Node { anchor, depth: position(depth), first: position(self.labels.len()), children: 0 });
        if leaf {
            return position(at);
        }
        let label = |anchor: &str| anchor[depth..].chars().next().unwrap_or_default();
        let mut groups: Vec<(char, usize, usize)> = Vec::new();
        for one in from + usize::from(ends)..to {
            let letter = label(&self.anchors[one]);
            match groups.last_mut() {
                Some((known, _, end)) if *known == letter => *end = one + 1,
                _ => groups.push((letter, one, one + 1)),
            }
        }
        let first = self.labels.len();
        self.nodes[at].children = position(groups.len());
        self.labels.extend(groups.iter().map(|(letter, ..)| *letter));
        self.targets.resize(self.labels.len(), NONE);
        for (number, (letter, from, to)) in groups.into_iter().enumerate() {
            self.targets[first + number] = self.grow(from, to, depth + letter.len_utf8());
        }
        position(at)
    }

    /// Calls back with each anchor that the word begins with, shortest first.
    pub(super) fn walk(&self, word: &str, mut back: impl FnMut(u32)) {
        let mut letters = word.chars();
        let Some(mut at) = letters.next().and_then(|letter| self.root(letter)) else { return };
        loop {
            let node = self.nodes[at as usize];
            if node.children == 0 {
                let rest = &self.anchors[node.anchor as usize].as_bytes()[node.depth as usize..];
                if word.as_bytes()[node.depth as usize..].starts_with(rest) {
                    back(node.anchor);
                }
                return;
            }
            if node.anchor != NONE {
                back(node.anchor);
            }
            match letters.next().and_then(|letter| self.child(node, letter)) {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    fn root(&self, letter: char) -> Option<u32> {
        match self.roots.get(letter as usize) {
            Some(&at) => (at != NONE).then_some(at),
            None => self.nodes.first().and_then(|root| self.child(*root, letter)),
        }
    }

    fn child(&self, node: Node, letter: char) -> Option<u32> {
        let range = node.first as usize..(node.first + node.children) as usize;
        let labels = &self.labels[range.clone()];
        // Most nodes have a handful of children.
        let at = if labels.len() <= 8 {
            labels.iter().position(|label| *label == letter)?
        } else {
            labels.binary_search(&letter).ok()?
        };
        Some(self.targets[range.start + at])
    }
}

/// Positions fit: a pack file has a few megabytes, and its anchors fewer characters.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trie(anchors: &[&str]) -> Trie {
        let mut anchors: Vec<Box<str>> = anchors.iter().map(|anchor| (*anchor).into()).collect();
        anchors.sort();
        anchors.dedup();
        Trie::new(anchors)
    }

    fn found(trie: &Trie, word: &str) -> Vec<String> {
        let mut found = Vec::new();
        trie.walk(word, |anchor| found.push(trie.anchors[anchor as usize].to_string()));
        found
    }

    #[test]
    fn a_word_finds_what_it_begins_with() {
        let trie = trie(&["ира", "ирак", "иракск", "россия", "عراق", "漢", "漢字", "a"]);
        assert_eq!(found(&trie, "иракский"), ["ира", "ирак", "иракск"]);
        assert_eq!(found(&trie, "иран"), ["ира"]);
        assert_eq!(found(&trie, "росси"), Vec::<String>::new());
        assert_eq!(found(&trie, "漢字"), ["漢", "漢字"]);
        assert_eq!(found(&trie, ""), Vec::<String>::new());
        assert_eq!(found(&Trie::new(Vec::new()), "a"), Vec::<String>::new());
    }

    #[test]
    fn a_single_anchor_is_found_too() {
        assert_eq!(found(&trie(&["ирак"]), "иракский"), ["ирак"]);
        assert_eq!(found(&trie(&["ирак"]), "иран"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn it_finds_what_a_list_would(anchors in prop::collection::vec("[абвab漢]{1,5}", 0..40), word in "[абвab漢]{0,7}") {
            let anchors: Vec<&str> = anchors.iter().map(String::as_str).collect();
            let mut expected: Vec<String> =
                anchors.iter().filter(|anchor| word.starts_with(**anchor)).map(ToString::to_string).collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(found(&trie(&anchors), &word), expected);
        }
    }
}
