//! `tern auth`: the HTTPS authentication alone (seed: HTTPS认证再连接).

use std::time::Duration;

use tern_core::auth::{self, AuthError, Grant};

use super::args::{AuthMode, Options};
use super::login::{Signing, Sources};
use super::printer::Printer;
use crate::events::{Granted, Happening};
use crate::exit::{Exit, Failure};
use crate::https::{self, Deadlines};

/// The options of `tern auth`.
#[derive(Debug, clap::Args)]
pub struct AuthArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
}

/// Authenticates, and prints what was granted: everything but the token.
///
/// # Errors
/// Something is missing, or breaks its rule; no answer came; stdout can't be written.
pub fn run(sources: &Sources<'_>, printer: &mut Printer) -> Result<Exit, Failure> {
    let options = sources.options();
    if options.connection.auth == Some(AuthMode::Direct) {
        return Err(Failure::usage(
            "tern auth is the HTTPS authentication; for the direct connect's signature use tern sign",
        ));
    }
    sources.transport()?;
    let url = sources.auth_url()?;
    let Signing {
        triple,
        client_id,
        method,
        timestamp,
    } = sources.signing()?;
    let tls = sources.tls()?;
    if !tls.verifies() {
        printer.warn_unverified(&https::place(url.as_str()));
        flush(printer)?;
    }
    let request = auth::request(&url, &triple, &client_id, method, timestamp);
    let exchange = https::send(request, &tls, Deadlines::default(), || ());
    let reply = match exchange.wait() {
        Ok(reply) => reply,
        Err(error) => {
            let reason = format!("the HTTPS authentication failed: {error}");
            tell(printer, &Happening::Disconnected { reason: &reason })?;
            return Ok((&error).into());
        }
    };
    match auth::read(reply.as_answer()) {
        Ok(grant) => {
            tell_grant(printer, &grant)?;
            Ok(Exit::Done)
        }
        Err(error) => {
            tell_error(printer, &error)?;
            Ok((&error).into())
        }
    }
}

fn tell_grant(printer: &mut Printer, grant: &Grant) -> Result<(), Failure> {
    let Grant {
        iot_id,
        iot_token,
        mqtt,
    } = grant;
    if printer.is_json() {
        printer.tell(&Happening::Authenticated(Granted {
            iot_id: Some(iot_id),
            mqtt_host: Some(&mqtt.host),
            mqtt_port: Some(mqtt.port),
        }));
    } else {
        let length = iot_token.expose().chars().count();
        printer.result(&format!("iotId     {iot_id}"));
        printer.result(&format!(
            "iotToken  ({length} characters, good for 7 days; not shown)"
        ));
        printer.result(&format!("MQTT      {}:{}", mqtt.host, mqtt.port));
    }
    flush(printer)
}

fn tell_error(printer: &mut Printer, error: &AuthError) -> Result<(), Failure> {
    let reason = error.to_string();
    match error {
        AuthError::Refused { code, .. } => tell(
            printer,
            &Happening::Refused {
                connack: None,
                auth_code: Some(*code),
                reason: &reason,
                explanation: &error.explanation(),
            },
        ),
        _ => {
            let reason = format!("{reason}. {}", error.explanation());
            tell(printer, &Happening::Disconnected { reason: &reason })
        }
    }
}

fn tell(printer: &mut Printer, happening: &Happening<'_>) -> Result<(), Failure> {
    printer.tell(happening);
    flush(printer)
}

/// A reader that has gone wants nothing more; the exit status still tells.
fn flush(printer: &mut Printer) -> Result<(), Failure> {
    printer.flush(Duration::MAX).map(drop)
}
