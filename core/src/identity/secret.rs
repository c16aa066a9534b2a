//! The device's secret: used for signing, never shown.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::{Field, IdentityError};
use super::names::check_length;

/// A device's secret, the key of its signatures: 1 to 64 visible ASCII characters.
///
/// `Debug` prints `DeviceSecret(…)`, there is no `Display` and no serialised form, comparing takes the
/// same time wherever two secrets differ, and the memory is overwritten when it is dropped.
///
/// ```
/// use tern_core::identity::DeviceSecret;
/// let secret = DeviceSecret::new("secret")?;
/// assert_eq!(format!("{secret:?}"), "DeviceSecret(…)");
/// assert_eq!(secret.expose(), b"secret");
/// # Ok::<(), tern_core::identity::IdentityError>(())
/// ```
#[derive(Clone)]
pub struct DeviceSecret(Zeroizing<String>);

impl DeviceSecret {
    /// Checks the text and keeps a copy. Wiping the text given is the caller's part.
    ///
    /// # Errors
    /// Empty, over 64 characters, or a character that is not visible ASCII; the error tells the place
    /// and the kind of the fault, never what the secret holds.
    pub fn new(text: &str) -> Result<Self, IdentityError> {
        let field = Field::DeviceSecret;
        check_length(field, text)?;
        match text.chars().zip(1..).find(|(c, _)| !c.is_ascii_graphic()) {
            None => Ok(Self(Zeroizing::new(text.to_owned()))),
            Some((c, at)) => Err(IdentityError::BadCharacter {
                field,
                at,
                found: kind(c).to_owned(),
                rule: "only visible ASCII characters are allowed, no white space",
            }),
        }
    }

    /// The secret's bytes, for signing. Don't print them.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl FromStr for DeviceSecret {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        Self::new(text)
    }
}

impl PartialEq for DeviceSecret {
    fn eq(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl Eq for DeviceSecret {}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret(…)")
    }
}

/// The kind of a character that is not visible ASCII, without saying which one it is.
fn kind(c: char) -> &'static str {
    match c {
        ' ' => "a space",
        '\t' => "a tab",
        '\n' | '\r' => "a line end",
        c if c.is_control() => "a control character",
        _ => "not an ASCII character",
    }
}
