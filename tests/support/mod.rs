//! What tests against real things share: a broker, topics, the built program, HTTP, generated posts.
//!
//! `mod support;` in a file of `tests/` brings all of it. Everything that is started here ends with the test process,
//! also when a test panics.

#![allow(dead_code, unused_imports, reason = "each test program takes the part that it needs")]

mod broker;
pub(crate) mod generate;
mod http;
mod program;
mod topics;

use std::time::{Duration, Instant};

pub(crate) use broker::Broker;
pub(crate) use http::{Metrics, free_port, get, metrics, post};
pub(crate) use program::Program;
pub(crate) use topics::{
    Reader, Received, Sent, committed, create_topic, ends, produce, produce_slowly, read_committed,
};

/// A name that no other test and no earlier run has used.
pub(crate) fn unique(name: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let started = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
    format!("{name}-{started:x}-{:x}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Asks again until the condition holds; panics with what was awaited when the deadline passes.
pub(crate) fn wait_until(awaited: &str, deadline: Duration, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < deadline, "waited {deadline:?} in vain: {awaited}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
