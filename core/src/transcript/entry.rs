//! One line of a recording: when, which way, what.

use super::fields::{Fields, Line, ReadError};
use super::{Heard, Said};
use crate::time::Instant;

/// One line of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was handed in. What came out has the time of what it followed from.
    pub at: Instant,
    /// What it was.
    pub what: What,
}

/// What passed between host and device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Handed in.
    Heard(Heard),
    /// Came out.
    Said(Said),
    /// The recording was ended in order: nothing is missing at its end.
    End,
}

impl Entry {
    /// Appends the line, its end included.
    pub fn write(&self, text: &mut String) {
        let mut line = Line(text);
        line.number(self.at.as_millis());
        match &self.what {
            What::Heard(heard) => heard.write(line.word("in")),
            What::Said(said) => said.write(line.word("out")),
            What::End => {
                line.word("end");
            }
        }
        line.end();
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let at = Instant::from_millis(fields.number("time", "whole milliseconds since the start")?);
        type Read = fn(&mut Fields<'_>) -> Result<What, ReadError>;
        let read = fields.word_as("direction", "in, out or end", |word| {
            let read: Read = match word {
                "in" => |fields| Heard::read(fields).map(What::Heard),
                "out" => |fields| Said::read(fields).map(What::Said),
                "end" => |_| Ok(What::End),
                _ => return None,
            };
            Some(read)
        })?;
        let what = read(fields)?;
        fields.end()?;
        Ok(Self { at, what })
    }
}
