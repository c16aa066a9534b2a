use tern_core::wire::QoS;
use tern_platform::Settings;

use crate::cloud::{Cloud, NOTHING, hex};

// server: [MQTT-2.3.1-7], [MQTT-3.8.4-1], [MQTT-3.8.4-2], [MQTT-3.8.4-4], [MQTT-3.8.4-5], [MQTT-3.9.3-1]
// server: [MQTT-3.9.3-2], [MQTT-4.3.3-1]
#[test]
fn a_subscription_outside_the_devices_own_topics_gets_0x80() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.events();
    cloud.send(
        id,
        &hex(
            "82 2d                                            // SUBSCRIBE, 45 bytes follow
              00 07                                            // packet identifier 7
              00 0a 2f 70 6b 2f 64 65 76 31 2f 23 01           // /pk/dev1/#, QoS 1
              00 0a 2f 70 6b 2f 64 65 76 32 2f 23 01           // /pk/dev2/#, QoS 1
              00 0a 2f 70 6b 2f 64 65 76 31 2f 61 02           // /pk/dev1/a, QoS 2
              00 01 23                                         // #
              00                                               // QoS 0",
        ),
    );
    // SUBACK for 7: QoS 1, refused, QoS 1 (there is no 2), refused.
    assert_eq!(cloud.packets(id), ["90 06 00 07 01 80 01 80"]);
    let events = cloud.events();
    assert_eq!(
        events[0],
        r#"{"event":"subscribed","filter":"/pk/dev1/#","qos":1}"#
    );
    assert!(
        events[1].contains(r#""event":"subscribe_refused","filter":"/pk/dev2/#""#),
        "{}",
        events[1]
    );
    assert!(
        events[1].contains("it subscribes under /pk/dev1/"),
        "{}",
        events[1]
    );
    assert_eq!(
        events[2],
        r#"{"event":"subscribed","filter":"/pk/dev1/a","qos":1}"#
    );
    assert_eq!(cloud.closed(id), None);
}

// server: [MQTT-3.3.5-2], [MQTT-4.5.0-1]
#[test]
fn a_publish_elsewhere_is_acknowledged_and_goes_nowhere() {
    let mut cloud = Cloud::new();
    let (publisher, _) = cloud.login("dev1", true);
    let (other, _) = cloud.login("dev2", true);
    cloud.subscribe(other, "/pk/dev2/#", QoS::AtLeastOnce);
    cloud.events();
    cloud.publish(publisher, "/pk/dev2/data", b"x", QoS::AtLeastOnce);
    assert_eq!(cloud.packets(publisher), ["40 02 00 0a"]);
    assert_eq!(cloud.packets(other), NOTHING);
    assert_eq!(
        cloud.events(),
        [r#"{"event":"published","topic":"/pk/dev2/data","qos":1,"routed":false}"#]
    );
    cloud.publish(publisher, "anything", b"x", QoS::AtMostOnce);
    assert_eq!(cloud.packets(publisher), NOTHING);
    assert_eq!(
        cloud.events(),
        [r#"{"event":"published","topic":"anything","qos":0,"routed":false}"#]
    );
    assert_eq!(cloud.closed(publisher), None);
}

#[test]
fn the_platforms_own_topics_of_the_device_are_open_to_it() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    for topic in [
        "/sys/pk/dev1/thing/x",
        "/ota/device/inform/pk/dev1",
        "/shadow/update/pk/dev1",
        "/ext/ntp/pk/dev1/request",
        "/ota/device/a/b/pk/dev1",
        "/shadow/a/b/c/pk/dev1",
    ] {
        cloud.subscribe(id, topic, QoS::AtLeastOnce);
        cloud.publish(id, topic, b"x", QoS::AtMostOnce);
        assert_eq!(cloud.packets(id).len(), 1, "{topic}");
    }
}

// server: [MQTT-4.5.0-1]
#[test]
fn a_topic_that_fits_two_devices_carries_nothing_from_one_to_the_other() {
    let mut cloud = Cloud::new();
    let topic = "/ext/a/pk/dev1/pk/dev2";
    let (one, _) = cloud.login("dev1", true);
    let (other, _) = cloud.login("dev2", true);
    cloud.subscribe(one, topic, QoS::AtLeastOnce);
    cloud.subscribe(other, topic, QoS::AtLeastOnce);
    cloud.publish(one, topic, b"x", QoS::AtMostOnce);
    assert_eq!(cloud.packets(one).len(), 1);
    assert_eq!(cloud.packets(other), NOTHING);
    cloud.push("dev2", topic, b"x", QoS::AtMostOnce);
    assert_eq!(cloud.packets(one), NOTHING);
    assert_eq!(cloud.packets(other).len(), 1);
}

#[test]
fn the_number_of_subscriptions_is_bounded() {
    let mut cloud = Cloud::with(Settings {
        max_subscriptions: 2,
        ..Settings::default()
    });
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/a", QoS::AtMostOnce);
    cloud.subscribe(id, "/pk/dev1/b", QoS::AtMostOnce);
    // The same filter again replaces the subscription [MQTT-3.8.4-3].
    cloud.subscribe(id, "/pk/dev1/b", QoS::AtLeastOnce);
    cloud.events();
    let third = "82 0f 00 01 00 0a 2f 70 6b 2f 64 65 76 31 2f 63 00"; // /pk/dev1/c, QoS 0
    cloud.send(id, &hex(third));
    assert_eq!(cloud.packets(id), ["90 03 00 01 80"]);
    assert!(cloud.events()[0].contains("2 subscriptions already, which is the limit"));
    // UNSUBSCRIBE /pk/dev1/a makes room.
    cloud.send(id, &hex("a2 0e 00 02 00 0a 2f 70 6b 2f 64 65 76 31 2f 61"));
    assert_eq!(cloud.packets(id), ["b0 02 00 02"]);
    assert_eq!(
        cloud.events(),
        [r#"{"event":"unsubscribed","filter":"/pk/dev1/a"}"#]
    );
    cloud.send(id, &hex(third));
    assert_eq!(cloud.packets(id), ["90 03 00 01 00"]);
    let device = cloud.platform.devices().next().expect("registered");
    let filters: Vec<_> = device
        .subscriptions
        .iter()
        .map(|one| (one.filter.as_str(), one.qos))
        .collect();
    assert_eq!(filters, [("/pk/dev1/b", 1), ("/pk/dev1/c", 0)]);
}

// server: [MQTT-2.3.1-7], [MQTT-3.10.4-4], [MQTT-3.10.4-5]
#[test]
fn an_unsubscribe_of_nothing_is_acknowledged() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.events();
    cloud.send(id, &hex("a2 05 00 02 00 01 78")); // UNSUBSCRIBE x
    assert_eq!(cloud.packets(id), ["b0 02 00 02"]);
    assert!(cloud.events().is_empty());
}
