//! The tools of `requirements.txt`, or a clear word on why there are none.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::file;

static TOOLS: OnceLock<Result<PathBuf, String>> = OnceLock::new();

/// The folder of their programs; `None` where they cannot be had, which CI does not allow.
pub(crate) fn tools() -> Option<PathBuf> {
    match TOOLS.get_or_init(install) {
        Ok(folder) => Some(folder.clone()),
        Err(why) => {
            assert!(std::env::var("CI").is_err(), "tests/deploy/tools.sh: {why}");
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            // Written past the test harness, which shows the output of failed tests only.
            let _ = writeln!(std::io::stderr(), "SKIPPED {test}: tests/deploy/tools.sh: {why}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let ran = Command::new("bash").arg(file("tests/deploy/tools.sh")).output().map_err(|why| why.to_string())?;
    if !ran.status.success() {
        // The last line says what failed, those before it what was tried.
        let said = String::from_utf8_lossy(&ran.stderr);
        return Err(said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed").to_owned());
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&ran.stdout).trim()))
}

/// What a tool printed; panics with all of its words where it failed.
pub(crate) fn ran(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?}\n{out}{err}");
    out.into_owned()
}
