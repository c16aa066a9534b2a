//! The whole device: a script says what its host, its peer and its clock do.

use core::time::Duration;
use std::collections::BTreeSet;

use tern_core::auth::{AuthUrl, HttpAnswer};
use tern_core::device::{
    CloseKind, CloseReason, Config, Device, Event, Input, Login, Output, Token,
};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::{Framed, Packet, QoS, Sender, frame, read};

use crate::script::Script;

/// So many outputs after one call are a live-lock.
const MANY: usize = 10_000;
/// Steps of one script.
const STEPS: usize = 400;

pub(crate) fn check(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let Some(mut host) = Host::new(&mut script) else {
        return;
    };
    for _ in 0..STEPS {
        if script.is_over() {
            break;
        }
        host.step(&mut script);
    }
    // Whatever happened: it stops when it is asked to, and owes nothing then.
    host.device.disconnect(host.now);
    host.drain();
    host.now = host.now + Duration::from_secs(120);
    host.device.handle_input(host.now, Input::Timeout);
    host.drain();
    if !host.open {
        assert!(host.waiting.is_empty(), "{:?} never ended", host.waiting);
    }
}

struct Host {
    device: Device,
    now: Instant,
    deadline: Option<Instant>,
    open: bool,
    held: Vec<u8>,
    /// What the peer has not acknowledged on this connection.
    unacknowledged: BTreeSet<u16>,
    waiting: BTreeSet<u64>,
    ended: BTreeSet<u64>,
}

impl Host {
    fn new(script: &mut Script<'_>) -> Option<Self> {
        let kind = script.byte();
        let endpoint = Endpoint::new(TransportKind::Tcp, "localhost", 1883).ok()?;
        let triple = Triple::new("pk", "dn", "secret").ok()?;
        let client_id = ClientId::new("c").ok()?;
        let login = match kind % 3 {
            0 => Login::Plain {
                client_id: "c".into(),
                username: None,
                password: None,
                endpoint,
            },
            1 => Login::Direct {
                triple,
                client_id,
                method: SignMethod::HmacSha256,
                timestamp: Some(1),
                endpoint,
            },
            _ => Login::Https {
                triple,
                client_id,
                method: SignMethod::HmacMd5,
                timestamp: None,
                auth_url: AuthUrl::new("https://localhost/auth/devicename").ok()?,
                transport: TransportKind::Tcp,
                endpoint: Some(endpoint),
            },
        };
        let mut config = Config::new(login);
        config.clean_session = kind & 0x80 != 0;
        let mut host = Self {
            device: Device::new(config, script.byte().into()).ok()?,
            now: Instant::from_millis(1_000),
            deadline: None,
            open: false,
            held: Vec::new(),
            unacknowledged: BTreeSet::new(),
            waiting: BTreeSet::new(),
            ended: BTreeSet::new(),
        };
        host.device.connect(host.now);
        host.drain();
        Some(host)
    }

    fn step(&mut self, script: &mut Script<'_>) {
        match script.byte() % 16 {
            0 => self.opened(),
            1..=3 => {
                let bytes = script.bytes();
                self.receive(bytes);
            }
            4 => self.receive(&[0x20, 0x02, script.byte() & 1, 0x00]),
            5 => {
                let id = self.unacknowledged.iter().next().copied();
                let [high, low] = id.unwrap_or_else(|| script.number()).to_be_bytes();
                self.receive(&[0x40, 0x02, high, low]);
            }
            6 => {
                let [high, low] = script.number().to_be_bytes();
                self.receive(&[0x90, 0x03, high, low, script.byte()]);
            }
            7 => self.receive(&[0xD0, 0x00]),
            8 => {
                self.now = self.deadline.unwrap_or(self.now).max(self.now);
                self.device.handle_input(self.now, Input::Timeout);
            }
            9 => {
                self.now = self.now + Duration::from_millis(u64::from(script.number()) * 8);
                self.device.handle_input(self.now, Input::Timeout);
            }
            10 => self.publish(script),
            11 => self.subscribe(script),
            12 => {
                self.open = false;
                self.held.clear();
                let reason = CloseReason {
                    kind: CloseKind::Network,
                    text: String::from_utf8_lossy(script.bytes()).into_owned(),
                };
                let closed = Input::TransportClosed(reason);
                self.device.handle_input(self.now, closed);
            }
            13 => {
                let status = script.number();
                let body = match script.byte() % 4 {
                    0 => br#"{"code":200,"message":"success","data":{"iotId":"i","iotToken":"tokentoken"}}"#,
                    _ => script.bytes(),
                };
                let answer = HttpAnswer { status, body };
                self.device
                    .handle_input(self.now, Input::HttpAnswered(Ok(answer)));
            }
            14 => self.device.connect(self.now),
            _ => self.device.disconnect(self.now),
        }
        self.drain();
    }

    fn opened(&mut self) {
        self.open = true;
        self.device.handle_input(self.now, Input::TransportOpened);
    }

    fn receive(&mut self, bytes: &[u8]) {
        if !self.open {
            return;
        }
        self.held.extend_from_slice(bytes);
        for id in acknowledged(&self.held) {
            self.unacknowledged.remove(&id);
        }
        let progress = self
            .device
            .handle_input(self.now, Input::Received(&self.held));
        assert!(progress.consumed <= self.held.len());
        let left = self.held.len() - progress.consumed;
        // Drained first: its messages are ranges of the bytes that were handed in.
        self.drain();
        assert!(progress.need > 0 && (!self.open || progress.need > left));
        self.held.drain(..progress.consumed.min(self.held.len()));
    }

    fn publish(&mut self, script: &mut Script<'_>) {
        let topic = String::from_utf8_lossy(script.bytes()).into_owned();
        let Ok(topic) = TopicName::new(&topic).or_else(|_| TopicName::new("/pk/dn/up")) else {
            return;
        };
        let qos = QoS::from_number(script.byte() % 3).unwrap_or(QoS::AtLeastOnce);
        let token = self.device.publish(self.now, &topic, script.bytes(), qos);
        self.accepted(token.ok());
    }

    fn subscribe(&mut self, script: &mut Script<'_>) {
        let filter = String::from_utf8_lossy(script.bytes()).into_owned();
        let Ok(filter) = TopicFilter::new(&filter).or_else(|_| TopicFilter::new("/pk/dn/#")) else {
            return;
        };
        let token = match script.byte() % 4 {
            0 => self.device.unsubscribe(self.now, &filter),
            qos => {
                let qos = QoS::from_number(qos - 1).unwrap_or(QoS::AtLeastOnce);
                self.device.subscribe(self.now, &filter, qos)
            }
        };
        self.accepted(token.ok());
    }

    fn accepted(&mut self, token: Option<Token>) {
        if let Some(Token(token)) = token {
            assert!(self.waiting.insert(token), "token {token} is there twice");
        }
    }

    fn over(&mut self, Token(token): Token) {
        assert!(self.ended.insert(token), "token {token} ends twice");
        assert!(self.waiting.remove(&token), "token {token} was never given");
    }

    fn drain(&mut self) {
        let mut transmit = Vec::new();
        for _ in 0..MANY {
            transmit.clear();
            match self.device.poll_output(&mut transmit) {
                Output::OpenTransport(_) => {
                    self.open = false;
                    self.held.clear();
                    self.unacknowledged.clear();
                }
                Output::Transmit => self.sent(&transmit),
                Output::CloseTransport => {
                    self.open = false;
                    self.held.clear();
                }
                Output::SendHttp(request) => assert!(!request.body.is_empty()),
                Output::Event(event) => self.told(event),
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
            }
        }
        panic!("{MANY} outputs, and no end");
    }

    fn told(&mut self, event: Event) {
        match event {
            Event::Published { token }
            | Event::Failed { token, .. }
            | Event::Unsubscribed { token, .. } => self.over(token),
            Event::Subscribed { token, .. } | Event::SubscribeRefused { token, .. } => {
                if let Some(token) = token {
                    self.over(token);
                }
            }
            Event::Message { topic, payload, .. } => {
                let topic = self.held.get(topic).expect("within what was handed in");
                let topic = core::str::from_utf8(topic).expect("a topic is text");
                assert!(TopicName::new(topic).is_ok(), "{topic:?}");
                assert!(self.held.get(payload).is_some());
            }
            _ => {}
        }
    }

    /// What a device sends are whole packets of a client's, by the strict check.
    fn sent(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let framed = frame(bytes, Sender::Client, usize::MAX);
            let Ok(Framed::Complete { len }) = framed else {
                panic!("{framed:?} of {bytes:02x?}");
            };
            let (packet, rest) = bytes.split_at(len);
            match read(packet, Sender::Client) {
                Ok(Packet::Publish(publish)) => {
                    if let Some(id) = publish.packet_id {
                        let is_new = self.unacknowledged.insert(id.get());
                        assert!(is_new, "packet identifier {id} is in use");
                    }
                }
                Ok(_) => {}
                Err(error) => panic!("{error} in {packet:02x?}"),
            }
            bytes = rest;
        }
    }
}

/// The identifiers of the PUBACKs at the front of a stream.
fn acknowledged(mut bytes: &[u8]) -> Vec<u16> {
    let mut ids = Vec::new();
    while let Ok(Framed::Complete { len }) = frame(bytes, Sender::Server, usize::MAX) {
        let (packet, rest) = bytes.split_at(len);
        if let Ok(Packet::Puback(id)) = read(packet, Sender::Server) {
            ids.push(id.get());
        }
        bytes = rest;
    }
    ids
}
