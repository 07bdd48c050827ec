//! Whether what stands at the paths has changed, and has come to rest.
//!
//! In: looks. Out: what to do about each. A change that goes away before it settled (an editor that empties a file and
//! writes it anew, a file that is deleted and comes back) is none; one that was judged is not judged again, so that a
//! broken file is told once and not at every look.

use std::path::PathBuf;

use crate::problem::Source;
use crate::shelf;

/// A hash over names and texts, or over why they cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(blake3::Hash);

/// What stood at the paths at one moment.
#[derive(Debug)]
pub struct Look {
    /// The files, or what could not be read.
    pub sources: Result<Vec<Source>, String>,
    /// Equal for equal sources.
    pub stamp: Stamp,
}

impl Look {
    /// Reads everything.
    #[must_use]
    pub fn at(paths: &[PathBuf]) -> Self {
        Self::of(shelf::sources(paths))
    }

    /// What was read already.
    #[must_use]
    pub fn of(sources: Result<Vec<Source>, String>) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        match &sources {
            Ok(sources) => {
                for source in sources {
                    add(&source.name);
                    add(&source.text);
                }
            }
            Err(why) => add(why),
        }
        Self { stamp: Stamp(hasher.finalize()), sources }
    }
}

/// What to do after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing changed.
    Nothing,
    /// Something did: look again in a moment.
    Settle,
    /// It has come to rest.
    Load,
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Watch {
    judged: Stamp,
    changed: Option<Stamp>,
}

impl Watch {
    /// With what is in force.
    pub(super) fn new(seen: Stamp) -> Self {
        Self { judged: seen, changed: None }
    }

    /// A look, and what follows from it.
    pub(super) fn see(&mut self, stamp: Stamp) -> Next {
        if stamp == self.judged {
            self.changed = None;
            Next::Nothing
        } else if self.changed == Some(stamp) {
            self.judged(stamp);
            Next::Load
        } else {
            self.changed = Some(stamp);
            Next::Settle
        }
    }

    /// This was loaded, or tried.
    pub(super) fn judged(&mut self, stamp: Stamp) {
        (self.judged, self.changed) = (stamp, None);
    }
}
