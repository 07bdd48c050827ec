//! The wire shapes: what stands on topics and in files, each with a schema.
//!
//! Core types do not serialize themselves; a record is made from them here, so that a change inside the program never
//! changes what others read.

pub mod post;

pub use post::{AuthorRecord, KindRecord, PostRecord, TimeFromRecord};
