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

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = DeviceSecret::new(text).unwrap_err();
        format!("{error} {error:?}")
    }

    #[test]
    fn a_secret_is_1_to_64_visible_ascii_characters() {
        assert_eq!(DeviceSecret::new("!~").unwrap().expose(), b"!~");
        assert!("x".repeat(64).parse::<DeviceSecret>().is_ok());
        assert!(error("").starts_with("deviceSecret is empty"));
        assert!(error(&"x".repeat(65)).starts_with("deviceSecret has 65 characters, 1 more"));
    }

    #[test]
    fn an_error_tells_the_place_and_the_kind_and_shows_nothing() {
        for (text, expected) in [
            ("hunter2 ", "deviceSecret: character 8 is a space"),
            ("hunter2\n", "deviceSecret: character 8 is a line end"),
            ("\thunter2", "deviceSecret: character 1 is a tab"),
            (
                "hunter2\u{1}",
                "deviceSecret: character 8 is a control character",
            ),
            (
                "hunter2é",
                "deviceSecret: character 8 is not an ASCII character",
            ),
        ] {
            let error = error(text);
            assert!(error.starts_with(expected), "{error}");
            assert!(error.contains("not the product's"), "{error}");
            assert!(!error.contains("hunter") && !error.contains('é'), "{error}");
        }
        assert!(!error(&"hunter2".repeat(10)).contains("hunter"));
    }

    #[test]
    fn secrets_compare_by_what_they_hold_and_print_nothing() {
        let secret = DeviceSecret::new("hunter2").unwrap();
        assert_eq!(secret, secret.clone());
        assert_ne!(secret, DeviceSecret::new("hunter3").unwrap());
        assert_ne!(secret, DeviceSecret::new("hunter").unwrap());
        assert_eq!(
            format!("{secret:?} {secret:#?}"),
            "DeviceSecret(…) DeviceSecret(…)"
        );
    }
}
