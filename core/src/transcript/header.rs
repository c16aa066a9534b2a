//! The first lines of a recording: what the device was told at its start, without its secrets.

use core::time::Duration;

use super::VERSION;
use super::fields::{Fields, Line, ReadError};
use crate::auth::AuthUrl;
use crate::device::{Config, Limits, Login, Reconnect};
use crate::identity::{ClientId, DeviceName, DeviceSecret, ProductKey, TransportKind, Triple};
use crate::sign::{Password, SignMethod};

/// Stands in for the secret where a recording is played: what is signed with it is compared by its length.
const SECRET_STAND_IN: &str = "*";

/// The last line of a header.
const BEGIN: &str = "begin";

/// What a recording begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// When time 0 was, in words for people.
    pub recorded: String,
    /// What decides the jitter of the reconnects.
    pub seed: u64,
    /// What the device was told. One that was read holds stars in place of a secret and a password.
    pub config: Config,
}

impl Header {
    /// Appends the header's lines. Neither the deviceSecret nor its length is in them; of a password there are
    /// as many `*` as it has bytes.
    pub fn write(&self, text: &mut String) {
        let config = &self.config;
        let mut lines = Lines(text);
        lines.put("tern-transcript").number(VERSION).end();
        lines.put("recorded").text(self.recorded.as_bytes()).end();
        lines.put("seed").number(self.seed).end();
        lines.login(&config.login);
        lines.put("keep-alive").number(config.keep_alive).end();
        let mut line = lines.put("keep-alive-range");
        line.option(config.keep_alive_range.as_ref(), |line, range| {
            line.word(&format!("{}..{}", range.start(), range.end()));
        });
        line.end();
        let clean = if config.clean_session {
            "true"
        } else {
            "false"
        };
        lines.put("clean-session").word(clean).end();
        let reconnect = match config.reconnect {
            Reconnect::Never => "never".to_owned(),
            Reconnect::Backoff { first, cap } => {
                format!("{}..{}", first.as_millis(), cap.as_millis())
            }
        };
        lines.put("reconnect").word(&reconnect).end();
        for (name, time) in [
            ("connect-timeout", config.connect_timeout),
            ("request-timeout", config.request_timeout),
            ("ping-timeout", config.ping_timeout),
            ("drain-timeout", config.drain_timeout),
        ] {
            lines.put(name).word(&time.as_millis().to_string()).end();
        }
        let limits = &config.limits;
        for (name, limit) in [
            ("max-packet", limits.max_packet),
            ("max-payload", limits.max_payload),
            ("max-inflight", limits.max_inflight),
            ("max-queued", limits.max_queued),
            ("max-queued-bytes", limits.max_queued_bytes),
            ("max-subscriptions", limits.max_subscriptions),
        ] {
            lines.put(name).size(limit).end();
        }
        lines.put(BEGIN).end();
    }

    /// Whether this line is a header's last.
    pub(super) fn is_last(line: &str) -> bool {
        line == BEGIN
    }

    /// Reads the lines up to and with the last.
    pub(super) fn read(lines: &[String]) -> Result<Self, ReadError> {
        let mut lines = Given { lines, at: 0 };
        version(&mut lines)?;
        let recorded = lines.field("recorded", |fields| fields.text("recorded"))?;
        let seed = lines.field("seed", |fields| fields.number("seed", "a whole number"))?;
        let login = login(&mut lines)?;
        let mut config = Config::new(login);
        config.keep_alive = lines.field("keep-alive", |fields| {
            fields.number("keep-alive", "seconds, up to 65535")
        })?;
        let range = lines.field("keep-alive-range", |fields| {
            fields.option(|fields| {
                fields.word_as(
                    "keep-alive-range",
                    "none or FIRST..LAST, in seconds",
                    |word| {
                        let (first, last) = word.split_once("..")?;
                        Some(first.parse().ok()?..=last.parse().ok()?)
                    },
                )
            })
        })?;
        config.keep_alive_range = range;
        config.clean_session =
            lines.field("clean-session", |fields| fields.flag("clean-session"))?;
        config.reconnect = lines.field("reconnect", |fields| {
            fields.word_as("reconnect", "never or FIRST..CAP, in ms", |word| {
                if word == "never" {
                    return Some(Reconnect::Never);
                }
                let (first, cap) = word.split_once("..")?;
                let ms = |text: &str| text.parse().ok().map(Duration::from_millis);
                let (first, cap) = (ms(first)?, ms(cap)?);
                Some(Reconnect::Backoff { first, cap })
            })
        })?;
        config.connect_timeout = lines.time("connect-timeout")?;
        config.request_timeout = lines.time("request-timeout")?;
        config.ping_timeout = lines.time("ping-timeout")?;
        config.drain_timeout = lines.time("drain-timeout")?;
        config.limits = Limits {
            max_packet: lines.size("max-packet")?,
            max_payload: lines.size("max-payload")?,
            max_inflight: lines.size("max-inflight")?,
            max_queued: lines.size("max-queued")?,
            max_queued_bytes: lines.size("max-queued-bytes")?,
            max_subscriptions: lines.size("max-subscriptions")?,
        };
        lines.field(BEGIN, |_| Ok(()))?;
        Ok(Self {
            recorded,
            seed,
            config,
        })
    }
}

/// Writes line after line.
struct Lines<'a>(&'a mut String);

impl Lines<'_> {
    fn put(&mut self, name: &str) -> Line<'_> {
        let mut line = Line(self.0);
        line.word(name);
        line
    }

    fn login(&mut self, login: &Login) {
        match login {
            Login::Direct {
                triple,
                client_id,
                method,
                timestamp,
                endpoint,
            } => {
                self.put("login").word("direct").end();
                self.signed(triple, client_id, *method, *timestamp);
                self.put("endpoint").endpoint(endpoint).end();
            }
            Login::Https {
                triple,
                client_id,
                method,
                timestamp,
                auth_url,
                transport,
                endpoint,
            } => {
                self.put("login").word("https").end();
                self.signed(triple, client_id, *method, *timestamp);
                self.put("auth-url")
                    .text(auth_url.as_str().as_bytes())
                    .end();
                self.put("transport").word(transport.name()).end();
                let mut line = self.put("endpoint");
                line.option(endpoint.as_ref(), |line, endpoint| {
                    line.endpoint(endpoint);
                });
                line.end();
            }
            Login::Plain {
                client_id,
                username,
                password,
                endpoint,
            } => {
                self.put("login").word("plain").end();
                self.put("client-id").text(client_id.as_bytes()).end();
                let mut line = self.put("username");
                line.option(username.as_ref(), |line, username| {
                    line.text(username.as_bytes());
                });
                line.end();
                let mut line = self.put("password");
                line.option(password.as_ref(), |line, password| {
                    line.text("*".repeat(password.expose().len()).as_bytes());
                });
                line.end();
                self.put("endpoint").endpoint(endpoint).end();
            }
        }
    }

    fn signed(
        &mut self,
        triple: &Triple,
        client_id: &ClientId,
        method: SignMethod,
        timestamp: Option<u64>,
    ) {
        for (name, text) in [
            ("product-key", triple.product_key.as_str()),
            ("device-name", triple.device_name.as_str()),
            ("client-id", client_id.as_str()),
        ] {
            self.put(name).text(text.as_bytes()).end();
        }
        self.put("sign-method").word(method.name()).end();
        let mut line = self.put("timestamp");
        line.option(timestamp, |line, timestamp| {
            line.number(timestamp);
        });
        line.end();
    }
}

/// Hands out line after line.
struct Given<'a> {
    lines: &'a [String],
    at: usize,
}

impl<'a> Given<'a> {
    /// What `read` makes of the next line, which begins with `name`.
    fn field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let text = self.lines.get(self.at).map_or("", String::as_str);
        self.at += 1;
        let mut fields = Fields::new(self.at as u64, text);
        let rule =
            "the header's next line: its lines and their order are fixed, see docs/recording.md";
        fields.word_as(name, rule, |word| (word == name).then_some(()))?;
        let value = read(&mut fields)?;
        fields.end()?;
        Ok(value)
    }

    fn time(&mut self, name: &'static str) -> Result<Duration, ReadError> {
        self.field(name, |fields| fields.number(name, "a time in ms"))
            .map(Duration::from_millis)
    }

    fn size(&mut self, name: &'static str) -> Result<usize, ReadError> {
        self.field(name, |fields| fields.number(name, "a whole number"))
    }
}

fn version(lines: &mut Given<'_>) -> Result<(), ReadError> {
    let text = lines.lines.first().map_or("", String::as_str);
    lines.at += 1;
    let mut fields = Fields::new(1, text);
    let rule = "tern-transcript 1: a recording of `tern --record`, in the one version there is";
    fields.word_as("the first line", rule, |word| {
        (word == "tern-transcript").then_some(())
    })?;
    fields.word_as("the version", rule, |word| {
        (word == VERSION.to_string()).then_some(())
    })?;
    fields.end()
}

fn login(lines: &mut Given<'_>) -> Result<Login, ReadError> {
    let rule = "direct, https or plain";
    let kind = lines.field("login", |fields| {
        fields.word_as("login", rule, |word| match word {
            "direct" => Some("direct"),
            "https" => Some("https"),
            "plain" => Some("plain"),
            _ => None,
        })
    })?;
    if kind == "plain" {
        return Ok(Login::Plain {
            client_id: lines.field("client-id", |fields| fields.text("client-id"))?,
            username: lines.field("username", |fields| {
                fields.option(|fields| fields.text("username"))
            })?,
            password: lines.field("password", |fields| fields.option(stars))?,
            endpoint: lines.field("endpoint", Fields::endpoint)?,
        });
    }
    let triple = Triple {
        product_key: lines.field("product-key", |fields| {
            let rule = "a productKey: ASCII letters, digits, '-' and '_', up to 64";
            fields.text_as("product-key", rule, |text| ProductKey::new(text).ok())
        })?,
        device_name: lines.field("device-name", |fields| {
            let rule = "a deviceName, up to 64 characters of its alphabet";
            fields.text_as("device-name", rule, |text| DeviceName::new(text).ok())
        })?,
        // Visible ASCII, so it is one.
        device_secret: stand_in(lines)?,
    };
    let client_id = lines.field("client-id", |fields| {
        let rule = "a client id of 1 to 64 characters";
        fields.text_as("client-id", rule, |text| ClientId::new(text).ok())
    })?;
    let method = lines.field("sign-method", |fields| {
        let rule = "hmacsha1, hmacmd5 or hmacsha256";
        fields.word_as("sign-method", rule, |word| word.parse().ok())
    })?;
    let timestamp = lines.field("timestamp", |fields| {
        fields.option(|fields| fields.number("timestamp", "none or ms since 1970"))
    })?;
    if kind == "direct" {
        return Ok(Login::Direct {
            triple,
            client_id,
            method,
            timestamp,
            endpoint: lines.field("endpoint", Fields::endpoint)?,
        });
    }
    Ok(Login::Https {
        triple,
        client_id,
        method,
        timestamp,
        auth_url: lines.field("auth-url", |fields| {
            fields.text_as("auth-url", "an https:// URL", |text| {
                AuthUrl::new(text).ok()
            })
        })?,
        transport: lines.field("transport", |fields| {
            let rule = "tcp, tls, ws or wss";
            fields.one_of("transport", rule, &TransportKind::ALL, TransportKind::name)
        })?,
        endpoint: lines.field("endpoint", |fields| fields.option(Fields::endpoint))?,
    })
}

fn stand_in(lines: &Given<'_>) -> Result<DeviceSecret, ReadError> {
    DeviceSecret::new(SECRET_STAND_IN).map_err(|error| ReadError {
        line: lines.at as u64,
        column: 1,
        field: "the stand-in for the secret",
        found: error.to_string(),
        rule: "a deviceSecret",
    })
}

/// A password's stars. What else stands there is not repeated: it may be a password.
fn stars(fields: &mut Fields<'_>) -> Result<Password, ReadError> {
    let rule = "none, or as many * as the password has bytes: the password itself does not belong into a recording";
    fields.secret_text("password", rule, |text| {
        text.bytes()
            .all(|byte| byte == b'*')
            .then(|| Password::from(text))
    })
}
