//! Finds a login in a text: JSON, or lines of `name: value`, as tools and firmware logs show it.
//!
//! Names are taken in any spelling (`clientId`, `client_id`, `MQTT Client ID`, `mqttClientId`), values with or
//! without quotes, `:` or `=` between the two.

/// What was found; empty where it was not.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The whole MQTT client id.
    pub client_id: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The device's secret.
    pub secret: Option<String>,
    /// productKey
    pub product_key: Option<String>,
    /// deviceName
    pub device_name: Option<String>,
    /// The product's secret, which is often taken for the device's.
    pub product_secret: Option<String>,
}

/// The longest text that is read, in bytes: a page of a log, not a whole one.
pub const MAX_TEXT: usize = 64 * 1024;

impl Found {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many parts of a login were found.
    #[must_use]
    pub fn count(&self) -> usize {
        let parts = [
            &self.client_id,
            &self.username,
            &self.password,
            &self.secret,
            &self.product_key,
            &self.device_name,
            &self.product_secret,
        ];
        parts.iter().filter(|part| part.is_some()).count()
    }

    /// Where a value of this name belongs.
    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let plain = plain.strip_prefix("mqtt").unwrap_or(&plain);
        Some(match plain {
            "clientid" | "id" => &mut self.client_id,
            "username" | "user" => &mut self.username,
            "password" | "passwd" | "pwd" | "sign" => &mut self.password,
            "devicesecret" | "secret" => &mut self.secret,
            "productkey" | "pk" => &mut self.product_key,
            "devicename" | "dn" => &mut self.device_name,
            "productsecret" => &mut self.product_secret,
            _ => return None,
        })
    }

    fn put(&mut self, name: &str, value: &str) -> bool {
        match self.place(name) {
            // The first one counts: what follows in a log is another attempt.
            Some(place @ None) if !value.is_empty() => {
                *place = Some(value.to_owned());
                true
            }
            Some(_) => true,
            None => false,
        }
    }
}

/// Never prints password or secrets.
impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .finish_non_exhaustive()
    }
}

/// Looks for a login; what is not one of its parts is passed over.
#[must_use]
pub fn find(text: &str) -> Found {
    let mut found = Found::default();
    if text.len() > MAX_TEXT {
        return found;
    }
    match serde_json::from_str(text) {
        Ok(json) => from_json(&json, 0, &mut found),
        Err(_) => text.lines().for_each(|line| from_line(line, &mut found)),
    }
    found
}

/// JSON may hold the login deeper down, such as under `data` or `connectOptions`.
fn from_json(json: &serde_json::Value, depth: usize, found: &mut Found) {
    match json {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                if let Some(text) = value.as_str() {
                    found.put(name, text.trim());
                } else if depth < 8 {
                    from_json(value, depth + 1, found);
                }
            }
        }
        serde_json::Value::Array(list) if depth < 8 => {
            list.iter()
                .for_each(|value| from_json(value, depth + 1, found));
        }
        _ => {}
    }
}

/// A name, a colon or an equals sign, a value; before the name a log may put what it likes.
fn from_line(line: &str, found: &mut Found) {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find([':', '='])) {
        let (before, after) = line.split_at(from + at);
        let separator = if after.starts_with(":=") { 2 } else { 1 };
        let name = last_words(before);
        let value = value_of(after.get(separator..).unwrap_or_default());
        if name.iter().any(|name| found.put(name, value)) {
            return;
        }
        from += at + separator;
    }
}

/// What may be the name at the end of what stands before the sign: the last one, two or three words.
fn last_words(before: &str) -> Vec<String> {
    let is_edge = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
    let words: Vec<_> = before
        .split(is_edge)
        .filter(|word| !word.is_empty())
        .collect();
    let from = |count| Some(words.get(words.len().checked_sub(count)?..)?.concat());
    // The longest first: `MQTT client id` is no `id` of something else.
    (1..=3).rev().filter_map(from).collect()
}

fn value_of(after: &str) -> &str {
    let after = after.trim().trim_end_matches([',', ';']).trim_end();
    for quote in ['"', '\'', '`'] {
        if let Some(inside) = after.strip_prefix(quote) {
            return inside.split(quote).next().unwrap_or_default();
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT_ID: &str = "12345|securemode=3,signmethod=hmacsha1,timestamp=789|";

    fn assert_all(text: &str) {
        let found = find(text);
        assert_eq!(found.client_id.as_deref(), Some(CLIENT_ID), "{text}");
        assert_eq!(found.username.as_deref(), Some("device&pk"), "{text}");
        assert_eq!(found.password.as_deref(), Some("FAFD82A3"), "{text}");
    }

    #[test]
    fn json_is_read_however_deep_and_however_spelled() {
        assert_all(&format!(
            r#"{{"clientId": "{CLIENT_ID}", "username": "device&pk", "password": "FAFD82A3"}}"#
        ));
        assert_all(&format!(
            r#"[{{"data": {{"mqttClientId": "{CLIENT_ID}", "mqttUsername": "device&pk", "mqttPassword": " FAFD82A3 "}}}}]"#
        ));
        let found = find(
            r#"{"ProductKey": "a1", "DeviceName": "d", "DeviceSecret": "s", "ProductSecret": "ps", "port": 1883}"#,
        );
        assert_eq!(found.count(), 4);
        assert_eq!(found.secret.as_deref(), Some("s"));
        assert_eq!(found.product_secret.as_deref(), Some("ps"));
    }

    #[test]
    fn lines_are_read_with_what_a_log_puts_before_them() {
        for text in [
            format!("clientId: {CLIENT_ID}\nusername: device&pk\npassword: FAFD82A3\n"),
            format!(
                "client_id={CLIENT_ID}\r\nuser_name={}\r\npasswd=FAFD82A3",
                "device&pk"
            ),
            format!(
                "  MQTT Client ID : \"{CLIENT_ID}\",\n  User Name: 'device&pk';\n  Password := `FAFD82A3`"
            ),
            format!(
                "[inf] 12:00:01 main: mqttClientId = {CLIENT_ID}\n[inf] 12:00:01 main: mqttUsername = device&pk\n\
                 [inf] 12:00:01 main: mqttPassword = FAFD82A3\n[err] 12:00:02 CONNACK: 4"
            ),
            format!(
                "const char *client_id = \"{CLIENT_ID}\";\nconst char *username = \"device&pk\";\nchar password[] = \"FAFD82A3\";"
            ),
        ] {
            assert_all(&text);
        }
    }

    #[test]
    fn the_first_of_two_logins_counts() {
        let found = find("password: one\npassword: two");
        assert_eq!(found.password.as_deref(), Some("one"));
    }

    #[test]
    fn other_texts_hold_none() {
        for text in [
            "",
            "hello",
            "12345",
            "http://host:80/",
            "{\"a\": 1}",
            "[1]",
            "\u{0}:\u{0}",
            "::::====",
            "名称：值",
        ] {
            assert!(find(text).is_empty(), "{text}: {:?}", find(text));
        }
        let long = format!("password: {}", "x".repeat(MAX_TEXT));
        assert!(find(&long).is_empty());
    }

    #[test]
    fn a_secret_is_not_in_what_a_debugger_prints() {
        let found = find("deviceSecret: hunter2\npassword: hunter3");
        assert_eq!(found.count(), 2);
        let shown = format!("{found:?}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
