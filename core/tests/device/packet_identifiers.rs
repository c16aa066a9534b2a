//! Packet identifiers: one pool, never one twice in use.

use std::collections::BTreeSet;

use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, ACCEPTED_PRESENT, Scripted, bytes, hex, plain};

// client: [MQTT-2.3.1-1], [MQTT-2.3.1-2], [MQTT-3.8.3-4], [MQTT-4.3.2-1]
#[test]
fn publishes_and_requests_share_one_pool() {
    let mut device = Scripted::online(plain());
    device.publish("t", "x", QoS::AtLeastOnce);
    device.subscribe("t", QoS::AtLeastOnce);
    device.unsubscribe("t");
    device.publish("t", "x", QoS::AtLeastOnce);
    assert_eq!(
        bytes(&device.sent()),
        bytes(
            "32 06 00 01 74 00 01 78  # PUBLISH 1
             82 06 00 02 00 01 74 01  # SUBSCRIBE 2
             A2 05 00 03 00 01 74     # UNSUBSCRIBE 3
             32 06 00 01 74 00 04 78  # PUBLISH 4",
        )
    );
}

// client: [MQTT-2.3.1-1], [MQTT-2.3.1-2], [MQTT-2.3.1-3]
#[test]
fn an_identifier_in_use_is_passed_over_when_the_numbers_start_again() {
    let mut device = Scripted::online(plain());
    device.publish("t", "a", QoS::AtLeastOnce); // 1 stays in use
    device.subscribe("t", QoS::AtLeastOnce); // 2 as well: it times out, the answer may still come
    device.pass(10_000);
    device.take();
    let mut last = 2_u16;
    for _ in 0..65_600_u32 {
        device.publish("t", "x", QoS::AtLeastOnce);
        let sent = bytes(&device.sent());
        let id = u16::from_be_bytes([sent[5], sent[6]]);
        assert!(id > 2, "in use");
        assert_eq!(id, last.checked_add(1).unwrap_or(3));
        last = id;
        device.receive(&hex(&[0x40, 2, sent[5], sent[6]]));
        device.take();
    }
}

// client: [MQTT-2.3.1-2]
#[test]
fn identifiers_of_messages_in_flight_are_not_given_to_others_after_a_reconnect() {
    for connack in [ACCEPTED, ACCEPTED_PRESENT] {
        let mut device = Scripted::online(plain());
        for _ in 0..5 {
            device.publish("t", "x", QoS::AtLeastOnce);
        }
        device.subscribe("a", QoS::AtLeastOnce);
        device.receive("40 02 00 03");
        device.closed();
        device.publish("t", "y", QoS::AtLeastOnce);
        device.subscribe("b", QoS::AtLeastOnce);
        device.take();
        device.accept_again(connack);
        let sent = device.sent();
        let sent = bytes(&sent);
        let mut rest = &sent[2 + usize::from(sent[1])..]; // behind the CONNECT
        let mut ids = BTreeSet::new();
        while let [first, len, ..] = *rest {
            let at = if first >> 4 == 3 { 5 } else { 2 };
            assert!(
                ids.insert([rest[at], rest[at + 1]]),
                "twice in use: {}",
                hex(&sent)
            );
            rest = &rest[2 + usize::from(len)..];
        }
        assert_eq!(ids.len(), 7);
    }
}

#[test]
fn all_identifiers_can_be_in_use_and_the_rest_waits() {
    let mut config = plain();
    config.keep_alive = 0;
    config.limits.max_inflight = 65_535;
    config.limits.max_queued = 70_000;
    let mut device = Scripted::online(config);
    device.subscribe("a", QoS::AtLeastOnce);
    for _ in 0..65_540_u32 {
        device.publish("t", "x", QoS::AtLeastOnce);
    }
    device.take();
    assert_eq!(device.device.queued().0, 65_540);
    device.receive("40 02 00 05");
    assert_eq!(device.sent(), "32 06 00 01 74 00 05 78");
}
