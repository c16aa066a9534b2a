//! What the platform sends, once a transport is open.

use super::outputs::Arrived;
use super::subscriptions::Answered;
use super::turn::may_come;
use super::{Device, DisconnectKind, Event, Phase, Progress, Timer};
use crate::explain;
use crate::time::Instant;
use crate::wire::{
    FrameError, Framed, Packet, PacketId, PacketType, Plain, Publish, QoS, Sender, Suback, frame,
    push_puback, read, read_plain,
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
        loop {
            // What comes by the thousand, and may come at any time of a connection.
            if self.phase.is_online() {
                let (end, handled) = self.plain_packets(bytes, start);
                start = end;
                if let Err(reason) = handled {
                    self.misbehaved(now, &reason, bytes.get(start..).unwrap_or_default());
                    return all;
                }
            }
            let rest = bytes.get(start..).unwrap_or_default();
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
    }

    /// Handles packets from `start` on for as long as they are plain ones. Answers where it has stopped; with `Err` in
    /// front of a packet that the platform may not send now. Apart from the rest, so that this loop is a tight one.
    #[inline(never)]
    fn plain_packets(&mut self, bytes: &[u8], start: usize) -> (usize, Result<(), String>) {
        let mut at = start;
        while let Some((packet, len)) = bytes
            .get(at..)
            .and_then(|rest| read_plain(rest, self.config.limits.max_packet))
        {
            if let Err(reason) = self.plain(at + len, &packet) {
                return (at, Err(reason));
            }
            at += len;
        }
        (at, Ok(()))
    }

    /// Handles one packet that ends at `end`; `Err` where the platform may not send it now.
    #[inline]
    fn plain(&mut self, end: usize, packet: &Plain<'_>) -> Result<(), String> {
        match *packet {
            Plain::Publish {
                dup,
                qos,
                retain,
                topic,
                packet_id,
                payload,
            } => {
                let id_len = if packet_id.is_some() { 2 } else { 0 };
                self.outputs.arrived(Arrived {
                    topic_at: end - payload.len() - id_len - topic.len(),
                    // Its length field has two bytes.
                    topic_len: topic.len() as u16,
                    payload_len: payload.len(),
                    qos,
                    dup,
                    retain,
                });
                if let Some(id) = packet_id {
                    push_puback(id, &mut self.transmit);
                }
                Ok(())
            }
            Plain::Puback(id) => self.puback(id),
        }
    }

    fn puback(&mut self, id: PacketId) -> Result<(), String> {
        let Some(token) = self.outbox.acknowledged(id, &mut self.ids) else {
            return Err(unasked("PUBACK", id));
        };
        self.outputs.published(token);
        Ok(())
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
            Packet::Publish(publish) => return self.message(start + bytes.len(), &publish),
            Packet::Puback(id) => return self.puback(id),
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

    fn message(&mut self, end: usize, publish: &Publish<'_>) -> Result<(), String> {
        if publish.qos == QoS::ExactlyOnce {
            return Err(
                "a message came with QoS 2, and no subscription of this device asks for that"
                    .into(),
            );
        }
        self.plain(end, &Plain::from(*publish))
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
