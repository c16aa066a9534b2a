//! A recording, read line by line.

use super::fields::{Fields, ReadError};
use super::{Entry, Header, What};
use crate::time::Instant;

/// The longest line that is read, in bytes. All that a device queues by default, sent again at once and each byte
/// escaped, stays below.
pub const MAX_LINE: usize = 128 * 1024 * 1024;

/// More lines than a header has.
const MAX_HEADER: usize = 64;

/// Reads line after line.
#[derive(Debug, Default)]
pub struct Reader {
    line: u64,
    header: Vec<String>,
    begun: bool,
    now: Instant,
    /// Something has been handed in at `now`.
    heard: bool,
    ended: bool,
}

/// What a line told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A part of the header.
    Part,
    /// The header's last line: this is the header.
    Header(Box<Header>),
    /// An entry.
    Entry(Entry),
}

impl Reader {
    /// Reads the next line, without its line end.
    ///
    /// # Errors
    /// The line breaks a rule of the format: the error names line, column, field and rule.
    pub fn line(&mut self, line: &[u8]) -> Result<Told, ReadError> {
        self.line += 1;
        let bad = |column: usize, field, found: &str, rule| ReadError {
            line: self.line,
            column,
            field,
            found: found.to_owned(),
            rule,
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE {
            let rule = "at most 134217728 bytes long";
            return Err(bad(MAX_LINE + 1, "the line", "longer", rule));
        }
        let line = str::from_utf8(line).map_err(|error| {
            bad(
                error.valid_up_to() + 1,
                "the line",
                "no UTF-8",
                "UTF-8 text",
            )
        })?;
        if !self.begun {
            if self.header.len() >= MAX_HEADER {
                let rule = "at its end by now, with the line `begin`";
                return Err(bad(1, "the header", "longer", rule));
            }
            // What is no recording is refused at its first line.
            if self.header.is_empty() && !line.starts_with("tern-transcript ") {
                return Header::read(&[line.to_owned()]).map(|_| Told::Part);
            }
            self.header.push(line.to_owned());
            if !Header::is_last(line) {
                return Ok(Told::Part);
            }
            self.begun = true;
            let header = Header::read(&std::mem::take(&mut self.header))?;
            return Ok(Told::Header(Box::new(header)));
        }
        if self.ended {
            let rule = "empty: the line before has ended the recording";
            return Err(bad(1, "what follows", "there", rule));
        }
        let entry = Entry::read(&mut Fields::new(self.line, line))?;
        let time = "time";
        let found = entry.at.as_millis().to_string();
        if entry.at < self.now {
            return Err(bad(1, time, &found, "no earlier than the line's before"));
        }
        match &entry.what {
            What::Heard(_) => self.heard = true,
            What::Said(_) if !self.heard => {
                let rule = "in: what comes out follows from something that went in";
                return Err(bad(found.len() + 2, "direction", "out", rule));
            }
            What::Said(_) if entry.at > self.now => {
                let rule = "that of the line before: what comes out has the time of what went in";
                return Err(bad(1, time, &found, rule));
            }
            What::Said(_) => {}
            What::End => self.ended = true,
        }
        self.now = entry.at;
        Ok(Told::Entry(entry))
    }

    /// The number of the line read last, from 1; 0 before the first.
    #[must_use]
    pub const fn line_number(&self) -> u64 {
        self.line
    }

    /// Whether the recording was ended in order; otherwise it was cut off, and what stands in it is good.
    ///
    /// # Errors
    /// The header is not complete.
    pub fn finish(&self) -> Result<bool, ReadError> {
        if self.begun {
            return Ok(self.ended);
        }
        Err(ReadError {
            line: self.line + 1,
            column: 1,
            field: "the header",
            found: "cut off".to_owned(),
            rule: "complete, up to the line `begin`",
        })
    }
}

/// A whole recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// What the device was told.
    pub header: Header,
    /// What passed.
    pub entries: Vec<Entry>,
    /// Whether it was ended in order.
    pub complete: bool,
}

/// Reads a whole recording. A last line without its end was cut off while it was written, and is passed over.
///
/// # Errors
/// The first line that breaks a rule of the format.
pub fn read(text: &[u8]) -> Result<Recording, ReadError> {
    let mut reader = Reader::default();
    let mut found = None;
    let mut entries = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else {
            break;
        };
        match reader.line(line)? {
            Told::Part => {}
            Told::Header(header) => found = Some(*header),
            Told::Entry(entry) => entries.push(entry),
        }
    }
    let complete = reader.finish()?;
    match found {
        Some(header) => Ok(Recording {
            header,
            entries,
            complete,
        }),
        None => Err(ReadError {
            line: reader.line_number(),
            column: 1,
            field: "the header",
            found: "not there".to_owned(),
            rule: "complete, up to the line `begin`",
        }),
    }
}
