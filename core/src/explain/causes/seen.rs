//! What was seen: the evidence, with its numbers.

use crate::explain::{InWords, Lang};
use crate::identity::TransportKind;
use crate::wire::ConnectCode;

/// What answers in the place of an MQTT broker, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speaks {
    /// HTTP, or a web page.
    Http,
    /// TLS.
    Tls,
    /// Something else.
    Other,
}

impl Speaks {
    /// Tells it by the first bytes that came.
    #[must_use]
    pub const fn of(bytes: &[u8]) -> Self {
        match bytes {
            [b'H', b'T', ..] | [b'<', ..] => Self::Http,
            // The records of TLS: a handshake, or the alert that answers what is no handshake.
            [0x15 | 0x16, 3, ..] => Self::Tls,
            _ => Self::Other,
        }
    }
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen {
    /// A CONNACK's return code.
    Connack(ConnectCode),
    /// The `code` of the HTTPS authentication.
    AuthCode(u32),
    /// The keep alive that was sent, and the window, all in seconds.
    KeepAlive {
        /// The one sent.
        sent: u16,
        /// The window's start.
        min: u16,
        /// The window's end.
        max: u16,
    },
    /// The host's first part, which is not the productKey.
    HostOfOtherProduct {
        /// The first part.
        label: String,
        /// The device's productKey.
        product_key: String,
    },
    /// The host that was connected to.
    Host(String),
    /// How long the connection stood, in ms.
    Lived(u64),
    /// Accepted and closed by the peer within 30 s, so many times in a row.
    ShortLives(u32),
    /// Nothing sent for this long, against the keep alive.
    Silence {
        /// In ms.
        silent_ms: u64,
        /// In seconds.
        keep_alive: u16,
    },
    /// A second tab of this console uses the same triple.
    OtherTab,
    /// The iotToken's age in ms.
    TokenAge(u64),
    /// What carried the bytes, and the port.
    Way {
        /// What carried them.
        transport: TransportKind,
        /// The port.
        port: Option<u16>,
    },
    /// What carried the bytes, and the port that the platform has for it.
    OtherPort {
        /// What carried them.
        transport: TransportKind,
        /// The port that was tried.
        port: u16,
        /// The platform's.
        expected: u16,
    },
    /// The peer closed the connection before a CONNACK came.
    BeforeConnack,
    /// No CONNACK came in time.
    NoConnack,
    /// What came in the place of a CONNACK.
    Speaks(Speaks),
    /// The page came over https.
    PageIsHttps,
    /// The device has been let in before with the same settings.
    LetInBefore,
    /// The connection could not be opened.
    NotOpened,
    /// TLS failed.
    TlsFailed,
    /// The network lost the connection.
    LinkLost,
    /// The peer sent what may not come.
    RuleBroken,
    /// The peer closed the connection.
    Closed,
}

impl InWords for Seen {
    fn in_words(&self, lang: Lang) -> String {
        super::words::seen(self, lang)
    }
}
