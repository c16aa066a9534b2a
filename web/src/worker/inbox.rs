//! The received messages: all of them, and those of one branch or with one text.

use std::collections::HashSet;

use super::listing::Listing;
use super::log::{Log, Logged};
use super::needle::Needle;
use super::topics::Topics;
use crate::protocol::{Kept, Rows, messages};

/// The messages, as indices into the log.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    all: Listing,
    branch: Option<String>,
    text: String,
    needle: Needle,
    /// Those of the branch and with the text, where either is given.
    some: Option<Listing>,
}

impl Inbox {
    /// A message was put into the log.
    pub(super) fn push(&mut self, index: u64, topic: &str, packet: &[u8]) {
        self.all.push(index);
        if let Some(some) = &mut self.some
            && self
                .branch
                .as_deref()
                .is_none_or(|branch| holds(branch, topic))
            && self.needle.is_in(packet)
        {
            some.push(index);
        }
    }

    /// A message leaves the log.
    pub(super) fn evict(&mut self, index: u64) {
        self.all.evict(index);
        if let Some(some) = &mut self.some {
            some.evict(index);
        }
    }

    /// How many there are, and were.
    pub(super) fn kept(&self) -> Kept {
        self.all.kept()
    }

    /// Forgets the messages, not what is looked for.
    pub(super) fn clear(&mut self) {
        self.all = Listing::default();
        if let Some(some) = &mut self.some {
            *some = Listing::default();
        }
    }

    /// The rows that are looked at.
    pub(super) fn rows(
        &mut self,
        watch: &messages::Watch,
        log: &Log,
        topics: &Topics,
        attached: &mut Vec<u8>,
    ) -> Rows {
        if self.branch != watch.branch || self.text != watch.text {
            self.branch.clone_from(&watch.branch);
            self.text.clone_from(&watch.text);
            self.needle = Needle::new(&self.text);
            self.some =
                (self.branch.is_some() || !self.text.is_empty()).then(|| self.search(log, topics));
        }
        let list = self.some.as_ref().unwrap_or(&self.all);
        list.rows(log, watch.span, u64::MAX, attached).0
    }

    fn search(&self, log: &Log, topics: &Topics) -> Listing {
        let branch = self.branch.as_deref();
        let wanted: Option<HashSet<u32>> =
            branch.map(|path| topics.in_branch(path).into_iter().collect());
        let passes = |packet: Logged<'_>| {
            let is_here = |topic| wanted.as_ref().is_none_or(|wanted| wanted.contains(&topic));
            packet.note.topic.is_some_and(is_here) && self.needle.is_in(packet.bytes)
        };
        Listing::of(
            self.all
                .iter()
                .filter(|index| log.get(*index).is_some_and(passes)),
        )
    }
}

/// Whether a topic is a branch's own or below it.
fn holds(branch: &str, topic: &str) -> bool {
    let below = topic.strip_prefix(branch);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}
