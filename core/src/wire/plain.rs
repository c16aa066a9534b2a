//! What comes by the thousand, read in one pass: a PUBLISH or PUBACK with nothing about it to be explained.

use super::{PacketId, Publish, QoS};
use crate::topic::is_plain_name;

/// A packet that [`read_plain`] has read, or the same of the strict reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum Plain<'a> {
    Publish {
        dup: bool,
        qos: QoS,
        retain: bool,
        /// A legal topic name, in ASCII where [`read_plain`] has read it.
        topic: &'a [u8],
        /// There with QoS 1, and only there.
        packet_id: Option<PacketId>,
        payload: &'a [u8],
    },
    Puback(PacketId),
}

/// The same message, as the strict reader has read it: then its topic may have any characters.
impl<'a> From<Publish<'a>> for Plain<'a> {
    fn from(publish: Publish<'a>) -> Self {
        Self::Publish {
            dup: publish.dup,
            qos: publish.qos,
            retain: publish.retain,
            topic: publish.topic.as_bytes(),
            packet_id: publish.packet_id,
            payload: publish.payload,
        }
    }
}

/// Reads the packet at the front of a byte stream where it is whole, within `max_packet` bytes, and a PUBACK or a PUBLISH
/// with QoS 0 or 1, a remaining length below 16 KiB and a topic name in ASCII; answers its length too.
///
/// It knows no rule that [`frame`](super::frame()) and [`read`](super::read()) do not know, and names none: on any doubt it
/// answers `None`, and those two find out.
#[inline]
#[must_use]
pub fn read_plain(bytes: &[u8], max_packet: usize) -> Option<(Plain<'_>, usize)> {
    if let [0x40, 0x02, high, low, ..] = *bytes {
        let id = PacketId::new(u16::from_be_bytes([high, low]))?;
        return (max_packet >= 4).then_some((Plain::Puback(id), 4));
    }
    let (first, remaining, body_at) = match *bytes {
        [first, low @ ..0x80, ..] => (first, usize::from(low), 2),
        [first, low, high @ 1..0x80, ..] => {
            (first, usize::from(low & 0x7F) | usize::from(high) << 7, 3)
        }
        _ => return None,
    };
    // PUBLISH in the upper half; below it DUP, QoS and RETAIN.
    let (qos, dup) = match first & !0b1 {
        0x30 => (QoS::AtMostOnce, false),
        0x32 => (QoS::AtLeastOnce, false),
        0x3A => (QoS::AtLeastOnce, true),
        _ => return None,
    };
    let len = body_at + remaining;
    if len > max_packet {
        return None;
    }
    let (topic_len, body) = bytes.get(body_at..len)?.split_first_chunk()?;
    let (topic, body) = body.split_at_checked(u16::from_be_bytes(*topic_len).into())?;
    if !is_plain_name(topic) {
        return None;
    }
    let (packet_id, payload) = if qos == QoS::AtMostOnce {
        (None, body)
    } else {
        let (id, payload) = body.split_first_chunk()?;
        (Some(PacketId::new(u16::from_be_bytes(*id))?), payload)
    };
    let publish = Plain::Publish {
        dup,
        qos,
        retain: first & 0b1 != 0,
        topic,
        packet_id,
        payload,
    };
    Some((publish, len))
}
