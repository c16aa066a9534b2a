//! The HTTPS authentication's end of the platform (seed: HTTPS认证再连接).
//!
//! | `code` | when |
//! |---|---|
//! | 200 | the signature fits; the answer always has iotId, iotToken, host and port, since the C SDK fails without any of them |
//! | 460 | a parameter is missing or wrong, an unknown `signmethod` too |
//! | 5001 | no such device |
//! | 401 | the signature does not match |
//! | 6200 | the device is disabled: right signature, but not authorised (choice; the seed's words are 未授权认证类型错误) |
//! | any | where a fault asks for it; 500 comes in no other way |
//!
//! The HTTP status is always 200: the platform says what is wrong in the body.

use serde::Serialize;
use tern_core::auth::{AuthForm, Code};
use tern_core::time::Instant;

use crate::address::DeviceAddress;
use crate::event::EventKind;
use crate::platform::Platform;
use crate::registry::DeviceIndex;
use crate::tokens::Issued;

/// The content type of every answer.
pub const AUTH_CONTENT_TYPE: &str = "application/json;charset=utf-8";

/// Why nothing is granted.
struct Denial {
    code: u32,
    message: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct Granted<'a> {
    code: u32,
    data: Data<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(rename = "iotId")]
    iot_id: &'a str,
    #[serde(rename = "iotToken")]
    iot_token: &'a str,
    resources: Resources<'a>,
}

#[derive(Serialize)]
struct Resources<'a> {
    mqtt: Mqtt<'a>,
}

#[derive(Serialize)]
struct Mqtt<'a> {
    host: &'a str,
    port: u16,
}

impl Platform {
    /// Answers the body of a `POST /auth/devicename`: the HTTP status and the JSON text, to be sent as
    /// [`AUTH_CONTENT_TYPE`]. The text holds the token: it is the device's and goes into no log.
    ///
    /// A granted token leaves older ones of the device valid until they are
    /// [`Settings::token_life`](crate::Settings::token_life) old.
    pub fn auth(&mut self, now: Instant, body: &[u8]) -> (u16, String) {
        let json = match self.check_form(body) {
            Ok(device) => {
                let limit = self.settings.tokens_per_device;
                let issued = self.tokens.issue(now, device, limit, &mut self.rng);
                self.event(None, Some(device), EventKind::Authenticated);
                self.grant(&issued)
            }
            Err(Denial {
                code,
                message,
                reason,
            }) => {
                self.event_of(
                    None,
                    claimed(body),
                    EventKind::AuthRefused {
                        auth_code: code,
                        reason,
                    },
                );
                serde_json::json!({ "code": code, "message": message }).to_string()
            }
        };
        (200, json)
    }

    fn check_form(&self, body: &[u8]) -> Result<DeviceIndex, Denial> {
        let text = str::from_utf8(body).map_err(|error| {
            denial(
                Code::BadParameter,
                format!("byte {} of the body is not UTF-8", error.valid_up_to()),
            )
        })?;
        let form =
            AuthForm::parse(text).map_err(|error| denial(error.code(), error.to_string()))?;
        let (product_key, device_name) = (form.product_key.as_str(), form.device_name.as_str());
        let Some(device) = self.registry.find_by_name(product_key, device_name) else {
            let reason =
                format!("no device {device_name:?} of product {product_key:?} is registered here");
            return Err(denial(Code::DeviceNotFound, reason));
        };
        let entry = self.registry.entry(device);
        let content = form.content();
        if !entry.has_signed(form.sign_method, &content, form.sign.expose()) {
            let reason = format!(
                "sign is not the {} of {content:?} with this device's secret, in hex",
                form.sign_method
            );
            return Err(denial(Code::SignatureMismatch, reason));
        }
        if entry.disabled {
            return Err(denial(
                Code::AuthTypeMismatch,
                "the device is disabled".to_owned(),
            ));
        }
        match self.fault_for(Some(device)).auth_refuse {
            None => Ok(device),
            Some(refuse) => Err(Denial {
                code: refuse.code,
                message: Code::from_number(refuse.code)
                    .unwrap_or(Code::Unknown)
                    .message(),
                reason: "refused on purpose (fault: auth_refuse)".to_owned(),
            }),
        }
    }

    fn grant(&self, issued: &Issued) -> String {
        let mqtt = Mqtt {
            host: &self.settings.mqtt_host,
            port: self.settings.mqtt_port,
        };
        let data = Data {
            iot_id: &issued.iot_id,
            iot_token: issued.iot_token.expose(),
            resources: Resources { mqtt },
        };
        let granted = Granted {
            code: Code::Success.number(),
            data,
            message: Code::Success.message(),
        };
        serde_json::to_string(&granted).expect("strings and numbers always have a JSON form")
    }
}

/// The device that a form names, also where the form as a whole can't be read: one productKey and one
/// deviceName, both legal.
fn claimed(body: &[u8]) -> Option<DeviceAddress> {
    let (mut product_key, mut device_name) = (None, None);
    for (name, value) in form_urlencoded::parse(body) {
        let field = match &*name {
            "productKey" => &mut product_key,
            "deviceName" => &mut device_name,
            _ => continue,
        };
        if field.replace(value).is_some() {
            return None;
        }
    }
    DeviceAddress::new(&product_key?, &device_name?).ok()
}

fn denial(code: Code, reason: String) -> Denial {
    Denial {
        code: code.number(),
        message: code.message(),
        reason,
    }
}
