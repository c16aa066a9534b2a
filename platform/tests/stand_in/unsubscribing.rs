use tern_core::wire::{Packet, QoS, Unsubscribe};
use tern_platform::Pushed;

use crate::cloud::{Cloud, NOTHING, packet_id};

fn unsubscribe(filters: &[&str]) -> Packet<'static> {
    Packet::Unsubscribe(Unsubscribe {
        packet_id: packet_id(2),
        filters: filters.iter().map(|&filter| filter.to_owned()).collect(),
    })
}

// server: [MQTT-3.10.4-1], [MQTT-3.10.4-2]
#[test]
fn a_filter_ends_the_subscription_that_is_written_alike_and_no_other() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    for filter in ["/pk/dev1/+", "/pk/dev1/b"] {
        cloud.subscribe(id, filter, QoS::AtMostOnce);
    }
    // These would match what is subscribed, or be matched by it; none of them is written like it.
    cloud.send_packet(
        id,
        &unsubscribe(&["/pk/dev1/#", "/pk/dev1/a", "/pk/dev1/B"]),
    );
    assert_eq!(cloud.packets(id), ["b0 02 00 02"]);
    let push = |cloud: &mut Cloud, topic| cloud.push("dev1", topic, b"x", QoS::AtMostOnce);
    assert_eq!(push(&mut cloud, "/pk/dev1/a"), Pushed::Sent);
    assert_eq!(push(&mut cloud, "/pk/dev1/b"), Pushed::Sent);
    cloud.send_packet(id, &unsubscribe(&["/pk/dev1/+"]));
    cloud.packets(id);
    assert_eq!(push(&mut cloud, "/pk/dev1/a"), Pushed::NotSubscribed);
    assert_eq!(cloud.packets(id), NOTHING);
    assert_eq!(push(&mut cloud, "/pk/dev1/b"), Pushed::Sent);
}

// server: [MQTT-3.10.4-4], [MQTT-3.10.4-6]
#[test]
fn several_filters_are_ended_together_and_answered_once() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    for filter in ["/pk/dev1/a", "/pk/dev1/b", "/pk/dev1/c"] {
        cloud.subscribe(id, filter, QoS::AtMostOnce);
    }
    cloud.send_packet(
        id,
        &unsubscribe(&["/pk/dev1/a", "/pk/dev1/x", "/pk/dev1/c"]),
    );
    assert_eq!(cloud.packets(id), ["b0 02 00 02"]);
    let view = cloud.platform.devices().next().expect("registered");
    let left: Vec<_> = view
        .subscriptions
        .iter()
        .map(|one| one.filter.as_str())
        .collect();
    assert_eq!(left, ["/pk/dev1/b"]);
}

// server: [MQTT-3.10.4-3]
#[test]
fn a_message_under_way_is_delivered_to_its_end() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", false);
    cloud.subscribe(id, "/pk/dev1/a", QoS::AtLeastOnce);
    cloud.push("dev1", "/pk/dev1/a", b"1", QoS::AtLeastOnce);
    cloud.send_packet(id, &unsubscribe(&["/pk/dev1/a"]));
    cloud.hang_up(id);
    let (id, session_present) = cloud.login("dev1", false);
    assert!(session_present);
    // 3a: PUBLISH, DUP, QoS 1; topic; packet identifier 1; payload.
    let again = "3a 0f 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 00 01 31";
    assert_eq!(cloud.packets(id), [again]);
    cloud.send_packet(id, &Packet::Puback(packet_id(1)));
    let view = cloud.platform.devices().next().expect("registered");
    assert_eq!((view.in_flight, view.queued), (0, 0));
}
