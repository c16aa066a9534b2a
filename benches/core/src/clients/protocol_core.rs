//! mqtt-protocol-core: a sans-IO connection like Tern's. It answers PUBACKs by itself, keeps messages to be sent again,
//! and says what its timers want; reconnects, subscriptions and queues are left to who uses it.

use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::Event;
use mqtt_protocol_core::mqtt::packet::{GenericPacketTrait, Packet, Qos, v3_1_1};
use mqtt_protocol_core::mqtt::{Connection, Version, role};

use super::{Client, hand_over};

pub(super) struct ProtocolCore {
    connection: Connection<role::Client>,
    held: Vec<u8>,
    sent: Vec<u8>,
}

impl ProtocolCore {
    pub(super) fn start() -> Result<Self, String> {
        let words = |error| format!("mqtt-protocol-core: {error:?}");
        let mut connection = Connection::<role::Client>::new(Version::V3_1_1);
        connection.set_auto_pub_response(true);
        // With a session, as Tern keeps one: only so does it keep messages to be sent again.
        let connect = v3_1_1::Connect::builder()
            .client_id("c1")
            .map_err(words)?
            .clean_session(false)
            .keep_alive(60)
            .build()
            .map_err(words)?;
        connection.checked_send(connect);
        let mut started = Self {
            connection,
            held: Vec::new(),
            sent: Vec::new(),
        };
        started.read(&[0x20, 0x02, 0x00, 0x00]);
        Ok(started)
    }

    /// Takes in what was read; answers how many messages were told to be done.
    fn read(&mut self, read: &[u8]) -> usize {
        self.held.extend_from_slice(read);
        let mut cursor = Cursor::new(self.held.as_slice());
        let mut done = 0;
        // It takes in one packet a call.
        while cursor.position() < self.held.len() as u64 {
            for event in self.connection.recv(&mut cursor) {
                match event {
                    Event::NotifyPacketReceived(Packet::V3_1_1Publish(publish)) => {
                        let payload = publish.payload().as_slice();
                        hand_over(publish.topic_name().as_bytes(), payload);
                    }
                    Event::NotifyPacketReceived(Packet::V3_1_1Puback(_)) => done += 1,
                    Event::RequestSendPacket { packet, .. } => write(&packet, &mut self.sent),
                    _ => {}
                }
            }
        }
        self.held.clear();
        done
    }
}

/// In one piece, with one allocation less than by `to_continuous_buffer`.
fn write(packet: &Packet, out: &mut Vec<u8>) {
    for piece in packet.to_buffers() {
        out.extend_from_slice(&piece);
    }
}

impl Client for ProtocolCore {
    fn receive(&mut self, read: &[u8]) -> &[u8] {
        self.sent.clear();
        self.read(read);
        &self.sent
    }

    fn send(&mut self, topic: &str, payload: &[u8], times: usize) -> &[u8] {
        self.sent.clear();
        for _ in 0..times {
            let Ok(id) = self.connection.acquire_packet_id() else {
                continue;
            };
            let built = v3_1_1::Publish::builder()
                .topic_name(topic)
                .map(|builder| builder.qos(Qos::AtLeastOnce).packet_id(id).payload(payload));
            let Ok(publish) = built.and_then(|builder| builder.build()) else {
                continue;
            };
            for event in self.connection.checked_send(publish) {
                if let Event::RequestSendPacket { packet, .. } = event {
                    write(&packet, &mut self.sent);
                }
            }
        }
        &self.sent
    }

    fn acknowledged(&mut self, read: &[u8]) -> usize {
        self.read(read)
    }
}
