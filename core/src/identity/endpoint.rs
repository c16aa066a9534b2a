//! Where to connect: a transport, a host, a port, and a path for WebSocket.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{Field, IdentityError, in_words, quoted};
use super::host::{Place, check_host, read_place};
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
        let place = read_place(rest, Field::Url, start)?;
        Ok(Self {
            transport,
            path: websocket_path(&place, transport)?,
            host: place.host,
            port: place.port.unwrap_or_else(|| transport.url_port()),
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

fn websocket_path(place: &Place<'_>, transport: TransportKind) -> Result<String, IdentityError> {
    match (transport.is_websocket(), place.path) {
        (true, path) if path.starts_with('/') => Ok(path.to_owned()),
        (true, query) => Ok(format!("/{query}")),
        (false, "" | "/") => Ok(String::new()),
        (false, _) => Err(IdentityError::BadForm {
            field: Field::Url,
            at: place.path_start + 1,
            rule: "only ws:// and wss:// have a path",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (TransportKind, String, u16, String) {
        let Endpoint {
            transport,
            host,
            port,
            path,
        } = Endpoint::from_url(url).unwrap();
        (transport, host, port, path)
    }

    fn error(url: &str) -> String {
        Endpoint::from_url(url).unwrap_err().to_string()
    }

    #[test]
    fn a_region_gives_the_products_own_host() {
        let key = ProductKey::new("a1U4pQzrgim").unwrap();
        let url = |region, transport| Endpoint::for_region(&key, region, transport).to_string();
        assert_eq!(
            url(Region::CnShanghai, TransportKind::Tcp),
            "mqtt://a1U4pQzrgim.iot-as-mqtt.cn-shanghai.aliyuncs.com:1883"
        );
        assert_eq!(
            url(Region::UsWest1, TransportKind::Tls),
            "mqtts://a1U4pQzrgim.iot-as-mqtt.us-west-1.aliyuncs.com:1883"
        );
        assert_eq!(
            url(Region::ApSoutheast1, TransportKind::Ws),
            "ws://a1U4pQzrgim.iot-as-mqtt.ap-southeast-1.aliyuncs.com:80/"
        );
        assert_eq!(
            url(Region::EuCentral1, TransportKind::Wss),
            "wss://a1U4pQzrgim.iot-as-mqtt.eu-central-1.aliyuncs.com:443/"
        );
    }

    #[test]
    fn an_instance_gives_its_host() {
        let endpoint = Endpoint::for_instance("iot-060a0bgd", TransportKind::Tls).unwrap();
        assert_eq!(
            endpoint.to_string(),
            "mqtts://iot-060a0bgd.mqtt.iothub.aliyuncs.com:1883"
        );
    }

    #[test]
    fn an_instance_that_is_no_part_of_a_host_name_is_refused() {
        let long = "x".repeat(64);
        for (text, expected) in [
            ("", "instance id is empty: it must have 1 to 63 characters"),
            (
                long.as_str(),
                "instance id has 64 characters, 1 more than the 63 allowed",
            ),
            ("iot.x", "instance id: character 4 is '.'"),
            ("-iot", "instance id: character 1 is '-'"),
            ("iot-", "instance id: character 4 is '-'"),
            ("iot x", "instance id: character 4 is a space"),
            ("实例", "instance id: character 1 is '实' (U+5B9E)"),
        ] {
            let error = Endpoint::for_instance(text, TransportKind::Tls)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_url_without_a_port_means_the_schemes() {
        use TransportKind::{Tcp, Tls, Ws, Wss};
        let host = || "h.example".to_owned();
        assert_eq!(
            parts("mqtt://h.example"),
            (Tcp, host(), 1883, String::new())
        );
        assert_eq!(
            parts("mqtts://h.example/"),
            (Tls, host(), 8883, String::new())
        );
        assert_eq!(parts("ws://h.example"), (Ws, host(), 80, "/".to_owned()));
        assert_eq!(parts("wss://h.example"), (Wss, host(), 443, "/".to_owned()));
        assert_eq!(
            parts("MQTT://h.example:2883"),
            (Tcp, host(), 2883, String::new())
        );
    }

    #[test]
    fn the_path_of_a_websocket_is_kept() {
        assert_eq!(
            parts("ws://localhost:8080/mqtt?a=1&b=%20").3,
            "/mqtt?a=1&b=%20"
        );
        assert_eq!(parts("wss://localhost?a=1").3, "/?a=1");
        assert_eq!(parts("wss://[::1]/a").3, "/a");
    }

    #[test]
    fn addresses_are_hosts_too() {
        assert_eq!(parts("mqtt://127.0.0.1:1").1, "127.0.0.1");
        let v6 = parts("mqtt://[::1]:65535");
        assert_eq!((v6.1.as_str(), v6.2), ("::1", 65535));
        assert_eq!(parts("mqtt://[2001:DB8:0::1]").1, "2001:db8::1");
        let host = |text| {
            Endpoint::new(TransportKind::Tls, text, 1883)
                .unwrap()
                .to_string()
        };
        assert_eq!(host("::1"), "mqtts://[::1]:1883");
        assert_eq!(host("[::1]"), "mqtts://[::1]:1883");
        assert_eq!(host("broker.example"), "mqtts://broker.example:1883");
    }

    #[test]
    fn what_prints_reads_back() {
        for url in [
            "mqtt://a:1",
            "mqtts://[::1]:8883",
            "ws://a.b:80/",
            "wss://1.2.3.4:443/mqtt?x",
        ] {
            let endpoint = Endpoint::from_url(url).unwrap();
            assert_eq!(endpoint.to_string(), url);
            let json = serde_json::to_string(&endpoint).unwrap();
            assert_eq!(serde_json::from_str::<Endpoint>(&json).unwrap(), endpoint);
        }
    }

    #[test]
    fn a_scheme_must_be_one_of_four() {
        assert!(error("").contains("URL: at character 1: it must begin with mqtt://"));
        assert!(error("localhost:1883").contains("it must begin with mqtt://"));
        assert!(error("tcp://h").contains("is written mqtt:// here"));
        assert!(error("ssl://h").contains("is written mqtts:// here"));
        assert!(error("http://h").contains("ws://, not http://"));
        assert!(error("https://h").contains("wss://, not https://"));
        assert!(error("quic://h").contains("must be mqtt, mqtts, ws or wss"));
        assert!(error(" mqtt://h").contains("must be mqtt, mqtts, ws or wss"));
        assert!(
            error("tcp://h").ends_with(
                "write it as mqtt://HOST[:PORT], mqtts://…, ws://…/PATH or wss://…/PATH"
            )
        );
    }

    #[test]
    fn a_port_must_be_1_to_65535() {
        for port in [
            "0",
            "65536",
            "-1",
            "+1",
            "1 ",
            "x",
            "99999999999999999999",
            "1x",
            "１",
        ] {
            let error = error(&format!("mqtt://h:{port}"));
            let expected = format!("port \"{port}\" is not a whole number from 1 to 65535");
            assert!(error.starts_with(&expected), "{error}");
        }
        assert!(error("mqtt://h:").starts_with("port \"\""));
        assert!(Endpoint::new(TransportKind::Tcp, "h", 0).is_err());
    }

    #[test]
    fn a_host_must_be_one() {
        let label = "x".repeat(64);
        let long = vec!["x".repeat(63); 4].join(".");
        for (host, expected) in [
            ("", "URL: at character 8: the host is missing"),
            (":1883", "URL: at character 8: the host is missing"),
            ("a b", "URL: character 9 is a space"),
            ("a_b|", "URL: character 11 is '|'"),
            ("温.cn", "URL: character 8 is '温' (U+6E29)"),
            (
                "a..b",
                "URL: at character 10: a host name has no empty part",
            ),
            (".a", "URL: at character 8: a host name has no empty part"),
            ("a.", "URL: at character 10: a host name has no empty part"),
            (
                "a.-b",
                "URL: at character 10: no part of a host name begins or ends with '-'",
            ),
            ("a-", "URL: at character 8: no part"),
            (
                label.as_str(),
                "URL: at character 8: each part of a host name has at most 63",
            ),
            (
                long.as_str(),
                "URL: at character 261: a host name has at most 253",
            ),
            (
                "1.2.3.256",
                "URL: at character 8: a host that ends in a number must be an IPv4 address",
            ),
            ("1.2.3", "URL: at character 8: a host that ends in a number"),
            (
                "::1",
                "URL: at character 8: an IPv6 address stands in brackets",
            ),
            ("[::1", "URL: at character 8: brackets must be closed"),
            (
                "[::g]",
                "URL: at character 8: brackets must be closed and hold an IPv6 address",
            ),
            (
                "[fe80::1%eth0]",
                "URL: at character 8: brackets must be closed and hold an IPv6 address, without a zone",
            ),
            (
                "[::1]1883",
                "URL: at character 13: after an address in brackets comes :PORT",
            ),
            (
                "[]",
                "URL: at character 8: brackets must be closed and hold",
            ),
        ] {
            let error = error(&format!("mqtt://{host}"));
            assert!(error.starts_with(expected), "{host}: {error}");
        }
    }

    #[test]
    fn a_path_is_for_websockets_and_visible_ascii() {
        assert!(error("mqtt://h/mqtt").contains("character 9: only ws:// and wss:// have a path"));
        assert!(error("mqtts://h?x").contains("character 10: only ws://"));
        assert!(error("ws://h/a b").contains("character 9 is a space"));
        assert!(error("ws://h/温").contains("character 8 is '温'"));
        assert!(error("ws://h/#x").contains("character 8 is '#'"));
        assert!(error("ws://h/\r\nX: y").contains("character 8 is a line end"));
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for url in [
            "mqtt://me:hunter2/x@h",
            "ws://me:hunter2?@h",
            "mqtt://hunter2@h",
            "wss://@h",
        ] {
            let error = error(url);
            assert!(
                error.contains("a user and password don't belong"),
                "{error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(Endpoint::from_url("ws://h/a@b").is_ok());
        let error = error("mqtt://me:hunter2@h:1883");
        assert!(
            error.starts_with("URL: at character 8: a user and password don't belong in the URL")
        );
        assert!(!error.contains("hunter2"), "{error}");
    }
}
