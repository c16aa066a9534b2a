//! A login as other tools and logs show it: JSON, or a `name=value` a line.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::exit::Failure;

/// More than a login can have: three fields of an MQTT packet.
const MAX: u64 = 256 * 1024;

/// The three parts, as far as they were found.
#[derive(Default)]
pub(super) struct Login {
    pub(super) client_id: Option<String>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Zeroizing<String>>,
}

/// Reads a file, or stdin for `-`.
pub(super) fn read(path: &Path) -> Result<Login, Failure> {
    let shown = path.display();
    let mut text = Zeroizing::new(String::new());
    let read = match path.to_str() {
        Some("-") => io::stdin().take(MAX).read_to_string(&mut text),
        _ => File::open(path).and_then(|file| file.take(MAX).read_to_string(&mut text)),
    };
    read.map_err(|error| {
        Failure::data(format!(
            "login file {shown}: it can't be read ({error}); check the path"
        ))
    })?;
    parse(&text).map_err(|fault| Failure::data(format!("login file {shown}: {fault}")))
}

/// A value that is no text is no part of a login, and is passed over.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Other(serde::de::IgnoredAny),
}

fn parse(text: &str) -> Result<Login, String> {
    let mut login = Login::default();
    if text.trim_start().starts_with('{') {
        let fields: std::collections::BTreeMap<String, Value> = serde_json::from_str(text)
            .map_err(|error| {
                // What the parser says may quote the text, and with it the password.
                let (line, column) = (error.line(), error.column());
                format!("it is no JSON object: line {line}, column {column}")
            })?;
        for (name, value) in fields {
            match value {
                Value::Text(value) => login.put(&name, &value),
                Value::Other(_) => {}
            }
        }
    } else {
        let pairs = text.lines().filter_map(|line| line.split_once(['=', ':']));
        pairs.for_each(|(name, value)| login.put(name, unquoted(value)));
    }
    if login.client_id.is_none() && login.username.is_none() && login.password.is_none() {
        return Err(
            "it holds no login: write JSON, or a line each for client_id=…, username=…, password=…"
                .to_owned(),
        );
    }
    Ok(login)
}

impl Login {
    fn put(&mut self, name: &str, value: &str) {
        let name: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        match name.strip_prefix("mqtt").unwrap_or(&name) {
            "clientid" => self.client_id = Some(value.to_owned()),
            "username" | "user" => self.username = Some(value.to_owned()),
            "password" | "passwd" => self.password = Some(Zeroizing::new(value.to_owned())),
            _ => {}
        }
    }
}

/// A value without the spaces, the comma and the quotes that code has around it.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = value.trim_end_matches([',', ';']);
    for quote in ['"', '\''] {
        let within = inner
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(within) = within {
            return within;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> [Option<String>; 3] {
        let login = parse(text).unwrap();
        let password = login.password.map(|password| password.to_string());
        [login.client_id, login.username, password]
    }

    #[test]
    fn a_login_is_read_from_json_and_from_lines() {
        let expected = [
            "12345|securemode=3,signmethod=hmacsha1|",
            "device&pk",
            "FAFD",
        ]
        .map(|part| Some(part.to_owned()));
        for text in [
            r#"{"client_id":"12345|securemode=3,signmethod=hmacsha1|","username":"device&pk","password":"FAFD","steps":[1]}"#,
            r#"{"clientId":"12345|securemode=3,signmethod=hmacsha1|","mqttUsername":"device&pk","passwd":"FAFD"}"#,
            "client_id=12345|securemode=3,signmethod=hmacsha1|\nusername=device&pk\npassword=FAFD\n",
            "mqttClientId = \"12345|securemode=3,signmethod=hmacsha1|\";\r\nmqttUsername: 'device&pk',\r\nsomething else\r\nPassword=FAFD\r\n",
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
        assert_eq!(parts("username=a")[1].as_deref(), Some("a"));
    }

    #[test]
    fn what_is_no_login_is_refused_and_not_repeated() {
        for text in [
            "",
            "hunter2",
            "{\"hunter2\"",
            "{\"password\": 5}",
            "hunter2=3",
        ] {
            let fault = parse(text).err().unwrap();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
