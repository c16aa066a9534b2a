//! What a device is handed.

use super::fields::{Fields, Line, ReadError};
use crate::device::{CloseReason, KeptMessage, Token};
use crate::wire::QoS;

/// Something that a device was asked for, or that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Start to connect.
    Connect,
    /// End the connection in order.
    Disconnect,
    /// Publish a message.
    Publish {
        /// The topic name, as it was asked for: it may break its rule.
        topic: String,
        /// The payload.
        payload: Vec<u8>,
        /// Quality of service.
        qos: QoS,
    },
    /// Subscribe.
    Subscribe {
        /// The topic filter, as it was asked for.
        filter: String,
        /// The highest QoS that is wanted.
        qos: QoS,
    },
    /// Unsubscribe.
    Unsubscribe {
        /// The topic filter, as it was asked for.
        filter: String,
    },
    /// The byte stream is open.
    TransportOpened,
    /// Bytes were handed in: those that the device had not consumed, and these after them.
    Received {
        /// Whether the device got these alone, without what it had not consumed before.
        anew: bool,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The byte stream has ended, or could not be opened.
    TransportClosed(CloseReason),
    /// The HTTPS request was answered.
    HttpAnswered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// The HTTPS request failed.
    HttpFailed(CloseReason),
    /// The deadline has come.
    Timeout,
    /// Take in a message of an earlier device's session.
    RestoreMessage(KeptMessage),
    /// Take in a subscription of an earlier device's session.
    RestoreSubscription {
        /// The topic filter.
        filter: String,
        /// The QoS that was asked for.
        qos: QoS,
    },
    /// Give no token up to this one.
    RestoreTokens(Token),
    /// Send no QoS 1 message before it is kept.
    HoldUntilKept,
    /// The messages up to this one are kept.
    Kept(Token),
    /// This message can't be kept.
    Withdraw(Token),
    /// Tell the session.
    TellSession,
}

impl Heard {
    pub(super) fn write(&self, line: &mut Line<'_>) {
        match self {
            Self::Connect => {
                line.word("connect");
            }
            Self::Disconnect => {
                line.word("disconnect");
            }
            Self::Publish {
                topic,
                payload,
                qos,
            } => {
                line.word("publish").qos(*qos);
                line.text(topic.as_bytes()).text(payload);
            }
            Self::Subscribe { filter, qos } => {
                line.word("subscribe").qos(*qos).text(filter.as_bytes());
            }
            Self::Unsubscribe { filter } => {
                line.word("unsubscribe").text(filter.as_bytes());
            }
            Self::TransportOpened => {
                line.word("transport-opened");
            }
            Self::Received { anew, bytes } => {
                let word = if *anew { "received-anew" } else { "received" };
                line.word(word).wire(bytes);
            }
            Self::TransportClosed(reason) => line.word("transport-closed").close_reason(reason),
            Self::HttpAnswered { status, body } => {
                line.word("http-answered").number(*status).text(body);
            }
            Self::HttpFailed(reason) => line.word("http-failed").close_reason(reason),
            Self::Timeout => {
                line.word("timeout");
            }
            Self::RestoreMessage(message) => line.word("restore-message").kept_message(message),
            Self::RestoreSubscription { filter, qos } => {
                line.word("restore-subscription").qos(*qos);
                line.text(filter.as_bytes());
            }
            Self::RestoreTokens(last) => {
                line.word("restore-tokens").number(last.0);
            }
            Self::HoldUntilKept => {
                line.word("hold-until-kept");
            }
            Self::Kept(up_to) => {
                line.word("kept").number(up_to.0);
            }
            Self::Withdraw(token) => {
                line.word("withdraw").number(token.0);
            }
            Self::TellSession => {
                line.word("tell-session");
            }
        }
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let rule = "what a device can be handed: connect, disconnect, publish, subscribe, unsubscribe, \
                    transport-opened, received, received-anew, transport-closed, http-answered, http-failed, \
                    timeout, restore-message, restore-subscription, restore-tokens, hold-until-kept, kept, \
                    withdraw or tell-session";
        type Read = fn(&mut Fields<'_>) -> Result<Heard, ReadError>;
        let read = fields.word_as("kind", rule, |word| {
            let read: Read = match word {
                "connect" => |_| Ok(Self::Connect),
                "disconnect" => |_| Ok(Self::Disconnect),
                "publish" => |fields| {
                    Ok(Self::Publish {
                        qos: fields.qos()?,
                        topic: fields.text("topic")?,
                        payload: fields.bytes("payload")?,
                    })
                },
                "subscribe" => |fields| {
                    Ok(Self::Subscribe {
                        qos: fields.qos()?,
                        filter: fields.text("filter")?,
                    })
                },
                "unsubscribe" => |fields| {
                    let filter = fields.text("filter")?;
                    Ok(Self::Unsubscribe { filter })
                },
                "transport-opened" => |_| Ok(Self::TransportOpened),
                "received" => |fields| received(false, fields),
                "received-anew" => |fields| received(true, fields),
                "transport-closed" => |fields| fields.close_reason().map(Self::TransportClosed),
                "http-answered" => |fields| {
                    Ok(Self::HttpAnswered {
                        status: fields.number("status", "an HTTP status, up to 65535")?,
                        body: fields.bytes("body")?,
                    })
                },
                "http-failed" => |fields| fields.close_reason().map(Self::HttpFailed),
                "timeout" => |_| Ok(Self::Timeout),
                "restore-message" => |fields| fields.kept_message().map(Self::RestoreMessage),
                "restore-subscription" => |fields| {
                    Ok(Self::RestoreSubscription {
                        qos: fields.qos()?,
                        filter: fields.text("filter")?,
                    })
                },
                "restore-tokens" => |fields| fields.token().map(Self::RestoreTokens),
                "hold-until-kept" => |_| Ok(Self::HoldUntilKept),
                "kept" => |fields| fields.token().map(Self::Kept),
                "withdraw" => |fields| fields.token().map(Self::Withdraw),
                "tell-session" => |_| Ok(Self::TellSession),
                _ => return None,
            };
            Some(read)
        })?;
        read(fields)
    }
}

fn received(anew: bool, fields: &mut Fields<'_>) -> Result<Heard, ReadError> {
    let bytes = fields.bytes("bytes")?;
    Ok(Heard::Received { anew, bytes })
}
