//! `new pack`: a first pack that passes its checks and its tests, to be changed line by line.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::Exit;
use super::args::Shape;
use super::schema::schema;
use super::terminal::{GOOD, note, safe};
use crate::pack::check::is_name;

/// The pack, with `NAME` for its name.
const PACK: &str = include_str!("new/pack.yaml");

/// What the first line of the pack refers to.
const SCHEMA: &str = "pack.schema.json";

/// Writes `NAME.yaml` and, where there is none yet, the schema that editors complete it by. Nothing is overwritten.
pub(super) fn pack(name: &str, dir: &Path) -> Result<Exit, String> {
    if !is_name(name) {
        return Err(format!("`{name}` is no name for a pack: use lower-case letters, digits, `-` and `_`"));
    }
    let schema = serde_json::to_string_pretty(&schema(Shape::Pack)).map_err(|fault| fault.to_string())?;
    let path = dir.join(format!("{name}.yaml"));
    std::fs::create_dir_all(dir).map_err(|fault| format!("cannot make the folder `{}`: {fault}", dir.display()))?;
    if !write(&path, &PACK.replace("NAME", name))? {
        return Err(format!("`{}` is there already, and was left as it is; choose another name", path.display()));
    }
    let written = safe(&path.display().to_string());
    note(format_args!("{GOOD}written{GOOD:#} {written}"));
    let beside = dir.join(SCHEMA);
    if write(&beside, &(schema + "\n"))? {
        note(format_args!("{GOOD}written{GOOD:#} {}, for editors", safe(&beside.display().to_string())));
    }
    note(format_args!("next: undercurrent check {written}\n      undercurrent test {written}"));
    Ok(Exit::Clean)
}

/// Writes a new file; says no where there is one.
fn write(path: &Path, text: &str) -> Result<bool, String> {
    let why = |fault: std::io::Error| format!("cannot write `{}`: {fault}", path.display());
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(why),
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(fault) => Err(why(fault)),
    }
}
