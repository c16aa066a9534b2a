//! mqttbytes: packets from bytes and to bytes. It keeps no state, resends nothing, and checks neither the topic's
//! characters nor flags: the least of what a client does.

use bytes::BytesMut;
use mqttbytes::QoS;
use mqttbytes::v4::{Packet, PubAck, Publish, read};

use super::{Client, hand_over};

const MAX_PACKET: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Mqttbytes {
    held: BytesMut,
    sent: BytesMut,
    last_id: u16,
}

impl Client for Mqttbytes {
    fn receive(&mut self, bytes: &[u8]) -> &[u8] {
        self.sent.clear();
        self.held.extend_from_slice(bytes);
        while let Ok(packet) = read(&mut self.held, MAX_PACKET) {
            if let Packet::Publish(publish) = packet {
                hand_over(publish.topic.as_bytes(), &publish.payload);
                let _ = PubAck::new(publish.pkid).write(&mut self.sent);
            }
        }
        &self.sent
    }

    fn send(&mut self, topic: &str, payload: &[u8], times: usize) -> &[u8] {
        self.sent.clear();
        for _ in 0..times {
            let mut publish = Publish::new(topic, QoS::AtLeastOnce, payload);
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            publish.pkid = self.last_id;
            let _ = publish.write(&mut self.sent);
        }
        &self.sent
    }

    fn acknowledged(&mut self, bytes: &[u8]) -> usize {
        self.held.extend_from_slice(bytes);
        let mut done = 0;
        while let Ok(packet) = read(&mut self.held, MAX_PACKET) {
            if let Packet::PubAck(_) = packet {
                done += 1;
            }
        }
        done
    }
}
