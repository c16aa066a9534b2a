//! Everything that can go wrong with a connection, in words: what was seen, and what to try.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tern_core::device::{CloseKind, CloseReason};

use super::certificate::CertificateFault;

/// Why a connection could not be made, or why it ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The host name has no address, or nobody could be asked for it.
    #[error(
        "the host name {host} could not be resolved ({source}): check its spelling, the region or \
         the instance id, and this device's network and DNS"
    )]
    Resolve {
        /// The name that was asked for.
        host: String,
        /// What the system's resolver said.
        source: io::Error,
    },
    /// No address of the host took the connection.
    #[error("{}", unreachable_words(.attempts))]
    Unreachable {
        /// Every address that was tried, in order, and what the system said. Never empty.
        attempts: Vec<(SocketAddr, io::Error)>,
    },
    /// The peer closed the connection.
    #[error("{}", closed_words(*.during, *.heard, .said.as_deref()))]
    Closed {
        /// What was going on.
        during: Phase,
        /// Whether the peer had sent any byte at all before.
        heard: bool,
        /// The words of a WebSocket close frame, with its code.
        said: Option<String>,
    },
    /// The connection broke.
    #[error(
        "the connection broke ({source}): the peer or something on the way reset it, or the network is gone"
    )]
    Broken {
        /// What the system said.
        source: io::Error,
    },
    /// The server's certificate was not accepted.
    #[error(transparent)]
    Certificate(#[from] CertificateFault),
    /// The TLS handshake or the TLS stream failed, but not for the certificate.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// TLS was asked for, and the peer does not speak it.
    #[error("{}", tls_not_spoken_words(*.first))]
    TlsNotSpoken {
        /// The first byte that it sent; none where it just closed.
        first: Option<u8>,
    },
    /// No TLS was asked for, and the peer wants it.
    #[error(
        "the peer answered with a TLS alert: this port speaks TLS; use --transport tls (or wss), or a URL \
         that begins with mqtts:// (or wss://)"
    )]
    TlsExpected,
    /// Plain MQTT was asked for, and a web server answered.
    #[error(
        "a web server answered (\"HTTP…\"): this port does not take plain MQTT; use --transport ws (or wss), \
         or a URL that begins with ws:// (or wss://), if it takes MQTT over WebSocket"
    )]
    HttpSpoken,
    /// An HTTP proxy answered in the place of the host.
    #[error(
        "an HTTP proxy answered (status {status}) in the place of the host: this program asks no proxy; let \
         this host and port pass it, or connect from a network without one"
    )]
    ProxyAnswered {
        /// The HTTP status.
        status: u16,
    },
    /// The WebSocket upgrade or the WebSocket stream failed.
    #[error(transparent)]
    WebSocket(#[from] WebSocketFault),
    /// A setting made by the caller can't work.
    #[error("{what}")]
    Usage {
        /// What is wrong, and what to do.
        what: String,
    },
}

impl TransportError {
    /// Whether the server's certificate is to blame.
    pub fn is_certificate(&self) -> bool {
        matches!(self, Self::Certificate(_))
    }

    /// Whether the peer broke the protocol, rather than the network or the settings having failed.
    pub fn is_peer_fault(&self) -> bool {
        match self {
            Self::WebSocket(WebSocketFault::Status { .. }) => false,
            Self::WebSocket(_) | Self::HttpSpoken => true,
            _ => false,
        }
    }

    /// The kind of end that the device is told.
    fn kind(&self) -> CloseKind {
        match self {
            Self::Closed { .. } => CloseKind::Closed,
            // Whatever is wrong with TLS, the same attempt fails again.
            Self::Certificate(_)
            | Self::Tls(_)
            | Self::TlsNotSpoken { .. }
            | Self::TlsExpected
            | Self::ProxyAnswered { .. }
            | Self::Usage { .. } => CloseKind::Certificate,
            error if error.is_peer_fault() => CloseKind::Protocol,
            _ => CloseKind::Network,
        }
    }
}

impl From<&TransportError> for CloseReason {
    fn from(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            text: error.to_string(),
        }
    }
}

/// What a connection was doing when it was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The TLS handshake.
    TlsHandshake,
    /// The upgrade from HTTP to WebSocket.
    WebSocketUpgrade,
    /// Carrying MQTT over plain TCP.
    Plain,
    /// Carrying MQTT inside TLS or WebSocket.
    Wrapped,
}

/// Why TLS failed, where the certificate is not to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// The peer knows no version that is still safe.
    #[error(
        "the peer offers no TLS 1.2 or newer, and older versions are not used any more: update the server, \
         or check that host and port are the right ones"
    )]
    TooOld,
    /// Nothing in common.
    #[error(
        "the peer refused the TLS handshake (handshake_failure): it shares no cipher with us, or does not \
         serve the name {name}: check that host and port are the right ones"
    )]
    Refused {
        /// The name that was asked for.
        name: String,
    },
    /// It serves other names.
    #[error(
        "the peer does not serve the name {name} (unrecognized_name): check the region or the instance id"
    )]
    NameNotServed {
        /// The name that was asked for.
        name: String,
    },
    /// It wants a certificate from the device.
    #[error(
        "the peer wants a client certificate, which this program does not have: use a port that logs in \
         by user name and password"
    )]
    ClientCertificateWanted,
    /// Anything else.
    #[error("TLS failed: {what}: check that host and port are the right ones")]
    Other {
        /// The TLS library's words.
        what: String,
    },
}

/// Why MQTT over WebSocket failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebSocketFault {
    /// The server answered the upgrade with another status than 101.
    #[error(
        "the server answered the WebSocket upgrade of {path} with HTTP status {status} instead of 101: {}",
        status_advice(*.status)
    )]
    Status {
        /// The HTTP status.
        status: u16,
        /// The path that was asked for.
        path: String,
    },
    /// The server did not agree to speak MQTT.
    #[error(
        "the server did not agree to the WebSocket sub-protocol \"mqtt\" [MQTT-6.0.0-4]: check the path; \
         another service may answer there"
    )]
    SubProtocol,
    /// The answer to the upgrade was no answer to it.
    #[error(
        "the answer to the WebSocket upgrade is not valid ({what}): check that host, port and path are a \
         WebSocket's"
    )]
    BadUpgrade {
        /// What is wrong with it.
        what: String,
    },
    /// A text frame.
    #[error(
        "the server sent a WebSocket text frame: MQTT comes in binary frames only [MQTT-6.0.0-1]"
    )]
    TextFrame,
    /// A frame or message over the limit.
    #[error(
        "the server sent a WebSocket message of {size} bytes, over the limit of {limit}: it was refused \
         unread"
    )]
    TooLarge {
        /// Its size in bytes, as announced.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Any other breach of RFC 6455.
    #[error("the server broke the WebSocket protocol: {what}")]
    Protocol {
        /// What it did.
        what: String,
    },
}

/// The status in an answer that an HTTP proxy gives for itself: 407, or one with a header that only proxies add.
pub(super) fn proxy_status(answer: &[u8]) -> Option<u16> {
    const SHOWN: usize = 4096;
    let text = String::from_utf8_lossy(answer.get(..SHOWN).unwrap_or(answer));
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    words
        .next()
        .filter(|version| version.starts_with("HTTP/1."))?;
    let status = words.next()?.parse().ok()?;
    let of_proxy = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        [
            "via",
            "proxy-authenticate",
            "proxy-connection",
            "proxy-agent",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    };
    let mut headers = lines.take_while(|line| !line.is_empty());
    (status == 407 || headers.any(of_proxy)).then_some(status)
}

fn unreachable_words(attempts: &[(SocketAddr, io::Error)]) -> String {
    use fmt::Write;
    let mut words = String::new();
    for (n, (address, error)) in attempts.iter().enumerate() {
        let separator = if n == 0 { "" } else { "; " };
        // Writing to a `String` can't fail.
        let _ = write!(words, "{separator}{address}: {}", attempt_words(error));
    }
    let all = |kind| attempts.iter().all(|(_, error)| error.kind() == kind);
    let advice = if all(io::ErrorKind::ConnectionRefused) {
        "nothing listens there: check that the server runs, and host and port"
    } else if all(io::ErrorKind::TimedOut) {
        "nothing answers: check the port, and that no firewall drops it"
    } else {
        "check this device's network, host and port"
    };
    format!("no connection to {words}: {advice}")
}

fn attempt_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused".to_owned(),
        io::ErrorKind::TimedOut => "timed out".to_owned(),
        _ => error.to_string(),
    }
}

fn closed_words(during: Phase, heard: bool, said: Option<&str>) -> String {
    let mut words = match during {
        Phase::TlsHandshake => {
            "the peer closed the connection during the TLS handshake: check that host and port are the \
             right ones"
        }
        Phase::WebSocketUpgrade if !heard => {
            "the peer closed the connection instead of answering the WebSocket upgrade: check that this \
             port takes WebSocket (ws:// or wss://), and whether it wants TLS (wss://)"
        }
        Phase::WebSocketUpgrade => {
            "the peer closed the connection in the middle of its answer to the WebSocket upgrade"
        }
        Phase::Plain if !heard => {
            "the peer closed the connection without a word: if this port speaks TLS, use --transport tls \
             or a URL that begins with mqtts://"
        }
        Phase::Plain | Phase::Wrapped => "the peer closed the connection",
    }
    .to_owned();
    if let Some(said) = said {
        words.push_str(" and said: ");
        words.push_str(said);
    }
    words
}

fn tls_not_spoken_words(first: Option<u8>) -> String {
    let (seen, advice) = match first {
        None => (
            "closed the connection at the first bytes of TLS",
            "it looks like plain MQTT on that port: use --transport tcp, a URL that begins with mqtt:// (or \
             ws://), or the server's TLS port",
        ),
        Some(b'H') => (
            "answered like a web server",
            "use another port, or ws:// if it takes MQTT over WebSocket; a proxy on the way may answer so too",
        ),
        // The first byte of the packets that a server sends: CONNACK and its like.
        Some(0x20..=0xd0) => (
            "answered with plain MQTT",
            "use --transport tcp or a URL that begins with mqtt://, or the server's TLS port",
        ),
        Some(_) => (
            "answered with something that is not TLS",
            "check that host and port are the right ones",
        ),
    };
    format!("the peer does not speak TLS on this port (it {seen}): {advice}")
}

fn status_advice(status: u16) -> &'static str {
    match status {
        300..=399 => "it points elsewhere, and redirects are not followed: give the final URL",
        401 | 403 => "it wants a login of its own for the web: check host and path",
        407 => {
            "a proxy on the way wants a login, and this program asks no proxy: let this host and port pass it"
        }
        404 => "there is nothing at that path: give the server's own (often /mqtt) in the URL",
        426 => "it wants another WebSocket version, or no WebSocket at all",
        400..=499 => "check host, port and path",
        500..=599 => "the server or the proxy before it is not well: try again later",
        _ => "check that this port takes WebSocket",
    }
}
