//! What the options amount to: which device or user, where to connect, how to sign in.
//!
//! The command line wins, then the environment, then the profile. Every rule about options that do or
//! don't go together stands here, once, whichever of the three they come from.

mod merge;
mod secret;

use std::ffi::OsString;
use std::time::{SystemTime, UNIX_EPOCH};

use tern_core::auth::{AuthUrl, default_auth_url};
use tern_core::device::{Config, Limits, Login, Reconnect};
use tern_core::identity::{ClientId, DeviceSecret, Endpoint, ProductKey, TransportKind, Triple};
use tern_core::sign::{Password, SignMethod};

use super::args::{AuthMode, Options, Timestamp};
use super::printer::say;
use super::profile;
use crate::exit::Failure;
use crate::transport::TlsSettings;
use merge::filled;
use secret::PASSWORD;
pub(super) use secret::{SECRET, read_secret};

/// The options of the command line and the profile together, and where the rest comes from.
pub struct Sources<'a> {
    options: Options,
    environment: &'a dyn Fn(&str) -> Option<OsString>,
}

/// What differs from program to program.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Whether the session is clean unless `--clean-session` says otherwise.
    pub clean_session: bool,
    /// What follows the end of a connection.
    pub reconnect: Reconnect,
}

/// Everything that goes into a direct connect's signature.
pub struct Signing {
    /// The device.
    pub triple: Triple,
    /// The bare client id.
    pub client_id: ClientId,
    /// How it is signed.
    pub method: SignMethod,
    /// In ms since 1970, if one is sent.
    pub timestamp: Option<u64>,
}

impl<'a> Sources<'a> {
    /// Reads the profile, if there is one.
    ///
    /// # Errors
    /// The profile is wrong.
    pub fn new(
        options: Options,
        environment: &'a dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Failure> {
        let profile = match &options.connection.profile {
            Some(path) => profile::read(path).map_err(|error| Failure::data(error.to_string()))?,
            None => Options::default(),
        };
        let given = |name| environment(name).is_some();
        let options = filled(options, profile, given(SECRET), given(PASSWORD));
        Ok(Self {
            options,
            environment,
        })
    }

    /// The options, the profile's included.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What a device that connects is told.
    ///
    /// # Errors
    /// Something is missing, does not go together, or breaks its rule.
    pub fn config(&self, defaults: Defaults) -> Result<Config, Failure> {
        let login = if self.has_device() {
            self.device_login()?
        } else {
            self.plain_login()?
        };
        let options = &self.options;
        let mut clean_session = options
            .connection
            .clean_session
            .unwrap_or(defaults.clean_session);
        let mut limits = Limits::default();
        if let Login::Plain { client_id, .. } = &login {
            // Without a client id there can't be a session [MQTT-3.1.3-7].
            clean_session |= client_id.is_empty() && options.connection.clean_session.is_none();
            // The platform's limit for a payload is not another broker's.
            limits.max_payload = limits.max_packet - 128 * 1024;
        }
        let mut config = Config::new(login);
        config.clean_session = clean_session;
        config.reconnect = defaults.reconnect;
        config.limits = limits;
        config.keep_alive = options.connection.keepalive.unwrap_or(config.keep_alive);
        if let Some(range) = &options.connection.keepalive_range {
            config.keep_alive_range = Some(range.clone());
        }
        match config.check() {
            Ok(()) => Ok(config),
            Err(error) => Err(Failure::usage(error.to_string())),
        }
    }

    /// What is trusted.
    ///
    /// # Errors
    /// The CA file is wrong.
    pub fn tls(&self) -> Result<TlsSettings, Failure> {
        match &self.options.connection.cafile {
            Some(_) if self.options.connection.insecure => {
                let why = "one says whom to trust, the other to trust anybody";
                Err(together("--insecure", "--cafile", why))
            }
            None if self.options.connection.insecure => Ok(TlsSettings::unverified()),
            Some(path) => Ok(TlsSettings::with_ca_file(path)?),
            None => Ok(TlsSettings::built_in()),
        }
    }

    /// What a signature needs.
    ///
    /// # Errors
    /// Something is missing, or breaks its rule.
    pub fn signing(&self) -> Result<Signing, Failure> {
        let triple = self.triple()?;
        let client_id = match &self.options.client_id {
            Some(id) => ClientId::new(id),
            None => ClientId::new(&format!("{}.{}", triple.product_key, triple.device_name)),
        };
        let client_id = client_id.map_err(|error| {
            Failure::usage(match &self.options.client_id {
                Some(_) => error.to_string(),
                None => format!("{error}; the default is PRODUCTKEY.DEVICENAME: give --client-id"),
            })
        })?;
        Ok(Signing {
            triple,
            client_id,
            method: self.options.connection.sign_method.unwrap_or_default(),
            timestamp: self.timestamp()?,
        })
    }

    /// The time that is signed and sent, in ms since 1970, if one is.
    ///
    /// # Errors
    /// It is to be now, and the clock is before 1970.
    pub fn timestamp(&self) -> Result<Option<u64>, Failure> {
        Ok(match self.options.timestamp {
            None => None,
            Some(Timestamp::Ms(ms)) => Some(ms),
            Some(Timestamp::Now) => Some(now_ms()?),
        })
    }

    /// The transport that the securemode follows: the URL's, else the one given, else TLS.
    ///
    /// # Errors
    /// More than one option says where to connect.
    pub fn transport(&self) -> Result<TransportKind, Failure> {
        let options = &self.options;
        let places = [
            (options.url.is_some(), "--url"),
            (options.connection.region.is_some(), "--region"),
            (options.connection.instance.is_some(), "--instance"),
        ];
        let mut given = places.iter().filter(|(given, _)| *given);
        if let (Some((_, one)), Some((_, other))) = (given.next(), given.next()) {
            return Err(together(one, other, "each says where to connect; give one"));
        }
        match (&options.url, options.connection.transport) {
            (Some(_), Some(_)) => {
                let why = "the URL's scheme names the transport already";
                Err(together("--url", "--transport", why))
            }
            (Some(url), None) => Ok(url.transport),
            (None, transport) => Ok(transport.unwrap_or(TransportKind::Tls)),
        }
    }

    /// Where to authenticate over HTTPS.
    ///
    /// # Errors
    /// Neither a URL nor a region is given.
    pub fn auth_url(&self) -> Result<AuthUrl, Failure> {
        match (
            &self.options.connection.auth_url,
            self.options.connection.region,
        ) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(region)) => Ok(default_auth_url(region)),
            (None, None) => Err(Failure::usage(
                "where to authenticate is missing: give --region R for the platform's own host, or \
                 --auth-url https://HOST[:PORT]/auth/devicename",
            )),
        }
    }

    fn has_device(&self) -> bool {
        let options = &self.options;
        options.product_key.is_some()
            || options.device_name.is_some()
            || options.secret_file.is_some()
    }

    fn device_login(&self) -> Result<Login, Failure> {
        let options = &self.options;
        for (given, name) in [
            (options.connection.username.is_some(), "-u"),
            (options.connection.password_file.is_some(), "-P-file"),
        ] {
            if given {
                let why = "a device signs its own user name and password; -u is for other brokers";
                return Err(together(name, "a device triple", why));
            }
        }
        let Signing {
            triple,
            client_id,
            method,
            timestamp,
        } = self.signing()?;
        match options.connection.auth {
            None | Some(AuthMode::Direct) => {
                if options.connection.auth_url.is_some() {
                    return Err(Failure::usage("--auth-url goes with --auth https only"));
                }
                let endpoint = self.endpoint(Some(&triple.product_key))?;
                let endpoint = endpoint.ok_or_else(|| {
                    Failure::usage(
                        "where to connect is missing: give --region R, --instance ID, or --url \
                         SCHEME://HOST[:PORT]",
                    )
                })?;
                Ok(Login::Direct {
                    triple,
                    client_id,
                    method,
                    timestamp,
                    endpoint,
                })
            }
            Some(AuthMode::Https) => {
                if options.connection.instance.is_some() {
                    let why = "the authentication's answer names the host; --url goes before it";
                    return Err(together("--instance", "--auth https", why));
                }
                Ok(Login::Https {
                    auth_url: self.auth_url()?,
                    transport: self.transport()?,
                    endpoint: options.url.clone(),
                    triple,
                    client_id,
                    method,
                    timestamp,
                })
            }
        }
    }

    fn plain_login(&self) -> Result<Login, Failure> {
        let options = &self.options;
        for (given, name) in [
            (options.connection.region.is_some(), "--region"),
            (options.connection.instance.is_some(), "--instance"),
            (options.connection.auth.is_some(), "--auth"),
            (options.connection.auth_url.is_some(), "--auth-url"),
            (options.connection.sign_method.is_some(), "--sign-method"),
            (options.timestamp.is_some(), "--timestamp"),
        ] {
            if given {
                return Err(Failure::usage(format!(
                    "{name} needs a device: give --product-key, --device-name, and the secret by {SECRET} \
                     or --secret-file"
                )));
            }
        }
        self.transport()?;
        let Some(endpoint) = options.url.clone() else {
            return Err(Failure::usage(
                "where to connect is missing: give --url mqtt://HOST for any broker, or a device \
                 (--product-key, --device-name, its secret) with --region R or --instance ID",
            ));
        };
        let mut password = self.password()?;
        if options.connection.username.is_none()
            && options.connection.password_file.is_none()
            && password.is_some()
        {
            say(&format!(
                "{PASSWORD} is set, but not sent: it goes with -u USER"
            ));
            password = None;
        }
        Ok(Login::Plain {
            client_id: options.client_id.clone().unwrap_or_default(),
            username: options.connection.username.clone(),
            password: password.map(|password| Password::from(password.as_str())),
            endpoint,
        })
    }

    /// Where the options say to connect. None where they don't, or where it takes a productKey that is not known.
    ///
    /// # Errors
    /// More than one of them says where, or the instance breaks its rule.
    pub fn endpoint(&self, product_key: Option<&ProductKey>) -> Result<Option<Endpoint>, Failure> {
        let options = &self.options;
        let transport = self.transport()?;
        // At most one of the three, as `transport` has seen to.
        Ok(match (&options.url, &options.connection.instance) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(instance)) => {
                let endpoint = Endpoint::for_instance(instance, transport);
                Some(endpoint.map_err(|error| Failure::usage(error.to_string()))?)
            }
            (None, None) => {
                let place = options.connection.region.zip(product_key);
                place.map(|(region, key)| Endpoint::for_region(key, region, transport))
            }
        })
    }

    fn triple(&self) -> Result<Triple, Failure> {
        let options = &self.options;
        let secret = self.secret()?;
        let (Some(product_key), Some(device_name), Some((secret, source))) =
            (&options.product_key, &options.device_name, &secret)
        else {
            let missing: Vec<&str> = [
                (options.product_key.is_none(), "--product-key KEY"),
                (options.device_name.is_none(), "--device-name NAME"),
                (
                    secret.is_none(),
                    "the secret, by TERN_DEVICE_SECRET or --secret-file FILE",
                ),
            ]
            .into_iter()
            .filter_map(|(is_missing, what)| is_missing.then_some(what))
            .collect();
            return Err(Failure::usage(format!(
                "the device's triple is not complete: give {}",
                missing.join(", and ")
            )));
        };
        let device_secret = DeviceSecret::new(secret)
            .map_err(|error| Failure::data(format!("{source}: {error}")))?;
        Ok(Triple {
            product_key: product_key.clone(),
            device_name: device_name.clone(),
            device_secret,
        })
    }
}

fn now_ms() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok());
    ms.ok_or_else(|| {
        Failure::data(
            "--timestamp now: this device's clock is before 1970; set it, or give the time in ms",
        )
    })
}

fn together(one: &str, other: &str, why: &str) -> Failure {
    Failure::usage(format!("{one} does not go together with {other}: {why}"))
}

#[cfg(test)]
mod tests;
