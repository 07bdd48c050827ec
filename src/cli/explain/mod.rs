//! `explain`: why a post scores what it scores, and what almost fired; `--record` computes records again.

mod again;
mod lacks;
mod marks;
mod page;

use sha2::{Digest, Sha256};

use super::args::{Explain, Output};
use super::offline::{Reading, bytes, called, format, step_all};
use super::packs::engine_or_tell;
use super::terminal::{note, result, safe_json, safe_line};
use super::{Exit, or_shipped};
use crate::record::{ExplanationRecord, Origin, ScoredRecord, hex};
use crate::score::near_miss::nearest;
use crate::score::{Engine, Verdict};
use crate::stages::{Options, Outcome, ScoreStage, Scored};

pub(crate) use marks::Marks;
pub(crate) use page::packs;

/// Near misses that are told: more than a screen's worth is read by nobody.
pub(crate) const MOST_NEAR: usize = 5;

/// Explains one post of a file.
pub(super) fn run(wanted: &Explain) -> Result<Exit, String> {
    if let Some(records) = &wanted.record {
        return again::run(wanted, records);
    }
    let file = wanted.file.clone().unwrap_or_else(|| "-".into());
    let Some(engine) = engine_or_tell(&or_shipped(wanted.packs.clone())) else { return Ok(Exit::Failed) };
    let name = file.display().to_string();
    let format = format(&wanted.format)?;
    let bytes = bytes(&file)?;
    let options = Options { formats: [(name.clone(), format)].into(), source: "explain".into(), include_text: true };
    let mut stage = ScoreStage::new(engine.clone(), options);
    let mut picked = Picked::default();
    step_all(&mut stage, &name, format, &bytes, |read| picked.take(wanted, &engine, &name, &read))?;
    match picked.told {
        Some(Ok(explanation)) => {
            result(explanation);
            if picked.more {
                note("only the first post of the file is explained; --number and --id choose another");
            }
            Ok(Exit::Clean)
        }
        Some(Err(why)) => Err(why),
        None => match (&wanted.id, wanted.number) {
            (Some(id), _) => Err(format!("no post of {} has the id `{id}`", called(&name))),
            (None, Some(number)) if picked.read < number.get() => {
                Err(format!("{} has no message {number}: it has {}", called(&name), picked.read))
            }
            (None, _) => Ok(Exit::Problems),
        },
    }
}

/// What of a file is explained.
#[derive(Default)]
struct Picked {
    told: Option<Result<String, String>>,
    /// Messages that were read.
    read: usize,
    /// Whether others follow.
    more: bool,
}

impl Picked {
    /// Whether to go on.
    fn take(&mut self, wanted: &Explain, engine: &Engine, name: &str, read: &Reading<'_>) -> bool {
        let chosen = wanted.id.is_some() || wanted.number.is_some();
        if self.told.is_some() {
            self.more = !chosen;
            return false;
        }
        self.read = read.number + 1;
        if wanted.number.is_some_and(|number| number.get() != self.read) {
            return true;
        }
        match (&read.outcome, &read.scored) {
            (_, Some(scored)) => {
                if wanted.id.as_ref().is_none_or(|id| *id == scored.post.id) {
                    self.told = Some(explain(wanted, engine, name, read, scored));
                }
            }
            _ if wanted.id.is_some() => {}
            (Outcome::Ignored(reason), None) => note(format_args!("message {}: no post ({reason})", self.read)),
            (Outcome::DeadLetter(reason), None) => {
                let why = read.why().unwrap_or_default();
                note(format_args!("message {}: {reason}: {}", self.read, safe_line(&why)));
            }
            (Outcome::Scored, None) => {}
        }
        wanted.number.is_none()
    }
}

fn explain(
    wanted: &Explain,
    engine: &Engine,
    name: &str,
    read: &Reading<'_>,
    scored: &Scored,
) -> Result<String, String> {
    let (verdict, mut gaps): (Verdict, _) = engine.gaps(&scored.post);
    let more = if wanted.all { 0 } else { nearest(&mut gaps, MOST_NEAR) };
    match wanted.output {
        Output::Text => Ok(page::page(engine, &scored.post, &verdict, &gaps, more)),
        Output::Json => {
            let offset = i64::try_from(read.number).unwrap_or(i64::MAX);
            let origin = Origin { topic: name, partition: 0, offset, sha256: hex(&Sha256::digest(read.payload)) };
            let record = ScoredRecord::new(engine, &scored.post, &verdict, origin, jiff::Timestamp::now(), true);
            let record = ExplanationRecord::new(engine, record, &verdict.packs, &gaps);
            let json = serde_json::to_string_pretty(&record).map_err(|fault| fault.to_string())?;
            Ok(safe_json(&json).into_owned())
        }
    }
}
