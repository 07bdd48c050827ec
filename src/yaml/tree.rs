//! The tree of a YAML document: nodes in one arena, each with the bytes that it stands at.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::problem::Problem;

/// Deepest nesting that is read: packs need 8 levels, and everything that walks the tree is recursive.
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
                let at = place(fault.marker().index());
                Problem::error("UC001", format!("this is not YAML: {}", fault.info()), at..at)
                    .help("indent with spaces, and quote text that holds `: `, ` #`, or begins with one of `*&!|>%@[{`")
            })?;
            let start = place(span.start.index());
            // The parser ends a plain scalar at the next token; white space behind it does not belong to it.
            let end = place(span.end.index());
            let end = start + text[start..end.max(start)].trim_end().len();
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
        let keys: std::collections::HashSet<usize> = self
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
    anchor: usize,
}

#[derive(Default)]
struct Builder {
    nodes: Vec<(Node, Range<usize>)>,
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
                self.place(node)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn add(&mut self, node: Node, span: Range<usize>) -> usize {
        self.nodes.push((node, span));
        self.nodes.len() - 1
    }

    fn open(&mut self, node: Node, span: Range<usize>, anchor: usize) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(Problem::error("UC007", format!("nested more than {DEEPEST} deep"), span));
        }
        let node = self.add(node, span);
        self.open.push(Open { node, key: None, anchor });
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
        match &mut self.nodes[open.node].0 {
            Node::List(items) => items.push(node),
            Node::Map(_) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => {
                    let parent = open.node;
                    self.check_unique(parent, key)?;
                    if let Node::Map(entries) = &mut self.nodes[parent].0 {
                        entries.push((key, node));
                    }
                }
            },
            Node::Scalar { .. } => {}
        }
        Ok(())
    }

    fn check_unique(&self, parent: usize, key: usize) -> Result<(), Problem> {
        let (Node::Map(entries), Node::Scalar { text, .. }) = (&self.nodes[parent].0, &self.nodes[key].0) else {
            return Err(Problem::error("UC004", "a key must be text", self.nodes[key].1.clone()));
        };
        let twice =
            entries.iter().any(|(other, _)| matches!(&self.nodes[*other].0, Node::Scalar { text: t, .. } if t == text));
        if twice {
            return Err(Problem::error("UC005", format!("the key `{text}` stands twice"), self.nodes[key].1.clone())
                .help("merge the two, or rename one"));
        }
        Ok(())
    }
}
