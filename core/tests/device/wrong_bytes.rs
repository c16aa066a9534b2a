//! Bytes that are no MQTT, too large, or of another protocol.

use tern_core::device::{DisconnectKind, Ended, Event};
use tern_core::wire::QoS;

use crate::scripted::{
    ACCEPTED, Scripted, Seen, disconnected, ended, ends_of, hex, plain, reconnecting,
};

fn logging_in() -> Scripted {
    let mut device = Scripted::new(plain());
    device.connect();
    device.opened();
    device.take();
    device
}

fn told(seen: Vec<Seen>) -> Vec<Event> {
    let events = seen.into_iter().filter_map(|seen| match seen {
        Seen::Event(event) => Some(event),
        _ => None,
    });
    events.collect()
}

// client: [MQTT-1.5.3-1], [MQTT-1.5.3-2], [MQTT-2.2.2-2], [MQTT-3.3.1-4], [MQTT-4.8.0-1]
#[test]
fn malformed_packets_end_the_connection_with_their_rule() {
    for (hex, rule) in [
        ("30 80 00", "remaining length"),
        ("00 00", "reserved"),
        ("F0 00", "reserved"),
        ("36 05 00 01 74 00 01", "QoS 3"),
        ("38 03 00 01 74", "DUP"),
        ("30 03 00 01 23", "wildcard"),
        ("30 02 00 00", "at least one character"),
        ("30 03 00 01 FF", "UTF-8"),
        ("30 05 00 03 ED A0 80", "UTF-8"), // a surrogate
        ("30 03 00 01 00", "U+0000"),
        ("30 03 00 09 74", "past the end"),
        ("32 05 00 01 74 00 00", "identifier is not 0"),
        ("32 03 00 01 74", "identifier (2 bytes) is missing"),
        ("40 03 00 01 00", "bytes follow"),
        ("90 02 00 01", "return code for each"),
        ("90 03 00 01 03", "codes are 0, 1, 2"),
        ("D0 01 00", "bytes follow"),
        ("D1 00", "flags are 0000"),
    ] {
        let mut device = Scripted::online(plain());
        let token = device.publish("t", "x", QoS::AtLeastOnce);
        device.take();
        device.receive(hex);
        let seen = device.take();
        assert!(seen.contains(&Seen::Close), "{hex}: {seen:?}");
        let events = told(seen);
        let end = disconnected(&events);
        assert_eq!(end.kind, DisconnectKind::Malformed, "{hex}");
        assert!(end.reason.contains(rule), "{hex}: {}", end.reason);
        reconnecting(&events);
        // Nothing already accepted is lost.
        assert_eq!(ends_of(&events, token), 0);
        assert_eq!(device.device.queued().0, 1);
    }
}

// client: [MQTT-4.8.0-2]
#[test]
fn a_packet_over_the_limit_is_refused_by_its_header() {
    let mut config = plain();
    config.limits.max_packet = 100;
    let mut device = Scripted::online(config.clone());
    device.receive("30 62 00 01 74"); // 100 bytes in all
    assert!(device.device.is_connected());
    let mut device = Scripted::online(config);
    device.receive("30 63"); // 101
    let seen = device.take();
    assert!(seen.contains(&Seen::Close), "{seen:?}");
    let events = told(seen);
    let end = disconnected(&events);
    assert_eq!(end.kind, DisconnectKind::TooLarge);
    assert!(end.reason.contains("101 bytes") && end.reason.contains("limit of 100"));
}

#[test]
fn a_connack_with_reserved_bits_or_codes() {
    for connack in [
        "20 02 02 00",
        "20 02 00 06",
        "20 02 01 05",
        "20 03 00 00 00",
    ] {
        let mut device = logging_in();
        device.receive(connack);
        let events = device.events();
        assert_eq!(
            disconnected(&events).kind,
            DisconnectKind::Malformed,
            "{connack}"
        );
        assert!(matches!(ended(&events), Some(Ended::Disconnected(_))));
    }
}

#[test]
fn another_protocol_is_named() {
    for (answer, word) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), "ws or wss"),
        (b"<html>", "ws or wss"),
        (&[0x15, 3, 1, 0, 2, 2, 40], "transport tls"),
        (b"SSH-2.0-OpenSSH\r\n", "MQTT broker"),
        (b"\0\0\0\0", "MQTT broker"),
    ] {
        let mut device = logging_in();
        device.receive(&hex(answer));
        let events = device.events();
        let end = disconnected(&events);
        assert_ne!(end.kind, DisconnectKind::Network);
        assert!(end.reason.contains(word), "{}", end.reason);
        assert!(
            matches!(ended(&events), Some(Ended::Disconnected(_))),
            "as good as final"
        );
    }
}

#[test]
fn garbage_later_on_is_followed_by_a_reconnect() {
    let mut device = Scripted::online(plain());
    device.receive("FF FF FF FF");
    reconnecting(&device.events());
    device.accept_again(ACCEPTED);
    assert_eq!(
        device.events().last(),
        Some(&Event::Connected {
            session_present: false
        })
    );
}

// client: [MQTT-2.2.2-2], [MQTT-3.3.1-4]
#[test]
fn a_bad_first_byte_that_comes_alone_is_refused_at_once() {
    for first in ["00", "f0", "41", "82", "36"] {
        let mut device = Scripted::online(plain());
        device.take();
        device.receive(first);
        let seen = device.take();
        assert_eq!(seen.first(), Some(&Seen::Close), "{first}: {seen:?}");
    }
}
