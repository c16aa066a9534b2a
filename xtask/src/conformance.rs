//! `cargo xtask conformance`: how Tern stands to each normative statement of MQTT 3.1.1, and which tests show it.

use std::io::{self, Write};

use tern_conformance::Conformance;

use crate::failure::Failure;
use crate::places::Places;

/// Prints the table with the tests' names, or only what has none; fails where something is missing or wrong.
pub(crate) fn conformance(places: &Places, missing: bool) -> Result<(), Failure> {
    let conformance = Conformance::of(&places.root)
        .map_err(Failure::file("read the sources of", &places.root))?;
    let mut text = String::new();
    if !missing {
        text += &format!("{conformance}\n");
    }
    for problem in &conformance.problems {
        text += &format!("{problem}\n");
    }
    text += &conformance.summary();
    print(&text)?;
    match conformance.problems.len() {
        0 => Ok(()),
        count => Err(Failure::Unexpected(format!(
            "the table of statements and the tests do not fit each other: {count} of the lines above say where"
        ))),
    }
}

/// Prints; a reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::file("write", "stdout")(error))
        }
        _ => Ok(()),
    }
}
