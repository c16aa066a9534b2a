use std::time::Duration;

use tern_core::wire::{Connect, Packet};
use tern_platform::{IdleFactor, Settings};

use crate::cloud::{Cloud, TCP, connect, hex};

// server: [MQTT-3.1.2-24]
#[test]
fn a_silent_device_is_dropped_after_one_and_a_half_keep_alives() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.events();
    cloud.wait(Duration::from_millis(89_999));
    assert_eq!(cloud.closed(id), None);
    cloud.wait(Duration::from_millis(1));
    let reason = "no packet for 90 s: 1.5 times the keep alive of 60 s [MQTT-3.1.2-24]";
    assert_eq!(cloud.closed(id), Some(reason));
    assert_eq!(cloud.event_names(), ["disconnected"]);
    assert!(cloud.platform.devices().all(|device| !device.online));
}

// server: [MQTT-3.1.2-24], [MQTT-3.12.4-1]
#[test]
fn any_whole_packet_counts_and_half_a_packet_does_not() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    for _ in 0..5 {
        cloud.seconds(89);
        cloud.send(id, &hex("c0 00")); // PINGREQ
        assert_eq!(cloud.packets(id), ["d0 00"]); // PINGRESP
    }
    cloud.seconds(60);
    cloud.send(id, &hex("30 08")); // the fixed header of a PUBLISH
    cloud.seconds(29);
    assert_eq!(cloud.closed(id), None);
    cloud.seconds(1);
    assert!(cloud.closed(id).is_some());
}

#[test]
fn what_the_platform_sends_does_not_count() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.subscribe(id, "/pk/dev1/#", tern_core::wire::QoS::AtMostOnce);
    for _ in 0..8 {
        cloud.seconds(10);
        cloud.push("dev1", "/pk/dev1/a", b"x", tern_core::wire::QoS::AtMostOnce);
    }
    cloud.seconds(10);
    assert!(cloud.closed(id).is_some());
}

#[test]
fn factor_and_window_are_settings() {
    let idle_factor = IdleFactor::new(3.0).expect("in range");
    let mut cloud = Cloud::with(Settings {
        keep_alive: 0..=65_535,
        idle_factor,
        ..Settings::default()
    });
    let connected = |cloud: &mut Cloud, name, keep_alive| {
        let id = cloud.open(TCP);
        cloud.send_packet(
            id,
            &Packet::Connect(Connect {
                keep_alive,
                ..connect(name)
            }),
        );
        assert_eq!(cloud.packets(id), ["20 02 00 00"]);
        id
    };
    let ten_seconds = connected(&mut cloud, "dev1", 10);
    let never = connected(&mut cloud, "dev2", 0);
    cloud.seconds(29);
    assert_eq!(cloud.closed(ten_seconds), None);
    cloud.seconds(1);
    assert!(cloud.closed(ten_seconds).is_some());
    // Keep alive 0 turns it off, where the window allows that.
    cloud.seconds(1_000_000);
    assert_eq!(cloud.closed(never), None);
}

#[test]
fn late_and_early_timeouts_do_no_harm() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    for _ in 0..10 {
        cloud.platform.timeout(cloud.now);
        cloud.drain();
    }
    assert_eq!(cloud.closed(id), None);
    cloud.now = cloud.now + Duration::from_secs(10_000);
    cloud.platform.timeout(cloud.now);
    cloud.drain();
    assert!(cloud.closed(id).is_some());
}
