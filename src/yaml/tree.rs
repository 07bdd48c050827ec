//! The tree of a YAML document: nodes in one arena, each with the bytes that it stands at.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::problem::{Problem, short};

/// Deepest nesting that is read, aliases followed: packs need 8 levels, and everything that walks the tree, also to
/// score, is recursive.
const DEEPEST: usize = 64;

/// What a node holds; children are indexes into the arena.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A scalar: its text, and whether it was written without quotation marks.
    Scalar {
        /// The text after YAML's escapes.
        text: String,
        /// Plain scalars may be numbers, booleans or null; quoted ones are text.
        plain: bool,
    },
    /// A list.
    List(Vec<usize>),
    /// A mapping in file order.
    Map(Vec<(usize, usize)>),
}

/// A parsed document.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<(Node, Range<usize>)>,
    root: usize,
}

impl Tree {
    /// Parses the first document of a text.
    ///
    /// # Errors
    /// A problem at its place: broken syntax, a key that stands twice, nesting without end, an empty file.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let place = |index: usize| bytes.get(index).copied().unwrap_or(text.len());
        let mut builder = Builder::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|fault| {
                let mut at = place(fault.marker().index());
                if fault.info().contains("found a tab") {
                    // The parser stands at the value before it.
                    at += text[at..].find('\t').unwrap_or(0);
                }
                Problem::error("UC001", format!("this is not YAML: {}", fault.info()), at..at)
                    .help("indent with spaces, and quote text that holds `: `, ` #`, or begins with one of `*&!|>%@[{`")
            })?;
            let start = place(span.start.index());
            // The parser ends a plain scalar at the next token; white space behind it does not belong to it.
            let end = place(span.end.index());
            let end = match event {
                // It also counts a comment behind a closing bracket to the bracket.
                Event::SequenceEnd | Event::MappingEnd if end > start => start + 1,
                _ => start + text[start..end.max(start)].trim_end().len(),
            };
            if matches!(event, Event::DocumentEnd) {
                break;
            }
            builder.take(event, start..end)?;
        }
        match builder.root {
            Some(root) => Ok(Self { nodes: builder.nodes, root }),
            None => Err(Problem::error("UC001", "the file is empty", 0..0)),
        }
    }

    /// The root's index.
    #[must_use]
    pub fn root(&self) -> usize {
        self.root
    }

    /// How many nodes there are; indexes lie below it.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a tree has a root")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A node by its index.
    #[must_use]
    pub fn node(&self, at: usize) -> &Node {
        &self.nodes[at].0
    }

    /// The bytes that a node stands at.
    #[must_use]
    pub fn span(&self, at: usize) -> Range<usize> {
        self.nodes[at].1.clone()
    }

    /// Whether a mapping was written without braces, a key a line.
    #[must_use]
    pub fn is_block(&self, at: usize) -> bool {
        let Node::Map(entries) = self.node(at) else { return false };
        entries.first().is_some_and(|(key, _)| self.span(*key).start == self.span(at).start)
    }

    /// The text of a scalar.
    #[must_use]
    pub fn scalar(&self, at: usize) -> Option<&str> {
        match self.node(at) {
            Node::Scalar { text, .. } => Some(text),
            Node::List(_) | Node::Map(_) => None,
        }
    }

    /// The first key of the root mapping: tells what sort of file this is.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        match self.node(self.root) {
            Node::Map(entries) => entries.first().and_then(|(key, _)| self.scalar(*key)),
            Node::Scalar { .. } | Node::List(_) => None,
        }
    }

    /// Rewrites every scalar that is not a key; what `rewrite` refuses becomes a problem at its place.
    pub fn rewrite_values(&mut self, mut rewrite: impl FnMut(&str) -> Result<Option<String>, Problem>) -> Vec<Problem> {
        let keys: HashSet<usize> = self
            .nodes
            .iter()
            .filter_map(|(node, _)| if let Node::Map(entries) = node { Some(entries) } else { None })
            .flatten()
            .map(|(key, _)| *key)
            .collect();
        let mut problems = Vec::new();
        for (at, (node, span)) in self.nodes.iter_mut().enumerate() {
            if let Node::Scalar { text, .. } = node
                && !keys.contains(&at)
            {
                match rewrite(text) {
                    Ok(Some(new)) => *text = new,
                    Ok(None) => {}
                    Err(mut problem) => {
                        problem.span = span.clone();
                        problems.push(problem);
                    }
                }
            }
        }
        problems
    }
}

/// A list or mapping that is still open, with the key that waits for its value.
struct Open {
    node: usize,
    key: Option<usize>,
    /// The keys of a mapping so far: looking through its entries for each new one would be quadratic.
    keys: HashSet<String>,
    anchor: usize,
}

#[derive(Default)]
struct Builder {
    nodes: Vec<(Node, Range<usize>)>,
    /// For each node, the levels of lists and mappings from it down.
    heights: Vec<usize>,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
    root: Option<usize>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let node = self.add(Node::Scalar { text: text.into_owned(), plain }, span);
                self.anchors.insert(anchor, node);
                self.place(node)
            }
            Event::SequenceStart(anchor, _) => self.open(Node::List(Vec::new()), span, anchor),
            Event::MappingStart(anchor, _) => self.open(Node::Map(Vec::new()), span, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let last = self.last_byte(open.node);
                self.nodes[open.node].1.end = span.end.min(last.max(self.nodes[open.node].1.start)).max(last);
                if span.end > span.start {
                    self.nodes[open.node].1.end = span.end;
                }
                self.anchors.insert(open.anchor, open.node);
                self.place(open.node)
            }
            Event::Alias(anchor) => {
                let Some(&node) = self.anchors.get(&anchor) else {
                    return Err(Problem::error("UC001", "this alias names no anchor before it", span));
                };
                if self.open.len() + self.heights[node] > DEEPEST {
                    return Err(too_deep(span));
                }
                self.place(node)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn add(&mut self, node: Node, span: Range<usize>) -> usize {
        self.heights.push(usize::from(!matches!(node, Node::Scalar { .. })));
        self.nodes.push((node, span));
        self.nodes.len() - 1
    }

    fn open(&mut self, node: Node, span: Range<usize>, anchor: usize) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(too_deep(span));
        }
        let node = self.add(node, span);
        self.open.push(Open { node, key: None, keys: HashSet::new(), anchor });
        Ok(())
    }

    /// Where the last child of a block collection ends: the parser gives no end for one.
    fn last_byte(&self, node: usize) -> usize {
        let last = match &self.nodes[node].0 {
            Node::List(items) => items.last().copied(),
            Node::Map(entries) => entries.last().map(|(_, value)| *value),
            Node::Scalar { .. } => None,
        };
        last.map_or(self.nodes[node].1.end, |child| self.nodes[child].1.end)
    }

    /// Puts a finished node into the collection that is open.
    fn place(&mut self, node: usize) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        self.heights[open.node] = self.heights[open.node].max(self.heights[node] + 1);
        match &mut self.nodes[open.node].0 {
            Node::List(items) => items.push(node),
            Node::Map(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => {
                    entries.push((key, node));
                    let (key, span) = &self.nodes[key];
                    let Node::Scalar { text, .. } = key else {
                        return Err(Problem::error("UC004", "a key must be text", span.clone()));
                    };
                    if !open.keys.insert(text.clone()) {
                        let message = format!("the key `{}` stands twice", short(text));
                        return Err(Problem::error("UC005", message, span.clone()).help("merge the two, or rename one"));
                    }
                }
            },
            Node::Scalar { .. } => {}
        }
        Ok(())
    }
}

fn too_deep(span: Range<usize>) -> Problem {
    Problem::error("UC007", format!("nested more than {DEEPEST} deep"), span)
}
