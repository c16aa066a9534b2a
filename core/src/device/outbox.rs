//! Messages accepted and not yet done with: waiting to be sent, or sent and waiting for a PUBACK.

use std::collections::VecDeque;

use super::packet_ids::PacketIds;
use super::{KeptMessage, Limits, PublishError, RestoreError, Token};
use crate::topic::TopicName;
use crate::wire::{Packet, PacketId, Publish, QoS, Sender, WriteError, read, write_publish};

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
    /// The packet of a message that was not sent before.
    fn new(token: Token, topic: &TopicName, payload: &[u8], qos: QoS) -> Result<Self, WriteError> {
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
        Ok(Self {
            token,
            qos,
            packet,
            id_at,
            id: None,
        })
    }

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

    fn is_dup(&self) -> bool {
        self.packet.first().is_some_and(|first| first & 0b1000 != 0)
    }

    fn clear_dup(&mut self) {
        if let Some(first) = self.packet.first_mut() {
            *first &= !0b1000;
        }
    }
}

/// The messages on their way, in the order in which they were accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    /// Sent with QoS 1 and not acknowledged, in the order of sending [MQTT-4.6.0-1].
    in_flight: VecDeque<Stored>,
    /// Not sent yet by this device.
    waiting: VecDeque<Stored>,
    bytes: usize,
    /// Where the host keeps messages: the last one that it has kept. QoS 1 messages behind it are not sent.
    kept: Option<Token>,
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
        ids: &mut PacketIds,
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
        let mut stored = Stored::new(token, topic, payload, qos)?;
        // A message that is kept is kept with its identifier, which it has before it is sent [MQTT-4.4.0-1].
        if self.kept.is_some() && qos == QoS::AtLeastOnce {
            let id = ids.allocate().ok_or(PublishError::Full {
                what: "packet identifiers",
                limit: usize::from(u16::MAX),
            })?;
            stored.set_id(id);
        }
        self.bytes += stored.packet.len();
        self.waiting.push_back(stored);
        Ok(())
    }

    /// Takes a message back in that an earlier device had accepted. The limits were its limits.
    pub(super) fn restore(
        &mut self,
        message: &KeptMessage,
        ids: &mut PacketIds,
    ) -> Result<(), RestoreError> {
        let token = message.token;
        let topic =
            TopicName::new(&message.topic).map_err(|error| RestoreError::Topic { token, error })?;
        let mut stored = Stored::new(token, &topic, &message.payload, QoS::AtLeastOnce)
            .map_err(|error| RestoreError::Unwritable { token, error })?;
        if let Some(id) = message.packet_id {
            if !ids.reserve(id) {
                return Err(RestoreError::PacketId { token, id });
            }
            stored.set_id(id);
            // It may have been sent before [MQTT-3.3.1-1].
            stored.set_dup();
        }
        self.bytes += stored.packet.len();
        self.waiting.push_back(stored);
        Ok(())
    }

    /// Holds QoS 1 messages back from now on, those behind `kept`.
    pub(super) fn hold_behind(&mut self, kept: Token) {
        self.kept.get_or_insert(kept);
    }

    /// The messages up to this one are kept.
    pub(super) fn kept_if_held(&mut self, up_to: Token) {
        if self.kept.is_some() {
            self.kept = self.kept.max(Some(up_to));
        }
    }

    /// Takes a message out that is held back, and so was never sent.
    pub(super) fn withdraw(&mut self, token: Token, ids: &mut PacketIds) -> bool {
        let index = self.waiting.iter().position(|held| held.token == token);
        let Some(index) = index.filter(|_| self.kept.is_some_and(|kept| token > kept)) else {
            return false;
        };
        if let Some(held) = self.waiting.remove(index) {
            self.bytes -= held.packet.len();
            if let Some(id) = held.id {
                ids.release(id);
            }
        }
        true
    }

    /// The packet identifier of a message, once it has one.
    pub(super) fn packet_id(&self, token: Token) -> Option<PacketId> {
        // The last one accepted is the one that is asked for.
        let mut stored = self.waiting.iter().rev().chain(self.in_flight.iter().rev());
        stored.find(|stored| stored.token == token)?.id
    }

    /// The QoS 1 messages, in the order in which they were accepted.
    pub(super) fn messages(&self) -> impl Iterator<Item = KeptMessage> {
        let stored = self.in_flight.iter().chain(&self.waiting);
        stored.filter_map(|stored| {
            // Written by `Stored::new`, so it is read as well.
            let Ok(Packet::Publish(publish)) = read(&stored.packet, Sender::Client) else {
                return None;
            };
            (stored.qos == QoS::AtLeastOnce).then(|| KeptMessage {
                token: stored.token,
                packet_id: stored.id,
                topic: publish.topic.to_owned(),
                payload: publish.payload.to_vec(),
            })
        })
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
            if needs_id && self.kept.is_some_and(|kept| next.token > kept) {
                return;
            }
            let id = match next.id {
                None if needs_id => ids.allocate(),
                id => id,
            };
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
        // An earlier device's are of a session that is over as well.
        for message in self.waiting.iter_mut().filter(|message| message.is_dup()) {
            message.clear_dup();
            if let Some(id) = message.id.take() {
                ids.release(id);
            }
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
