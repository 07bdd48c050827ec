//! `health`: how a running process is, asked over HTTP as an orchestrator would.
//!
//! In: the address of an admin server's path. Out: its answer, and 0 where that is a 2xx, else 1. It is what a container
//! without shell, curl and wget is probed with, so it must be quick, and it must end: one connection, one deadline.

use std::time::Duration;

use super::Exit;
use super::args::Health;
use super::http::{ask, plain};
use super::terminal::{error, result, safe_line};

/// `/ready` with a worker a line is some kilobytes; whoever sends more is not an admin server.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Asks, and says what was answered.
pub(super) fn run(wanted: &Health) -> Result<Exit, String> {
    let url = plain(&wanted.url)?;
    let within = Duration::from_secs(wanted.timeout.get().into());
    // Nobody answering is no mistake of the one who asks: it is what a probe is there to find.
    Ok(match ask(&url, within, LONGEST_ANSWER) {
        Ok((status, body)) => {
            result(format_args!("{status} {}", safe_line(body.trim())));
            if (200..300).contains(&status) { Exit::Clean } else { Exit::Problems }
        }
        Err(why) => {
            error(format_args!("`{}`: {why}", wanted.url));
            Exit::Problems
        }
    })
}
