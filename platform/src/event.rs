//! What the stand-in tells about itself.

use serde::Serialize;

use crate::address::DeviceAddress;
use crate::connections::ConnectionId;

/// Something that happened, with the device it happened to where that is known.
///
/// Serialised it is one flat object: `event` first, then the event's own fields, then `product_key` and
/// `device_name` where known. It never holds a secret, a password or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The device. For a refusal it is the device that the login claims to be, registered or not, where the
    /// names given are legal ones.
    pub device: Option<DeviceAddress>,
    /// The connection it happened on, if on one.
    pub connection: Option<ConnectionId>,
}

impl Event {
    /// The value of the field `event`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A device has logged in.
    Connected {
        /// The client id it gave, without the extension part.
        client_id: String,
        /// Its keep alive in seconds.
        keep_alive: u16,
        /// Whether it asked for a clean session.
        clean_session: bool,
        /// Whether a session of it was there.
        session_present: bool,
        /// How it logged in.
        login: LoginKind,
    },
    /// A CONNECT was refused; the connection is closed after the CONNACK.
    Refused {
        /// The CONNACK return code, 1 to 5.
        connack: u8,
        /// What exactly is wrong.
        reason: String,
    },
    /// A connection ended, be it one that never logged in.
    Disconnected {
        /// Why.
        reason: String,
    },
    /// A device published.
    Published {
        /// The topic.
        topic: String,
        /// The publisher's QoS.
        qos: u8,
        /// Whether the message was passed on: false when the topic is not the device's own.
        routed: bool,
    },
    /// A subscription was granted.
    Subscribed {
        /// The filter.
        filter: String,
        /// The granted QoS.
        qos: u8,
    },
    /// A subscription was refused with 0x80.
    SubscribeRefused {
        /// The filter.
        filter: String,
        /// Why.
        reason: String,
    },
    /// A subscription ended at the device's wish.
    Unsubscribed {
        /// The filter.
        filter: String,
    },
    /// A message for a device was given up.
    Dropped {
        /// Its topic.
        topic: String,
        /// Its QoS.
        qos: u8,
        /// Which limit it fell to.
        reason: String,
    },
    /// The device asked for something that this platform does not have and that it passes over.
    Ignored {
        /// What, and what is seen on the wire.
        what: String,
    },
    /// An HTTPS authentication was granted.
    Authenticated,
    /// An HTTPS authentication was refused.
    AuthRefused {
        /// The code in the answer's body.
        auth_code: u32,
        /// What exactly is wrong.
        reason: String,
    },
}

impl EventKind {
    /// The value of the field `event`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::Refused { .. } => "refused",
            Self::Disconnected { .. } => "disconnected",
            Self::Published { .. } => "published",
            Self::Subscribed { .. } => "subscribed",
            Self::SubscribeRefused { .. } => "subscribe_refused",
            Self::Unsubscribed { .. } => "unsubscribed",
            Self::Dropped { .. } => "dropped",
            Self::Ignored { .. } => "ignored",
            Self::Authenticated => "authenticated",
            Self::AuthRefused { .. } => "auth_refused",
        }
    }
}

/// How a device logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginKind {
    /// With a signed CONNECT (seed: 域名直连).
    Direct,
    /// With iotId and iotToken (seed: HTTPS认证再连接).
    Token,
}

impl Serialize for Event {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            #[serde(flatten)]
            kind: &'a EventKind,
            #[serde(skip_serializing_if = "Option::is_none")]
            product_key: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            device_name: Option<&'a str>,
        }
        Flat {
            kind: &self.kind,
            product_key: self
                .device
                .as_ref()
                .map(|device| device.product_key.as_str()),
            device_name: self
                .device
                .as_ref()
                .map(|device| device.device_name.as_str()),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let event = Event {
            kind: EventKind::Published {
                topic: "/pk/dn/data".to_owned(),
                qos: 1,
                routed: true,
            },
            device: Some(DeviceAddress::new("pk", "dn").expect("valid")),
            connection: None,
        };
        assert_eq!(
            serde_json::to_string(&event).expect("plain data"),
            r#"{"event":"published","topic":"/pk/dn/data","qos":1,"routed":true,"product_key":"pk","device_name":"dn"}"#
        );
        let event = Event {
            kind: EventKind::Authenticated,
            device: None,
            connection: None,
        };
        assert_eq!(
            serde_json::to_string(&event).expect("plain data"),
            r#"{"event":"authenticated"}"#
        );
        assert_eq!(event.name(), "authenticated");
    }
}
