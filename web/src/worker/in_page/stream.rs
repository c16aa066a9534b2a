//! A client's byte stream to the platform of the page: both of its ends are here.

use std::collections::VecDeque;

use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId, Platform};

/// What happened to a stream, as its client sees it.
#[derive(Debug)]
pub(super) enum Event {
    Opened,
    Received(Vec<u8>),
    Closed(CloseReason),
}

/// A stream that can be opened again after it has ended.
#[derive(Debug, Default)]
pub(super) struct Stream {
    connection: Option<ConnectionId>,
    /// Sent and not yet consumed by the platform.
    held: Vec<u8>,
    happened: VecDeque<Event>,
}

impl Stream {
    pub(super) fn is(&self, connection: ConnectionId) -> bool {
        self.connection == Some(connection)
    }

    pub(super) fn open(&mut self, now: Instant, endpoint: &Endpoint, platform: &mut Platform) {
        self.close(now, platform);
        let arrival = Arrival {
            secure: endpoint.transport.is_secure(),
            websocket: endpoint.transport.is_websocket(),
        };
        self.connection = Some(platform.opened(now, arrival));
        self.happened.push_back(Event::Opened);
    }

    pub(super) fn send(&mut self, now: Instant, bytes: &[u8], platform: &mut Platform) {
        let Some(connection) = self.connection else {
            return;
        };
        self.held.extend_from_slice(bytes);
        let progress = platform.received(now, connection, &self.held);
        self.held.drain(..progress.consumed.min(self.held.len()));
    }

    /// The client closes. Nothing more happens on its side.
    pub(super) fn close(&mut self, now: Instant, platform: &mut Platform) {
        if let Some(connection) = self.connection.take() {
            platform.closed(now, connection, "the device closed the connection");
        }
        self.held.clear();
        self.happened.clear();
    }

    /// The platform has sent something.
    pub(super) fn receive(&mut self, bytes: Vec<u8>) {
        self.happened.push_back(Event::Received(bytes));
    }

    /// The platform has closed.
    pub(super) fn end(&mut self, reason: String) {
        self.connection = None;
        self.held.clear();
        self.happened.push_back(Event::Closed(CloseReason {
            kind: CloseKind::Closed,
            text: reason,
        }));
    }

    pub(super) fn next(&mut self) -> Option<Event> {
        self.happened.pop_front()
    }
}
