//! Keep alive (seed: MQTT保活): PINGREQ in time, and a dead link noticed.

use tern_core::device::{Config, DisconnectKind, Event};
use tern_core::wire::QoS;

use crate::scripted::{
    ACCEPTED, PINGREQ, PINGRESP, Scripted, Seen, disconnected, plain, reconnecting, secs,
};

/// PUBLISH, QoS 0, topic t, no payload.
const MESSAGE: &str = "30 03 00 01 74";

// client: [MQTT-3.1.2-23]
#[test]
fn a_pingreq_goes_out_after_three_quarters_of_the_keep_alive() {
    let mut device = Scripted::online(plain());
    device.pass(44_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    assert_eq!(device.sent(), PINGREQ);
    device.receive(PINGRESP);
    device.pass(44_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    assert_eq!(device.sent(), PINGREQ);
}

// client: [MQTT-3.1.2-23]
#[test]
fn incoming_messages_do_not_postpone_it() {
    let mut device = Scripted::online(plain());
    for _ in 0..44 {
        device.pass(1_000);
        device.receive(MESSAGE);
    }
    assert_eq!(device.sent(), "");
    device.pass(1_000);
    assert_eq!(device.sent(), PINGREQ);
}

#[test]
fn whoever_sends_and_is_answered_needs_none() {
    let mut device = Scripted::online(plain());
    for id in 1..=60 {
        device.pass(5_000);
        device.publish("t", "x", QoS::AtLeastOnce);
        device.receive(&format!("40 02 00 {id:02X}"));
        assert!(!device.sent().contains(PINGREQ));
    }
    device.pass(44_999);
    assert_eq!(device.sent(), "");
    device.pass(1);
    assert_eq!(device.sent(), PINGREQ);
}

#[test]
fn acknowledging_counts_as_sending() {
    let mut device = Scripted::online(plain());
    for _ in 0..30 {
        device.pass(10_000);
        device.receive("32 05 00 01 74 00 07"); // PUBLISH, QoS 1, topic t, packet 7
        assert_eq!(device.sent(), "40 02 00 07");
    }
}

#[test]
fn whoever_only_sends_asks_too_so_that_a_dead_link_is_noticed() {
    let mut device = Scripted::online(plain());
    for second in 1..=54 {
        device.pass(1_000);
        device.publish("t", "x", QoS::AtMostOnce);
        assert_eq!(device.sent().contains(PINGREQ), second == 45, "{second} s");
    }
    device.take();
    device.pass(1_000);
    assert_eq!(disconnected(&device.events()).kind, DisconnectKind::Network);
}

#[test]
fn whoever_only_sends_and_is_answered_to_its_pings_stays() {
    let mut device = Scripted::online(plain());
    let mut pings = 0;
    for _ in 0..600 {
        device.pass(1_000);
        device.publish("t", "x", QoS::AtMostOnce);
        if device.sent().contains(PINGREQ) {
            pings += 1;
            device.receive(PINGRESP);
        }
    }
    assert_eq!(pings, 600 / 45);
    assert!(device.device.is_connected());
}

#[test]
fn a_missing_pingresp_is_a_dead_link() {
    let mut device = Scripted::online(plain());
    device.pass(45_000);
    device.take();
    device.pass(9_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    let seen = device.take();
    assert_eq!(seen[0], Seen::Close);
    let Seen::Event(Event::Disconnected(end)) = &seen[1] else {
        panic!("{seen:?}")
    };
    assert_eq!(end.kind, DisconnectKind::Network);
    assert!(
        end.reason.contains("no PINGRESP within 10 s"),
        "{}",
        end.reason
    );
    assert!(matches!(seen[2], Seen::Event(Event::Reconnecting { .. })));
    device.accept_again(ACCEPTED);
    assert!(device.device.is_connected());
}

#[test]
fn a_backlog_before_the_pingresp_gives_it_more_time_but_not_for_ever() {
    let mut device = Scripted::online(plain());
    device.pass(45_000);
    let pinged = device.now_ms();
    while device.device.is_connected() && device.now_ms() < pinged + 300_000 {
        device.pass(1_000);
        device.receive(MESSAGE);
    }
    assert_eq!(device.now_ms() - pinged, 60_000, "within one keep alive");
}

#[test]
fn a_packet_that_comes_slowly_shows_that_the_link_lives() {
    let mut device = Scripted::online(plain());
    device.pass(44_000);
    device.receive("30 64 00 01 74"); // PUBLISH of 102 bytes; its payload comes byte by byte
    device.pass(1_000);
    assert_eq!(device.sent(), PINGREQ);
    for _ in 0..30 {
        device.pass(1_000);
        device.receive("78");
        device.hand_in_held();
    }
    assert!(device.device.is_connected(), "bytes kept coming");
    // The same bytes once more are no news.
    for _ in 0..9 {
        device.pass(1_000);
        device.hand_in_held();
    }
    device.pass(1_000);
    assert!(!device.device.is_connected());
}

#[test]
fn after_a_long_sleep_of_the_host_one_fresh_pingreq_goes_out_before_the_link_is_called_dead() {
    let mut device = Scripted::online(plain());
    device.pass(45_000);
    assert_eq!(device.sent(), PINGREQ);
    device.sleep(3_600_000);
    device.timeout();
    assert_eq!(device.take(), [Seen::Sent(PINGREQ.into())]);
    device.pass(9_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    assert_eq!(disconnected(&device.events()).kind, DisconnectKind::Network);
}

#[test]
fn a_host_that_always_wakes_late_is_excused_once_not_for_ever() {
    let mut device = Scripted::online(plain());
    device.pass(45_000);
    device.take();
    for late in 0..2 {
        device.sleep(20_000);
        device.timeout();
        assert_eq!(device.device.is_connected(), late == 0);
    }
}

#[test]
fn a_link_that_answers_after_the_sleep_lives_on() {
    let mut device = Scripted::online(plain());
    device.pass(45_000);
    device.sleep(3_600_000);
    device.timeout();
    device.receive(PINGRESP);
    device.take();
    device.pass(44_999);
    assert_eq!(device.take(), []);
    assert!(device.device.is_connected());
    // And is excused again after the next one.
    device.pass(1);
    device.sleep(3_600_000);
    device.take();
    device.timeout();
    assert_eq!(device.sent(), PINGREQ);
}

#[test]
fn a_sleep_before_the_ping_is_no_dead_link() {
    let mut device = Scripted::online(plain());
    device.sleep(3_600_000);
    device.timeout();
    assert_eq!(device.take(), [Seen::Sent(PINGREQ.into())]);
    device.receive(PINGRESP);
    assert!(device.device.is_connected());
}

#[test]
fn keep_alive_0_never_pings() {
    let mut config = plain();
    config.keep_alive = 0;
    let mut device = Scripted::online(config);
    assert_eq!(device.deadline_ms(), None);
    device.pass(10_000_000);
    assert_eq!(device.take(), []);
}

// client: [MQTT-3.1.2-23]
#[test]
fn every_legal_keep_alive_is_kept() {
    for keep_alive in [1, 60, 300, u16::MAX] {
        let config = Config {
            keep_alive,
            ping_timeout: secs(1),
            ..plain()
        };
        let mut device = Scripted::online(config);
        for _ in 0..3 {
            let asleep = u64::from(keep_alive) * 750;
            device.pass(asleep);
            assert_eq!(device.sent(), PINGREQ, "{keep_alive}");
            device.receive(PINGRESP);
        }
    }
}

#[test]
fn a_pingresp_that_was_not_asked_for_does_no_harm() {
    let mut device = Scripted::online(plain());
    device.receive(PINGRESP);
    assert_eq!(device.take(), []);
    assert!(device.device.is_connected());
}

#[test]
fn a_dead_link_of_a_device_that_reconnects_is_followed_by_an_attempt() {
    let mut device = Scripted::online(plain());
    device.pass(55_000);
    let (wait, attempt) = reconnecting(&device.events());
    assert!((500..=1_000).contains(&wait), "{wait}");
    assert_eq!(attempt, 1);
}

#[test]
fn with_a_short_keep_alive_a_dead_link_is_noticed_within_it() {
    let mut config = plain();
    config.keep_alive = 2;
    let mut device = Scripted::online(config);
    device.pass(1500);
    assert_eq!(device.sent(), PINGREQ);
    device.pass(1999);
    assert!(device.device.is_connected());
    device.pass(1);
    assert!(!device.device.is_connected());
}
