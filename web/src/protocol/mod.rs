//! What page and worker say to each other.
//!
//! The worker is the truth and holds everything that was received; the page holds what it draws. So the
//! page says what it looks at ([`Watch`]), and the worker answers with a [`Snapshot`] of just that, at
//! most once a tick, however many packets went by. Each message is two byte arrays: itself
//! in postcard's form, and payloads, into which it points by ranges. Both are transferred.

mod bilingual;
pub mod case;
pub mod cloud;
mod http_failure;
pub mod messages;
mod packets;
mod span;
pub mod timeline;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

pub use bilingual::Bilingual;
pub use http_failure::{AUTH_TIMEOUT_MS, HttpFailure};
pub use packets::{Chosen, Detail, Direction, Row, Rows};
pub use span::Span;

use crate::form::Form;

/// How far apart two publishes of a [`Command::Repeat`] may be, in ms: 10 ms to an hour.
pub const REPEAT_EVERY_MS: RangeInclusive<u32> = 10..=3_600_000;

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
    /// Publish the bytes beside this command now, and again and again.
    Repeat {
        /// The topic, as typed.
        topic: String,
        /// 0 or 1.
        qos: u8,
        /// How far apart, in ms: within [`REPEAT_EVERY_MS`].
        every_ms: u32,
    },
    /// No more of that.
    StopRepeat,
    /// What the page looks at from now on.
    Watch(Box<Watch>),
    /// Forget the packets and messages held.
    Clear,
    /// For the stand-in inside the page.
    Cloud(cloud::Command),
}

/// What the page looks at: of each place what is in sight, nothing of a place that is not shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Of the timeline.
    pub timeline: Option<timeline::Watch>,
    /// Of the messages.
    pub messages: Option<messages::Watch>,
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
    /// Of the stand-in inside the page.
    Cloud(cloud::Report),
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
    /// What was seen of it, to tell why.
    pub case: Option<case::Case>,
    /// A command that could not be done.
    pub problem: Option<Problem>,
    /// Subscriptions, in the order in which they were asked for.
    pub subscriptions: Vec<Subscription>,
    /// What was published, the newest first.
    pub outbox: Vec<Sent>,
    /// What is published again and again, or was last.
    pub repeat: Option<Repeating>,
    /// Packets and bytes that went up.
    pub up: Count,
    /// Packets and bytes that came down.
    pub down: Count,
    /// Packets that are held, and those that had to make room.
    pub packets: Kept,
    /// Messages received that are held, and those that had to make room.
    pub messages: Kept,
    /// The worker's memory, in bytes: it grows until the log is full, and then no more.
    pub memory: u64,
    /// The timeline, where it is looked at.
    pub timeline: Option<timeline::View>,
    /// The messages, where they are looked at.
    pub inbox: Option<messages::View>,
}

/// How many entries of a bounded list are held, and how many had to make room: together all that ever came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Held.
    pub held: u64,
    /// No longer held.
    pub evicted: u64,
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
        /// Whether the HTTPS authentication is asked first, and has not answered.
        authenticates: bool,
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
    pub said: Bilingual,
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
    Failed(Bilingual),
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
    Failed(Bilingual),
}

/// What is published again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeating {
    /// Its topic.
    pub topic: String,
    /// How far apart, in ms.
    pub every_ms: u32,
    /// How many were handed to the device.
    pub sent: u64,
    /// Why it has stopped; none as long as it goes on.
    pub stopped: Option<Stop>,
}

/// Why publishing again and again has stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// It was asked to.
    Asked,
    /// The connection was ended, by whichever side.
    ConnectionOver,
    /// The device would not take it, for this reason.
    Refused(Bilingual),
}

impl Repeating {
    /// Whether it goes on.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.stopped.is_none()
    }
}

/// A sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
}
