//! What a person types to connect: kept as typed, checked field by field by the core's own types.

use std::fmt;

use serde::{Deserialize, Serialize};
use tern_core::device::{Config, ConfigError, Login};
use tern_core::identity::{ClientId, Endpoint, Region, TransportKind, Triple};
use tern_core::identity::{DeviceName, DeviceSecret, ProductKey};
use tern_core::sign::{SignMethod, Step, steps};

use crate::sample;

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

/// A field of the form: the key of its errors and of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// productKey
    ProductKey,
    /// deviceName
    DeviceName,
    /// deviceSecret
    DeviceSecret,
    /// The bare client id; empty means `PRODUCTKEY.DEVICENAME`
    ClientId,
    /// Host name or address
    Host,
    /// Port; empty means the transport's own
    Port,
    /// Region
    Region,
    /// Sign method
    Method,
    /// Timestamp in ms; empty means none is sent
    Timestamp,
    /// Keep alive in seconds
    KeepAlive,
}

impl Field {
    /// The field's id in the page.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ProductKey => "product-key",
            Self::DeviceName => "device-name",
            Self::DeviceSecret => "device-secret",
            Self::ClientId => "client-id",
            Self::Host => "host",
            Self::Port => "port",
            Self::Region => "region",
            Self::Method => "sign-method",
            Self::Timestamp => "timestamp",
            Self::KeepAlive => "keep-alive",
        }
    }
}

/// A field and the rule that its content breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// The rule, in a sentence.
    pub rule: String,
    /// Whether nothing was typed: such a fault is shown only once somebody asked to connect.
    pub empty: bool,
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
    /// The sign method's name.
    pub method: String,
    /// Milliseconds since 1970; empty means that none is sent.
    pub timestamp: String,
    /// Keep alive in seconds.
    pub keep_alive: String,
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
            method: SignMethod::default().name().into(),
            timestamp: String::new(),
            keep_alive: "60".into(),
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

    /// Every field that breaks its rule, in the form's order.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<_> = [
            self.triple().err().unwrap_or_default(),
            self.read_client_id().err().into_iter().collect(),
            self.endpoint().err().unwrap_or_default(),
            self.read_method().err().into_iter().collect(),
            self.read_timestamp().err().into_iter().collect(),
            self.read_keep_alive().err().into_iter().collect(),
        ]
        .concat();
        // Without its two parts, the default client id has nothing to be checked against.
        if self.client_id.is_empty()
            && faults
                .iter()
                .any(|fault| matches!(fault.field, Field::ProductKey | Field::DeviceName))
        {
            faults.retain(|fault| fault.field != Field::ClientId);
        }
        faults
    }

    /// The device's settings.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn config(&self) -> Result<Config, Vec<Fault>> {
        let read = || {
            Some((
                self.triple().ok()?,
                self.read_client_id().ok()?,
                self.endpoint().ok()?,
                self.read_method().ok()?,
                self.read_timestamp().ok()?,
                self.read_keep_alive().ok()?,
            ))
        };
        let Some((triple, client_id, endpoint, method, timestamp, keep_alive)) = read() else {
            return Err(self.faults());
        };
        Ok(Config {
            keep_alive,
            clean_session: self.clean_session,
            ..Config::new(Login::Direct {
                triple,
                client_id,
                method,
                timestamp,
                endpoint,
            })
        })
    }

    /// How the signed CONNECT comes about.
    ///
    /// # Errors
    /// The fields that the signature needs and that break their rules.
    pub fn steps(&self) -> Result<Vec<Step>, Vec<Fault>> {
        let read = || {
            Some((
                self.triple().ok()?,
                self.read_client_id().ok()?,
                self.read_method().ok()?,
                self.read_timestamp().ok()?,
            ))
        };
        let Some((triple, client_id, method, timestamp)) = read() else {
            let mut faults = self.faults();
            faults.retain(|fault| {
                !matches!(
                    fault.field,
                    Field::Host | Field::Port | Field::Region | Field::KeepAlive
                )
            });
            return Err(faults);
        };
        let securemode = self.carrier.transport().securemode();
        Ok(steps(&triple, &client_id, method, securemode, timestamp))
    }

    /// Where to connect. For the stand-in in the page it names nothing that is ever looked up.
    ///
    /// # Errors
    /// Host, port or region, and the product key where it is part of the host.
    pub fn endpoint(&self) -> Result<Endpoint, Vec<Fault>> {
        let transport = self.carrier.transport();
        if self.carrier == Carrier::InPage {
            return Endpoint::new(transport, "localhost", transport.default_port())
                .map_err(|error| vec![self.fault(Field::Host, &error)]);
        }
        if self.address == Address::Region {
            let region: Region = self
                .region
                .parse()
                .map_err(|error| vec![self.fault(Field::Region, &error)])?;
            // The product key's own fault is the triple's to tell.
            let key = ProductKey::new(&self.product_key).map_err(|_| Vec::new())?;
            return Ok(Endpoint::for_region(&key, region, transport));
        }
        let port = self.read_port();
        let host = Endpoint::new(transport, &self.host, transport.default_port());
        match (host, port) {
            (Ok(endpoint), Ok(port)) => Ok(Endpoint { port, ..endpoint }),
            (host, port) => Err(host
                .err()
                .map(|error| self.fault(Field::Host, &error))
                .into_iter()
                .chain(port.err())
                .collect()),
        }
    }

    fn triple(&self) -> Result<Triple, Vec<Fault>> {
        let product_key = ProductKey::new(&self.product_key);
        let device_name = DeviceName::new(&self.device_name);
        let device_secret = DeviceSecret::new(&self.device_secret);
        match (product_key, device_name, device_secret) {
            (Ok(product_key), Ok(device_name), Ok(device_secret)) => Ok(Triple {
                product_key,
                device_name,
                device_secret,
            }),
            (key, name, secret) => Err([
                (Field::ProductKey, key.err()),
                (Field::DeviceName, name.err()),
                (Field::DeviceSecret, secret.err()),
            ]
            .into_iter()
            .filter_map(|(field, error)| Some(self.fault(field, &error?)))
            .collect()),
        }
    }

    fn read_client_id(&self) -> Result<ClientId, Fault> {
        ClientId::new(&self.client_id_meant()).map_err(|error| self.fault(Field::ClientId, &error))
    }

    fn read_method(&self) -> Result<SignMethod, Fault> {
        self.method
            .parse()
            .map_err(|error| self.fault(Field::Method, &error))
    }

    fn read_port(&self) -> Result<u16, Fault> {
        if self.port.is_empty() {
            return Ok(self.default_port());
        }
        whole_number(&self.port)
            .filter(|port| *port != 0)
            .ok_or_else(|| {
                let rule =
                    "port must be a whole number from 1 to 65535; leave it empty for the default";
                self.fault(Field::Port, &rule)
            })
    }

    fn read_timestamp(&self) -> Result<Option<u64>, Fault> {
        if self.timestamp.is_empty() {
            return Ok(None);
        }
        whole_number(&self.timestamp).map(Some).ok_or_else(|| {
            let rule = "timestamp must be milliseconds since 1970, digits only; leave it empty to send none";
            self.fault(Field::Timestamp, &rule)
        })
    }

    fn read_keep_alive(&self) -> Result<u16, Fault> {
        let range = Config::KEEP_ALIVE_RANGE;
        let (min, max) = (*range.start(), *range.end());
        let Some(given) = whole_number(&self.keep_alive) else {
            let rule = format!(
                "keep alive must be a whole number of seconds from {min} to {max} [seed: MQTT保活]"
            );
            return Err(self.fault(Field::KeepAlive, &rule));
        };
        if range.contains(&given) {
            return Ok(given);
        }
        let error = ConfigError::KeepAlive { given, min, max };
        Err(self.fault(Field::KeepAlive, &error))
    }

    fn fault(&self, field: Field, rule: &dyn fmt::Display) -> Fault {
        Fault {
            field,
            rule: rule.to_string(),
            empty: self.text(field).is_empty(),
        }
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

/// Digits only: `parse` alone would take a leading `+` too.
fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
