//! Messages accepted and not yet done with: waiting to be sent, or sent and waiting for a PUBACK.

use std::collections::VecDeque;

use super::packet_ids::PacketIds;
use super::packets::{Packets, Place};
use super::{KeptMessage, Limits, PublishError, RestoreError, Token};
use crate::topic::TopicName;
use crate::wire::{
    Packet, PacketId, Publish, QoS, Sender, WriteError, publish_length, push_publish, read,
};

/// DUP in a packet's first byte.
const DUP: u8 = 0b1000;

/// A message that is held. Thousands may wait, so it is kept small.
#[derive(Debug)]
struct Stored {
    token: Token,
    /// A PUBLISH, with room for its packet identifier.
    packet: Place,
    /// How many bytes of it stand before its payload, less than 128 KiB.
    header_len: u32,
    id: Option<PacketId>,
    qos: QoS,
}

impl Stored {
    fn set_id(&mut self, id: PacketId, packets: &mut Packets) {
        self.id = Some(id);
        let header = packets
            .get_mut(&self.packet)
            .get_mut(..self.header_len as usize);
        if let Some(field) = header.and_then(<[u8]>::last_chunk_mut) {
            *field = id.get().to_be_bytes();
        }
    }

    fn set_dup(&self, packets: &mut Packets) {
        if let Some(first) = packets.get_mut(&self.packet).first_mut() {
            *first |= DUP;
        }
    }

    fn is_dup(&self, packets: &Packets) -> bool {
        let first = packets.get(&self.packet).first();
        first.is_some_and(|first| first & DUP != 0)
    }

    fn clear_dup(&self, packets: &mut Packets) {
        if let Some(first) = packets.get_mut(&self.packet).first_mut() {
            *first &= !DUP;
        }
    }
}

/// A PUBLISH that is sent for the first time: QoS 1 where it has a packet identifier.
fn publish<'a>(
    topic: &'a TopicName,
    payload: &'a [u8],
    packet_id: Option<PacketId>,
) -> Publish<'a> {
    let qos = match packet_id {
        Some(_) => QoS::AtLeastOnce,
        None => QoS::AtMostOnce,
    };
    Publish {
        dup: false,
        qos,
        retain: false,
        topic: topic.as_str(),
        packet_id,
        payload,
    }
}

/// The messages on their way, in the order in which they were accepted.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// First those in flight: sent with QoS 1 and not acknowledged, in the order of sending [MQTT-4.6.0-1]. Then
    /// those that wait, not sent yet by this device.
    messages: VecDeque<Stored>,
    /// How many are in flight.
    in_flight: usize,
    packets: Packets,
    /// Where the host keeps messages: the last one that it has kept. QoS 1 messages behind it are not sent.
    kept: Option<Token>,
}

impl Outbox {
    /// Judges whether a message can be taken in.
    pub(super) fn check(
        &self,
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
        if self.bytes() > 0 && self.bytes() + size > limits.max_queued_bytes {
            return Err(PublishError::Full {
                what: "bytes",
                limit: limits.max_queued_bytes,
            });
        }
        Ok(())
    }

    /// Takes a message in that [`check`](Self::check) has passed.
    pub(super) fn accept(
        &mut self,
        token: Token,
        topic: &TopicName,
        payload: &[u8],
        qos: QoS,
        ids: &mut PacketIds,
    ) -> Result<(), PublishError> {
        // A message that is kept is kept with its identifier, which it has before it is sent [MQTT-4.4.0-1].
        let id = match self.kept.is_some() && qos == QoS::AtLeastOnce {
            true => Some(ids.allocate().ok_or(PublishError::Full {
                what: "packet identifiers",
                limit: usize::from(u16::MAX),
            })?),
            false => None,
        };
        self.put(token, topic, payload, qos, id)
            .inspect_err(|_| id.into_iter().for_each(|id| ids.release(id)))?;
        Ok(())
    }

    /// Whether a message would be sent as soon as it is accepted, on a connection that stands.
    pub(super) fn may_send_at_once(&self, qos: QoS, max_inflight: usize) -> bool {
        // None is before it; and where messages are held back until they are kept, so is this one.
        self.messages.len() == self.in_flight
            && (qos == QoS::AtMostOnce || (self.in_flight < max_inflight && self.kept.is_none()))
    }

    /// Sends a message with QoS 0, which is done with that.
    pub(super) fn send_and_forget(
        topic: &TopicName,
        payload: &[u8],
        transmit: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let publish = publish(topic, payload, None);
        transmit.reserve(publish_length(&publish)?);
        push_publish(&publish, transmit);
        Ok(())
    }

    /// Takes a message with QoS 1 in, and sends it unless there is no packet identifier for it.
    pub(super) fn send_and_keep(
        &mut self,
        token: Token,
        topic: &TopicName,
        payload: &[u8],
        ids: &mut PacketIds,
        transmit: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let id = ids.allocate();
        let put = self.put(token, topic, payload, QoS::AtLeastOnce, id);
        match (put, id) {
            (Ok(packet), Some(_)) => {
                transmit.extend_from_slice(packet);
                self.in_flight += 1;
                Ok(())
            }
            (Ok(_), None) => Ok(()),
            (Err(error), id) => {
                id.into_iter().for_each(|id| ids.release(id));
                Err(error)
            }
        }
    }

    /// Answers the packet as it stands now.
    #[inline]
    fn put(
        &mut self,
        token: Token,
        topic: &TopicName,
        payload: &[u8],
        qos: QoS,
        id: Option<PacketId>,
    ) -> Result<&[u8], WriteError> {
        // One that has none yet gets it where this stands, before it is sent.
        let packet_id = match qos {
            QoS::AtMostOnce => None,
            _ => id.or(PacketId::new(1)),
        };
        let packet = self.packets.add(&publish(topic, payload, packet_id))?;
        let place = packet.clone();
        self.messages.push_back(Stored {
            token,
            // Five bytes, and a topic with its length and the identifier: far below 32 bits.
            header_len: (packet.len() - payload.len()) as u32,
            packet,
            id,
            qos,
        });
        Ok(self.packets.get(&place))
    }

    /// Ends with the bytes of a message that has been taken out.
    fn forget(&mut self, message: &Stored) {
        self.packets.remove(&message.packet);
        if self.packets.is_untidy() {
            self.tidy();
        }
    }

    #[cold]
    fn tidy(&mut self) {
        let held = self.messages.iter_mut();
        self.packets.tidy(held.map(|message| &mut message.packet));
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
        let id = message.packet_id;
        // What can't be written is told before what is another's.
        self.put(token, &topic, &message.payload, QoS::AtLeastOnce, id)
            .map_err(|error| RestoreError::Unwritable { token, error })?;
        if let Some(id) = id {
            if !ids.reserve(id) {
                if let Some(message) = self.messages.pop_back() {
                    self.forget(&message);
                }
                return Err(RestoreError::PacketId { token, id });
            }
            // It may have been sent before [MQTT-3.3.1-1].
            if let Some(message) = self.messages.back() {
                message.set_dup(&mut self.packets);
            }
        }
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
        let mut waiting = self.messages.range(self.in_flight..);
        let index = waiting.position(|held| held.token == token);
        let Some(index) = index.filter(|_| self.kept.is_some_and(|kept| token > kept)) else {
            return false;
        };
        if let Some(held) = self.messages.remove(self.in_flight + index) {
            self.forget(&held);
            if let Some(id) = held.id {
                ids.release(id);
            }
        }
        true
    }

    /// The packet identifier of a message, once it has one.
    pub(super) fn packet_id(&self, token: Token) -> Option<PacketId> {
        // The last one accepted is the one that is asked for.
        let mut latest_first = self.messages.iter().rev();
        latest_first.find(|stored| stored.token == token)?.id
    }

    /// The QoS 1 messages, in the order in which they were accepted.
    pub(super) fn messages(&self) -> impl Iterator<Item = KeptMessage> {
        self.messages.iter().filter_map(|stored| {
            // Written by `put`, so it is read as well.
            let packet = self.packets.get(&stored.packet);
            let Ok(Packet::Publish(publish)) = read(packet, Sender::Client) else {
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
        while let Some(next) = self.messages.get_mut(self.in_flight) {
            if next.qos == QoS::AtMostOnce {
                transmit.extend_from_slice(self.packets.get(&next.packet));
                sent(next.token);
                if let Some(message) = self.messages.remove(self.in_flight) {
                    self.forget(&message);
                }
                continue;
            }
            if self.in_flight >= max_inflight || self.kept.is_some_and(|kept| next.token > kept) {
                return;
            }
            if next.id.is_none() {
                let Some(id) = ids.allocate() else {
                    return;
                };
                next.set_id(id, &mut self.packets);
            }
            transmit.extend_from_slice(self.packets.get(&next.packet));
            self.in_flight += 1;
        }
    }

    /// Sends every message in flight once more, in its order, with DUP and its packet identifier
    /// [MQTT-4.4.0-1] [MQTT-3.3.1-1].
    pub(super) fn send_again(&mut self, transmit: &mut Vec<u8>) {
        for message in self.messages.range(..self.in_flight) {
            message.set_dup(&mut self.packets);
            transmit.extend_from_slice(self.packets.get(&message.packet));
        }
    }

    /// The session that these messages were sent in is over, and none of its state may be used again
    /// [MQTT-3.1.2-6]: what is not acknowledged waits to be published anew, before what waits already.
    pub(super) fn begin_anew(&mut self, ids: &mut PacketIds) {
        let in_flight = core::mem::take(&mut self.in_flight);
        for (index, message) in self.messages.iter_mut().enumerate() {
            // An earlier device's, which have DUP, are of a session that is over as well.
            if index < in_flight || message.is_dup(&self.packets) {
                message.clear_dup(&mut self.packets);
                if let Some(id) = message.id.take() {
                    ids.release(id);
                }
            }
        }
    }

    /// A PUBACK has come. `None` where no message in flight has that identifier.
    pub(super) fn acknowledged(&mut self, id: PacketId, ids: &mut PacketIds) -> Option<Token> {
        let oldest = self.messages.front().filter(|_| self.in_flight > 0)?;
        let message = match oldest.id == Some(id) {
            true => self.messages.pop_front(),
            false => self.out_of_turn(id),
        }?;
        self.in_flight -= 1;
        self.forget(&message);
        ids.release(id);
        Some(message.token)
    }

    /// Takes a message in flight out that is not the oldest.
    #[cold]
    fn out_of_turn(&mut self, id: PacketId) -> Option<Stored> {
        let mut in_flight = self.messages.range(..self.in_flight);
        let index = in_flight.position(|message| message.id == Some(id))?;
        self.messages.remove(index)
    }

    /// Takes every message out, oldest first.
    pub(super) fn give_back(&mut self, ids: &mut PacketIds) -> Vec<Token> {
        self.in_flight = 0;
        self.packets = Packets::default();
        core::mem::take(&mut self.messages)
            .into_iter()
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
        self.messages.len()
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.packets.live()
    }
}

impl From<WriteError> for PublishError {
    fn from(error: WriteError) -> Self {
        Self::Unwritable(error)
    }
}
