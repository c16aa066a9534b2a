//! The cloud's side, as the page asks of it and is told of it: the same words for the stand-in inside the
//! page, which the worker holds, and for a `tern platform` that serves the page.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tern_platform::{DeviceAddress, DeviceView, EventKind, Faults};

/// Events that are held, and shown.
pub const EVENTS: usize = 200;

/// What the page tells the worker about the stand-in inside the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Whether anybody looks: then each change is told by [`Report::View`].
    Look(bool),
    /// Something is asked for. [`Report::Answered`] says what became of it, with the same number.
    Ask {
        /// The page's number for it.
        number: u32,
        /// What.
        ask: Ask,
    },
}

/// What can be asked of the cloud's side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Make a device known that is not.
    Register(NewDevice),
    /// Remove a device; one that is online is cut.
    Remove(DeviceAddress),
    /// Let a device in no more, or again.
    Disable {
        /// Which.
        device: DeviceAddress,
        /// Whether it is not let in.
        disabled: bool,
    },
    /// Send a device messages.
    Push(Push),
    /// Let the pushes that are under way be enough.
    StopPush,
    /// Switch faults: these are on from now on, all others off.
    SetFaults(#[serde(with = "as_json")] Faults),
    /// A second client with the triple of a device: start it, or stop it. In the page only.
    Rival(Option<DeviceAddress>),
    /// Forget the events held.
    ClearEvents,
}

/// A device to register, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDevice {
    /// productKey
    pub product_key: String,
    /// deviceName
    pub device_name: String,
    /// deviceSecret
    pub device_secret: String,
}

/// Never prints the secret.
impl fmt::Debug for NewDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.product_key, self.device_name)
    }
}

/// Messages for a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// For whom.
    pub device: DeviceAddress,
    /// One of the device's own topics.
    pub topic: String,
    /// The payload.
    pub payload: String,
    /// 0 or 1.
    pub qos: u8,
    /// How many times, 1 to [`Push::MOST`].
    pub count: u32,
}

impl Push {
    /// As many as one push may be.
    pub const MOST: u32 = 100_000;
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// How everything stands.
    View(Box<View>),
    /// What became of something that was asked for.
    Answered {
        /// The number that it was asked with.
        number: u32,
        /// What became of it.
        outcome: Result<Done, Problem>,
    },
}

/// How the cloud's side stands. It never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The devices that are known, sorted. Their times are in ms of the source's clock.
    pub devices: Vec<DeviceView>,
    /// The faults that are on.
    #[serde(with = "as_json")]
    pub faults: Faults,
    /// The last [`EVENTS`], the newest first.
    pub events: Vec<Event>,
    /// Events that are no longer held.
    pub events_dropped: u64,
    /// The second client, where one was started.
    pub rival: Option<Rival>,
}

/// Something that happened. One flat value, as `GET /api/events` tells it: what an event does not have is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Counted from 0 on, those that are no longer held included.
    pub number: u64,
    /// When, in ms of the source's clock.
    pub at_ms: f64,
    /// Its name, such as `connected`.
    pub name: String,
    /// The device it happened to: the product,
    pub product_key: Option<String>,
    /// and its name.
    pub device_name: Option<String>,
    /// The client id without its extension part.
    pub client_id: Option<String>,
    /// In seconds.
    pub keep_alive: Option<u16>,
    /// Whether the session was kept.
    pub session_present: Option<bool>,
    /// The return code of a refusal.
    pub connack: Option<u8>,
    /// The code of a refused HTTPS authentication.
    pub auth_code: Option<u32>,
    /// Why, in the platform's words.
    pub reason: Option<String>,
    /// The topic of a message.
    pub topic: Option<String>,
    /// The filter of a subscription.
    pub filter: Option<String>,
    /// The QoS of either.
    pub qos: Option<u8>,
    /// Whether a message was passed on.
    pub routed: Option<bool>,
    /// What was asked for and is not there.
    pub what: Option<String>,
    /// How many events this page was too slow for.
    pub count: Option<u64>,
}

impl Event {
    /// The event as the stand-in tells it.
    #[must_use]
    pub fn new(number: u64, at_ms: f64, told: &tern_platform::Event) -> Self {
        let mut event = Self {
            number,
            at_ms,
            name: told.name().to_owned(),
            ..Self::default()
        };
        if let Some(device) = &told.device {
            event.product_key = Some(device.product_key.as_str().to_owned());
            event.device_name = Some(device.device_name.as_str().to_owned());
        }
        event.take(told.kind.clone());
        event
    }

    /// The event as `GET /api/events` tells it. Read by its keys: derived code would weigh five times as much.
    #[must_use]
    pub fn of_json(number: u64, at_ms: f64, told: &Value) -> Self {
        let text = |key| told.get(key).and_then(Value::as_str).map(str::to_owned);
        let number_of = |key| told.get(key).and_then(Value::as_u64);
        let byte = |key| number_of(key).and_then(|number| number.try_into().ok());
        let flag = |key| told.get(key).and_then(Value::as_bool);
        Self {
            number,
            at_ms,
            name: text("event").unwrap_or_default(),
            product_key: text("product_key"),
            device_name: text("device_name"),
            client_id: text("client_id"),
            keep_alive: number_of("keep_alive").and_then(|seconds| seconds.try_into().ok()),
            session_present: flag("session_present"),
            connack: byte("connack"),
            auth_code: number_of("auth_code").and_then(|code| code.try_into().ok()),
            reason: text("reason"),
            topic: text("topic"),
            filter: text("filter"),
            qos: byte("qos"),
            routed: flag("routed"),
            what: text("what"),
            count: number_of("count"),
        }
    }

    fn take(&mut self, kind: EventKind) {
        match kind {
            EventKind::Connected {
                client_id,
                keep_alive,
                session_present,
                ..
            } => {
                self.client_id = Some(client_id);
                self.keep_alive = Some(keep_alive);
                self.session_present = Some(session_present);
            }
            EventKind::Refused { connack, reason } => {
                self.connack = Some(connack);
                self.reason = Some(reason);
            }
            EventKind::Disconnected { reason } => self.reason = Some(reason),
            EventKind::Published { topic, qos, routed } => {
                self.topic = Some(topic);
                self.qos = Some(qos);
                self.routed = Some(routed);
            }
            EventKind::Subscribed { filter, qos } => {
                self.filter = Some(filter);
                self.qos = Some(qos);
            }
            EventKind::SubscribeRefused { filter, reason } => {
                self.filter = Some(filter);
                self.reason = Some(reason);
            }
            EventKind::Unsubscribed { filter } => self.filter = Some(filter),
            EventKind::Dropped { topic, qos, reason } => {
                self.topic = Some(topic);
                self.qos = Some(qos);
                self.reason = Some(reason);
            }
            EventKind::Ignored { what } => self.what = Some(what),
            EventKind::AuthRefused { auth_code, reason } => {
                self.auth_code = Some(auth_code);
                self.reason = Some(reason);
            }
            // `Authenticated` has no fields; a kind that is new has its name at least.
            _ => {}
        }
    }
}

/// The second client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rival {
    /// Whose triple it logs in with.
    pub device: DeviceAddress,
    /// How it stands.
    pub standing: RivalStanding,
    /// How many times it got in.
    pub logins: u32,
    /// Why it was last refused or cut, in the device's words.
    pub reason: Option<String>,
}

/// How the second client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RivalStanding {
    /// It is logging in.
    Connecting,
    /// It is in.
    Connected,
    /// It was cut and waits before it comes back.
    Waiting,
    /// It was refused, and does not come back.
    Stopped,
}

impl RivalStanding {
    /// The name in attributes, for styles and tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Waiting => "waiting",
            Self::Stopped => "stopped",
        }
    }
}

/// Something asked for is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// It is.
    Done,
    /// Messages were pushed.
    Pushed(Tally),
}

/// What became of the messages of a push: the first is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Handed over.
    pub pushed: u64,
    /// On their way to the device.
    pub routed: u64,
    /// QoS 1, waiting for the device.
    pub queued: u64,
    /// Not taken by any subscription.
    pub not_subscribed: u64,
    /// QoS 0, and the device is away.
    pub offline: u64,
    /// Fallen to a limit.
    pub dropped: u64,
}

/// Why something asked for was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What the other side says about it, in its own words; empty where it says nothing.
    pub text: String,
}

/// The kinds of problem, each with another thing to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The control address does not answer.
    Unreachable,
    /// It answers, but not to this page (403).
    Forbidden,
    /// There is no such device (404).
    NoDevice,
    /// The device is registered already (409).
    Known,
    /// What was asked for breaks a rule (400, 413).
    Rule,
    /// Another status, or an answer that can't be read.
    Other,
}

impl ProblemKind {
    /// The kind that an HTTP status stands for.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            400 | 413 => Self::Rule,
            403 => Self::Forbidden,
            404 => Self::NoDevice,
            409 => Self::Known,
            _ => Self::Other,
        }
    }

    /// The name in attributes, for tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Forbidden => "forbidden",
            Self::NoDevice => "no-device",
            Self::Known => "known",
            Self::Rule => "rule",
            Self::Other => "other",
        }
    }
}

/// [`Faults`] leave out what is off and are read by their keys, which only a form with keys can carry: they go
/// as the JSON that the control address takes.
mod as_json {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use tern_platform::Faults;

    pub(super) fn serialize<S: Serializer>(
        faults: &Faults,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(faults).map_err(S::Error::custom)?;
        serializer.serialize_str(&json)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Faults, D::Error> {
        let json = String::deserialize(deserializer)?;
        serde_json::from_str(&json).map_err(D::Error::custom)
    }
}
