//! Whether a CONNECT is let in.
//!
//! The checks, in this order; the first that fails decides:
//!
//! | check | CONNACK |
//! |---|---|
//! | protocol level 4 [MQTT-3.1.2-2] | 1 |
//! | client id not empty; of a direct login: `clientId\|key=value,…\|` with `securemode` and `signmethod` in it; the bare part 1 to 64 characters | 2 |
//! | keep alive inside the window | 3 |
//! | user name and password there | 4 |
//! | direct: `securemode` fits the way in | 4 |
//! | direct: the user name is `deviceName&productKey` of a registered device | 5 |
//! | direct: the password is the signature, in hex of either case | 4 |
//! | token: iotId and iotToken belong together and are not too old | 3 |
//! | the device is not disabled | 5 |
//!
//! A login with an iotId given out here is a token login; any other is one if neither the user name has
//! an `&` nor the client id a `|`. After the HTTPS authentication some clients send an extension part
//! with securemode -1 or 0 (platform facts): it is passed over. A token is taken over TCP as well,
//! although the seed speaks of TLS only: a stand-in on one machine is often reached without.

use core::fmt;

use tern_core::identity::ClientId;
use tern_core::sign::{ExtendedClientId, Password, content};
use tern_core::time::Instant;
use tern_core::wire::{Connect, ConnectCode};

use crate::address::DeviceAddress;
use crate::connection::Arrival;
use crate::event::LoginKind;
use crate::registry::{DeviceIndex, Registry};
use crate::settings::Settings;
use crate::tokens::{BadToken, Tokens};

/// What the platform knows when a CONNECT comes.
pub(crate) struct Desk<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) registry: &'a Registry,
    pub(crate) tokens: &'a Tokens,
}

/// A CONNECT that is let in.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) device: DeviceIndex,
    /// Without the extension part.
    pub(crate) client_id: String,
    pub(crate) login: LoginKind,
}

/// A CONNECT that is not.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: ConnectCode,
    pub(crate) reason: String,
    /// The device that the login claims to be, registered or not.
    pub(crate) device: Option<DeviceAddress>,
}

impl Desk<'_> {
    /// Decides. Nothing is changed by it.
    pub(crate) fn decide(
        &self,
        now: Instant,
        arrival: Arrival,
        connect: &Connect,
    ) -> Result<Accepted, Refusal> {
        let username = connect.username.as_deref().unwrap_or_default();
        let of_token = self.tokens.device_of(username);
        let is_token =
            of_token.is_some() || !(username.contains('&') || connect.client_id.contains('|'));
        if connect.protocol_level != 4 {
            Err(refusal(
                ConnectCode::UnacceptableProtocol,
                format!(
                    "protocol level {}: only MQTT 3.1.1, which is level 4, is spoken here [MQTT-3.1.2-2]",
                    connect.protocol_level
                ),
            ))
        } else if is_token {
            self.by_token(now, connect)
        } else {
            self.direct(arrival, connect)
        }
        .map_err(|refusal| Refusal {
            device: match of_token {
                Some(device) => Some(self.registry.entry(device).address.clone()),
                None => claimed(username),
            },
            ..refusal
        })
    }

    fn direct(&self, arrival: Arrival, connect: &Connect) -> Result<Accepted, Refusal> {
        let codes = &self.settings.codes;
        let unreadable = |reason: String| refusal(codes.client_id, reason);
        let id = ExtendedClientId::parse(&connect.client_id)
            .map_err(|error| unreadable(error.to_string()))?;
        let securemode = id.securemode().ok_or_else(|| {
            unreadable("client id: the extension part has no securemode; send securemode=2 over TLS, 3 over TCP".to_owned())
        })?;
        let method = id.sign_method().ok_or_else(|| {
            unreadable("client id: the extension part has no signmethod; send hmacmd5, hmacsha1 or hmacsha256".to_owned())
        })?;
        self.keep_alive(connect.keep_alive)?;
        let (username, password) = self.credentials(connect)?;
        if self.settings.check_securemode && securemode != arrival.securemode() {
            return Err(refusal(
                codes.securemode,
                format!(
                    "securemode={securemode} does not fit a connection over {}: send securemode={}",
                    arrival.name(),
                    arrival.securemode()
                ),
            ));
        }
        let device = self.device(username)?;
        let entry = self.registry.entry(device);
        let address = &entry.address;
        let mut signed = vec![
            ("productKey", address.product_key.as_str()),
            ("deviceName", address.device_name.as_str()),
            ("clientId", id.client_id.as_str()),
        ];
        signed.extend(id.timestamp().map(|timestamp| ("timestamp", timestamp)));
        let content = content(&signed);
        if !entry.has_signed(method, &content, password.expose()) {
            return Err(refusal(
                codes.signature,
                format!(
                    "the password is not the {method} of {} with this device's secret, in hex",
                    Shown(&content)
                ),
            ));
        }
        self.not_disabled(device)?;
        Ok(Accepted {
            device,
            client_id: id.client_id.as_str().to_owned(),
            login: LoginKind::Direct,
        })
    }

    fn by_token(&self, now: Instant, connect: &Connect) -> Result<Accepted, Refusal> {
        let codes = &self.settings.codes;
        let bare = connect.client_id.split('|').next().unwrap_or_default();
        let client_id =
            ClientId::new(bare).map_err(|error| refusal(codes.client_id, error.to_string()))?;
        self.keep_alive(connect.keep_alive)?;
        let (username, password) = self.credentials(connect)?;
        let life = self.settings.token_life;
        let device = self.tokens.check(now, username, password, life).map_err(|bad| {
            let reason = match bad {
                BadToken::UnknownId => format!(
                    "the user name {} is neither deviceName&productKey nor an iotId given out here; authenticate again",
                    Shown(username)
                ),
                BadToken::WrongToken => {
                    "the password is not the iotToken that belongs to this iotId".to_owned()
                }
                BadToken::TooOld(age) => format!(
                    "the iotToken was given out {} s ago and is good for {} s; authenticate again",
                    age.as_secs(),
                    life.as_secs()
                ),
            };
            refusal(codes.token, reason)
        })?;
        self.not_disabled(device)?;
        Ok(Accepted {
            device,
            client_id: client_id.as_str().to_owned(),
            login: LoginKind::Token,
        })
    }

    fn keep_alive(&self, keep_alive: u16) -> Result<(), Refusal> {
        let window = &self.settings.keep_alive;
        if window.contains(&keep_alive) {
            return Ok(());
        }
        Err(refusal(
            self.settings.codes.keep_alive,
            format!(
                "keep alive {keep_alive} s is outside {}..{} s",
                window.start(),
                window.end()
            ),
        ))
    }

    fn credentials<'c>(&self, connect: &'c Connect) -> Result<(&'c str, &'c Password), Refusal> {
        let missing = |what| {
            refusal(
                self.settings.codes.credentials,
                format!(
                    "{what} is missing: send deviceName&productKey and the signature, or iotId and iotToken"
                ),
            )
        };
        let username = connect
            .username
            .as_deref()
            .filter(|username| !username.is_empty());
        let username = username.ok_or_else(|| missing("the user name"))?;
        let password = connect
            .password
            .as_ref()
            .filter(|password| !password.expose().is_empty());
        Ok((username, password.ok_or_else(|| missing("the password"))?))
    }

    fn device(&self, username: &str) -> Result<DeviceIndex, Refusal> {
        if let Some(device) = claimed(username).and_then(|address| self.registry.find(&address)) {
            return Ok(device);
        }
        let reason = match username.split_once('&') {
            None => format!(
                "the user name {} has no '&': it is deviceName&productKey",
                Shown(username)
            ),
            Some((left, right)) if self.registry.find_by_name(left, right).is_some() => format!(
                "the user name {} has the productKey first: it is deviceName&productKey",
                Shown(username)
            ),
            Some((left, right)) => {
                format!(
                    "no device {} of product {} is registered here",
                    Shown(left),
                    Shown(right)
                )
            }
        };
        Err(refusal(self.settings.codes.device, reason))
    }

    fn not_disabled(&self, device: DeviceIndex) -> Result<(), Refusal> {
        if self.registry.entry(device).disabled {
            let reason = "the device is disabled".to_owned();
            return Err(refusal(self.settings.codes.device, reason));
        }
        Ok(())
    }
}

/// The device that the user name of a direct login names, if the names are legal ones.
fn claimed(username: &str) -> Option<DeviceAddress> {
    let (device_name, product_key) = username.split_once('&')?;
    DeviceAddress::new(product_key, device_name).ok()
}

/// A refusal; [`Desk::decide`] adds whom it concerns.
const fn refusal(code: ConnectCode, reason: String) -> Refusal {
    Refusal {
        code,
        reason,
        device: None,
    }
}

/// A peer's text inside a reason: quoted, control characters escaped, cut after 200 characters.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(200) {
            Some((end, _)) => write!(f, "{:?}…", self.0.get(..end).unwrap_or_default()),
            None => write!(f, "{:?}", self.0),
        }
    }
}
