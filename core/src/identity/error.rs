//! One error for everything that names a device or a place to connect to.

use std::fmt;

/// Which field an [`IdentityError`] is about. Prints as the platform spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `productKey`
    ProductKey,
    /// `deviceName`
    DeviceName,
    /// `deviceSecret`
    DeviceSecret,
    /// `clientId`, the part before the first `|`
    ClientId,
    /// The region's name
    Region,
    /// The transport's name
    Transport,
    /// The instance id
    Instance,
    /// A host name or address
    Host,
    /// A port
    Port,
    /// The URL of a broker
    Url,
    /// The URL of the HTTPS authentication
    AuthUrl,
}

impl Field {
    /// The field's name: `productKey`, `deviceName`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::ProductKey => "productKey",
            Self::DeviceName => "deviceName",
            Self::DeviceSecret => "deviceSecret",
            Self::ClientId => "clientId",
            Self::Region => "region",
            Self::Transport => "transport",
            Self::Instance => "instance id",
            Self::Host => "host",
            Self::Port => "port",
            Self::Url => "URL",
            Self::AuthUrl => "authentication URL",
        }
    }

    /// Where a right value comes from.
    pub fn advice(self) -> &'static str {
        match self {
            Self::ProductKey => "copy it from the product's page in the platform's console",
            Self::DeviceName => "copy it from the device's page in the platform's console",
            Self::DeviceSecret => {
                "copy the device's own secret (not the product's) from its page in the platform's \
                 console, without quotes or line ends"
            }
            Self::ClientId => {
                "choose a short mark of this device, such as its MAC address or serial number; \
                 the part between bars is added when signing"
            }
            Self::Region => "give the region where the product was made",
            Self::Transport => "give one of tcp, tls, ws, wss",
            Self::Instance => "copy it from the instance's page in the platform's console",
            Self::Host => "give a host name such as broker.example.com, or an IP address",
            Self::Port => "give a number from 1 to 65535, or leave it out for the default",
            Self::Url => "write it as mqtt://HOST[:PORT], mqtts://…, ws://…/PATH or wss://…/PATH",
            Self::AuthUrl => "write it as https://HOST[:PORT]/auth/devicename",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that can't be a part of a device's identity or an endpoint.
///
/// The text of an error names the field, the place, the rule, and what to do. It never holds a secret:
/// of a `deviceSecret` it says where the fault is and of what kind, not what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Nothing was given.
    #[error("{field} is empty: it must have 1 to {max} characters; {}", field.advice())]
    Empty {
        /// The field.
        field: Field,
        /// The longest that is allowed, in characters.
        max: usize,
    },
    /// More characters than the rule allows.
    #[error(
        "{field} has {length} characters, {} more than the {max} allowed; {}",
        length - max,
        field.advice()
    )]
    TooLong {
        /// The field.
        field: Field,
        /// What was given, in characters (not bytes).
        length: usize,
        /// The longest that is allowed, in characters.
        max: usize,
    },
    /// A character that the field can't have.
    #[error("{field}: character {at} is {found}: {rule}; {}", field.advice())]
    BadCharacter {
        /// The field.
        field: Field,
        /// The character's place, counted in characters from 1.
        at: usize,
        /// The character in words; only its kind, where the field is a secret.
        found: String,
        /// What is allowed.
        rule: &'static str,
    },
    /// A name that is not in the list.
    #[error("{field} {given} is unknown: it must be one of {known}; {}", field.advice())]
    Unknown {
        /// The field.
        field: Field,
        /// What was given, quoted and shortened.
        given: String,
        /// The names that are known.
        known: &'static str,
    },
    /// A port that is no number from 1 to 65535.
    #[error("port {given} is not a whole number from 1 to 65535; {}", Field::Port.advice())]
    BadPort {
        /// What was given, quoted and shortened.
        given: String,
    },
    /// A text whose parts do not fit together.
    #[error("{field}: at character {at}: {rule}; {}", field.advice())]
    BadForm {
        /// The field.
        field: Field,
        /// Where the fault is, counted in characters from 1; one past the end where something is missing.
        at: usize,
        /// The rule that is broken.
        rule: &'static str,
    },
}

impl IdentityError {
    /// The field that the error is about.
    pub fn field(&self) -> Field {
        match self {
            Self::Empty { field, .. }
            | Self::TooLong { field, .. }
            | Self::BadCharacter { field, .. }
            | Self::Unknown { field, .. }
            | Self::BadForm { field, .. } => *field,
            Self::BadPort { .. } => Field::Port,
        }
    }
}

/// Names a character so that a person can find it, invisible ones too.
pub(crate) fn in_words(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '\t' => "a tab".into(),
        '\n' | '\r' => "a line end".into(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c if c.is_whitespace() => format!("the white space U+{:04X}", u32::from(c)),
        c if c.is_ascii() => format!("'{c}'"),
        c if c.is_alphanumeric() => format!("'{c}' (U+{:04X})", u32::from(c)),
        c => format!("U+{:04X}", u32::from(c)),
    }
}

/// Quotes what was given: escaped, and cut after 40 characters.
pub(crate) fn quoted(given: &str) -> String {
    const SHOWN: usize = 40;
    let head: String = given.chars().take(SHOWN).collect();
    let more = if given.chars().nth(SHOWN).is_some() {
        "…"
    } else {
        ""
    };
    format!("\"{}{more}\"", head.escape_debug())
}
