//! TCP with or without TLS: what MQTT and WebSocket run on.

use mio::Registry;

use super::tcp::TcpLink;
use super::tls::TlsLink;
use super::{ReadOutcome, State, TransportError};

/// A connection that carries bytes as they are.
pub(super) enum Link {
    /// Plain TCP.
    Tcp(Box<TcpLink>),
    /// TLS over TCP.
    Tls(Box<TlsLink>),
}

impl Link {
    pub(super) fn tcp(&self) -> &TcpLink {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Tls(tls) => tls.tcp(),
        }
    }

    pub(super) fn tcp_mut(&mut self) -> &mut TcpLink {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Tls(tls) => tls.tcp_mut(),
        }
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Tcp(_))
    }

    pub(super) fn drive(&mut self, registry: &Registry) -> Result<State, TransportError> {
        match self {
            Self::Tcp(tcp) => tcp.drive(registry),
            Self::Tls(tls) => tls.drive(registry),
        }
    }

    pub(super) fn read(
        &mut self,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<ReadOutcome, TransportError> {
        match self {
            Self::Tcp(tcp) => tcp.read(into, limit),
            Self::Tls(tls) => tls.read(into, limit),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        match self {
            Self::Tcp(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), TransportError> {
        match self {
            Self::Tcp(tcp) => tcp.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }

    pub(super) fn pending(&self) -> usize {
        match self {
            Self::Tcp(tcp) => tcp.pending(),
            Self::Tls(tls) => tls.pending(),
        }
    }

    pub(super) fn close(&mut self) {
        match self {
            Self::Tcp(tcp) => tcp.close(),
            Self::Tls(tls) => tls.close(),
        }
    }
}
