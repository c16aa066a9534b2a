//! What a client tells, with the SDK's numbers.

use tern_core::wire::QoS;

/// A message that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its topic name.
    pub topic: &'a str,
    /// Its payload.
    pub payload: &'a [u8],
    /// The QoS of the delivery.
    pub qos: QoS,
    /// Whether it may be a repetition.
    pub dup: bool,
    /// The retain flag.
    pub retain: bool,
}

/// What happened to a client, with the SDK's numbers: see [`number`](Self::number).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientEvent<'a> {
    /// 0: something that the SDK has no number for, in words.
    Undefined(&'a str),
    /// 1: the connection is gone; the reason in words.
    Disconnect(&'a str),
    /// 2: it stands again.
    Reconnect,
    /// 3: the subscription with this id stands.
    SubscribeSuccess(u64),
    /// 4: no SUBACK came in time.
    SubscribeTimeout(u64),
    /// 5: the platform refused the subscription.
    SubscribeNack(u64),
    /// 6: the subscription has ended.
    UnsubscribeSuccess(u64),
    /// 7: no UNSUBACK came in time.
    UnsubscribeTimeout(u64),
    /// 8: never sent: MQTT 3.1.1 can't refuse an UNSUBSCRIBE.
    UnsubscribeNack(u64),
    /// 9: the platform acknowledged the message.
    PublishSuccess(u64),
    /// 10: the client ended before the acknowledgement came.
    PublishTimeout(u64),
    /// 11: the message could not be sent.
    PublishNack(u64),
    /// 12: a message that no subscription's callback took.
    PublishReceived(Message<'a>),
    /// 13: the platform sent a packet over the limit; the connection is gone.
    BufferOverflow(&'a str),
}

impl ClientEvent<'_> {
    /// The event's number in the SDK, 0 to 13.
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::Undefined(_) => 0,
            Self::Disconnect(_) => 1,
            Self::Reconnect => 2,
            Self::SubscribeSuccess(_) => 3,
            Self::SubscribeTimeout(_) => 4,
            Self::SubscribeNack(_) => 5,
            Self::UnsubscribeSuccess(_) => 6,
            Self::UnsubscribeTimeout(_) => 7,
            Self::UnsubscribeNack(_) => 8,
            Self::PublishSuccess(_) => 9,
            Self::PublishTimeout(_) => 10,
            Self::PublishNack(_) => 11,
            Self::PublishReceived(_) => 12,
            Self::BufferOverflow(_) => 13,
        }
    }
}
