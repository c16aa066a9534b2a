//! Who the devices are, and how each of them signs in.

use std::ffi::OsString;

use tern_core::device::{Config, Login, Reconnect};
use tern_core::identity::{ClientId, DeviceSecret, Endpoint, IdentityError, Triple};

use super::options::{RunArgs, Which};
use crate::cli::args::Options;
use crate::cli::login::{Defaults, SECRET, Sources};
use crate::exit::Failure;
use crate::fleet::devices::{Devices, Secret, SecretTemplate};
use crate::fleet::pattern::{BadText, Pattern};
use crate::fleet::template::{Kind, Template};
use crate::stand_in::read_devices_file;
use crate::transport::TlsSettings;

/// Messages that a device holds at most. Of thousands of devices, each with as many as one alone may hold, the
/// memory would be gone before the first is full.
const MAX_QUEUED: usize = 1_000;

/// The same in bytes.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;

type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The devices, and what all of them have in common.
pub(super) struct Logins {
    devices: Devices,
    /// The first device's settings.
    first: Config,
    urls: Vec<Endpoint>,
    options: Options,
    tls: TlsSettings,
}

impl Logins {
    /// Reads what the options name.
    ///
    /// # Errors
    /// Something is missing, does not go together, or breaks its rule.
    pub(super) fn new(args: &RunArgs, environment: Environment<'_>) -> Result<Self, Failure> {
        let options = Options {
            url: args.url.first().cloned(),
            connection: args.connection.clone(),
            secret_file: args.which.secret_file.clone(),
            ..Options::default()
        };
        let devices = match (&args.client_id, has_triples(&args.which)) {
            (Some(pattern), false) => {
                refuse_without_triples(&args.which)?;
                Devices::clients(
                    Pattern::new("--client-id", pattern, args.which.clients).map_err(bad)?,
                )
            }
            (None, false) => return Err(nothing_named()),
            (client_id, true) => {
                let client_id = match client_id {
                    Some(text) => {
                        Some(Template::new("--client-id", text, Kind::Name).map_err(bad)?)
                    }
                    None => None,
                };
                read_devices(&args.which, client_id, options.clone(), environment)?
            }
        };
        let first = triple(&devices, 1)?;
        triple(&devices, devices.count())?;
        let names = devices.names(1);
        let secret = first.as_ref().map(|first| first.device_secret.clone());
        // As if the first device were alone.
        let with_secret = |name: &str| match &secret {
            Some(secret) if name == SECRET => {
                Some(String::from_utf8_lossy(secret.expose()).into_owned().into())
            }
            _ => environment(name),
        };
        let options = Options {
            secret_file: None,
            product_key: first.as_ref().map(|first| first.product_key.clone()),
            device_name: first.as_ref().map(|first| first.device_name.clone()),
            client_id: Some(names.client_id),
            ..options
        };
        let sources = Sources::new(options, &with_secret)?;
        let mut first = sources.config(Defaults {
            clean_session: true,
            reconnect: Reconnect::DEFAULT,
        })?;
        first.limits.max_queued = MAX_QUEUED;
        first.limits.max_queued_bytes = MAX_QUEUED_BYTES;
        let logins = Self {
            tls: sources.tls()?,
            urls: args.url.clone(),
            options: sources.options().clone(),
            devices,
            first,
        };
        logins.config(logins.devices.count())?;
        Ok(logins)
    }

    /// All of them, those of other shards too.
    pub(super) fn devices(&self) -> &Devices {
        &self.devices
    }

    /// Whether the command line or the profile asks for JSON.
    pub(super) fn json(&self) -> bool {
        self.options.connection.json
    }

    /// Whether they ask for no sandbox.
    pub(super) fn native(&self) -> bool {
        self.options.connection.native
    }

    /// What is trusted.
    pub(super) fn tls(&self) -> Result<TlsSettings, Failure> {
        Ok(self.tls.clone())
    }

    /// What a device is told.
    pub(super) fn config(&self, number: u64) -> Result<Config, Failure> {
        let mut config = self.first.clone();
        let own = triple(&self.devices, number)?;
        let own_client_id = self.devices.names(number).client_id;
        // The device's number decides, not its shard: it is always at the same place.
        let turn = number.saturating_sub(1) % (self.urls.len().max(1) as u64);
        let url = usize::try_from(turn)
            .ok()
            .and_then(|turn| self.urls.get(turn));
        let wrong = |error: IdentityError| {
            Failure::usage(format!(
                "device {number}: {error} (--client-id gives another)"
            ))
        };
        match &mut config.login {
            Login::Direct {
                triple,
                client_id,
                endpoint,
                ..
            } => {
                if let Some(own) = own {
                    *triple = own;
                }
                *client_id = ClientId::new(&own_client_id).map_err(wrong)?;
                if let Some(url) = url {
                    url.clone_into(endpoint);
                } else if let Some(region) = self.options.connection.region {
                    let transport = endpoint.transport;
                    *endpoint = Endpoint::for_region(&triple.product_key, region, transport);
                }
            }
            Login::Https {
                triple,
                client_id,
                endpoint,
                ..
            } => {
                if let Some(own) = own {
                    *triple = own;
                }
                *client_id = ClientId::new(&own_client_id).map_err(wrong)?;
                if let Some(url) = url {
                    *endpoint = Some(url.clone());
                }
            }
            Login::Plain {
                client_id,
                endpoint,
                ..
            } => {
                *client_id = own_client_id;
                if let Some(url) = url {
                    url.clone_into(endpoint);
                }
            }
        }
        Ok(config)
    }
}

fn has_triples(which: &Which) -> bool {
    which.devices.is_some() || which.product_key.is_some() || which.device_name.is_some()
}

fn nothing_named() -> Failure {
    Failure::usage(
        "no devices: give --devices FILE, or --product-key KEY and --device-name 'dev{0001..1000}' with the secret \
         by TERN_DEVICE_SECRET or --secret-file; for another broker give --client-id 'client{1..1000}'",
    )
}

fn refuse_without_triples(which: &Which) -> Result<(), Failure> {
    for (given, name) in [
        (which.secret_file.is_some(), "--secret-file"),
        (which.secret_template, "--secret-template"),
    ] {
        if given {
            return Err(Failure::usage(format!(
                "{name} needs devices: give --product-key and --device-name"
            )));
        }
    }
    Ok(())
}

/// The devices of a file or of a pattern.
pub(super) fn read_devices(
    which: &Which,
    client_id: Option<Template>,
    options: Options,
    environment: Environment<'_>,
) -> Result<Devices, Failure> {
    if let Some(path) = &which.devices {
        for (given, name) in [
            (which.product_key.is_some(), "--product-key"),
            (which.device_name.is_some(), "--device-name"),
            (which.secret_file.is_some(), "--secret-file"),
            (which.secret_template, "--secret-template"),
            (which.clients.is_some(), "--clients"),
        ] {
            if given {
                return Err(Failure::usage(format!(
                    "{name} does not go together with --devices: the file has it already"
                )));
            }
        }
        let devices = read_devices_file(path)
            .map_err(|error| Failure::data(format!("--devices: {error}")))?;
        let triples = devices.into_iter().map(|device| device.triple).collect();
        return Ok(Devices::listed(triples, client_id));
    }
    let (Some(product_key), Some(device_name)) = (&which.product_key, &which.device_name) else {
        return Err(Failure::usage(
            "--product-key and --device-name go together; or give --devices FILE",
        ));
    };
    let product_key = Pattern::new("--product-key", product_key, which.clients).map_err(bad)?;
    let device_name = Pattern::new("--device-name", device_name, which.clients).map_err(bad)?;
    let sources = Sources::new(options, environment)?;
    let Some((text, source)) = sources.secret()? else {
        return Err(Failure::usage(format!(
            "the devices' secret is missing: give it by {SECRET} or --secret-file FILE"
        )));
    };
    let secret = if which.secret_template {
        // Its own words are not used: they repeat what is a part of the secret.
        let template = Template::new("--secret-template", &text, Kind::Name).map_err(|error| {
            Failure::data(format!(
                "{source}: character {}: this begins no placeholder; the template of a secret may hold \
                 {{product_key}}, {{device_name}} and {{n}}",
                error.at
            ))
        })?;
        Secret::Template(SecretTemplate(template))
    } else {
        let secret = DeviceSecret::new(&text)
            .map_err(|error| Failure::data(format!("{source}: {error}")))?;
        Secret::Shared(secret)
    };
    Ok(Devices::pattern(
        product_key,
        device_name,
        secret,
        client_id,
    ))
}

/// The triple of a device, if it has one.
pub(super) fn triple(devices: &Devices, number: u64) -> Result<Option<Triple>, Failure> {
    let triple = devices.triple(number);
    triple.map_err(|error| Failure::usage(format!("device {number}: {error}")))
}

fn bad(error: BadText) -> Failure {
    Failure::usage(error.to_string())
}
