//! Messages that come in: their ranges are right however the stream is cut.

use tern_core::device::{CloseKind, Event};
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, Scripted, Seen, bytes, plain};

/// What a peer sends in one go: each kind of message, and answers between them.
const STREAM: &str = "
    30 03 00 01 61                        # QoS 0, topic a, no payload
    31 05 00 01 62 68 69                  # QoS 0, retain, topic b, payload hi
    32 08 00 03 61 2F 62 00 07 78         # QoS 1, topic a/b, packet 7, payload x
    D0 00                                 # PINGRESP
    3A 09 00 02 C3 A9 00 08 7A 7A 7A      # QoS 1, DUP, topic é, packet 8, payload zzz
    30 82 01 00 01 63                     # QoS 0, topic c, 127 bytes of payload
";

fn stream() -> Vec<u8> {
    let mut stream = bytes(STREAM);
    stream.extend([b'p'; 127]);
    stream.extend(bytes("32 05 00 01 64 00 09")); // QoS 1, topic d, packet 9, no payload
    stream
}

fn message(topic: &str, payload: &[u8], qos: QoS, dup: bool, retain: bool) -> Seen {
    Seen::Message {
        topic: topic.into(),
        payload: payload.into(),
        qos,
        dup,
        retain,
    }
}

fn expected() -> [Seen; 6] {
    let (qos_0, qos_1) = (QoS::AtMostOnce, QoS::AtLeastOnce);
    [
        message("a", b"", qos_0, false, false),
        message("b", b"hi", qos_0, false, true),
        message("a/b", b"x", qos_1, false, false),
        message("é", b"zzz", qos_1, true, false),
        message("c", &[b'p'; 127], qos_0, false, false),
        message("d", b"", qos_1, false, false),
    ]
}

const ACKNOWLEDGED: &str = "40 02 00 07 40 02 00 08 40 02 00 09";

/// What came out, but for how the acknowledgements were cut.
fn taken(device: &mut Scripted) -> (Vec<Seen>, String) {
    let (sent, told): (Vec<Seen>, Vec<Seen>) = device
        .take()
        .into_iter()
        .partition(|seen| matches!(seen, Seen::Sent(_)));
    let sent = sent.into_iter().filter_map(|seen| match seen {
        Seen::Sent(hex) => Some(hex),
        _ => None,
    });
    (told, sent.collect::<Vec<_>>().join(" "))
}

// client: [MQTT-2.3.1-6], [MQTT-3.3.4-1], [MQTT-4.3.2-2], [MQTT-4.5.0-2], [MQTT-4.6.0-2]
#[test]
fn all_at_once() {
    let mut device = Scripted::online(plain());
    device.receive_bytes(&stream());
    assert_eq!(taken(&mut device), (expected().into(), ACKNOWLEDGED.into()));
    assert_eq!(device.held(), 0);
}

#[test]
fn byte_by_byte() {
    let mut device = Scripted::online(plain());
    for byte in stream() {
        device.receive_bytes(&[byte]);
    }
    assert_eq!(taken(&mut device), (expected().into(), ACKNOWLEDGED.into()));
}

#[test]
fn byte_by_byte_by_a_host_that_does_not_look_at_need() {
    let mut device = Scripted::online(plain());
    for byte in stream() {
        device.receive_bytes(&[byte]);
        device.hand_in_held();
    }
    assert_eq!(taken(&mut device), (expected().into(), ACKNOWLEDGED.into()));
}

#[test]
fn cut_in_two_anywhere() {
    let stream = stream();
    for cut in 0..=stream.len() {
        let mut device = Scripted::online(plain());
        device.receive_bytes(&stream[..cut]);
        device.receive_bytes(&stream[cut..]);
        assert_eq!(
            taken(&mut device),
            (expected().into(), ACKNOWLEDGED.into()),
            "cut at {cut}"
        );
    }
}

#[test]
fn together_with_the_connack() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.opened();
    device.take();
    let mut both = bytes(ACCEPTED);
    both.extend(stream());
    device.receive_bytes(&both);
    let (told, sent) = taken(&mut device);
    assert_eq!(
        told[0],
        Seen::Event(Event::Connected {
            session_present: false
        })
    );
    assert_eq!(told[1..], expected());
    assert_eq!(sent, ACKNOWLEDGED);
}

#[test]
fn events_come_before_the_bytes_that_acknowledge_them() {
    let mut device = Scripted::online(plain());
    device.receive("32 05 00 01 64 00 09");
    let seen = device.take();
    assert!(matches!(seen[0], Seen::Message { .. }));
    assert_eq!(seen[1], Seen::Sent("40 02 00 09".into()));
}

#[test]
fn half_a_message_is_forgotten_with_its_connection() {
    let mut device = Scripted::online(plain());
    device.receive("32 05 00 01");
    device.closed_by(CloseKind::Network);
    device.take();
    device.accept_again(ACCEPTED);
    device.receive("30 03 00 01 61");
    assert_eq!(device.take().last(), Some(&expected()[0]));
}

// client: [MQTT-4.3.2-2]
#[test]
fn the_same_message_again_is_delivered_again() {
    let mut device = Scripted::online(plain());
    device.receive("32 05 00 01 64 00 09");
    device.receive("3A 05 00 01 64 00 09");
    let (told, sent) = taken(&mut device);
    assert_eq!(told.len(), 2, "QoS 1 is at least once");
    assert_eq!(sent, "40 02 00 09 40 02 00 09");
}
