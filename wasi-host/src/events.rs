//! What the programs tell: as JSON for other programs, and in words for people.

use std::fmt::Write;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tern_component::batch::ReportEvent;
use tern_core::device::{Refusal, RefusedBy};
use tern_core::identity::Endpoint;

/// The reason of an end that this side asked for.
pub const REQUESTED: &str = "it was asked for";

/// Something that the programs tell. Its names are a contract: people's scripts read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening<'a> {
    /// An attempt to connect has begun.
    Connecting {
        /// Where to, as a URL.
        endpoint: &'a Endpoint,
    },
    /// Something is not as safe as it should be.
    Warning {
        /// What, and what to do.
        text: &'a str,
    },
    /// The HTTPS authentication granted a token.
    Authenticated(Granted<'a>),
    /// The login was accepted.
    Connected {
        /// Whether the platform had kept the session.
        session_present: bool,
    },
    /// The login was refused.
    Refused {
        /// The CONNACK's code, 1 to 5.
        #[serde(skip_serializing_if = "Option::is_none")]
        connack: Option<u8>,
        /// The `code` of the HTTPS authentication.
        #[serde(skip_serializing_if = "Option::is_none")]
        auth_code: Option<u32>,
        /// The code in words.
        reason: &'a str,
        /// What it means, and what to check.
        explanation: &'a str,
    },
    /// A connection or an attempt ended.
    Disconnected {
        /// What was seen, and what to try.
        reason: &'a str,
    },
    /// Another attempt follows.
    Reconnecting {
        /// The wait before it, in ms.
        in_ms: u64,
        /// Its number, from 1.
        attempt: u32,
    },
    /// A subscription stands.
    Subscribed {
        /// Its filter.
        filter: &'a str,
        /// The QoS granted.
        qos: u8,
    },
    /// A subscription was refused.
    SubscribeRefused {
        /// Its filter.
        filter: &'a str,
    },
    /// A subscription has ended on request.
    Unsubscribed {
        /// Its filter.
        filter: &'a str,
    },
    /// A message came.
    Message {
        /// Its topic name.
        topic: &'a str,
        /// The QoS of the delivery.
        qos: u8,
        /// Whether it may be a repetition.
        dup: bool,
        /// The retain flag.
        retain: bool,
        /// Its payload: `payload` where it is UTF-8, else `payload_base64`.
        #[serde(flatten)]
        payload: Payload<'a>,
    },
    /// Messages that an earlier run had accepted are on their way again.
    Restored {
        /// How many there are.
        count: usize,
        /// Their tokens, in the order in which they were accepted.
        tokens: &'a [u64],
    },
    /// A publish, subscribe or unsubscribe was accepted, and has a token from now on.
    Accepted {
        /// The token.
        token: u64,
    },
    /// A publish is acknowledged (QoS 1), or sent (QoS 0).
    Published {
        /// The token.
        token: u64,
    },
    /// A publish, subscribe or unsubscribe ended without success.
    Failed {
        /// The token.
        token: u64,
        /// Why.
        reason: &'a str,
    },
}

/// What an authentication granted, as far as it is told: never the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Granted<'a> {
    /// The iotId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iot_id: Option<&'a str>,
    /// The MQTT host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mqtt_host: Option<&'a str>,
    /// The MQTT port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mqtt_port: Option<u16>,
}

/// A payload in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Payload<'a> {
    /// UTF-8, as it is.
    #[serde(rename = "payload")]
    Text(&'a str),
    /// Anything else, in base64.
    #[serde(rename = "payload_base64", serialize_with = "base64")]
    Bytes(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// The payload in the form that fits it.
    pub fn new(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Bytes(bytes),
        }
    }

    /// The payload itself.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl<'a> Happening<'a> {
    /// What a device's event tells. `reason` is a place for words that the event does not hold itself.
    /// Nothing for the device's last event, which the exit status tells.
    pub fn of(event: &'a ReportEvent<'a>, reason: &'a mut String) -> Option<Self> {
        Some(match event {
            ReportEvent::Connecting { endpoint } => Self::Connecting { endpoint },
            ReportEvent::Authenticated => Self::Authenticated(Granted::default()),
            &ReportEvent::Connected { session_present } => Self::Connected { session_present },
            ReportEvent::Refused(refusal) => Self::refused(refusal),
            ReportEvent::Disconnected(disconnect) => Self::Disconnected {
                reason: &disconnect.reason,
            },
            &ReportEvent::Reconnecting { in_ms, attempt } => Self::Reconnecting { in_ms, attempt },
            &ReportEvent::Subscribed { filter, qos, .. } => Self::Subscribed {
                filter,
                qos: qos.number(),
            },
            &ReportEvent::SubscribeRefused { filter, .. } => Self::SubscribeRefused { filter },
            &ReportEvent::Unsubscribed { filter, .. } => Self::Unsubscribed { filter },
            &ReportEvent::Message {
                topic,
                payload,
                qos,
                dup,
                retain,
            } => Self::Message {
                topic,
                qos: qos.number(),
                dup,
                retain,
                payload: Payload::new(payload),
            },
            ReportEvent::Published { token } => Self::Published { token: token.0 },
            ReportEvent::Failed {
                token,
                reason: fail_reason,
            } => {
                // Writing to a `String` can't fail.
                let _ = write!(reason, "{fail_reason}");
                Self::Failed {
                    token: token.0,
                    reason,
                }
            }
            ReportEvent::Ended(_) => return None,
        })
    }

    /// A refusal, with the field that its code belongs to.
    pub fn refused(refusal: &'a Refusal) -> Self {
        let (connack, auth_code) = match refusal.by {
            RefusedBy::Connack(code) => (Some(code as u8), None),
            RefusedBy::Auth(code) => (None, Some(code)),
        };
        Self::Refused {
            connack,
            auth_code,
            reason: &refusal.reason,
            explanation: &refusal.explanation,
        }
    }

    /// One line of JSON, with its end. `at` stands behind the other fields.
    pub fn to_json(&self, at: SystemTime) -> String {
        let line = Line {
            happening: self,
            at: humantime::format_rfc3339_millis(at).to_string(),
        };
        let mut json = serde_json::to_string(&line).expect("texts, numbers and flags only");
        json.push('\n');
        json
    }

    /// For people. Nothing where there is nothing to say, or where a payload says it.
    pub(crate) fn words(&self) -> Option<String> {
        Some(match self {
            Self::Connecting { endpoint } => format!("connecting to {endpoint}"),
            Self::Warning { text } => format!("warning: {text}"),
            Self::Authenticated(_) => "authenticated over HTTPS".to_owned(),
            Self::Connected {
                session_present: true,
            } => "connected; the session was kept".to_owned(),
            Self::Connected {
                session_present: false,
            } => "connected".to_owned(),
            Self::Refused {
                reason,
                explanation,
                ..
            } => format!("refused: {reason}\n  {explanation}"),
            Self::Disconnected { reason: REQUESTED } => "disconnected".to_owned(),
            Self::Disconnected { reason } => format!("disconnected: {reason}"),
            &Self::Reconnecting { in_ms, attempt } => {
                let seconds = in_ms as f64 / 1000.0;
                format!("trying again in {seconds:.1} s (attempt {attempt})")
            }
            Self::Subscribed { filter, qos } => format!("subscribed to {filter} (QoS {qos})"),
            Self::SubscribeRefused { filter } => {
                format!("the subscription to {filter} was refused")
            }
            Self::Unsubscribed { filter } => format!("unsubscribed from {filter}"),
            Self::Published { token } => format!("published message {token}"),
            Self::Failed { token, reason } => format!("request {token} failed: {reason}"),
            Self::Restored { count: 0, .. } => return None,
            Self::Restored { count: 1, .. } => "1 message of an earlier run goes again".to_owned(),
            Self::Restored { count, .. } => format!("{count} messages of an earlier run go again"),
            Self::Message { .. } | Self::Accepted { .. } => return None,
        })
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    happening: &'a Happening<'a>,
    at: String,
}

fn base64<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::{Value, json};
    use tern_core::device::{Disconnect, DisconnectKind, Ended, FailReason, Token};
    use tern_core::wire::{ConnectCode, QoS};

    use super::*;

    /// The JSON of a device's event, without `at`.
    fn told(event: ReportEvent<'_>) -> Value {
        let mut reason = String::new();
        let line = Happening::of(&event, &mut reason)
            .unwrap()
            .to_json(UNIX_EPOCH + Duration::from_millis(1_500_000_000_123));
        assert!(line.ends_with("}\n"), "{line}");
        let mut value: Value = serde_json::from_str(&line).unwrap();
        let at = value.as_object_mut().unwrap().remove("at").unwrap();
        assert_eq!(at, "2017-07-14T02:40:00.123Z");
        value
    }

    #[test]
    fn events_have_the_fields_that_scripts_rely_on() {
        let endpoint = Endpoint::from_url("mqtts://localhost:1883").unwrap();
        let token = Token(7);
        let filter = "/a/b/#";
        let (qos, sevens) = (QoS::AtLeastOnce, Some(token));
        for (event, expected) in [
            (
                ReportEvent::Connecting { endpoint },
                json!({"event": "connecting", "endpoint": "mqtts://localhost:1883"}),
            ),
            (
                ReportEvent::Authenticated,
                json!({"event": "authenticated"}),
            ),
            (
                ReportEvent::Connected {
                    session_present: true,
                },
                json!({"event": "connected", "session_present": true}),
            ),
            (
                ReportEvent::Disconnected(Disconnect {
                    kind: DisconnectKind::Closed,
                    reason: "gone".into(),
                }),
                json!({"event": "disconnected", "reason": "gone"}),
            ),
            (
                ReportEvent::Reconnecting {
                    in_ms: 1500,
                    attempt: 2,
                },
                json!({"event": "reconnecting", "in_ms": 1500, "attempt": 2}),
            ),
            (
                ReportEvent::Subscribed {
                    token: sevens,
                    filter,
                    qos,
                },
                json!({"event": "subscribed", "filter": "/a/b/#", "qos": 1}),
            ),
            (
                ReportEvent::SubscribeRefused {
                    token: sevens,
                    filter,
                },
                json!({"event": "subscribe_refused", "filter": "/a/b/#"}),
            ),
            (
                ReportEvent::Unsubscribed { token, filter },
                json!({"event": "unsubscribed", "filter": "/a/b/#"}),
            ),
            (
                ReportEvent::Published { token },
                json!({"event": "published", "token": 7}),
            ),
            (
                ReportEvent::Failed {
                    token,
                    reason: FailReason::TimedOut,
                },
                json!({
                    "event": "failed",
                    "token": 7,
                    "reason": "no answer came within the request timeout",
                }),
            ),
        ] {
            assert_eq!(told(event), expected);
        }
        let tokens = [5, 7];
        let restored = Happening::Restored {
            count: 2,
            tokens: &tokens,
        };
        assert_eq!(
            restored.to_json(UNIX_EPOCH),
            "{\"event\":\"restored\",\"count\":2,\"tokens\":[5,7],\"at\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
        let accepted = Happening::Accepted { token: 7 }.to_json(UNIX_EPOCH);
        assert_eq!(
            accepted,
            "{\"event\":\"accepted\",\"token\":7,\"at\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
    }

    #[test]
    fn a_refusal_names_its_code_by_who_refused() {
        let refused = |by| {
            told(ReportEvent::Refused(Refusal {
                by,
                reason: "no".into(),
                explanation: "because".into(),
            }))
        };
        assert_eq!(
            refused(RefusedBy::Connack(ConnectCode::BadCredentials)),
            json!({"event": "refused", "connack": 4, "reason": "no", "explanation": "because"})
        );
        assert_eq!(
            refused(RefusedBy::Auth(6200)),
            json!({"event": "refused", "auth_code": 6200, "reason": "no", "explanation": "because"})
        );
    }

    #[test]
    fn a_payload_is_text_where_it_is_utf_8_and_base64_elsewhere() {
        let message = |payload| {
            told(ReportEvent::Message {
                topic: "/t",
                payload,
                qos: QoS::AtMostOnce,
                dup: false,
                retain: true,
            })
        };
        assert_eq!(
            message("温度\n".as_bytes()),
            json!({
                "event": "message", "topic": "/t", "qos": 0, "dup": false, "retain": true,
                "payload": "温度\n",
            })
        );
        assert_eq!(
            message(&[0xff, 0x00, 0xfe]),
            json!({
                "event": "message", "topic": "/t", "qos": 0, "dup": false, "retain": true,
                "payload_base64": "/wD+",
            })
        );
    }

    #[test]
    fn the_last_event_is_told_by_the_exit_status() {
        let ended = ReportEvent::Ended(Ended::Requested);
        assert_eq!(Happening::of(&ended, &mut String::new()), None);
    }
}
