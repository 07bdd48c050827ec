//! A file of any length, line by line, in bounded memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::cli::offline::called;

/// The longest line that is read, in bytes: a book has less. A file without line ends would be read whole otherwise.
pub(super) const LONGEST: usize = 4 << 20;

/// A line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    /// As it stands.
    Whole(&'l [u8]),
    /// Longer than [`LONGEST`]; it was passed over.
    TooLong,
    /// Nothing but white space.
    Blank,
}

/// The lines of a file.
pub(super) struct Lines {
    name: String,
    from: Box<dyn BufRead>,
    line: Vec<u8>,
}

impl Lines {
    /// Opens a file; `-` is stdin.
    pub(super) fn open(file: &Path) -> Result<Self, String> {
        let name = called(&file.to_string_lossy());
        let from: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(file).map_err(|fault| format!("cannot read {name}: {fault}"))?))
        };
        Ok(Self { name, from, line: Vec::new() })
    }

    /// The next line, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, String> {
        let why = |fault: std::io::Error| format!("cannot read {}: {fault}", self.name);
        self.line.clear();
        let mut room = (&mut self.from).take(LONGEST as u64 + 1);
        if room.read_until(b'\n', &mut self.line).map_err(why)? == 0 {
            return Ok(None);
        }
        if self.line.len() > LONGEST {
            if !self.line.ends_with(b"\n") {
                self.from.skip_until(b'\n').map_err(why)?;
            }
            return Ok(Some(Line::TooLong));
        }
        let line = self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line).trim_ascii();
        Ok(Some(if line.is_empty() { Line::Blank } else { Line::Whole(line) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let long = vec![b'x'; LONGEST + 5];
        let bytes = [b"\xef\xbb\xbfone\r\n\n", &long[..], b"\nlast", &b"\n"[..], &long[..LONGEST], b"\nend"].concat();
        let mut lines = Lines { name: String::new(), from: Box::new(std::io::Cursor::new(bytes)), line: Vec::new() };
        for expected in
            [Line::Whole(b"one"), Line::Blank, Line::TooLong, Line::Whole(b"last"), Line::TooLong, Line::Whole(b"end")]
        {
            let got = lines.next().unwrap().unwrap();
            assert!(got == expected, "{expected:?}");
        }
        assert_eq!(lines.next().unwrap(), None);
    }
}
