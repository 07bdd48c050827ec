//! undercurrent: from a Kafka topic to scored posts, each score with its evidence.
//!
//! The modules stand in the order in which a message meets them. `decode` turns bytes into the one [`post::Post`];
//! `text` folds its words so that every character knows its place in the original; `classify` says what a text as a whole reads like; `pack` holds what analysts wrote;
//! `score` compiles packs and finds them in the post, with whose claim it is; `record` is what goes on the wire;
//! `stages` chains all this into one pure step; `trial`, `replay` and `eval` drive it for tests, back-tests and measurements. Down to there
//! nothing touches a clock, a file, the environment or the network: values in, values out, the same for `run`, `demo`,
//! `score`, `test`, `replay` and `explain`. Below is the rim: `shelf` reads what people wrote from its paths, `log` writes, `kafka`
//! delivers, `metrics` counts, `admin` answers, `reload` brings changed packs into force, `traces` tells of records, [`pipeline`] makes a running
//! program of a configuration, `cli` talks to people.
//!
//! What always holds:
//! - every input message ends exactly once as scored, ignored (readable, no post) or dead letter with its bytes;
//! - a piece of evidence, read from the post's own text at its span, is what it says;
//! - equal pack digests and equal posts give equal scores.

pub mod post;
pub mod problem;
pub mod yaml;
pub mod text;
pub mod decode;
pub mod classify;
pub mod pack;
pub mod score;
pub mod record;
pub mod stages;
pub mod trial;
pub mod replay;
pub mod eval;
pub mod shipped;
pub mod config;
pub mod shelf;
pub mod log;
pub mod metrics;
pub mod kafka;
pub mod admin;
pub mod reload;
pub mod traces;
pub mod pipeline;
pub mod cli;
