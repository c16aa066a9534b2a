use tern_core::wire::{self, Packet, QoS, Sender};
use tern_platform::Pushed;

use crate::cloud::{Cloud, NOTHING, to_hex};

/// Whether a message on this topic comes to a device that has subscribed to this filter.
fn comes(filter: &str, topic: &str) -> bool {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, filter, QoS::AtMostOnce);
    let pushed = cloud.push("dev1", topic, b"x", QoS::AtMostOnce);
    let bytes = cloud.received(id);
    if pushed == Pushed::NotSubscribed {
        assert_eq!(to_hex(&bytes), "");
        return false;
    }
    match wire::read(&bytes, Sender::Server) {
        Ok(Packet::Publish(publish)) => assert_eq!(publish.topic, topic),
        other => panic!("{pushed:?}, but {other:?}"),
    }
    true
}

// server: [MQTT-4.7.3-4]
#[test]
fn no_character_is_taken_for_another() {
    // Composed and decomposed, of either case, half and full width, with and without a blank.
    for (one, other) in [
        ("\u{E9}", "e\u{301}"),
        ("a", "A"),
        ("a", "\u{FF41}"),
        ("a", "a "),
        ("a", "a/"),
        ("ß", "ss"),
    ] {
        let (one, other) = (format!("/pk/dev1/{one}"), format!("/pk/dev1/{other}"));
        assert!(comes(&one, &one) && comes(&other, &other));
        assert!(!comes(&one, &other), "{one:?} took {other:?}");
        assert!(!comes(&other, &one), "{other:?} took {one:?}");
        // As filters they are two.
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", true);
        cloud.subscribe(id, &one, QoS::AtMostOnce);
        cloud.subscribe(id, &other, QoS::AtMostOnce);
        let view = cloud.platform.devices().next().expect("registered");
        assert_eq!(view.subscriptions.len(), 2, "{one:?} and {other:?}");
    }
}

// server: [MQTT-1.5.3-3]
#[test]
fn a_zero_width_no_break_space_is_a_character_like_any_other() {
    let with = "/pk/dev1/\u{FEFF}a";
    assert!(comes(with, with));
    assert!(!comes(with, "/pk/dev1/a"));
    assert!(!comes("/pk/dev1/a", with));
    // At the very front, too: there it is no mark of the encoding, and the topic is not the device's own.
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/a", QoS::AtMostOnce);
    cloud.events();
    cloud.publish(id, "\u{FEFF}/pk/dev1/a", b"x", QoS::AtMostOnce);
    assert_eq!(cloud.packets(id), NOTHING);
    let routed = r#""routed":false"#;
    assert!(cloud.events()[0].contains(routed));
}
