//! The stand-in with its devices' ends of the connections, in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

use tern_core::identity::{ClientId, Triple};
use tern_core::sign::{Password, SignMethod, direct};
use tern_core::time::Instant;
use tern_core::wire::{self, Connect, Framed, Packet, PacketId, Publish, QoS, Sender, Subscribe};
use tern_platform::{
    Arrival, ConnectionId, Device, DeviceAddress, Event, Output, Platform, Settings,
};

pub(crate) const TCP: Arrival = Arrival {
    secure: false,
    websocket: false,
};
pub(crate) const TLS: Arrival = Arrival {
    secure: true,
    websocket: false,
};
/// No packets.
pub(crate) const NOTHING: [&str; 0] = [];
pub(crate) const SECRET: &str = "hunter2hunter2hunter2hunter2hun2";

/// A platform, the other ends of its connections, and a clock that only `wait` moves.
pub(crate) struct Cloud {
    pub(crate) platform: Platform,
    pub(crate) now: Instant,
    ends: BTreeMap<ConnectionId, End>,
    events: Vec<Event>,
    wake_up: Option<Instant>,
}

/// A device's end of a connection.
#[derive(Default)]
struct End {
    /// Sent by the device, not consumed yet.
    unread: Vec<u8>,
    /// Consuming makes sense again from so many bytes on.
    need: usize,
    /// Sent by the platform, not looked at yet.
    received: Vec<u8>,
    closed: Option<String>,
}

impl Cloud {
    /// With the devices `pk/dev1` and `pk/dev2`, both with [`SECRET`].
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let mut platform = Platform::new(settings, 7);
        for name in ["dev1", "dev2"] {
            platform.register(Device {
                triple: triple(name),
                disabled: false,
            });
        }
        let now = Instant::from_millis(1_000_000);
        Self {
            platform,
            now,
            ends: BTreeMap::new(),
            events: Vec::new(),
            wake_up: None,
        }
    }

    pub(crate) fn open(&mut self, arrival: Arrival) -> ConnectionId {
        let id = self.platform.opened(self.now, arrival);
        self.ends.insert(id, End::default());
        self.drain();
        id
    }

    /// Sends bytes as a device; what is not a whole packet waits on the caller's side, as the API asks.
    pub(crate) fn send(&mut self, id: ConnectionId, bytes: &[u8]) {
        let end = self.ends.get_mut(&id).expect("opened");
        end.unread.extend_from_slice(bytes);
        if end.unread.len() >= end.need {
            let progress = self.platform.received(self.now, id, &end.unread);
            assert!(progress.consumed <= end.unread.len());
            end.unread.drain(..progress.consumed);
            assert!(
                progress.need > end.unread.len(),
                "{progress:?} would ask for the same again"
            );
            end.need = progress.need;
        }
        self.drain();
    }

    pub(crate) fn send_packet(&mut self, id: ConnectionId, packet: &Packet<'_>) {
        let mut bytes = Vec::new();
        wire::write(packet, &mut bytes).expect("a valid packet");
        self.send(id, &bytes);
    }

    /// What the platform sent since the last call.
    pub(crate) fn received(&mut self, id: ConnectionId) -> Vec<u8> {
        std::mem::take(&mut self.ends.get_mut(&id).expect("opened").received)
    }

    /// The same as one hex string a packet.
    pub(crate) fn packets(&mut self, id: ConnectionId) -> Vec<String> {
        let bytes = self.received(id);
        let mut rest = bytes.as_slice();
        let mut packets = Vec::new();
        while !rest.is_empty() {
            match wire::frame(rest, Sender::Server, usize::MAX) {
                Ok(Framed::Complete { len }) => {
                    packets.push(to_hex(&rest[..len]));
                    rest = &rest[len..];
                }
                other => panic!("{other:?} at {}", to_hex(rest)),
            }
        }
        packets
    }

    /// Why the platform closed the connection, if it did.
    pub(crate) fn closed(&self, id: ConnectionId) -> Option<&str> {
        self.ends[&id].closed.as_deref()
    }

    /// The events since the last call, as JSON without the device.
    pub(crate) fn events(&mut self) -> Vec<String> {
        let events = std::mem::take(&mut self.events);
        events
            .iter()
            .map(|event| serde_json::to_string(&event.kind).expect("plain data"))
            .collect()
    }

    /// The same, whole.
    pub(crate) fn whole_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The names of the events since the last call.
    pub(crate) fn event_names(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.events)
            .iter()
            .map(Event::name)
            .collect()
    }

    /// The device's byte stream ends.
    pub(crate) fn hang_up(&mut self, id: ConnectionId) {
        self.platform
            .closed(self.now, id, "the peer closed the connection");
        self.drain();
    }

    /// Lets time pass, calling the platform exactly when it asks to be called.
    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        let mut rounds = 0;
        while let Some(at) = self.wake_up.filter(|at| *at <= until) {
            rounds += 1;
            assert!(
                rounds < 1000,
                "the platform asks to be woken again and again"
            );
            self.now = self.now.max(at);
            self.platform.timeout(self.now);
            self.drain();
        }
        self.now = until;
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }

    /// Logs a device in over TCP; answers the connection and whether a session was there.
    pub(crate) fn login(&mut self, name: &str, clean_session: bool) -> (ConnectionId, bool) {
        let id = self.open(TCP);
        self.send_packet(
            id,
            &Packet::Connect(Connect {
                clean_session,
                ..connect(name)
            }),
        );
        let end = self.ends.get_mut(&id).expect("opened");
        let session_present = match end.received.get(..4) {
            Some([0x20, 0x02, present, 0x00]) => *present == 1,
            other => panic!("not accepted: {other:02x?}, closed: {:?}", end.closed),
        };
        end.received.drain(..4);
        (id, session_present)
    }

    pub(crate) fn subscribe(&mut self, id: ConnectionId, filter: &str, qos: QoS) {
        let filters = vec![(filter.to_owned(), qos)];
        self.send_packet(
            id,
            &Packet::Subscribe(Subscribe {
                packet_id: packet_id(1),
                filters,
            }),
        );
        let granted = format!("90 03 00 01 {:02x}", qos.number().min(1));
        assert_eq!(self.packets(id), [granted]);
    }

    pub(crate) fn publish(&mut self, id: ConnectionId, topic: &str, payload: &[u8], qos: QoS) {
        self.send_packet(id, &publish(topic, payload, qos));
    }

    pub(crate) fn push(
        &mut self,
        name: &str,
        topic: &str,
        payload: &[u8],
        qos: QoS,
    ) -> tern_platform::Pushed {
        let DeviceAddress {
            product_key,
            device_name,
        } = address(name);
        let pushed = self
            .platform
            .push(self.now, &product_key, &device_name, topic, payload, qos);
        self.drain();
        pushed.expect("a valid push")
    }

    pub(crate) fn set_faults(&mut self, json: &str) {
        self.platform
            .set_faults(self.now, serde_json::from_str(json).expect("valid faults"));
        self.drain();
    }

    pub(crate) fn backlog(&mut self, id: ConnectionId, unsent_bytes: usize) {
        self.platform.backlog(self.now, id, unsent_bytes);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        let mut transmit = Vec::new();
        self.wake_up = loop {
            match self.platform.poll_output(&mut transmit) {
                Output::Transmit { to } => {
                    let end = self.ends.get_mut(&to).expect("opened");
                    assert!(end.closed.is_none(), "bytes after the end");
                    end.received.append(&mut transmit);
                }
                Output::Close { connection, reason } => {
                    let end = self.ends.get_mut(&connection).expect("opened");
                    assert!(end.closed.replace(reason).is_none(), "closed twice");
                }
                Output::Event(event) => self.events.push(event),
                Output::Timeout(at) => break at,
            }
        };
    }
}

pub(crate) fn triple(name: &str) -> Triple {
    Triple::new("pk", name, SECRET).expect("valid")
}

pub(crate) fn address(name: &str) -> DeviceAddress {
    DeviceAddress::new("pk", name).expect("valid")
}

pub(crate) fn packet_id(number: u16) -> PacketId {
    PacketId::new(number).expect("not 0")
}

/// A CONNECT over TCP that is accepted: keep alive 60 s, clean session.
pub(crate) fn connect(name: &str) -> Connect {
    let client_id = ClientId::new("mark").expect("valid");
    let login = direct(&triple(name), &client_id, SignMethod::HmacSha1, 3, None);
    Connect {
        protocol_level: 4,
        client_id: login.client_id,
        username: Some(login.username),
        password: Some(login.password),
        keep_alive: 60,
        clean_session: true,
        will: None,
    }
}

/// A CONNECT with iotId and iotToken.
pub(crate) fn token_connect(iot_id: &str, iot_token: &str) -> Connect {
    Connect {
        client_id: "00:11:22:33:44:55".to_owned(),
        username: Some(iot_id.to_owned()),
        password: Some(Password::from(iot_token)),
        ..connect("dev1")
    }
}

/// A PUBLISH; with QoS 1 or 2 its packet identifier is 10.
pub(crate) fn publish<'a>(topic: &'a str, payload: &'a [u8], qos: QoS) -> Packet<'a> {
    let packet_id = (qos != QoS::AtMostOnce).then(|| packet_id(10));
    Packet::Publish(Publish {
        dup: false,
        qos,
        retain: false,
        topic,
        packet_id,
        payload,
    })
}

/// `"10 0c"` as bytes; white space is passed over, and so is all from `//` to the end of a line.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text
        .lines()
        .flat_map(|line| line.split("//").next())
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("hex"))
        .collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}
