//! The devices that are known here: listed, registered, disabled and removed while the stand-in runs. What
//! is changed here lasts as long as the program: the devices file is not written.
//!
//! Bodies are read value by value rather than through derived code, so that no error repeats what stands in a
//! secret's place.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use tern_core::identity::Triple;
use tern_platform::{Device, DeviceAddress, DeviceView, PushError};

use super::{Control, failure};

/// The product key and the device name in a path.
type Names = Path<(String, String)>;

/// A status and what is wrong.
type Fault = (StatusCode, String);

/// `GET /api/devices`
pub(super) async fn list(State(control): State<Control>) -> Json<Vec<DeviceView>> {
    Json(control.hub.with(|platform, _| platform.devices().collect()))
}

/// `GET /api/devices/{productKey}/{deviceName}`
pub(super) async fn one(State(control): State<Control>, Path(names): Names) -> Response {
    answer(StatusCode::OK, || {
        let address = address(&names)?;
        let found = control.hub.with(|platform, _| platform.device(&address));
        found.ok_or_else(|| unknown(&address))
    })
}

/// `POST /api/devices`
pub(super) async fn register(State(control): State<Control>, body: Bytes) -> Response {
    answer(StatusCode::CREATED, || {
        let device = read_device(&body)?;
        let address = DeviceAddress {
            product_key: device.triple.product_key.clone(),
            device_name: device.triple.device_name.clone(),
        };
        control.hub.with(|platform, _| {
            if platform.device(&address).is_some() {
                let text = format!("device {address} is registered already: DELETE it first");
                return Err((StatusCode::CONFLICT, text));
            }
            platform.register(device);
            platform.device(&address).ok_or_else(|| unknown(&address))
        })
    })
}

/// `PATCH /api/devices/{productKey}/{deviceName}`
pub(super) async fn change(
    State(control): State<Control>,
    Path(names): Names,
    body: Bytes,
) -> Response {
    answer(StatusCode::OK, || {
        let address = address(&names)?;
        let mut fields = read_object(&body, &["disabled"], r#"{"disabled": true}"#)?;
        let disabled = take_bool(&mut fields, "disabled")?
            .ok_or_else(|| bad("disabled: missing; true or false is expected".to_owned()))?;
        control.hub.with(|platform, now| {
            platform.set_disabled(now, &address, disabled);
            platform.device(&address).ok_or_else(|| unknown(&address))
        })
    })
}

/// `DELETE /api/devices/{productKey}/{deviceName}`
pub(super) async fn remove(State(control): State<Control>, Path(names): Names) -> Response {
    let removed = address(&names).and_then(|address| {
        let known = control
            .hub
            .with(|platform, now| platform.remove_device(now, &address));
        known.then_some(()).ok_or_else(|| unknown(&address))
    });
    match removed {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err((status, error)) => failure(status, error),
    }
}

fn answer(status: StatusCode, device: impl FnOnce() -> Result<DeviceView, Fault>) -> Response {
    match device() {
        Ok(device) => (status, Json(device)).into_response(),
        Err((status, error)) => failure(status, error),
    }
}

fn address((product_key, device_name): &(String, String)) -> Result<DeviceAddress, Fault> {
    DeviceAddress::new(product_key, device_name).map_err(|error| bad(error.to_string()))
}

fn unknown(address: &DeviceAddress) -> Fault {
    let text = PushError::NoDevice(address.clone()).to_string();
    (StatusCode::NOT_FOUND, text)
}

const fn bad(text: String) -> Fault {
    (StatusCode::BAD_REQUEST, text)
}

fn read_device(body: &[u8]) -> Result<Device, Fault> {
    const KEYS: [&str; 4] = ["product_key", "device_name", "device_secret", "disabled"];
    const EXAMPLE: &str = r#"{"product_key": "…", "device_name": "…", "device_secret": "…"}"#;
    let mut fields = read_object(body, &KEYS, EXAMPLE)?;
    let mut text = |key| take_text(&mut fields, key);
    let (key, name, secret) = (
        text("product_key")?,
        text("device_name")?,
        text("device_secret")?,
    );
    let triple = Triple::new(&key, &name, &secret).map_err(|error| bad(error.to_string()))?;
    let disabled = take_bool(&mut fields, "disabled")?.unwrap_or(false);
    Ok(Device { triple, disabled })
}

fn read_object(body: &[u8], keys: &[&str], example: &str) -> Result<Map<String, Value>, Fault> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err(bad(format!(
            "device: a JSON object such as {example} is expected"
        )));
    };
    match fields.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(unknown) => Err(bad(format!(
            "{unknown:?}: unknown field; there are {}",
            keys.join(", ")
        ))),
        None => Ok(fields),
    }
}

fn take_text(fields: &mut Map<String, Value>, key: &str) -> Result<String, Fault> {
    match fields.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(bad(format!("{key}: it must be a text"))),
        None => Err(bad(format!(
            "{key}: missing; a device needs product_key, device_name and device_secret"
        ))),
    }
}

fn take_bool(fields: &mut Map<String, Value>, key: &str) -> Result<Option<bool>, Fault> {
    match fields.remove(key) {
        Some(Value::Bool(value)) => Ok(Some(value)),
        Some(_) => Err(bad(format!("{key}: it must be true or false"))),
        None => Ok(None),
    }
}
