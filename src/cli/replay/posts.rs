//! The posts of a file or topic, in the order of their time.
//!
//! A first reading decodes every record for its time, counts what holds no post, and keeps where each post lies; a
//! second one goes from place to place. So memory grows by 16 or 24 bytes a post and not by its text: a file's bytes are
//! held once, as for every offline command, and a topic's posts lie in a temporary file. A window of reordering would
//! need neither, but a topic's partitions are days apart while one of them is read, and a window that is too small
//! tells alerts that `once_per` would have held back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use jiff::Timestamp;

use super::spill::Spill;
use crate::cli::offline;
use crate::decode::{Decoded, Envelope, Format, decode, split};
use crate::kafka::Past;
use crate::stages::{Arrival, Outcome};

/// What is replayed.
pub(super) enum From {
    /// A file; `-` is stdin.
    File(PathBuf),
    /// A topic.
    Topic {
        /// Its name.
        topic: String,
        /// Where it is.
        brokers: String,
        /// librdkafka properties.
        properties: BTreeMap<String, String>,
    },
}

impl From {
    /// What arrivals are called after.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::File(file) => file.to_str().unwrap_or("file"),
            Self::Topic { topic, .. } => topic,
        }
    }

    /// The bytes of a file; a topic has none to hold.
    pub(super) fn bytes(&self) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::File(file) => offline::bytes(file).map(Some),
            Self::Topic { .. } => Ok(None),
        }
    }
}

/// Posts with their times.
pub(super) enum Posts<'a> {
    /// In the pieces of a file: the time in microseconds, and which piece.
    File { name: &'a str, pieces: Vec<Cow<'a, [u8]>>, order: Vec<(i64, usize)>, now: Timestamp },
    /// In a temporary file.
    Topic(Spill),
}

impl<'a> Posts<'a> {
    /// Reads everything once; `without` is told of what holds no post.
    pub(super) fn read(
        from: &'a From,
        format: Format,
        bytes: Option<&'a [u8]>,
        bar: &ProgressBar,
        without: impl FnMut(Outcome),
    ) -> Result<Self, String> {
        match from {
            From::File(file) => Self::of_file(file, from.name(), format, bytes.unwrap_or_default(), bar, without),
            From::Topic { topic, brokers, properties } => {
                let past = Past::open(brokers, properties, topic).map_err(|fault| fault.to_string())?;
                Self::of_topic(past, topic, format, bar, without)
            }
        }
    }

    fn of_file(
        file: &Path,
        name: &'a str,
        format: Format,
        bytes: &'a [u8],
        bar: &ProgressBar,
        mut without: impl FnMut(Outcome),
    ) -> Result<Self, String> {
        let pieces = split(format, bytes)
            .map_err(|fault| format!("{} cannot be read: {fault}", offline::called(&file.to_string_lossy())))?;
        bar.set_length(pieces.len() as u64);
        // One moment for all that says nothing of its time, so that those stay in the file's order.
        let now = Timestamp::now();
        let mut order = Vec::with_capacity(pieces.len());
        for (at, payload) in pieces.iter().enumerate() {
            bar.inc(1);
            match time(format, &Envelope { payload, format: None, timestamp: now }) {
                Ok(time) => order.push((time.as_microsecond(), at)),
                Err(outcome) => without(outcome),
            }
        }
        order.sort_unstable();
        Ok(Self::File { name, pieces, order, now })
    }

    fn of_topic(
        past: Past,
        topic: &str,
        format: Format,
        bar: &ProgressBar,
        mut without: impl FnMut(Outcome),
    ) -> Result<Self, String> {
        bar.set_length(past.records());
        let mut spill = Spill::new(topic)?;
        let mut failed = None;
        let read = past.read(|arrival| {
            bar.inc(1);
            let Some(payload) = arrival.payload else {
                without(Outcome::Ignored("tombstone"));
                return true;
            };
            let envelope = Envelope { payload, format: arrival.header("format"), timestamp: arrival.timestamp };
            match time(format, &envelope) {
                Ok(time) => failed = spill.keep(time, arrival, payload).err(),
                Err(outcome) => without(outcome),
            }
            failed.is_none()
        });
        if let Some(why) = failed {
            return Err(why);
        }
        read.map_err(|fault| fault.to_string())?;
        Ok(Self::Topic(spill))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::File { order, .. } => order.len(),
            Self::Topic(spill) => spill.len(),
        }
    }

    /// Goes through them by their time, those of one moment in the order in which they lie. `each` says whether to go on.
    pub(super) fn in_order(self, mut each: impl FnMut(&Arrival<'_>) -> bool) -> Result<(), String> {
        match self {
            Self::File { name, pieces, order, now } => {
                for (_, at) in order {
                    let offset = i64::try_from(at).unwrap_or(i64::MAX);
                    if !each(&Arrival::offline(name, offset, now, &pieces[at])) {
                        break;
                    }
                }
                Ok(())
            }
            Self::Topic(spill) => spill.in_order(each),
        }
    }
}

/// When the post of a record was published, or how a record without one ends.
fn time(format: Format, envelope: &Envelope<'_>) -> Result<Timestamp, Outcome> {
    match decode(format, envelope) {
        Ok(Decoded::Post(post)) => Ok(post.published_at),
        Ok(Decoded::Ignored(ignored)) => Err(Outcome::Ignored(ignored.reason())),
        Err(fault) => Err(Outcome::DeadLetter(fault.reason())),
    }
}
