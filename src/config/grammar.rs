//! What may stand in a pipeline file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::{At, Named};

/// A pipeline file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undercurrent pipeline")]
pub struct PipelineFile {
    /// Its name, used in `ce_source`.
    pub pipeline: At<String>,
    /// The cluster.
    pub kafka: Kafka,
    /// Topics to read.
    pub inputs: Vec<InputTopic>,
    /// Pack files or folders, relative to this file; `shipped` stands for the packs in the program.
    pub packs: At<Vec<At<String>>>,
    /// Topics to write.
    pub outputs: OutputTopics,
    /// How outputs and offsets belong together.
    #[serde(default)]
    pub delivery: Delivery,
    /// How often a batch is committed, for example `100ms`.
    #[serde(default)]
    pub commit_every: Option<At<String>>,
    /// Worker threads, each with its own consumer and producer.
    #[serde(default)]
    pub workers: Option<At<u32>>,
    /// Address of metrics, health and the page; loopback unless told otherwise.
    #[serde(default)]
    pub admin: Option<At<String>>,
    /// Put the text into scored records.
    #[serde(default)]
    pub include_text: bool,
    /// How changed packs come into force.
    #[serde(default)]
    pub reload: ReloadRule,
}

/// How changed packs come into force. SIGHUP and `POST /-/reload` work whatever stands here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReloadRule {
    /// Look at the files by itself.
    pub watch: bool,
    /// Time between looks, for example `2s`.
    pub every: Option<At<String>>,
}

impl Default for ReloadRule {
    fn default() -> Self {
        Self { watch: true, every: None }
    }
}

/// The cluster.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kafka {
    /// Bootstrap servers, `host:port` separated by commas.
    pub brokers: At<String>,
    /// Consumer group; the role is added to it.
    pub group: At<String>,
    /// A stable name of this instance (a `StatefulSet` ordinal, a host name): transactional ids are group-role-instance-worker.
    #[serde(default)]
    pub instance: Option<At<String>>,
    /// Any librdkafka property.
    #[serde(default)]
    pub properties: Named<At<String>>,
}

/// A topic to read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputTopic {
    /// Its name.
    pub topic: At<String>,
    /// How its messages are written; `auto` decides by header and shape.
    #[serde(default)]
    pub format: Option<At<String>>,
    /// The most that this process reads of it, for example `5000/s`: reading slows down, nothing is dropped.
    #[serde(default)]
    pub quota: Option<At<String>>,
}

/// Topics to write.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputTopics {
    /// One record for every post.
    pub scored: At<String>,
    /// One record for every alert.
    pub alerts: At<String>,
    /// What could not be read, byte for byte.
    pub dead_letters: At<String>,
    /// Create what is missing with sensible settings.
    #[serde(default)]
    pub create: bool,
}

/// How outputs and offsets belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Outputs and offsets in one transaction.
    #[default]
    ExactlyOnce,
    /// Offsets after the outputs are acknowledged; a crash repeats some outputs.
    AtLeastOnce,
}
