//! What the stand-in tells: the platform's events and those of the sockets around it, as one JSON object each.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
use tokio::sync::broadcast;

/// Events that one listener of `GET /api/events` may be behind before some are dropped for it.
const LISTENER_QUEUE: usize = 1024;

/// Something that happened in the stand-in.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum StandInEvent {
    /// What happened on the sockets.
    Socket(SocketEvent),
    /// What happened in the platform.
    Platform(tern_platform::Event),
}

/// Something that happened around the platform rather than in it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SocketEvent {
    /// All three ports listen. Always the first event.
    Ready {
        /// The port for MQTT, TLS and WebSocket, as bound.
        mqtt: SocketAddr,
        /// The port of the HTTPS authentication, as bound.
        https: SocketAddr,
        /// The port of the console and of the control, as bound.
        http: SocketAddr,
        /// The CA's certificate: an absolute path.
        #[serde(serialize_with = "lossy")]
        ca: PathBuf,
    },
    /// A connection ended before it spoke MQTT or HTTP.
    HandshakeFailed {
        /// Which port it came to: `mqtt` or `https`.
        port: &'static str,
        /// Who it was.
        peer: SocketAddr,
        /// What is wrong, and what to do about it.
        reason: String,
    },
    /// A connection could not be taken; the next attempt follows.
    AcceptFailed {
        /// Which port: `mqtt`, `https` or `http`.
        port: &'static str,
        /// What the system said.
        reason: String,
    },
    /// A request was refused for its body, before anybody looked into it.
    RequestRefused {
        /// Which port: `https` or `http`.
        port: &'static str,
        /// The HTTP status of the answer.
        status: u16,
        /// What is wrong.
        reason: String,
    },
    /// The reader of the events was too slow: so many were dropped.
    EventsDropped {
        /// How many, since the last such event.
        count: u64,
    },
}

impl StandInEvent {
    /// The value of the field `event`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Socket(SocketEvent::Ready { .. }) => "ready",
            Self::Socket(SocketEvent::HandshakeFailed { .. }) => "handshake_failed",
            Self::Socket(SocketEvent::AcceptFailed { .. }) => "accept_failed",
            Self::Socket(SocketEvent::RequestRefused { .. }) => "request_refused",
            Self::Socket(SocketEvent::EventsDropped { .. }) => "events_dropped",
            Self::Platform(event) => event.name(),
        }
    }

    /// The event as one JSON object without a line end: `event` first, `at` (RFC 3339, UTC) last.
    #[must_use]
    pub fn to_json(&self, at: SystemTime) -> String {
        // Plain data with text keys always serialises.
        let mut json = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        json.truncate(json.len().saturating_sub(1)); // the closing brace
        json.push_str(",\"at\":\"");
        json.push_str(&humantime::format_rfc3339_millis(at).to_string());
        json.push_str("\"}");
        json
    }
}

/// A path that is not UTF-8 is still worth telling.
fn lossy<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// Who is told of every event, on the stand-in's own thread: it must not block.
pub type EventSink = Arc<dyn Fn(&StandInEvent) + Send + Sync>;

/// Hands the events that it wants to the caller's sink, and all of them to those who listen over HTTP.
pub(crate) struct EventHub {
    sink: Option<EventSink>,
    filter: EventFilter,
    listeners: broadcast::Sender<Arc<str>>,
}

impl EventHub {
    pub(crate) fn new(sink: Option<EventSink>, filter: EventFilter) -> Self {
        Self {
            sink,
            filter,
            listeners: broadcast::Sender::new(LISTENER_QUEUE),
        }
    }

    /// Tells everybody; costs no text where nobody listens over HTTP.
    pub(crate) fn emit(&self, event: &StandInEvent) {
        if let Some(sink) = &self.sink
            && self.filter.passes(event.name())
        {
            sink(event);
        }
        if self.listeners.receiver_count() > 0 {
            // An error says that the last listener has just left.
            let _ = self.listeners.send(event.to_json(SystemTime::now()).into());
        }
    }

    /// Whether anybody is told of events of this name.
    pub(crate) fn wants(&self, name: &str) -> bool {
        (self.sink.is_some() && self.filter.passes(name)) || self.listeners.receiver_count() > 0
    }

    /// Every event from now on, as JSON.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.listeners.subscribe()
    }
}

impl fmt::Debug for EventHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHub")
            .field("listeners", &self.listeners.receiver_count())
            .finish_non_exhaustive()
    }
}

/// Which events are told: `--events LIST|none`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EventFilter {
    /// All of them.
    #[default]
    All,
    /// Those with these names; `ready` and `events_dropped` always.
    Only(BTreeSet<&'static str>),
}

/// A name of an event that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no event {0:?}; write none, or a list of {list} with commas between", list = EVENT_NAMES.join(", "))]
pub struct EventFilterError(String);

/// The names that `--events` takes.
const EVENT_NAMES: [&str; 16] = [
    "ready",
    "connected",
    "refused",
    "disconnected",
    "published",
    "subscribed",
    "subscribe_refused",
    "unsubscribed",
    "dropped",
    "ignored",
    "authenticated",
    "auth_refused",
    "handshake_failed",
    "accept_failed",
    "request_refused",
    "events_dropped",
];

impl EventFilter {
    /// Whether an event of this name is told.
    #[must_use]
    pub fn passes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => matches!(name, "ready" | "events_dropped") || names.contains(name),
        }
    }
}

impl FromStr for EventFilter {
    type Err = EventFilterError;

    fn from_str(text: &str) -> Result<Self, EventFilterError> {
        if text.trim() == "none" {
            return Ok(Self::Only(BTreeSet::new()));
        }
        let find = |name: &str| {
            let known = EVENT_NAMES.into_iter().find(|known| *known == name.trim());
            known.ok_or_else(|| EventFilterError(name.trim().to_owned()))
        };
        text.split(',')
            .map(find)
            .collect::<Result<_, _>>()
            .map(Self::Only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_json_object_with_its_time() {
        let event = StandInEvent::Socket(SocketEvent::EventsDropped { count: 3 });
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1500);
        assert_eq!(
            event.to_json(at),
            r#"{"event":"events_dropped","count":3,"at":"1970-01-01T00:00:01.500Z"}"#
        );
    }

    #[test]
    fn ready_names_addresses_and_the_ca() {
        let address: SocketAddr = "127.0.0.1:1883".parse().expect("an address");
        let event = StandInEvent::Socket(SocketEvent::Ready {
            mqtt: address,
            https: address,
            http: "[::1]:8080".parse().expect("an address"),
            ca: "/data/ca.pem".into(),
        });
        let json: serde_json::Value =
            serde_json::from_str(&event.to_json(SystemTime::now())).expect("JSON");
        assert_eq!(json["event"], "ready");
        assert_eq!(json["mqtt"], "127.0.0.1:1883");
        assert_eq!(json["http"], "[::1]:8080");
        assert_eq!(json["ca"], "/data/ca.pem");
    }

    #[test]
    fn the_filter_knows_none_and_lists() {
        let none: EventFilter = "none".parse().expect("none");
        assert!(none.passes("ready") && !none.passes("published"));
        let some: EventFilter = "connected, refused".parse().expect("two names");
        assert!(some.passes("refused") && some.passes("ready") && !some.passes("published"));
        let error = "connected,nonsense"
            .parse::<EventFilter>()
            .expect_err("unknown")
            .to_string();
        assert!(
            error.contains("\"nonsense\"") && error.contains("auth_refused"),
            "{error}"
        );
        assert!("".parse::<EventFilter>().is_err());
    }
}
