//! The answer: an iotId, an iotToken, and where to connect.

use std::fmt;

use serde_json::{Map, Value};

use crate::identity::{Field, host::check_host, quoted};
use crate::sign::Password;

use super::{AuthError, Code};

/// The longest answer that is read, in bytes. A host stops reading there and reports
/// [`AuthError::too_large`]; [`read`] refuses more as well.
pub const MAX_ANSWER: usize = 64 * 1024;
/// The longest iotId, in bytes (platform facts).
pub const MAX_IOT_ID: usize = 256;
/// The longest iotToken, in bytes (platform facts).
pub const MAX_IOT_TOKEN: usize = 512;
/// How much of a refusal's message is kept, in characters.
const MAX_MESSAGE: usize = 200;

/// What came back over HTTP. `Debug` hides the body, which may hold a token.
#[derive(Clone, Copy)]
pub struct HttpAnswer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: &'a [u8],
}

impl fmt::Debug for HttpAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAnswer")
            .field("status", &self.status)
            .field("body", &format_args!("({} bytes)", self.body.len()))
            .finish()
    }
}

/// What a device may log in with for 7 days (seed: iotToken有效期为7天).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The CONNECT's user name: 1 to 256 bytes.
    pub iot_id: String,
    /// The CONNECT's password: 1 to 512 bytes.
    pub iot_token: Password,
    /// Where to connect, over TLS.
    pub mqtt: MqttAddress,
}

/// The MQTT server that the answer names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MqttAddress {
    /// A checked host name or IP address; an IPv6 address without brackets.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
}

/// Reads an answer.
///
/// All of iotId, iotToken, the MQTT host and its port must be there: the vendor's own SDK fails without
/// any of them (platform facts).
///
/// # Errors
/// A refusal of the platform's comes as [`AuthError::Refused`] whatever the HTTP status is. For the others
/// see [`AuthError`]. Bytes of any kind and any number do no harm.
pub fn read(answer: HttpAnswer<'_>) -> Result<Grant, AuthError> {
    let HttpAnswer { status, body } = answer;
    if body.len() > MAX_ANSWER {
        return Err(AuthError::too_large(body.len()));
    }
    if status != 200 {
        return Err(refusal_in(body).unwrap_or(AuthError::Http { status }));
    }
    let mut top = read_object(body)?;
    let code = read_code(&top)?;
    if code != Code::Success.number() {
        return Err(refused(code, &top));
    }
    let mut data = take_object(&mut top, "data", "data")?;
    // The token goes into its wiped box first, whatever is wrong with the other fields.
    let iot_token = take_text(&mut data, "iotToken", "data.iotToken").map(Password::new);
    let mut resources = take_object(&mut data, "resources", "data.resources")?;
    let mut mqtt = take_object(&mut resources, "mqtt", "data.resources.mqtt")?;
    let iot_id = take_text(&mut data, "iotId", "data.iotId")?;
    check_id(
        &iot_id,
        "data.iotId",
        "a text of 1 to 256 bytes",
        MAX_IOT_ID,
    )?;
    let iot_token = iot_token?;
    let rule = "a text of 1 to 512 bytes";
    check_id(iot_token.expose(), "data.iotToken", rule, MAX_IOT_TOKEN)?;
    Ok(Grant {
        iot_id,
        iot_token,
        mqtt: MqttAddress {
            host: take_host(&mut mqtt)?,
            port: read_port(&mqtt)?,
        },
    })
}

/// A refusal of the platform's that came under another HTTP status.
fn refusal_in(body: &[u8]) -> Option<AuthError> {
    let top = read_object(body).ok()?;
    let code = read_code(&top).ok()?;
    (code != Code::Success.number()).then(|| refused(code, &top))
}

fn refused(code: u32, top: &Map<String, Value>) -> AuthError {
    let message = top
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let kept = message
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_MESSAGE);
    AuthError::Refused {
        code,
        message: kept.collect(),
    }
}

fn read_object(body: &[u8]) -> Result<Map<String, Value>, AuthError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(top)) => Ok(top),
        Ok(other) => Err(bad("the body", &other, "a JSON object")),
        Err(error) => Err(AuthError::NotJson {
            bytes: body.len(),
            line: error.line(),
            column: error.column(),
            html: body.trim_ascii_start().starts_with(b"<"),
        }),
    }
}

fn read_code(top: &Map<String, Value>) -> Result<u32, AuthError> {
    let field = "code";
    let value = top.get(field).ok_or(AuthError::MissingField { field })?;
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| bad_number(field, value, "a whole number from 0 to 4294967295"))
}

fn take_object(
    from: &mut Map<String, Value>,
    key: &str,
    field: &'static str,
) -> Result<Map<String, Value>, AuthError> {
    match from.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(bad(field, &other, "a JSON object")),
        None => Err(AuthError::MissingField { field }),
    }
}

fn take_text(
    from: &mut Map<String, Value>,
    key: &str,
    field: &'static str,
) -> Result<String, AuthError> {
    match from.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(bad(field, &other, "a text")),
        None => Err(AuthError::MissingField { field }),
    }
}

fn check_id(
    text: &str,
    field: &'static str,
    rule: &'static str,
    max: usize,
) -> Result<(), AuthError> {
    if text.is_empty() || text.len() > max {
        let found = format!("{} bytes long", text.len());
        return Err(AuthError::BadField { field, found, rule });
    }
    match text.chars().zip(1..).find(|(c, _)| c.is_control()) {
        None => Ok(()),
        Some((_, at)) => Err(AuthError::BadField {
            field,
            found: format!("a text with a control character (character {at})"),
            rule: "a text without control characters",
        }),
    }
}

fn take_host(mqtt: &mut Map<String, Value>) -> Result<String, AuthError> {
    let field = "data.resources.mqtt.host";
    let text = take_text(mqtt, "host", field)?;
    check_host(&text, Field::Host).map_err(|_| AuthError::BadField {
        field,
        found: quoted(&text),
        rule: "a host name or an IP address",
    })
}

fn read_port(mqtt: &Map<String, Value>) -> Result<u16, AuthError> {
    let field = "data.resources.mqtt.port";
    let value = mqtt.get("port").ok_or(AuthError::MissingField { field })?;
    let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
    port.filter(|port| *port != 0)
        .ok_or_else(|| bad_number(field, value, "a whole number from 1 to 65535"))
}

/// Says what kind of value stands there, never which: it may be the token.
fn bad(field: &'static str, value: &Value, rule: &'static str) -> AuthError {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    AuthError::BadField {
        field,
        found: found.to_owned(),
        rule,
    }
}

/// The same for a field that is no secret: a wrong number is shown.
fn bad_number(field: &'static str, value: &Value, rule: &'static str) -> AuthError {
    match value {
        Value::Number(number) => AuthError::BadField {
            field,
            found: format!("the number {number}"),
            rule,
        },
        other => bad(field, other, rule),
    }
}
