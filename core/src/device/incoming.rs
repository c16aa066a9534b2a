//! What the platform sends, once a transport is open.

use super::subscriptions::Answered;
use super::turn::may_come;
use super::{Device, DisconnectKind, Event, Phase, Progress, Timer};
use crate::explain;
use crate::time::Instant;
use crate::wire::{
    FrameError, Framed, Packet, PacketId, PacketType, Publish, QoS, Sender, Suback, frame, read,
    write,
};

impl Device {
    pub(super) fn received(&mut self, now: Instant, bytes: &[u8]) -> Progress {
        let all = Progress {
            consumed: bytes.len(),
            need: 1,
        };
        if !self.phase.has_transport() || self.phase == Phase::Opening {
            return all;
        }
        if bytes.len() > self.held {
            self.note_received(now);
        }
        let mut start = 0;
        while let Some(rest) = bytes.get(start..) {
            let framed = frame(rest, Sender::Server, self.config.limits.max_packet);
            // Judged by its first byte already: the rest of what is no CONNACK might never come.
            if let (Ok(_), Some(&first)) = (&framed, rest.first())
                && let Some(packet_type) = PacketType::from_first_byte(first)
                && let Err(rule) = may_come(self.phase, packet_type)
            {
                self.misbehaved(now, rule, rest);
                return all;
            }
            let len = match framed {
                Ok(Framed::Need(need)) => {
                    self.held = rest.len();
                    self.after_packets(now);
                    return Progress {
                        consumed: start,
                        // A packet's first byte is judged as soon as it has come.
                        need: if rest.is_empty() { 1 } else { need },
                    };
                }
                Ok(Framed::Complete { len }) => len,
                Err(error) => {
                    self.bad_bytes(now, &error, rest);
                    return all;
                }
            };
            let packet = rest.get(..len).unwrap_or_default();
            match read(packet, Sender::Server) {
                Ok(read) => {
                    if let Err(reason) = self.packet(now, start, packet, read) {
                        self.misbehaved(now, &reason, rest);
                    }
                }
                Err(error) => self.bad_bytes(now, &error, rest),
            }
            if !self.phase.has_transport() {
                return all;
            }
            start += len;
        }
        all
    }

    /// Handles one legal packet; `Err` where the platform may not send it now.
    fn packet(
        &mut self,
        now: Instant,
        start: usize,
        bytes: &[u8],
        packet: Packet<'_>,
    ) -> Result<(), String> {
        match packet {
            Packet::Publish(publish) => return self.message(start, bytes, &publish),
            Packet::Puback(id) => {
                let Some(token) = self.outbox.acknowledged(id, &mut self.ids) else {
                    return Err(unasked("PUBACK", id));
                };
                self.event(Event::Published { token });
            }
            Packet::Connack(connack) => self.connack(now, connack),
            Packet::Suback(suback) => return self.suback(&suback),
            Packet::Unsuback(id) => match self.subscriptions.unsuback(id, &mut self.ids) {
                Some(answered) => self.answered(answered),
                None => return Err(unasked("UNSUBACK", id)),
            },
            Packet::Pingresp => {
                self.timers.stop(Timer::PingResponse);
                self.ping_excused = false;
            }
            // The other types are not a server's, or have been refused by `may_come`.
            _ => {}
        }
        Ok(())
    }

    fn message(&mut self, start: usize, bytes: &[u8], publish: &Publish<'_>) -> Result<(), String> {
        let id = match (publish.qos, publish.packet_id) {
            (QoS::ExactlyOnce, _) => {
                return Err(
                    "a message came with QoS 2, and no subscription of this device asks for that"
                        .into(),
                );
            }
            (_, id) => id,
        };
        let payload_start = start + bytes.len() - publish.payload.len();
        let id_len = if id.is_some() { 2 } else { 0 };
        let topic_end = payload_start - id_len;
        self.event(Event::Message {
            topic: topic_end - publish.topic.len()..topic_end,
            payload: payload_start..payload_start + publish.payload.len(),
            qos: publish.qos,
            dup: publish.dup,
            retain: publish.retain,
        });
        if let Some(id) = id {
            // A PUBACK has four bytes and can't fail to be written.
            let _ = write(&Packet::Puback(id), &mut self.transmit);
        }
        Ok(())
    }

    fn suback(&mut self, suback: &Suback) -> Result<(), String> {
        // One filter a SUBSCRIBE, so one code a SUBACK [MQTT-3.8.4-5].
        let &[code] = suback.codes.as_slice() else {
            return Err(format!(
                "a SUBACK holds {} return codes for a SUBSCRIBE of one filter [MQTT-3.8.4-5]",
                suback.codes.len()
            ));
        };
        match self
            .subscriptions
            .suback(suback.packet_id, code, &mut self.ids)
        {
            Some(answered) => self.answered(answered),
            None => return Err(unasked("SUBACK", suback.packet_id)),
        }
        Ok(())
    }

    fn answered(&mut self, answered: Answered) {
        match answered {
            Answered::Subscribed { token, filter, qos } => {
                self.event(Event::Subscribed { token, filter, qos });
            }
            Answered::Refused { token, filter } => {
                self.event(Event::SubscribeRefused { token, filter });
            }
            Answered::Unsubscribed { token, filter } => {
                self.event(Event::Unsubscribed { token, filter });
            }
            Answered::TooLate => {}
        }
    }

    /// Ends the connection because of what stands at the front of `bytes`.
    fn bad_bytes(&mut self, now: Instant, error: &FrameError, bytes: &[u8]) {
        let (kind, what) = match error {
            FrameError::WrongSender(..) => (DisconnectKind::PeerMisbehaved, "the peer misbehaved"),
            FrameError::TooLarge { .. } => (DisconnectKind::TooLarge, "the peer sent too much"),
            FrameError::Malformed(_) => {
                (DisconnectKind::Malformed, "the peer sent what is no MQTT")
            }
        };
        let hint = self.hint(bytes);
        self.abort(now, kind, format!("{what}: {error}{hint}"));
    }

    /// Ends the connection because of a legal packet, at the front of `bytes`, that may not come now.
    fn misbehaved(&mut self, now: Instant, rule: &str, bytes: &[u8]) {
        let hint = self.hint(bytes);
        let reason = format!("{rule}{hint}");
        self.abort(now, DisconnectKind::PeerMisbehaved, reason);
    }

    /// What it may be that answers there, as long as nothing has shown that it is a broker.
    fn hint(&self, bytes: &[u8]) -> String {
        match self.phase {
            Phase::LoggingIn => explain::not_mqtt(bytes),
            _ => String::new(),
        }
    }
}

fn unasked(packet: &str, id: PacketId) -> String {
    format!("a {packet} came for packet {id}, which waits for none")
}
