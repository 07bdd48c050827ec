//! Records that were published, read again and computed again.
//!
//! In: a record as its consumers have it, and the post that it speaks of. Out: every [`Difference`] between what the
//! record says and what this program with these packs finds. Equal digests and equal posts give equal scores, so a
//! difference is another pack, another program, another post, or a record that somebody changed.

mod compare;
mod evidence;
mod given;

use schemars::JsonSchema;
use serde::Serialize;

pub use compare::{absent, compare};
pub use given::{Given, GivenError, Sort};

/// The value of `schema`.
pub const RECOMPUTATION_SCHEMA: &str = "undercurrent.recomputation/1";

/// What computing a record again gave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "undercurrent.recomputation/1")]
pub struct Recomputation<'a> {
    /// `undercurrent.recomputation/1`.
    pub schema: &'static str,
    /// The post's id in the record.
    pub id: &'a str,
    /// `scored` or `alert`.
    pub record: &'static str,
    /// Whether there is no difference.
    pub same: bool,
    /// The program's version in the record; another one alone is no difference.
    pub engine: Option<&'a str>,
    /// The program's version here.
    pub engine_here: &'static str,
    /// Whether the input's bytes were at hand, so that their hash could be compared.
    pub input: bool,
    /// Everything that differs.
    pub differences: Vec<Difference>,
}

/// Something that is not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// What: `score`, `pack NAME digest`, `hit PACK/ID points`.
    pub at: String,
    /// What the record says; null where it says nothing of it.
    pub record: Option<String>,
    /// What is found here; null where nothing is.
    pub here: Option<String>,
}

impl Difference {
    fn new(at: impl Into<String>, record: impl Into<Option<String>>, here: impl Into<Option<String>>) -> Self {
        Self { at: at.into(), record: record.into(), here: here.into() }
    }
}
