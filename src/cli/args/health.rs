//! The arguments of `health`.

use clap::Args;

/// What `health` asks.
#[derive(Debug, Args)]
pub struct Health {
    /// What to ask: `/live`, or `/ready` for whether it has joined its group
    #[arg(long, env = "UNDERCURRENT_HEALTH_URL", default_value = "http://127.0.0.1:9464/live")]
    pub url: String,
    /// Seconds to wait for the answer
    #[arg(long, default_value = "4", value_name = "SECONDS")]
    pub timeout: std::num::NonZeroU16,
}
