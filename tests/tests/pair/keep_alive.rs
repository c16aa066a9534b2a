//! Keep alive on both sides: neither drops a quiet link that lives, both notice one that is dead.

use tern_core::device::Event;
use tern_core::wire::QoS;
use tern_platform::{EventKind, Fault, Faults};
use tern_tests::pair::{Pair, Told};

use crate::set_up::{count, direct, online, payloads, secs, topic};

fn faults(pair: &mut Pair, all: Fault) {
    let now = pair.now();
    pair.platform.set_faults(
        now,
        Faults {
            all,
            ..Faults::default()
        },
    );
    pair.settle();
}

#[test]
fn a_quiet_connection_lasts_a_day() {
    for keep_alive in [60, 120, 300] {
        let mut config = direct("dev1");
        config.keep_alive = keep_alive;
        let mut pair = online(config);
        pair.drive_for(secs(24 * 3600));
        assert_eq!(pair.told(0), []);
        assert_eq!(pair.platform_told(), []);
    }
}

#[test]
fn a_quiet_connection_lasts_over_a_slow_link() {
    let mut pair = online(direct("dev1"));
    faults(
        &mut pair,
        Fault {
            delay_ms: 9_000,
            ..Fault::default()
        },
    );
    pair.drive_for(secs(3_600));
    assert_eq!(pair.told(0), []);
}

#[test]
fn the_platform_drops_a_device_whose_host_hangs_and_the_device_comes_back() {
    let mut pair = online(direct("dev1"));
    pair.subscribe(0, &topic("dev1", "data"), QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    pair.told(0);
    pair.platform_told();
    pair.stall(0, secs(200));
    pair.drive_for(secs(199));
    let told = pair.platform_told();
    assert!(
        matches!(&told[..], [EventKind::Disconnected { reason }] if reason.contains("90 s")),
        "{told:?}"
    );
    pair.drive_for(secs(30));
    assert!(pair.device(0).is_connected());
    let told = pair.told(0);
    assert_eq!(
        count(&told, |event| matches!(event, Event::Disconnected(_))),
        1
    );
    assert_eq!(
        count(&told, |event| *event
            == Event::Connected {
                session_present: true
            }),
        1
    );
}

#[test]
fn a_link_that_dies_silently_is_noticed_and_replaced_and_nothing_is_lost() {
    for half_open_by in ["the network", "the platform"] {
        let mut pair = online(direct("dev1"));
        let data = topic("dev1", "data");
        pair.subscribe(0, &data, QoS::AtLeastOnce);
        pair.drive_for(secs(1));
        if half_open_by == "the network" {
            pair.cut(0);
        } else {
            faults(
                &mut pair,
                Fault {
                    half_open: true,
                    ..Fault::default()
                },
            );
        }
        let sent = pair.publish(0, &data, "hello", QoS::AtLeastOnce);
        let cut_at = pair.now();
        pair.drive_until(secs(120), |pair| !pair.device(0).is_connected());
        // Three quarters of the keep alive, and the time for a PINGRESP.
        assert!(pair.now().since(cut_at) <= secs(56), "{half_open_by}");
        faults(&mut pair, Fault::default());
        pair.drive_for(secs(30));
        assert!(pair.device(0).is_connected(), "{half_open_by}");
        let told = pair.told(0);
        assert_eq!(payloads(&told), ["hello"], "{half_open_by}");
        assert_eq!(
            count(&told, |event| *event == Event::Published { token: sent }),
            1
        );
    }
}

#[test]
fn a_device_that_only_sends_qos_0_notices_a_dead_link_too() {
    let mut pair = online(direct("dev1"));
    pair.cut(0);
    for _ in 0..56 {
        pair.publish(0, &topic("dev1", "data"), "x", QoS::AtMostOnce);
        pair.drive_for(secs(1));
    }
    let told = pair.told(0);
    assert_eq!(
        count(&told, |event| matches!(event, Event::Disconnected(_))),
        1,
        "{told:?}"
    );
}

#[test]
fn after_a_lost_session_the_device_subscribes_again() {
    let mut config = direct("dev1");
    config.clean_session = true; // so that the platform keeps none
    let mut pair = online(config);
    let data = topic("dev1", "data");
    pair.subscribe(0, &data, QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    pair.told(0);
    faults(
        &mut pair,
        Fault {
            drop: Some(tern_platform::Cut::Now),
            ..Fault::default()
        },
    );
    pair.drive_for(secs(30));
    let renewed = Told::Event(Event::Subscribed {
        token: None,
        filter: tern_core::topic::TopicFilter::new(&data).expect("a filter"),
        qos: QoS::AtLeastOnce,
    });
    assert!(pair.told(0).contains(&renewed));
    pair.publish(0, &data, "again", QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    assert_eq!(payloads(&pair.told(0)), ["again"]);
}

#[test]
fn garbage_from_the_platform_is_survived() {
    let mut pair = online(direct("dev1"));
    faults(
        &mut pair,
        Fault {
            garbage: true,
            ..Fault::default()
        },
    );
    pair.drive_for(secs(60));
    assert!(!pair.device(0).is_connected());
    faults(&mut pair, Fault::default());
    pair.drive_for(secs(120));
    assert!(pair.device(0).is_connected());
}
