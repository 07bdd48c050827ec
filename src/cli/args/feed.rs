//! The arguments of `feed`.

use std::path::PathBuf;

use clap::Args;

use super::Cluster;

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
