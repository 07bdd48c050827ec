//! The arguments of `top`.

use clap::Args;

/// What `top` watches.
#[derive(Debug, Args)]
pub struct Top {
    /// The admin server of a running process
    #[arg(long, env = "UNDERCURRENT_ADMIN_URL", default_value = "http://127.0.0.1:9464/")]
    pub url: String,
    /// Seconds between two looks
    #[arg(long, default_value = "2", value_name = "SECONDS")]
    pub interval: std::num::NonZeroU16,
    /// Print one page and end; so it does where stdout is no terminal
    #[arg(long)]
    pub once: bool,
    /// Indicators by what they cost instead of how often they hit
    #[arg(long)]
    pub slowest: bool,
}
