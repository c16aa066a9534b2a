//! Why a login was refused or a connection dropped, from what was seen.
//!
//! [`causes`] takes the evidence as plain data and ranks what may be behind it: each cause with what was
//! seen and what to try.
//!
//! ```
//! use tern_core::explain::causes::{CauseId, End, Evidence, causes};
//! use tern_core::explain::{InWords, Lang};
//!
//! // Accepted and closed again after 800 ms, the fourth time in a row.
//! let causes = causes(&Evidence {
//!     lived_ms: Some(800),
//!     short_lives: 4,
//!     ..Evidence::new(End::Closed)
//! });
//! assert_eq!(causes[0].id, CauseId::TakeOver);
//! assert!(causes[0].in_words(Lang::En).contains("another client"));
//! ```

mod rank;
mod seen;
mod words;

use core::ops::RangeInclusive;

use super::{Auth, InWords, Lang, Page};
use crate::config::{Config, Login};
use crate::identity::{Endpoint, TransportKind};
use crate::vendor;
use crate::wire::ConnectCode;

pub use seen::{Seen, Speaks};

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// A CONNACK refused the login.
    Connack(ConnectCode),
    /// The HTTPS authentication was answered with this `code`, other than 200.
    AuthCode(u32),
    /// The connection could not be opened: not reached, refused, or (in a browser) no WebSocket.
    NotOpened,
    /// TLS failed: the certificate is not trusted, or what answers speaks no TLS.
    Tls,
    /// The peer closed the connection before a CONNACK came.
    ClosedBeforeConnack,
    /// No CONNACK came in time.
    NoConnack,
    /// Something else than MQTT came in the place of a CONNACK.
    NotMqtt(Speaks),
    /// The peer closed a connection that stood.
    Closed,
    /// The network lost a connection that stood: reset, unreachable, or a PINGRESP that stayed away.
    LinkLost,
    /// The peer broke a rule of MQTT on a connection that stood.
    Protocol,
}

/// What was seen of an attempt or a connection that ended. Take [`Evidence::new`] for what is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// What ended.
    pub end: End,
    /// How the device signed in.
    pub auth: Auth,
    /// What carried the bytes.
    pub transport: Option<TransportKind>,
    /// The host; empty where it is not known, or where there is none.
    pub host: &'a str,
    /// The port.
    pub port: Option<u16>,
    /// The device's productKey, to be compared with the host; empty where there is none.
    pub product_key: &'a str,
    /// The keep alive that was sent, in seconds.
    pub keep_alive: Option<u16>,
    /// The window that the platform accepts, in seconds.
    pub keep_alive_range: RangeInclusive<u16>,
    /// How long the connection stood, from its CONNACK on, in ms.
    pub lived_ms: Option<u64>,
    /// How many connections in a row, this one too, were accepted and closed by the peer within 30 s.
    pub short_lives: u32,
    /// How long nothing had been sent when the connection ended, in ms.
    pub silent_ms: Option<u64>,
    /// Whether this device has been let in before, with the same settings.
    pub was_connected: bool,
    /// Whether another tab of this console uses the same triple.
    pub other_tab: bool,
    /// How old the iotToken is, in ms.
    pub token_age_ms: Option<u64>,
    /// The page that the connection was made from; `None` outside a browser.
    pub page: Option<Page>,
}

impl<'a> Evidence<'a> {
    /// What the device's settings and the endpoint it tried tell.
    #[must_use]
    pub fn of(end: End, config: &'a Config, endpoint: Option<&'a Endpoint>) -> Self {
        let (endpoint, product_key) = match &config.login {
            Login::Direct {
                triple, endpoint, ..
            } => (Some(endpoint), triple.product_key.as_str()),
            Login::Https { triple, .. } => (endpoint, triple.product_key.as_str()),
            Login::Plain { endpoint, .. } => (Some(endpoint), ""),
        };
        Self {
            auth: Auth::from(&config.login),
            transport: endpoint.map(|endpoint| endpoint.transport),
            host: endpoint.map_or("", |endpoint| endpoint.host.as_str()),
            port: endpoint.map(|endpoint| endpoint.port),
            product_key,
            keep_alive: Some(config.keep_alive),
            keep_alive_range: config
                .keep_alive_range
                .clone()
                .unwrap_or(vendor::KEEP_ALIVE_RANGE),
            ..Self::new(end)
        }
    }

    /// The end alone; nothing else is known.
    #[must_use]
    pub const fn new(end: End) -> Self {
        Self {
            end,
            auth: Auth::Direct,
            transport: None,
            host: "",
            port: None,
            product_key: "",
            keep_alive: None,
            keep_alive_range: vendor::KEEP_ALIVE_RANGE,
            lived_ms: None,
            short_lives: 0,
            silent_ms: None,
            was_connected: false,
            other_tab: false,
            token_age_ms: None,
            page: None,
        }
    }
}

/// How likely a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likelihood {
    /// The evidence leaves nothing else.
    Certain,
    /// The evidence points there.
    Likely,
    /// It happens, and nothing speaks against it.
    Possible,
}

/// A cause's name, which stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CauseId {
    /// The keep alive is outside the platform's window.
    KeepAliveOutside,
    /// The iotToken is older than 7 days.
    TokenExpired,
    /// The platform does not accept iotId and iotToken.
    TokenNotAccepted,
    /// The platform or broker can't serve for the moment.
    ServerUnavailable,
    /// The signature does not match.
    BadSignature,
    /// securemode does not fit what carries the bytes.
    SecuremodeMismatch,
    /// User name or password of another broker.
    BadCredentials,
    /// The platform knows no such device.
    UnknownDevice,
    /// The device is disabled.
    DeviceDisabled,
    /// The host is another product's or region's.
    WrongHost,
    /// Another broker's access rules.
    NotAllowed,
    /// The platform could not read the client id.
    ClientIdUnreadable,
    /// Another broker does not accept the client id.
    ClientIdRejected,
    /// The broker does not take MQTT 3.1.1.
    ProtocolLevel,
    /// Two clients on one triple push each other off.
    TakeOver,
    /// A second tab of this console uses the same triple.
    OtherTab,
    /// Nothing was sent for 1.5 times the keep alive.
    KeepAliveStarved,
    /// The network between.
    LinkLost,
    /// The peer closed the connection, and nothing tells why.
    ClosedByPeer,
    /// The peer breaks MQTT's rules.
    PeerBroken,
    /// What answers is no MQTT broker.
    NotABroker,
    /// An HTTP server answers.
    HttpServer,
    /// The peer speaks TLS, and this side does not.
    TlsExpected,
    /// TLS on one side, none on the other.
    TlsMix,
    /// The certificate is not trusted.
    Certificate,
    /// The platform's port for this transport is another one.
    WrongPort,
    /// The host can't be reached.
    Unreachable,
    /// A page that came over https may not open `ws:`.
    InsecureFromHttps,
    /// The HTTPS authentication: the signature does not match.
    AuthSignature,
    /// The HTTPS authentication: a parameter is missing or wrong.
    AuthParameter,
    /// The HTTPS authentication: a fault on the platform's side.
    AuthFault,
    /// The HTTPS authentication: the way of authenticating is not this product's.
    AuthType,
    /// The HTTPS authentication: a code that is not known here.
    AuthCodeUnknown,
}

impl CauseId {
    /// A name that stays, for scripts: `keep_alive_outside`, `take_over`, …
    #[must_use]
    pub const fn name(self) -> &'static str {
        words::name(self)
    }
}

/// One cause, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Which one.
    pub id: CauseId,
    /// How likely it is.
    pub likelihood: Likelihood,
    /// The evidence that points to it, strongest first.
    pub seen: Vec<Seen>,
}

impl Cause {
    /// What the cause is, in a sentence.
    #[must_use]
    pub const fn title(&self, lang: Lang) -> &'static str {
        words::title(self.id, lang)
    }

    /// What to try, in a sentence or more.
    #[must_use]
    pub const fn to_try(&self, lang: Lang) -> &'static str {
        words::to_try(self.id, lang)
    }
}

impl InWords for Cause {
    /// All of it: the cause, what was seen, what to try.
    fn in_words(&self, lang: Lang) -> String {
        words::whole(self, lang)
    }
}

/// Ranks what may be behind an end, the likeliest first. Empty for a login that was accepted only.
#[must_use]
pub fn causes(evidence: &Evidence<'_>) -> Vec<Cause> {
    rank::all(evidence)
}
