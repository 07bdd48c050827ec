//! Posts from a file through the same steps as live records: the reader behind `score` and `explain`.

use std::io::Read;
use std::path::Path;

use jiff::Timestamp;

use crate::decode::{Format, split};
use crate::stages::{Arrival, Outcome, Outgoing, ScoreStage, Scored};

/// What a message of a file gave.
pub(super) struct Reading<'p> {
    /// Its number in the file, from 0.
    pub number: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// The scored post.
    pub scored: Option<Scored>,
    /// What would be published.
    pub out: Vec<Outgoing>,
    /// Its bytes.
    pub payload: &'p [u8],
}

impl Reading<'_> {
    /// Why it could not be read.
    pub(super) fn why(&self) -> Option<String> {
        self.out.first()?.why()
    }
}

/// What a file is called in messages.
pub(super) fn called(file: &str) -> String {
    if file == "-" { "standard input".to_string() } else { format!("`{file}`") }
}

/// A format by name, with the names that there are.
///
/// # Errors
/// There is no such format.
pub(super) fn format(name: &str) -> Result<Format, String> {
    name.parse().map_err(|_| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        match crate::problem::nearest(name, names.iter().copied()) {
            Some(near) => format!("there is no format `{name}`; did you mean `{near}`?"),
            None => format!("there is no format `{name}`; known: {}", names.join(", ")),
        }
    })
}

/// The bytes of a file; `-` is stdin.
///
/// # Errors
/// It cannot be read.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    let why = |fault: std::io::Error| format!("cannot read {}: {fault}", called(&file.to_string_lossy()));
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(why)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(why)
}

/// Steps every message of a file. `each` says whether to go on.
///
/// # Errors
/// The file as a whole is not what its format says.
pub(super) fn step_all(
    stage: &mut ScoreStage,
    name: &str,
    format: Format,
    bytes: &[u8],
    mut each: impl FnMut(Reading<'_>) -> bool,
) -> Result<(), String> {
    let pieces = split(format, bytes).map_err(|fault| format!("{} cannot be read: {fault}", called(name)))?;
    for (number, piece) in pieces.iter().enumerate() {
        let now = Timestamp::now();
        let arrival = Arrival::offline(name, i64::try_from(number).unwrap_or(i64::MAX), now, piece);
        let mut out = Vec::new();
        let (outcome, scored) = stage.step(&arrival, now, &mut out);
        if !each(Reading { number, outcome, scored, out, payload: piece }) {
            break;
        }
    }
    Ok(())
}
