//! The engine that scores, and what became of the attempts to replace it.
//!
//! Workers ask for the engine once a batch, so a lock is as good as anything cleverer; nothing slow happens under it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::attempt::{Attempt, Outcome};
use crate::score::Engine;

/// What is in force.
#[derive(Debug)]
pub struct InForce(Mutex<State>);

#[derive(Debug)]
struct State {
    engine: Arc<Engine>,
    since: Timestamp,
    last: Option<Attempt>,
    failed: Option<Attempt>,
    /// Engines of before that workers may still hold.
    retired: Vec<Arc<Engine>>,
}

impl InForce {
    /// Begins with this engine.
    #[must_use]
    pub fn new(engine: Arc<Engine>, since: Timestamp) -> Self {
        Self(Mutex::new(State { engine, since, last: None, failed: None, retired: Vec::new() }))
    }

    /// The engine to score the next batch with.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.state().engine)
    }

    /// What came of an attempt, and the engine of one that went well and found something new.
    pub(crate) fn record(&self, attempt: &Attempt, engine: Option<Arc<Engine>>) {
        let mut state = self.state();
        if let Some(engine) = engine {
            let before = std::mem::replace(&mut state.engine, engine);
            state.retired.push(before);
            state.since = attempt.at;
        }
        if matches!(attempt.outcome, Outcome::Failed(_)) {
            state.failed = Some(attempt.clone());
        }
        state.last = Some(attempt.clone());
    }

    /// Lets go of engines that no worker holds any more. A large one takes tens of milliseconds to take apart: whoever
    /// dropped it last would pause for that, so it is not a worker.
    pub(super) fn sweep(&self) {
        let done: Vec<_> = self.state().retired.extract_if(.., |engine| Arc::strong_count(engine) == 1).collect();
        drop(done);
    }

    /// What `/packs` shows: the packs in force, the last attempt to reload them, and the last that failed.
    #[must_use]
    pub fn show(&self) -> Value {
        let state = self.state();
        let packs = state.engine.packs.iter().map(|pack| {
            let file = &pack.pack.file;
            json!({
                "pack": file.pack.value, "version": file.version.value, "digest": pack.pack.digest, "title": file.title,
                "indicators": file.indicators.len(), "alerts": file.alerts.len(),
            })
        });
        json!({
            "packs": packs.collect::<Value>(),
            "since": state.since.to_string(),
            "last_reload": state.last.as_ref().map(Attempt::show),
            "last_failed_reload": state.failed.as_ref().map(Attempt::show),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
