//! `tern fleet devices`: a pattern as a devices file.

use std::io::{self, BufWriter, Write};

use super::logins::{read_devices, triple};
use super::options::DevicesArgs;
use crate::cli::args::Options;
use crate::cli::output::{is_reader_gone, unwritable};
use crate::exit::{Exit, Failure};

/// Prints the devices.
///
/// # Errors
/// The options are wrong; stdout can't be written.
pub(super) fn print(args: &DevicesArgs) -> Result<Exit, Failure> {
    let options = Options {
        secret_file: args.which.secret_file.clone(),
        ..Options::default()
    };
    let devices = read_devices(&args.which, None, options, &|name| std::env::var_os(name))?;
    let mut out = BufWriter::new(io::stdout().lock());
    for number in 1..=devices.count() {
        let Some(triple) = triple(&devices, number)? else {
            continue;
        };
        // A secret is visible ASCII; in a TOML string only these two need a mark before them.
        let secret = String::from_utf8_lossy(triple.device_secret.expose())
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let written = writeln!(
            out,
            "[[device]]\nproduct_key = \"{}\"\ndevice_name = \"{}\"\ndevice_secret = \"{secret}\"\n",
            triple.product_key, triple.device_name
        );
        if let Err(error) = written {
            return ended(&error);
        }
    }
    match out.flush() {
        Ok(()) => Ok(Exit::Done),
        Err(error) => ended(&error),
    }
}

fn ended(error: &io::Error) -> Result<Exit, Failure> {
    if is_reader_gone(error) {
        return Ok(Exit::Done);
    }
    Err(unwritable(error))
}
