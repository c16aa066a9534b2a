//! Messages between a device and the platform.

use tern_core::device::{Ended, Event, RefusedBy};
use tern_core::identity::{DeviceName, ProductKey};
use tern_core::wire::{ConnectCode, QoS};
use tern_platform::{EventKind, Settings};
use tern_tests::pair::{Pair, Told};

use crate::set_up::{LATENCY, PK, address, count, direct, online, payloads, platform, secs, topic};

#[test]
fn what_a_device_publishes_on_its_own_topic_comes_back() {
    let mut pair = online(direct("dev1"));
    let data = topic("dev1", "data");
    pair.subscribe(0, &data, QoS::AtMostOnce);
    pair.drive_for(secs(1));
    let token = pair.publish(0, &data, "hello", QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    let told = pair.told(0);
    // The publisher's QoS decides, whatever was subscribed with.
    let message = Told::Message {
        topic: data,
        payload: "hello".into(),
        qos: QoS::AtLeastOnce,
        dup: false,
    };
    assert!(told.contains(&message), "{told:?}");
    assert!(told.contains(&Told::Event(Event::Published { token })));
    // The delivery was acknowledged: nothing waits.
    let view = pair.platform.device(&address("dev1")).expect("registered");
    assert_eq!((view.in_flight, view.queued), (0, 0));
}

#[test]
fn a_publish_elsewhere_is_acknowledged_and_goes_nowhere() {
    let mut pair = online(direct("dev1"));
    let token = pair.publish(0, &topic("dev2", "data"), "hello", QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    assert_eq!(pair.told(0), [Told::Event(Event::Published { token })]);
    let published = pair.platform_told();
    assert!(
        matches!(published[..], [EventKind::Published { routed: false, .. }]),
        "{published:?}"
    );
    assert!(pair.device(0).is_connected());
}

#[test]
fn a_subscription_elsewhere_is_refused() {
    let mut pair = online(direct("dev1"));
    let token = pair.subscribe(0, "#", QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    let told = pair.told(0);
    let refused = |event: &Event| matches!(event, Event::SubscribeRefused { token: Some(refused), .. } if *refused == token);
    assert_eq!(count(&told, refused), 1, "{told:?}");
}

#[test]
fn messages_of_qos_1_that_a_device_missed_come_after_its_return() {
    let mut pair = online(direct("dev1"));
    pair.subscribe(0, &topic("dev1", "get"), QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    pair.disconnect(0);
    pair.drive_for(secs(1));
    let (pk, dn) = (
        ProductKey::new(PK).expect("a key"),
        DeviceName::new("dev1").expect("a name"),
    );
    for payload in ["1", "2", "3"] {
        let (now, to) = (pair.now(), topic("dev1", "get"));
        pair.platform
            .push(now, &pk, &dn, &to, payload.as_bytes(), QoS::AtLeastOnce)
            .expect("queued");
        let lost = "lost".as_bytes();
        pair.platform
            .push(now, &pk, &dn, &to, lost, QoS::AtMostOnce)
            .expect("dropped");
        pair.settle();
    }
    pair.told(0);
    pair.connect(0);
    pair.drive_for(secs(5));
    let told = pair.told(0);
    assert_eq!(payloads(&told), ["1", "2", "3"]);
    assert_eq!(
        count(&told, |event| *event
            == Event::Connected {
                session_present: true
            }),
        1
    );
}

#[test]
fn a_clean_session_misses_them() {
    let mut config = direct("dev1");
    config.clean_session = true;
    let mut pair = online(config);
    pair.subscribe(0, &topic("dev1", "get"), QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    pair.disconnect(0);
    pair.drive_for(secs(1));
    let (pk, dn) = (
        ProductKey::new(PK).expect("a key"),
        DeviceName::new("dev1").expect("a name"),
    );
    let now = pair.now();
    let to = topic("dev1", "get");
    // Whatever the platform answers: nobody is there, and no session.
    let _ = pair
        .platform
        .push(now, &pk, &dn, &to, b"1", QoS::AtLeastOnce);
    pair.settle();
    pair.told(0);
    pair.connect(0);
    pair.drive_for(secs(5));
    assert_eq!(payloads(&pair.told(0)), Vec::<&str>::new());
}

// server: [MQTT-4.6.0-5], [MQTT-4.6.0-6]
#[test]
fn hundreds_of_messages_arrive_once_each_and_in_order() {
    let mut pair = online(direct("dev1"));
    let data = topic("dev1", "data");
    pair.subscribe(0, &data, QoS::AtLeastOnce);
    pair.drive_for(secs(1));
    let expected: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    for payload in &expected {
        pair.publish(0, &data, payload, QoS::AtLeastOnce);
    }
    pair.drive_for(secs(60));
    let told = pair.told(0);
    assert_eq!(payloads(&told), expected);
    assert_eq!(
        count(&told, |event| matches!(event, Event::Published { .. })),
        500
    );
    assert_eq!(pair.device(0).queued(), (0, 0));
}

#[test]
fn a_wrong_secret_and_an_unknown_device_are_refused_with_their_codes() {
    for (name, code) in [
        ("dev1", ConnectCode::BadCredentials),
        ("nobody", ConnectCode::NotAuthorized),
    ] {
        let mut config = direct(name);
        if let tern_core::device::Login::Direct { triple, .. } = &mut config.login {
            *triple =
                tern_core::identity::Triple::new(PK, name, "not-its-secret").expect("a triple");
        }
        let mut pair = Pair::new(platform(Settings::default()), vec![config], LATENCY);
        pair.connect(0);
        pair.drive_for(secs(5));
        let told = pair.told(0);
        let Some(Told::Event(Event::Ended(Ended::Refused(refusal)))) = told.last() else {
            panic!("{told:?}")
        };
        assert_eq!(refusal.by, RefusedBy::Connack(code));
    }
}

#[test]
fn a_keep_alive_that_only_the_platform_finds_wrong_is_refused_and_explained() {
    let mut config = direct("dev1");
    config.keep_alive = 30;
    config.keep_alive_range = Some(30..=1_200);
    let mut pair = Pair::new(platform(Settings::default()), vec![config], LATENCY);
    pair.connect(0);
    pair.drive_for(secs(5));
    let told = pair.told(0);
    let Some(Told::Event(Event::Ended(Ended::Refused(refusal)))) = told.last() else {
        panic!("{told:?}")
    };
    assert_eq!(
        refusal.by,
        RefusedBy::Connack(ConnectCode::ServerUnavailable)
    );
    assert!(
        refusal.explanation.contains("it was 30 s"),
        "{}",
        refusal.explanation
    );
}
