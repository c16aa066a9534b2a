//! The form of what a device sends, and text that is not ASCII, both ways.

use std::collections::BTreeSet;

use tern_core::device::{Config, Login};
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, PINGRESP, Scripted, Seen, bytes, hex, plain};

/// The packets in what was sent.
fn packets(sent: &str) -> Vec<Vec<u8>> {
    let sent = bytes(sent);
    let mut rest = sent.as_slice();
    let mut packets = Vec::new();
    while let [_, len, ..] = *rest {
        assert!(len < 128, "a length of one byte");
        let (packet, next) = rest.split_at(2 + usize::from(len));
        packets.push(packet.to_vec());
        rest = next;
    }
    packets
}

// client: [MQTT-2.2.2-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1], [MQTT-3.14.1-1]
#[test]
fn every_type_of_packet_has_the_flags_of_the_standards_table() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.accept(ACCEPTED);
    device.subscribe("a", QoS::AtLeastOnce);
    device.unsubscribe("a");
    device.publish("a", "x", QoS::AtMostOnce);
    device.publish("a", "x", QoS::AtLeastOnce);
    device.receive("32 05 00 01 61 00 09"); // PUBLISH, QoS 1, packet 9
    device.receive("90 03 00 01 01 B0 02 00 02 40 02 00 03"); // SUBACK, UNSUBACK, PUBACK
    device.pass(45_000);
    device.receive(PINGRESP);
    device.disconnect();
    let first_bytes: BTreeSet<u8> = packets(&device.sent())
        .iter()
        .map(|packet| packet[0])
        .collect();
    let expected = [
        0x10, // CONNECT
        0x30, // PUBLISH, QoS 0
        0x32, // PUBLISH, QoS 1
        0x40, // PUBACK
        0x82, // SUBSCRIBE
        0xA2, // UNSUBSCRIBE
        0xC0, // PINGREQ
        0xE0, // DISCONNECT
    ];
    assert_eq!(first_bytes, expected.into());
}

// client: [MQTT-1.5.3-1], [MQTT-3.1.3-4], [MQTT-3.1.3-11]
#[test]
fn a_login_is_sent_as_utf_8() {
    let mut config = plain();
    if let Login::Plain {
        client_id,
        username,
        ..
    } = &mut config.login
    {
        *client_id = "é".to_owned();
        *username = Some("温".to_owned());
    }
    let mut device = Scripted::new(config);
    device.connect();
    device.opened();
    assert_eq!(
        bytes(&device.sent()),
        bytes(
            "10 13              # CONNECT, 19 bytes follow
             00 04 4D 51 54 54  # MQTT
             04                 # protocol level 4
             80                 # user name
             00 3C              # keep alive 60 s
             00 02 C3 A9        # client id é
             00 03 E6 B8 A9     # user name 温",
        )
    );
}

// client: [MQTT-1.5.3-1], [MQTT-3.3.2-1], [MQTT-3.8.3-1], [MQTT-3.10.3-1]
#[test]
fn topics_and_filters_are_sent_as_utf_8() {
    let mut device = Scripted::online(plain());
    device.publish("é", "x", QoS::AtMostOnce);
    device.subscribe("温/#", QoS::AtLeastOnce);
    device.unsubscribe("温/#");
    assert_eq!(
        bytes(&device.sent()),
        bytes(
            "30 05 00 02 C3 A9 78                    # PUBLISH, topic é, payload x
             82 0A 00 01 00 05 E6 B8 A9 2F 23 01     # SUBSCRIBE 1, filter 温/#, QoS 1
             A2 09 00 02 00 05 E6 B8 A9 2F 23        # UNSUBSCRIBE 2, filter 温/#",
        )
    );
}

// client: [MQTT-1.5.3-3]
#[test]
fn a_zero_width_no_break_space_is_a_character_like_any_other() {
    let mut device = Scripted::online(plain());
    device.publish("\u{FEFF}a", "x", QoS::AtMostOnce);
    assert_eq!(device.sent(), "30 07 00 04 EF BB BF 61 78");
    device.receive("30 07 00 04 EF BB BF 61 78");
    let [Seen::Message { topic, .. }] = &device.take()[..] else {
        panic!("one message")
    };
    assert_eq!(topic, "\u{FEFF}a");
}

// client: [MQTT-3.1.0-1]
#[test]
fn nothing_goes_before_the_connect_nor_behind_it_until_it_is_accepted() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.publish("t", "x", QoS::AtMostOnce);
    device.publish("t", "x", QoS::AtLeastOnce);
    device.subscribe("t", QoS::AtLeastOnce);
    assert_eq!(device.sent(), "");
    device.opened();
    let sent = packets(&device.sent());
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0][0], 0x10);
    // The same holds on every later connection.
    device.receive(ACCEPTED);
    device.closed();
    device.take();
    device.accept_again(ACCEPTED);
    let types: Vec<u8> = packets(&device.sent())
        .iter()
        .map(|packet| packet[0])
        .collect();
    assert_eq!(types, [0x10, 0x82, 0x3A], "{}", hex(&types));
}

// client: [MQTT-3.1.3-2]
#[test]
fn every_connection_of_a_device_has_its_client_id() {
    for clean_session in [false, true] {
        let mut device = Scripted::new(Config {
            clean_session,
            ..plain()
        });
        device.connect();
        device.accept(ACCEPTED);
        let first = packets(&device.sent());
        assert_eq!(first[0][12..], bytes("00 01 63"), "client id c");
        for _ in 0..3 {
            device.closed();
            device.take();
            device.accept_again(ACCEPTED);
            assert_eq!(packets(&device.sent()), first);
        }
    }
}
