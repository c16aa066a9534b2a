//! `tern check`: whether a pasted login is right, which known mistake makes it if not, and what of the
//! connection options will be refused.
//!
//! It ends with 0 where the login (and the options) will do; with 65 where the password is made by a known
//! mistake, where none is known to make it, and where the platform would refuse the rest.

mod report;

use std::path::PathBuf;
use std::time::Duration;

use tern_core::explain::Auth;
use tern_core::explain::login::{self, Checked, Part, Pasted, Verdict};
use tern_core::explain::preflight::{self, Draft, Field};
use tern_core::identity::{ProductKey, TransportKind};
use zeroize::Zeroizing;

use super::args::{AuthMode, Options, Timestamp};
use super::login::{Sources, read_secret};
use super::pasted;
use super::printer::Printer;
use crate::exit::{Exit, Failure};
use report::Report;

/// The options of `tern check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Where to connect, and as whom. The pasted user name is -u, its password -P-file or TERN_PASSWORD.
    #[command(flatten)]
    pub options: Options,
    /// The whole MQTT client id that is sent, with its bars
    #[arg(long, value_name = "ID|…|", help_heading = "Pasted login")]
    pub client_id_sent: Option<String>,
    /// Read client id, user name and password from this file (- for stdin): JSON, or client_id=… a line
    #[arg(long, value_name = "FILE", help_heading = "Pasted login")]
    pub login_file: Option<PathBuf>,
    /// A secret that may have been taken for the device's, such as the product's; may be given more than once
    #[arg(long, value_name = "FILE", help_heading = "Pasted login")]
    pub other_secret_file: Vec<PathBuf>,
}

/// Checks, and prints what came of it.
///
/// # Errors
/// Nothing is given to be checked, or a part of the login is missing; a file can't be read; stdout can't be
/// written.
pub fn run(
    args: &CheckArgs,
    sources: &Sources<'_>,
    printer: &mut Printer,
) -> Result<Exit, Failure> {
    let login = Login::read(args, sources)?;
    let checked = login
        .as_ref()
        .map(|login| login.check(sources))
        .transpose()?;
    let findings = findings(sources, login.as_ref())?;
    if checked.is_none() && findings.is_none() {
        return Err(Failure::usage(
            "nothing to check: give a login by --client-id-sent, -u and the password (TERN_PASSWORD or -P-file), or \
             by --login-file, with the secret; or connection options such as --url and --keepalive",
        ));
    }
    let findings = findings.unwrap_or_default();
    let report = Report::new(checked.as_ref(), &findings);
    let text = if printer.is_json() {
        serde_json::to_string(&report)
            .map_err(|error| Failure::new(Exit::Fault, error.to_string()))?
    } else {
        report.for_people()
    };
    printer.result(text.trim_end());
    printer.flush(Duration::MAX)?;
    Ok(match report.acceptable {
        true => Exit::Done,
        false => Exit::Data,
    })
}

/// The login as it was pasted, with all the secrets that may have made it.
struct Login {
    client_id: String,
    username: String,
    password: Zeroizing<String>,
    secret: Zeroizing<String>,
    others: Vec<(String, Zeroizing<String>)>,
}

impl Login {
    /// Puts it together from the options; nothing where none is given.
    fn read(args: &CheckArgs, sources: &Sources<'_>) -> Result<Option<Self>, Failure> {
        let file = match &args.login_file {
            Some(path) => pasted::read(path)?,
            None => pasted::Login::default(),
        };
        let client_id = args.client_id_sent.clone().or(file.client_id);
        let username = sources
            .options()
            .connection
            .username
            .clone()
            .or(file.username);
        if client_id.is_none() && username.is_none() && file.password.is_none() {
            return Ok(None);
        }
        let password = match file.password {
            Some(password) if sources.options().connection.password_file.is_none() => {
                Some(password)
            }
            _ => sources.password()?,
        };
        let secret = sources.secret()?.map(|(secret, _)| secret);
        let others = args.other_secret_file.iter().map(|path| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let name = name.to_string_lossy().into_owned();
            Ok((name, read_secret(path, "other secret file")?))
        });
        Ok(Some(Self {
            client_id: client_id.unwrap_or_default(),
            username: username.unwrap_or_default(),
            password: password.unwrap_or_default(),
            secret: secret.unwrap_or_default(),
            others: others.collect::<Result<_, Failure>>()?,
        }))
    }

    fn check(&self, sources: &Sources<'_>) -> Result<Checked, Failure> {
        let options = sources.options();
        let others: Vec<_> = self
            .others
            .iter()
            .map(|(name, secret)| (name.as_str(), secret.as_str()))
            .collect();
        let timestamp = match options.timestamp {
            Some(Timestamp::Ms(ms)) => Some(ms.to_string()),
            Some(Timestamp::Now) => {
                return Err(Failure::usage(
                    "--timestamp: it is now, which no login that is pasted was signed with; give the time that was \
                     signed, in ms since 1970, or leave it out where that stands in the client id",
                ));
            }
            None => None,
        };
        let checked = login::check(&Pasted {
            client_id: &self.client_id,
            username: &self.username,
            password: &self.password,
            secret: &self.secret,
            product_key: options.product_key.as_ref().map(ProductKey::as_str),
            device_name: options.device_name.as_ref().map(|name| name.as_str()),
            timestamp: timestamp.as_deref(),
            transport: known_transport(sources)?,
            other_secrets: &others,
        });
        match &checked.verdict {
            Verdict::Missing(parts) => Err(Failure::usage(format!(
                "the login is not complete: give {}",
                parts
                    .iter()
                    .map(|part| option_of(*part))
                    .collect::<Vec<_>>()
                    .join(", and ")
            ))),
            _ => Ok(checked),
        }
    }

    /// The productKey that the user name ends with.
    fn product_key(&self) -> &str {
        self.username
            .trim()
            .split_once('&')
            .map_or("", |(_, key)| key)
    }
}

const fn option_of(part: Part) -> &'static str {
    match part {
        Part::ClientId => "the client id by --client-id-sent",
        Part::Username => {
            "the user name DEVICENAME&PRODUCTKEY by -u (or --product-key and --device-name)"
        }
        Part::Password => "the password by TERN_PASSWORD or -P-file FILE",
        Part::Secret => "the device's secret by TERN_DEVICE_SECRET or --secret-file FILE",
    }
}

/// The transport, where an option tells it.
fn known_transport(sources: &Sources<'_>) -> Result<Option<TransportKind>, Failure> {
    let options = sources.options();
    let is_known = options.url.is_some()
        || options.connection.region.is_some()
        || options.connection.instance.is_some()
        || options.connection.transport.is_some();
    let transport = sources.transport()?;
    Ok(is_known.then_some(transport))
}

/// What of the connection options will be refused; nothing where there are none.
fn findings(
    sources: &Sources<'_>,
    login: Option<&Login>,
) -> Result<Option<Vec<preflight::Finding>>, Failure> {
    let options = sources.options();
    let transport = sources.transport()?;
    let is_asked = options.url.is_some()
        || options.connection.region.is_some()
        || options.connection.instance.is_some()
        || options.connection.keepalive.is_some()
        || options.client_id.is_some();
    if !is_asked {
        return Ok(None);
    }
    let product_key = match &options.product_key {
        Some(key) => key.as_str(),
        None => login.map_or("", Login::product_key),
    };
    let endpoint = sources.endpoint(ProductKey::new(product_key).ok().as_ref())?;
    let host = endpoint.as_ref().map(|endpoint| endpoint.host.as_str());
    let port = endpoint.as_ref().map(|endpoint| endpoint.port.to_string());
    let keep_alive = options
        .connection
        .keepalive
        .map(|seconds| seconds.to_string());
    let timestamp = sources.timestamp()?.map(|ms| ms.to_string());
    let mut draft = Draft {
        product_key,
        device_name: options
            .device_name
            .as_ref()
            .map_or("", |name| name.as_str()),
        client_id: options.client_id.as_deref().unwrap_or_default(),
        auth: match options.connection.auth {
            Some(AuthMode::Https) => Auth::Https,
            Some(AuthMode::Direct) | None => Auth::Direct,
        },
        timestamp: timestamp.as_deref().unwrap_or_default(),
        transport,
        host,
        port: port.as_deref().unwrap_or_default(),
        ..Draft::default()
    };
    if let Some(keep_alive) = &keep_alive {
        draft.keep_alive = keep_alive;
    }
    if let Some(range) = &options.connection.keepalive_range {
        draft.keep_alive_range = Some(range.clone());
    }
    let mut findings = preflight::preflight(&draft);
    // Of the triple only what was given is judged; clap has checked its parts, and the login its secret.
    findings.retain(|finding| {
        !matches!(
            finding.field,
            Field::ProductKey | Field::DeviceName | Field::DeviceSecret
        ) || matches!(finding.rule, preflight::Rule::TripleSwapped)
    });
    Ok(Some(findings))
}
