//! A QoS 1 message for a device, kept until it is acknowledged.

use std::borrow::Cow;

use tern_core::wire::{self, PacketId, Publish, QoS, WriteError};

/// A message as the packet it goes out as: checked and written once, then copied for each sending.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    packet: Box<[u8]>,
    /// Where the packet identifier stands: behind the topic, before the payload.
    packet_id_at: usize,
    topic_len: usize,
}

impl Message {
    /// Writes it; `scratch` is where that is done.
    pub(crate) fn new(
        topic: &str,
        payload: &[u8],
        scratch: &mut Vec<u8>,
    ) -> Result<Self, WriteError> {
        scratch.clear();
        wire::write_publish(
            &Publish {
                dup: false,
                qos: QoS::AtLeastOnce,
                retain: false,
                topic,
                packet_id: PacketId::new(1), // until it gets one of its own
                payload,
            },
            scratch,
        )?;
        Ok(Self {
            packet_id_at: scratch.len() - payload.len() - 2,
            topic_len: topic.len(),
            packet: scratch.as_slice().into(),
        })
    }

    /// Appends it to `out`.
    pub(crate) fn write(&self, packet_id: PacketId, dup: bool, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.packet);
        if let Some(first) = out.get_mut(start) {
            *first |= u8::from(dup) << 3;
        }
        let at = start + self.packet_id_at;
        if let Some(place) = out.get_mut(at..at + 2) {
            place.copy_from_slice(&packet_id.get().to_be_bytes());
        }
    }

    /// Bytes of topic and payload.
    pub(crate) fn size(&self) -> usize {
        self.topic_len + self.packet.len() - self.packet_id_at - 2
    }

    /// The topic.
    pub(crate) fn topic(&self) -> Cow<'_, str> {
        let start = self.packet_id_at - self.topic_len;
        String::from_utf8_lossy(
            self.packet
                .get(start..self.packet_id_at)
                .unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_out_as_it_came_in_each_time_under_its_identifier() {
        let mut out = vec![0xC0, 0x00];
        let message = Message::new("温度/x", b"hi", &mut Vec::new()).expect("a legal message");
        assert_eq!((message.size(), &*message.topic()), (10, "温度/x"));
        for dup in [false, true] {
            let packet_id = PacketId::new(0x0A0B).expect("not zero");
            message.write(packet_id, dup, &mut out);
            let again = Publish {
                dup,
                qos: QoS::AtLeastOnce,
                retain: false,
                topic: "温度/x",
                packet_id: Some(packet_id),
                payload: b"hi",
            };
            let mut expected = vec![0xC0, 0x00];
            wire::write_publish(&again, &mut expected).expect("a legal message");
            assert_eq!(out, expected);
            out.truncate(2);
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert!(Message::new("a/+", b"", &mut Vec::new()).is_err());
    }
}
