//! Secrets and passwords: from a file or from the environment, never from the command line.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::Sources;
use crate::exit::Failure;

/// The environment variable that holds the device's secret.
pub(in crate::cli) const SECRET: &str = "TERN_DEVICE_SECRET";
/// The environment variable that holds the password for another broker.
pub(super) const PASSWORD: &str = "TERN_PASSWORD";

impl Sources<'_> {
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
        match (
            &self.options.connection.password_file,
            (self.environment)(PASSWORD),
        ) {
            (Some(path), _) => read_secret(path, "password file").map(Some),
            (None, Some(password)) => utf8(password, PASSWORD).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// Reads a secret from a file and cuts one line end from its end.
pub(in crate::cli) fn read_secret(path: &Path, what: &str) -> Result<Zeroizing<String>, Failure> {
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
