//! Where the stand-in listens: `HOST:PORT` as a person writes it, and the socket it becomes.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::net::TcpListener;

use super::StandInError;

/// An address to listen on: a host name or an IP address, and a port. Port 0 lets the system choose one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    host: String,
    port: u16,
}

/// A text that is no address to listen on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is no address to listen on: {rule}; write HOST:PORT, such as 127.0.0.1:1883 or [::1]:0"
)]
pub struct ListenAddressError {
    given: String,
    rule: &'static str,
}

impl ListenAddress {
    /// `127.0.0.1` with this port.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port,
        }
    }

    /// The host, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host that clients on this machine should use: `localhost` where it listens on every interface.
    #[must_use]
    pub fn reachable_host(&self) -> &str {
        match self.host.parse::<IpAddr>() {
            Ok(ip) if ip.is_unspecified() => "localhost",
            _ => &self.host,
        }
    }

    /// Binds; a host name is looked up and its addresses tried in turn.
    pub(super) async fn bind(
        &self,
        what: &'static str,
    ) -> Result<(TcpListener, SocketAddr), StandInError> {
        let fault = |source: io::Error| StandInError::Listen {
            what,
            address: self.clone(),
            advice: advice(&source),
            source,
        };
        let listener = TcpListener::bind((self.host.as_str(), self.port))
            .await
            .map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        Ok((listener, address))
    }
}

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<Self, ListenAddressError> {
        let wrong = |rule| ListenAddressError {
            given: text.to_owned(),
            rule,
        };
        let (host, port) = text
            .rsplit_once(':')
            .ok_or_else(|| wrong("the port is missing"))?;
        let port = port
            .parse()
            .map_err(|_| wrong("the port must be a number from 0 to 65535"))?;
        let host = match host.strip_prefix('[') {
            Some(rest) => {
                let inner = rest
                    .strip_suffix(']')
                    .ok_or_else(|| wrong("a bracket is not closed"))?;
                inner
                    .parse::<Ipv6Addr>()
                    .map_err(|_| wrong("in brackets stands an IPv6 address"))?;
                inner
            }
            None if host.contains(':') => return Err(wrong("an IPv6 address stands in brackets")),
            None => host,
        };
        if host.is_empty() {
            return Err(wrong("the host is missing"));
        }
        if host
            .contains(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')))
        {
            return Err(wrong("a host is a name or an IP address"));
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program, perhaps another stand-in, listens there: end it, or choose another port (0 takes any free one)"
        }
        io::ErrorKind::PermissionDenied => "choose a port from 1024 up",
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: 127.0.0.1 always works"
        }
        _ => "check the host and the port",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_prints() {
        for text in [
            "127.0.0.1:1883",
            "localhost:0",
            "[::1]:8883",
            "0.0.0.0:65535",
        ] {
            assert_eq!(
                text.parse::<ListenAddress>()
                    .map(|address| address.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn a_wrong_address_is_refused_with_the_rule() {
        for (text, rule) in [
            ("1883", "the port is missing"),
            ("localhost:", "the port must be a number"),
            ("localhost:65536", "the port must be a number"),
            (":1883", "the host is missing"),
            ("::1:1883", "an IPv6 address stands in brackets"),
            ("[::1:1883", "a bracket is not closed"),
            ("[localhost]:1883", "in brackets stands an IPv6 address"),
            (
                "http://localhost:1883",
                "an IPv6 address stands in brackets",
            ),
            ("a b:1", "a name or an IP address"),
        ] {
            let error = text.parse::<ListenAddress>().expect_err(text).to_string();
            assert!(error.contains(rule), "{text}: {error}");
        }
    }

    #[test]
    fn clients_of_a_stand_in_on_every_interface_are_sent_to_localhost() {
        let host = |text: &str| {
            text.parse::<ListenAddress>()
                .expect(text)
                .reachable_host()
                .to_owned()
        };
        assert_eq!(host("0.0.0.0:1"), "localhost");
        assert_eq!(host("[::]:1"), "localhost");
        assert_eq!(host("127.0.0.1:1"), "127.0.0.1");
        assert_eq!(host("devbox:1"), "devbox");
    }
}
