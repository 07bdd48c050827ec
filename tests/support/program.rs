//! The built program as a child process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::wait_until;

/// A running `undercurrent`. Dropped, it is killed; dropped by a panic, it first shows the end of its log.
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts the program in `folder`, its output in `folder/name.log` (appended, so that a restart shows both lives).
    pub(crate) fn start(folder: &Path, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log).expect("a log file");
        let child = Command::new(env!("CARGO_BIN_EXE_undercurrent"))
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a second handle"))
            .stderr(output)
            .spawn()
            .expect("the built program starts");
        Self { child, log }
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child to ask").is_none()
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        let told = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success(), "it had ended before SIGHUP");
    }

    /// SIGTERM; panics unless it ends within the deadline.
    pub(crate) fn terminate(&mut self, deadline: Duration) -> ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success(), "it had ended before SIGTERM");
        self.wait(deadline)
    }

    /// SIGKILL, as a crash.
    pub(crate) fn kill(&mut self) {
        assert!(self.runs(), "it had ended before SIGKILL");
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("its end");
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, deadline: Duration) -> ExitStatus {
        let mut status = None;
        wait_until("the program ends", deadline, || {
            status = self.child.try_wait().expect("a child to ask");
            status.is_some()
        });
        status.expect("ended")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(40)..].join("\n");
            #[allow(clippy::print_stderr, reason = "shown by the test harness with the failure")]
            {
                eprintln!("── the end of {}:\n{last}", self.log.display());
            }
        }
    }
}
