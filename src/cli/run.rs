//! `run`: a pipeline file beside a cluster, until SIGTERM.

use std::path::{Path, PathBuf};

use super::{Exit, packs, terminal};
use crate::problem::Source;
use crate::reload::{Look, Watched};
use crate::{log, pipeline};

/// Runs a pipeline file until SIGTERM or SIGINT.
pub(super) fn run(path: &Path, format: log::Format) -> Result<Exit, String> {
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
    if !log::start(format, anstream::stderr().current_choice() != anstream::ColorChoice::Never) {
        terminal::note("logging was set up before");
    }
    let watched = Watched { paths, seen, every: config.reload };
    pipeline::serve(&config, engine, Some(watched), None, |_| ())?;
    Ok(Exit::Clean)
}

/// A pack's path, relative to the pipeline file; `shipped` stays what it is.
fn in_folder(folder: &Path, pack: &str) -> PathBuf {
    if pack == "shipped" { PathBuf::from(pack) } else { folder.join(pack) }
}
