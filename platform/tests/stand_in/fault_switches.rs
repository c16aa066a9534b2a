use std::time::Duration;

use tern_core::wire::{self, Packet, QoS, Sender};
use tern_platform::{Faults, Pushed, Settings};

use crate::cloud::{Cloud, NOTHING, TCP, connect, hex};

#[test]
fn refuse_gives_the_code_asked_for() {
    let mut cloud = Cloud::new();
    for code in 1..=5 {
        cloud.set_faults(&format!(
            r#"{{"devices":{{"pk/dev1":{{"refuse":{{"code":{code}}}}}}}}}"#
        ));
        let id = cloud.open(TCP);
        cloud.send_packet(id, &Packet::Connect(connect("dev1")));
        assert_eq!(cloud.packets(id), [format!("20 02 00 0{code}")]);
        assert_eq!(cloud.closed(id), Some("refused on purpose (fault: refuse)"));
        cloud.login("dev2", true);
    }
    cloud.set_faults("{}");
    cloud.login("dev1", true);
}

#[test]
fn drop_now_cuts_once() {
    let mut cloud = Cloud::new();
    let (first, _) = cloud.login("dev1", true);
    let (other, _) = cloud.login("dev2", true);
    cloud.set_faults(r#"{"devices":{"pk/dev1":{"drop":"now"}}}"#);
    assert_eq!(cloud.closed(first), Some("cut on purpose (fault: drop)"));
    assert_eq!(cloud.closed(other), None);
    assert_eq!(cloud.packets(first), NOTHING);
    // It is over: the device may come back.
    assert_eq!(*cloud.platform.faults(), Faults::default());
    let (again, _) = cloud.login("dev1", true);
    cloud.set_faults(r#"{"all":{"drop":"now"}}"#);
    assert!(cloud.closed(again).is_some() && cloud.closed(other).is_some());
}

#[test]
fn drop_after_connect_cuts_each_time() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"all":{"drop":"after_connect"}}"#);
    for _ in 0..3 {
        let (id, _) = cloud.login("dev1", true);
        assert_eq!(cloud.closed(id), Some("cut on purpose (fault: drop)"));
        assert_eq!(cloud.event_names(), ["connected", "disconnected"]);
    }
}

#[test]
fn delay_holds_back_everything_in_order() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"all":{"delay_ms":200}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    cloud.wait(Duration::from_millis(100));
    cloud.send(id, &hex("c0 00"));
    cloud.wait(Duration::from_millis(99));
    assert_eq!(cloud.packets(id), NOTHING);
    cloud.wait(Duration::from_millis(1));
    assert_eq!(cloud.packets(id), ["20 02 00 00"]);
    // What is under way is not overtaken when the fault ends.
    cloud.set_faults("{}");
    cloud.subscribe_later(id);
    cloud.wait(Duration::from_millis(100));
    assert_eq!(cloud.packets(id), ["d0 00", "90 03 00 01 01"]);
}

#[test]
fn a_delayed_refusal_is_closed_after_its_connack() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"all":{"delay_ms":200,"refuse":{"code":5}}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    cloud.send(id, &hex("c0 00"));
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
    cloud.wait(Duration::from_millis(200));
    assert_eq!(cloud.packets(id), ["20 02 00 05"]);
    assert!(cloud.closed(id).is_some());
    // The PINGREQ behind the refused CONNECT was passed over.
    assert_eq!(cloud.event_names(), ["refused"]);
}

#[test]
fn a_device_that_goes_during_the_delay_of_its_refusal_is_told_of_once() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"all":{"delay_ms":200,"refuse":{"code":5}}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    cloud.hang_up(id);
    cloud.seconds(1);
    assert_eq!(cloud.event_names(), ["refused"]);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
}

#[test]
fn what_a_delay_holds_back_is_bounded() {
    let mut cloud = Cloud::with(Settings {
        max_backlog: 100,
        ..Settings::default()
    });
    cloud.set_faults(r#"{"all":{"delay_ms":600000}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    cloud.send(id, &hex("c0 00").repeat(50));
    assert_eq!(
        cloud.closed(id),
        Some("102 bytes wait for the delay to pass (fault: delay_ms)")
    );
}

#[test]
fn a_half_open_connection_is_silent_and_open_until_the_device_gives_up() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/a", QoS::AtLeastOnce);
    cloud.event_names();
    cloud.set_faults(r#"{"devices":{"pk/dev1":{"half_open":true}}}"#);
    for _ in 0..8 {
        cloud.seconds(10);
        cloud.send(id, &hex("c0 00"));
    }
    assert_eq!(
        cloud.push("dev1", "/pk/dev1/a", b"x", QoS::AtLeastOnce),
        Pushed::Sent
    );
    cloud.seconds(100_000);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
    // Even after the fault: half a packet may have been swallowed.
    cloud.set_faults("{}");
    cloud.send(id, &hex("c0 00"));
    cloud.seconds(100_000);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
    assert!(cloud.event_names().is_empty());
    cloud.hang_up(id);
    assert_eq!(cloud.event_names(), ["disconnected"]);
    cloud.login("dev1", true);
}

#[test]
fn a_dead_connection_gives_way_to_a_newer_one_of_its_device() {
    let mut cloud = Cloud::new();
    let (dead, _) = cloud.login("dev1", true);
    cloud.set_faults(r#"{"all":{"half_open":true}}"#);
    cloud.send(dead, &hex("c0 00"));
    cloud.set_faults("{}");
    let (id, _) = cloud.login("dev1", true);
    assert!(cloud.closed(dead).is_some());
    cloud.send(id, &hex("c0 00"));
    assert_eq!(cloud.packets(id), ["d0 00"]);
}

#[test]
fn a_half_open_connection_that_nothing_was_lost_on_lives_on_after_the_fault() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.set_faults(r#"{"all":{"half_open":true}}"#);
    cloud.seconds(80);
    cloud.set_faults("{}");
    cloud.send(id, &hex("c0 00"));
    assert_eq!(cloud.packets(id), ["d0 00"]);
    // Silence counts from its last packet, also where the limit passes while the fault is on.
    cloud.set_faults(r#"{"all":{"half_open":true}}"#);
    cloud.seconds(1000);
    assert_eq!(cloud.closed(id), None);
    cloud.set_faults("{}");
    cloud.seconds(0);
    assert!(
        cloud
            .closed(id)
            .is_some_and(|reason| reason.starts_with("no packet for 90 s"))
    );
}

#[test]
fn what_was_delayed_does_not_come_through_a_half_open_link() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.set_faults(r#"{"all":{"delay_ms":200}}"#);
    cloud.send(id, &hex("c0 00"));
    cloud.set_faults(r#"{"all":{"half_open":true}}"#);
    cloud.seconds(1);
    cloud.set_faults("{}");
    cloud.seconds(1000);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
}

#[test]
fn a_half_open_connect_is_never_answered() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"devices":{"pk/dev1":{"half_open":true}}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    cloud.seconds(100_000);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
    // For all, not even the CONNECT is looked at.
    cloud.set_faults(r#"{"all":{"half_open":true}}"#);
    let id = cloud.open(TCP);
    cloud.send(id, &hex("ff ff ff"));
    cloud.seconds(100_000);
    assert_eq!((cloud.packets(id), cloud.closed(id)), (vec![], None));
    cloud.set_faults(r#"{"all":{"drop":"now"}}"#);
    assert_eq!(cloud.closed(id), Some("cut on purpose (fault: drop)"));
}

#[test]
fn garbage_comes_in_the_place_of_every_packet() {
    let mut cloud = Cloud::new();
    cloud.set_faults(r#"{"all":{"garbage":true}}"#);
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    let bytes = cloud.received(id);
    assert_eq!(bytes.len(), 4);
    wire::frame(&bytes, Sender::Server, 1000).expect_err("no MQTT packet");
    cloud.set_faults("{}");
    cloud.send(id, &hex("c0 00"));
    assert_eq!(cloud.packets(id), ["d0 00"]);
    // Switched on, it reaches a device that is online at once.
    cloud.set_faults(r#"{"devices":{"pk/dev1":{"garbage":true}}}"#);
    let bytes = cloud.received(id);
    wire::frame(&bytes, Sender::Server, 1000).expect_err("no MQTT packet");
}

impl Cloud {
    /// Subscribes without looking at the answer.
    fn subscribe_later(&mut self, id: tern_platform::ConnectionId) {
        let filters = vec![("/pk/dev1/a".to_owned(), QoS::AtLeastOnce)];
        let packet_id = crate::cloud::packet_id(1);
        self.send_packet(
            id,
            &Packet::Subscribe(wire::Subscribe { packet_id, filters }),
        );
    }
}
