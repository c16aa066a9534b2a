//! What page and worker say to each other.
//!
//! The worker is the truth and holds everything that was received; the page holds what it draws. So the
//! page says what it looks at ([`Watch`]), and the worker answers with a [`Snapshot`] of just that, at
//! most once a tick, however many packets went by. Each message is two byte arrays: itself
//! in postcard's form, and payloads, into which it points by ranges. Both are transferred.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::form::Form;
use crate::worker::log::Direction;

/// What the page tells the worker. Where bytes belong to it, they come beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Connect as the form says, giving up the connection that there is.
    Connect(Box<Form>),
    /// Disconnect in order.
    Disconnect,
    /// Subscribe to a filter.
    Subscribe {
        /// The topic filter, as typed.
        filter: String,
        /// 0 or 1.
        qos: u8,
    },
    /// End a subscription.
    Unsubscribe {
        /// The topic filter.
        filter: String,
    },
    /// Publish the bytes beside this command.
    Publish {
        /// The topic, as typed.
        topic: String,
        /// 0 or 1.
        qos: u8,
    },
    /// What the page looks at from now on.
    Watch(Watch),
    /// Forget the packets and messages held.
    Clear,
}

/// What the page looks at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Of the packets.
    pub packets: Span,
    /// Of the messages received.
    pub messages: Span,
    /// The packet whose bytes are wanted.
    pub chosen: Option<u64>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            packets: Span::Newest(40),
            messages: Span::Newest(40),
            chosen: None,
        }
    }
}

/// A part of a list, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// The last so many, whatever comes.
    Newest(u32),
    /// From an index on.
    From {
        /// The first index.
        first: u64,
        /// How many.
        count: u32,
    },
}

impl Span {
    /// More rows than this are never sent at once.
    pub const MOST: u32 = 200;

    /// The indices meant, in a list that holds `held`.
    #[must_use]
    pub fn within(self, held: Range<u64>) -> Range<u64> {
        let (first, count) = match self {
            Self::Newest(count) => (held.end.saturating_sub(count.min(Self::MOST).into()), count),
            Self::From { first, count } => (first, count),
        };
        let first = first.clamp(held.start, held.end);
        first..held.end.min(first + u64::from(count.min(Self::MOST)))
    }
}

/// What the worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The worker listens.
    Ready {
        /// What its clock's nought is, in ms since 1970.
        origin_ms: f64,
    },
    /// How everything stands.
    Snapshot(Box<Snapshot>),
}

/// How everything stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The connection.
    pub link: Link,
    /// Why the last login was refused, until the next attempt that somebody asked for.
    pub refusal: Option<Refusal>,
    /// How the last connection or attempt ended, until the next one stands.
    pub ended: Option<Ended>,
    /// A command that could not be done.
    pub problem: Option<Problem>,
    /// Subscriptions, in the order in which they were asked for.
    pub subscriptions: Vec<Subscription>,
    /// What was published, the newest first.
    pub outbox: Vec<Sent>,
    /// Packets and bytes that went up.
    pub up: Count,
    /// Packets and bytes that came down.
    pub down: Count,
    /// The packets looked at.
    pub packets: Rows,
    /// The messages looked at.
    pub messages: Rows,
    /// The packet chosen, whole.
    pub chosen: Option<Chosen>,
}

/// Where the connection stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Link {
    /// Nothing was asked for yet, or it has ended.
    #[default]
    Idle,
    /// An attempt is under way.
    Connecting {
        /// Where to; none for the stand-in in the page.
        endpoint: Option<String>,
    },
    /// Accepted.
    Connected {
        /// Where to; none for the stand-in in the page.
        endpoint: Option<String>,
        /// Whether a session was kept.
        session_present: bool,
        /// Since when, in ms of the worker's clock.
        since_ms: f64,
    },
    /// Waiting for the next attempt.
    Waiting {
        /// Its number, from 1.
        attempt: u32,
        /// How long still, in ms.
        left_ms: f64,
    },
    /// Ending in order.
    Closing,
}

impl Link {
    /// Whether there is something to disconnect.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// Whether the platform has accepted.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }
}

/// A refused login.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The CONNACK's return code.
    pub code: u32,
    /// The code in words.
    pub reason: String,
    /// What it means and what to check.
    pub explanation: String,
    /// What the stand-in in the page knows about it; a real platform keeps that to itself.
    pub remark: Option<String>,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Whether it was asked for.
    pub asked_for: bool,
    /// What was seen, and what to try; empty where it was asked for.
    pub reason: String,
    /// When, in ms of the worker's clock.
    pub at_ms: f64,
}

/// A command that could not be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Which one.
    pub of: Task,
    /// Why, and what to do.
    pub text: String,
}

/// Where a problem belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Connecting
    Connect,
    /// Subscribing and unsubscribing
    Subscribe,
    /// Publishing
    Publish,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its filter.
    pub filter: String,
    /// The QoS asked for, then the one granted.
    pub qos: u8,
    /// How far it is.
    pub state: SubscriptionState,
}

/// How far a subscription is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SubscriptionState {
    /// No SUBACK yet.
    Asked,
    /// It stands.
    Granted,
    /// SUBACK 0x80.
    Refused,
    /// No UNSUBACK yet.
    Ending,
    /// No answer.
    Failed(String),
}

/// Something published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The token that the device gave it.
    pub token: u64,
    /// Its topic.
    pub topic: String,
    /// Its QoS.
    pub qos: u8,
    /// Its payload's length in bytes.
    pub size: usize,
    /// When it was handed in, in ms of the worker's clock.
    pub at_ms: f64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fate {
    /// Not known yet.
    Waiting,
    /// Sent (QoS 0) or acknowledged (QoS 1), after so many ms.
    Done {
        /// From being handed in.
        after_ms: f64,
    },
    /// Ended without success.
    Failed(String),
}

/// A sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
}

/// A part of a list, and how long the list is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Entries that are no longer held.
    pub evicted: u64,
    /// Entries that are held.
    pub held: u64,
    /// The index of the first row.
    pub first: u64,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A packet, as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its index in the log of packets.
    pub index: u64,
    /// When, in ms of the worker's clock.
    pub at_ms: f64,
    /// Which way.
    pub direction: Direction,
    /// Its packet type, or nought where the bytes are no packet.
    pub kind: u8,
    /// Its packet identifier.
    pub packet_id: Option<u16>,
    /// Its length in bytes, fixed header included.
    pub size: usize,
    /// What is worth saying about it.
    pub detail: Detail,
}

/// What is worth saying about a packet. Texts are cut to a length that a row can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Detail {
    /// Its type says it all.
    Nothing,
    /// A CONNECT.
    Connect {
        /// The whole MQTT client id.
        client_id: String,
        /// The user name.
        username: String,
        /// In seconds.
        keep_alive: u16,
        /// Clean session.
        clean_session: bool,
    },
    /// A CONNACK.
    Connack {
        /// The return code.
        code: u8,
        /// The code in the standard's words.
        name: String,
        /// Session present.
        session_present: bool,
    },
    /// A PUBLISH.
    Publish {
        /// Its topic.
        topic: String,
        /// Its QoS.
        qos: u8,
        /// DUP.
        dup: bool,
        /// RETAIN.
        retain: bool,
        /// The payload's front, in the bytes beside the report.
        payload: Range<usize>,
        /// The payload's whole length in bytes.
        payload_size: usize,
    },
    /// A SUBSCRIBE, or an UNSUBSCRIBE, which asks for no QoS.
    Filters(Vec<(String, Option<u8>)>),
    /// A SUBACK's codes; 0x80 is a refusal.
    Suback(Vec<u8>),
    /// No packet.
    Malformed {
        /// The offset of the bad byte.
        at: usize,
        /// The rule that it breaks.
        rule: String,
    },
}

/// A packet with all its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The packet; its payload range is the whole payload.
    pub row: Row,
    /// Its bytes, in those beside the report.
    pub bytes: Range<usize>,
}
