//! HTTPS auth, then CONNECT (seed: HTTPS认证再连接), and the life of a token.

use tern_core::device::{CloseKind, DisconnectKind, Ended, Event, Login, Phase, RefusedBy};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::wire::ConnectCode;

use crate::scripted::{
    ACCEPTED, GRANT, Scripted, Seen, bytes, disconnected, ended, https, reconnecting,
};

const DAY_MS: u64 = 24 * 3600 * 1000;

fn requests(seen: &[Seen]) -> usize {
    seen.iter()
        .filter(|seen| matches!(seen, Seen::Http(_)))
        .count()
}

fn opens(seen: &[Seen]) -> usize {
    seen.iter()
        .filter(|seen| matches!(seen, Seen::Open(_)))
        .count()
}

fn online() -> Scripted {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer(200, GRANT);
    device.accept(ACCEPTED);
    device.take();
    device
}

#[test]
fn the_request_is_signed_and_the_answer_names_where_to_connect() {
    let mut device = Scripted::new(https());
    device.connect();
    let seen = device.take();
    let [Seen::Http(request)] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(request.url, "https://localhost:8443/auth/devicename");
    assert_eq!(request.content_type, "application/x-www-form-urlencoded");
    assert!(
        request
            .body
            .starts_with("productKey=pk&deviceName=device&clientId=12345&sign=")
    );
    device.answer(200, GRANT);
    let endpoint = Endpoint::new(TransportKind::Tls, "mqtt.example", 1883).unwrap();
    assert_eq!(
        device.take(),
        [
            Seen::Event(Event::Authenticated),
            Seen::Event(Event::Connecting {
                endpoint: endpoint.clone()
            }),
            Seen::Open(endpoint),
        ]
    );
    device.opened();
    assert_eq!(
        bytes(&device.sent()),
        bytes(
            "10 1A                 # CONNECT, 26 bytes follow
             00 04 4D 51 54 54 04  # MQTT, level 4
             C0 00 3C              # user name, password; 60 s
             00 05 31 32 33 34 35  # client id 12345, bare
             00 02 69 64           # user name: iotId
             00 03 74 6F 6B        # password: iotToken",
        )
    );
}

#[test]
fn an_endpoint_given_by_hand_goes_before_the_answers() {
    let mut config = https();
    let by_hand = Endpoint::from_url("wss://other.example/mqtt").unwrap();
    if let Login::Https { endpoint, .. } = &mut config.login {
        *endpoint = Some(by_hand.clone());
    }
    let mut device = Scripted::new(config);
    device.connect();
    device.take();
    device.answer(200, GRANT);
    assert_eq!(device.take().last(), Some(&Seen::Open(by_hand)));
}

#[test]
fn a_refused_token_leads_to_one_new_authentication_and_then_to_a_refusal() {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer(200, GRANT);
    device.accept("20 02 00 03");
    let seen = device.take();
    assert_eq!((requests(&seen), opens(&seen)), (2, 1));
    assert!(seen.contains(&Seen::Close));
    device.answer(200, GRANT);
    device.accept("20 02 00 03");
    let seen = device.take();
    assert_eq!(requests(&seen), 0, "a third authentication");
    let Some(Seen::Event(Event::Ended(Ended::Refused(refusal)))) = seen.last() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        refusal.by,
        RefusedBy::Connack(ConnectCode::ServerUnavailable)
    );
    assert!(refusal.explanation.contains("7 days"));
    device.pass(DAY_MS);
    assert_eq!(device.take(), []);
}

#[test]
fn a_token_refused_later_leads_to_one_new_authentication_and_no_loop() {
    let mut device = online();
    device.closed();
    device.accept_again("20 02 00 03");
    assert_eq!(requests(&device.take()), 1, "at once");
    device.answer(200, GRANT);
    device.accept(ACCEPTED);
    device.take();
    // Accepted in between: the next refusal may ask at once again.
    device.closed();
    device.accept_again("20 02 00 03");
    assert_eq!(requests(&device.take()), 1, "at once");
    // A fresh token is no better: that is the end, and no loop.
    device.answer(200, GRANT);
    device.accept("20 02 00 03");
    let seen = device.take();
    assert_eq!((requests(&seen), opens(&seen)), (0, 1));
    assert_eq!(device.device.phase(), Phase::Idle);
    let ended = seen.last();
    assert!(
        matches!(ended, Some(Seen::Event(Event::Ended(Ended::Refused(_))))),
        "{ended:?}"
    );
}

#[test]
fn a_young_token_is_used_again() {
    let mut device = online();
    device.sleep(6 * DAY_MS);
    device.closed();
    device.take();
    let at = device.deadline_ms().unwrap();
    device.pass(at - device.now_ms());
    let seen = device.take();
    assert_eq!((requests(&seen), opens(&seen)), (0, 1));
}

#[test]
fn a_token_of_7_days_is_replaced_at_the_next_connect() {
    let mut device = online();
    device.sleep(7 * DAY_MS);
    device.closed();
    device.take();
    let at = device.deadline_ms().unwrap();
    device.pass(at - device.now_ms());
    let seen = device.take();
    assert_eq!((requests(&seen), opens(&seen)), (1, 0));
    device.answer(200, &GRANT.replace("tok", "new"));
    device.opened();
    assert!(device.sent().ends_with("00 03 6E 65 77"));
}

#[test]
fn a_token_outlives_an_orderly_end() {
    let mut device = online();
    device.disconnect();
    device.take();
    device.connect();
    let seen = device.take();
    assert_eq!((requests(&seen), opens(&seen)), (0, 1));
}

#[test]
fn each_code_of_the_auth_comes_as_a_refusal_that_explains_itself() {
    for (code, word) in [
        (401, "deviceSecret"),
        (460, "parameter"),
        (5001, "productKey"),
        (6200, "authentication type"),
    ] {
        let mut device = Scripted::new(https());
        device.connect();
        device.take();
        device.answer(200, &format!(r#"{{"code":{code},"message":"said so"}}"#));
        let events = device.events();
        let Some(Ended::Refused(refusal)) = ended(&events) else {
            panic!("{code}: {events:?}")
        };
        assert_eq!(refusal.by, RefusedBy::Auth(code));
        assert!(refusal.reason.contains("said so"));
        assert!(
            refusal.explanation.contains(word),
            "{code}: {}",
            refusal.explanation
        );
        assert_eq!(events.len(), 2, "{events:?}");
    }
}

#[test]
fn an_unknown_fault_of_the_auth_is_tried_again() {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer(200, r#"{"code":500,"message":"unknow error"}"#);
    let events = device.events();
    assert_eq!(ended(&events), None);
    let (wait, attempt) = reconnecting(&events);
    assert_eq!(attempt, 1);
    device.pass(wait);
    assert_eq!(requests(&device.take()), 1);
}

#[test]
fn an_auth_host_that_can_not_serve_now_is_tried_again_even_at_the_first_attempt() {
    for (status, body) in [
        (502, "<html>"),
        (200, "<html>a login page</html>"),
        (200, "{}"),
    ] {
        let mut device = Scripted::new(https());
        device.connect();
        device.answer(status, body);
        let events = device.events();
        assert_eq!(disconnected(&events).kind, DisconnectKind::PeerMisbehaved);
        assert_eq!(ended(&events), None, "{status} {body}");
        reconnecting(&events);
    }
}

#[test]
fn an_auth_host_that_knows_no_such_path_is_not_asked_again() {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer(404, "");
    let events = device.events();
    assert!(disconnected(&events).reason.contains("/auth/devicename"));
    assert!(matches!(ended(&events), Some(Ended::Disconnected(_))));
}

#[test]
fn an_exchange_that_failed_is_tried_again_unless_the_certificate_is_why() {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer_failed(CloseKind::Network);
    let events = device.events();
    assert!(
        disconnected(&events)
            .reason
            .contains("HTTPS authentication failed: no route")
    );
    assert_eq!(ended(&events), None);

    let mut device = Scripted::new(https());
    device.connect();
    device.answer_failed(CloseKind::Certificate);
    assert!(matches!(
        ended(&device.events()),
        Some(Ended::Disconnected(_))
    ));
}

#[test]
fn an_answer_that_nobody_waits_for_is_passed_over() {
    let mut device = Scripted::new(https());
    device.answer(200, GRANT);
    assert_eq!(device.take(), []);
    device.connect();
    device.pass(10_000);
    device.take();
    device.answer(200, GRANT);
    assert_eq!(device.take(), []);
    let mut device = online();
    device.answer(200, GRANT);
    device.answer_failed(CloseKind::Network);
    assert_eq!(device.take(), []);
}
