//! A transport and the poll that moves it, with one deadline for everything.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};
use tern_core::identity::Endpoint;
use tern_host::transport::{State, TlsSettings, Transport, TransportError};

/// How long a test may wait for anything before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Drive {
    pub(crate) transport: Transport,
    poll: Poll,
    events: Events,
    deadline: Instant,
    /// Whether the transport hears of the poll's events.
    notes: bool,
}

impl Drive {
    pub(crate) fn connect(url: &str, addresses: &[SocketAddr], tls: &TlsSettings) -> Self {
        let endpoint = Endpoint::from_url(url).unwrap();
        let poll = Poll::new().unwrap();
        let transport =
            Transport::connect(&endpoint, addresses, tls, poll.registry(), Token(7)).unwrap();
        Self {
            transport,
            poll,
            events: Events::with_capacity(8),
            deadline: Instant::now() + PATIENCE,
            notes: true,
        }
    }

    /// Connects to `host` (as named in the URL) at the port of `address`.
    pub(crate) fn to(scheme: &str, host: &str, address: SocketAddr, tls: &TlsSettings) -> Self {
        Self::connect(
            &format!("{scheme}://{host}:{}", address.port()),
            &[address],
            tls,
        )
    }

    pub(crate) fn plain(address: SocketAddr) -> Self {
        Self::to("mqtt", "127.0.0.1", address, &TlsSettings::built_in())
    }

    /// Never tells the transport what the poll said.
    pub(crate) fn without_notes(mut self) -> Self {
        self.notes = false;
        self
    }

    pub(crate) fn open(&mut self) -> Result<(), TransportError> {
        while self.transport.drive(self.poll.registry())? == State::Opening {
            self.wait();
        }
        Ok(())
    }

    pub(crate) fn opened(mut self) -> Self {
        self.open().unwrap();
        self
    }

    /// Why it could not be opened.
    pub(crate) fn refusal(mut self) -> TransportError {
        self.open().unwrap_err()
    }

    /// Reads until `count` bytes have come.
    pub(crate) fn read(&mut self, count: usize) -> Result<Vec<u8>, TransportError> {
        let mut into = Vec::new();
        while into.len() < count {
            let limit = count - into.len();
            let outcome = self.transport.read(&mut into, limit)?;
            assert!(outcome.bytes <= limit);
            if into.len() < count && !outcome.may_have_more {
                self.wait();
            }
        }
        Ok(into)
    }

    /// Reads until the stream ends; answers what came before, and how it ended.
    pub(crate) fn read_to_end(&mut self) -> (Vec<u8>, TransportError) {
        let mut into = Vec::new();
        loop {
            match self.transport.read(&mut into, 64 * 1024) {
                Ok(outcome) if outcome.may_have_more => {}
                Ok(_) => self.wait(),
                Err(end) => return (into, end),
            }
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.transport.write(bytes).unwrap();
    }

    /// Sends everything that waits.
    pub(crate) fn flush(&mut self) {
        loop {
            self.transport.flush().unwrap();
            if self.transport.pending() == 0 {
                return;
            }
            self.wait();
        }
    }

    pub(crate) fn try_next_address(&mut self) -> bool {
        self.transport
            .try_next_address(self.poll.registry())
            .unwrap()
    }

    fn wait(&mut self) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "nothing happened in {PATIENCE:?}");
        self.poll.poll(&mut self.events, Some(left)).unwrap();
        for event in &self.events {
            assert_eq!(event.token(), Token(7));
            if self.notes {
                self.transport.note(event);
            }
        }
    }
}
