//! Changed packs come into force while the service runs.
//!
//! In: the paths of the packs, and wishes (SIGHUP, `POST /-/reload`). Out: another engine in [`InForce`], which every worker
//! takes up between two batches; or the engine of before, and an [`Attempt`] that says what is wrong with the files.
//!
//! The order is look, settle, check, test, compile, swap, on a thread of its own, so that no worker waits. What is loaded
//! is the very text that was looked at: a file that changes meanwhile is the next change, never half of this one.
//!
//! Why the texts are read again and again instead of waiting for file events: events do not come from NFS and FUSE; a
//! watched file that is replaced by a rename, or a `ConfigMap` whose `..data` link is replaced above it, is a watch on
//! what is no longer there; and modification times are coarser than two writes of an editor. Packs are small.

mod attempt;
mod in_force;
mod watch;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

pub use attempt::{Attempt, Outcome};
pub use in_force::InForce;
pub use watch::{Look, Stamp};

use crate::metrics::Metrics;
use watch::{Next, Watch};

/// A change counts once two looks this far apart found the same. Shorter, and an editor that empties a file before it
/// writes is caught half-way; longer, and the author waits.
const SETTLE: Duration = Duration::from_millis(500);

/// Where packs come from, and how they are watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Files, folders, `shipped`.
    pub paths: Vec<PathBuf>,
    /// What stood there when the engine in force was made.
    pub seen: Stamp,
    /// Time between looks; `None` looks only when asked.
    pub every: Option<Duration>,
}

/// Is told how the reload went that it asked for.
type Tell = Box<dyn FnOnce(&Attempt) + Send>;

/// The thread that reloads; it ends when this is dropped.
#[derive(Debug)]
pub struct Reloader {
    asks: Sender<Tell>,
}

impl Reloader {
    /// Starts to watch.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(watched: Watched, in_force: Arc<InForce>, metrics: Arc<Metrics>) -> io::Result<Self> {
        let (asks, asked) = mpsc::channel();
        let run = move || run(&watched, &in_force, &metrics, &asked);
        std::thread::Builder::new().name("reload".into()).spawn(run)?;
        Ok(Self { asks })
    }

    /// Reloads at once, whether something changed or not. `tell` is dropped unused if the process is about to end.
    pub fn ask(&self, tell: impl FnOnce(&Attempt) + Send + 'static) {
        let _ = self.asks.send(Box::new(tell));
    }
}

fn run(watched: &Watched, in_force: &InForce, metrics: &Metrics, asked: &Receiver<Tell>) {
    let mut watch = Watch::new(watched.seen);
    let mut wait = watched.every;
    loop {
        let asking = match wait {
            Some(wait) => asked.recv_timeout(wait),
            None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        wait = watched.every;
        in_force.sweep();
        match asking {
            Ok(first) => {
                // Those who asked meanwhile are answered too: what they wish to see loaded is there by now.
                let all: Vec<Tell> = std::iter::once(first).chain(asked.try_iter()).collect();
                let look = Look::at(&watched.paths);
                watch.judged(look.stamp);
                let attempt = attempt::make(look, in_force, metrics);
                for tell in all {
                    tell(&attempt);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                let look = Look::at(&watched.paths);
                match watch.see(look.stamp) {
                    Next::Nothing => {}
                    Next::Settle => wait = wait.map(|every| every.min(SETTLE)),
                    Next::Load => drop(attempt::make(look, in_force, metrics)),
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests;
