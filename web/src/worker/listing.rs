//! Some packets of the log, as a list: kept up to date as packets come and go.

use std::collections::VecDeque;

use super::log::Log;
use super::rows;
use crate::protocol::{Kept, Rows, Span};

/// Indices into the log, in order.
#[derive(Debug, Default)]
pub(super) struct Listing {
    indices: VecDeque<u64>,
    evicted: u64,
}

impl Listing {
    /// A list of what the log holds now.
    pub(super) fn of(indices: impl Iterator<Item = u64>) -> Self {
        Self {
            indices: indices.collect(),
            evicted: 0,
        }
    }

    /// Lists a packet that was put into the log.
    pub(super) fn push(&mut self, index: u64) {
        self.indices.push_back(index);
    }

    /// Takes off a packet that leaves the log, if it is listed.
    pub(super) fn evict(&mut self, index: u64) {
        if self.indices.front() == Some(&index) {
            self.indices.pop_front();
            self.evicted += 1;
        }
    }

    /// How many are listed, and how many were.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            held: self.indices.len() as u64,
            evicted: self.evicted,
        }
    }

    /// The packets listed, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.indices.iter().copied()
    }

    /// The rows of a span, of the packets before `until`; and how many are listed from there on.
    pub(super) fn rows(
        &self,
        log: &Log,
        span: Span,
        until: u64,
        attached: &mut Vec<u8>,
    ) -> (Rows, u64) {
        let held = self.indices.partition_point(|index| *index < until) as u64;
        let seen = span.within(self.evicted..self.evicted + held);
        let first = usize::try_from(seen.start - self.evicted).unwrap_or(usize::MAX);
        let wanted = usize::try_from(seen.end - seen.start).unwrap_or(0);
        let indices = self.indices.iter().skip(first).take(wanted).copied();
        let rows = Rows {
            evicted: self.evicted,
            held,
            first: seen.start,
            rows: rows::rows(log, indices, attached),
        };
        (rows, self.indices.len() as u64 - held)
    }
}
