//! Where to connect: a transport, a host, a port, and a path for WebSocket.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{Field, IdentityError, in_words, quoted};
use super::host::{check_host, split_authority};
use super::{ProductKey, Region, TransportKind};

/// A place to connect to. Prints as a URL with its port, and reads back from it to the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint {
    /// What carries the bytes.
    pub transport: TransportKind,
    /// A host name or an IP address; an IPv6 address without brackets.
    pub host: String,
    /// The port, 1 to 65535.
    pub port: u16,
    /// The path (and query) of the WebSocket request, with its leading `/`; empty for TCP and TLS.
    pub path: String,
}

impl Endpoint {
    /// The product's own host in a region: `${productKey}.iot-as-mqtt.${region}.aliyuncs.com`, with the
    /// platform's port for the transport (seed: 连接域名).
    pub fn for_region(product_key: &ProductKey, region: Region, transport: TransportKind) -> Self {
        Self::with_default_port(
            format!("{product_key}.iot-as-mqtt.{region}.aliyuncs.com"),
            transport,
        )
    }

    /// A newer instance's host: `${instanceId}.mqtt.iothub.aliyuncs.com` (platform facts).
    ///
    /// # Errors
    /// The id is not 1 to 63 ASCII letters, digits and `-`, or begins or ends with `-`.
    pub fn for_instance(instance: &str, transport: TransportKind) -> Result<Self, IdentityError> {
        check_instance(instance)?;
        Ok(Self::with_default_port(
            format!("{instance}.mqtt.iothub.aliyuncs.com"),
            transport,
        ))
    }

    /// Any host and port, such as the HTTPS authentication's answer gives. The path is `/` for WebSocket.
    ///
    /// # Errors
    /// The host is no host name and no IP address, or the port is 0.
    pub fn new(transport: TransportKind, host: &str, port: u16) -> Result<Self, IdentityError> {
        if port == 0 {
            return Err(IdentityError::BadPort { given: quoted("0") });
        }
        Ok(Self {
            transport,
            host: check_host(host, Field::Host)?,
            port,
            path: default_path(transport),
        })
    }

    /// Reads `mqtt://HOST[:PORT]`, `mqtts://…`, `ws://HOST[:PORT][/PATH]` or `wss://…`. Without a port
    /// they mean 1883, 8883, 80 and 443. An IPv6 address stands in brackets.
    ///
    /// # Errors
    /// An unknown scheme, a bad host or port, a user or password in the URL, a path on `mqtt` or
    /// `mqtts`, a `#fragment`. No error repeats the URL, which may hold a password.
    pub fn from_url(url: &str) -> Result<Self, IdentityError> {
        let fault = |at, rule| IdentityError::BadForm {
            field: Field::Url,
            at,
            rule,
        };
        let Some((scheme, rest)) = url.split_once("://") else {
            let rule = "it must begin with mqtt://, mqtts://, ws:// or wss://";
            return Err(fault(1, rule));
        };
        let transport = read_scheme(scheme)?;
        let start = scheme.chars().count() + 3;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = split_authority(authority, Field::Url, start)?;
        let path = check_path(path, transport, start + authority.chars().count())?;
        Ok(Self {
            transport,
            host,
            port: port.unwrap_or_else(|| transport.url_port()),
            path,
        })
    }

    fn with_default_port(host: String, transport: TransportKind) -> Self {
        Self {
            transport,
            host,
            port: transport.default_port(),
            path: default_path(transport),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            transport,
            host,
            port,
            path,
        } = self;
        let scheme = transport.scheme();
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}{path}")
        } else {
            write!(f, "{scheme}://{host}:{port}{path}")
        }
    }
}

impl FromStr for Endpoint {
    type Err = IdentityError;

    fn from_str(url: &str) -> Result<Self, IdentityError> {
        Self::from_url(url)
    }
}

impl TryFrom<String> for Endpoint {
    type Error = IdentityError;

    fn try_from(url: String) -> Result<Self, IdentityError> {
        Self::from_url(&url)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.to_string()
    }
}

fn default_path(transport: TransportKind) -> String {
    if transport.is_websocket() {
        "/".to_owned()
    } else {
        String::new()
    }
}

fn check_instance(instance: &str) -> Result<(), IdentityError> {
    const MAX: usize = 63; // one label of a host name
    let field = Field::Instance;
    let length = instance.chars().count();
    if length == 0 {
        return Err(IdentityError::Empty { field, max: MAX });
    }
    if length > MAX {
        return Err(IdentityError::TooLong {
            field,
            length,
            max: MAX,
        });
    }
    let edge = |at| at == 1 || at == length;
    let bad = |(c, at): &(char, usize)| match c {
        '-' => edge(*at),
        c => !c.is_ascii_alphanumeric(),
    };
    match instance.chars().zip(1..).find(bad) {
        None => Ok(()),
        Some((c, at)) => Err(IdentityError::BadCharacter {
            field,
            at,
            found: in_words(c),
            rule: "only ASCII letters and digits are allowed, and '-' between them",
        }),
    }
}

fn read_scheme(scheme: &str) -> Result<TransportKind, IdentityError> {
    TransportKind::ALL
        .into_iter()
        .find(|kind| kind.scheme().eq_ignore_ascii_case(scheme))
        .ok_or_else(|| IdentityError::BadForm {
            field: Field::Url,
            at: 1,
            rule: match scheme.to_ascii_lowercase().as_str() {
                "tcp" => "the scheme tcp:// is written mqtt:// here",
                "tls" | "ssl" => "this scheme is written mqtts:// here",
                "http" => "the scheme of MQTT over WebSocket is ws://, not http://",
                "https" => "the scheme of MQTT over WebSocket is wss://, not https://",
                _ => "the scheme must be mqtt, mqtts, ws or wss",
            },
        })
}

fn check_path(path: &str, transport: TransportKind, start: usize) -> Result<String, IdentityError> {
    let field = Field::Url;
    if let Some((c, at)) = path
        .chars()
        .zip(1..)
        .find(|(c, _)| !c.is_ascii_graphic() || *c == '#')
    {
        return Err(IdentityError::BadCharacter {
            field,
            at: start + at,
            found: in_words(c),
            rule: "a path has only visible ASCII characters and no '#' (write others as %XX)",
        });
    }
    match (transport.is_websocket(), path) {
        (true, path) if path.starts_with('/') => Ok(path.to_owned()),
        (true, query) => Ok(format!("/{query}")),
        (false, "" | "/") => Ok(String::new()),
        (false, _) => Err(IdentityError::BadForm {
            field,
            at: start + 1,
            rule: "only ws:// and wss:// have a path",
        }),
    }
}
