//! Arguments of the commands that speak to a cluster.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Lines;

/// What `feed` does.
#[derive(Debug, Args)]
pub struct Feed {
    /// Files of posts (NDJSON, a whole export, a feed), one after the other; `-` is stdin
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The topic
    #[arg(long)]
    pub topic: String,
    /// How the files are written
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// Create the topic where it is missing (3 partitions, the cluster's replication)
    #[arg(long)]
    pub create: bool,
    /// Messages a second at most
    #[arg(long)]
    pub rate: Option<std::num::NonZeroU32>,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// What `tap` does.
#[derive(Debug, Args)]
pub struct Tap {
    /// The topic: scored posts, alerts, dead letters, or any other
    pub topic: String,
    /// Only this score or more
    #[arg(long)]
    pub score: Option<f64>,
    /// Only what this pack hit, or raised
    #[arg(long)]
    pub pack: Option<String>,
    /// Only this stance
    #[arg(long, value_enum)]
    pub stance: Option<StanceArg>,
    /// Only this author or channel
    #[arg(long)]
    pub author: Option<String>,
    /// Only alerts of this level, and posts that raise one
    #[arg(long)]
    pub level: Option<String>,
    /// Begin with the first record that is there [default: with what comes next]
    #[arg(long, conflicts_with = "last")]
    pub from_beginning: bool,
    /// Begin with the last so many records of each partition
    #[arg(long, value_name = "N")]
    pub last: Option<u32>,
    /// End when so many were shown
    #[arg(long, value_name = "N")]
    pub limit: Option<std::num::NonZeroU64>,
    /// End when nothing came for so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub idle: Option<u64>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Lines::Text)]
    pub output: Lines,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// A stance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StanceArg {
    /// In its own voice.
    Asserts,
    /// Passed on without distance.
    Relays,
    /// Given to somebody.
    Reports,
    /// Called false.
    Disputes,
}

impl StanceArg {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asserts => "asserts",
            Self::Relays => "relays",
            Self::Reports => "reports",
            Self::Disputes => "disputes",
        }
    }
}

/// What `dead-letters` does.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// List them: why, from where, the first bytes
    List {
        /// Which
        #[command(flatten)]
        picked: Picked,
        /// Only how many there are of each reason
        #[arg(long)]
        summary: bool,
        /// How to print them
        #[arg(long, value_enum, default_value_t = Lines::Text)]
        output: Lines,
    },
    /// Show one: key, headers, all of its bytes
    Show {
        /// Its topic
        topic: String,
        /// Where it stands there: PARTITION/OFFSET
        place: String,
        /// Where it is
        #[command(flatten)]
        cluster: Cluster,
    },
    /// Send them back to the topics that they came from, with their own key, bytes and headers
    Retry(Retry),
}

/// Which dead letters.
#[derive(Debug, Args)]
pub struct Picked {
    /// Their topic
    pub topic: String,
    /// Only of this reason (`not_json`) or stage (`decode`)
    #[arg(long)]
    pub reason: Option<String>,
    /// Only from this input topic
    #[arg(long, value_name = "TOPIC")]
    pub origin: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<std::num::NonZeroU64>,
    /// Where it is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// What `dead-letters retry` does.
#[derive(Debug, Args)]
pub struct Retry {
    /// Which
    #[command(flatten)]
    pub picked: Picked,
    /// Only the one at PARTITION/OFFSET of the dead-letter topic, may be repeated
    #[arg(long, value_name = "PARTITION/OFFSET")]
    pub at: Option<Vec<String>>,
    /// Into this topic [default: where each came from]
    #[arg(long, value_name = "TOPIC")]
    pub to: Option<String>,
    /// Leave those that were sent back so many times
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub max_retries: u32,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Where a Kafka cluster is.
#[derive(Debug, Clone, Args)]
pub struct Cluster {
    /// Bootstrap servers
    #[arg(long, env = "KAFKA_BROKERS", default_value = "127.0.0.1:9092")]
    pub brokers: String,
    /// A librdkafka property, `name=value`
    #[arg(long = "property", short = 'X', value_name = "NAME=VALUE")]
    pub properties: Vec<String>,
}

impl Cluster {
    /// The properties, by name.
    ///
    /// # Errors
    /// One of them is none.
    pub fn properties(&self) -> Result<BTreeMap<String, String>, String> {
        let split = |property: &String| match property.split_once('=') {
            Some((name, value)) => Ok((name.to_string(), value.to_string())),
            None => Err(format!("`{property}` is no property; write `name=value`")),
        };
        self.properties.iter().map(split).collect()
    }
}
