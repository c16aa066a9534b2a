use tern_core::identity::{DeviceName, ProductKey};
use tern_core::wire::{Packet, Publish, QoS, Subscribe};
use tern_platform::{Pushed, Settings};

use crate::cloud::{Cloud, NOTHING, hex, packet_id, publish, to_hex};

const TOPIC: &str = "/pk/dev1/data";
/// The topic's length and text on the wire.
const TOPIC_HEX: &str = "00 0d 2f 70 6b 2f 64 65 76 31 2f 64 61 74 61";

// server: [MQTT-2.3.1-6], [MQTT-3.3.2-1], [MQTT-4.3.2-2]
#[test]
fn a_device_that_subscribed_to_its_topic_gets_its_own_message() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    cloud.events();
    cloud.publish(id, TOPIC, b"hi", QoS::AtLeastOnce);
    let packets = cloud.packets(id);
    // PUBACK of the publish; then the message, QoS 1, packet identifier 1.
    assert_eq!(
        packets,
        [
            "40 02 00 0a".to_owned(),
            format!("32 13 {TOPIC_HEX} 00 01 68 69")
        ]
    );
    assert_eq!(
        cloud.events(),
        [r#"{"event":"published","topic":"/pk/dev1/data","qos":1,"routed":true}"#]
    );
}

// server: [MQTT-2.3.1-5], [MQTT-3.3.1-2], [MQTT-3.8.4-6], [MQTT-4.3.1-1]
#[test]
fn the_publishers_qos_decides_whatever_was_subscribed() {
    for subscribed in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", true);
        cloud.subscribe(id, TOPIC, subscribed);
        assert_eq!(
            cloud.push("dev1", TOPIC, b"0", QoS::AtMostOnce),
            Pushed::Sent
        );
        assert_eq!(cloud.packets(id), [format!("30 10 {TOPIC_HEX} 30")]);
        assert_eq!(
            cloud.push("dev1", TOPIC, b"1", QoS::AtLeastOnce),
            Pushed::Sent
        );
        assert_eq!(cloud.packets(id), [format!("32 12 {TOPIC_HEX} 00 01 31")]);
    }
}

// server: [MQTT-3.3.5-1]
#[test]
fn a_message_comes_once_however_many_filters_match() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    let filters =
        ["/pk/dev1/#", "/pk/dev1/+", TOPIC].map(|filter| (filter.to_owned(), QoS::AtLeastOnce));
    cloud.send_packet(
        id,
        &Packet::Subscribe(Subscribe {
            packet_id: packet_id(1),
            filters: filters.to_vec(),
        }),
    );
    assert_eq!(cloud.packets(id), ["90 05 00 01 01 01 01"]);
    cloud.push("dev1", TOPIC, b"x", QoS::AtMostOnce);
    assert_eq!(cloud.packets(id).len(), 1);
}

// server: [MQTT-3.3.1-5], [MQTT-3.3.1-6], [MQTT-3.3.1-9]
#[test]
fn nothing_is_retained() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtMostOnce);
    let retained = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: true,
        topic: TOPIC,
        packet_id: None,
        payload: b"x",
    };
    cloud.send_packet(id, &Packet::Publish(retained));
    // Passed on with RETAIN 0 …
    assert_eq!(cloud.packets(id), [format!("30 10 {TOPIC_HEX} 78")]);
    // … and not there for a later subscription: `subscribe` asserts that the SUBACK is all that comes.
    cloud.subscribe(id, "/pk/dev1/#", QoS::AtMostOnce);
}

// server: [MQTT-3.3.1-10], [MQTT-3.3.1-11]
#[test]
fn a_retained_message_without_a_payload_is_delivered_and_not_kept() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtMostOnce);
    cloud.send(id, &hex(&format!("31 0f {TOPIC_HEX}"))); // PUBLISH, QoS 0, RETAIN
    assert_eq!(cloud.packets(id), [format!("30 0f {TOPIC_HEX}")]);
    // `subscribe` asserts that the SUBACK is all that comes.
    cloud.subscribe(id, "/pk/dev1/#", QoS::AtMostOnce);
}

// server: [MQTT-3.3.1-12]
#[test]
fn a_message_that_is_not_to_be_retained_is_not_there_for_a_later_subscription() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.publish(id, TOPIC, b"x", QoS::AtMostOnce);
    cloud.publish(id, TOPIC, b"x", QoS::AtLeastOnce);
    assert_eq!(cloud.packets(id), ["40 02 00 0a"]);
    cloud.subscribe(id, TOPIC, QoS::AtMostOnce);
}

// server: [MQTT-3.3.2-3]
#[test]
fn a_message_comes_only_where_a_filter_matches() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/+/set", QoS::AtMostOnce);
    for (topic, pushed) in [
        ("/pk/dev1/a/set", Pushed::Sent),
        ("/pk/dev1//set", Pushed::Sent),
        ("/pk/dev1/set", Pushed::NotSubscribed),
        ("/pk/dev1/a/b/set", Pushed::NotSubscribed),
        ("/pk/dev1/a/set/b", Pushed::NotSubscribed),
        ("/pk/dev1/a", Pushed::NotSubscribed),
    ] {
        assert_eq!(
            cloud.push("dev1", topic, b"x", QoS::AtMostOnce),
            pushed,
            "{topic}"
        );
        assert_eq!(
            cloud.packets(id).len(),
            usize::from(pushed == Pushed::Sent),
            "{topic}"
        );
    }
}

// server: [MQTT-3.8.4-3]
#[test]
fn a_subscription_made_again_takes_the_place_of_the_old_and_the_flow_goes_on() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    cloud.push("dev1", TOPIC, b"1", QoS::AtLeastOnce);
    cloud.packets(id);
    cloud.subscribe(id, TOPIC, QoS::AtMostOnce);
    let view = cloud.platform.devices().next().expect("registered");
    let filters: Vec<_> = view
        .subscriptions
        .iter()
        .map(|one| (one.filter.as_str(), one.qos))
        .collect();
    assert_eq!(filters, [(TOPIC, 0)]);
    // What was under way still is, and the next message comes, once.
    assert_eq!(view.in_flight, 1);
    cloud.push("dev1", TOPIC, b"2", QoS::AtLeastOnce);
    assert_eq!(cloud.packets(id), [format!("32 12 {TOPIC_HEX} 00 02 32")]);
}

// server: [MQTT-4.3.2-2], [MQTT-4.6.0-2]
#[test]
fn each_message_is_acknowledged_in_its_turn_and_an_identifier_may_come_again() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    cloud.events();
    let message = |first: &str, id: &str| hex(&format!("{first} 12 {TOPIC_HEX} {id} 78"));
    let all = [
        message("32", "00 07"),
        message("32", "00 03"),
        message("3a", "00 07"), // with DUP, and still a message of its own
        message("32", "00 05"),
    ];
    cloud.send(id, &all.concat());
    let (acknowledged, delivered): (Vec<_>, Vec<_>) = cloud
        .packets(id)
        .into_iter()
        .partition(|packet| packet.starts_with("40"));
    assert_eq!(
        acknowledged,
        ["40 02 00 07", "40 02 00 03", "40 02 00 07", "40 02 00 05"]
    );
    assert_eq!(delivered.len(), 4);
    assert_eq!(cloud.event_names(), ["published"; 4]);
}

// server: [MQTT-2.2.2-1]
#[test]
fn every_type_of_packet_has_the_flags_of_the_standards_table() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true); // which asserts the CONNACK's first byte, 20
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce); // and this the SUBACK's, 90
    cloud.publish(id, TOPIC, b"x", QoS::AtMostOnce);
    cloud.publish(id, TOPIC, b"x", QoS::AtLeastOnce);
    cloud.send(id, &hex("c0 00 a2 05 00 02 00 01 78")); // PINGREQ; UNSUBSCRIBE from x
    let packets = cloud.packets(id);
    let first_bytes: Vec<&str> = packets.iter().map(|packet| &packet[..2]).collect();
    // PUBLISH with QoS 0; PUBACK, PUBLISH with QoS 1; PINGRESP; UNSUBACK.
    assert_eq!(first_bytes, ["30", "40", "32", "d0", "b0"]);
}

// server: [MQTT-3.3.1-3]
#[test]
fn a_publish_with_dup_is_acknowledged_and_passed_on_without_it() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    cloud.send(id, &hex(&format!("3a 12 {TOPIC_HEX} 00 0a 78")));
    assert_eq!(
        cloud.packets(id),
        [
            "40 02 00 0a".to_owned(),
            format!("32 12 {TOPIC_HEX} 00 01 78")
        ]
    );
}

// server: [MQTT-3.3.4-1], [MQTT-4.3.3-2]
#[test]
fn qos_2_closes_the_connection() {
    for bytes in [
        "34 12 00 0d 2f 70 6b 2f 64 65 76 31 2f 64 61 74 61 00 0a 78", // PUBLISH, QoS 2
        "50 02 00 01",                                                 // PUBREC
        "62 02 00 01",                                                 // PUBREL
        "70 02 00 01",                                                 // PUBCOMP
    ] {
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", true);
        cloud.send(id, &hex(bytes));
        assert_eq!(cloud.packets(id), NOTHING);
        assert!(
            cloud
                .closed(id)
                .is_some_and(|reason| reason.contains("QoS")),
            "{bytes}"
        );
    }
}

#[test]
fn disconnect_ends_the_connection() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.events();
    cloud.send(id, &hex("e0 00 c0 00")); // DISCONNECT; the PINGREQ behind it is not answered
    assert_eq!(cloud.packets(id), NOTHING);
    assert_eq!(cloud.closed(id), Some("the device disconnected"));
    assert_eq!(
        cloud.events(),
        [r#"{"event":"disconnected","reason":"the device disconnected"}"#]
    );
}

#[test]
fn topics_and_payloads_over_the_limit_close_the_connection() {
    let settings = Settings {
        max_topic: 128,
        max_payload: 1000,
        ..Settings::default()
    };
    for (topic, payload, reason) in [
        ("/pk/dev1/".to_owned() + &"x".repeat(119), 1000, None),
        (
            "/pk/dev1/".to_owned() + &"x".repeat(120),
            0,
            Some("a topic of 129 bytes is over the limit of 128"),
        ),
        (
            TOPIC.to_owned(),
            1001,
            Some("a payload of 1001 bytes is over the limit of 1000"),
        ),
    ] {
        let mut cloud = Cloud::with(settings.clone());
        let (id, _) = cloud.login("dev1", true);
        cloud.publish(id, &topic, &vec![0; payload], QoS::AtMostOnce);
        assert_eq!(cloud.closed(id), reason);
    }
    // 256 KiB by default.
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.publish(id, TOPIC, &vec![0; 256 * 1024], QoS::AtLeastOnce);
    assert_eq!(cloud.packets(id), ["40 02 00 0a"]);
    cloud.publish(id, TOPIC, &vec![0; 256 * 1024 + 1], QoS::AtLeastOnce);
    assert!(cloud.closed(id).is_some());
}

#[test]
fn a_push_says_what_became_of_it() {
    let mut cloud = Cloud::new();
    assert_eq!(
        cloud.push("dev1", TOPIC, b"x", QoS::AtLeastOnce),
        Pushed::Offline
    );
    let (id, _) = cloud.login("dev1", true);
    assert_eq!(
        cloud.push("dev1", TOPIC, b"x", QoS::AtLeastOnce),
        Pushed::NotSubscribed
    );
    assert_eq!(cloud.packets(id), NOTHING);
}

// server: [MQTT-3.3.2-2], [MQTT-4.3.3-1], [MQTT-4.7.1-1]
#[test]
fn a_push_that_cannot_be_is_refused_with_the_reason() {
    let mut cloud = Cloud::new();
    let mut push = |name: &str, topic: &str, payload: &[u8], qos| {
        let (product_key, device_name) = (
            ProductKey::new("pk").expect("valid"),
            DeviceName::new(name).expect("valid"),
        );
        let pushed =
            cloud
                .platform
                .push(cloud.now, &product_key, &device_name, topic, payload, qos);
        pushed.expect_err("refused").to_string()
    };
    assert_eq!(
        push("dev9", TOPIC, b"", QoS::AtMostOnce),
        "no device pk/dev9 is registered here: register it first, or check productKey and deviceName"
    );
    assert!(push("dev1", "/pk/dev1/+", b"", QoS::AtMostOnce).contains("'+'"));
    assert_eq!(
        push("dev1", "/pk/dev2/x", b"", QoS::AtMostOnce),
        "topic \"/pk/dev2/x\" does not belong to device pk/dev1: use one under /pk/dev1/"
    );
    assert_eq!(
        push("dev1", TOPIC, &vec![0; 262_145], QoS::AtMostOnce),
        "payload: 262145 bytes are over the limit of 262144: push it in smaller parts"
    );
    assert_eq!(
        push("dev1", TOPIC, b"", QoS::ExactlyOnce),
        "qos 2: this platform speaks QoS 0 and 1 only: push with one of these"
    );
}

#[test]
fn packets_may_come_in_any_pieces_and_several_at_once() {
    let mut all = Vec::new();
    for packet in [
        publish(TOPIC, b"one", QoS::AtLeastOnce),
        Packet::Pingreq,
        publish(TOPIC, b"", QoS::AtMostOnce),
    ] {
        tern_core::wire::write(&packet, &mut all).expect("valid");
    }
    let answers = |pieces: usize| {
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", true);
        cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
        for piece in all.chunks(pieces) {
            cloud.send(id, piece);
        }
        to_hex(&cloud.received(id))
    };
    let at_once = answers(all.len());
    assert!(at_once.starts_with("40 02 00 0a 32"), "{at_once}");
    for pieces in 1..all.len() {
        assert_eq!(answers(pieces), at_once);
    }
}
