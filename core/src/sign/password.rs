//! A text that lets somebody in: an MQTT password, a signature, a token.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A password, a signature or a token.
///
/// `Debug` prints `Password(…)`, there is no `Display` and no serialised form, comparing takes the same
/// time wherever two differ, and the memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text over without a copy.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for sending. Don't print it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.expose()
            .as_bytes()
            .ct_eq(other.expose().as_bytes())
            .into()
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_prints() {
        let password = Password::from("hunter2");
        assert_eq!(
            format!("{password:?} {password:#?}"),
            "Password(…) Password(…)"
        );
        assert_eq!(password.expose(), "hunter2");
    }

    #[test]
    fn passwords_compare_by_what_they_hold() {
        let password = Password::new("hunter2".to_owned());
        assert_eq!(password, password.clone());
        assert_ne!(password, Password::from("hunter3"));
        assert_ne!(password, Password::from("hunter"));
    }
}
