//! What a device is told at its start. Every default of a device stands here; what the platform itself says, in
//! [`vendor`].

use core::ops::RangeInclusive;
use core::time::Duration;

use crate::auth::AuthUrl;
use crate::identity::{ClientId, Endpoint, TransportKind, Triple};
use crate::sign::{Password, SignMethod};
use crate::vendor;

/// How the device signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Direct connect: the CONNECT itself is signed (seed: 域名直连). Its securemode follows the
    /// endpoint's transport.
    Direct {
        /// The device triple.
        triple: Triple,
        /// The bare client id, up to 64 characters.
        client_id: ClientId,
        /// The algorithm of the signature.
        method: SignMethod,
        /// Milliseconds since 1970, signed and sent; `None` leaves it out of both.
        timestamp: Option<u64>,
        /// Where to connect.
        endpoint: Endpoint,
    },
    /// HTTPS auth first, then CONNECT with what it answers (seed: HTTPS认证再连接).
    Https {
        /// The device triple.
        triple: Triple,
        /// The client's own mark, up to 64 characters: signed in the request and sent as it is.
        client_id: ClientId,
        /// The algorithm of the signature.
        method: SignMethod,
        /// Milliseconds since 1970, signed and sent; `None` leaves it out of both.
        timestamp: Option<u64>,
        /// `https://HOST[:PORT]/auth/devicename`
        auth_url: AuthUrl,
        /// How to reach the host and port that the answer names.
        transport: TransportKind,
        /// Goes before the answer's host and port where given.
        endpoint: Option<Endpoint>,
    },
    /// Any other broker: no triple, no signature.
    Plain {
        /// The MQTT client id; empty lets the broker choose one, with clean session only [MQTT-3.1.3-7].
        client_id: String,
        /// The user name, if any.
        username: Option<String>,
        /// The password, if any; only together with a user name [MQTT-3.1.2-22].
        password: Option<Password>,
        /// Where to connect.
        endpoint: Endpoint,
    },
}

/// What follows the end of a connection that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconnect {
    /// One attempt; whatever ends it ends the device.
    Never,
    /// Again and again: after `first`, doubled each time up to `cap`, of which a random half is taken off.
    Backoff {
        /// The longest wait before the first retry: 1 ms to `cap`.
        first: Duration,
        /// The longest wait at all: `first` to [`Config::LONGEST`].
        cap: Duration,
    },
}

impl Reconnect {
    /// 1 s, doubled up to 60 s, as the platform's own SDK waits.
    pub const DEFAULT: Self = Self::Backoff {
        first: Duration::from_secs(1),
        cap: Duration::from_secs(60),
    };
}

/// How much a device may hold. What is over a limit is refused with an error, never dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest packet that is received, in bytes.
    pub max_packet: usize,
    /// The largest payload that is published, in bytes.
    pub max_payload: usize,
    /// QoS 1 messages sent and not acknowledged, at most; 1 to 65535.
    pub max_inflight: usize,
    /// Messages accepted and not yet acknowledged (QoS 1) or sent (QoS 0), at most.
    pub max_queued: usize,
    /// The same in bytes, packet headers included.
    pub max_queued_bytes: usize,
    /// Subscriptions, and requests for them under way, at most.
    pub max_subscriptions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_packet: 4 * 1024 * 1024,
            max_payload: 256 * 1024,
            max_inflight: 100,
            max_queued: 10_000,
            max_queued_bytes: 16 * 1024 * 1024,
            max_subscriptions: 1_000,
        }
    }
}

/// Everything a device is told at its start. Times count in whole milliseconds, rounded down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How it signs in, and where.
    pub login: Login,
    /// Keep alive in seconds: 0 to 65535, and within the next setting's window where there is one.
    pub keep_alive: u16,
    /// The window that the platform accepts, in seconds; a keep alive outside it is refused before it is
    /// sent. `None` for other brokers: any value goes, and 0 turns the keep alive off [MQTT-3.1.2-24].
    pub keep_alive_range: Option<RangeInclusive<u16>>,
    /// Whether each connect starts with no session.
    pub clean_session: bool,
    /// What follows the end of a connection.
    pub reconnect: Reconnect,
    /// From the start of an attempt to its CONNACK, HTTPS auth included: 1 ms to [`Config::LONGEST`].
    pub connect_timeout: Duration,
    /// From SUBSCRIBE to SUBACK and from UNSUBSCRIBE to UNSUBACK: 1 ms to [`Config::LONGEST`].
    pub request_timeout: Duration,
    /// From PINGREQ to PINGRESP, after which the link is dead: 1 ms to [`Config::LONGEST`]; a keep alive that is
    /// shorter goes before.
    pub ping_timeout: Duration,
    /// How long [`disconnect`](crate::device::Device::disconnect) waits for what is still under way: up to
    /// [`Config::LONGEST`], and 0 waits for nothing.
    pub drain_timeout: Duration,
    /// How much the device may hold.
    pub limits: Limits,
}

impl Config {
    /// The longest time that can be set, 4,294,967,295 ms (49 days): as much as the component's interface can say, so
    /// that a device is the same natively and in its sandbox.
    pub const LONGEST: Duration = Duration::from_millis(LONGEST_MS as u64);

    /// The defaults: keep alive [`vendor::KEEP_ALIVE`], in the window [`vendor::KEEP_ALIVE_RANGE`] unless the login
    /// is [`Login::Plain`]; the session is kept; reconnect by [`Reconnect::DEFAULT`].
    #[must_use]
    pub fn new(login: Login) -> Self {
        let keep_alive_range = match login {
            Login::Direct { .. } | Login::Https { .. } => Some(vendor::KEEP_ALIVE_RANGE),
            Login::Plain { .. } => None,
        };
        Self {
            login,
            keep_alive: vendor::KEEP_ALIVE,
            keep_alive_range,
            clean_session: false,
            reconnect: Reconnect::DEFAULT,
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
            limits: Limits::default(),
        }
    }

    /// Checks what types can't say.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn check(&self) -> Result<(), ConfigError> {
        if let Some(range) = &self.keep_alive_range
            && !range.contains(&self.keep_alive)
        {
            return Err(ConfigError::KeepAlive {
                given: self.keep_alive,
                min: *range.start(),
                max: *range.end(),
            });
        }
        if let Login::Plain {
            client_id,
            username,
            password,
            ..
        } = &self.login
        {
            if client_id.is_empty() && !self.clean_session {
                return Err(ConfigError::ClientIdMissing);
            }
            if username.is_none() && password.is_some() {
                return Err(ConfigError::PasswordAlone);
            }
            for (field, text) in [
                ("client id", client_id.as_str()),
                ("user name", username.as_deref().unwrap_or_default()),
            ] {
                if text.contains('\0') {
                    return Err(ConfigError::Nul { field });
                }
                if text.len() > crate::wire::MAX_FIELD {
                    return Err(ConfigError::TooLong {
                        field,
                        len: text.len(),
                    });
                }
            }
            let password_len = password
                .as_ref()
                .map_or(0, |password| password.expose().len());
            if password_len > crate::wire::MAX_FIELD {
                return Err(ConfigError::TooLong {
                    field: "password",
                    len: password_len,
                });
            }
        }
        self.check_times()?;
        if !(1..=65_535).contains(&self.limits.max_inflight) {
            return Err(ConfigError::MaxInflight {
                given: self.limits.max_inflight,
            });
        }
        Ok(())
    }

    fn check_times(&self) -> Result<(), ConfigError> {
        let timeouts = [
            ("connect_timeout", self.connect_timeout, 1),
            ("request_timeout", self.request_timeout, 1),
            ("ping_timeout", self.ping_timeout, 1),
            ("drain_timeout", self.drain_timeout, 0),
        ];
        for (field, given, min_ms) in timeouts {
            in_range(field, given, min_ms)?;
        }
        if let Reconnect::Backoff { first, cap } = self.reconnect {
            let first_ms = in_range("reconnect.first", first, 1)?;
            let cap_ms = in_range("reconnect.cap", cap, 1)?;
            if first_ms > cap_ms {
                return Err(ConfigError::FirstOverCap { first_ms, cap_ms });
            }
        }
        Ok(())
    }
}

/// [`Config::LONGEST`] in milliseconds.
const LONGEST_MS: u32 = u32::MAX;

/// The time in milliseconds, where it can be set.
fn in_range(field: &'static str, given: Duration, min_ms: u32) -> Result<u32, ConfigError> {
    let given_ms = u64::try_from(given.as_millis()).unwrap_or(u64::MAX);
    match u32::try_from(given_ms) {
        Ok(ms) if ms >= min_ms => Ok(ms),
        _ => Err(ConfigError::Time {
            field,
            given_ms,
            min_ms,
        }),
    }
}

/// A field of [`Config`] that breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The platform would refuse the CONNECT.
    #[error(
        "keep alive is {given} s, outside {min} to {max} s: the platform refuses such a CONNECT ({source}); choose a value inside, or set the range if yours differs",
        source = vendor::KEEP_ALIVE_SOURCE
    )]
    KeepAlive {
        /// What was given, in seconds.
        given: u16,
        /// The window's start, in seconds.
        min: u16,
        /// The window's end, in seconds.
        max: u16,
    },
    /// An empty client id with a session to keep.
    #[error(
        "client id is empty: that goes only with clean session true [MQTT-3.1.3-7]; give a client id or set clean session to true"
    )]
    ClientIdMissing,
    /// A password without a user name.
    #[error(
        "password is given without a user name: MQTT sends one only together with the other [MQTT-3.1.2-22]; give the user name too"
    )]
    PasswordAlone,
    /// U+0000 in a string.
    #[error("{field} holds U+0000, which no MQTT string may [MQTT-1.5.3-2]; take it out")]
    Nul {
        /// The field.
        field: &'static str,
    },
    /// More than a field holds.
    #[error("{field} has {len} bytes: a field of an MQTT packet holds at most 65535; shorten it")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// A time so short that what it is for can't be, or longer than [`Config::LONGEST`].
    #[error(
        "{field} is {given_ms} ms: it must be {min_ms} to {LONGEST_MS} ms (49 days); choose a time in between"
    )]
    Time {
        /// The field, such as `connect_timeout` or `reconnect.first`.
        field: &'static str,
        /// What was given, in whole milliseconds.
        given_ms: u64,
        /// The shortest that can be set, in milliseconds.
        min_ms: u32,
    },
    /// A backoff that begins beyond its end.
    #[error(
        "reconnect.first is {first_ms} ms and reconnect.cap {cap_ms} ms: the first wait is not longer than the longest; make cap at least as long as first"
    )]
    FirstOverCap {
        /// `first`, in milliseconds.
        first_ms: u32,
        /// `cap`, in milliseconds.
        cap_ms: u32,
    },
    /// No packet identifier, or more than there are.
    #[error(
        "max_inflight is {given}: it must be 1 to 65535, the number of packet identifiers; choose a number in between"
    )]
    MaxInflight {
        /// What was given.
        given: usize,
    },
}
