use tern_core::wire::{Packet, QoS};
use tern_platform::{Pushed, Settings};

use crate::cloud::{Cloud, NOTHING, packet_id};

/// A PUBLISH of one payload byte on `/pk/dev1/a`: first byte, packet identifier, payload, all in hex.
fn message(first: &str, id: &str, payload: &str) -> String {
    format!("{first} 0f 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 {id} {payload}")
}

/// A cloud whose `dev1` has subscribed with a session that stays, and has gone.
fn with_a_session(settings: Settings) -> Cloud {
    let mut cloud = Cloud::with(settings);
    let (id, session_present) = cloud.login("dev1", false);
    assert!(!session_present);
    cloud.subscribe(id, "/pk/dev1/#", QoS::AtLeastOnce);
    cloud.hang_up(id);
    cloud.events();
    cloud
}

fn push(cloud: &mut Cloud, payload: &[u8]) -> Pushed {
    cloud.push("dev1", "/pk/dev1/a", payload, QoS::AtLeastOnce)
}

// server: [MQTT-2.3.1-1], [MQTT-3.1.2-4], [MQTT-3.1.2-5], [MQTT-3.1.4-3], [MQTT-3.2.0-1], [MQTT-3.2.2-2]
// server: [MQTT-4.1.0-1], [MQTT-4.6.0-5]
#[test]
fn messages_missed_while_away_come_after_the_reconnect() {
    let mut cloud = with_a_session(Settings::default());
    assert_eq!(push(&mut cloud, b"1"), Pushed::Queued);
    assert_eq!(push(&mut cloud, b"2"), Pushed::Queued);
    assert_eq!(
        cloud.push("dev1", "/pk/dev1/a", b"3", QoS::AtMostOnce),
        Pushed::Offline
    );
    let (id, session_present) = cloud.login("dev1", false);
    assert!(session_present);
    assert_eq!(
        cloud.packets(id),
        [message("32", "00 01", "31"), message("32", "00 02", "32")]
    );
}

// server: [MQTT-2.3.1-4], [MQTT-3.1.2-4], [MQTT-3.3.1-1], [MQTT-4.1.0-1], [MQTT-4.3.2-1], [MQTT-4.4.0-1]
// server: [MQTT-4.6.0-1]
#[test]
fn what_was_not_acknowledged_is_sent_again_with_dup_and_the_same_identifier() {
    let mut cloud = with_a_session(Settings::default());
    let (id, _) = cloud.login("dev1", false);
    for payload in [b"1", b"2", b"3"] {
        assert_eq!(push(&mut cloud, payload), Pushed::Sent);
    }
    cloud.send_packet(id, &Packet::Puback(packet_id(2)));
    cloud.hang_up(id);
    push(&mut cloud, b"4");
    let (id, session_present) = cloud.login("dev1", false);
    assert!(session_present);
    let expected = [
        message("3a", "00 01", "31"),
        message("3a", "00 03", "33"),
        message("32", "00 04", "34"),
    ];
    assert_eq!(cloud.packets(id), expected);
    for id_of_message in [1, 3, 4] {
        cloud.send_packet(id, &Packet::Puback(packet_id(id_of_message)));
    }
    cloud.hang_up(id);
    let (id, _) = cloud.login("dev1", false);
    assert_eq!(cloud.packets(id), NOTHING);
}

// server: [MQTT-3.1.2-6], [MQTT-3.1.4-3], [MQTT-3.2.2-1]
#[test]
fn a_clean_session_drops_what_was_kept() {
    let mut cloud = with_a_session(Settings::default());
    push(&mut cloud, b"1");
    let (id, session_present) = cloud.login("dev1", true);
    assert!(!session_present);
    assert_eq!(cloud.packets(id), NOTHING);
    assert_eq!(push(&mut cloud, b"2"), Pushed::NotSubscribed);
    cloud.hang_up(id);
    let (_, session_present) = cloud.login("dev1", false);
    assert!(!session_present);
}

// server: [MQTT-3.1.2-6], [MQTT-3.1.4-3], [MQTT-3.2.2-3]
#[test]
fn a_clean_session_ends_with_its_connection() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/#", QoS::AtLeastOnce);
    cloud.hang_up(id);
    assert_eq!(push(&mut cloud, b"1"), Pushed::Offline);
    let (id, session_present) = cloud.login("dev1", false);
    assert!(!session_present);
    assert_eq!(cloud.packets(id), NOTHING);
}

// server: [MQTT-4.1.0-2]
#[test]
fn a_clean_session_lasts_as_long_as_its_connection() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/#", QoS::AtLeastOnce);
    for _ in 0..1440 {
        cloud.seconds(60);
        cloud.send_packet(id, &Packet::Pingreq);
    }
    cloud.packets(id);
    assert_eq!(push(&mut cloud, b"1"), Pushed::Sent);
    assert_eq!(cloud.packets(id), [message("32", "00 01", "31")]);
}

// server: [MQTT-4.3.2-1]
#[test]
fn the_window_holds_back_what_is_not_acknowledged() {
    let mut cloud = with_a_session(Settings {
        window: 2,
        ..Settings::default()
    });
    let (id, _) = cloud.login("dev1", false);
    assert_eq!(push(&mut cloud, b"1"), Pushed::Sent);
    assert_eq!(push(&mut cloud, b"2"), Pushed::Sent);
    assert_eq!(push(&mut cloud, b"3"), Pushed::Queued);
    assert_eq!(cloud.packets(id).len(), 2);
    let device = cloud.platform.devices().next().expect("registered");
    assert_eq!((device.in_flight, device.queued), (2, 1));
    cloud.send_packet(id, &Packet::Puback(packet_id(9))); // nobody's: passed over
    assert_eq!(cloud.packets(id), NOTHING);
    cloud.send_packet(id, &Packet::Puback(packet_id(1)));
    assert_eq!(cloud.packets(id), [message("32", "00 03", "33")]);
}

#[test]
fn a_full_queue_drops_the_oldest_and_says_so() {
    let mut cloud = with_a_session(Settings {
        queue: 2,
        ..Settings::default()
    });
    for payload in [b"1", b"2", b"3"] {
        assert_eq!(push(&mut cloud, payload), Pushed::Queued);
    }
    let dropped = r#"{"event":"dropped","topic":"/pk/dev1/a","qos":1,"reason":"the queue of messages for this device is full"}"#;
    assert_eq!(cloud.events(), [dropped]);
    let (id, _) = cloud.login("dev1", false);
    assert_eq!(
        cloud.packets(id),
        [message("32", "00 01", "32"), message("32", "00 02", "33")]
    );
}

#[test]
fn the_queue_is_bounded_in_bytes() {
    let mut cloud = with_a_session(Settings {
        queue_bytes: 1000,
        ..Settings::default()
    });
    assert_eq!(push(&mut cloud, &[b'x'; 600]), Pushed::Queued);
    assert_eq!(push(&mut cloud, &[b'y'; 600]), Pushed::Queued);
    assert_eq!(push(&mut cloud, &[b'z'; 1000]), Pushed::Dropped);
    assert_eq!(cloud.event_names(), ["dropped", "dropped"]);
    let device = cloud.platform.devices().next().expect("registered");
    assert_eq!(device.queued, 1);
    // What waits is the second: the third could never be kept, so it pushed out nothing.
    let (id, _) = cloud.login("dev1", false);
    assert_eq!(
        cloud
            .received(id)
            .iter()
            .filter(|byte| **byte == b'y')
            .count(),
        600
    );
    // A message over the limit still goes straight to a device that is there and has room.
    assert_eq!(push(&mut cloud, &[b'z'; 1000]), Pushed::Sent);
}

#[test]
fn a_device_view_never_shows_the_secret() {
    let mut cloud = with_a_session(Settings::default());
    push(&mut cloud, b"1");
    cloud.seconds(1);
    let view = cloud.platform.devices().next().expect("registered");
    let json = serde_json::to_value(&view).expect("plain data");
    let expected = serde_json::json!({
        "product_key": "pk", "device_name": "dev1", "disabled": false, "online": false, "changed_at_ms": 1_000_000,
        "subscriptions": [{ "filter": "/pk/dev1/#", "qos": 1 }], "queued": 1, "in_flight": 0,
    });
    assert_eq!(json, expected);
    let shown = format!("{view:?} {:?}", cloud.platform);
    assert!(!shown.contains(crate::cloud::SECRET));
}
