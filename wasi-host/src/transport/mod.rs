//! Byte streams to a peer, without blocking: TCP, TLS, and WebSocket over either.
//!
//! A [`Transport`] is registered with a [`mio::Registry`] under one token. Whoever polls calls it when the
//! poll names that token, and calls it again while it says that there may be more.
//!
//! What this module does *not* do: it keeps no clock and no deadline, it does not know MQTT, and it does
//! not resolve names while it connects ([`resolve()`] does, and blocks).
//!
//! ```no_run
//! use mio::{Events, Poll, Token};
//! use tern_core::identity::Endpoint;
//! use tern_host::transport::{State, TlsSettings, Transport, resolve};
//!
//! let mut poll = Poll::new()?;
//! let endpoint = Endpoint::from_url("mqtts://broker.example.com")?;
//! let addresses = resolve(&endpoint.host, endpoint.port)?;
//! let tls = TlsSettings::built_in();
//! let mut transport =
//!     Transport::connect(&endpoint, &addresses, &tls, poll.registry(), Token(0))?;
//! let mut events = Events::with_capacity(16);
//! let mut open = false;
//! let mut input = Vec::new();
//! loop {
//!     poll.poll(&mut events, None)?;
//!     for event in &events {
//!         transport.note(event);
//!     }
//!     if !open && transport.drive(poll.registry())? == State::Open {
//!         open = true;
//!         transport.write(b"hello")?;
//!     }
//!     if open {
//!         transport.flush()?;
//!         // Also right after it opened: bytes may have come with the handshake.
//!         while transport.read(&mut input, 64 * 1024)?.may_have_more {}
//!     }
//!     # break;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificate;
mod error;
mod link;
mod resolve;
mod tcp;
mod tls;
mod websocket;

use std::fmt;
use std::io;
use std::net::SocketAddr;

use mio::event::Event;
use mio::{Registry, Token};
use tern_core::identity::Endpoint;

pub use certificate::CertificateFault;
pub use error::{Phase, TlsFault, TransportError, WebSocketFault};
pub use resolve::resolve;
pub(crate) use resolve::resolve_then;
pub use tls::TlsSettings;
pub(crate) use tls::{fault as tls_fault, server_name};

use link::Link;
use tcp::TcpLink;
use tls::TlsLink;
use websocket::WebSocketLink;

/// Whether a [`Transport`] carries bytes by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A connection, a TLS handshake or a WebSocket upgrade is under way.
    Opening,
    /// Bytes can be written, and may have come.
    Open,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOutcome {
    /// How many bytes were appended; 0 where there is nothing now.
    pub bytes: usize,
    /// Whether the caller must read again without waiting for the poll: the limit was reached, or the end
    /// of the stream lies behind what was read.
    pub may_have_more: bool,
}

/// A byte stream to a peer, or the attempt to open one. Dropping it closes the socket at once.
///
/// After an error the stream is over: drop it. Only [`read`](Self::read) is still worth calling after a
/// failed write, for what the peer had sent before.
pub struct Transport {
    carrier: Carrier,
    plain_checked: bool,
}

enum Carrier {
    Link(Link),
    WebSocket(Box<WebSocketLink>),
}

impl Transport {
    /// Starts connecting to the first of `addresses` and returns at once; the others are tried in turn
    /// where it fails. `tls` is used for `tls` and `wss` only, with the endpoint's host as the name that the
    /// server's certificate must have.
    ///
    /// # Errors
    /// No address could even be tried, or the host can't be a TLS server's name.
    pub fn connect(
        endpoint: &Endpoint,
        addresses: &[SocketAddr],
        tls: &TlsSettings,
        registry: &Registry,
        token: Token,
    ) -> Result<Self, TransportError> {
        if addresses.is_empty() {
            return Err(TransportError::Resolve {
                host: endpoint.host.clone(),
                source: io::Error::new(io::ErrorKind::NotFound, "the name has no address"),
            });
        }
        let tcp = TcpLink::connect(addresses, registry, token)?;
        let link = if endpoint.transport.is_secure() {
            Link::Tls(Box::new(TlsLink::new(tcp, &endpoint.host, tls)?))
        } else {
            Link::Tcp(Box::new(tcp))
        };
        let carrier = if endpoint.transport.is_websocket() {
            Carrier::WebSocket(Box::new(WebSocketLink::new(link, endpoint)?))
        } else {
            Carrier::Link(link)
        };
        Ok(Self {
            carrier,
            plain_checked: false,
        })
    }

    /// Notes what the poll said of this transport. Optional: it saves a system call for each read that
    /// follows, since then the end of the stream can't hide behind a short read.
    pub fn note(&mut self, event: &Event) {
        let end_in_sight = event.is_read_closed() || event.is_write_closed() || event.is_error();
        self.tcp_mut().note(event.is_readable(), end_in_sight);
    }

    /// Takes the opening as far as it goes: the connection (moving on to the next address where one
    /// fails), the TLS handshake, the WebSocket upgrade. Harmless once open.
    ///
    /// When it first answers [`State::Open`], read at once: bytes may have come with the handshake.
    ///
    /// # Errors
    /// No address is left, or the peer can't be talked to.
    pub fn drive(&mut self, registry: &Registry) -> Result<State, TransportError> {
        match &mut self.carrier {
            Carrier::Link(link) => link.drive(registry),
            Carrier::WebSocket(socket) => socket.drive(registry),
        }
    }

    /// Gives the present address up as too slow and begins with the next. `Ok(false)` where it is connected
    /// already or there is no other: then nothing was done.
    ///
    /// # Errors
    /// None of the other addresses could even be tried.
    pub fn try_next_address(&mut self, registry: &Registry) -> Result<bool, TransportError> {
        let tcp = self.tcp_mut();
        if tcp.is_connected() || tcp.addresses_left() == 0 {
            return Ok(false);
        }
        tcp.next_address(io::ErrorKind::TimedOut.into(), registry)?;
        Ok(true)
    }

    /// Appends what has come to `into`, at most `limit` bytes.
    ///
    /// # Errors
    /// [`TransportError::Closed`] at the end of the stream, once every byte before it was handed out, and
    /// any other reason why no more can come.
    pub fn read(
        &mut self,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<ReadOutcome, TransportError> {
        let start = into.len();
        let outcome = match &mut self.carrier {
            Carrier::Link(link) => link.read(into, limit)?,
            Carrier::WebSocket(socket) => return socket.read(into, limit),
        };
        if !self.plain_checked && outcome.bytes > 0 {
            self.plain_checked = true;
            if let Carrier::Link(Link::Tcp(tcp)) = &self.carrier {
                let came = into.get(start..).unwrap_or_default();
                tcp.check_plain(came)
                    .inspect_err(|_| into.truncate(start))?;
            }
        }
        Ok(outcome)
    }

    /// Sends `bytes`, and keeps what the socket does not take: see [`pending`](Self::pending). Over
    /// WebSocket they become one binary message.
    ///
    /// # Errors
    /// The connection is gone. What the peer said last may still be there to be read.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        match &mut self.carrier {
            Carrier::Link(link) => link.write(bytes),
            Carrier::WebSocket(socket) => socket.write(bytes),
        }
    }

    /// Sends what was kept, as far as the socket takes it. Call it when the poll says writable.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn flush(&mut self) -> Result<(), TransportError> {
        match &mut self.carrier {
            Carrier::Link(link) => link.flush(),
            Carrier::WebSocket(socket) => socket.flush(),
        }
    }

    /// How many bytes wait for the socket, as they go over the wire. Nothing bounds them here: stop writing
    /// where they are too many.
    pub fn pending(&self) -> usize {
        match &self.carrier {
            Carrier::Link(link) => link.pending(),
            Carrier::WebSocket(socket) => socket.pending(),
        }
    }

    /// Says goodbye (TLS `close_notify`, a WebSocket close frame, the end of the TCP stream) as far as that
    /// goes without blocking. Drop the transport afterwards.
    pub fn close(&mut self) {
        match &mut self.carrier {
            Carrier::Link(link) => link.close(),
            Carrier::WebSocket(socket) => socket.close(),
        }
    }

    /// The address that is connected to, or being tried.
    pub fn peer(&self) -> SocketAddr {
        match &self.carrier {
            Carrier::Link(link) => link.tcp().address(),
            Carrier::WebSocket(socket) => socket.link().tcp().address(),
        }
    }

    fn tcp_mut(&mut self) -> &mut TcpLink {
        match &mut self.carrier {
            Carrier::Link(link) => link.tcp_mut(),
            Carrier::WebSocket(socket) => socket.link_mut().tcp_mut(),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("peer", &self.peer())
            .field("pending", &self.pending())
            .finish_non_exhaustive()
    }
}
