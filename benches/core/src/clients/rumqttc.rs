//! rumqttc: what its event loop does with a packet, without its sockets, channels and tasks. The codec reads a packet,
//! `MqttState` takes it, keeps what is to be sent again and queues an event, and what it answers is written.

use bytes::BytesMut;
use rumqttc::{Event, MqttState, Packet, Publish, QoS, Request};

use super::{Client, hand_over};
use crate::work::BATCH;

const MAX_PACKET: usize = 4 << 20;

pub(super) struct Rumqttc {
    state: MqttState,
    held: BytesMut,
    sent: BytesMut,
}

impl Rumqttc {
    pub(super) fn start() -> Self {
        Self {
            state: MqttState::new(BATCH as u16, false),
            held: BytesMut::new(),
            sent: BytesMut::new(),
        }
    }

    fn write(&mut self, packet: &Packet) {
        let _ = packet.write(&mut self.sent, MAX_PACKET);
    }

    /// Reads what is held; answers how many PUBACKs came.
    fn read(&mut self, bytes: &[u8]) -> usize {
        self.held.extend_from_slice(bytes);
        while let Ok(packet) = Packet::read(&mut self.held, MAX_PACKET) {
            if let Ok(Some(answer)) = self.state.handle_incoming_packet(packet) {
                self.write(&answer);
            }
        }
        self.drain()
    }

    fn drain(&mut self) -> usize {
        let mut done = 0;
        while let Some(event) = self.state.events.pop_front() {
            match event {
                Event::Incoming(Packet::Publish(publish)) => {
                    hand_over(publish.topic.as_bytes(), &publish.payload);
                }
                Event::Incoming(Packet::PubAck(_)) => done += 1,
                _ => {}
            }
        }
        done
    }
}

impl Client for Rumqttc {
    fn receive(&mut self, bytes: &[u8]) -> &[u8] {
        self.sent.clear();
        self.read(bytes);
        &self.sent
    }

    fn send(&mut self, topic: &str, payload: &[u8], times: usize) -> &[u8] {
        self.sent.clear();
        for _ in 0..times {
            // As its client's `publish` makes it.
            let publish = Publish::new(topic, QoS::AtLeastOnce, payload);
            let request = Request::Publish(publish);
            if let Ok(Some(packet)) = self.state.handle_outgoing_packet(request) {
                self.write(&packet);
            }
        }
        self.drain();
        &self.sent
    }

    fn acknowledged(&mut self, bytes: &[u8]) -> usize {
        self.read(bytes)
    }
}
