use tern_core::wire::QoS;
use tern_platform::{Pushed, Settings};

use crate::cloud::{Cloud, NOTHING, hex};

const TOPIC: &str = "/pk/dev1/a";

fn congested() -> (Cloud, tern_platform::ConnectionId) {
    let mut cloud = Cloud::with(Settings {
        congested_at: 1000,
        max_backlog: 5000,
        ..Settings::default()
    });
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    cloud.backlog(id, 999);
    assert_eq!(
        cloud.push("dev1", TOPIC, b"x", QoS::AtMostOnce),
        Pushed::Sent
    );
    cloud.received(id);
    cloud.events();
    cloud.backlog(id, 1000);
    (cloud, id)
}

#[test]
fn qos_0_messages_are_dropped_with_an_event() {
    let (mut cloud, id) = congested();
    assert_eq!(
        cloud.push("dev1", TOPIC, b"x", QoS::AtMostOnce),
        Pushed::Dropped
    );
    assert_eq!(cloud.packets(id), NOTHING);
    assert_eq!(
        cloud.events(),
        [r#"{"event":"dropped","topic":"/pk/dev1/a","qos":0,"reason":"the device does not read"}"#]
    );
}

#[test]
fn qos_1_messages_wait_until_the_device_reads_again() {
    let (mut cloud, id) = congested();
    assert_eq!(
        cloud.push("dev1", TOPIC, b"1", QoS::AtLeastOnce),
        Pushed::Queued
    );
    assert_eq!(
        cloud.push("dev1", TOPIC, b"2", QoS::AtLeastOnce),
        Pushed::Queued
    );
    assert_eq!(cloud.packets(id), NOTHING);
    cloud.backlog(id, 0);
    assert_eq!(cloud.packets(id).len(), 2);
    assert!(cloud.events().is_empty());
}

#[test]
fn answers_still_go_out() {
    let (mut cloud, id) = congested();
    cloud.send(id, &hex("c0 00"));
    assert_eq!(cloud.packets(id), ["d0 00"]);
}

#[test]
fn a_device_that_never_reads_is_closed() {
    let (mut cloud, id) = congested();
    cloud.backlog(id, 5000);
    assert_eq!(
        cloud.closed(id),
        Some("the device does not read: 5000 bytes are unsent")
    );
    cloud.backlog(id, 5000); // a connection that is gone: no harm
}
