//! What went over the wire: the packets of both directions in a ring, bounded in bytes and in number.
//!
//! The bytes of a packet lie in one piece, in chunks of memory that are used again and again, so that a
//! full log stays as large as it is, and a search reads straight through.

use std::collections::VecDeque;

use crate::protocol::Direction;

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

/// What is known of a packet besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// When, in ms of the worker's clock; with a fraction.
    pub at_ms: f64,
    /// Which way.
    pub direction: Direction,
    /// Its packet type's number, or nought where it breaks a rule: then its bytes are all that had come.
    pub kind: u8,
    /// Its packet identifier, or nought where it has none.
    pub packet_id: u16,
    /// The topic of a received message, as [`Topics`](super::topics::Topics) numbers it.
    pub topic: Option<u32>,
    /// From the packet that asks to the one that answers, in ms; at both of them.
    pub round_trip_ms: Option<f32>,
    /// The WebSocket message that its first byte came or went in, counted from 1.
    pub frame: u32,
    /// How many WebSocket messages it is spread over.
    pub frames: u16,
}

/// A packet in the log.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'a> {
    /// What is known of it.
    pub note: Note,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Memory is taken in pieces of so many bytes.
const CHUNK: usize = 256 * 1024;

/// The ring. Indices count every packet since the last [`clear`](Self::clear), evicted ones too, so that
/// an index keeps its meaning while others come.
#[derive(Debug)]
pub struct Log {
    bounds: Bounds,
    chunks: VecDeque<Vec<u8>>,
    /// How many chunks have left the ring at its front.
    chunks_gone: u64,
    /// An empty chunk, to be used again.
    spare: Option<Vec<u8>>,
    /// Bytes of all packets held.
    bytes: usize,
    entries: VecDeque<Entry>,
    evicted: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    note: Note,
    chunk: u64,
    start: u32,
    len: u32,
}

impl Log {
    /// An empty log.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            chunks: VecDeque::new(),
            chunks_gone: 0,
            spare: None,
            bytes: 0,
            entries: VecDeque::new(),
            evicted: 0,
        }
    }

    /// Takes in a packet and answers its index; the oldest ones make room, and each is told to `evicted`.
    /// Of a packet larger than the whole ring the front is kept.
    pub fn push(&mut self, note: Note, packet: &[u8], mut evicted: impl FnMut(u64, &Note)) -> u64 {
        let kept = packet.get(..self.bounds.bytes).unwrap_or(packet);
        while self.entries.len() >= self.bounds.packets.max(1)
            || (self.bytes + kept.len() > self.bounds.bytes && !self.entries.is_empty())
        {
            let index = self.evicted;
            if let Some(note) = self.evict() {
                evicted(index, &note);
            }
        }
        let (chunk, start) = self.store(kept);
        self.bytes += kept.len();
        self.entries.push_back(Entry {
            note,
            chunk,
            // A packet is shorter than 2^28 bytes, and a chunk is filled to CHUNK at most by others.
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(kept.len()).unwrap_or(u32::MAX),
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

    /// The packet with this index, if it is (still) here.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<Logged<'_>> {
        let entry = self.entries.get(self.place(index)?)?;
        Some(self.logged(entry))
    }

    /// Every packet here, the oldest first, with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Logged<'_>)> {
        (self.evicted..).zip(self.entries.iter().map(|entry| self.logged(entry)))
    }

    /// Writes down how long the answer to a packet took, if that is (still) here.
    pub fn answered(&mut self, index: u64, round_trip_ms: f32) {
        if let Some(place) = self.place(index)
            && let Some(entry) = self.entries.get_mut(place)
        {
            entry.note.round_trip_ms = Some(round_trip_ms);
        }
    }

    fn place(&self, index: u64) -> Option<usize> {
        usize::try_from(index.checked_sub(self.evicted)?).ok()
    }

    fn logged(&self, entry: &Entry) -> Logged<'_> {
        let chunk = usize::try_from(entry.chunk - self.chunks_gone).ok();
        let chunk = chunk.and_then(|place| self.chunks.get(place));
        let start = entry.start as usize;
        let bytes = chunk.and_then(|chunk| chunk.get(start..start + entry.len as usize));
        Logged {
            note: entry.note,
            // The chunks of every entry here are here too.
            bytes: bytes.unwrap_or_default(),
        }
    }

    /// Puts bytes behind the last ones where they fit, else into the next chunk.
    fn store(&mut self, bytes: &[u8]) -> (u64, usize) {
        let fits = |chunk: &Vec<u8>| chunk.len() + bytes.len() <= chunk.capacity();
        if !self.chunks.back().is_some_and(fits) {
            let spare = self.spare.take().filter(fits);
            let fresh = spare.unwrap_or_else(|| Vec::with_capacity(bytes.len().max(CHUNK)));
            self.chunks.push_back(fresh);
        }
        let chunk = self.chunks_gone + self.chunks.len() as u64 - 1;
        let Some(last) = self.chunks.back_mut() else {
            return (chunk, 0);
        };
        let start = last.len();
        last.extend_from_slice(bytes);
        (chunk, start)
    }

    fn evict(&mut self) -> Option<Note> {
        let entry = self.entries.pop_front()?;
        self.evicted += 1;
        self.bytes -= entry.len as usize;
        let first_needed = self
            .entries
            .front()
            .map_or(self.chunks_gone + self.chunks.len() as u64, |next| {
                next.chunk
            });
        while self.chunks_gone < first_needed {
            let Some(mut gone) = self.chunks.pop_front() else {
                break;
            };
            self.chunks_gone += 1;
            if gone.capacity() == CHUNK {
                gone.clear();
                self.spare = Some(gone);
            }
        }
        Some(entry.note)
    }
}
