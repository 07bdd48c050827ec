//! A topic's posts in a temporary file, until they can be taken by their time.
//!
//! The file has no name, so it goes when the program does, however that ends. A record lies there as its timestamp,
//! partition and offset, the `format` header, which decides how it is read, and its bytes; nothing else of it matters
//! for a score.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use jiff::Timestamp;

use crate::stages::Arrival;

/// Timestamp in milliseconds, partition, offset, length of the format header.
const HEAD: usize = 8 + 4 + 8 + 1;

/// Where a post lies, by its time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    time: i64,
    at: u64,
    length: u32,
}

/// The temporary file.
pub(super) struct Spill {
    topic: String,
    file: BufWriter<File>,
    end: u64,
    places: Vec<Place>,
}

impl Spill {
    /// An empty one.
    ///
    /// # Errors
    /// There is no place for it.
    pub(super) fn new(topic: &str) -> Result<Self, String> {
        let file = tempfile::tempfile().map_err(|fault| why(&fault))?;
        Ok(Self { topic: topic.to_owned(), file: BufWriter::with_capacity(1 << 20, file), end: 0, places: Vec::new() })
    }

    /// How many posts it holds.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Keeps a post.
    ///
    /// # Errors
    /// The disk is full, or broken.
    pub(super) fn keep(&mut self, time: Timestamp, arrival: &Arrival<'_>, payload: &[u8]) -> Result<(), String> {
        // A longer name is that of no format: such a record holds no post.
        let format = arrival.header("format").filter(|name| u8::try_from(name.len()).is_ok()).unwrap_or_default();
        let mut head = Vec::with_capacity(HEAD + format.len());
        head.extend(arrival.timestamp.as_millisecond().to_le_bytes());
        head.extend(arrival.partition.to_le_bytes());
        head.extend(arrival.offset.to_le_bytes());
        head.push(u8::try_from(format.len()).unwrap_or(0));
        head.extend(format.as_bytes());
        let length = u32::try_from(head.len() + payload.len()).map_err(|_| "a record of 4 GiB".to_string())?;
        self.file.write_all(&head).and_then(|()| self.file.write_all(payload)).map_err(|fault| why(&fault))?;
        self.places.push(Place { time: time.as_microsecond(), at: self.end, length });
        self.end += u64::from(length);
        Ok(())
    }

    /// Goes through the posts by their time. `each` says whether to go on.
    ///
    /// # Errors
    /// The disk is full, or broken.
    pub(super) fn in_order(mut self, mut each: impl FnMut(&Arrival<'_>) -> bool) -> Result<(), String> {
        self.places.sort_unstable();
        let mut file = self.file.into_inner().map_err(|fault| why(fault.error()))?;
        let mut bytes = Vec::new();
        for place in self.places {
            bytes.resize(place.length as usize, 0);
            file.seek(SeekFrom::Start(place.at)).map_err(|fault| why(&fault))?;
            file.read_exact(&mut bytes).map_err(|fault| why(&fault))?;
            let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else { continue };
            let (format, payload) = rest.split_at_checked(usize::from(head[HEAD - 1])).unwrap_or((&[], rest));
            let headers = [("format", Some(format))];
            let arrival = Arrival {
                topic: &self.topic,
                partition: i32::from_le_bytes([head[8], head[9], head[10], head[11]]),
                offset: i64::from_le_bytes(long(head, 12)),
                timestamp: Timestamp::from_millisecond(i64::from_le_bytes(long(head, 0))).unwrap_or_default(),
                key: None,
                payload: Some(payload),
                headers: if format.is_empty() { &[] } else { &headers },
            };
            if !each(&arrival) {
                break;
            }
        }
        Ok(())
    }
}

fn long(head: &[u8; HEAD], at: usize) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&head[at..at + 8]);
    bytes
}

fn why(fault: &std::io::Error) -> String {
    let folder = std::env::temp_dir().display().to_string();
    format!("cannot keep posts in `{folder}`: {fault}; name a larger place by TMPDIR")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_what_went_in_by_time() {
        let mut spill = Spill::new("t").unwrap();
        let headers = [("format", Some(b"telegram".as_slice()))];
        let at = |second| Timestamp::from_second(second).unwrap();
        for (second, partition, offset, payload) in [(30, 0, 7, "c"), (-10, 1, 0, "первый"), (30, 0, 8, "")] {
            let headers = if partition == 1 { &headers[..] } else { &[] };
            let (timestamp, payload) = (at(second + 1), payload.as_bytes());
            let arrival =
                Arrival { topic: "t", partition, offset, timestamp, key: None, payload: Some(payload), headers };
            spill.keep(at(second), &arrival, payload).unwrap();
        }
        assert_eq!(spill.len(), 3);
        let mut out = Vec::new();
        spill
            .in_order(|arrival| {
                let payload = String::from_utf8(arrival.payload.unwrap().to_vec()).unwrap();
                let format = arrival.header("format").unwrap_or("-").to_owned();
                out.push((arrival.partition, arrival.offset, arrival.timestamp, format, payload));
                true
            })
            .unwrap();
        let expected = [(1, 0, -9, "telegram", "первый"), (0, 7, 31, "-", "c"), (0, 8, 31, "-", "")];
        let expected = expected.map(|(partition, offset, second, format, payload)| {
            (partition, offset, at(second), format.to_owned(), payload.to_owned())
        });
        assert_eq!(out, expected);
    }
}
