//! Where the programs' events go.
//!
//! With `--json` each event is one JSON object a line on stdout. Without it, payloads go to stdout as they
//! are, and everything else, in words, to stderr. A stdout that is closed is an error here, which ends the
//! programs quietly.

use std::io::{self, BufWriter, Stdout, Write};
use std::time::SystemTime;

use crate::events::Happening;

/// What stands before a payload on stdout, where it is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Nothing: the payload a line as it is.
    Nothing,
    /// The topic and a space (`-v`).
    TopicAndSpace,
    /// The topic and a tab, as `tern run` reads it on its stdin.
    TopicAndTab,
}

/// Prints what happens, in the form that was asked for.
pub struct Printer {
    json: bool,
    lead: Lead,
    /// Whether each acknowledgement is worth words.
    each: bool,
    out: BufWriter<Stdout>,
}

impl Printer {
    /// Prints JSON, or payloads with `lead` before them and words.
    pub fn new(json: bool, lead: Lead) -> Self {
        Self {
            json,
            lead,
            each: true,
            out: BufWriter::with_capacity(64 * 1024, io::stdout()),
        }
    }

    /// Says nothing of single messages that are acknowledged, in words; JSON is as before.
    #[must_use]
    pub fn without_each_publish(mut self) -> Self {
        self.each = false;
        self
    }

    /// Whether it prints JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Tells of something. What goes to stdout is there after the next [`flush`](Self::flush).
    ///
    /// # Errors
    /// stdout takes nothing, mostly since its reader has gone.
    pub fn tell(&mut self, happening: &Happening<'_>) -> io::Result<()> {
        if self.json {
            return self
                .out
                .write_all(happening.to_json(SystemTime::now()).as_bytes());
        }
        if let Happening::Message { topic, payload, .. } = happening {
            return self.payload(topic, payload.bytes());
        }
        if !self.each && matches!(happening, Happening::Published { .. }) {
            return Ok(());
        }
        if let Some(words) = happening.words() {
            self.note(&words);
        }
        Ok(())
    }

    /// Says something to people, on stderr.
    pub fn note(&mut self, words: &str) {
        say(words);
    }

    /// Prints a line that is the program's result, on stdout.
    ///
    /// # Errors
    /// stdout takes nothing, mostly since its reader has gone.
    pub fn result(&mut self, line: &str) -> io::Result<()> {
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Hands everything to the reader of stdout.
    ///
    /// # Errors
    /// stdout takes nothing, mostly since its reader has gone.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn payload(&mut self, topic: &str, payload: &[u8]) -> io::Result<()> {
        let separator: &[u8] = match self.lead {
            Lead::Nothing => b"",
            Lead::TopicAndSpace => b" ",
            Lead::TopicAndTab => b"\t",
        };
        if self.lead != Lead::Nothing {
            self.out.write_all(topic.as_bytes())?;
        }
        self.out.write_all(separator)?;
        self.out.write_all(payload)?;
        self.out.write_all(b"\n")
    }
}

/// Says something on stderr. Where nobody reads that, there is nobody to tell.
pub fn say(words: &str) {
    let _ = io::stderr().write_all(format!("{words}\n").as_bytes());
}
