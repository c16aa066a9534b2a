//! One device's byte stream, from the name of its host to its last byte.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mio::event::Event;
use mio::{Registry, Token as PollToken};
use tern_core::device::CloseReason;
use tern_core::identity::Endpoint;
use tern_core::time::Instant;

use super::background::Background;
use super::{MAX_UNSENT, SessionId};
use crate::transport::{State, TlsSettings, Transport, TransportError};

/// Bytes read at a time.
const READ: usize = 64 * 1024;

/// After this time without a connection the next address of the host gets its turn.
const ADDRESS_TIME: Duration = Duration::from_secs(3);

/// How long a closed link may still send what it has.
const LINGER: Duration = Duration::from_secs(2);

/// A device's byte stream.
pub(super) enum Link {
    /// There is none.
    None,
    /// The host's name is being resolved; the number tells this try from earlier ones.
    Resolving { number: u64, endpoint: Endpoint },
    /// Being opened.
    Opening {
        transport: Box<Transport>,
        next_address: Option<Instant>,
    },
    /// Carrying bytes; whether there may be some to read.
    Open {
        transport: Box<Transport>,
        readable: bool,
        flush: bool,
    },
    /// Closed by the device; sends what it still has, until then.
    Closing {
        transport: Box<Transport>,
        until: Instant,
    },
    /// Failed; to be told at the next opportunity.
    Failed(TransportError),
}

impl Link {
    /// Begins with the resolution of the host's name; a literal address has none, and is connected to at once.
    pub(super) fn open(
        &mut self,
        endpoint: Endpoint,
        background: &Background,
        tls: &TlsSettings,
        registry: &Registry,
        id: SessionId,
        now: Instant,
    ) {
        if let Ok(address) = endpoint.host.parse::<IpAddr>() {
            let addresses = [SocketAddr::new(address, endpoint.port)];
            let transport =
                Transport::connect(&endpoint, &addresses, tls, registry, poll_token(id));
            *self = Self::begun(transport, now);
            return;
        }
        let number = background.resolve(id, &endpoint);
        *self = Self::Resolving { number, endpoint };
    }

    /// The name is resolved, or can't be.
    pub(super) fn resolved(
        &mut self,
        number: u64,
        addresses: Result<Vec<SocketAddr>, TransportError>,
        tls: &TlsSettings,
        registry: &Registry,
        id: SessionId,
        now: Instant,
    ) {
        let Self::Resolving {
            number: current,
            endpoint,
        } = self
        else {
            return;
        };
        if *current != number {
            return;
        }
        let transport = addresses.and_then(|addresses| {
            Transport::connect(endpoint, &addresses, tls, registry, poll_token(id))
        });
        *self = Self::begun(transport, now);
    }

    fn begun(transport: Result<Transport, TransportError>, now: Instant) -> Self {
        match transport {
            Ok(transport) => Self::Opening {
                transport: Box::new(transport),
                next_address: Some(now + ADDRESS_TIME),
            },
            Err(error) => Self::Failed(error),
        }
    }

    /// What the poll said.
    pub(super) fn note(&mut self, event: &Event) {
        match self {
            Self::Opening { transport, .. } | Self::Closing { transport, .. } => {
                transport.note(event)
            }
            Self::Open {
                transport,
                readable,
                flush,
            } => {
                transport.note(event);
                *readable |= event.is_readable() || event.is_read_closed() || event.is_error();
                *flush |= event.is_writable();
            }
            Self::None | Self::Resolving { .. } | Self::Failed(_) => {}
        }
    }

    /// Takes the link as far as it goes now, and reads what has come if it may. Returns whether it has just
    /// opened, and why it ended.
    pub(super) fn gather(
        &mut self,
        now: Instant,
        registry: &Registry,
        held: &mut Vec<u8>,
        may_read: bool,
    ) -> (bool, Option<CloseReason>) {
        let opened = match self.drive(now, registry) {
            Ok(opened) => opened,
            Err(error) => return (false, Some(self.end(&error))),
        };
        match self.exchange(held, may_read) {
            Ok(()) => (opened, None),
            Err(error) => {
                let reason = self.end(&error);
                (opened, Some(reason))
            }
        }
    }

    /// Sends bytes. A failure is told when the link is next gathered, after what the peer said last.
    pub(super) fn transmit(&mut self, bytes: &[u8]) {
        if let Self::Open {
            transport,
            readable,
            ..
        } = self
            && transport.write(bytes).is_err()
        {
            // The stream is over; reading says why, and brings what came before.
            *readable = true;
        }
    }

    /// Closes the stream, once what waits is sent.
    pub(super) fn close(&mut self, now: Instant) {
        *self = match std::mem::replace(self, Self::None) {
            Self::Open { mut transport, .. } => {
                if transport.flush().is_ok() && transport.pending() > 0 {
                    Self::Closing {
                        transport,
                        until: now + LINGER,
                    }
                } else {
                    transport.close();
                    Self::None
                }
            }
            _ => Self::None,
        };
    }

    /// When the link wants to be gathered even if nothing happens.
    pub(super) fn deadline(&self, may_read: bool) -> Option<Instant> {
        match self {
            Self::Opening { next_address, .. } => *next_address,
            Self::Closing { until, .. } => Some(*until),
            // At once.
            Self::Failed(_) => Some(Instant::default()),
            Self::Open {
                transport,
                readable: true,
                ..
            } if may_read && transport.pending() < MAX_UNSENT => Some(Instant::default()),
            _ => None,
        }
    }

    /// Bytes that wait for the socket.
    pub(super) fn unsent(&self) -> usize {
        match self {
            Self::Open { transport, .. } | Self::Closing { transport, .. } => transport.pending(),
            _ => 0,
        }
    }

    fn drive(&mut self, now: Instant, registry: &Registry) -> Result<bool, TransportError> {
        match self {
            Self::Opening {
                transport,
                next_address,
            } => {
                if next_address.is_some_and(|at| at <= now) {
                    let more = transport.try_next_address(registry)?;
                    *next_address = more.then(|| now + ADDRESS_TIME);
                }
                if transport.drive(registry)? == State::Opening {
                    return Ok(false);
                }
                // Bytes may have come with the handshake, so it is readable from the start.
                if let Self::Opening { transport, .. } = std::mem::replace(self, Self::None) {
                    *self = Self::Open {
                        transport,
                        readable: true,
                        flush: false,
                    };
                }
                Ok(true)
            }
            Self::Closing { transport, until } => {
                if transport.flush().is_err() || transport.pending() == 0 || *until <= now {
                    transport.close();
                    *self = Self::None;
                }
                Ok(false)
            }
            Self::Failed(_) => match std::mem::replace(self, Self::None) {
                Self::Failed(error) => Err(error),
                _ => Ok(false),
            },
            Self::None | Self::Resolving { .. } | Self::Open { .. } => Ok(false),
        }
    }

    fn exchange(&mut self, held: &mut Vec<u8>, may_read: bool) -> Result<(), TransportError> {
        let Self::Open {
            transport,
            readable,
            flush,
        } = self
        else {
            return Ok(());
        };
        if std::mem::take(flush) && transport.pending() > 0 && transport.flush().is_err() {
            *readable = true;
        }
        if *readable && may_read && transport.pending() < MAX_UNSENT {
            *readable = transport.read(held, READ)?.may_have_more;
        }
        Ok(())
    }

    fn end(&mut self, error: &TransportError) -> CloseReason {
        *self = Self::None;
        CloseReason::from(error)
    }
}

fn poll_token(id: SessionId) -> PollToken {
    PollToken(id.0 as usize)
}
