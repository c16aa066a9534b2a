//! What the stand-in asks its caller to do, in order.

use std::collections::VecDeque;

use tern_core::time::Instant;

use crate::connections::ConnectionId;
use crate::event::Event;

/// One thing for the caller to do; see [`Platform::poll_output`](crate::Platform::poll_output).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send the bytes that were appended to the buffer to this connection's peer.
    Transmit {
        /// The connection.
        to: ConnectionId,
    },
    /// Send what is still unsent, then close this connection's byte stream. The platform has forgotten it already.
    Close {
        /// The connection.
        connection: ConnectionId,
        /// Why, for people.
        reason: String,
    },
    /// Something happened.
    Event(Event),
    /// Nothing more to do until there is input, or until this time: then call
    /// [`Platform::timeout`](crate::Platform::timeout). Earlier or later calls do no harm.
    Timeout(Option<Instant>),
}

/// Capacity that an emptied outbox keeps, in bytes.
const KEPT_CAPACITY: usize = 64 * 1024;

/// What waits to be polled, in the order it came about.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// All bytes that wait, one after another, and how many of them have been polled.
    bytes: Vec<u8>,
    polled: usize,
}

#[derive(Debug)]
enum Waiting {
    Bytes {
        to: ConnectionId,
        len: usize,
    },
    Close {
        connection: ConnectionId,
        reason: String,
    },
    Event(Event),
}

impl Outbox {
    /// Queues bytes; several packets in a row for one connection become one output.
    pub(crate) fn transmit(&mut self, to: ConnectionId, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        match self.waiting.back_mut() {
            Some(Waiting::Bytes { to: last, len }) if *last == to => *len += bytes.len(),
            _ => self.waiting.push_back(Waiting::Bytes {
                to,
                len: bytes.len(),
            }),
        }
    }

    pub(crate) fn close(&mut self, connection: ConnectionId, reason: String) {
        self.waiting
            .push_back(Waiting::Close { connection, reason });
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.waiting.push_back(Waiting::Event(event));
    }

    pub(crate) fn pop(&mut self, out: &mut Vec<u8>) -> Option<Output> {
        Some(match self.waiting.pop_front()? {
            Waiting::Bytes { to, len } => {
                let end = self.polled + len;
                out.extend_from_slice(self.bytes.get(self.polled..end).unwrap_or_default());
                self.polled = end;
                if end == self.bytes.len() {
                    self.bytes.clear();
                    self.bytes.shrink_to(KEPT_CAPACITY);
                    self.polled = 0;
                }
                Output::Transmit { to }
            }
            Waiting::Close { connection, reason } => Output::Close { connection, reason },
            Waiting::Event(event) => Output::Event(event),
        })
    }
}
