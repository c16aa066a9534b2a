//! An orderly end: what is under way is waited for, then DISCONNECT.

use tern_core::device::{CloseKind, Ended, Event, Phase};
use tern_core::wire::QoS;

use crate::scripted::{
    ACCEPTED, DISCONNECT, PINGREQ, Scripted, Seen, ended, ends_of, given_back, https, plain,
};

fn goodbye() -> [Seen; 3] {
    [
        Seen::Sent(DISCONNECT.into()),
        Seen::Close,
        Seen::Event(Event::Ended(Ended::Requested)),
    ]
}

// client: [MQTT-3.14.4-1]
#[test]
fn with_nothing_under_way_it_says_goodbye_at_once() {
    let mut device = Scripted::online(plain());
    device.disconnect();
    assert_eq!(device.take(), goodbye());
    assert_eq!(device.deadline_ms(), None);
}

// client: [MQTT-3.14.4-2]
#[test]
fn nothing_follows_a_disconnect() {
    let mut device = Scripted::online(plain());
    device.subscribe("t", QoS::AtLeastOnce);
    device.disconnect();
    assert_eq!(
        device.sent(),
        format!("82 06 00 01 00 01 74 01 {DISCONNECT}")
    );
    // What was on its way from the platform, and time.
    device.receive("32 05 00 01 74 00 09 90 03 00 01 01");
    device.pass(86_400_000);
    device.closed();
    assert_eq!(device.take(), []);
}

#[test]
fn what_is_under_way_is_waited_for() {
    let mut config = plain();
    config.limits.max_inflight = 1;
    let mut device = Scripted::online(config);
    let tokens = ["a", "b"].map(|payload| device.publish("t", payload, QoS::AtLeastOnce));
    let subscribe = device.subscribe("t", QoS::AtMostOnce);
    device.take();
    device.disconnect();
    assert_eq!(device.take(), []);
    assert_eq!(device.device.phase(), Phase::Draining);
    device.receive("40 02 00 01"); // PUBACK of the first; the second goes out
    let mut events = Vec::new();
    for seen in device.take() {
        match seen {
            Seen::Event(event) => events.push(event),
            Seen::Sent(sent) => assert_eq!(sent, "32 06 00 01 74 00 03 62"),
            other => panic!("{other:?}"),
        }
    }
    device.receive("90 03 00 02 00");
    events.extend(device.events());
    device.receive("40 02 00 03");
    let seen = device.take();
    assert_eq!(seen[0], Seen::Event(Event::Published { token: tokens[1] }));
    assert_eq!(seen[1..], goodbye());
    assert_eq!(ends_of(&events, tokens[0]), 1);
    assert_eq!(ends_of(&events, subscribe), 1);
}

// client: [MQTT-4.5.0-2]
#[test]
fn messages_are_still_taken_and_acknowledged_meanwhile() {
    let mut device = Scripted::online(plain());
    device.publish("t", "a", QoS::AtLeastOnce);
    device.disconnect();
    device.take();
    device.receive("32 05 00 01 74 00 09");
    let seen = device.take();
    assert!(matches!(seen[0], Seen::Message { .. }));
    assert_eq!(seen[1], Seen::Sent("40 02 00 09".into()));
}

#[test]
fn patience_ends_and_what_is_open_is_given_back() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "a", QoS::AtLeastOnce);
    let subscribe = device.subscribe("t", QoS::AtMostOnce);
    device.disconnect();
    device.take();
    device.pass(9_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    let events = device.take();
    assert!(events.contains(&Seen::Sent(DISCONNECT.into())));
    let events: Vec<Event> = events
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    assert!(events.contains(&given_back(token)));
    assert_eq!(ends_of(&events, subscribe), 1);
    assert_eq!(events.last(), Some(&Event::Ended(Ended::Requested)));
}

#[test]
fn a_link_that_breaks_meanwhile_ends_it_all_the_same() {
    let mut device = Scripted::online(plain());
    let token = device.publish("t", "a", QoS::AtLeastOnce);
    device.disconnect();
    device.take();
    device.closed_by(CloseKind::Network);
    let events = device.events();
    assert_eq!(ends_of(&events, token), 1);
    assert_eq!(ended(&events), Some(&Ended::Requested));
    device.pass(100_000);
    assert_eq!(device.take(), []);
}

#[test]
fn the_keep_alive_is_kept_meanwhile() {
    let mut config = plain();
    config.drain_timeout = crate::scripted::secs(100);
    let mut device = Scripted::online(config);
    device.publish("t", "a", QoS::AtLeastOnce);
    device.disconnect();
    device.take();
    device.pass(45_000);
    assert_eq!(device.sent(), PINGREQ);
}

#[test]
fn without_a_connection_it_stops_at_once_and_gives_everything_back() {
    // While the stream is opened, while the CONNACK is awaited, while it waits to reconnect.
    for stage in 0..3 {
        let mut device = Scripted::new(plain());
        device.connect();
        let token = device.publish("t", "a", QoS::AtLeastOnce);
        match stage {
            0 => {}
            1 => device.opened(),
            _ => device.closed_by(CloseKind::Network),
        }
        device.take();
        device.disconnect();
        let seen = device.take();
        assert_eq!(seen.contains(&Seen::Close), stage < 2);
        assert_eq!(
            seen[seen.len() - 2..],
            [
                Seen::Event(given_back(token)),
                Seen::Event(Event::Ended(Ended::Requested))
            ]
        );
        assert_eq!(device.deadline_ms(), None);
        assert_eq!(device.device.queued(), (0, 0));
        device.pass(1_000_000);
        assert_eq!(device.take(), []);
    }
}

#[test]
fn while_it_authenticates_there_is_no_stream_to_close() {
    let mut device = Scripted::new(https());
    device.connect();
    device.take();
    device.disconnect();
    assert_eq!(device.take(), [Seen::Event(Event::Ended(Ended::Requested))]);
}

#[test]
fn after_it_has_ended_packet_identifiers_and_queues_are_as_new() {
    let mut device = Scripted::online(plain());
    device.publish("t", "a", QoS::AtLeastOnce);
    device.disconnect();
    device.pass(10_000);
    device.connect();
    device.accept(ACCEPTED);
    device.take();
    device.pass(1_000);
    assert_eq!(device.take(), [], "nothing of before is sent");
}

#[test]
fn an_answer_that_nobody_will_use_is_not_waited_for() {
    let mut device = Scripted::online(plain());
    let subscribe = device.subscribe("t", QoS::AtMostOnce);
    device.take();
    device.disconnect();
    let seen = device.take();
    assert_eq!(seen[0], Seen::Sent(DISCONNECT.into()));
    assert_eq!(seen[1], Seen::Close);
    assert_eq!(seen[2], Seen::Event(given_back(subscribe)));
    assert_eq!(seen[3], Seen::Event(Event::Ended(Ended::Requested)));
}
