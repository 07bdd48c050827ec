//! What `export` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Cluster;

/// What `export` does.
#[derive(Debug, Args)]
pub struct Export {
    /// As STIX 2.1 with DISARM techniques, for OpenCTI, MISP and other platforms
    #[arg(long, required = true)]
    pub stix: bool,
    /// Alert records, one JSON a line; `-` is stdin
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// A topic of alerts, from its beginning to the ends that it has now; nothing is committed
    #[arg(long, conflicts_with = "file")]
    pub topic: Option<String>,
    /// A bundle a line for each alert, as they come [default: one bundle of all]
    #[arg(long)]
    pub per_alert: bool,
    /// Mark who may see it [default: say nothing]
    #[arg(long, value_enum)]
    pub tlp: Option<TlpArg>,
    /// The packs that raised the alerts, for titles and references: a file or folder, may be repeated [default: the packs
    /// in the program]
    #[arg(long = "packs", value_name = "PATH")]
    pub packs: Vec<PathBuf>,
    /// Where the topic is
    #[command(flatten)]
    pub cluster: Cluster,
}

/// Who may see something (Traffic Light Protocol).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TlpArg {
    /// Everybody.
    Clear,
    /// The community.
    Green,
    /// The own organisation and its clients.
    Amber,
}
