//! A real broker, or a clear word on why there is none.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::unique;

/// A running Kafka.
///
/// - `UNDERCURRENT_TEST_BROKERS=host:port` names one that is there already.
/// - Otherwise `tests/kafka/kafka.sh` starts one for this test process (Java 17 and Maven).
/// - Where neither works, the tests that need it say so and pass; with `UNDERCURRENT_TEST_KAFKA=required` they fail.
#[derive(Debug, Clone)]
pub(crate) struct Broker {
    /// `host:port`.
    pub(crate) address: String,
}

/// The script that holds the broker. It ends the broker when its standard input closes, which the system does when
/// this process ends, whatever ends it: so it is never dropped.
struct Guarded {
    address: String,
    _script: Child,
}

static STARTED: OnceLock<Result<Guarded, String>> = OnceLock::new();

impl Broker {
    /// The broker of this test process; `None` where there is none to be had.
    pub(crate) fn get() -> Option<Self> {
        if let Ok(address) = std::env::var("UNDERCURRENT_TEST_BROKERS") {
            return Some(Self { address });
        }
        match STARTED.get_or_init(start) {
            Ok(guarded) => Some(Self { address: guarded.address.clone() }),
            Err(why) if std::env::var("UNDERCURRENT_TEST_KAFKA").is_ok_and(|value| value == "required") => {
                panic!("UNDERCURRENT_TEST_KAFKA=required, and no broker: {why}")
            }
            Err(why) => {
                // Written past the test harness, which shows the output of failed tests only.
                let test = std::thread::current().name().unwrap_or("a test").to_owned();
                let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no Kafka broker ({why})");
                None
            }
        }
    }
}

fn start() -> Result<Guarded, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/kafka.sh");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique("kafka"));
    let log = folder.with_extension("log");
    let errors = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut child = Command::new("bash")
        .arg(script)
        .arg("guard")
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // A file, not this process's own output: whoever reads that must not wait for the broker.
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("bash: {error}"))?;
    let mut address = String::new();
    let read = child.stdout.take().map(|output| BufReader::new(output).read_line(&mut address));
    let said = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    match read {
        Some(Ok(length)) if length > 1 => Ok(Guarded { address: address.trim().to_owned(), _script: child }),
        _ => {
            let _ = child.wait();
            Err(if said.trim().is_empty() { "the script gave no address".into() } else { said.trim().to_owned() })
        }
    }
}
