//! Where a packet ends in a stream of bytes.

use super::{FrameError, Malformed, PacketType};

/// Who sent the bytes: a server never receives a CONNACK, a client never a SUBSCRIBE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A device.
    Client,
    /// The platform or another broker.
    Server,
}

/// What stands at the front of a byte stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framed {
    /// Not yet a whole packet: asking again makes sense from this many bytes on, counted from the packet's start.
    Need(usize),
    /// A whole packet of `len` bytes, fixed header included.
    Complete {
        /// Its length in bytes.
        len: usize,
    },
}

/// Finds the first packet's border. Reads the fixed header only, and copies nothing.
///
/// A first byte that no packet of this sender can have is refused at once, before the rest has come, so
/// that a peer that speaks another protocol is named as such. `max_packet` bounds the whole packet, in bytes.
///
/// # Errors
/// A reserved packet type or wrong reserved flags [MQTT-2.2.2-1], a remaining length of more than four
/// bytes or longer than it must be, a packet that this sender never sends, a packet over the limit.
pub fn frame(bytes: &[u8], sender: Sender, max_packet: usize) -> Result<Framed, FrameError> {
    let Some(&first) = bytes.first() else {
        return Ok(Framed::Need(2));
    };
    check_first_byte(first, sender)?;

    let mut remaining = 0_usize;
    for index in 1..=4 {
        let Some(&byte) = bytes.get(index) else {
            return Ok(Framed::Need(index + 1));
        };
        remaining |= usize::from(byte & 0x7F) << (7 * (index - 1));
        if byte & 0x80 == 0 {
            if byte == 0 && index > 1 {
                return Err(Malformed {
                    at: index,
                    rule: "the remaining length uses more bytes than it needs [MQTT 3.1.1, 2.2.3]",
                }
                .into());
            }
            let len = 1 + index + remaining;
            if len > max_packet {
                return Err(FrameError::TooLarge {
                    len,
                    max: max_packet,
                });
            }
            return Ok(if bytes.len() < len {
                Framed::Need(len)
            } else {
                Framed::Complete { len }
            });
        }
    }
    Err(Malformed {
        at: 4,
        rule: "the remaining length has at most four bytes [MQTT 3.1.1, 2.2.3]",
    }
    .into())
}

/// Offset of the byte after the fixed header of a whole packet.
pub(super) fn body_start(packet: &[u8]) -> usize {
    let length_bytes = packet
        .iter()
        .skip(1)
        .take(4)
        .position(|byte| byte & 0x80 == 0);
    length_bytes.map_or(packet.len(), |index| index + 2)
}

fn check_first_byte(first: u8, sender: Sender) -> Result<(), FrameError> {
    let Some(packet_type) = PacketType::from_first_byte(first) else {
        return Err(Malformed {
            at: 0,
            rule: "packet types 0 and 15 are reserved [MQTT 3.1.1, table 2.1]; is the peer an MQTT broker?",
        }
        .into());
    };
    let flags = first & 0x0F;
    match packet_type {
        PacketType::Publish => {
            if flags & 0b0110 == 0b0110 {
                return Err(Malformed {
                    at: 0,
                    rule: "QoS 3 does not exist [MQTT-3.3.1-4]",
                }
                .into());
            }
            if flags & 0b1110 == 0b1000 {
                return Err(Malformed {
                    at: 0,
                    rule: "DUP is 0 in every QoS 0 message [MQTT-3.3.1-2]",
                }
                .into());
            }
        }
        PacketType::Pubrel | PacketType::Subscribe | PacketType::Unsubscribe => {
            if flags != 0b0010 {
                return Err(Malformed {
                    at: 0,
                    rule: "this type's flags are 0010 [MQTT-2.2.2-1]",
                }
                .into());
            }
        }
        _ => {
            if flags != 0 {
                return Err(Malformed {
                    at: 0,
                    rule: "this type's flags are 0000 [MQTT-2.2.2-1]",
                }
                .into());
            }
        }
    }
    let only_client = matches!(
        packet_type,
        PacketType::Connect
            | PacketType::Subscribe
            | PacketType::Unsubscribe
            | PacketType::Pingreq
            | PacketType::Disconnect
    );
    let only_server = matches!(
        packet_type,
        PacketType::Connack | PacketType::Suback | PacketType::Unsuback | PacketType::Pingresp
    );
    match sender {
        Sender::Server if only_client => Err(FrameError::WrongSender(packet_type, "client")),
        Sender::Client if only_server => Err(FrameError::WrongSender(packet_type, "server")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(bytes: &[u8], sender: Sender) -> (usize, &'static str) {
        match frame(bytes, sender, 1 << 20) {
            Err(FrameError::Malformed(malformed)) => (malformed.at, malformed.rule),
            other => panic!("{bytes:02x?} gave {other:?}"),
        }
    }

    #[test]
    fn a_packet_is_asked_for_byte_by_byte_until_its_length_is_known() {
        assert_eq!(frame(&[], Sender::Server, 100), Ok(Framed::Need(2)));
        assert_eq!(frame(&[0x30], Sender::Server, 1000), Ok(Framed::Need(2)));
        assert_eq!(
            frame(&[0x30, 0x80], Sender::Server, 1000),
            Ok(Framed::Need(3))
        );
        assert_eq!(
            frame(&[0x30, 0x80, 0x01], Sender::Server, 1000),
            Ok(Framed::Need(131))
        );
        assert_eq!(
            frame(&[0xD0, 0x00, 0xFF], Sender::Server, 100),
            Ok(Framed::Complete { len: 2 })
        );
    }

    #[test]
    fn reserved_types_are_refused_at_the_first_byte() {
        assert_eq!(rule_of(&[0x00], Sender::Server).0, 0);
        assert_eq!(rule_of(&[0xF0], Sender::Server).0, 0);
        // 'H' of "HTTP/1.1 400": type 4 with flags 8.
        assert!(rule_of(b"H", Sender::Server).1.contains("MQTT-2.2.2-1"));
    }

    #[test]
    fn every_type_but_publish_has_fixed_flags() {
        for packet_type in [1_u8, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] {
            let legal = if matches!(packet_type, 6 | 8 | 10) {
                0b0010
            } else {
                0
            };
            for flags in 0..16_u8 {
                let first = packet_type << 4 | flags;
                let both =
                    [Sender::Client, Sender::Server].map(|sender| frame(&[first], sender, 100));
                let malformed = both
                    .iter()
                    .all(|framed| matches!(framed, Err(FrameError::Malformed(_))));
                assert_eq!(malformed, flags != legal, "{first:02x}");
            }
        }
    }

    #[test]
    fn a_publish_has_no_qos_3_and_no_dup_with_qos_0() {
        assert!(rule_of(&[0x36], Sender::Server).1.contains("MQTT-3.3.1-4"));
        assert!(rule_of(&[0x38], Sender::Server).1.contains("MQTT-3.3.1-2"));
        assert_eq!(frame(&[0x3B], Sender::Server, 100), Ok(Framed::Need(2)));
    }

    #[test]
    fn a_remaining_length_is_minimal_and_has_four_bytes_at_most() {
        assert_eq!(rule_of(&[0xD0, 0x80, 0x00], Sender::Server).0, 2);
        assert_eq!(
            rule_of(&[0x30, 0xFF, 0xFF, 0xFF, 0xFF], Sender::Server).0,
            4
        );
        assert_eq!(
            rule_of(&[0x30, 0x85, 0x80, 0x80, 0x00], Sender::Server).0,
            4
        );
    }

    #[test]
    fn a_packet_over_the_limit_is_refused_before_its_body_comes() {
        let framed = frame(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F], Sender::Server, 1024);
        assert_eq!(
            framed,
            Err(FrameError::TooLarge {
                len: 268_435_460,
                max: 1024
            })
        );
    }

    #[test]
    fn a_packet_of_the_other_side_is_refused_at_the_first_byte() {
        assert_eq!(
            frame(&[0x10], Sender::Server, 100),
            Err(FrameError::WrongSender(PacketType::Connect, "client"))
        );
        assert_eq!(
            frame(&[0x20], Sender::Client, 100),
            Err(FrameError::WrongSender(PacketType::Connack, "server"))
        );
    }
}
