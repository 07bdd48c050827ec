//! undercurrent: from a Kafka topic to scored posts, each score with its evidence.

pub mod admin;
pub mod kafka;
pub mod metrics;
pub mod post;
pub mod problem;
pub mod stages;
pub mod yaml;
