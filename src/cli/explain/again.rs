//! `explain --record`: scored and alert records computed again.
//!
//! A record is joined to its post by the hash of the input's bytes, else by the post's id; an alert holds its post, so
//! the file of posts may be left out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::args::{Explain, Output};
use super::super::offline::{bytes, called, format};
use super::super::packs::{Sort as File, engine_or_tell, sort, sources, vocabulary};
use super::super::terminal::{BAD, BOLD, DIM, GOOD, error, is_unread, note, result, safe_json, safe_line};
use super::super::{Exit, or_shipped};
use crate::decode::{Decoded, Envelope, Format, decode, split};
use crate::pack;
use crate::post::Post;
use crate::record::again::{Difference, Given, RECOMPUTATION_SCHEMA, Recomputation, Sort, absent, compare};
use crate::record::hex;
use crate::score::near_miss::shorten;
use crate::score::{Engine, Scratch};

/// Computes every record of a file again.
pub(super) fn run(wanted: &Explain, records: &Path) -> Result<Exit, String> {
    if records == Path::new("-") && wanted.file.as_deref() == Some(Path::new("-")) {
        return Err("standard input can give the posts or the records, not both: name a file for one".to_string());
    }
    let packs = or_shipped(wanted.packs.clone());
    let Some(engine) = engine_or_tell(&packs) else { return Ok(Exit::Failed) };
    let format = format(&wanted.format)?;
    let posts = wanted.file.as_deref().map(bytes).transpose()?;
    let name = wanted.file.as_deref().map_or(String::new(), |file| file.display().to_string());
    let posts = match &posts {
        Some(bytes) => {
            Posts::new(format, bytes).map_err(|fault| format!("{} cannot be read: {fault}", called(&name)))?
        }
        None => Posts::default(),
    };
    let records = read(records, wanted.id.as_deref())?;
    let mut scratch = Scratch::default();
    let again = Again { engine: &engine, format, posts, only: records.len() == 1, hints: hints(&packs) };
    let (mut same, mut other, mut failed) = (0u64, 0u64, 0u64);
    for record in &records {
        match again.recompute(record, &mut scratch) {
            Ok(done) => {
                *(if done.same { &mut same } else { &mut other }) += 1;
                match wanted.output {
                    Output::Text => result(again.said(record, &done)),
                    Output::Json => {
                        let json = serde_json::to_string(&done).map_err(|fault| fault.to_string())?;
                        result(safe_json(&json));
                    }
                }
            }
            Err(why) => {
                failed += 1;
                error(format_args!("{}: {why}", safe_line(&record.id)));
            }
        }
        if is_unread() {
            break;
        }
    }
    if records.len() > 1 {
        note(format_args!("{same} the same, {other} different, {failed} could not be recomputed"));
    }
    Ok(match (other, failed) {
        (_, 1..) => Exit::Failed,
        (0, 0) => Exit::Clean,
        (_, 0) => Exit::Problems,
    })
}

/// The records of a file, one JSON after the other, on a line each or not.
fn read(file: &Path, id: Option<&str>) -> Result<Vec<Given>, String> {
    let name = called(&file.to_string_lossy());
    let bytes = bytes(file)?;
    let mut records = Vec::new();
    for (number, value) in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>().enumerate() {
        let fault = |fault: &dyn std::fmt::Display| format!("record {} of {name}: {fault}", number + 1);
        let value = value.map_err(|broken| fault(&format_args!("it is no JSON: {broken}")))?;
        let record = Given::read(&value).map_err(|broken| fault(&broken))?;
        if id.is_none_or(|id| id == record.id) {
            records.push(record);
        }
    }
    match (records.is_empty(), id) {
        (false, _) => Ok(records),
        (true, Some(id)) => Err(format!("no record of {name} is of a post with the id `{id}`")),
        (true, None) => Err(format!("there is no record in {name}")),
    }
}

/// The messages of a file of posts, by what a record knows of them.
#[derive(Default)]
struct Posts<'b> {
    pieces: Vec<std::borrow::Cow<'b, [u8]>>,
    by_hash: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
}

impl<'b> Posts<'b> {
    fn new(format: Format, bytes: &'b [u8]) -> Result<Self, crate::decode::DecodeError> {
        let pieces = split(format, bytes)?;
        let mut posts = Self { pieces, ..Self::default() };
        for (at, piece) in posts.pieces.iter().enumerate() {
            posts.by_hash.entry(hex(&Sha256::digest(piece))).or_insert(at);
            if let Ok(Some(post)) = post(format, piece, Timestamp::UNIX_EPOCH) {
                posts.by_id.entry(post.id).or_insert(at);
            }
        }
        Ok(posts)
    }
}

/// A message as the stage reads it.
fn post(format: Format, payload: &[u8], timestamp: Timestamp) -> Result<Option<Box<Post>>, String> {
    match decode(format, &Envelope { payload, format: None, timestamp }) {
        Ok(Decoded::Post(post)) => Ok(Some(post)),
        Ok(Decoded::Ignored(_)) => Ok(None),
        Err(fault) => Err(fault.to_string()),
    }
}

struct Again<'a> {
    engine: &'a Engine,
    format: Format,
    posts: Posts<'a>,
    /// There is one record.
    only: bool,
    hints: HashMap<String, String>,
}

impl Again<'_> {
    fn recompute<'r>(&self, record: &'r Given, scratch: &mut Scratch) -> Result<Recomputation<'r>, String> {
        let absent = absent(self.engine, record);
        if !absent.is_empty() {
            let here = self
                .engine
                .packs
                .iter()
                .map(|pack| format!("{} {}", pack.pack.file.pack.value, pack.pack.file.version.value));
            let here = here.collect::<Vec<_>>().join(", ");
            return Err(format!("the record names {}, which is not here: --packs gives {here}", absent.join(", ")));
        }
        let (post, payload) = self.post(record)?;
        let verdict = self.engine.score(&post, scratch);
        let differences = compare(self.engine, record, &post, &verdict, payload);
        Ok(Recomputation {
            schema: RECOMPUTATION_SCHEMA,
            id: &record.id,
            record: match record.sort {
                Sort::Scored => "scored",
                Sort::Alert => "alert",
            },
            same: differences.is_empty(),
            engine: record.engine.as_deref(),
            engine_here: env!("CARGO_PKG_VERSION"),
            input: payload.is_some(),
            differences,
        })
    }

    /// The post of a record, and its bytes where they are at hand.
    fn post(&self, record: &Given) -> Result<(Box<Post>, Option<&[u8]>), String> {
        let by_hash = record.sha256.as_ref().and_then(|hash| self.posts.by_hash.get(hash));
        let at = by_hash.or_else(|| self.posts.by_id.get(&record.id)).copied();
        let at = at.or((self.only && self.posts.pieces.len() == 1).then_some(0));
        if let Some(payload) = at.map(|at| &*self.posts.pieces[at]) {
            let timestamp = record.published_at.unwrap_or(Timestamp::UNIX_EPOCH);
            let post = post(self.format, payload, timestamp)?.ok_or("its message is no post")?;
            return Ok((post, Some(payload)));
        }
        match (&record.alert, self.posts.pieces.is_empty()) {
            (Some((_, post)), true) => Ok((post.clone(), None)),
            (None, true) => Err("a scored record does not hold its post: name the file that does".to_string()),
            (_, false) => Err("no message of the file has its hash or its post's id".to_string()),
        }
    }

    fn said(&self, record: &Given, done: &Recomputation<'_>) -> String {
        let id = safe_line(done.id);
        let mut lines = vec![if done.same {
            format!("{BOLD}{id}{BOLD:#} {}: recomputed: {GOOD}the same{GOOD:#}", done.record)
        } else {
            let number = super::super::count(done.differences.len(), "difference");
            format!("{BOLD}{id}{BOLD:#} {}: recomputed: {BAD}{number}{BAD:#}", done.record)
        }];
        lines.extend(done.differences.iter().map(drawn));
        let said = |line: String| format!("  {DIM}{line}{DIM:#}");
        for pack in &record.packs {
            let own = self.engine.packs.iter().find(|one| one.pack.file.pack.value == pack.pack);
            if let Some(own) = own.filter(|own| own.pack.digest != pack.digest) {
                let why = match self.hints.get(&pack.digest) {
                    Some(hint) => hint.clone(),
                    None if own.pack.file.version.value == pack.version => {
                        "the version is the same: the pack's text, its exceptions or a language file is another".into()
                    }
                    None => "another version of the pack is here".into(),
                };
                lines.push(said(why));
            }
        }
        if let Some(engine) = done.engine.filter(|engine| *engine != done.engine_here) {
            lines.push(said(format!("by engine {} there, {} here", safe_line(engine), done.engine_here)));
        }
        if !done.input {
            lines.push(said("the input's bytes are not at hand: `origin.sha256` is not compared".into()));
        }
        lines.join("\n")
    }
}

fn drawn(difference: &Difference) -> String {
    let said = |text: &String| safe_line(&shorten(text));
    let at = safe_line(&difference.at);
    match (&difference.record, &difference.here) {
        (Some(record), Some(here)) => {
            let side = |text: &String| if text.is_empty() { "nothing".to_string() } else { said(text) };
            format!("  {at}: {} in the record, {} here", side(record), side(here))
        }
        (Some(record), None) => format!("  {at}: {} in the record, not here", said(record)),
        (None, Some(here)) => format!("  {at}: not in the record, {} here", said(here)),
        (None, None) => format!("  {at}"),
    }
}

/// Digests that the packs would have without the languages, classifiers and exceptions that stand beside them, and what that
/// means.
fn hints(paths: &[PathBuf]) -> HashMap<String, String> {
    let mut hints = HashMap::new();
    let Ok(sources) = sources(paths) else { return hints };
    let (Ok(own), Ok(shipped)) = (vocabulary(&sources), vocabulary(&[])) else { return hints };
    let exceptions = sources.iter().filter(|source| sort(source) == File::Exceptions);
    let exceptions: Vec<_> = exceptions.filter_map(|source| pack::load_exceptions(source, None).0).collect();
    for source in sources.iter().filter(|source| sort(source) == File::Pack) {
        for (vocabulary, exceptions, without) in [
            (&shipped, &exceptions[..], "the languages and classifiers"),
            (&own, &[][..], "the exceptions"),
            (&shipped, &[][..], "the languages, classifiers and exceptions"),
        ] {
            if let Some(pack) = pack::load(source, exceptions, vocabulary).0 {
                let why = format!("the record was scored without {without} that are given here");
                hints.entry(pack.digest).or_insert(why);
            }
        }
    }
    hints
}
