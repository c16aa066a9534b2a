//! Everything about the platform that is policy: windows, limits, return codes. One type, with the
//! documented platform's values as defaults.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;
use core::time::Duration;

use tern_core::vendor;
use tern_core::wire::ConnectCode;

/// The stand-in's policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Keep alives that a CONNECT may ask for, in seconds. Default [`vendor::KEEP_ALIVE_RANGE`].
    /// A range that includes 0 allows to turn the keep alive off [MQTT-3.1.2-24].
    pub keep_alive: RangeInclusive<u16>,
    /// A connection is dropped after this many keep alives without a whole packet. Default 1.5
    /// [MQTT-3.1.2-24].
    pub idle_factor: IdleFactor,
    /// Time for the CONNECT to arrive as a whole. Default 5 s [MQTT 3.1.1, 3.1.4].
    pub connect_timeout: Duration,
    /// The return codes of the refusals.
    pub codes: RefusalCodes,
    /// Whether the `securemode` of a direct login must fit the way it came in (2 over TLS and wss, 3 over
    /// TCP and ws). Default true.
    pub check_securemode: bool,
    /// Longest packet accepted once a device is logged in, in bytes. Default 512 KiB.
    pub max_packet: usize,
    /// Longest CONNECT accepted, in bytes: a stranger makes nobody hold more than this. Default 16 KiB.
    pub max_connect: usize,
    /// Longest topic name and filter, in bytes. Default 65,535, which is MQTT's own limit; the C SDK's is 128.
    pub max_topic: usize,
    /// Longest payload, in bytes. Default 256 KiB.
    pub max_payload: usize,
    /// Subscriptions a device may hold. Default 100.
    pub max_subscriptions: usize,
    /// QoS 1 messages sent to a device and not yet acknowledged: at most this many. Default 32; taken as at least 1.
    pub window: u16,
    /// The same limit in bytes of topic and payload; one message may always be under way. Default 1 MiB.
    pub window_bytes: usize,
    /// QoS 1 messages that wait for a device which is away or behind: at most this many. Default 1,000.
    pub queue: usize,
    /// The same limit in bytes of topic and payload. Default 4 MiB.
    pub queue_bytes: usize,
    /// Unsent bytes from which a connection counts as congested. Default 256 KiB.
    /// See [`Platform::backlog`](crate::Platform::backlog).
    pub congested_at: usize,
    /// Unsent bytes at which a connection is closed: its peer does not read. Default 8 MiB.
    pub max_backlog: usize,
    /// How long an iotToken is good for. Default 7 days (seed: token有效期为7天).
    pub token_life: Duration,
    /// Valid tokens a device may hold at once; a further one ends the oldest. Default 16.
    pub tokens_per_device: usize,
    /// The host that the answer of the HTTPS authentication names. Default `localhost`.
    pub mqtt_host: String,
    /// The port that it names. Default 1883.
    pub mqtt_port: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_alive: vendor::KEEP_ALIVE_RANGE,
            idle_factor: IdleFactor::default(),
            connect_timeout: Duration::from_secs(5),
            codes: RefusalCodes::default(),
            check_securemode: true,
            max_packet: 512 * 1024,
            max_connect: 16 * 1024,
            max_topic: 65_535,
            max_payload: 256 * 1024,
            max_subscriptions: 100,
            window: 32,
            window_bytes: 1024 * 1024,
            queue: 1000,
            queue_bytes: 4 * 1024 * 1024,
            congested_at: 256 * 1024,
            max_backlog: 8 * 1024 * 1024,
            token_life: Duration::from_secs(7 * 24 * 60 * 60),
            tokens_per_device: 16,
            mqtt_host: "localhost".to_owned(),
            mqtt_port: 1883,
        }
    }
}

/// Which CONNACK return code each refusal gives. Where the platform's own code is known it is the
/// default; the others are choices, and say so.
///
/// A code set to [`ConnectCode::Accepted`] is sent as 5: a refusal never says "accepted".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalCodes {
    /// Keep alive outside the window. Default 3 (seen on the platform).
    pub keep_alive: ConnectCode,
    /// iotId or iotToken unknown or too old. Default 3 (seed: connect ack为3).
    pub token: ConnectCode,
    /// The signature does not match. Default 4 (seen on the platform).
    pub signature: ConnectCode,
    /// User name or password missing. Default 4 (choice: the standard's words for it).
    pub credentials: ConnectCode,
    /// `securemode` does not fit the transport. Default 4 (choice: what was signed for one way in was used for another).
    pub securemode: ConnectCode,
    /// Unknown or disabled device, a user name that fits no triple. Default 5 (platform's documents).
    pub device: ConnectCode,
    /// A client id that can't be read, or over 64 characters. Default 2 (choice: the standard's words for it).
    pub client_id: ConnectCode,
}

impl Default for RefusalCodes {
    fn default() -> Self {
        Self {
            keep_alive: ConnectCode::ServerUnavailable,
            token: ConnectCode::ServerUnavailable,
            signature: ConnectCode::BadCredentials,
            credentials: ConnectCode::BadCredentials,
            securemode: ConnectCode::BadCredentials,
            device: ConnectCode::NotAuthorized,
            client_id: ConnectCode::IdentifierRejected,
        }
    }
}

/// How many keep alives a silent connection lives. Above 0, at most 100; the platform's value is 1.5.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct IdleFactor(f64);

impl IdleFactor {
    /// A factor.
    ///
    /// # Errors
    /// `factor` is not above 0 or is over 100.
    pub fn new(factor: f64) -> Result<Self, SettingsError> {
        if factor > 0.0 && factor <= 100.0 {
            Ok(Self(factor))
        } else {
            Err(SettingsError::IdleFactor(factor.to_string()))
        }
    }

    /// The factor.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// How long a connection with this keep alive (in seconds) may be silent; for ever when it is 0.
    #[must_use]
    pub fn patience(self, keep_alive: u16) -> Option<Duration> {
        // At most 65,535 s × 100: neither negative nor too large for a `Duration`.
        (keep_alive > 0).then(|| Duration::from_secs(u64::from(keep_alive)).mul_f64(self.0))
    }
}

impl Default for IdleFactor {
    fn default() -> Self {
        Self(1.5)
    }
}

impl fmt::Display for IdleFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for IdleFactor {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        text.parse().map_or_else(
            |_| Err(SettingsError::IdleFactor(text.to_owned())),
            Self::new,
        )
    }
}

/// A setting that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The idle factor is not a number above 0 and up to 100.
    #[error("idle factor {0}: must be a number above 0 and up to 100; the platform's own is 1.5")]
    IdleFactor(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_is_the_factor_times_the_keep_alive() {
        assert_eq!(
            IdleFactor::default().patience(60),
            Some(Duration::from_secs(90))
        );
        assert_eq!(IdleFactor::default().patience(0), None);
        assert_eq!(
            IdleFactor::new(100.0).expect("in range").patience(u16::MAX),
            Some(Duration::from_secs(6_553_500))
        );
    }

    #[test]
    fn a_factor_that_is_no_factor_is_refused() {
        for text in ["0", "-1", "NaN", "inf", "101", "x", ""] {
            let error = text.parse::<IdleFactor>().expect_err(text);
            assert!(
                error.to_string().contains("above 0 and up to 100"),
                "{error}"
            );
        }
        assert_eq!("1.5".parse(), Ok(IdleFactor::default()));
    }
}
