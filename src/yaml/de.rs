//! The deserializer over a [`Tree`]: every error knows the node that it is about.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, UsizeDeserializer};
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::at::AT;
use super::tree::{Node, Tree};
use crate::problem::{Problem, nearest, short};

/// Nodes that one reading may visit. The largest word list in use has some 10,000 phrases; aliases that multiply reach
/// this in milliseconds.
const MOST_VISITS: usize = 2_000_000;

/// What went wrong at a node.
#[derive(Debug)]
enum Wrong {
    Unknown {
        key: String,
        near: Option<&'static str>,
        all: &'static [&'static str],
    },
    Kind {
        kind: String,
        near: Option<&'static str>,
        all: &'static [&'static str],
    },
    Missing(&'static str),
    Value(String),
    TooMuch,
    /// Nothing new: what this node needs was left out.
    Consequence,
}

/// An error and the node that it is about, once known.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) node: Option<usize>,
    wrong: Wrong,
}

impl Fault {
    fn new(wrong: Wrong) -> Self {
        Self { node: None, wrong }
    }

    fn value(node: usize, message: impl Into<String>) -> Self {
        Self { node: Some(node), wrong: Wrong::Value(message.into()) }
    }

    fn at(mut self, node: usize) -> Self {
        self.node.get_or_insert(node);
        self
    }

    /// Whether this is only the consequence of a node that was left out: its field is now missing.
    pub(super) fn follows_from(&self, tree: &Tree, node: usize, left_out: &HashSet<usize>) -> bool {
        let field = match &self.wrong {
            Wrong::Consequence => return true,
            Wrong::Missing(field) => field,
            Wrong::Unknown { .. } | Wrong::Kind { .. } | Wrong::Value(_) | Wrong::TooMuch => return false,
        };
        let Node::Map(entries) = tree.node(node) else { return false };
        entries.iter().filter(|(key, value)| left_out.contains(key) || left_out.contains(value)).any(|(key, _)| {
            // Left out under its name, or under a misspelled one that was told already.
            tree.scalar(*key).is_some_and(|key| key == *field || nearest(key, [*field]).is_some())
        })
    }

    pub(super) fn into_problem(self, tree: &Tree, node: usize) -> Problem {
        let mut span = tree.span(node);
        match self.wrong {
            Wrong::Unknown { key, near, all } => with_names(
                Problem::error("UC002", format!("unknown key `{}`", short(&key)), span).label("not known here"),
                near,
                all,
            ),
            Wrong::Kind { kind, near, all } => {
                with_names(Problem::error("UC006", format!("there is no kind `{}`", short(&kind)), span), near, all)
            }
            Wrong::Missing(field) => {
                // A mapping of many lines is told by its first key.
                if let (Node::Map(entries), true) = (tree.node(node), tree.is_block(node))
                    && let Some((first, _)) = entries.first()
                {
                    span = tree.span(*first);
                }
                Problem::error("UC003", format!("`{field}` is missing"), span).label(format!("needs `{field}:`"))
            }
            Wrong::Value(message) => Problem::error("UC004", message, span),
            Wrong::Consequence => Problem::error("UC004", "what this needs is wrong", span),
            Wrong::TooMuch => {
                span.end = span.start;
                Problem::error("UC007", "the file unfolds to more than anyone wrote", span)
                    .help("aliases (`*name`) that name lists of aliases multiply; write the values out")
            }
        }
    }
}

fn with_names(problem: Problem, near: Option<&str>, all: &[&str]) -> Problem {
    match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if all.is_empty() => problem,
        None => problem.help(format!("known here: {}", all.join(", "))),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.wrong)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Wrong::Value(message.to_string()))
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {found}"))
    }

    fn unknown_field(key: &str, expected: &'static [&'static str]) -> Self {
        let near = nearest(key, expected.iter().copied());
        Self::new(Wrong::Unknown { key: key.to_string(), near, all: expected })
    }

    fn unknown_variant(kind: &str, expected: &'static [&'static str]) -> Self {
        let near = nearest(kind, expected.iter().copied());
        Self::new(Wrong::Kind { kind: kind.to_string(), near, all: expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Wrong::Missing(field))
    }
}

/// One attempt at reading `T`, as if the nodes in `left_out` were not there.
pub(super) fn value<T: de::DeserializeOwned>(tree: &Tree, left_out: &HashSet<usize>) -> Result<T, Fault> {
    let visits = Cell::new(0);
    T::deserialize(De { tree, at: tree.root(), left_out, visits: &visits })
}

#[derive(Clone, Copy)]
struct De<'t> {
    tree: &'t Tree,
    at: usize,
    left_out: &'t HashSet<usize>,
    visits: &'t Cell<usize>,
}

impl<'t> De<'t> {
    fn child(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    fn visit(&self) -> Result<(), Fault> {
        self.visits.set(self.visits.get() + 1);
        if self.visits.get() > MOST_VISITS {
            return Err(Fault { node: Some(self.tree.root()), wrong: Wrong::TooMuch });
        }
        Ok(())
    }

    fn node(&self) -> &'t Node {
        self.tree.node(self.at)
    }

    fn is_null(&self) -> bool {
        matches!(self.node(), Node::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// What stands here, in a reader's words.
    fn found(&self) -> String {
        match self.node() {
            _ if self.is_null() => "nothing".to_string(),
            Node::Scalar { text, .. } => format!("`{}`", short(text)),
            Node::List(_) => "a list".to_string(),
            Node::Map(_) => "a mapping".to_string(),
        }
    }

    fn expected(&self, what: &str) -> Fault {
        Fault::value(self.at, format!("expected {what}, found {}", self.found()))
    }

    fn scalar(&self, what: &str) -> Result<&'t str, Fault> {
        self.visit()?;
        match self.node() {
            Node::Scalar { text, .. } if !self.is_null() => Ok(text),
            _ => Err(self.expected(what)),
        }
    }

    fn parsed<T: std::str::FromStr>(&self, what: &str) -> Result<T, Fault> {
        self.scalar(what)?.parse().map_err(|_| self.expected(what))
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty, $what:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.parsed::<$type>($what)?).map_err(|fault: Fault| fault.at(self.at))
        })*
    };
}

impl<'de> de::Deserializer<'de> for De<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit()?;
        match self.node() {
            Node::List(_) => self.deserialize_seq(visitor),
            Node::Map(_) => self.deserialize_map(visitor),
            Node::Scalar { .. } if self.is_null() => visitor.visit_unit(),
            Node::Scalar { text, plain: true } => match text.as_str() {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                _ => match (text.parse::<i64>(), text.parse::<f64>()) {
                    (Ok(whole), _) => visitor.visit_i64(whole),
                    (_, Ok(number)) if number.is_finite() => visitor.visit_f64(number),
                    _ => visitor.visit_borrowed_str(text),
                },
            },
            Node::Scalar { text, .. } => visitor.visit_borrowed_str(text),
        }
        .map_err(|fault: Fault| fault.at(self.at))
    }

    numbers! {
        deserialize_bool visit_bool bool, "true or false";
        deserialize_i8 visit_i8 i8, "a whole number";
        deserialize_i16 visit_i16 i16, "a whole number";
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_u8 visit_u8 u8, "a whole number that is not negative";
        deserialize_u16 visit_u16 u16, "a whole number that is not negative";
        deserialize_u32 visit_u32 u32, "a whole number that is not negative";
        deserialize_u64 visit_u64 u64, "a whole number that is not negative";
        deserialize_f32 visit_f32 f32, "a number";
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number: f64 = self.parsed("a number")?;
        // `nan` is no more and no less than anything: every check of a range would let it through.
        if !number.is_finite() {
            return Err(self.expected("a number"));
        }
        visitor.visit_f64(number).map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.scalar("text")?).map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit()?;
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
            .map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        if name == AT { visitor.visit_seq(Placed { de: self, step: 0 }) } else { visitor.visit_newtype_struct(self) }
            .map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit()?;
        let Node::List(items) = self.node() else { return Err(self.expected("a list")) };
        visitor.visit_seq(Items { de: self, rest: items.iter() }).map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit()?;
        let Node::Map(entries) = self.node() else { return Err(self.expected("a mapping")) };
        visitor
            .visit_map(Entries { de: self, rest: entries.iter(), value: None })
            .map_err(|fault: Fault| fault.at(self.at))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.visit()?;
        let access = match self.node() {
            Node::Scalar { .. } => Choice { de: self, name: self.at, content: None },
            Node::Map(entries) => match entries.as_slice() {
                [(name, content)] => Choice { de: self, name: *name, content: Some(*content) },
                _ => {
                    return Err(Fault::value(self.at, format!("expected one kind, found {}", entries.len())));
                }
            },
            Node::List(_) => return Err(self.expected("one kind and what it needs")),
        };
        if self.left_out.contains(&access.name) || access.content.is_some_and(|at| self.left_out.contains(&at)) {
            return Err(Fault { node: Some(self.at), wrong: Wrong::Consequence });
        }
        visitor.visit_enum(access).map_err(|fault: Fault| fault.at(self.at))
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct ignored_any
    }
}

/// A value with its place: start, end, then the value.
struct Placed<'t> {
    de: De<'t>,
    step: u8,
}

impl<'t> SeqAccess<'t> for Placed<'t> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let span = self.de.tree.span(self.de.at);
        self.step += 1;
        match self.step {
            1 => seed.deserialize(UsizeDeserializer::new(span.start)).map(Some),
            2 => seed.deserialize(UsizeDeserializer::new(span.end)).map(Some),
            3 => seed.deserialize(self.de).map(Some),
            _ => Ok(None),
        }
    }
}

struct Items<'t> {
    de: De<'t>,
    rest: std::slice::Iter<'t, usize>,
}

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let left_out = self.de.left_out;
        let Some(&at) = self.rest.find(|at| !left_out.contains(at)) else { return Ok(None) };
        seed.deserialize(self.de.child(at)).map(Some).map_err(|fault| fault.at(at))
    }
}

struct Entries<'t> {
    de: De<'t>,
    rest: std::slice::Iter<'t, (usize, usize)>,
    value: Option<usize>,
}

impl<'t> MapAccess<'t> for Entries<'t> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let left_out = self.de.left_out;
        let kept = self.rest.find(|(key, value)| !left_out.contains(key) && !left_out.contains(value));
        let Some(&(key, value)) = kept else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(self.de.child(key)).map(Some).map_err(|fault| fault.at(key))
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let at = self.value.take().unwrap_or(self.de.at);
        seed.deserialize(self.de.child(at)).map_err(|fault| fault.at(at))
    }
}

/// An externally tagged choice: `kind` alone, or `kind: content`.
struct Choice<'t> {
    de: De<'t>,
    name: usize,
    content: Option<usize>,
}

impl<'t> EnumAccess<'t> for Choice<'t> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name = self.de.tree.scalar(self.name).unwrap_or_default();
        let variant =
            seed.deserialize(BorrowedStrDeserializer::new(name)).map_err(|fault: Fault| fault.at(self.name))?;
        Ok((variant, self))
    }
}

impl<'t> VariantAccess<'t> for Choice<'t> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            Some(content) if !self.de.child(content).is_null() => {
                Err(Fault::value(content, "expected nothing after this kind"))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, Fault> {
        let Some(content) = self.content else {
            return Err(Fault::value(self.name, "this kind needs a value after `:`"));
        };
        seed.deserialize(self.de.child(content)).map_err(|fault| fault.at(content))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let at = self.content.unwrap_or(self.name);
        de::Deserializer::deserialize_seq(self.de.child(at), visitor)
    }

    fn struct_variant<V: Visitor<'t>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let at = self.content.unwrap_or(self.name);
        de::Deserializer::deserialize_map(self.de.child(at), visitor)
    }
}
