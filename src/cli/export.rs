//! `export`: alert records of a file or a topic → STIX bundles on stdout.
//!
//! What is no alert is named and left out, and the exit code says so. Scored records among alerts are no mistake: they
//! are left out in silence but for their number.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::args::{Export as Wanted, TlpArg};
use super::offline::called;
use super::packs::{load, sources, vocabulary};
use super::terminal::{error, is_unread, note, result, safe_json, safe_line};
use super::{Exit, count, or_shipped};
use crate::kafka::Past;
use crate::pack::Pack;
use crate::record::SCORED_SCHEMA;
use crate::record::stix::{Alert, AlertError, Export, Tlp};

/// Bytes of a line. Brokers take records of a megabyte, generous ones of ten.
const LINE: u64 = 64 << 20;

/// Exports the alerts.
pub(super) fn run(wanted: &Wanted) -> Result<Exit, String> {
    let packs = packs(wanted)?;
    let tlp = wanted.tlp.map(|tlp| match tlp {
        TlpArg::Clear => Tlp::Clear,
        TlpArg::Green => Tlp::Green,
        TlpArg::Amber => Tlp::Amber,
    });
    let mut run = Run { export: Export { packs: &packs, tlp }, per_alert: wanted.per_alert, ..Run::default() };
    match &wanted.topic {
        Some(topic) => run.topic(wanted, topic)?,
        None => run.file(&wanted.file)?,
    }
    run.end()
}

fn packs(wanted: &Wanted) -> Result<Vec<Pack>, String> {
    let sources = sources(&or_shipped(wanted.packs.clone()))?;
    load(&sources, &vocabulary(&sources)?)
}

struct Run<'p> {
    export: Export<'p>,
    per_alert: bool,
    alerts: Vec<Alert>,
    exported: usize,
    scored: usize,
    refused: usize,
}

impl Default for Run<'_> {
    fn default() -> Self {
        let export = Export { packs: &[], tlp: None };
        Self { export, per_alert: false, alerts: Vec::new(), exported: 0, scored: 0, refused: 0 }
    }
}

impl Run<'_> {
    fn file(&mut self, file: &Path) -> Result<(), String> {
        let name = called(&file.to_string_lossy());
        let fault = |fault: std::io::Error| format!("cannot read {name}: {fault}");
        let mut lines: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(file).map_err(fault)?))
        };
        let mut line = Vec::new();
        let mut number = 0_u64;
        while !is_unread() {
            line.clear();
            if lines.by_ref().take(LINE).read_until(b'\n', &mut line).map_err(fault)? == 0 {
                break;
            }
            number += 1;
            if !line.trim_ascii().is_empty() {
                self.take(&line, || format!("line {number} of {name}"));
            }
        }
        Ok(())
    }

    fn topic(&mut self, wanted: &Wanted, topic: &str) -> Result<(), String> {
        let cluster = &wanted.cluster;
        let past = Past::open(&cluster.brokers, &cluster.properties()?, topic).map_err(|fault| fault.to_string())?;
        let bar = ProgressBar::new(past.records()).with_style(
            ProgressStyle::with_template("{bar:40} {pos}/{len}  {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let done = past.read(|arrival| {
            bar.inc(1);
            // A tombstone is a deletion.
            if let Some(payload) = arrival.payload {
                let place = || format!("{}/{} of `{topic}`", arrival.partition, arrival.offset);
                bar.suspend(|| self.take(payload, place));
            }
            !is_unread()
        });
        bar.finish_and_clear();
        done.map_err(|fault| fault.to_string())
    }

    fn take(&mut self, bytes: &[u8], place: impl FnOnce() -> String) {
        match Alert::read(bytes) {
            Ok(alert) if self.per_alert => {
                self.exported += 1;
                print(&self.export.bundle(&[alert]));
            }
            Ok(alert) => self.alerts.push(alert),
            Err(AlertError::Schema(schema)) if schema == SCORED_SCHEMA => self.scored += 1,
            Err(why) => {
                self.refused += 1;
                error(format_args!("{}: {}", place(), safe_line(&why.to_string())));
            }
        }
    }

    fn end(mut self) -> Result<Exit, String> {
        if !self.per_alert && !self.alerts.is_empty() {
            self.exported = self.alerts.len();
            print(&self.export.bundle(&self.alerts));
        }
        let beside = match self.scored {
            0 => String::new(),
            number => format!(", {} left aside", count(number, "scored record")),
        };
        note(format_args!("{} exported{beside}, {} could not be read", count(self.exported, "alert"), self.refused));
        if self.exported == 0 && self.refused == 0 {
            return Err("there is no alert to export; `undercurrent score POSTS --alerts` prints some".to_string());
        }
        Ok(if self.refused > 0 { Exit::Problems } else { Exit::Clean })
    }
}

fn print(bundle: &Value) {
    result(safe_json(&bundle.to_string()));
}
