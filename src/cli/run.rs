//! `run`: a pipeline file beside a cluster, until SIGTERM.

use std::path::{Path, PathBuf};

use super::{Exit, packs, terminal};
use crate::pipeline;
use crate::problem::Source;
use crate::reload::{Look, Watched};

/// Runs a pipeline file until SIGTERM or SIGINT.
pub(super) fn run(path: &Path) -> Result<Exit, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|why| format!("cannot read `{name}`: {why}"))?;
    let source = Source { name, text };
    let (config, problems) = pipeline::check(&source);
    let (errors, _) = packs::report(&source, &problems);
    let Some(config) = config else {
        return Err(format!("{errors} problem{} in `{}`", if errors == 1 { "" } else { "s" }, source.name));
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let paths: Vec<PathBuf> = config.packs.iter().map(|pack| in_folder(folder, pack)).collect();
    let look = Look::at(&paths);
    let seen = look.stamp;
    let engine = packs::tested(&look.sources?)?;
    log();
    let watched = Watched { paths, seen, every: config.reload };
    pipeline::serve(&config, engine, Some(watched), None, |_| ())?;
    Ok(Exit::Clean)
}

/// A pack's path, relative to the pipeline file; `shipped` stays what it is.
fn in_folder(folder: &Path, pack: &str) -> PathBuf {
    if pack == "shipped" { PathBuf::from(pack) } else { folder.join(pack) }
}

/// Logs to stderr; `UNDERCURRENT_LOG` sets what (for example `debug` or `undercurrent=debug,warn`).
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("UNDERCURRENT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let colour = anstream::stderr().current_choice() != anstream::ColorChoice::Never;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    if subscriber.try_init().is_err() {
        terminal::note("logging was set up before");
    }
}
