//! The switchboard of faults: what goes wrong on purpose, for all devices or for one.
//!
//! As JSON, which is also what `PUT /api/faults` takes:
//! ```json
//! {
//!   "all": { "delay_ms": 200 },
//!   "devices": {
//!     "a1aq9sQk2JE/dev1": { "refuse": { "code": 3 } },
//!     "a1aq9sQk2JE/dev2": { "drop": "after_connect" },
//!     "a1aq9sQk2JE/dev3": { "half_open": true }
//!   }
//! }
//! ```
//! Every key is optional, an unknown one is an error, `{}` ends all faults. A device has the switches for
//! all and its own; where both give a value, its own wins.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tern_core::wire::ConnectCode;

use crate::address::DeviceAddress;

/// The longest delay, in milliseconds: ten minutes.
pub const MAX_DELAY_MS: u32 = 600_000;

/// All faults that are switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Faults {
    /// For every device.
    #[serde(default, skip_serializing_if = "Fault::is_none")]
    pub all: Fault,
    /// For single devices, by `productKey/deviceName`. A device need not be registered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub devices: BTreeMap<DeviceAddress, Fault>,
}

impl Faults {
    /// What holds for one device.
    pub(crate) fn of(&self, device: &DeviceAddress) -> Fault {
        self.devices
            .get(device)
            .map_or(self.all, |own| own.or(self.all))
    }
}

/// What goes wrong for one device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Fault {
    /// Every CONNECT that would be accepted is refused with this CONNACK code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse: Option<Refuse>,
    /// Every HTTPS authentication that would be granted is refused with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_refuse: Option<AuthRefuse>,
    /// The connection is cut without a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop: Option<Cut>,
    /// Everything the platform sends comes this much later, in milliseconds, up to [`MAX_DELAY_MS`].
    #[serde(default, skip_serializing_if = "is_zero", deserialize_with = "delay")]
    pub delay_ms: u32,
    /// The link looks open but is dead: whatever the device sends is swallowed, nothing is sent to it, and
    /// it is not closed for silence either: the device has to notice by itself. A connection on which bytes
    /// have been swallowed stays dead, even when the fault ends, since half a packet may be among them: until
    /// the device closes it, logs in anew, or is cut by `drop`. The device counts as online all the while.
    #[serde(default, skip_serializing_if = "is_false")]
    pub half_open: bool,
    /// Every packet sent to the device is replaced by as many bytes (at least 2, at most 64) that are no
    /// MQTT packet. A device that is online when this is switched on gets such bytes at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub garbage: bool,
}

impl Fault {
    /// Whether nothing is switched on.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn or(self, other: Self) -> Self {
        Self {
            refuse: self.refuse.or(other.refuse),
            auth_refuse: self.auth_refuse.or(other.auth_refuse),
            drop: self.drop.or(other.drop),
            delay_ms: if self.delay_ms == 0 {
                other.delay_ms
            } else {
                self.delay_ms
            },
            half_open: self.half_open || other.half_open,
            garbage: self.garbage || other.garbage,
        }
    }
}

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Once, at the moment this is switched on; then the switch is off again.
    Now,
    /// Each time, right after the CONNACK that accepts.
    AfterConnect,
}

/// A refusal at CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Refuse {
    /// The CONNACK return code, 1 to 5.
    #[serde(serialize_with = "code_number", deserialize_with = "refusal_code")]
    pub code: ConnectCode,
}

/// A refusal of the HTTPS authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AuthRefuse {
    /// The code in the answer's body, any but 200; the documented ones are 401, 460, 500, 5001 and 6200.
    #[serde(deserialize_with = "auth_code")]
    pub code: u32,
}

/// `serde` would take an array for a struct too, its fields in order: `[]` for `{}`. Here an object is asked
/// for, and a refusal says of what.
macro_rules! objects {
    ($($of:ty: $expected:literal;)*) => {$(
        impl Serialize for $of {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // The derived function of this name, not this one: `remote = "Self"`.
                <$of>::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $of {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> Visitor<'de> for Object {
                    type Value = $of;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$of, A::Error> {
                        <$of>::deserialize(MapAccessDeserializer::new(map))
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    )*};
}

objects! {
    Faults: "an object with the keys \"all\" and \"devices\", {} for no faults";
    Fault: "an object with the faults of a device, such as {\"delay_ms\": 200}";
    Refuse: "for \"refuse\" an object such as {\"code\": 3}";
    AuthRefuse: "for \"auth_refuse\" an object such as {\"code\": 401}";
}

impl<'de> Deserialize<'de> for Cut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Cut;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("for \"drop\" the text \"now\" or \"after_connect\"")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Cut, E> {
                match word {
                    "now" => Ok(Cut::Now),
                    "after_connect" => Ok(Cut::AfterConnect),
                    other => Err(E::unknown_variant(other, &["now", "after_connect"])),
                }
            }
        }
        deserializer.deserialize_str(Word)
    }
}

fn code_number<S: Serializer>(code: &ConnectCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(code.number())
}

fn refusal_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConnectCode, D::Error> {
    let number = u64::deserialize(deserializer)?;
    u8::try_from(number)
        .ok()
        .and_then(ConnectCode::from_number)
        .filter(|&code| code != ConnectCode::Accepted)
        .ok_or_else(|| {
            D::Error::custom(format!(
                "refuse.code {number}: a CONNACK refuses with 1 to 5"
            ))
        })
}

fn auth_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let code = u32::deserialize(deserializer)?;
    if code == 200 {
        return Err(D::Error::custom(
            "auth_refuse.code 200: that is success; use for example 401, 460, 500, 5001, 6200",
        ));
    }
    Ok(code)
}

fn delay<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let delay = u64::deserialize(deserializer)?;
    u32::try_from(delay)
        .ok()
        .filter(|&delay| delay <= MAX_DELAY_MS)
        .ok_or_else(|| D::Error::custom(format!("delay_ms {delay}: at most {MAX_DELAY_MS}")))
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        serde_json::from_str::<Faults>(json)
            .expect_err(json)
            .to_string()
    }

    #[test]
    fn the_json_form_comes_back_as_it_went() {
        let json = r#"{"all":{"delay_ms":200},"devices":{"pk/dn":{"refuse":{"code":3},"auth_refuse":{"code":6200},"drop":"after_connect","half_open":true,"garbage":true}}}"#;
        let faults: Faults = serde_json::from_str(json).expect("valid");
        assert_eq!(serde_json::to_string(&faults).expect("plain data"), json);
        assert_eq!(
            serde_json::from_str::<Faults>("{}").expect("valid"),
            Faults::default()
        );
        assert_eq!(
            serde_json::to_string(&Faults::default()).expect("plain data"),
            "{}"
        );
    }

    #[test]
    fn a_device_has_the_switches_for_all_and_its_own_win() {
        let faults: Faults =
            serde_json::from_str(r#"{"all":{"delay_ms":200,"half_open":true,"refuse":{"code":5}},"devices":{"pk/dn":{"refuse":{"code":3}}}}"#)
                .expect("valid");
        let address = faults.devices.keys().next().expect("one").clone();
        let fault = faults.of(&address);
        assert_eq!((fault.delay_ms, fault.half_open), (200, true));
        assert_eq!(
            fault.refuse,
            Some(Refuse {
                code: ConnectCode::ServerUnavailable
            })
        );
    }

    #[test]
    fn an_array_or_a_bare_value_is_no_object() {
        for (json, expected) in [
            (
                "[]",
                r#"invalid type: sequence, expected an object with the keys "all" and "devices""#,
            ),
            ("[{}, {}]", "invalid type: sequence"),
            ("null", "invalid type: null, expected an object"),
            ("1", "invalid type: integer `1`, expected an object"),
            (
                r#"{"all":[]}"#,
                "sequence, expected an object with the faults of a device",
            ),
            (
                r#"{"devices":[]}"#,
                "invalid type: sequence, expected a map",
            ),
            (
                r#"{"devices":{"pk/dn":[]}}"#,
                "sequence, expected an object with the faults",
            ),
            (
                r#"{"all":{"refuse":[3]}}"#,
                r#"sequence, expected for "refuse" an object such as {"code": 3}"#,
            ),
            (
                r#"{"all":{"refuse":3}}"#,
                r#"integer `3`, expected for "refuse" an object"#,
            ),
            (
                r#"{"all":{"auth_refuse":[401]}}"#,
                r#"expected for "auth_refuse" an object"#,
            ),
            (
                r#"{"all":{"drop":true}}"#,
                r#"boolean `true`, expected for "drop" the text "now" or "after_connect""#,
            ),
            (
                r#"{"all":{"drop":{"now":null}}}"#,
                r#"map, expected for "drop" the text"#,
            ),
        ] {
            assert!(error(json).contains(expected), "{json}: {}", error(json));
        }
    }

    #[test]
    fn an_error_names_the_key_and_the_rule() {
        assert!(error(r#"{"all":{"halfopen":true}}"#).contains("unknown field `halfopen`"));
        assert!(error(r#"{"device":{}}"#).contains("unknown field `device`"));
        assert!(
            error(r#"{"all":{"refuse":{"code":0}}}"#)
                .contains("refuse.code 0: a CONNACK refuses with 1 to 5")
        );
        assert!(error(r#"{"all":{"refuse":{"code":6}}}"#).contains("1 to 5"));
        assert!(error(r#"{"all":{"auth_refuse":{"code":200}}}"#).contains("that is success"));
        assert!(error(r#"{"all":{"delay_ms":600001}}"#).contains("at most 600000"));
        assert!(error(r#"{"all":{"drop":"later"}}"#).contains("unknown variant `later`"));
        assert!(error(r#"{"devices":{"pk":{}}}"#).contains("productKey/deviceName"));
        assert!(error(r#"{"devices":{"p k/dn":{}}}"#).contains("productKey"));
    }
}
