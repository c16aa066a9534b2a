//! HTTPS auth, then CONNECT, and the seven days of a token.

use tern_core::device::{Ended, Event, RefusedBy};
use tern_core::wire::{ConnectCode, QoS};
use tern_platform::{Cut, Fault, Faults, Platform, Settings};
use tern_tests::pair::{Pair, Told};

use crate::set_up::{LATENCY, address, count, https, online, platform, secs, topic};

const DAY: u64 = 24 * 3600;

fn drop_now(pair: &mut Pair) {
    let now = pair.now();
    let all = Fault {
        drop: Some(Cut::Now),
        ..Fault::default()
    };
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
fn a_device_authenticates_then_connects_and_talks() {
    let mut pair = online(https("dev1"));
    assert_eq!(pair.http_requests(0), 1);
    let data = topic("dev1", "data");
    pair.subscribe(0, &data, QoS::AtLeastOnce);
    pair.publish(0, &data, "hello", QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    assert!(
        pair.told(0)
            .iter()
            .any(|told| matches!(told, Told::Message { .. }))
    );
}

#[test]
fn a_token_is_used_again_within_its_seven_days_and_replaced_after_them() {
    let mut pair = online(https("dev1"));
    pair.drive_for(secs(6 * DAY));
    drop_now(&mut pair);
    pair.drive_for(secs(10));
    assert!(pair.device(0).is_connected());
    assert_eq!(pair.http_requests(0), 1);
    pair.drive_for(secs(DAY));
    drop_now(&mut pair);
    pair.drive_for(secs(10));
    assert!(pair.device(0).is_connected());
    assert_eq!(pair.http_requests(0), 2);
    let refused = |event: &Event| matches!(event, Event::Refused(_));
    assert_eq!(
        count(&pair.told(0), refused),
        0,
        "the device knew how old it was"
    );
}

#[test]
fn a_connection_outlives_its_token() {
    let mut pair = online(https("dev1"));
    pair.drive_for(secs(8 * DAY));
    assert_eq!(pair.told(0), []);
}

#[test]
fn a_token_that_the_platform_forgot_sooner_leads_to_one_new_authentication() {
    let settings = Settings {
        token_life: secs(DAY),
        ..Settings::default()
    };
    let mut pair = Pair::new(platform(settings), vec![https("dev1")], LATENCY);
    pair.connect(0);
    pair.drive_for(secs(2 * DAY));
    pair.told(0);
    drop_now(&mut pair);
    pair.drive_for(secs(10));
    assert!(pair.device(0).is_connected());
    assert_eq!(pair.http_requests(0), 2);
    assert_eq!(
        count(&pair.told(0), |event| matches!(event, Event::Refused(_))),
        1
    );
}

#[test]
fn a_platform_that_takes_no_token_is_asked_twice_and_not_for_ever() {
    let settings = Settings {
        token_life: secs(0),
        ..Settings::default()
    };
    let mut pair = Pair::new(platform(settings), vec![https("dev1")], LATENCY);
    pair.connect(0);
    pair.drive_for(secs(DAY));
    assert_eq!(pair.http_requests(0), 2);
    let told = pair.told(0);
    let Some(Told::Event(Event::Ended(Ended::Refused(refusal)))) = told.last() else {
        panic!("{told:?}")
    };
    assert_eq!(
        refusal.by,
        RefusedBy::Connack(ConnectCode::ServerUnavailable)
    );
}

#[test]
fn an_unknown_device_and_a_wrong_secret_are_refused_by_the_auth() {
    let mut one_more = Platform::new(Settings::default(), 1);
    one_more.register(tern_platform::Device {
        triple: tern_core::identity::Triple::new("a1aq9sQk2JE", "dev1", "another").expect("valid"),
        disabled: false,
    });
    for (platform, code) in [
        (one_more, 401),
        (Platform::new(Settings::default(), 1), 5001),
    ] {
        let mut pair = Pair::new(platform, vec![https("dev1")], LATENCY);
        pair.connect(0);
        pair.drive_for(secs(60));
        let told = pair.told(0);
        let Some(Told::Event(Event::Ended(Ended::Refused(refusal)))) = told.last() else {
            panic!("{told:?}")
        };
        assert_eq!(refusal.by, RefusedBy::Auth(code));
        assert_eq!(pair.http_requests(0), 1);
    }
}

#[test]
fn a_device_that_is_disabled_while_it_is_away_is_refused_for_good() {
    let mut pair = online(https("dev1"));
    let now = pair.now();
    assert!(pair.platform.set_disabled(now, &address("dev1"), true));
    pair.settle();
    pair.drive_for(secs(60));
    let told = pair.told(0);
    assert!(
        matches!(
            told.last(),
            Some(Told::Event(Event::Ended(Ended::Refused(_))))
        ),
        "{told:?}"
    );
}
