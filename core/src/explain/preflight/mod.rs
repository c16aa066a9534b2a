//! What will be refused, said before anything is sent.
//!
//! [`preflight`] reads what a person typed, as it was typed, and lists what the platform (or the browser)
//! will not take. It costs a few microseconds, so it may run at every keystroke.
//!
//! ```
//! use tern_core::explain::preflight::{Draft, Field, preflight};
//! use tern_core::explain::{InWords, Lang};
//!
//! let draft = Draft {
//!     product_key: "a1aq9sQk2JE",
//!     device_name: "dev1",
//!     device_secret: "hunter2hunter2",
//!     keep_alive: "30",
//!     host: Some("a1aq9sQk2JE.iot-as-mqtt.cn-shanghai.aliyuncs.com"),
//!     ..Draft::default()
//! };
//! let findings = preflight(&draft);
//! assert_eq!(findings[0].field, Field::KeepAlive);
//! assert!(findings[0].in_words(Lang::En).contains("60 to 300 s"));
//! assert_eq!(findings[0].mends[0].apply("30"), "60");
//! ```

mod checks;
mod hosts;
mod rule;

use core::fmt;
use core::ops::RangeInclusive;

use super::{Auth, InWords, Lang, Page};
use crate::identity::TransportKind;
use crate::vendor;

pub use hosts::{PlatformHost, is_loopback};
pub use rule::Rule;

/// What a person typed and chose, as it was typed. `Debug` hides the secret.
///
/// Take [`Draft::default`] for what does not apply.
#[derive(Clone)]
pub struct Draft<'a> {
    /// productKey
    pub product_key: &'a str,
    /// deviceName
    pub device_name: &'a str,
    /// deviceSecret, or the password for another broker
    pub device_secret: &'a str,
    /// The bare client id; empty means `PRODUCTKEY.DEVICENAME`, for another broker that it chooses one.
    pub client_id: &'a str,
    /// How the device signs in.
    pub auth: Auth,
    /// The sign method's name; empty means the default.
    pub method: &'a str,
    /// Milliseconds since 1970; empty means that none is sent.
    pub timestamp: &'a str,
    /// What carries the bytes.
    pub transport: TransportKind,
    /// The securemode to be sent where it does not follow the transport.
    pub securemode: Option<&'a str>,
    /// Host name or address; `None` for the stand-in inside the page, which is reached without a network.
    pub host: Option<&'a str>,
    /// Port; empty means the transport's own.
    pub port: &'a str,
    /// Keep alive in seconds.
    pub keep_alive: &'a str,
    /// The window that the platform accepts, in seconds; `None` for no window.
    pub keep_alive_range: Option<RangeInclusive<u16>>,
    /// Whether the session starts empty.
    pub clean_session: bool,
    /// The page that the connection is made from; `None` outside a browser.
    pub page: Option<Page>,
}

impl Default for Draft<'_> {
    /// Nothing typed; TLS, keep alive 60 s in the platform's window, outside a browser, no host asked about.
    fn default() -> Self {
        Self {
            product_key: "",
            device_name: "",
            device_secret: "",
            client_id: "",
            auth: Auth::Direct,
            method: "",
            timestamp: "",
            transport: TransportKind::Tls,
            securemode: None,
            host: None,
            port: "",
            keep_alive: concat!(vendor::keep_alive_min!()),
            keep_alive_range: Some(vendor::KEEP_ALIVE_RANGE),
            clean_session: true,
            page: None,
        }
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("client_id", &self.client_id)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// The field of a form that a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// productKey
    ProductKey,
    /// deviceName
    DeviceName,
    /// deviceSecret
    DeviceSecret,
    /// The bare client id
    ClientId,
    /// How the device signs in
    Auth,
    /// The sign method
    Method,
    /// The timestamp
    Timestamp,
    /// What carries the bytes
    Transport,
    /// securemode
    Securemode,
    /// Host name or address
    Host,
    /// Port
    Port,
    /// Keep alive
    KeepAlive,
    /// Whether the session starts empty
    CleanSession,
}

impl Field {
    /// A name that stays: `product_key`, `keep_alive`, …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductKey => "product_key",
            Self::DeviceName => "device_name",
            Self::DeviceSecret => "device_secret",
            Self::ClientId => "client_id",
            Self::Auth => "auth",
            Self::Method => "sign_method",
            Self::Timestamp => "timestamp",
            Self::Transport => "transport",
            Self::Securemode => "securemode",
            Self::Host => "host",
            Self::Port => "port",
            Self::KeepAlive => "keep_alive",
            Self::CleanSession => "clean_session",
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It will not work: the platform refuses it, or the browser does.
    Refused,
    /// It may work, and is most likely not what was meant.
    Warning,
}

/// One thing that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field that it belongs to.
    pub field: Field,
    /// How bad it is.
    pub severity: Severity,
    /// The rule that is broken, and by what.
    pub rule: Rule,
    /// What mends it, all of them together; empty where only the person knows.
    pub mends: Vec<Mend>,
}

impl Finding {
    /// Where the rule comes from: a section of the vendor's page, a section of MQTT 3.1.1, the platform's own SDK, the browser.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.rule.source()
    }
}

impl InWords for Finding {
    fn in_words(&self, lang: Lang) -> String {
        self.rule.in_words(lang)
    }
}

/// A change to one field, for a button that applies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// The field to be changed.
    pub field: Field,
    /// How.
    pub change: Change,
}

/// How a field is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Put this text in its place. For the auth mode `direct`, `https` or `plain`; for the transport and the
    /// method their names; for the clean session `true` or `false`.
    Put(String),
    /// Take the white space and the invisible characters out of it: of a secret, nothing is repeated here.
    TakeOutBlanks,
}

impl Mend {
    /// The field's text after the change.
    #[must_use]
    pub fn apply(&self, typed: &str) -> String {
        match &self.change {
            Change::Put(text) => text.clone(),
            Change::TakeOutBlanks => typed.chars().filter(|c| !checks::is_blank(*c)).collect(),
        }
    }
}

impl InWords for Mend {
    /// What the button does, short enough to stand on it.
    fn in_words(&self, lang: Lang) -> String {
        rule::mend_in_words(self, lang)
    }
}

/// Lists what is wrong with a draft, in the order of its fields.
///
/// An empty triple is a finding too: a page may keep those back until something was typed.
#[must_use]
pub fn preflight(draft: &Draft<'_>) -> Vec<Finding> {
    checks::all(draft)
}
