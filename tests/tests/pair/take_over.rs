//! One triple in two places.

use tern_core::device::Event;
use tern_platform::Settings;
use tern_tests::pair::{Pair, Told};

use crate::set_up::{LATENCY, count, direct, platform, secs};

#[test]
fn the_younger_connection_drops_the_older() {
    let mut never = direct("dev1");
    never.reconnect = tern_core::device::Reconnect::Never;
    let configs = vec![never, direct("dev1")];
    let mut pair = Pair::new(platform(Settings::default()), configs, LATENCY);
    pair.connect(0);
    pair.drive_for(secs(1));
    assert!(pair.device(0).is_connected());
    pair.connect(1);
    pair.drive_for(secs(1));
    assert!(!pair.device(0).is_connected());
    pair.drive_for(secs(600));
    assert!(pair.device(1).is_connected());
}

#[test]
fn two_that_reconnect_notice_the_fight_and_slow_down() {
    let configs = vec![direct("dev1"), direct("dev1")];
    let mut pair = Pair::new(platform(Settings::default()), configs, LATENCY);
    pair.connect(0);
    pair.connect(1);
    pair.drive_for(secs(60));
    let early = connections(&mut pair);
    pair.drive_for(secs(3_600));
    let (mut told, mut hour) = (Vec::new(), 0);
    for end in [0, 1] {
        let of_one = pair.told(end);
        hour += count(&of_one, |event| matches!(event, Event::Connected { .. }));
        told.extend(of_one);
    }
    assert!(early >= 4, "at first they are quick: {early}");
    // Left alone with a second's backoff it would be thousands.
    assert!(hour <= 200, "{hour} connections in an hour");
    let said = told.iter().any(|told| {
        matches!(told, Told::Event(Event::Disconnected(end)) if end.reason.contains("another client"))
    });
    assert!(said, "nobody named the reason");
}

#[test]
fn devices_of_two_triples_leave_each_other_alone() {
    let configs = vec![direct("dev1"), direct("dev2")];
    let mut pair = Pair::new(platform(Settings::default()), configs, LATENCY);
    pair.connect(0);
    pair.connect(1);
    pair.drive_for(secs(3_600));
    assert_eq!(connections(&mut pair), 2);
    assert!(pair.device(0).is_connected() && pair.device(1).is_connected());
}

fn connections(pair: &mut Pair) -> usize {
    let connected = |event: &Event| matches!(event, Event::Connected { .. });
    [0, 1]
        .map(|end| count(&pair.told(end), connected))
        .into_iter()
        .sum()
}
