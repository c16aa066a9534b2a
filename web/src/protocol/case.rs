//! What was seen of an attempt or a connection that ended: the evidence, from which the page tells why.
//!
//! The worker gathers it, since it sees every packet and every end; the page puts it in the person's
//! language and adds what only a page knows.

use serde::{Deserialize, Serialize};

use super::HttpFailure;

/// What ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// A CONNACK refused the login with this code.
    Connack(u8),
    /// The HTTPS authentication was answered with this `code`.
    AuthCode(u32),
    /// The HTTPS authentication could not be asked.
    AuthFailed(HttpFailure),
    /// What answered the HTTPS authentication gave no answer of its kind.
    AuthUnreadable,
    /// The connection could not be opened.
    NotOpened,
    /// The certificate, or the TLS of the peer.
    Tls,
    /// The peer closed the connection before a CONNACK came.
    ClosedBeforeConnack,
    /// No CONNACK came in time.
    NoConnack,
    /// Something else than MQTT came in the place of a CONNACK; its first bytes.
    NotMqtt(Vec<u8>),
    /// The peer closed a connection that stood.
    Closed,
    /// The network lost a connection that stood.
    LinkLost,
    /// The peer broke a rule on a connection that stood.
    Protocol,
}

/// The evidence, as far as the worker knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What ended.
    pub end: End,
    /// Whether the device signed in by the HTTPS authentication.
    pub https_auth: bool,
    /// Whether the bytes went through TLS.
    pub is_secure: bool,
    /// The host; empty for the stand-in in the page.
    pub host: String,
    /// The port.
    pub port: Option<u16>,
    /// The device's productKey.
    pub product_key: String,
    /// The device's name.
    pub device_name: String,
    /// The keep alive that was sent, in seconds.
    pub keep_alive: u16,
    /// The least that is accepted, in seconds.
    pub keep_alive_min: u16,
    /// The most that is accepted, in seconds.
    pub keep_alive_max: u16,
    /// How long the connection stood, in ms.
    pub lived_ms: Option<u64>,
    /// How many connections in a row were accepted and soon closed by the peer.
    pub short_lives: u32,
    /// How long nothing had been sent, in ms.
    pub silent_ms: Option<u64>,
    /// Whether the device had been let in before, with the same settings.
    pub was_connected: bool,
    /// How old the iotToken was, in ms.
    pub token_age_ms: Option<u64>,
}
