//! What a device wants done, and what it tells.

use super::fields::{Fields, Line, ReadError};
use crate::device::{Disconnect, Ended, Event, FailReason, KeptMessage, Refusal, Token};
use crate::identity::Endpoint;
use crate::time::Instant;
use crate::wire::{PacketId, QoS};

/// Something that came out of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of device::Output, device::Event and device::Progress"
)]
pub enum Said {
    OpenTransport(Endpoint),
    SendHttp {
        url: String,
        body: String,
    },
    Transmit(Vec<u8>),
    CloseTransport,
    /// The next timeout is now due then; said where it has changed.
    Deadline(Option<Instant>),
    /// How far the device came with the bytes received.
    Consumed {
        consumed: usize,
        need: usize,
    },
    /// A publish, subscribe or unsubscribe was accepted.
    Accepted(Token),
    /// It was not.
    NotAccepted {
        /// Whether it is worth trying again later.
        is_full: bool,
        text: String,
    },
    /// A publish was accepted, and is held back until it is kept or withdrawn.
    ToBeKept {
        token: Token,
        packet_id: PacketId,
    },
    /// A message of the session that was asked for.
    SessionMessage(KeptMessage),
    /// A subscription of the session that was asked for.
    SessionSubscription {
        filter: String,
        qos: QoS,
    },
    /// The session has been told; this is the last token that was given.
    SessionTold(Token),
    /// A part of a session was not taken in.
    NotRestored {
        text: String,
    },
    Connecting(Endpoint),
    Authenticated,
    Connected {
        session_present: bool,
    },
    Refused(Refusal),
    Disconnected(Disconnect),
    Reconnecting {
        in_ms: u64,
        attempt: u32,
    },
    Subscribed {
        token: Option<Token>,
        filter: String,
        qos: QoS,
    },
    SubscribeRefused {
        token: Option<Token>,
        filter: String,
    },
    Unsubscribed {
        token: Token,
        filter: String,
    },
    Message {
        topic: String,
        payload: Vec<u8>,
        qos: QoS,
        dup: bool,
        retain: bool,
    },
    Published(Token),
    Failed {
        token: Token,
        reason: FailReason,
    },
    Ended(Ended),
}

impl Said {
    /// An event, whose ranges point into `held`.
    pub(super) fn event(event: Event, held: &[u8]) -> Self {
        match event {
            Event::Connecting { endpoint } => Self::Connecting(endpoint),
            Event::Authenticated => Self::Authenticated,
            Event::Connected { session_present } => Self::Connected { session_present },
            Event::Refused(refusal) => Self::Refused(refusal),
            Event::Disconnected(disconnect) => Self::Disconnected(disconnect),
            Event::Reconnecting { in_ms, attempt } => Self::Reconnecting { in_ms, attempt },
            Event::Subscribed { token, filter, qos } => Self::Subscribed {
                token,
                filter: filter.as_str().to_owned(),
                qos,
            },
            Event::SubscribeRefused { token, filter } => Self::SubscribeRefused {
                token,
                filter: filter.as_str().to_owned(),
            },
            Event::Unsubscribed { token, filter } => Self::Unsubscribed {
                token,
                filter: filter.as_str().to_owned(),
            },
            Event::Message {
                topic,
                payload,
                qos,
                dup,
                retain,
            } => Self::Message {
                topic: String::from_utf8_lossy(held.get(topic).unwrap_or_default()).into_owned(),
                payload: held.get(payload).unwrap_or_default().to_vec(),
                qos,
                dup,
                retain,
            },
            Event::Published { token } => Self::Published(token),
            Event::Failed { token, reason } => Self::Failed { token, reason },
            Event::Ended(ended) => Self::Ended(ended),
        }
    }

    /// The word that begins its line.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::OpenTransport(_) => "open-transport",
            Self::SendHttp { .. } => "send-http",
            Self::Transmit(_) => "transmit",
            Self::CloseTransport => "close-transport",
            Self::Deadline(_) => "deadline",
            Self::Consumed { .. } => "consumed",
            Self::Accepted(_) => "accepted",
            Self::NotAccepted { .. } => "not-accepted",
            Self::ToBeKept { .. } => "to-be-kept",
            Self::SessionMessage(_) => "session-message",
            Self::SessionSubscription { .. } => "session-subscription",
            Self::SessionTold(_) => "session-told",
            Self::NotRestored { .. } => "not-restored",
            Self::Connecting(_) => "connecting",
            Self::Authenticated => "authenticated",
            Self::Connected { .. } => "connected",
            Self::Refused(_) => "refused",
            Self::Disconnected(_) => "disconnected",
            Self::Reconnecting { .. } => "reconnecting",
            Self::Subscribed { .. } => "subscribed",
            Self::SubscribeRefused { .. } => "subscribe-refused",
            Self::Unsubscribed { .. } => "unsubscribed",
            Self::Message { .. } => "message",
            Self::Published(_) => "published",
            Self::Failed { .. } => "failed",
            Self::Ended(_) => "ended",
        }
    }

    /// The same with everything that is text or bytes put through `map`, field after field.
    pub(super) fn map_texts(mut self, map: &mut dyn FnMut(Vec<u8>) -> Vec<u8>) -> Self {
        let mut text = |text: &mut String| {
            let bytes = map(core::mem::take(text).into_bytes());
            *text = String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        };
        match &mut self {
            Self::SendHttp { body, .. } => text(body),
            Self::SessionMessage(message) => {
                text(&mut message.topic);
                message.payload = map(core::mem::take(&mut message.payload));
            }
            Self::SessionSubscription { filter, .. } => text(filter),
            Self::NotRestored { text: reason } => text(reason),
            Self::NotAccepted { text: reason, .. } => text(reason),
            Self::Refused(refusal) | Self::Ended(Ended::Refused(refusal)) => {
                text(&mut refusal.reason);
                text(&mut refusal.explanation);
            }
            Self::Disconnected(disconnect) | Self::Ended(Ended::Disconnected(disconnect)) => {
                text(&mut disconnect.reason);
            }
            Self::Subscribed { filter, .. }
            | Self::SubscribeRefused { filter, .. }
            | Self::Unsubscribed { filter, .. } => text(filter),
            Self::Message { topic, payload, .. } => {
                text(topic);
                *payload = map(core::mem::take(payload));
            }
            Self::Transmit(bytes) => *bytes = map(core::mem::take(bytes)),
            Self::OpenTransport(_)
            | Self::CloseTransport
            | Self::Deadline(_)
            | Self::Consumed { .. }
            | Self::Accepted(_)
            | Self::ToBeKept { .. }
            | Self::SessionTold(_)
            | Self::Connecting(_)
            | Self::Authenticated
            | Self::Connected { .. }
            | Self::Reconnecting { .. }
            | Self::Published(_)
            | Self::Failed { .. }
            | Self::Ended(Ended::Requested) => {}
        }
        self
    }

    pub(super) fn write(&self, line: &mut Line<'_>) {
        line.word(self.kind());
        match self {
            Self::CloseTransport | Self::Authenticated => {}
            Self::OpenTransport(endpoint) | Self::Connecting(endpoint) => {
                line.endpoint(endpoint);
            }
            Self::SendHttp { url, body } => {
                line.text(url.as_bytes()).text(body.as_bytes());
            }
            Self::Transmit(bytes) => {
                line.wire(bytes);
            }
            Self::Deadline(at) => line.option(*at, |line, at| {
                line.number(at.as_millis());
            }),
            Self::Consumed { consumed, need } => {
                line.size(*consumed).size(*need);
            }
            Self::Accepted(token) | Self::Published(token) | Self::SessionTold(token) => {
                line.number(token.0);
            }
            Self::ToBeKept { token, packet_id } => {
                line.number(token.0).number(packet_id.get());
            }
            Self::SessionMessage(message) => line.kept_message(message),
            Self::SessionSubscription { filter, qos } => {
                line.qos(*qos).text(filter.as_bytes());
            }
            Self::NotRestored { text } => {
                line.text(text.as_bytes());
            }
            Self::NotAccepted { is_full, text } => {
                let word = if *is_full { "full" } else { "other" };
                line.word(word).text(text.as_bytes());
            }
            Self::Connected { session_present } => {
                line.word(if *session_present { "true" } else { "false" });
            }
            Self::Refused(refusal) => line.refusal(refusal),
            Self::Disconnected(disconnect) => line.disconnect(disconnect),
            Self::Reconnecting { in_ms, attempt } => {
                line.number(*in_ms).number(*attempt);
            }
            Self::Subscribed { token, filter, qos } => {
                line.token(*token).qos(*qos).text(filter.as_bytes());
            }
            Self::SubscribeRefused { token, filter } => {
                line.token(*token).text(filter.as_bytes());
            }
            Self::Unsubscribed { token, filter } => {
                line.number(token.0).text(filter.as_bytes());
            }
            Self::Message {
                topic,
                payload,
                qos,
                dup,
                retain,
            } => {
                line.qos(*qos);
                for flag in [dup, retain] {
                    line.word(if *flag { "true" } else { "false" });
                }
                line.text(topic.as_bytes()).text(payload);
            }
            Self::Failed { token, reason } => line.number(token.0).fail_reason(*reason),
            Self::Ended(Ended::Requested) => {
                line.word("requested");
            }
            Self::Ended(Ended::Refused(refusal)) => line.word("refused").refusal(refusal),
            Self::Ended(Ended::Disconnected(disconnect)) => {
                line.word("disconnected").disconnect(disconnect);
            }
        }
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let rule = "what a device can say: open-transport, send-http, transmit, close-transport, deadline, \
                    consumed, accepted, not-accepted, to-be-kept, session-message, session-subscription, \
                    session-told, not-restored, or an event";
        type Read = fn(&mut Fields<'_>) -> Result<Said, ReadError>;
        const BYTES: &str = "a whole number of bytes";
        let read = fields.word_as("kind", rule, |word| {
            let read: Read = match word {
                "open-transport" => |fields| fields.endpoint().map(Self::OpenTransport),
                "send-http" => |fields| {
                    Ok(Self::SendHttp {
                        url: fields.text("url")?,
                        body: fields.text("body")?,
                    })
                },
                "transmit" => |fields| fields.bytes("bytes").map(Self::Transmit),
                "close-transport" => |_| Ok(Self::CloseTransport),
                "deadline" => |fields| {
                    let at = fields
                        .option(|fields| fields.number("deadline", "none or a time in ms"))?;
                    Ok(Self::Deadline(at.map(Instant::from_millis)))
                },
                "consumed" => |fields| {
                    Ok(Self::Consumed {
                        consumed: fields.number("consumed", BYTES)?,
                        need: fields.number("need", BYTES)?,
                    })
                },
                "accepted" => |fields| fields.token().map(Self::Accepted),
                "not-accepted" => |fields| {
                    let is_full = fields.word_as("code", "full or other", |word| match word {
                        "full" => Some(true),
                        "other" => Some(false),
                        _ => None,
                    })?;
                    let text = fields.text("reason")?;
                    Ok(Self::NotAccepted { is_full, text })
                },
                "to-be-kept" => |fields| {
                    Ok(Self::ToBeKept {
                        token: fields.token()?,
                        packet_id: fields.packet_id()?,
                    })
                },
                "session-message" => |fields| fields.kept_message().map(Self::SessionMessage),
                "session-subscription" => |fields| {
                    Ok(Self::SessionSubscription {
                        qos: fields.qos()?,
                        filter: fields.text("filter")?,
                    })
                },
                "session-told" => |fields| fields.token().map(Self::SessionTold),
                "not-restored" => |fields| {
                    let text = fields.text("reason")?;
                    Ok(Self::NotRestored { text })
                },
                "connecting" => |fields| fields.endpoint().map(Self::Connecting),
                "authenticated" => |_| Ok(Self::Authenticated),
                "connected" => |fields| {
                    let session_present = fields.flag("session present")?;
                    Ok(Self::Connected { session_present })
                },
                "refused" => |fields| fields.refusal().map(Self::Refused),
                "disconnected" => |fields| fields.disconnect().map(Self::Disconnected),
                "reconnecting" => |fields| {
                    Ok(Self::Reconnecting {
                        in_ms: fields.number("wait", "a time in ms")?,
                        attempt: fields.number("attempt", "a whole number up to 4294967295")?,
                    })
                },
                "subscribed" => |fields| {
                    Ok(Self::Subscribed {
                        token: fields.token_or_none()?,
                        qos: fields.qos()?,
                        filter: fields.text("filter")?,
                    })
                },
                "subscribe-refused" => |fields| {
                    Ok(Self::SubscribeRefused {
                        token: fields.token_or_none()?,
                        filter: fields.text("filter")?,
                    })
                },
                "unsubscribed" => |fields| {
                    Ok(Self::Unsubscribed {
                        token: fields.token()?,
                        filter: fields.text("filter")?,
                    })
                },
                "message" => |fields| {
                    Ok(Self::Message {
                        qos: fields.qos()?,
                        dup: fields.flag("dup")?,
                        retain: fields.flag("retain")?,
                        topic: fields.text("topic")?,
                        payload: fields.bytes("payload")?,
                    })
                },
                "published" => |fields| fields.token().map(Self::Published),
                "failed" => |fields| {
                    Ok(Self::Failed {
                        token: fields.token()?,
                        reason: fields.fail_reason()?,
                    })
                },
                "ended" => |fields| {
                    let rule = "requested, refused or disconnected";
                    let read: Read = fields.word_as("end", rule, |word| {
                        let read: Read = match word {
                            "requested" => |_| Ok(Self::Ended(Ended::Requested)),
                            "refused" => {
                                |fields| Ok(Self::Ended(Ended::Refused(fields.refusal()?)))
                            }
                            "disconnected" => {
                                |fields| Ok(Self::Ended(Ended::Disconnected(fields.disconnect()?)))
                            }
                            _ => return None,
                        };
                        Some(read)
                    })?;
                    read(fields)
                },
                _ => return None,
            };
            Some(read)
        })?;
        read(fields)
    }
}
