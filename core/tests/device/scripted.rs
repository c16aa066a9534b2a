//! A device whose host, peer and clock are the test.

use core::time::Duration;

use tern_core::auth::{AuthUrl, HttpAnswer, HttpRequest};
use tern_core::device::{
    CloseKind, CloseReason, Config, Device, Ended, Event, FailReason, Input, Login, Output,
    Session, Token,
};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;

/// CONNACK: accepted, no session.
pub(crate) const ACCEPTED: &str = "20 02 00 00";
/// CONNACK: accepted, with the session of before.
pub(crate) const ACCEPTED_PRESENT: &str = "20 02 01 00";
/// PINGREQ.
pub(crate) const PINGREQ: &str = "C0 00";
/// PINGRESP.
pub(crate) const PINGRESP: &str = "D0 00";
/// DISCONNECT.
pub(crate) const DISCONNECT: &str = "E0 00";

/// Bytes from hex digits; white space does not count, nor does what follows a `#` on its line.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let lines = hex.lines().filter_map(|line| line.split('#').next());
    let text: String = lines.flat_map(str::split_whitespace).collect();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Hex digits from bytes, a space between two.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    digits.join(" ")
}

/// One thing that came out of the device.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Open(Endpoint),
    Http(HttpRequest),
    Sent(String),
    Close,
    Message {
        topic: String,
        payload: Vec<u8>,
        qos: QoS,
        dup: bool,
        retain: bool,
    },
    Event(Event),
}

/// A login without a triple: what most tests need.
pub(crate) fn plain() -> Config {
    let endpoint = Endpoint::from_url("mqtt://localhost").unwrap();
    Config::new(Login::Plain {
        client_id: "c".into(),
        username: None,
        password: None,
        endpoint,
    })
}

pub(crate) fn triple() -> Triple {
    Triple::new("pk", "device", "secret").unwrap()
}

/// The seed's own example: direct over TCP.
pub(crate) fn direct() -> Config {
    Config::new(Login::Direct {
        triple: triple(),
        client_id: ClientId::new("12345").unwrap(),
        method: SignMethod::HmacSha1,
        timestamp: Some(789),
        endpoint: Endpoint::new(
            TransportKind::Tcp,
            "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com",
            1883,
        )
        .unwrap(),
    })
}

pub(crate) fn https() -> Config {
    Config::new(Login::Https {
        triple: triple(),
        client_id: ClientId::new("12345").unwrap(),
        method: SignMethod::HmacMd5,
        timestamp: None,
        auth_url: AuthUrl::new("https://localhost:8443/auth/devicename").unwrap(),
        transport: TransportKind::Tls,
        endpoint: None,
    })
}

/// The auth's answer: iotId `id`, iotToken `tok`, host `mqtt.example`, port 1883.
pub(crate) const GRANT: &str = r#"{"code":200,"data":{"iotId":"id","iotToken":"tok","resources":{"mqtt":{"host":"mqtt.example","port":1883}}},"message":"success"}"#;

pub(crate) struct Scripted {
    pub(crate) device: Device,
    now: u64,
    held: Vec<u8>,
    need: usize,
    deadline: Option<Instant>,
    seen: Vec<Seen>,
}

impl Scripted {
    pub(crate) fn new(config: Config) -> Self {
        Self::with_seed(config, 42)
    }

    pub(crate) fn with_seed(config: Config, seed: u64) -> Self {
        Self::around(Device::new(config, seed).unwrap())
    }

    /// Another device goes on with a session.
    pub(crate) fn restored(config: Config, session: &Session) -> Self {
        Self::around(Device::restore(config, 43, session).unwrap())
    }

    fn around(device: Device) -> Self {
        Self {
            device,
            now: 0,
            held: Vec::new(),
            need: 1,
            deadline: None,
            seen: Vec::new(),
        }
    }

    /// Connected without a session; what came out on the way is forgotten.
    pub(crate) fn online(config: Config) -> Self {
        let mut scripted = Self::new(config);
        scripted.connect();
        scripted.accept(ACCEPTED);
        scripted.take();
        scripted
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.now
    }

    pub(crate) fn deadline_ms(&self) -> Option<u64> {
        self.deadline.map(Instant::as_millis)
    }

    pub(crate) fn connect(&mut self) {
        self.device.connect(self.now());
        self.drain();
    }

    pub(crate) fn disconnect(&mut self) {
        self.device.disconnect(self.now());
        self.drain();
    }

    pub(crate) fn opened(&mut self) {
        self.input(Input::TransportOpened);
    }

    /// The stream opens, and the peer answers the CONNECT with this CONNACK.
    pub(crate) fn accept(&mut self, connack: &str) {
        self.opened();
        self.receive(connack);
    }

    /// As `accept`, once the wait before the next attempt is over.
    pub(crate) fn accept_again(&mut self, connack: &str) {
        let at = self.deadline_ms().unwrap();
        self.pass(at - self.now);
        self.accept(connack);
    }

    pub(crate) fn closed(&mut self) {
        self.closed_by(CloseKind::Closed);
    }

    pub(crate) fn closed_by(&mut self, kind: CloseKind) {
        self.held.clear();
        self.need = 1;
        self.input(Input::TransportClosed(CloseReason {
            kind,
            text: "the peer's end".into(),
        }));
    }

    pub(crate) fn answer(&mut self, status: u16, body: &str) {
        let body = body.as_bytes();
        self.input(Input::HttpAnswered(Ok(HttpAnswer { status, body })));
    }

    pub(crate) fn answer_failed(&mut self, kind: CloseKind) {
        let text = "no route".to_owned();
        self.input(Input::HttpAnswered(Err(CloseReason { kind, text })));
    }

    pub(crate) fn timeout(&mut self) {
        self.input(Input::Timeout);
    }

    /// Bytes of the peer, in hex.
    pub(crate) fn receive(&mut self, hex: &str) {
        self.receive_bytes(&bytes(hex));
    }

    /// As a host does it: what is not consumed is kept, and no call is made below `need` bytes.
    pub(crate) fn receive_bytes(&mut self, new: &[u8]) {
        self.held.extend_from_slice(new);
        if self.held.len() >= self.need {
            self.hand_in_held();
        }
    }

    /// Hands in whatever is held, even below `need`.
    pub(crate) fn hand_in_held(&mut self) {
        let held = core::mem::take(&mut self.held);
        let progress = self.device.handle_input(self.now(), Input::Received(&held));
        assert!(progress.consumed <= held.len());
        let rest = held.len() - progress.consumed;
        assert!(
            progress.need > rest,
            "a call with the same bytes would bring nothing"
        );
        self.drain_with(&held);
        self.held = held[progress.consumed..].to_vec();
        self.need = progress.need;
    }

    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    fn input(&mut self, input: Input<'_>) {
        self.device.handle_input(self.now(), input);
        self.drain();
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &str, qos: QoS) -> Token {
        let topic = TopicName::new(topic).unwrap();
        let now = self.now();
        let token = self
            .device
            .publish(now, &topic, payload.as_bytes(), qos)
            .unwrap();
        self.drain();
        token
    }

    pub(crate) fn subscribe(&mut self, filter: &str, qos: QoS) -> Token {
        let filter = TopicFilter::new(filter).unwrap();
        let token = self.device.subscribe(self.now(), &filter, qos).unwrap();
        self.drain();
        token
    }

    pub(crate) fn unsubscribe(&mut self, filter: &str) -> Token {
        let filter = TopicFilter::new(filter).unwrap();
        let token = self.device.unsubscribe(self.now(), &filter).unwrap();
        self.drain();
        token
    }

    /// Time passes, and the host wakes the device at each of its deadlines.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        for _ in 0..10_000 {
            match self.deadline_ms() {
                Some(at) if at <= end => {
                    self.now = self.now.max(at);
                    self.timeout();
                }
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!(
            "the device asks to be woken again and again at {} ms",
            self.now
        );
    }

    /// Time passes while the host sleeps.
    pub(crate) fn sleep(&mut self, ms: u64) {
        self.now += ms;
    }

    pub(crate) fn drain(&mut self) {
        self.drain_with(&[]);
    }

    fn drain_with(&mut self, received: &[u8]) {
        loop {
            let mut transmit = Vec::new();
            let seen = match self.device.poll_output(&mut transmit) {
                Output::OpenTransport(endpoint) => {
                    self.held.clear();
                    self.need = 1;
                    Seen::Open(endpoint)
                }
                Output::SendHttp(request) => Seen::Http(request),
                Output::Transmit => {
                    assert!(!transmit.is_empty(), "a transmit of nothing");
                    Seen::Sent(hex(&transmit))
                }
                Output::CloseTransport => Seen::Close,
                Output::Event(Event::Message {
                    topic,
                    payload,
                    qos,
                    dup,
                    retain,
                }) => Seen::Message {
                    topic: core::str::from_utf8(&received[topic]).unwrap().to_owned(),
                    payload: received[payload].to_vec(),
                    qos,
                    dup,
                    retain,
                },
                Output::Event(event) => Seen::Event(event),
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
            };
            self.seen.push(seen);
        }
    }

    /// Everything that came out since the last time.
    pub(crate) fn take(&mut self) -> Vec<Seen> {
        core::mem::take(&mut self.seen)
    }

    /// What was sent since the last time, in hex; all else is forgotten.
    pub(crate) fn sent(&mut self) -> String {
        let sent = self.take().into_iter().filter_map(|seen| match seen {
            Seen::Sent(hex) => Some(hex),
            _ => None,
        });
        sent.collect::<Vec<_>>().join(" ")
    }

    /// What was told since the last time; all else is forgotten.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        let events = self.take().into_iter().filter_map(|seen| match seen {
            Seen::Event(event) => Some(event),
            _ => None,
        });
        events.collect()
    }
}

/// How often a token ended in what was told.
pub(crate) fn ends_of(events: &[Event], token: Token) -> usize {
    events
        .iter()
        .filter(|event| match event {
            Event::Published { token: ended }
            | Event::Failed { token: ended, .. }
            | Event::Unsubscribed { token: ended, .. } => *ended == token,
            Event::Subscribed { token: ended, .. }
            | Event::SubscribeRefused { token: ended, .. } => *ended == Some(token),
            _ => false,
        })
        .count()
}

pub(crate) fn given_back(token: Token) -> Event {
    Event::Failed {
        token,
        reason: FailReason::GivenBack,
    }
}

/// The reason of the one `Disconnected` in what was told.
#[track_caller]
pub(crate) fn disconnected(events: &[Event]) -> &tern_core::device::Disconnect {
    let mut found = events.iter().filter_map(|event| match event {
        Event::Disconnected(disconnect) => Some(disconnect),
        _ => None,
    });
    let first = found
        .next()
        .unwrap_or_else(|| panic!("not disconnected: {events:?}"));
    assert_eq!(found.next(), None, "disconnected twice");
    first
}

/// The one wait that was told, in ms, and its attempt.
#[track_caller]
pub(crate) fn reconnecting(events: &[Event]) -> (u64, u32) {
    let found = events.iter().find_map(|event| match event {
        Event::Reconnecting { in_ms, attempt } => Some((*in_ms, *attempt)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no reconnect: {events:?}"))
}

/// How the device ended, if it did.
pub(crate) fn ended(events: &[Event]) -> Option<&Ended> {
    events.iter().find_map(|event| match event {
        Event::Ended(ended) => Some(ended),
        _ => None,
    })
}

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
