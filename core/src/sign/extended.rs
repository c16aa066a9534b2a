//! Reads the client id of a direct connect, in other clients' spelling too.

use crate::identity::{ClientId, IdentityError, quoted};

use super::SignMethod;

/// An MQTT client id taken apart: `clientId|key=value,key=value|`.
///
/// Clients differ: any order, spaces and line ends between the parameters, a comma after the last one,
/// keys unknown here. All of it is read; white space around keys and values is cut. Of a key that comes
/// twice the first counts, and `params` keeps both.
///
/// ```
/// use tern_core::sign::{ExtendedClientId, SignMethod};
/// let read = ExtendedClientId::parse("12345|timestamp=789, _v=sdk-c-3.0.1,\n signmethod=hmacsha1, securemode=3,|")?;
/// assert_eq!(read.client_id.as_str(), "12345");
/// assert_eq!(read.securemode(), Some(3));
/// assert_eq!(read.sign_method(), Some(SignMethod::HmacSha1));
/// assert_eq!(read.timestamp(), Some("789"));
/// assert_eq!(read.param("_v"), Some("sdk-c-3.0.1"));
/// # Ok::<(), tern_core::sign::ClientIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedClientId {
    /// The bare client id: what is signed.
    pub client_id: ClientId,
    /// Every parameter between the bars, in the order sent.
    pub params: Vec<(String, String)>,
    securemode: Option<i8>,
    sign_method: Option<SignMethod>,
}

impl ExtendedClientId {
    /// Takes an MQTT client id apart.
    ///
    /// # Errors
    /// See [`ClientIdError`]; the platform answers all of them with CONNACK 2.
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        let Some((bare, extension)) = text.split_once('|') else {
            return Err(ClientIdError::NoExtension);
        };
        let client_id = ClientId::new(bare)?;
        let start = bare.chars().count() + 1;
        let Some((inside, after)) = extension.split_once('|') else {
            return Err(ClientIdError::NotClosed {
                at: start + extension.chars().count() + 1,
            });
        };
        if !after.trim().is_empty() {
            let at = start + inside.chars().count() + 2;
            return Err(ClientIdError::TextAfterEnd { at });
        }
        let params = read_params(inside, start)?;
        let first = |key| first_of(&params, key);
        Ok(Self {
            securemode: first("securemode").map(read_securemode).transpose()?,
            sign_method: first("signmethod").map(read_method).transpose()?,
            client_id,
            params,
        })
    }

    /// The first value of a parameter.
    pub fn param(&self, key: &str) -> Option<&str> {
        first_of(&self.params, key)
    }

    /// `securemode`, if sent: 2 TLS, 3 TCP (seed); -1 and 0 occur after the HTTPS authentication (platform facts).
    pub fn securemode(&self) -> Option<i8> {
        self.securemode
    }

    /// `signmethod`, if sent.
    pub fn sign_method(&self) -> Option<SignMethod> {
        self.sign_method
    }

    /// `timestamp`, if sent, as it was written: that very text was signed, whatever its unit.
    pub fn timestamp(&self) -> Option<&str> {
        self.param("timestamp")
    }
}

/// A client id that can't be read as `clientId|key=value,…|`. Places count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientIdError {
    /// No bar at all: what a client sends after the HTTPS authentication, or to another broker.
    #[error(
        "client id: it has no extension part; a direct connect sends clientId|securemode=…,signmethod=…|"
    )]
    NoExtension,
    /// The first bar stands, the second is missing.
    #[error(
        "client id: the closing '|' is missing at character {at}: the extension part stands between two bars; add '|' at the end, and see that no tool cuts the client id"
    )]
    NotClosed {
        /// One past the end.
        at: usize,
    },
    /// Something after the second bar.
    #[error(
        "client id: text follows the closing '|' at character {at}: the second bar ends the client id; take it out"
    )]
    TextAfterEnd {
        /// Where it begins.
        at: usize,
    },
    /// The bare client id breaks its rule.
    #[error(transparent)]
    Bare(#[from] IdentityError),
    /// Something between two commas that is no parameter.
    #[error(
        "client id: at character {at} stands {given}, which is not of the form key=value; write key=value, with commas between"
    )]
    NotAPair {
        /// Where it begins.
        at: usize,
        /// What stands there, quoted and shortened.
        given: String,
    },
    /// `securemode` is no whole number from -128 to 127.
    #[error("client id: securemode is {given}, not a number; send 2 over TLS, 3 over TCP")]
    BadSecuremode {
        /// What was sent, quoted and shortened.
        given: String,
    },
    /// `signmethod` is none of the three.
    #[error(
        "client id: signmethod is {given}; send hmacmd5, hmacsha1 or hmacsha256, in lower case"
    )]
    UnknownSignMethod {
        /// What was sent, quoted and shortened.
        given: String,
    },
}

fn first_of<'a>(params: &'a [(String, String)], key: &str) -> Option<&'a str> {
    params
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.as_str())
}

/// Reads what stands between the bars; `start` counts the characters before it.
fn read_params(inside: &str, start: usize) -> Result<Vec<(String, String)>, ClientIdError> {
    let mut params = Vec::new();
    let mut before = start;
    for part in inside.split(',') {
        let trimmed = part.trim();
        if !trimmed.is_empty() {
            let blank = part.chars().take_while(|c| c.is_whitespace()).count();
            let fault = || ClientIdError::NotAPair {
                at: before + blank + 1,
                given: quoted(trimmed),
            };
            let (key, value) = trimmed.split_once('=').ok_or_else(fault)?;
            let (key, value) = (key.trim_end(), value.trim_start());
            if key.is_empty() {
                return Err(fault());
            }
            params.push((key.to_owned(), value.to_owned()));
        }
        before += part.chars().count() + 1;
    }
    Ok(params)
}

fn read_securemode(value: &str) -> Result<i8, ClientIdError> {
    value.parse().map_err(|_| ClientIdError::BadSecuremode {
        given: quoted(value),
    })
}

fn read_method(value: &str) -> Result<SignMethod, ClientIdError> {
    value.parse().map_err(|_| ClientIdError::UnknownSignMethod {
        given: quoted(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ExtendedClientId {
        ExtendedClientId::parse(text).unwrap()
    }

    fn error(text: &str) -> String {
        ExtendedClientId::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_order_is_free() {
        for text in [
            "12345|securemode=3,signmethod=hmacsha1,timestamp=789|",
            "12345|timestamp=789,securemode=3,signmethod=hmacsha1|",
            "12345|signmethod=hmacsha1,timestamp=789,securemode=3|",
        ] {
            let read = read(text);
            assert_eq!(read.client_id.as_str(), "12345");
            assert_eq!(read.securemode(), Some(3));
            assert_eq!(read.sign_method(), Some(SignMethod::HmacSha1));
            assert_eq!(read.timestamp(), Some("789"));
        }
    }

    #[test]
    fn white_space_between_the_parameters_is_cut() {
        let read =
            read("12345|\n  securemode = 2 ,\r\n\tsignmethod=\thmacsha256 , timestamp= 789\n|\n");
        assert_eq!(read.securemode(), Some(2));
        assert_eq!(read.sign_method(), Some(SignMethod::HmacSha256));
        assert_eq!(read.timestamp(), Some("789"));
        assert_eq!(read.params[0], ("securemode".to_owned(), "2".to_owned()));
    }

    #[test]
    fn other_clients_spellings_are_read() {
        // The C SDK's, its trailing comma included.
        let sdk = read(
            "pk.device|securemode=2,timestamp=2524608000000,signmethod=hmacsha1,gw=0,ext=0,partner_id=,_v=sdk-c-3.0.1,|",
        );
        assert_eq!(sdk.client_id.as_str(), "pk.device");
        assert_eq!(sdk.param("_v"), Some("sdk-c-3.0.1"));
        assert_eq!(sdk.param("partner_id"), Some(""));
        assert_eq!(sdk.params.len(), 7);
        // After the HTTPS authentication, and with the timestamp in seconds.
        let after = read("a|securemode=-1,lan=C,_ss=1,timestamp=1700000000|");
        assert_eq!((after.securemode(), after.sign_method()), (Some(-1), None));
        assert_eq!(after.timestamp(), Some("1700000000"));
        // A value may hold further '='.
        assert_eq!(read("a|module_id=x=y|").param("module_id"), Some("x=y"));
    }

    #[test]
    fn what_is_not_sent_is_none() {
        for text in ["a||", "a| |", "a|,|", "a|x=1|"] {
            let read = read(text);
            assert_eq!(
                (read.securemode(), read.sign_method(), read.timestamp()),
                (None, None, None)
            );
        }
    }

    #[test]
    fn the_first_of_two_counts_and_both_are_kept() {
        let read = read("a|timestamp=1,securemode=2,timestamp=2,securemode=3|");
        assert_eq!((read.timestamp(), read.securemode()), (Some("1"), Some(2)));
        assert_eq!(read.params.len(), 4);
    }

    #[test]
    fn keys_are_told_apart_by_case() {
        assert_eq!(read("a|SecureMode=x,TIMESTAMP=1|").timestamp(), None);
    }

    #[test]
    fn a_lost_bar_is_said() {
        let text = error("12345|securemode=3,signmethod=hmacsha1");
        assert!(
            text.starts_with("client id: the closing '|' is missing at character 39:"),
            "{text}"
        );
        assert!(text.contains("no tool cuts the client id"), "{text}");
        assert!(error("温|").contains("character 3"));
        assert_eq!(
            ExtendedClientId::parse("12345"),
            Err(ClientIdError::NoExtension)
        );
        assert_eq!(ExtendedClientId::parse(""), Err(ClientIdError::NoExtension));
        assert!(error("12345").contains("clientId|securemode=…,signmethod=…|"));
    }

    #[test]
    fn text_after_the_closing_bar_is_refused() {
        let text = error("a|securemode=3|x");
        assert!(
            text.starts_with("client id: text follows the closing '|' at character 16:"),
            "{text}"
        );
        assert!(error("a|b=1|c=2|").contains("at character 7"));
    }

    #[test]
    fn the_bare_client_id_keeps_its_own_rule() {
        assert!(error("|securemode=3|").starts_with("clientId is empty"));
        assert!(error(&format!("{}|securemode=3|", "x".repeat(65))).starts_with("clientId has 65"));
        assert!(error("a |securemode=3|").starts_with("clientId: character 2 is a space"));
        assert!(error("a\u{0}|securemode=3|").contains("U+0000"));
    }

    #[test]
    fn what_is_no_pair_is_refused_with_its_place() {
        let text = error("ab|securemode=3, lan|");
        assert!(
            text.starts_with(
                "client id: at character 18 stands \"lan\", which is not of the form key=value"
            ),
            "{text}"
        );
        assert!(error("ab|=3|").contains("at character 4 stands \"=3\""));
        // Full-width punctuation of a Chinese keyboard.
        let text = error("ab|securemode＝3|");
        assert!(text.contains("at character 4"), "{text}");
    }

    #[test]
    fn an_unreadable_securemode_or_signmethod_is_refused() {
        for value in ["", "tls", "3.0", "300", "3;signmethod=hmacsha1"] {
            let text = error(&format!("a|securemode={value}|"));
            assert!(
                text.contains(&format!("securemode is \"{value}\", not a number")),
                "{text}"
            );
        }
        for value in ["", "sha1", "HmacSHA1"] {
            let text = error(&format!("a|signmethod={value}|"));
            assert!(
                text.contains(&format!("signmethod is \"{value}\"; send hmacmd5")),
                "{text}"
            );
        }
    }
}
