//! `eval`: labelled texts through packs, and how often these are right.
//!
//! One pass, line by line: only counts and the few worst mistakes are kept.

mod json;
mod show;
mod worst;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::args::{Eval as Arguments, Ids, Output};
use super::lines::{self, Line, Lines};
use super::offline::called;
use super::packs::engine_or_tell;
use super::terminal::{note, result, safe_json, safe_line};
use super::{Exit, count, or_shipped};
use crate::eval::{Eval, Half};
use crate::record::hex;
use worst::{Mistake, Worst};

/// Measures; exit 1 only for lines that could not be read.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, String> {
    let Some(engine) = engine_or_tell(&or_shipped(arguments.packs.clone())) else { return Ok(Exit::Failed) };
    let name = arguments.file.display().to_string();
    let mut lines = Lines::open(&arguments.file)?;
    let mut predictions = arguments.predictions.as_deref().map(|to| create(to, &arguments.file)).transpose()?;
    let half = arguments.ids.map(|ids| match ids {
        Ids::Odd => Half::Odd,
        Ids::Even => Half::Even,
    });
    let mut eval = Eval::new(engine, &name, half);
    let mut worst = Worst::new(arguments.worst);
    let bar = ProgressBar::no_length().with_style(
        ProgressStyle::with_template("{spinner} {pos} read, {per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let cannot_write = |fault: std::io::Error| {
        let to = arguments.predictions.as_deref().unwrap_or(Path::new("-")).display();
        format!("cannot write `{to}`: {fault}")
    };
    let mut number = 0;
    while let Some(line) = lines.next()? {
        number += 1;
        bar.inc(1);
        let mut sha256 = String::new();
        let judged = match line {
            Line::Blank => continue,
            Line::Whole(bytes) => {
                sha256 = hex(&Sha256::digest(bytes));
                eval.step(bytes)
            }
            Line::TooLong => {
                eval.unread();
                Err(format!("it is longer than {} bytes", lines::LONGEST))
            }
        };
        match judged {
            Ok(None) => {}
            Ok(Some(judged)) => {
                if let Some(to) = &mut predictions {
                    writeln!(to, "{}", json::prediction(eval.engine(), &judged)).map_err(cannot_write)?;
                }
                worst.take(Mistake { line: number, sha256, judged });
            }
            Err(why) => bar.suspend(|| note(format_args!("line {number}: {}", safe_line(&why)))),
        }
    }
    bar.finish_and_clear();
    if let Some(mut to) = predictions {
        to.flush().map_err(cannot_write)?;
    }
    let tally = eval.tally();
    if tally.all.count() == 0 {
        return Err(nothing(&name, tally.left_out, tally.unread));
    }
    match arguments.output {
        Output::Text => {
            show::figures(tally);
            worst.print(eval.engine());
        }
        Output::Json => {
            let whole = json::whole(&name, half, &eval, &worst);
            result(safe_json(&serde_json::to_string_pretty(&whole).map_err(|fault| fault.to_string())?));
        }
    }
    let of_half = half.map(|half| format!(" with {} ids, {} others left out", half.name(), tally.left_out));
    let texts = count(usize::try_from(tally.all.count()).unwrap_or(usize::MAX), "text");
    note(format_args!("{texts}{}, {} could not be read", of_half.unwrap_or_default(), tally.unread));
    Ok(if tally.unread > 0 { Exit::Problems } else { Exit::Clean })
}

fn nothing(name: &str, left_out: u64, unread: u64) -> String {
    let name = called(name);
    match (left_out, unread) {
        (0, 0) => format!("{name} holds no labelled text"),
        (0, _) => format!("no line of {name} is a labelled text"),
        (left_out, _) => format!("{name} holds no text of this half; {left_out} are of the other"),
    }
}

/// The file for predictions, which must not be the one that is read.
fn create(to: &Path, from: &Path) -> Result<BufWriter<File>, String> {
    if let (Ok(to), Ok(from)) = (to.canonicalize(), from.canonicalize())
        && to == from
    {
        return Err(format!("`{}` is the file that is read; name another for predictions", to.display()));
    }
    File::create(to).map(BufWriter::new).map_err(|fault| format!("cannot write `{}`: {fault}", to.display()))
}
