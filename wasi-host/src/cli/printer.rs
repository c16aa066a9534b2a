//! Where the programs' events go.
//!
//! With `--json` each event is one JSON object a line on stdout. Without it, payloads go to stdout as they
//! are, and everything else, in words, to stderr. A stdout whose reader has gone ends the programs quietly;
//! one that can't be written is an error.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mio::Waker;
use tern_component::batch::ReportEvent;

use super::output::{Output, is_reader_gone, unwritable};
use crate::events::Happening;
use crate::exit::Failure;

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
    /// Whether the platform's rule for subscriptions holds for this device.
    own_topics: bool,
    out: Output,
}

/// What has become of the bytes for stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// They are written.
    All,
    /// Some wait for the reader.
    Waiting,
    /// The reader has gone.
    ReaderGone,
}

impl Printer {
    /// Prints JSON, or payloads with `lead` before them and words.
    pub fn new(json: bool, lead: Lead) -> Self {
        Self {
            json,
            lead,
            each: true,
            own_topics: false,
            out: Output::default(),
        }
    }

    /// Says nothing of single messages that are acknowledged, in words; JSON is as before.
    #[must_use]
    pub fn without_each_publish(mut self) -> Self {
        self.each = false;
        self
    }

    /// Explains a refused subscription by the platform's rule, which other brokers don't have.
    pub fn explain_own_topics(&mut self) {
        self.own_topics = true;
    }

    /// Whom to wake when there is room again, and when the reader has gone.
    pub fn set_waker(&mut self, waker: Arc<Waker>) {
        self.out.set_waker(waker);
    }

    /// Whether it prints JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Tells of a device's event, as [`tell`](Self::tell) does. This is the way that each message takes, so what has no words
    /// is not even looked at.
    pub fn tell_event(&mut self, event: &ReportEvent<'_>) {
        match event {
            ReportEvent::Message { topic, payload, .. } if !self.json => {
                self.payload(topic, payload)
            }
            ReportEvent::Published { .. } if !self.json && !self.each => {}
            event => {
                if let Some(happening) = Happening::of(event, &mut String::new()) {
                    self.tell(&happening);
                }
            }
        }
    }

    /// Tells that a request was accepted, which has no words.
    pub fn accepted(&mut self, token: u64) {
        if self.json {
            self.tell(&Happening::Accepted { token });
        }
    }

    /// Tells of something. What goes to stdout is there after the next [`flush`](Self::flush).
    pub fn tell(&mut self, happening: &Happening<'_>) {
        if self.json {
            return self
                .out
                .push(happening.to_json(SystemTime::now()).as_bytes());
        }
        if let Happening::Message { topic, payload, .. } = happening {
            return self.payload(topic, payload.bytes());
        }
        if let Some(mut words) = happening.words() {
            if self.own_topics && matches!(happening, Happening::SubscribeRefused { .. }) {
                words.push_str(": a device may only subscribe under its own topics");
            }
            self.note(&words);
        }
    }

    /// Says something to people, on stderr.
    pub fn note(&mut self, words: &str) {
        say(words);
    }

    /// Warns that nobody checks who answers at `place`: on stderr, and as an event where events are printed.
    pub fn warn_unverified(&mut self, place: &str) {
        let happening = Happening::Warning {
            text: &unverified(place),
        };
        if self.json {
            self.tell(&happening);
        }
        if let Some(words) = happening.words() {
            self.note(&words);
        }
    }

    /// Prints a line that is the program's result, on stdout.
    pub fn result(&mut self, line: &str) {
        self.out.push(line.as_bytes());
        self.out.push(b"\n");
    }

    /// Hands everything to the reader of stdout, and waits for that, but not longer than `patience`.
    ///
    /// # Errors
    /// stdout can't be written, though its reader has not gone.
    pub fn flush(&mut self, patience: Duration) -> Result<Printed, Failure> {
        match self.out.hand_over(patience) {
            Ok(true) => Ok(Printed::All),
            Ok(false) => Ok(Printed::Waiting),
            Err(error) if is_reader_gone(&error) => Ok(Printed::ReaderGone),
            Err(error) => Err(unwritable(&error)),
        }
    }

    /// Whether so much waits for the reader of stdout that nothing should be added. The waker tells when
    /// that is over.
    pub fn is_full(&self) -> bool {
        self.out.is_full()
    }

    /// Bytes that the reader of stdout has not taken.
    pub fn unread(&self) -> usize {
        self.out.unwritten()
    }

    fn payload(&mut self, topic: &str, payload: &[u8]) {
        let separator: &[u8] = match self.lead {
            Lead::Nothing => b"",
            Lead::TopicAndSpace => b" ",
            Lead::TopicAndTab => b"\t",
        };
        if self.lead != Lead::Nothing {
            self.out.push(topic.as_bytes());
        }
        self.out.push(separator);
        self.out.push(payload);
        self.out.push(b"\n");
    }
}

/// The warning that nobody checks who answers at `place`.
pub(super) fn unverified(place: &str) -> String {
    format!(
        "--insecure: nobody checks who answers at {place}; whoever is on the way can read and change everything, the \
         login too; use --cafile"
    )
}

/// Says something on stderr. Where nobody reads that, there is nobody to tell.
pub fn say(words: &str) {
    let _ = io::stderr().write_all(format!("{words}\n").as_bytes());
}
