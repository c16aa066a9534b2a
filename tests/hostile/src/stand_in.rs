//! The stand-in: a script says what up to four clients, the operator and the clock do.

use core::time::Duration;

use tern_core::identity::{ClientId, TransportKind};
use tern_core::sign::{SignMethod, direct};
use tern_core::time::Instant;
use tern_core::wire::{Connect, ConnectCode, Framed, Packet, QoS, Sender, frame, read, write};
use tern_platform::sample::{self, DEVICE_NAME, PRODUCT_KEY};
use tern_platform::{
    Arrival, ConnectionId, Cut, DeviceAddress, Fault, Faults, Output, Platform, Refuse, Settings,
};

use crate::script::Script;

/// So many outputs after one call are a live-lock.
const MANY: usize = 10_000;
/// Steps of one script.
const STEPS: usize = 300;
/// What one script may make it send, in bytes.
const MUCH: usize = 64 << 20;

pub(crate) fn check(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut cloud = Cloud::new();
    for _ in 0..STEPS {
        if script.is_over() {
            break;
        }
        cloud.step(&mut script);
    }
    for client in 0..cloud.clients.len() {
        cloud.close(client);
    }
    cloud.drain();
    let online = cloud.platform.devices().filter(|device| device.online);
    assert_eq!(online.count(), 0, "nobody is connected");
}

struct Client {
    connection: Option<ConnectionId>,
    held: Vec<u8>,
}

struct Cloud {
    platform: Platform,
    now: Instant,
    deadline: Option<Instant>,
    clients: [Client; 4],
    garbage: bool,
    sent: usize,
}

impl Cloud {
    fn new() -> Self {
        let mut platform = Platform::new(Settings::default(), 7);
        platform.register(sample::device());
        let client = || Client {
            connection: None,
            held: Vec::new(),
        };
        Self {
            platform,
            now: Instant::from_millis(1_000),
            deadline: None,
            clients: [client(), client(), client(), client()],
            garbage: false,
            sent: 0,
        }
    }

    fn step(&mut self, script: &mut Script<'_>) {
        let op = script.byte();
        let client = usize::from(op >> 6);
        match op % 16 {
            0 => self.open(client, script.byte()),
            1..=3 => self.receive(client, script.bytes()),
            4 => {
                if self.clients[client].connection.is_none() {
                    self.open(client, 0);
                }
                self.receive(client, &login(script.byte()));
            }
            5 => {
                let filter = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/#");
                let len = u8::try_from(filter.len() + 5).unwrap_or_default();
                let mut packet = vec![0x82, len, 0, 1, 0, len - 5];
                packet.extend_from_slice(filter.as_bytes());
                packet.push(script.byte() % 2);
                self.receive(client, &packet);
            }
            6 => {
                let [high, low] = script.number().to_be_bytes();
                self.receive(client, &[0x40, 0x02, high, low]);
            }
            7 => self.push(script),
            8 => {
                self.now = self.deadline.unwrap_or(self.now).max(self.now);
                self.platform.timeout(self.now);
            }
            9 => {
                self.now = self.now + Duration::from_millis(u64::from(script.number()) * 8);
                self.platform.timeout(self.now);
            }
            10 => self.close(client),
            11 => self.fault(script),
            12 => {
                if let Some(id) = self.clients[client].connection {
                    self.platform
                        .backlog(self.now, id, usize::from(script.number()) << 6);
                }
            }
            13 => {
                let (status, answer) = self.platform.auth(self.now, script.bytes());
                assert_eq!(status, 200, "the code stands in the body");
                assert!(answer.starts_with('{'), "{answer}");
            }
            14 => {
                let disabled = script.byte() % 2 == 1;
                self.platform.set_disabled(self.now, &device(), disabled);
            }
            _ => {
                self.platform.remove_device(self.now, &device());
                self.drain();
                self.platform.register(sample::device());
            }
        }
        self.drain();
    }

    fn open(&mut self, client: usize, how: u8) {
        self.close(client);
        let arrival = Arrival {
            secure: how & 1 != 0,
            websocket: how & 2 != 0,
        };
        let id = self.platform.opened(self.now, arrival);
        self.clients[client].connection = Some(id);
    }

    fn close(&mut self, client: usize) {
        let client = &mut self.clients[client];
        client.held.clear();
        if let Some(id) = client.connection.take() {
            self.platform.closed(self.now, id, "the script says so");
        }
    }

    fn receive(&mut self, client: usize, bytes: &[u8]) {
        let client = &mut self.clients[client];
        let Some(id) = client.connection else { return };
        client.held.extend_from_slice(bytes);
        let progress = self.platform.received(self.now, id, &client.held);
        assert!(progress.consumed <= client.held.len());
        client.held.drain(..progress.consumed);
        // What a host has to hold for it is bounded.
        let most = self.platform.settings().max_packet;
        assert!(progress.need <= most, "it wants {} bytes", progress.need);
    }

    fn push(&mut self, script: &mut Script<'_>) {
        let qos = QoS::from_number(script.byte() % 3).unwrap_or(QoS::AtLeastOnce);
        let topic = match script.byte() % 2 {
            0 => format!("/{PRODUCT_KEY}/{DEVICE_NAME}/down"),
            _ => String::from_utf8_lossy(script.bytes()).into_owned(),
        };
        let device = device();
        let payload = script.bytes();
        // Refused or not, it is said.
        let _ = self.platform.push(
            self.now,
            &device.product_key,
            &device.device_name,
            &topic,
            payload,
            qos,
        );
    }

    fn fault(&mut self, script: &mut Script<'_>) {
        let which = script.byte();
        self.garbage |= which & 1 != 0;
        let fault = Fault {
            garbage: which & 1 != 0,
            half_open: which & 2 != 0,
            delay_ms: if which & 4 != 0 {
                script.number().into()
            } else {
                0
            },
            drop: (which & 8 != 0).then_some(Cut::Now),
            refuse: (which & 16 != 0).then_some(Refuse {
                code: ConnectCode::ServerUnavailable,
            }),
            ..Fault::default()
        };
        let faults = Faults {
            all: fault,
            ..Faults::default()
        };
        self.platform.set_faults(self.now, faults);
    }

    fn drain(&mut self) {
        let mut bytes = Vec::new();
        for _ in 0..MANY {
            bytes.clear();
            match self.platform.poll_output(&mut bytes) {
                Output::Transmit { to } => {
                    assert!(self.known(to).is_some(), "{to:?} is closed");
                    self.sent += bytes.len();
                    assert!(self.sent < MUCH, "{} bytes for one script", self.sent);
                    if !self.garbage {
                        whole(&bytes);
                    }
                }
                Output::Close { connection, reason } => {
                    assert!(!reason.is_empty());
                    let client = self.known(connection).expect("closed once");
                    client.connection = None;
                    client.held.clear();
                }
                Output::Event(event) => assert!(!event.name().is_empty()),
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
            }
        }
        panic!("{MANY} outputs, and no end");
    }

    fn known(&mut self, id: ConnectionId) -> Option<&mut Client> {
        let mut clients = self.clients.iter_mut();
        clients.find(|client| client.connection == Some(id))
    }
}

/// What a stand-in sends are whole packets of a server's, by the strict check.
fn whole(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let framed = frame(bytes, Sender::Server, usize::MAX);
        let Ok(Framed::Complete { len }) = framed else {
            panic!("{framed:?} of {bytes:02x?}");
        };
        let (packet, rest) = bytes.split_at(len);
        if let Err(error) = read(packet, Sender::Server) {
            panic!("{error} in {packet:02x?}");
        }
        bytes = rest;
    }
}

fn device() -> DeviceAddress {
    DeviceAddress::new(PRODUCT_KEY, DEVICE_NAME).expect("a legal address")
}

/// The sample device's CONNECT over plain TCP.
fn login(flags: u8) -> Vec<u8> {
    let client_id = ClientId::new("c").expect("legal");
    let login = direct(
        &sample::device().triple,
        &client_id,
        SignMethod::HmacSha1,
        TransportKind::Tcp.securemode(),
        None,
    );
    let mut packet = Vec::new();
    let connect = Connect {
        protocol_level: 4,
        client_id: login.client_id,
        username: Some(login.username),
        password: Some(login.password),
        keep_alive: 60,
        clean_session: flags & 1 != 0,
        will: None,
    };
    write(&Packet::Connect(connect), &mut packet).expect("it fits");
    packet
}
