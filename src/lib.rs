//! undercurrent: from a Kafka topic to scored posts, each score with its evidence.

pub mod post;
pub mod problem;
pub mod yaml;
pub mod text;
pub mod decode;
pub mod pack;
pub mod score;
pub mod record;
pub mod stages;
pub mod trial;
pub mod shipped;
pub mod config;
pub mod cli;
