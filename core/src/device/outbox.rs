//! Messages accepted and not yet done with: waiting to be sent, or sent and waiting for a PUBACK.

use std::collections::VecDeque;

use super::packet_ids::PacketIds;
use super::{Limits, PublishError, Token};
use crate::topic::TopicName;
use crate::wire::{PacketId, Publish, QoS, WriteError, write_publish};

/// A PUBLISH as bytes, with room for its packet identifier.
#[derive(Clone, Debug)]
struct Stored {
    token: Token,
    qos: QoS,
    packet: Vec<u8>,
    /// Where the packet identifier stands; meaningless for QoS 0.
    id_at: usize,
    id: Option<PacketId>,
}

impl Stored {
    fn set_id(&mut self, id: PacketId) {
        if let Some(field) = self.packet.get_mut(self.id_at..self.id_at + 2) {
            field.copy_from_slice(&id.get().to_be_bytes());
        }
        self.id = Some(id);
    }

    fn set_dup(&mut self) {
        if let Some(first) = self.packet.first_mut() {
            *first |= 0b1000;
        }
    }
}

/// The messages on their way, in the order in which they were accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    /// Sent with QoS 1 and not acknowledged, in the order of sending [MQTT-4.6.0-1].
    in_flight: VecDeque<Stored>,
    /// Not sent yet.
    waiting: VecDeque<Stored>,
    bytes: usize,
}

impl Outbox {
    /// Takes a message in.
    pub(super) fn accept(
        &mut self,
        token: Token,
        topic: &TopicName,
        payload: &[u8],
        qos: QoS,
        limits: &Limits,
    ) -> Result<(), PublishError> {
        if qos == QoS::ExactlyOnce {
            return Err(PublishError::Qos2);
        }
        if payload.len() > limits.max_payload {
            return Err(PublishError::PayloadTooLarge {
                len: payload.len(),
                max: limits.max_payload,
            });
        }
        // The longest header: first byte, four length bytes, topic length, packet identifier.
        let size = 9 + topic.as_str().len() + payload.len();
        if self.len() >= limits.max_queued {
            return Err(PublishError::Full {
                what: "messages",
                limit: limits.max_queued,
            });
        }
        if self.bytes > 0 && self.bytes + size > limits.max_queued_bytes {
            return Err(PublishError::Full {
                what: "bytes",
                limit: limits.max_queued_bytes,
            });
        }
        // A placeholder that `set_id` overwrites before the packet is sent.
        let packet_id = (qos == QoS::AtLeastOnce)
            .then_some(PacketId::new(1))
            .flatten();
        let publish = Publish {
            dup: false,
            qos,
            retain: false,
            topic: topic.as_str(),
            packet_id,
            payload,
        };
        let mut packet = Vec::new();
        write_publish(&publish, &mut packet)?;
        let id_at = packet.len() - payload.len() - 2;
        self.bytes += packet.len();
        self.waiting.push_back(Stored {
            token,
            qos,
            packet,
            id_at,
            id: None,
        });
        Ok(())
    }

    /// Sends what waits as far as the window allows. Calls `sent` for each QoS 0 message, which is done
    /// with that.
    pub(super) fn send_waiting(
        &mut self,
        ids: &mut PacketIds,
        max_inflight: usize,
        transmit: &mut Vec<u8>,
        mut sent: impl FnMut(Token),
    ) {
        while let Some(next) = self.waiting.front() {
            let needs_id = next.qos == QoS::AtLeastOnce;
            if needs_id && self.in_flight.len() >= max_inflight {
                return;
            }
            let id = if needs_id { ids.allocate() } else { None };
            if needs_id && id.is_none() {
                return;
            }
            let Some(mut message) = self.waiting.pop_front() else {
                return;
            };
            if let Some(id) = id {
                message.set_id(id);
            }
            transmit.extend_from_slice(&message.packet);
            if needs_id {
                self.in_flight.push_back(message);
            } else {
                self.bytes -= message.packet.len();
                sent(message.token);
            }
        }
    }

    /// Sends every message in flight once more, in its order, with DUP and its packet identifier
    /// [MQTT-4.4.0-1] [MQTT-3.3.1-1].
    pub(super) fn send_again(&mut self, transmit: &mut Vec<u8>) {
        for message in &mut self.in_flight {
            message.set_dup();
            transmit.extend_from_slice(&message.packet);
        }
    }

    /// The session that these messages were sent in is over, and none of its state may be used again
    /// [MQTT-3.1.2-6]: what is not acknowledged waits to be published anew, before what waits already.
    pub(super) fn begin_anew(&mut self, ids: &mut PacketIds) {
        while let Some(mut message) = self.in_flight.pop_back() {
            if let Some(id) = message.id.take() {
                ids.release(id);
            }
            self.waiting.push_front(message);
        }
    }

    /// A PUBACK has come. `None` where no message in flight has that identifier.
    pub(super) fn acknowledged(&mut self, id: PacketId, ids: &mut PacketIds) -> Option<Token> {
        let index = self
            .in_flight
            .iter()
            .position(|message| message.id == Some(id))?;
        let message = self.in_flight.remove(index)?;
        self.bytes -= message.packet.len();
        ids.release(id);
        Some(message.token)
    }

    /// Takes every message out, oldest first.
    pub(super) fn give_back(&mut self, ids: &mut PacketIds) -> Vec<Token> {
        self.bytes = 0;
        let messages = self.in_flight.drain(..).chain(self.waiting.drain(..));
        messages
            .map(|message| {
                if let Some(id) = message.id {
                    ids.release(id);
                }
                message.token
            })
            .collect()
    }

    /// Messages held.
    pub(super) fn len(&self) -> usize {
        self.in_flight.len() + self.waiting.len()
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl From<WriteError> for PublishError {
    fn from(error: WriteError) -> Self {
        Self::Unwritable(error)
    }
}
