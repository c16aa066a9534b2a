//! What the options amount to: which device or user, where to connect, how to sign in.
//!
//! The command line wins, then the environment, then the profile. Every rule about options that do or
//! don't go together stands here, once, whichever of the three they come from.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use tern_core::auth::{AuthUrl, default_auth_url};
use tern_core::device::{Config, Limits, Login, Reconnect};
use tern_core::identity::{ClientId, DeviceSecret, Endpoint, TransportKind, Triple};
use tern_core::sign::{Password, SignMethod};
use zeroize::Zeroizing;

use super::args::{AuthMode, Options, Timestamp};
use super::printer::say;
use super::profile;
use crate::exit::Failure;
use crate::transport::TlsSettings;

/// The environment variable that holds the device's secret.
const SECRET: &str = "TERN_DEVICE_SECRET";
/// The environment variable that holds the password for another broker.
const PASSWORD: &str = "TERN_PASSWORD";

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
        let profile = match &options.profile {
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
        let mut clean_session = options.clean_session.unwrap_or(defaults.clean_session);
        let mut limits = Limits::default();
        if let Login::Plain { client_id, .. } = &login {
            // Without a client id there can't be a session [MQTT-3.1.3-7].
            clean_session |= client_id.is_empty() && options.clean_session.is_none();
            // The platform's limit for a payload is not another broker's.
            limits.max_payload = limits.max_packet - 128 * 1024;
        }
        let mut config = Config::new(login);
        config.clean_session = clean_session;
        config.reconnect = defaults.reconnect;
        config.limits = limits;
        config.keep_alive = options.keepalive.unwrap_or(config.keep_alive);
        if let Some(range) = &options.keepalive_range {
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
        match &self.options.cafile {
            Some(_) if self.options.insecure => {
                let why = "one says whom to trust, the other to trust anybody";
                Err(together("--insecure", "--cafile", why))
            }
            None if self.options.insecure => Ok(TlsSettings::unverified()),
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
            method: self.options.sign_method.unwrap_or_default(),
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
            (options.region.is_some(), "--region"),
            (options.instance.is_some(), "--instance"),
        ];
        let mut given = places.iter().filter(|(given, _)| *given);
        if let (Some((_, one)), Some((_, other))) = (given.next(), given.next()) {
            return Err(together(one, other, "each says where to connect; give one"));
        }
        match (&options.url, options.transport) {
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
        match (&self.options.auth_url, self.options.region) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(region)) => Ok(default_auth_url(region)),
            (None, None) => Err(Failure::usage(
                "where to authenticate is missing: give --region R for the platform's own host, or \
                 --auth-url https://HOST[:PORT]/auth/devicename",
            )),
        }
    }

    /// The device's secret as it was given, and where it came from; one line end is cut from a file's end.
    ///
    /// # Errors
    /// The file can't be read, or it is no UTF-8 text.
    pub fn secret(&self) -> Result<Option<(Zeroizing<String>, String)>, Failure> {
        Ok(
            match (&self.options.secret_file, (self.environment)(SECRET)) {
                (Some(path), _) => Some((
                    read_secret(path, "secret file")?,
                    path.display().to_string(),
                )),
                (None, Some(secret)) => Some((utf8(secret, SECRET)?, SECRET.to_owned())),
                (None, None) => None,
            },
        )
    }

    /// The password that was given, by file or environment.
    ///
    /// # Errors
    /// As [`secret`](Self::secret).
    pub fn password(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        match (&self.options.password_file, (self.environment)(PASSWORD)) {
            (Some(path), _) => read_secret(path, "password file").map(Some),
            (None, Some(password)) => utf8(password, PASSWORD).map(Some),
            (None, None) => Ok(None),
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
            (options.username.is_some(), "-u"),
            (options.password_file.is_some(), "-P-file"),
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
        match options.auth {
            None | Some(AuthMode::Direct) => {
                if options.auth_url.is_some() {
                    return Err(Failure::usage("--auth-url goes with --auth https only"));
                }
                let endpoint = self.endpoint(&triple)?;
                Ok(Login::Direct {
                    triple,
                    client_id,
                    method,
                    timestamp,
                    endpoint,
                })
            }
            Some(AuthMode::Https) => {
                if options.instance.is_some() {
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
            (options.region.is_some(), "--region"),
            (options.instance.is_some(), "--instance"),
            (options.auth.is_some(), "--auth"),
            (options.auth_url.is_some(), "--auth-url"),
            (options.sign_method.is_some(), "--sign-method"),
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
        if options.username.is_none() && options.password_file.is_none() && password.is_some() {
            say(&format!(
                "{PASSWORD} is set, but not sent: it goes with -u USER"
            ));
            password = None;
        }
        Ok(Login::Plain {
            client_id: options.client_id.clone().unwrap_or_default(),
            username: options.username.clone(),
            password: password.map(|password| Password::from(password.as_str())),
            endpoint,
        })
    }

    fn endpoint(&self, triple: &Triple) -> Result<Endpoint, Failure> {
        let options = &self.options;
        let transport = self.transport()?;
        // At most one of the three, as `transport` has seen to.
        if let Some(url) = &options.url {
            Ok(url.clone())
        } else if let Some(region) = options.region {
            Ok(Endpoint::for_region(&triple.product_key, region, transport))
        } else if let Some(instance) = &options.instance {
            Endpoint::for_instance(instance, transport)
                .map_err(|error| Failure::usage(error.to_string()))
        } else {
            Err(Failure::usage(
                "where to connect is missing: give --region R, --instance ID, or --url \
                 SCHEME://HOST[:PORT]",
            ))
        }
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

/// Fills what the command line leaves open from the profile. Where the environment holds a secret, it goes
/// before the profile's file.
fn filled(
    options: Options,
    profile: Options,
    secret_is_set: bool,
    password_is_set: bool,
) -> Options {
    // The options that say where to connect replace the profile's together: they exclude each other.
    let elsewhere = options.url.is_some() || options.region.is_some() || options.instance.is_some();
    let place = if elsewhere {
        Options {
            transport: profile.transport.filter(|_| options.url.is_none()),
            ..Options::default()
        }
    } else {
        profile.clone()
    };
    let unless = |is_set: bool, file| if is_set { None } else { file };
    Options {
        url: options.url.or(place.url),
        region: options.region.or(place.region),
        instance: options.instance.or(place.instance),
        transport: options.transport.or(place.transport),
        cafile: options.cafile.or(profile.cafile),
        // Never the profile's: what is not typed is forgotten.
        insecure: options.insecure,
        product_key: options.product_key.or(profile.product_key),
        device_name: options.device_name.or(profile.device_name),
        secret_file: options
            .secret_file
            .or(unless(secret_is_set, profile.secret_file)),
        auth: options.auth.or(profile.auth),
        auth_url: options.auth_url.or(profile.auth_url),
        sign_method: options.sign_method.or(profile.sign_method),
        timestamp: options.timestamp.or(profile.timestamp),
        client_id: options.client_id.or(profile.client_id),
        keepalive: options.keepalive.or(profile.keepalive),
        keepalive_range: options.keepalive_range.or(profile.keepalive_range),
        clean_session: options.clean_session.or(profile.clean_session),
        username: options.username.or(profile.username),
        password_file: options
            .password_file
            .or(unless(password_is_set, profile.password_file)),
        profile: options.profile,
        json: options.json || profile.json,
        native: options.native || profile.native,
    }
}

/// Reads a secret from a file and cuts one line end from its end.
pub(super) fn read_secret(path: &Path, what: &str) -> Result<Zeroizing<String>, Failure> {
    // More than any secret or password can have, line end included.
    const MAX: u64 = 128 * 1024;
    let fault = |words: String| Failure::data(format!("{what} {}: {words}", path.display()));
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(MAX).read_to_string(&mut text))
        .map_err(|error| {
            fault(match error.kind() {
                io::ErrorKind::InvalidData => "it is no UTF-8 text".to_owned(),
                _ => format!("it can't be read ({error}); check the path and its permissions"),
            })
        })?;
    let end = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .map_or(text.len(), str::len);
    text.truncate(end);
    Ok(text)
}

fn utf8(text: OsString, name: &str) -> Result<Zeroizing<String>, Failure> {
    text.into_string()
        .map(Zeroizing::new)
        .map_err(|_| Failure::data(format!("{name}: it is no UTF-8 text; set it anew")))
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
