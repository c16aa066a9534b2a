//! `tern sign`: what a direct connect sends, what was signed for it, and how it came about.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use tern_core::sign::{DirectLogin, SignMethod, Step, direct, steps};

use super::args::{AuthMode, Options};
use super::login::{Signing, Sources};
use super::printer::Printer;
use crate::exit::{Exit, Failure};

/// The options of `tern sign`.
#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
}

/// Signs, and prints how.
///
/// # Errors
/// The triple is not complete, or breaks a rule; stdout can't be written.
pub fn run(sources: &Sources<'_>, printer: &mut Printer) -> Result<Exit, Failure> {
    if sources.options().connection.auth == Some(AuthMode::Https) {
        return Err(Failure::usage(
            "tern sign shows the direct connect's signature; for the HTTPS authentication use tern auth",
        ));
    }
    let securemode = sources.transport()?.securemode();
    let Signing {
        triple,
        client_id,
        method,
        timestamp,
    } = sources.signing()?;
    let login = direct(&triple, &client_id, method, securemode, timestamp);
    let steps = steps(&triple, &client_id, method, securemode, timestamp);
    let text = if printer.is_json() {
        as_json(&login, method, &steps)?
    } else {
        for_people(&login, &steps)
    };
    printer.result(text.trim_end());
    printer.flush(Duration::MAX)?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Signed<'a> {
    client_id: &'a str,
    username: &'a str,
    password: &'a str,
    content: &'a str,
    method: &'a str,
    steps: Vec<SignedStep<'a>>,
}

#[derive(Serialize)]
struct SignedStep<'a> {
    name: &'a str,
    value: &'a str,
    why: &'a str,
}

fn as_json(login: &DirectLogin, method: SignMethod, steps: &[Step]) -> Result<String, Failure> {
    let signed = Signed {
        client_id: &login.client_id,
        username: &login.username,
        password: login.password.expose(),
        content: &login.content,
        method: method.name(),
        steps: steps
            .iter()
            .map(|step| SignedStep {
                name: step.name,
                value: step.value.expose(),
                why: step.why,
            })
            .collect(),
    };
    serde_json::to_string(&signed).map_err(|error| Failure::new(Exit::Fault, error.to_string()))
}

fn for_people(login: &DirectLogin, steps: &[Step]) -> String {
    let mut text = String::from("How it comes about\n");
    for (step, number) in steps.iter().zip(1..) {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "\n{number}. {}: {}", step.name, step.why);
        for line in step.value.expose().lines() {
            let _ = writeln!(text, "     {line}");
        }
    }
    let _ = write!(
        text,
        "\nThe CONNECT packet\n\n  client id  {}\n  user name  {}\n  password   {}\n",
        login.client_id,
        login.username,
        login.password.expose()
    );
    text
}
