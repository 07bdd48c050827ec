//! What the system may tell a running program: SIGTERM and SIGINT end it, SIGHUP reloads its packs.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::kafka;
use crate::reload::Reloader;

/// How often the wait looks whether the workers still run.
const LOOK: Duration = Duration::from_millis(200);

/// The signals that are listened to.
pub(super) struct Signals {
    runtime: Runtime,
    /// From the start, since unheard it would end a program that is still connecting. A program with nothing to reload
    /// leaves it as it is: then a closed terminal ends it.
    reload: Option<Signal>,
}

impl Signals {
    pub(super) fn new(reloads: bool) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|fault| format!("no runtime for signals: {fault}"))?;
        let entered = runtime.enter();
        let reload = reloads.then(|| listen(SignalKind::hangup())).transpose()?;
        drop(entered);
        Ok(Self { runtime, reload })
    }

    /// Waits for SIGTERM, SIGINT, the switch, or the workers' end.
    pub(super) fn wait(mut self, running: &kafka::Running, reloader: Option<&Reloader>) -> Result<(), String> {
        self.runtime.block_on(async {
            let mut term = listen(SignalKind::terminate())?;
            let mut int = listen(SignalKind::interrupt())?;
            loop {
                tokio::select! {
                    _ = term.recv() => return Ok(()),
                    _ = int.recv() => return Ok(()),
                    () = heard(&mut self.reload) => if let Some(reloader) = reloader {
                        reloader.ask(|_| ());
                    },
                    () = tokio::time::sleep(LOOK) => if running.is_finished() || running.stopper().wanted() { return Ok(()) },
                }
            }
        })
    }
}

fn listen(kind: SignalKind) -> Result<Signal, String> {
    signal(kind).map_err(|fault| format!("cannot listen for signals: {fault}"))
}

/// Ends with the signal; never where it is not listened to.
async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
