//! Where WebSocket messages begin and end in the stream of packets: their borders are not those of packets.

use std::collections::VecDeque;

/// The WebSocket messages of one direction of one connection.
#[derive(Debug, Default)]
pub struct Frames {
    /// Offset in the stream of each message's end; those of which bytes are still to be taken.
    ends: VecDeque<u64>,
    /// The number of the first of them, from 1.
    first: u32,
    /// Offset of what is received and not taken.
    taken: u64,
    received: u64,
}

/// Which messages a packet lay in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The number of the message that its first byte lay in, from 1.
    pub number: u32,
    /// Over how many messages it was spread.
    pub spread: u16,
}

impl Frames {
    /// A message of so many bytes went by.
    pub fn frame(&mut self, len: usize) {
        if self.first == 0 {
            self.first = 1;
        }
        self.received += len as u64;
        self.ends.push_back(self.received);
    }

    /// The next so many bytes are a packet.
    pub fn packet(&mut self, len: usize) -> Frame {
        let end = self.taken + len as u64;
        self.drop_before(self.taken + 1);
        let number = self.first;
        let whole = self.ends.iter().take_while(|border| **border < end).count();
        self.taken = end;
        self.drop_before(end + 1);
        Frame {
            number,
            spread: u16::try_from(whole + 1).unwrap_or(u16::MAX),
        }
    }

    /// Takes off the messages that end before an offset.
    fn drop_before(&mut self, offset: u64) {
        while self.ends.front().is_some_and(|end| *end < offset) {
            self.ends.pop_front();
            self.first += 1;
        }
    }
}
