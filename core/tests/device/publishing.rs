//! Publishing: acknowledged once, sent again with DUP, in order, within the window.

use tern_core::device::{Config, Event, Token};
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, ACCEPTED_PRESENT, PINGRESP, Scripted, Seen, ends_of, hex, plain};

/// PUBLISH, QoS 1, topic t, payload one byte.
fn publish(id: u8, payload: u8, dup: bool) -> String {
    hex(&[
        if dup { 0x3A } else { 0x32 },
        0x06,
        0,
        1,
        b't',
        0,
        id,
        payload,
    ])
}

fn puback(id: u8) -> String {
    hex(&[0x40, 2, 0, id])
}

// client: [MQTT-4.3.2-1]
#[test]
fn a_qos_1_message_ends_with_its_puback() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "x", QoS::AtLeastOnce);
    assert_eq!(device.take(), [Seen::Sent(publish(1, b'x', false))]);
    device.receive(&puback(1));
    assert_eq!(device.events(), [Event::Published { token }]);
}

// client: [MQTT-2.3.1-5], [MQTT-3.3.1-2], [MQTT-4.3.1-1]
#[test]
fn a_qos_0_message_ends_when_it_is_handed_over() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "x", QoS::AtMostOnce);
    let published = Seen::Event(Event::Published { token });
    assert_eq!(
        device.take(),
        [published, Seen::Sent("30 04 00 01 74 78".into())]
    );
}

#[test]
fn what_is_published_before_the_connection_stands_waits_for_it() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.publish("t", "x", QoS::AtLeastOnce);
    let qos_0 = device.publish("t", "y", QoS::AtMostOnce);
    device.opened();
    device.take();
    device.receive(ACCEPTED);
    let seen = device.take();
    assert_eq!(seen[1], Seen::Event(Event::Published { token: qos_0 }));
    let sent = format!("{} 30 04 00 01 74 79", publish(1, b'x', false));
    assert_eq!(seen[2], Seen::Sent(sent));
}

// client: [MQTT-2.3.1-3], [MQTT-3.1.2-4], [MQTT-3.3.1-1], [MQTT-4.1.0-1], [MQTT-4.4.0-1], [MQTT-4.6.0-1]
#[test]
fn a_publish_survives_a_reconnect() {
    for connack in [ACCEPTED, ACCEPTED_PRESENT] {
        let mut device = Scripted::online(plain());
        let tokens: Vec<Token> = ["a", "b", "c"]
            .map(|payload| device.publish("t", payload, QoS::AtLeastOnce))
            .into();
        device.receive(&puback(2));
        let mut events = device.events();
        device.closed();
        let later = device.publish("t", "d", QoS::AtLeastOnce);
        device.accept_again(connack);
        // The same identifiers, DUP, the old order, then what is new.
        let again = [
            publish(1, b'a', true),
            publish(3, b'c', true),
            publish(4, b'd', false),
        ]
        .join(" ");
        let seen = device.take();
        assert_eq!(seen.last(), Some(&Seen::Sent(again)));
        device.receive(&[puback(1), puback(3), puback(4)].join(" "));
        events.extend(device.events());
        for token in tokens.into_iter().chain([later]) {
            assert_eq!(ends_of(&events, token), 1, "{token}");
        }
    }
}

// client: [MQTT-4.1.0-2], [MQTT-4.3.2-1]
#[test]
fn a_message_waits_for_its_puback_as_long_as_the_connection_stands() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "x", QoS::AtLeastOnce);
    for _ in 0..2_000 {
        device.pass(45_000);
        device.receive(PINGRESP);
    }
    assert_eq!(device.device.queued().0, 1);
    device.take();
    device.receive(&puback(1));
    assert_eq!(device.events(), [Event::Published { token }]);
}

// client: [MQTT-2.3.1-3], [MQTT-3.1.2-4], [MQTT-3.3.1-1], [MQTT-4.1.0-1], [MQTT-4.4.0-1]
#[test]
fn a_publish_survives_many_reconnects_and_ends_once() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "x", QoS::AtLeastOnce);
    for _ in 0..5 {
        device.closed();
        device.take();
        device.accept_again(ACCEPTED);
        assert!(device.sent().ends_with(&publish(1, b'x', true)));
    }
    device.receive(&puback(1));
    assert_eq!(device.events(), [Event::Published { token }]);
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(!device.sent().contains("74"), "it was acknowledged");
}

// client: [MQTT-3.1.2-6]
#[test]
fn a_clean_session_uses_nothing_of_the_one_before() {
    let config = Config {
        clean_session: true,
        ..plain()
    };
    let mut device = Scripted::online(config);
    let tokens = ["a", "b", "c"].map(|payload| device.publish("t", payload, QoS::AtLeastOnce));
    device.receive(&puback(2));
    let mut events = device.events();
    device.closed();
    let later = device.publish("t", "d", QoS::AtLeastOnce);
    device.accept_again(ACCEPTED);
    // As new messages, so without DUP and with identifiers of their own; in the old order, so that nothing overtakes.
    let anew = [
        publish(4, b'a', false),
        publish(5, b'c', false),
        publish(6, b'd', false),
    ]
    .join(" ");
    assert_eq!(device.take().last(), Some(&Seen::Sent(anew)));
    device.receive(&[puback(4), puback(5), puback(6)].join(" "));
    events.extend(device.events());
    for token in tokens.into_iter().chain([later]) {
        assert_eq!(ends_of(&events, token), 1, "{token}");
    }
    // An acknowledgement of the former session acknowledges nothing in this one.
    device.receive(&puback(1));
    assert!(!device.device.is_connected());
}

#[test]
fn what_was_handed_over_in_the_same_breath_still_goes_out_before_the_close() {
    let mut device = Scripted::new(plain());
    device.connect();
    let token = device.publish("t", "x", QoS::AtMostOnce);
    device.opened();
    device.take();
    device.receive(&format!("{ACCEPTED} F0"));
    let seen = device.take();
    assert_eq!(seen[1], Seen::Event(Event::Published { token }));
    assert_eq!(
        seen[2..4],
        [Seen::Sent("30 04 00 01 74 78".into()), Seen::Close]
    );
}

#[test]
fn the_window_bounds_what_is_in_flight() {
    let mut config = plain();
    config.limits.max_inflight = 2;
    let mut device = Scripted::online(config);
    for payload in ["a", "b", "c", "d"] {
        device.publish("t", payload, QoS::AtLeastOnce);
    }
    let first = [publish(1, b'a', false), publish(2, b'b', false)].join(" ");
    assert_eq!(device.sent(), first);
    assert_eq!(device.device.queued().0, 4);
    device.receive(&puback(2));
    assert_eq!(device.sent(), publish(3, b'c', false));
    device.receive(&[puback(1), puback(3)].join(" "));
    assert_eq!(device.sent(), publish(4, b'd', false));
    device.receive(&puback(4));
    assert_eq!(device.device.queued(), (0, 0));
}

#[test]
fn qos_0_does_not_overtake() {
    let mut config = plain();
    config.limits.max_inflight = 1;
    let mut device = Scripted::online(config);
    device.publish("t", "a", QoS::AtLeastOnce);
    device.publish("t", "b", QoS::AtLeastOnce);
    device.publish("t", "c", QoS::AtMostOnce);
    device.take();
    device.receive(&puback(1));
    assert_eq!(
        device.sent(),
        format!("{} 30 04 00 01 74 63", publish(2, b'b', false))
    );
}

#[test]
fn every_token_ends_exactly_once_whatever_happens() {
    for seed in 0..50 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut config = plain();
        config.limits.max_inflight = 3;
        let mut device = Scripted::with_seed(config, seed);
        let mut events = Vec::new();
        let mut tokens = Vec::new();
        let mut unanswered: Vec<Vec<u8>> = Vec::new();
        device.connect();
        for _ in 0..200 {
            let qos = if rng.bool() {
                QoS::AtLeastOnce
            } else {
                QoS::AtMostOnce
            };
            match rng.u8(0..6) {
                0 | 1 => tokens.push(device.publish("t", "x", qos)),
                2 => tokens.push(device.subscribe("t", qos)),
                3 if device.device.is_connected() => {
                    device.closed();
                    unanswered.clear();
                }
                3 => {
                    let ms = device
                        .deadline_ms()
                        .unwrap_or(0)
                        .saturating_sub(device.now_ms());
                    device.pass(ms);
                    device.accept(ACCEPTED);
                }
                4 => device.pass(rng.u64(0..5_000)),
                _ => {
                    for answer in unanswered.drain(..) {
                        device.receive_bytes(&answer);
                    }
                }
            }
            for seen in device.take() {
                match seen {
                    Seen::Event(event) => events.push(event),
                    Seen::Sent(hex) => unanswered.extend(answers(&hex)),
                    Seen::Close | Seen::Open(_) => unanswered.clear(),
                    _ => {}
                }
            }
        }
        device.disconnect();
        device.pass(20_000);
        events.extend(device.events());
        for token in tokens {
            assert_eq!(
                ends_of(&events, token),
                1,
                "seed {seed}, {token}: {events:?}"
            );
        }
    }
}

/// What a peer would answer to these packets.
fn answers(sent: &str) -> Vec<Vec<u8>> {
    let sent = crate::scripted::bytes(sent);
    let mut rest = sent.as_slice();
    let mut answers = Vec::new();
    while let [first, len, ..] = *rest {
        let (packet, next) = rest.split_at(2 + usize::from(len));
        match first {
            0x32 | 0x3A => answers.push(vec![0x40, 2, packet[5], packet[6]]),
            0x82 => answers.push(vec![0x90, 3, packet[2], packet[3], 1]),
            0xC0 => answers.push(vec![0xD0, 0]),
            _ => {}
        }
        rest = next;
    }
    answers
}
