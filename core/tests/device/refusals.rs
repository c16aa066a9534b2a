//! What a CONNACK's return code leads to.

use tern_core::device::{Ended, Event, Phase, Reconnect, RefusedBy};
use tern_core::wire::ConnectCode;

use crate::scripted::{ACCEPTED, Scripted, Seen, direct, ended, plain, reconnecting};

#[test]
fn every_refusal_of_the_first_login_is_final_and_explained() {
    for (code, word) in [
        (ConnectCode::UnacceptableProtocol, "3.1.1"),
        (ConnectCode::IdentifierRejected, "client id"),
        (ConnectCode::ServerUnavailable, "keep alive"),
        (ConnectCode::BadCredentials, "deviceSecret"),
        (ConnectCode::NotAuthorized, "disabled"),
    ] {
        let mut device = Scripted::new(direct());
        device.connect();
        device.take();
        device.accept(&format!("20 02 00 0{}", code.number()));
        let seen = device.take();
        // CONNECT; then the end.
        let [
            Seen::Sent(_),
            Seen::Close,
            Seen::Event(Event::Refused(refusal)),
            Seen::Event(Event::Ended(Ended::Refused(last))),
        ] = seen.as_slice()
        else {
            panic!("{code:?}: {seen:?}")
        };
        assert_eq!(refusal.by, RefusedBy::Connack(code));
        assert_eq!(refusal.reason, code.name());
        assert!(
            refusal.explanation.contains(word),
            "{code:?}: {}",
            refusal.explanation
        );
        assert_eq!(refusal, last);
        assert_eq!(device.device.phase(), Phase::Idle);
        assert_eq!(device.deadline_ms(), None);
    }
}

#[test]
fn every_refusal_of_another_broker_is_explained_without_the_platforms_rules() {
    let mut told = Vec::new();
    for number in 1..=5 {
        let mut device = Scripted::new(plain());
        device.connect();
        device.take();
        device.accept(&format!("20 02 00 0{number}"));
        let events = device.events();
        let explanation = events.iter().find_map(|event| match event {
            Event::Refused(refusal) => Some(refusal.explanation.clone()),
            _ => None,
        });
        let explanation = explanation.unwrap();
        assert!(explanation.len() > 30, "{number}: {explanation}");
        for rule in ["deviceSecret", "productKey", "keep alive", "securemode"] {
            assert!(!explanation.contains(rule), "{number}: {explanation}");
        }
        told.push(explanation);
    }
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 5, "one for each code");
}

#[test]
fn an_unavailable_server_is_tried_again_by_a_device_that_was_connected_before() {
    let mut device = Scripted::online(direct());
    device.closed();
    device.take();
    device.accept_again("20 02 00 03");
    let events = device.events();
    assert_eq!(ended(&events), None);
    assert_eq!(reconnecting(&events).1, 2);
    device.accept_again(ACCEPTED);
    assert!(device.device.is_connected());
}

#[test]
fn a_login_that_became_wrong_is_final_even_later() {
    for code in ["01", "02", "04", "05"] {
        let mut device = Scripted::online(direct());
        device.closed();
        device.take();
        device.accept_again(&format!("20 02 00 {code}"));
        assert!(
            matches!(ended(&device.events()), Some(Ended::Refused(_))),
            "{code}"
        );
    }
}

#[test]
fn a_single_attempt_stays_one() {
    let mut config = plain();
    config.reconnect = Reconnect::Never;
    let mut device = Scripted::online(config);
    device.closed();
    let events = device.events();
    assert!(matches!(ended(&events), Some(Ended::Disconnected(_))));
    device.pass(600_000);
    assert_eq!(device.take(), []);
}

#[test]
fn another_broker_that_is_unavailable_at_first_is_tried_again() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.take();
    device.accept("20 02 00 03");
    let (wait, attempt) = reconnecting(&device.events());
    assert_eq!(attempt, 1);
    device.pass(wait);
    device.accept(ACCEPTED);
    assert!(device.device.is_connected());
}
