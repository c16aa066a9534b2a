//! The stand-in inside the page: the cloud side without a server.

use std::collections::VecDeque;

use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId, EventKind, Output, Platform, Settings};

use super::transport::{Happened, Received, Transport};
use crate::sample;

/// A platform of the page's own, and the one stream to it. It outlives the stream, so a session that
/// was kept is there at the next connect.
#[derive(Debug)]
pub struct InPage {
    platform: Platform,
    stream: Option<ConnectionId>,
    /// Sent and not yet consumed by the platform.
    held: Vec<u8>,
    happened: VecDeque<Event>,
    wake_at: Option<Instant>,
    remark: Option<String>,
}

#[derive(Debug)]
enum Event {
    Opened,
    Received(Vec<u8>),
    Closed(String),
}

impl InPage {
    /// A platform that knows the sample device. `seed` decides everything random in it.
    pub fn new(seed: u64) -> Self {
        let mut platform = Platform::new(Settings::default(), seed);
        platform.register(sample::device());
        Self {
            platform,
            stream: None,
            held: Vec::new(),
            happened: VecDeque::new(),
            wake_at: None,
            remark: None,
        }
    }

    fn drain(&mut self) {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            match self.platform.poll_output(&mut bytes) {
                Output::Transmit { to } if Some(to) == self.stream => {
                    self.happened.push_back(Event::Received(bytes.clone()));
                }
                Output::Close { connection, reason } if Some(connection) == self.stream => {
                    self.stream = None;
                    self.happened.push_back(Event::Closed(reason));
                }
                Output::Event(event) => {
                    if let EventKind::Refused { reason, .. } = event.kind {
                        self.remark = Some(reason);
                    }
                }
                Output::Timeout(at) => {
                    self.wake_at = at;
                    return;
                }
                // Of a stream that this side has closed before.
                Output::Transmit { .. } | Output::Close { .. } => {}
            }
        }
    }
}

impl Transport for InPage {
    fn open(&mut self, now: Instant, endpoint: &Endpoint) {
        self.close(now);
        self.remark = None;
        let arrival = Arrival {
            secure: endpoint.transport.is_secure(),
            websocket: endpoint.transport.is_websocket(),
        };
        self.stream = Some(self.platform.opened(now, arrival));
        self.happened.push_back(Event::Opened);
        self.drain();
    }

    fn send(&mut self, now: Instant, bytes: &[u8]) {
        let Some(stream) = self.stream else { return };
        self.held.extend_from_slice(bytes);
        let progress = self.platform.received(now, stream, &self.held);
        self.held.drain(..progress.consumed.min(self.held.len()));
        self.drain();
    }

    fn close(&mut self, now: Instant) {
        if let Some(stream) = self.stream.take() {
            self.platform
                .closed(now, stream, "the device closed the connection");
        }
        self.held.clear();
        self.happened.clear();
        self.drain();
    }

    fn next(&mut self, now: Instant, received: &mut Received) -> Option<Happened> {
        if self.wake_at.is_some_and(|at| at <= now) {
            self.platform.timeout(now);
            self.drain();
        }
        Some(match self.happened.pop_front()? {
            Event::Opened => Happened::Opened,
            Event::Received(bytes) => {
                received.message(&bytes);
                Happened::Received
            }
            Event::Closed(text) => Happened::Closed(CloseReason {
                kind: CloseKind::Closed,
                text,
            }),
        })
    }

    fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }

    fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }
}
