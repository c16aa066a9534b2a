//! The product key, the device name and the client id: checked texts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{Field, IdentityError, in_words};

/// The longest product key, device name and client id, in characters (seed: clientId 64字符内).
pub(crate) const MAX_CHARACTERS: usize = 64;

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and keeps it as it is: nothing is trimmed or folded.
            ///
            /// # Errors
            /// The rule that the text breaks, and where.
            pub fn new(text: &str) -> Result<Self, IdentityError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentityError;

            fn from_str(text: &str) -> Result<Self, IdentityError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentityError;

            fn try_from(text: String) -> Result<Self, IdentityError> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text! {
    /// A product's key: 1 to 64 ASCII letters and digits.
    ///
    /// It becomes the first label of the platform's host name, which is why nothing else is allowed.
    /// Upper and lower case differ when signing. Real keys have 11 characters.
    ProductKey, check_product_key
}

checked_text! {
    /// A device's name within its product: 1 to 64 of ASCII letters, digits and `-` `_` `.` `:` `@`.
    ///
    /// The platform's console asks for 4 to 32 characters; shorter and longer ones are left to it to refuse.
    DeviceName, check_device_name
}

checked_text! {
    /// The client's own mark (`clientId`), the part of the MQTT client id that is signed: 1 to 64
    /// *characters* (seed: 64字符内), of any script.
    ///
    /// No `|`, which starts the extension part; no control character; no white space at either end,
    /// which is a slip of copying and would silently change the signature.
    ClientId, check_client_id
}

fn check_product_key(text: &str) -> Result<(), IdentityError> {
    let rule = "only ASCII letters and digits are allowed, since the key is part of a host name";
    check_length(Field::ProductKey, text)?;
    check_each(Field::ProductKey, text, rule, |c| c.is_ascii_alphanumeric())
}

fn check_device_name(text: &str) -> Result<(), IdentityError> {
    let rule =
        "only ASCII letters, digits and - _ . : @ are allowed ('&' would divide the user name)";
    check_length(Field::DeviceName, text)?;
    check_each(Field::DeviceName, text, rule, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '@')
    })
}

fn check_client_id(text: &str) -> Result<(), IdentityError> {
    let field = Field::ClientId;
    // What stands in it is checked first: a whole `id|securemode=…|` given as the client id is often
    // over 64 characters as well, and the bar is the better hint.
    check_each(
        field,
        text,
        "'|' starts the extension part, which is added when signing",
        |c| c != '|',
    )?;
    check_length(field, text)?;
    check_each(field, text, "control characters are not allowed", |c| {
        !c.is_control()
    })?;
    let last = text.chars().count();
    for (at, c) in [(1, text.chars().next()), (last, text.chars().next_back())] {
        if let Some(c) = c.filter(|c| c.is_whitespace()) {
            return Err(IdentityError::BadCharacter {
                field,
                at,
                found: in_words(c),
                rule: "white space is not allowed at the beginning or the end",
            });
        }
    }
    Ok(())
}

pub(crate) fn check_length(field: Field, text: &str) -> Result<(), IdentityError> {
    let max = MAX_CHARACTERS;
    match text.chars().count() {
        0 => Err(IdentityError::Empty { field, max }),
        length if length > max => Err(IdentityError::TooLong { field, length, max }),
        _ => Ok(()),
    }
}

fn check_each(
    field: Field,
    text: &str,
    rule: &'static str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), IdentityError> {
    match text.chars().zip(1..).find(|(c, _)| !allowed(*c)) {
        None => Ok(()),
        Some((c, at)) => Err(IdentityError::BadCharacter {
            field,
            at,
            found: in_words(c),
            rule,
        }),
    }
}
