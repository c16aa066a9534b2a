//! A profile: the connection options in a TOML file, under the long options' names.
//!
//! ```toml
//! region = "cn-shanghai"
//! product_key = "a1aq9sQk2JE"
//! device_name = "dev1"
//! secret_file = "dev1.secret"     # beside this file
//! keepalive = 120
//! ```
//!
//! Files that it names are looked for beside it. A secret does not stand in it, but in a file of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;

use super::args::{self, Connection, Options};
use crate::text_line::line_of;

/// Why a profile was not taken. Prints as `profile FILE:LINE: what is wrong; what to do`.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file can't be read.
    #[error("profile {}: it can't be read ({source}): check the path given with --profile", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error("profile {}:{line}: {fault}", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key, the rule, and what to do.
        fault: String,
    },
}

/// Reads a profile.
///
/// # Errors
/// The file can't be read, is no TOML, has an unknown key, or a value that breaks its rule.
pub fn read(path: &Path) -> Result<Options, ProfileError> {
    let text = std::fs::read_to_string(path).map_err(|source| ProfileError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, folder).map_err(|(at, fault)| ProfileError::Bad {
        path: path.to_owned(),
        line: line_of(&text, at),
        fault,
    })
}

/// What is wrong, and the offset in bytes where it stands.
type Fault = (usize, String);

/// The file's own form: every key that it may have.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    url: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    instance: Option<Spanned<String>>,
    transport: Option<Spanned<String>>,
    cafile: Option<PathBuf>,
    product_key: Option<Spanned<String>>,
    device_name: Option<Spanned<String>>,
    secret_file: Option<PathBuf>,
    auth: Option<Spanned<String>>,
    auth_url: Option<Spanned<String>>,
    sign_method: Option<Spanned<String>>,
    timestamp: Option<Spanned<NumberOrText>>,
    client_id: Option<Spanned<String>>,
    keepalive: Option<Spanned<NumberOrText>>,
    keepalive_range: Option<Spanned<String>>,
    clean_session: Option<bool>,
    username: Option<Spanned<String>>,
    password_file: Option<PathBuf>,
    json: bool,
    native: bool,
}

fn parse(text: &str, folder: &Path) -> Result<Options, Fault> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, words(error.message(), text, at))
    })?;
    let beside = |path: Option<PathBuf>| path.map(|path| folder.join(path));
    Ok(Options {
        url: value("url", file.url)?,
        connection: Connection {
            region: value("region", file.region)?,
            instance: value("instance", file.instance)?,
            transport: value("transport", file.transport)?,
            cafile: beside(file.cafile),
            insecure: false,
            auth: value("auth", file.auth)?,
            auth_url: value("auth_url", file.auth_url)?,
            sign_method: value("sign_method", file.sign_method)?,
            username: value("username", file.username)?,
            password_file: beside(file.password_file),
            keepalive: by("keepalive", file.keepalive, args::keep_alive)?,
            keepalive_range: by(
                "keepalive_range",
                file.keepalive_range,
                args::keep_alive_range,
            )?,
            clean_session: file.clean_session,
            profile: None,
            json: file.json,
            native: file.native,
        },
        product_key: value("product_key", file.product_key)?,
        device_name: value("device_name", file.device_name)?,
        secret_file: beside(file.secret_file),
        timestamp: value("timestamp", file.timestamp)?,
        client_id: value("client_id", file.client_id)?,
    })
}

/// Reads a value as the command line does.
fn value<T, S>(key: &str, given: Option<Spanned<S>>) -> Result<Option<T>, Fault>
where
    T: FromStr,
    T::Err: fmt::Display,
    S: AsRef<str>,
{
    by(key, given, T::from_str)
}

fn by<T, S: AsRef<str>, E: fmt::Display>(
    key: &str,
    given: Option<Spanned<S>>,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Fault> {
    let Some(given) = given else {
        return Ok(None);
    };
    let at = given.span().start;
    read(given.get_ref().as_ref())
        .map(Some)
        .map_err(|error| (at, format!("{key}: {error}")))
}

/// A number, or a text that may hold one.
struct NumberOrText(String);

impl AsRef<str> for NumberOrText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for NumberOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = NumberOrText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_i64<E>(self, number: i64) -> Result<NumberOrText, E> {
                Ok(NumberOrText(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<NumberOrText, E> {
                Ok(NumberOrText(number.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<NumberOrText, E> {
                Ok(NumberOrText(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The parser's words, with the key they are about where they don't name it.
fn words(message: &str, text: &str, at: usize) -> String {
    let line = text.get(at..).map_or("", |_| {
        text.lines().nth(line_of(text, at) - 1).unwrap_or("")
    });
    let key = line.split('=').next().unwrap_or_default().trim();
    match key {
        "device_secret" | "secret" | "password" => format!(
            "{key}: a secret does not stand in a profile; put it in a file and name it with {}",
            if key == "password" {
                "password_file"
            } else {
                "secret_file"
            }
        ),
        "insecure" => {
            "insecure: it stands in no profile, where it would be forgotten; type --insecure each \
                       time, or better name the CA's certificate with cafile"
                .to_owned()
        }
        _ if message.starts_with("unknown field") => {
            format!("{message}; write the long options' names with _ for -")
        }
        _ => format!("{key}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{AuthMode, Timestamp};
    use tern_core::identity::{Region, TransportKind};
    use tern_core::sign::SignMethod;

    fn error(text: &str) -> (usize, String) {
        let (at, fault) = parse(text, Path::new("")).unwrap_err();
        (line_of(text, at), fault)
    }

    #[test]
    fn every_long_option_is_a_key() {
        let text = r#"
            url = "wss://localhost:1/x"
            region = "cn-shanghai"
            instance = "iot-1"
            transport = "ws"
            cafile = "/abs/ca.pem"
            product_key = "pk"
            device_name = "dn"
            secret_file = "secret"
            auth = "https"
            auth_url = "https://localhost"
            sign_method = "hmacmd5"
            timestamp = 789
            client_id = "c"
            keepalive = 120
            keepalive_range = "30..1200"
            clean_session = true
            username = "u"
            password_file = "../password"
            json = true
            native = true
        "#;
        let expected = Options {
            url: Some("wss://localhost:1/x".parse().unwrap()),
            connection: Connection {
                region: Some(Region::CnShanghai),
                instance: Some("iot-1".into()),
                transport: Some(TransportKind::Ws),
                cafile: Some("/abs/ca.pem".into()),
                insecure: false,
                auth: Some(AuthMode::Https),
                auth_url: Some("https://localhost".parse().unwrap()),
                sign_method: Some(SignMethod::HmacMd5),
                username: Some("u".into()),
                password_file: Some("/etc/tern/../password".into()),
                keepalive: Some(120),
                keepalive_range: Some(30..=1200),
                clean_session: Some(true),
                profile: None,
                json: true,
                native: true,
            },
            product_key: Some("pk".parse().unwrap()),
            device_name: Some("dn".parse().unwrap()),
            secret_file: Some("/etc/tern/secret".into()),
            timestamp: Some(Timestamp::Ms(789)),
            client_id: Some("c".into()),
        };
        assert_eq!(parse(text, Path::new("/etc/tern")).unwrap(), expected);
        let now = parse("timestamp = \"now\"", Path::new("")).unwrap();
        assert_eq!(now.timestamp, Some(Timestamp::Now));
        assert_eq!(parse("", Path::new("")).unwrap(), Options::default());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let (line, fault) = error("region = \"cn-shanghai\"\n\nproduct-key = \"pk\"\n");
        assert_eq!(line, 3);
        assert!(fault.contains("unknown field `product-key`"), "{fault}");
        assert!(fault.contains("_ for -"), "{fault}");
    }

    #[test]
    fn a_bad_value_is_named_with_its_key_line_and_rule() {
        for (text, at, expected) in [
            (
                "\nregion = \"mars\"",
                2,
                "region: region \"mars\" is unknown",
            ),
            (
                "product_key = \"p k\"",
                1,
                "product_key: productKey: character 2",
            ),
            (
                "keepalive = 70000",
                1,
                "keepalive: a keep alive is a whole number",
            ),
            (
                "keepalive = -1",
                1,
                "keepalive: a keep alive is a whole number",
            ),
            (
                "\n\nkeepalive_range = \"300..60\"",
                3,
                "keepalive_range: it is empty",
            ),
            ("clean_session = \"yes\"", 1, "clean_session: invalid type"),
            ("auth = \"ftp\"", 1, "auth: it must be direct or https"),
            ("url = 5", 1, "url: invalid type"),
            ("url = \"x", 1, "url: invalid"),
            (
                "url = \"mqtt://a\"\nurl = \"mqtt://b\"",
                2,
                "url: duplicate key",
            ),
        ] {
            let (line, fault) = error(text);
            assert_eq!(line, at, "{fault}");
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn a_secret_in_a_profile_is_refused_and_not_repeated() {
        for (key, advice) in [
            ("device_secret", "secret_file"),
            ("password", "password_file"),
        ] {
            let (line, fault) = error(&format!("json = true\n{key} = \"hunter2\""));
            assert_eq!(line, 2);
            assert!(fault.contains(advice), "{fault}");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn a_profile_that_is_not_there_is_named() {
        let error = read(Path::new("no-such-profile.toml"))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("profile no-such-profile.toml: it can't be read"),
            "{error}"
        );
    }
}
