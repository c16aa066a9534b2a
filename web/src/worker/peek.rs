//! What can be told of a packet at a glance. The strict check has taken each before: nothing is judged here.

use tern_core::wire::PacketType;

/// The topic of a PUBLISH.
pub(super) fn topic(packet: &[u8]) -> Option<&str> {
    str::from_utf8(topic_bytes(packet)?).ok()
}

/// The same, for who looks for bytes in it: that these are text was found before.
pub(super) fn topic_bytes(packet: &[u8]) -> Option<&[u8]> {
    let (length, rest) = body(packet)?.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// The payload of a PUBLISH.
pub(super) fn payload(packet: &[u8]) -> Option<&[u8]> {
    let (length, rest) = body(packet)?.split_first_chunk::<2>()?;
    let has_packet_id = packet.first().is_some_and(|first| first >> 1 & 3 > 0);
    let after_topic = usize::from(u16::from_be_bytes(*length));
    rest.get(after_topic + if has_packet_id { 2 } else { 0 }..)
}

/// The packet identifier, or nought where there is none.
pub(super) fn packet_id(kind: PacketType, packet: &[u8]) -> u16 {
    use PacketType as P;
    let at = match kind {
        P::Publish => {
            let qos = packet.first().map_or(0, |first| first >> 1 & 3);
            let length = body(packet).and_then(|body| body.first_chunk::<2>());
            match length {
                Some(length) if qos > 0 => 2 + usize::from(u16::from_be_bytes(*length)),
                _ => return 0,
            }
        }
        P::Connect | P::Connack | P::Pingreq | P::Pingresp | P::Disconnect => return 0,
        _ => 0,
    };
    body(packet)
        .and_then(|body| body.get(at..)?.first_chunk::<2>())
        .map_or(0, |id| u16::from_be_bytes(*id))
}

/// What follows the fixed header.
fn body(packet: &[u8]) -> Option<&[u8]> {
    let length_bytes = packet.iter().skip(1).take(4).position(|b| b & 0x80 == 0)?;
    packet.get(length_bytes + 2..)
}
