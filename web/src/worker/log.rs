//! What went over the wire: the packets of both directions in a ring, bounded in bytes and in number.

use std::collections::VecDeque;
use std::ops::Range;

/// Which way a packet went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Direction {
    /// From the device to the cloud side.
    Up,
    /// From the cloud side to the device.
    Down,
}

/// How much a log holds.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of packets.
    pub bytes: usize,
    /// Packets.
    pub packets: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 32 * 1024 * 1024,
            packets: 200_000,
        }
    }
}

/// A packet in the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// When, in ms of the worker's clock; with a fraction.
    pub at_ms: f64,
    /// Which way.
    pub direction: Direction,
    /// Where its bytes begin, counted from the log's beginning.
    start: u64,
    /// Its length in bytes.
    pub len: usize,
    /// Whether it was kept apart because it breaks a rule: then these are all the bytes that had come.
    pub malformed: bool,
}

/// The ring. Indices count every packet since the last [`clear`](Self::clear), evicted ones too, so that
/// an index keeps its meaning while others come.
#[derive(Debug)]
pub struct Log {
    bounds: Bounds,
    bytes: VecDeque<u8>,
    /// How many bytes have left the ring at its front.
    bytes_evicted: u64,
    entries: VecDeque<Entry>,
    evicted: u64,
}

impl Log {
    /// An empty log.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            bytes: VecDeque::new(),
            bytes_evicted: 0,
            entries: VecDeque::new(),
            evicted: 0,
        }
    }

    /// Takes in a packet; the oldest ones make room. Of a packet larger than the whole ring the front is kept.
    pub fn push(
        &mut self,
        at_ms: f64,
        direction: Direction,
        packet: &[u8],
        malformed: bool,
    ) -> u64 {
        let kept = packet.get(..self.bounds.bytes).unwrap_or(packet);
        while self.entries.len() >= self.bounds.packets.max(1)
            || (self.bytes.len() + kept.len() > self.bounds.bytes && !self.entries.is_empty())
        {
            self.evict();
        }
        let start = self.bytes_evicted + self.bytes.len() as u64;
        self.bytes.extend(kept);
        self.entries.push_back(Entry {
            at_ms,
            direction,
            start,
            len: kept.len(),
            malformed,
        });
        self.end() - 1
    }

    /// Forgets everything; indices start again at 0.
    pub fn clear(&mut self) {
        *self = Self::new(self.bounds);
    }

    /// How many packets are no longer here.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// How many packets are here.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The index that the next packet gets.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.evicted + self.held()
    }

    /// The packet with this index, if it is (still) here; its bytes are appended to `into`.
    pub fn get(&self, index: u64, into: &mut Vec<u8>) -> Option<Entry> {
        let entry = *self
            .entries
            .get(usize::try_from(index.checked_sub(self.evicted)?).ok()?)?;
        let start = usize::try_from(entry.start - self.bytes_evicted).ok()?;
        let (front, back) = self.bytes.as_slices();
        for (slice, offset) in [(front, 0), (back, front.len())] {
            into.extend_from_slice(overlap(slice, offset, start..start + entry.len));
        }
        Some(entry)
    }

    fn evict(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.bytes.drain(..entry.len);
            self.bytes_evicted += entry.len as u64;
            self.evicted += 1;
        }
    }
}

/// The part of `slice`, which lies at `offset`, that `wanted` covers.
fn overlap(slice: &[u8], offset: usize, wanted: Range<usize>) -> &[u8] {
    let start = wanted.start.saturating_sub(offset).min(slice.len());
    let end = wanted.end.saturating_sub(offset).min(slice.len());
    slice.get(start..end).unwrap_or_default()
}
