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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        ProductKey::new(text).unwrap_err().to_string()
    }

    fn name(text: &str) -> String {
        DeviceName::new(text).unwrap_err().to_string()
    }

    fn id(text: &str) -> String {
        ClientId::new(text).unwrap_err().to_string()
    }

    #[test]
    fn what_real_devices_use_is_taken_as_it_is() {
        assert_eq!(
            ProductKey::new("a1U4pQzrgim").unwrap().as_str(),
            "a1U4pQzrgim"
        );
        assert_eq!(
            DeviceName::new("d_1-A.b:c@d").unwrap().to_string(),
            "d_1-A.b:c@d"
        );
        assert_eq!("00:1A:2b".parse::<ClientId>().unwrap().as_ref(), "00:1A:2b");
    }

    #[test]
    fn one_to_64_characters_fit() {
        for length in [1, 64] {
            let text = "x".repeat(length);
            assert!(ProductKey::new(&text).is_ok() && DeviceName::new(&text).is_ok());
            assert!(ClientId::new(&text).is_ok());
        }
        let text = "x".repeat(65);
        assert!(key(&text).starts_with("productKey has 65 characters, 1 more than the 64 allowed"));
        assert!(name(&text).starts_with("deviceName has 65 characters"));
        assert!(id(&text).starts_with("clientId has 65 characters"));
        assert!(
            key("").starts_with("productKey is empty: it must have 1 to 64 characters; copy it")
        );
        assert!(name("").starts_with("deviceName is empty"));
        assert!(id("").starts_with("clientId is empty"));
    }

    #[test]
    fn a_client_id_counts_characters_not_bytes() {
        let text = "温".repeat(64);
        assert_eq!(ClientId::new(&text).unwrap().as_str().len(), 192);
        assert!(id(&"温".repeat(65)).starts_with("clientId has 65 characters, 1 more"));
    }

    #[test]
    fn a_product_key_has_letters_and_digits_only() {
        for (text, expected) in [
            (
                "a1-x",
                "productKey: character 3 is '-': only ASCII letters and digits",
            ),
            ("a1.x", "productKey: character 3 is '.'"),
            ("a1&x", "productKey: character 3 is '&'"),
            ("|", "productKey: character 1 is '|'"),
            (" a1", "productKey: character 1 is a space"),
            ("a1\n", "productKey: character 3 is a line end"),
            ("a1é", "productKey: character 3 is 'é' (U+00E9)"),
            (
                "a1\u{0}",
                "productKey: character 3 is the control character U+0000",
            ),
            ("a1\u{200b}", "productKey: character 3 is U+200B"),
        ] {
            let error = key(text);
            assert!(error.starts_with(expected), "{error}");
            assert!(error.ends_with("copy it from the product's page in the platform's console"));
        }
    }

    #[test]
    fn a_device_name_has_no_other_marks() {
        for (text, expected) in [
            ("d&pk", "deviceName: character 2 is '&'"),
            ("d|x", "deviceName: character 2 is '|'"),
            ("d x", "deviceName: character 2 is a space"),
            ("d\t", "deviceName: character 2 is a tab"),
            ("d/x", "deviceName: character 2 is '/'"),
            ("d+", "deviceName: character 2 is '+'"),
            ("d#", "deviceName: character 2 is '#'"),
            ("温度", "deviceName: character 1 is '温' (U+6E29)"),
            (
                "d\u{7f}",
                "deviceName: character 2 is the control character U+007F",
            ),
            (
                "d\u{a0}",
                "deviceName: character 2 is the white space U+00A0",
            ),
        ] {
            let error = name(text);
            assert!(error.starts_with(expected), "{error}");
            assert!(error.contains("'&' would divide the user name"), "{error}");
        }
    }

    #[test]
    fn a_client_id_has_no_bar_no_control_character_and_no_white_space_at_its_ends() {
        for (text, expected) in [
            (
                "12345|securemode=3|",
                "clientId: character 6 is '|': '|' starts the extension part",
            ),
            (
                "a\tb",
                "clientId: character 2 is a tab: control characters are not allowed",
            ),
            (
                "a\u{0}",
                "clientId: character 2 is the control character U+0000",
            ),
            ("a\n", "clientId: character 2 is a line end"),
            (
                " a",
                "clientId: character 1 is a space: white space is not allowed at the beginning",
            ),
            (
                "a ",
                "clientId: character 2 is a space: white space is not allowed at the beginning",
            ),
            (
                "a\u{3000}",
                "clientId: character 2 is the white space U+3000",
            ),
            (" ", "clientId: character 1 is a space"),
        ] {
            let error = id(text);
            assert!(error.starts_with(expected), "{error}");
            assert!(
                error.contains("; choose a short mark of this device"),
                "{error}"
            );
        }
        assert!(ClientId::new("a b&c").is_ok());
    }

    #[test]
    fn a_whole_client_id_is_told_by_its_bar_even_when_it_is_too_long() {
        let whole = format!("12345|securemode=3,{}|", "x".repeat(64));
        assert!(id(&whole).starts_with("clientId: character 6 is '|'"));
    }

    #[test]
    fn what_is_deserialised_is_checked_too() {
        assert_eq!(
            serde_json::to_string(&ProductKey::new("pk").unwrap()).unwrap(),
            "\"pk\""
        );
        assert!(serde_json::from_str::<DeviceName>("\"dev1\"").is_ok());
        let error = serde_json::from_str::<DeviceName>("\"dev 1\"")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("deviceName: character 4 is a space"),
            "{error}"
        );
    }
}
