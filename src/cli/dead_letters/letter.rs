//! A dead letter as it stands in its topic: the input's bytes and headers, and Kafka Connect's headers that say why.

use serde_json::{Value, json};

use crate::cli::records;
use crate::stages::Arrival;

/// What Kafka Connect's error headers begin with.
const CONNECT: &str = "__connect.errors.";
/// How many times a record was sent back already.
pub(crate) const RETRIES: &str = "undercurrent.retries";

/// A dead letter.
pub(crate) struct Letter<'a> {
    arrival: &'a Arrival<'a>,
    /// Where the input stood.
    pub topic: &'a str,
    partition: &'a str,
    offset: &'a str,
    /// The stage and a bounded reason, `decode.not_utf8`.
    pub reason: &'a str,
    /// What was wrong, in words.
    pub why: &'a str,
}

impl<'a> Letter<'a> {
    /// The dead letter that a record is, if it is one.
    pub(crate) fn of(arrival: &'a Arrival<'a>) -> Option<Self> {
        let header = |name: &str| {
            let (_, value) = arrival.headers.iter().find(|(known, _)| known.strip_prefix(CONNECT) == Some(name))?;
            std::str::from_utf8((*value)?).ok()
        };
        let reason = header("exception.class.name").unwrap_or("unknown");
        Some(Self {
            arrival,
            topic: header("topic")?,
            partition: header("partition").unwrap_or("?"),
            offset: header("offset").unwrap_or("?"),
            reason: reason.strip_prefix("undercurrent.").unwrap_or(reason),
            why: header("exception.message").unwrap_or_default(),
        })
    }

    /// Where it stands itself: `partition/offset`.
    pub(crate) fn place(&self) -> String {
        format!("{}/{}", self.arrival.partition, self.arrival.offset)
    }

    /// How many times it was sent back already.
    pub(crate) fn retries(&self) -> u32 {
        self.arrival.header(RETRIES).and_then(|count| count.parse().ok()).unwrap_or(0)
    }

    /// The input's own headers.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'a str, Option<&'a [u8]>)> {
        self.arrival.headers.iter().copied().filter(|(name, _)| !name.starts_with(CONNECT) && *name != RETRIES)
    }

    /// For a list of them.
    pub(crate) fn line(&self) -> String {
        let origin = format!("{} from {}/{}@{}", self.place(), self.topic, self.partition, self.offset);
        records::dead_letter(self.reason, &origin, self.why, self.payload())
    }

    pub(crate) fn payload(&self) -> &'a [u8] {
        self.arrival.payload.unwrap_or_default()
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = self.headers().map(|(name, value)| json!({ "name": name, "value": value.map(text) }));
        json!({
            "at": { "partition": self.arrival.partition, "offset": self.arrival.offset },
            "timestamp": self.arrival.timestamp.to_string(),
            "origin": { "topic": self.topic, "partition": self.partition.parse::<i32>().ok(),
                        "offset": self.offset.parse::<i64>().ok() },
            "reason": self.reason,
            "message": self.why,
            "retries": self.retries(),
            "key": self.arrival.key.map(text),
            "headers": headers.collect::<Vec<_>>(),
            "bytes": self.payload().len(),
            "payload": std::str::from_utf8(self.payload()).ok(),
        })
    }

    /// All of it, for a person.
    pub(crate) fn page(&self) -> String {
        use std::fmt::Write;

        use crate::cli::terminal::{BOLD, DIM, safe, safe_line};
        let mut page = format!(
            "{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}\n  {}\n  origin   {}/{}@{}\n  retries  {}\n  key      {}\n",
            safe_line(self.reason),
            self.place(),
            safe_line(self.why),
            safe_line(self.topic),
            safe_line(self.partition),
            safe_line(self.offset),
            self.retries(),
            self.arrival.key.map_or_else(|| "none".into(), |key| safe_line(&String::from_utf8_lossy(key))),
        );
        for (name, value) in self.headers() {
            let value = value.map_or_else(|| "null".into(), |value| safe_line(&String::from_utf8_lossy(value)));
            let _ = writeln!(page, "  header   {}: {value}", safe_line(name));
        }
        match (self.arrival.payload, std::str::from_utf8(self.payload())) {
            (None, _) => page.push_str("\nno value: a tombstone\n"),
            (_, Ok(text)) => {
                let _ = writeln!(page, "\n{}", safe(text));
            }
            (_, Err(fault)) => {
                let _ = writeln!(
                    page,
                    "\n{DIM}{} bytes, no UTF-8 from byte {}{DIM:#}",
                    self.payload().len(),
                    fault.valid_up_to()
                );
                page.push_str(&hex(self.payload()));
            }
        }
        page
    }
}

/// Bytes in hexadecimal beside what of them is printable, 16 a line; the first 4 KiB.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (at, line) in bytes.chunks(16).take(256).enumerate() {
        let printable = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
        let digits = line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{:06x}  {digits:<47}  {}", at * 16, line.iter().map(printable).collect::<String>());
    }
    text
}
