//! Legal packets at a wrong time: the peer misbehaved.

use tern_core::device::{DisconnectKind, Ended, Phase};
use tern_core::wire::QoS;

use crate::scripted::{Scripted, Seen, disconnected, ended, plain, reconnecting};

/// The device closes the stream, says why with these words, and reconnects.
#[track_caller]
fn ends(device: &mut Scripted, hex: &str, words: &str) {
    device.take();
    device.receive(hex);
    let seen = device.take();
    assert!(seen.contains(&Seen::Close), "{hex}: {seen:?}");
    let events: Vec<_> = seen
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let end = disconnected(&events);
    assert_eq!(
        end.kind,
        DisconnectKind::PeerMisbehaved,
        "{hex}: {}",
        end.reason
    );
    assert!(end.reason.contains(words), "{hex}: {}", end.reason);
    reconnecting(&events);
    assert_eq!(device.held(), 0);
}

#[test]
fn anything_before_the_connack() {
    for early in [
        "30 03 00 01 61",
        "D0 00",
        "40 02 00 01",
        "90 03 00 01 00",
        "B0 02 00 01",
    ] {
        let mut device = Scripted::new(plain());
        device.connect();
        device.opened();
        device.take();
        device.receive(early);
        let events = device.events();
        assert!(
            disconnected(&events).reason.contains("MQTT-3.2.0-1"),
            "{early}"
        );
        // At the first attempt it means that something else answers there.
        assert!(matches!(ended(&events), Some(Ended::Disconnected(_))));
    }
}

// client: [MQTT-4.8.0-1]
#[test]
fn a_second_connack() {
    ends(
        &mut Scripted::online(plain()),
        "20 02 00 00",
        "second CONNACK",
    );
    ends(
        &mut Scripted::online(plain()),
        "20 02 00 05",
        "second CONNACK",
    );
}

// client: [MQTT-4.8.0-1]
#[test]
fn an_acknowledgement_of_nothing() {
    for (hex, name) in [
        ("40 02 00 07", "PUBACK"),
        ("90 03 00 07 00", "SUBACK"),
        ("B0 02 00 07", "UNSUBACK"),
    ] {
        ends(
            &mut Scripted::online(plain()),
            hex,
            &format!("a {name} came for packet 7"),
        );
    }
}

#[test]
fn an_acknowledgement_of_another_kind() {
    let mut device = Scripted::online(plain());
    device.publish("t", "x", QoS::AtLeastOnce);
    ends(&mut device, "90 03 00 01 00", "SUBACK");
    let mut device = Scripted::online(plain());
    device.subscribe("t", QoS::AtLeastOnce);
    ends(&mut device, "40 02 00 01", "PUBACK");
    let mut device = Scripted::online(plain());
    device.subscribe("t", QoS::AtLeastOnce);
    ends(&mut device, "B0 02 00 01", "UNSUBACK");
}

#[test]
fn a_second_acknowledgement() {
    let mut device = Scripted::online(plain());
    device.publish("t", "x", QoS::AtLeastOnce);
    device.receive("40 02 00 01");
    ends(&mut device, "40 02 00 01", "PUBACK");
}

#[test]
fn two_codes_for_one_filter() {
    let mut device = Scripted::online(plain());
    let token = device.subscribe("t", QoS::AtLeastOnce);
    ends(&mut device, "90 04 00 01 00 00", "2 return codes");
    // The request is not lost with it.
    device.accept_again("20 02 00 00");
    device.receive("90 03 00 02 01");
    assert_eq!(crate::scripted::ends_of(&device.events(), token), 1);
}

// client: [MQTT-4.3.3-2]
#[test]
fn packets_of_qos_2() {
    for hex in ["50 02 00 01", "62 02 00 01", "70 02 00 01"] {
        let mut device = Scripted::online(plain());
        device.publish("t", "x", QoS::AtLeastOnce);
        ends(&mut device, hex, "QoS 2");
    }
    ends(
        &mut Scripted::online(plain()),
        "34 05 00 01 74 00 01",
        "QoS 2",
    );
}

// client: [MQTT-4.8.0-1]
#[test]
fn packets_that_only_a_client_sends() {
    for hex in ["10 00", "82 00", "A2 00", "C0 00", "E0 00"] {
        ends(
            &mut Scripted::online(plain()),
            hex,
            "never sent by this side",
        );
    }
}

#[test]
fn what_follows_in_the_same_breath_is_not_looked_at() {
    let mut device = Scripted::online(plain());
    device.receive("30 03 00 01 61 40 02 00 07 30 03 00 01 62");
    let messages = device
        .take()
        .into_iter()
        .filter(|seen| matches!(seen, Seen::Message { .. }))
        .count();
    assert_eq!(messages, 1, "the one before the fault");
    assert_eq!(device.device.phase(), Phase::Waiting);
}
