//! What the stand-in asks its caller to do, in order.

use std::collections::VecDeque;

use tern_core::time::Instant;

use crate::connection::ConnectionId;
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

/// What waits to be polled, in the order it came about.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
enum Waiting {
    Bytes {
        to: ConnectionId,
        bytes: Vec<u8>,
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
        match self.waiting.back_mut() {
            Some(Waiting::Bytes {
                to: last,
                bytes: waiting,
            }) if *last == to => waiting.extend_from_slice(bytes),
            _ => self.waiting.push_back(Waiting::Bytes {
                to,
                bytes: bytes.to_vec(),
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
            Waiting::Bytes { to, bytes } => {
                out.extend_from_slice(&bytes);
                Output::Transmit { to }
            }
            Waiting::Close { connection, reason } => Output::Close { connection, reason },
            Waiting::Event(event) => Output::Event(event),
        })
    }
}
