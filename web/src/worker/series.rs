//! A number in the messages of a topic, over time: read as they come, a part of those held in each go.

use std::collections::VecDeque;

use super::log::Log;
use super::peek;
use super::topics::Topics;
use crate::payload::chart::{Sample, thin};
use crate::payload::json::{Path, number_at};
use crate::protocol::messages::{Chart, Series as Shown};

/// So many payloads are read in one go: a hundred thousand at once would keep the device waiting.
const IN_ONE_GO: usize = 4000;

/// The number's values, as far as its messages are held and read.
#[derive(Debug)]
pub(super) struct Series {
    of: Chart,
    /// None where the text is no path: then no message holds the number.
    path: Option<Path>,
    /// Where its messages begin that are not read yet.
    from: u64,
    samples: VecDeque<(u64, Sample)>,
    numbers: u64,
}

impl Series {
    /// Nothing is read yet.
    pub(super) fn new(of: &Chart) -> Self {
        Self {
            of: of.clone(),
            path: Path::parse(&of.path),
            from: 0,
            samples: VecDeque::new(),
            numbers: 0,
        }
    }

    /// Which number it is.
    pub(super) const fn of(&self) -> &Chart {
        &self.of
    }

    /// Reads on, and forgets what the log no longer holds.
    pub(super) fn read(&mut self, log: &Log, topics: &Topics) -> Shown {
        while let Some((index, sample)) = self.samples.front()
            && *index < log.evicted()
        {
            self.numbers -= u64::from(sample.value.is_some());
            self.samples.pop_front();
        }
        let mut messages = topics.of_topic(&self.of.topic, self.from);
        for index in messages.by_ref().take(IN_ONE_GO) {
            self.from = index + 1;
            let Some(message) = log.get(index) else {
                continue;
            };
            let text = peek::payload(message.bytes).and_then(|bytes| str::from_utf8(bytes).ok());
            let value = text.and_then(|text| number_at(text, self.path.as_ref()?));
            self.numbers += u64::from(value.is_some());
            let at_ms = message.note.at_ms;
            self.samples.push_back((index, Sample { at_ms, value }));
        }
        let samples: Vec<_> = self.samples.iter().map(|(_, sample)| *sample).collect();
        Shown {
            of: self.of.clone(),
            samples: thin(&samples, Shown::MOST),
            numbers: self.numbers,
            gaps: samples.len() as u64 - self.numbers,
            unread: messages.len() as u64,
        }
    }
}
