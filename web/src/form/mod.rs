//! What a person types to connect: kept as typed, checked field by field by the core's own types.

mod check;
mod draft;
mod field;
mod rule;

use std::fmt;

use serde::{Deserialize, Serialize};
use tern_core::identity::{Region, TransportKind};
use tern_core::sign::SignMethod;
use tern_core::vendor;

use crate::sample;

pub use field::{Fault, Field};
pub use rule::Rule;

/// How the page reaches the cloud side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carrier {
    /// The stand-in inside this page: no server, no network.
    InPage,
    /// A WebSocket in the clear.
    Ws,
    /// A WebSocket over TLS.
    Wss,
}

impl Carrier {
    /// All three, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::InPage, Self::Ws, Self::Wss];

    /// The name in attributes and tests: `in-page`, `ws`, `wss`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InPage => "in-page",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// What the signature has to follow: the page's own stand-in is reached without TLS.
    #[must_use]
    pub const fn transport(self) -> TransportKind {
        match self {
            Self::InPage | Self::Ws => TransportKind::Ws,
            Self::Wss => TransportKind::Wss,
        }
    }
}

/// How the host is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Address {
    /// Host and port by hand.
    Host,
    /// The product's own host in a region.
    Region,
}

impl Address {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Host, Self::Region];

    /// The name in attributes, profiles and links: `host`, `region`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Region => "region",
        }
    }
}

/// How the device signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Auth {
    /// The CONNECT itself is signed (seed: 域名直连).
    Direct,
    /// A signed request over HTTPS first, then a CONNECT with what it grants (seed: HTTPS认证再连接).
    Https,
}

impl Auth {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Direct, Self::Https];

    /// The name in attributes, profiles, links and the program's `--auth`: `direct`, `https`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Https => "https",
        }
    }
}

/// The form. It is sent from the page to its worker and nowhere else: what is stored or shared is
/// another type, without the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// productKey
    pub product_key: String,
    /// deviceName
    pub device_name: String,
    /// deviceSecret
    pub device_secret: String,
    /// The bare client id; empty means `PRODUCTKEY.DEVICENAME`.
    pub client_id: String,
    /// How the cloud side is reached.
    pub carrier: Carrier,
    /// Host by hand or by region.
    pub address: Address,
    /// Host name or address.
    pub host: String,
    /// Port; empty means the transport's own.
    pub port: String,
    /// The region's name.
    pub region: String,
    /// How the device signs in.
    pub auth: Auth,
    /// The sign method's name.
    pub method: String,
    /// Milliseconds since 1970; empty means that none is sent.
    pub timestamp: String,
    /// Keep alive in seconds.
    pub keep_alive: String,
    /// The least keep alive that the cloud side takes, in seconds: a stand-in's may differ.
    pub keep_alive_min: String,
    /// The greatest one, in seconds.
    pub keep_alive_max: String,
    /// Whether the session starts empty.
    pub clean_session: bool,
}

impl Form {
    /// The sample device and the stand-in in this page: the first click connects.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            product_key: sample::PRODUCT_KEY.into(),
            device_name: sample::DEVICE_NAME.into(),
            device_secret: sample::DEVICE_SECRET.into(),
            client_id: String::new(),
            carrier: Carrier::InPage,
            address: Address::Host,
            host: String::new(),
            port: String::new(),
            region: Region::CnShanghai.name().into(),
            auth: Auth::Direct,
            method: SignMethod::default().name().into(),
            timestamp: String::new(),
            keep_alive: vendor::KEEP_ALIVE.to_string(),
            keep_alive_min: vendor::KEEP_ALIVE_RANGE.start().to_string(),
            keep_alive_max: vendor::KEEP_ALIVE_RANGE.end().to_string(),
            clean_session: true,
        }
    }

    /// Whether the triple is the sample device's.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.product_key == sample::PRODUCT_KEY
            && self.device_name == sample::DEVICE_NAME
            && self.device_secret == sample::DEVICE_SECRET
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::ProductKey => &self.product_key,
            Field::DeviceName => &self.device_name,
            Field::DeviceSecret => &self.device_secret,
            Field::ClientId => &self.client_id,
            Field::Host => &self.host,
            Field::Port => &self.port,
            Field::Region => &self.region,
            Field::Method => &self.method,
            Field::Timestamp => &self.timestamp,
            Field::KeepAlive => &self.keep_alive,
            Field::KeepAliveMin => &self.keep_alive_min,
            Field::KeepAliveMax => &self.keep_alive_max,
        }
    }

    /// Puts a text into a field, as it was typed.
    pub fn set(&mut self, field: Field, text: String) {
        *match field {
            Field::ProductKey => &mut self.product_key,
            Field::DeviceName => &mut self.device_name,
            Field::DeviceSecret => &mut self.device_secret,
            Field::ClientId => &mut self.client_id,
            Field::Host => &mut self.host,
            Field::Port => &mut self.port,
            Field::Region => &mut self.region,
            Field::Method => &mut self.method,
            Field::Timestamp => &mut self.timestamp,
            Field::KeepAlive => &mut self.keep_alive,
            Field::KeepAliveMin => &mut self.keep_alive_min,
            Field::KeepAliveMax => &mut self.keep_alive_max,
        } = text;
    }

    /// The client id that is meant: the one typed, or `PRODUCTKEY.DEVICENAME`.
    #[must_use]
    pub fn client_id_meant(&self) -> String {
        if self.client_id.is_empty() {
            format!("{}.{}", self.product_key, self.device_name)
        } else {
            self.client_id.clone()
        }
    }

    /// The port that is used when none is typed.
    #[must_use]
    pub fn default_port(&self) -> u16 {
        self.carrier.transport().default_port()
    }
}

/// Never prints the secret.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}
