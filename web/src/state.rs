//! The page's state: one value, changed by one function.

use std::rc::Rc;

use crate::form::{Address, Carrier, Fault, Field, Form};
use crate::protocol::{Link, Report, Snapshot, Span, Watch};
use crate::sample;
use crate::words::{Lang, Words};

/// A place of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// From the triple to a connection.
    #[default]
    Connect,
    /// Subscribe, publish, and what was received.
    Messages,
    /// Everything that went over the wire.
    Packets,
}

impl Place {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Connect, Self::Messages, Self::Packets];

    /// Its name in the address, after `#`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Messages => "messages",
            Self::Packets => "packets",
        }
    }

    /// The place that the end of an address names, if it names one: none of them is the first one, and
    /// anything else is a mark within a place.
    #[must_use]
    pub fn from_hash(hash: &str) -> Option<Self> {
        match hash.trim_start_matches('#') {
            "" => Some(Self::default()),
            name => Self::ALL.into_iter().find(|place| place.name() == name),
        }
    }
}

/// Whether the worker is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Worker {
    /// It has not said so yet.
    Starting,
    /// It listens.
    Ready {
        /// What its clock's nought is, in ms since 1970.
        origin_ms: f64,
    },
    /// It could not be started, or has died.
    Broken(String),
}

/// What was seen last, with the bytes that it points into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// How everything stands.
    pub now: Snapshot,
    /// Payloads.
    pub bytes: Vec<u8>,
}

/// What a person types to subscribe or publish. `None` as long as the proposal was not touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The topic filter.
    pub filter: Option<String>,
    /// QoS of subscriptions.
    pub subscribe_qos: u8,
    /// The topic.
    pub topic: Option<String>,
    /// QoS of publishes.
    pub publish_qos: u8,
    /// The payload.
    pub payload: String,
}

/// The page's state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The language.
    pub lang: Lang,
    /// What is shown.
    pub place: Place,
    /// The form, as typed.
    pub form: Form,
    /// Whether somebody typed into it: then nothing else changes it.
    pub touched: bool,
    /// Whether somebody asked to connect with the form as it is: then empty fields are faults too.
    pub tried: bool,
    /// Whether the secret is readable.
    pub secret_shown: bool,
    /// Whether the password is readable.
    pub password_shown: bool,
    /// Subscribe and publish.
    pub typed: Typed,
    /// The worker.
    pub worker: Worker,
    /// What it told last.
    pub seen: Rc<Seen>,
    /// What the lists look at.
    pub watch: Watch,
}

/// What can happen to the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Another language.
    Speak(Lang),
    /// Another place.
    Go(Place),
    /// Text in a field.
    Type(Field, String),
    /// Another carrier.
    Carry(Carrier),
    /// Host by hand or by region.
    Address(Address),
    /// Clean session on or off.
    CleanSession(bool),
    /// The sample device again.
    UseSample,
    /// The page is served by a program whose stand-in listens there.
    Served {
        /// Host name or address.
        host: String,
        /// Its MQTT port.
        port: u16,
        /// Whether the page came over TLS, so that it may only use `wss`.
        secure: bool,
    },
    /// Somebody asked to connect.
    Try,
    /// The secret readable or not.
    ShowSecret(bool),
    /// The password readable or not.
    ShowPassword(bool),
    /// A topic filter typed.
    TypeFilter(String),
    /// A topic typed.
    TypeTopic(String),
    /// A payload typed.
    TypePayload(String),
    /// QoS of subscriptions.
    SubscribeQos(u8),
    /// QoS of publishes.
    PublishQos(u8),
    /// The list of packets looks elsewhere.
    LookAtPackets(Span),
    /// The list of messages looks elsewhere.
    LookAtMessages(Span),
    /// A message is chosen, or none.
    Choose(Option<u64>),
    /// The worker told something, with these bytes beside it.
    Told(Box<Report>, Vec<u8>),
    /// The worker is gone.
    WorkerBroken(String),
}

impl State {
    /// The page as it opens.
    #[must_use]
    pub fn new(lang: Lang, place: Place) -> Self {
        Self {
            lang,
            place,
            form: Form::sample(),
            touched: false,
            tried: false,
            secret_shown: false,
            password_shown: false,
            typed: Typed {
                filter: None,
                subscribe_qos: 1,
                topic: None,
                publish_qos: 1,
                payload: sample::PAYLOAD.into(),
            },
            worker: Worker::Starting,
            seen: Rc::default(),
            watch: Watch::default(),
        }
    }

    /// The state after an action.
    #[must_use]
    pub fn after(mut self, action: Action) -> Self {
        match action {
            Action::Speak(lang) => self.lang = lang,
            Action::Go(place) => self.place = place,
            Action::Type(field, text) => {
                self.form.set(field, text);
                self.edited();
            }
            Action::Carry(carrier) => {
                self.form.carrier = carrier;
                self.edited();
            }
            Action::Address(address) => {
                self.form.address = address;
                self.edited();
            }
            Action::CleanSession(on) => {
                self.form.clean_session = on;
                self.edited();
            }
            Action::UseSample => {
                let sample = Form::sample();
                self.form.product_key = sample.product_key;
                self.form.device_name = sample.device_name;
                self.form.device_secret = sample.device_secret;
                self.edited();
            }
            Action::Served { host, port, secure } => {
                if !self.touched {
                    self.form.carrier = if secure { Carrier::Wss } else { Carrier::Ws };
                    self.form.address = Address::Host;
                    self.form.host = host;
                    self.form.port = port.to_string();
                }
            }
            Action::Try => self.tried = true,
            Action::ShowSecret(shown) => self.secret_shown = shown,
            Action::ShowPassword(shown) => self.password_shown = shown,
            Action::TypeFilter(text) => self.typed.filter = Some(text),
            Action::TypeTopic(text) => self.typed.topic = Some(text),
            Action::TypePayload(text) => self.typed.payload = text,
            Action::SubscribeQos(qos) => self.typed.subscribe_qos = qos,
            Action::PublishQos(qos) => self.typed.publish_qos = qos,
            Action::LookAtPackets(span) => self.watch.packets = span,
            Action::LookAtMessages(span) => self.watch.messages = span,
            Action::Choose(index) => self.watch.chosen = index,
            Action::Told(report, bytes) => match *report {
                Report::Ready { origin_ms } => self.worker = Worker::Ready { origin_ms },
                Report::Snapshot(now) => self.seen = Rc::new(Seen { now: *now, bytes }),
            },
            Action::WorkerBroken(text) => self.worker = Worker::Broken(text),
        }
        self
    }

    /// The words of the language.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.lang.words()
    }

    /// How everything stands.
    #[must_use]
    pub fn now(&self) -> &Snapshot {
        &self.seen.now
    }

    /// The faults to show: those of empty fields only once somebody asked to connect.
    #[must_use]
    pub fn faults_shown(&self) -> Vec<Fault> {
        let mut faults = self.form.faults();
        faults.retain(|fault| self.tried || !fault.empty);
        faults
    }

    /// The filter to subscribe to: what was typed, or the device's own topic.
    #[must_use]
    pub fn filter(&self) -> String {
        let typed = self.typed.filter.clone();
        typed.unwrap_or_else(|| self.own_topic())
    }

    /// The topic to publish to: what was typed, or the device's own topic.
    #[must_use]
    pub fn topic(&self) -> String {
        let typed = self.typed.topic.clone();
        typed.unwrap_or_else(|| self.own_topic())
    }

    /// The connection in one word.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let now = self.now();
        match (&self.worker, &now.link) {
            (Worker::Broken(_), _) => Standing::Broken,
            (Worker::Starting, _) => Standing::Starting,
            (_, Link::Connecting { .. }) => Standing::Connecting,
            (_, Link::Connected { .. }) => Standing::Connected,
            (_, Link::Waiting { .. }) => Standing::Reconnecting,
            (_, Link::Closing) => Standing::Disconnecting,
            (_, Link::Idle) if now.refusal.is_some() => Standing::Refused,
            (_, Link::Idle) if now.ended.is_some() => Standing::Disconnected,
            (_, Link::Idle) => Standing::NotConnected,
        }
    }

    fn own_topic(&self) -> String {
        sample::topic(&self.form.product_key, &self.form.device_name)
    }

    fn edited(&mut self) {
        self.touched = true;
        self.tried = false;
    }
}

/// The connection in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Standing {
    Starting,
    Broken,
    NotConnected,
    Connecting,
    Connected,
    Reconnecting,
    Disconnecting,
    Disconnected,
    Refused,
}

impl Standing {
    /// The name in attributes, for styles and tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Broken => "broken",
            Self::NotConnected => "not-connected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Disconnecting => "disconnecting",
            Self::Disconnected => "disconnected",
            Self::Refused => "refused",
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self, words: &Words) -> &'static str {
        match self {
            Self::Starting => words.starting,
            Self::NotConnected => words.not_connected,
            Self::Connecting => words.connecting,
            Self::Connected => words.connected,
            Self::Reconnecting => words.reconnecting,
            Self::Disconnecting => words.disconnecting,
            Self::Disconnected => words.disconnected,
            Self::Refused => words.refused,
            Self::Broken => words.failed,
        }
    }
}
