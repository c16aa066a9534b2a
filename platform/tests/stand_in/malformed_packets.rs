use tern_core::wire::{self, Packet};

use crate::cloud::{Cloud, NOTHING, TCP, TLS, connect, hex, to_hex};

/// What has to close a connection after login, and what its reason has to contain.
const MALFORMED: &[(&str, &str)] = &[
    ("00 00", "reserved"),                           // packet type 0
    ("f0 00", "reserved"),                           // packet type 15
    ("20 02 00 00", "CONNACK"),                      // a server's packet
    ("d0 00", "PINGRESP"),                           // a server's packet
    ("c1 00", "byte 0"),                             // PINGREQ with a flag
    ("c0 80 00", "byte 2"),                          // a remaining length that is not minimal
    ("c0 ff ff ff ff", "four bytes"),                // a remaining length of five bytes
    ("c0 01 00", "byte 2"),                          // PINGREQ with a byte more
    ("e0 01 00", "byte 2"),                          // DISCONNECT with a byte more
    ("36 05 00 01 61 00 01", "QoS 3"),               // PUBLISH with QoS 3
    ("38 03 00 01 61", "DUP"),                       // PUBLISH with DUP and QoS 0
    ("30 02 00 00", "byte 4"),                       // PUBLISH with an empty topic
    ("30 03 00 01 23", "wildcard"),                  // PUBLISH to #
    ("30 03 00 01 00", "U+0000"),                    // PUBLISH to NUL
    ("30 03 00 01 ff", "UTF-8"),                     // PUBLISH to what is not UTF-8
    ("30 05 00 03 ed a0 80", "UTF-8"),               // PUBLISH to a surrogate
    ("30 03 00 05 61", "byte 2"), // PUBLISH whose topic is longer than the packet
    ("32 05 00 01 61 00 00", "MQTT-2.3.1-1"), // PUBLISH with packet identifier 0
    ("32 03 00 01 61", "byte 5"), // PUBLISH with QoS 1 and no packet identifier
    ("40 02 00 00", "MQTT-2.3.1-1"), // PUBACK for 0
    ("40 03 00 01 00", "byte 4"), // PUBACK with a byte more
    ("60 02 00 01", "flags are 0010"), // PUBREL with wrong flags
    ("80 06 00 01 00 01 61 00", "flags are 0010"), // SUBSCRIBE with wrong flags
    ("a0 05 00 01 00 01 61", "flags are 0010"), // UNSUBSCRIBE with wrong flags
    ("e1 00", "flags are 0000"),  // DISCONNECT with a flag
    ("82 02 00 01", "MQTT-3.8.3-3"), // SUBSCRIBE without a filter
    ("82 06 00 01 00 01 61 03", "MQTT-3.8.3-4"), // SUBSCRIBE for QoS 3
    ("82 06 00 01 00 01 61 41", "MQTT-3.8.3-4"), // SUBSCRIBE with a reserved bit
    ("82 06 00 00 00 01 61 00", "MQTT-2.3.1-1"), // SUBSCRIBE with packet identifier 0
    ("82 05 00 01 00 01 61", "byte 7"), // SUBSCRIBE without a QoS
    ("82 05 00 01 00 00 00", "MQTT-4.7.3-1"), // SUBSCRIBE to nothing
    ("82 08 00 01 00 03 61 23 62 00", "MQTT-4.7.1"), // SUBSCRIBE to a#b
    ("a2 02 00 01", "MQTT-3.10.3-2"), // UNSUBSCRIBE without a filter
    ("a2 06 00 01 00 02 2b 61", "MQTT-4.7.1"), // UNSUBSCRIBE from +a
];

// server: [MQTT-1.5.3-1], [MQTT-1.5.3-2], [MQTT-2.2.2-2], [MQTT-3.3.1-4], [MQTT-3.6.1-1], [MQTT-3.8.1-1]
// server: [MQTT-3.8.3-3], [MQTT-3.8.3-4], [MQTT-3.10.1-1], [MQTT-3.10.3-2], [MQTT-3.14.1-1], [MQTT-4.7.1-2]
// server: [MQTT-4.7.1-3], [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-4.8.0-1]
#[test]
fn every_malformed_packet_closes_with_the_rule_it_breaks() {
    for (bytes, expected) in MALFORMED {
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", true);
        cloud.events();
        cloud.send(id, &hex(bytes));
        assert_eq!(cloud.packets(id), NOTHING, "{bytes}");
        let reason = cloud
            .closed(id)
            .unwrap_or_else(|| panic!("{bytes} is accepted"));
        assert!(reason.contains(expected), "{bytes}: {reason}");
        assert_eq!(cloud.event_names(), ["disconnected"]);
    }
}

// server: [MQTT-4.8.0-2]
#[test]
fn a_packet_over_the_limit_closes_before_it_has_come() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.send(id, &hex("30 80 80 80 01")); // PUBLISH of 2,097,152 bytes
    assert!(
        cloud.closed(id).is_some_and(
            |reason| reason.contains("2097157 bytes is larger than the limit of 524288")
        )
    );
}

// server: [MQTT-3.1.2-3], [MQTT-3.1.4-1]
#[test]
fn connects_that_are_malformed_close_without_an_answer() {
    let mut good = Vec::new();
    wire::write(&Packet::Connect(connect("dev1")), &mut good).expect("valid");
    // Before the connect flags: 2 bytes of fixed header, 6 of protocol name, 1 of protocol level.
    assert_eq!(good[9], 0xC2, "{}", to_hex(&good));
    for flags in [0xC3, 0xDA, 0xCA, 0xE2, 0x42] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        let mut bytes = good.clone();
        bytes[9] = flags;
        cloud.send(id, &bytes);
        assert_eq!(cloud.packets(id), NOTHING, "{flags:02x}");
        assert!(
            cloud
                .closed(id)
                .is_some_and(|reason| reason.contains("byte 9")),
            "{flags:02x}: {:?}",
            cloud.closed(id)
        );
    }
}

// server: [MQTT-1.5.3-1], [MQTT-1.5.3-2], [MQTT-3.1.4-1]
#[test]
fn connects_with_fields_that_are_malformed_close_without_an_answer() {
    for (length, flags, fields) in [
        ("0d", "02", "00 01 ff"),                // a client id that is not UTF-8
        ("0d", "02", "00 01 00"),                // a client id of NUL
        ("0d", "02", "00 02 78"),                // a client id that reaches past the end
        ("0d", "82", "00 01 78"),                // the user name that the flags announce is missing
        ("10", "82", "00 01 78 00 01 ff"),       // a user name that is not UTF-8
        ("10", "c2", "00 01 78 00 01 78"),       // the password is missing
        ("10", "06", "00 01 78 00 01 77"),       // the will's message is missing
        ("12", "06", "00 01 78 00 01 00 00 00"), // a will's topic of NUL
        ("0e", "02", "00 01 78 78"),             // a byte more
    ] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        let head = format!("10 {length} 00 04 4d 51 54 54 04 {flags} 00 3c");
        cloud.send(id, &hex(&format!("{head} {fields}")));
        assert_eq!(cloud.packets(id), NOTHING, "{fields}");
        assert!(cloud.closed(id).is_some(), "{fields}");
        assert_eq!(cloud.event_names(), ["disconnected"], "{fields}");
    }
}

/// A small generator of its own: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).expect("small"))
            .expect("below the limit")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

#[test]
fn random_bytes_byte_by_byte_never_panic_and_never_stall() {
    let mut random = Random(1);
    for round in 0..2000 {
        let mut cloud = Cloud::new();
        let id = if round % 2 == 0 {
            cloud.open(TLS)
        } else {
            cloud.login("dev1", false).0
        };
        for _ in 0..random.below(60) {
            // Often a legal first byte, so that more than the first check is reached.
            let byte = if random.below(3) == 0 {
                [0x10, 0x30, 0x32, 0x82, 0xA2, 0x40, 0xC0][random.below(7)]
            } else {
                random.byte()
            };
            cloud.send(id, &[byte]);
        }
        cloud.seconds(random.next() % 200);
        cloud.drain();
    }
}

#[test]
fn mutated_conversations_never_panic() {
    let mut packets = Vec::new();
    for packet in [
        "82 0f 00 01 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 01",
        "32 0f 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 00 07 78",
        "40 02 00 01",
        "c0 00",
        "a2 0e 00 02 00 0a 2f 70 6b 2f 64 65 76 31 2f 61",
        "30 0d 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 78",
    ] {
        packets.push(hex(packet));
    }
    let mut connect_bytes = Vec::new();
    wire::write(&Packet::Connect(connect("dev1")), &mut connect_bytes).expect("valid");
    let mut random = Random(2);
    for round in 0..4000 {
        let mut stream = connect_bytes.clone();
        for _ in 0..8 {
            stream.extend_from_slice(&packets[random.below(packets.len())]);
        }
        // Every other round leaves the login whole, so that the packets behind it are reached.
        let from = if round % 2 == 0 {
            connect_bytes.len()
        } else {
            0
        };
        for _ in 0..=random.below(3) {
            let at = from + random.below(stream.len() - from);
            match random.below(3) {
                0 => stream[at] = random.byte(),
                1 => drop(stream.remove(at)),
                _ => stream.insert(at, random.byte()),
            }
        }
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        let pieces = 1 + random.below(40);
        for piece in stream.chunks(pieces) {
            cloud.send(id, piece);
        }
        cloud.seconds(100);
        assert!(cloud.closed(id).is_some(), "a silent connection ends");
    }
}
