//! `packs.lock` on the disk: which one belongs to a file, comparing, writing.
//!
//! The lock of a given folder covers every pack below it; without one, and for a given file, it is the one beside the
//! file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Checked;
use crate::cli::packs::Sort;
use crate::pack::lock::{self, Lock};
use crate::problem::{Problem, Severity, Source};

/// The locks of all given files.
#[derive(Default)]
pub(super) struct Locks {
    /// Per lock file.
    known: BTreeMap<PathBuf, OnDisk>,
    /// Name of a source → its lock.
    of: BTreeMap<String, PathBuf>,
}

/// A lock file.
struct OnDisk {
    /// As read; absent where there is no file.
    source: Option<Source>,
    lock: Option<Lock>,
    problems: Vec<Problem>,
    /// Whether every pack that it could name is among the given files.
    whole: bool,
    /// Names of the packs that belong to it.
    packs: Vec<String>,
    /// Whether something is to be written.
    changed: bool,
}

impl Locks {
    /// Notes a file, found at or below a given path.
    pub(super) fn file(&mut self, given: &Path, source: &Source) -> Result<(), String> {
        if source.name.starts_with("shipped:") {
            return Ok(());
        }
        let beside = Path::new(&source.name).parent().unwrap_or(Path::new("")).join("packs.lock");
        let below = given.join("packs.lock");
        let path = if given.is_dir() && (below.exists() || !beside.exists()) { below } else { beside };
        if !self.known.contains_key(&path) {
            self.known.insert(path.clone(), OnDisk::read(&path, given.is_dir())?);
        }
        self.of.insert(source.name.clone(), path);
        Ok(())
    }

    /// Compares every pack with its lock. With `write`, what is new is remembered in place of being told.
    pub(super) fn compare(&mut self, checked: &mut [Checked], write: bool) {
        for file in checked.iter_mut().filter(|file| file.sort == Sort::Pack) {
            let Some(disk) = self.of.get(&file.source.name).and_then(|path| self.known.get_mut(path)) else { continue };
            let Some(pack) = &file.pack else {
                // Nobody knows whose line is missing now.
                disk.whole = false;
                continue;
            };
            disk.packs.push(pack.pack.value.clone());
            let broken = file.problems.iter().any(|problem| problem.severity == Severity::Error);
            let (Some(lock), Some(meaning), false) = (&mut disk.lock, lock::meaning(&file.source.text), broken) else {
                continue;
            };
            if disk.source.is_none() && !write {
                continue;
            }
            match lock.compare(pack, &meaning) {
                Some(problem) if problem.severity == Severity::Warning && write => {
                    lock.remember(pack, &meaning);
                    disk.changed = true;
                }
                problem => file.problems.extend(problem),
            }
        }
    }

    /// What the lock files themselves have wrong; writes those that changed.
    pub(super) fn end(self, write: bool) -> Result<Vec<Checked>, String> {
        let mut checked = Vec::new();
        for (path, mut disk) in self.known {
            if let (Some(lock), true, true) = (&disk.lock, write, disk.changed) {
                std::fs::write(&path, lock.text())
                    .map_err(|fault| format!("cannot write `{}`: {fault}", path.display()))?;
            }
            let Some(source) = disk.source else { continue };
            if let (Some(lock), true) = (&disk.lock, disk.whole) {
                let names: Vec<&str> = disk.packs.iter().map(String::as_str).collect();
                disk.problems.extend(lock.absent(&names));
            }
            checked.push(Checked { source, sort: Sort::Unknown, pack: None, problems: disk.problems });
        }
        Ok(checked)
    }
}

impl OnDisk {
    fn read(path: &Path, whole: bool) -> Result<Self, String> {
        let name = path.display().to_string();
        let (source, lock, problems) = match std::fs::read_to_string(path) {
            Ok(text) => {
                let source = Source { name, text };
                let (lock, problems) = Lock::read(&source);
                (Some(source), lock, problems)
            }
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => (None, Some(Lock::default()), Vec::new()),
            Err(fault) => return Err(format!("cannot read `{name}`: {fault}")),
        };
        Ok(Self { source, lock, problems, whole, packs: Vec::new(), changed: false })
    }
}
