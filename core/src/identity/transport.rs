//! The four ways of carrying MQTT.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{Field, IdentityError, quoted};

/// What carries the MQTT bytes. Prints and reads as `tcp`, `tls`, `ws`, `wss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// Plain TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// WebSocket over plain TCP.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl TransportKind {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Tcp, Self::Tls, Self::Ws, Self::Wss];

    /// The name: `tcp`, `tls`, `ws`, `wss`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// The URL scheme: `mqtt`, `mqtts`, `ws`, `wss`.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "mqtt",
            Self::Tls => "mqtts",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// The `securemode` that a direct connect signs: 2 with TLS, 3 without (seed: securemode).
    pub fn securemode(self) -> u8 {
        if self.is_secure() { 2 } else { 3 }
    }

    /// Whether TLS protects the connection.
    pub fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }

    /// Whether MQTT travels in WebSocket messages.
    pub fn is_websocket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    /// The platform's own port: 1883 for TCP and TLS alike (seed: 连接域名), 80 for ws, 443 for wss.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Tcp | Self::Tls => 1883,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }

    /// The port that a URL without one means: 1883 for mqtt, 8883 for mqtts, 80 for ws, 443 for wss.
    pub fn url_port(self) -> u16 {
        match self {
            Self::Tls => 8883,
            other => other.default_port(),
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TransportKind {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| IdentityError::Unknown {
                field: Field::Transport,
                given: quoted(text),
                known: "tcp, tls, ws, wss",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transport_reads_back_from_what_it_prints() {
        for kind in TransportKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert_eq!(serde_json::from_str::<TransportKind>(&json).unwrap(), kind);
        }
    }

    #[test]
    fn securemode_and_ports_are_the_platforms() {
        let all = TransportKind::ALL
            .map(|kind| (kind.securemode(), kind.default_port(), kind.url_port()));
        assert_eq!(
            all,
            [(3, 1883, 1883), (2, 1883, 8883), (3, 80, 80), (2, 443, 443)]
        );
    }

    #[test]
    fn an_unknown_transport_is_answered_with_the_known_ones() {
        for text in ["", "TLS", "mqtt", "quic"] {
            let error = text.parse::<TransportKind>().unwrap_err().to_string();
            assert!(error.starts_with("transport \""), "{error}");
            assert!(error.contains("one of tcp, tls, ws, wss"), "{error}");
        }
    }
}
