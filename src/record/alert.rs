//! `undercurrent.alert/1`: one record for every alert that is told.

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{HitRecord, Origin, PostRecord, StanceName, hits};
use crate::post::Post;
use crate::score::{Engine, PackVerdict};

/// The value of `schema`.
pub const ALERT_SCHEMA: &str = "undercurrent.alert/1";

/// An alert, with the whole post.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "undercurrent.alert/1")]
pub struct AlertRecord<'a> {
    /// `undercurrent.alert/1`.
    pub schema: &'static str,
    /// Hash of pack, alert, post id and content: the same alert read twice has the same id.
    pub id: &'a str,
    /// The pack.
    pub pack: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its digest.
    pub digest: &'a str,
    /// The alert's id in it.
    pub alert: &'a str,
    /// low, medium or high.
    pub level: &'static str,
    /// The pack's score.
    pub score: f64,
    /// The pack's stance.
    pub stance: StanceName,
    /// What was found.
    pub hits: Vec<HitRecord<'a>>,
    /// The whole post.
    pub post: PostRecord,
    /// The input record.
    pub origin: Origin<'a>,
    /// Alerts for the same key that `once_per` held back since the last one told.
    pub suppressed: u64,
    /// The program's version.
    pub engine: &'static str,
    /// When it was raised (RFC 3339).
    pub raised_at: String,
}

/// The id of an alert.
#[must_use]
pub fn alert_id(pack: &str, alert: &str, post: &Post) -> String {
    let mut hasher = Sha256::new();
    for part in [pack, alert, &post.id, post.title.as_deref().unwrap_or_default(), &post.text] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    super::hex(&hasher.finalize()[..16])
}

impl<'a> AlertRecord<'a> {
    /// The record of a pack's highest alert; `None` where it raises none.
    #[must_use]
    pub fn new(
        engine: &'a Engine,
        post: &'a Post,
        verdict: &'a PackVerdict,
        id: &'a str,
        origin: Origin<'a>,
        suppressed: u64,
        raised_at: jiff::Timestamp,
    ) -> Option<Self> {
        let compiled = &engine.packs[verdict.pack];
        let rule = &compiled.alerts[verdict.alert?].rule;
        Some(Self {
            schema: ALERT_SCHEMA,
            id,
            pack: &compiled.pack.file.pack,
            version: &compiled.pack.file.version,
            digest: &compiled.pack.digest,
            alert: &rule.id,
            level: rule.level.name(),
            score: verdict.score,
            stance: verdict.stance.into(),
            hits: hits(engine, verdict),
            post: PostRecord::from(post),
            origin,
            suppressed,
            engine: env!("CARGO_PKG_VERSION"),
            raised_at: raised_at.to_string(),
        })
    }
}
