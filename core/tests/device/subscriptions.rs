//! Subscriptions: asked for, refused, timed out, and renewed after a reconnect.

use tern_core::device::{Event, FailReason, SubscribeError, Token};
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, ACCEPTED_PRESENT, Scripted, ends_of, given_back, hex, plain};

/// SUBSCRIBE for a/#, QoS 1, with this packet identifier.
fn subscribe(id: u8) -> String {
    hex(&[0x82, 0x08, 0, id, 0, 3, b'a', b'/', b'#', 1])
}

/// UNSUBSCRIBE for a/#.
fn unsubscribe(id: u8) -> String {
    hex(&[0xA2, 0x07, 0, id, 0, 3, b'a', b'/', b'#'])
}

fn filter() -> TopicFilter {
    TopicFilter::new("a/#").unwrap()
}

fn subscribed(token: Option<Token>) -> Event {
    Event::Subscribed {
        token,
        filter: filter(),
        qos: QoS::AtLeastOnce,
    }
}

/// Online with a subscription to a/# that stands.
fn with_subscription() -> Scripted {
    let mut device = Scripted::online(plain());
    let token = device.subscribe("a/#", QoS::AtLeastOnce);
    assert_eq!(device.sent(), subscribe(1));
    device.receive("90 03 00 01 01");
    assert_eq!(device.events(), [subscribed(Some(token))]);
    device
}

#[test]
fn a_subscription_is_granted_or_refused() {
    let mut device = with_subscription();
    let token = device.subscribe("b", QoS::AtMostOnce);
    device.take();
    device.receive("90 03 00 02 80");
    let filter = TopicFilter::new("b").unwrap();
    assert_eq!(
        device.events(),
        [Event::SubscribeRefused {
            token: Some(token),
            filter
        }]
    );
}

#[test]
fn a_lower_qos_may_be_granted() {
    let mut device = Scripted::online(plain());
    let token = device.subscribe("a/#", QoS::AtLeastOnce);
    device.take();
    device.receive("90 03 00 01 00");
    let qos = QoS::AtMostOnce;
    assert_eq!(
        device.events(),
        [Event::Subscribed {
            token: Some(token),
            filter: filter(),
            qos
        }]
    );
    // It is renewed with what was asked for.
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(device.sent().ends_with(&subscribe(2)));
}

#[test]
fn a_lost_session_is_subscribed_again() {
    let mut device = with_subscription();
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(device.sent().ends_with(&subscribe(2)));
    device.receive("90 03 00 02 01");
    assert_eq!(device.events(), [subscribed(None)]);
    // And once more.
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(device.sent().ends_with(&subscribe(3)));
}

#[test]
fn a_kept_session_is_not_subscribed_again() {
    let mut device = with_subscription();
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(!device.sent().contains("82 08"));
    // But it is remembered for when the platform loses it.
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(device.sent().ends_with(&subscribe(2)));
}

#[test]
fn a_session_that_a_lost_connack_made_is_subscribed_again() {
    let mut device = with_subscription();
    device.closed();
    // The platform has forgotten everything and makes a session, but its CONNACK (session present 0) is lost.
    let at = device.deadline_ms().unwrap();
    device.pass(at - device.now_ms());
    device.opened();
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(device.sent().ends_with(&subscribe(2)));
    device.receive("90 03 00 02 01");
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(
        !device.sent().contains("82 08"),
        "no CONNECT is unanswered any more"
    );
}

#[test]
fn a_clean_session_is_subscribed_again_each_time() {
    let mut config = plain();
    config.clean_session = true;
    let mut device = Scripted::online(config);
    device.subscribe("a/#", QoS::AtLeastOnce);
    device.receive("90 03 00 01 01");
    device.closed();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(device.sent().ends_with(&subscribe(2)));
}

#[test]
fn a_request_not_answered_goes_again_on_the_next_connection() {
    let mut device = Scripted::online(plain());
    let token = device.subscribe("a/#", QoS::AtLeastOnce);
    device.closed();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(device.sent().ends_with(&subscribe(2)));
    device.receive("90 03 00 02 01");
    assert_eq!(device.events(), [subscribed(Some(token))]);
}

#[test]
fn what_is_asked_before_the_connection_stands_waits_for_it() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.subscribe("a/#", QoS::AtLeastOnce);
    device.opened();
    device.take();
    device.receive(ACCEPTED);
    assert_eq!(device.sent(), subscribe(1));
}

#[test]
fn a_renewal_that_is_refused_is_told() {
    let mut device = with_subscription();
    device.closed();
    device.accept_again(ACCEPTED);
    device.take();
    device.receive("90 03 00 02 80");
    assert_eq!(
        device.events(),
        [Event::SubscribeRefused {
            token: None,
            filter: filter()
        }]
    );
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(!device.sent().contains("82 08"), "the platform has said no");
}

#[test]
fn a_renewal_without_an_answer_is_not_forgotten() {
    let mut device = with_subscription();
    device.closed();
    device.accept_again(ACCEPTED);
    device.pass(20_000);
    assert_eq!(ends_of(&device.events(), Token(0)), 0);
    // A late answer counts,
    device.receive("90 03 00 02 01");
    assert_eq!(device.events(), [subscribed(None)]);
    // and without one it goes again, even to a session that was kept.
    device.closed();
    device.accept_again(ACCEPTED);
    device.pass(20_000);
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(device.sent().ends_with(&subscribe(4)));
}

#[test]
fn an_unsubscribe_ends_the_subscription() {
    let mut device = with_subscription();
    let token = device.unsubscribe("a/#");
    assert_eq!(device.sent(), unsubscribe(2));
    device.receive("B0 02 00 02");
    assert_eq!(
        device.events(),
        [Event::Unsubscribed {
            token,
            filter: filter()
        }]
    );
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(!device.sent().contains("82 08"));
}

#[test]
fn the_last_word_stays_the_callers_when_the_session_is_lost() {
    let mut device = with_subscription();
    device.closed();
    let token = device.unsubscribe("a/#");
    device.accept_again(ACCEPTED);
    let both = format!("{} {}", subscribe(2), unsubscribe(3));
    assert!(device.sent().ends_with(&both));
    device.receive("90 03 00 02 01 B0 02 00 03");
    assert_eq!(ends_of(&device.events(), token), 1);
    device.closed();
    device.accept_again(ACCEPTED);
    assert!(!device.sent().contains("82 08"));
}

#[test]
fn a_request_without_an_answer_times_out_once_and_a_late_answer_does_no_harm() {
    let mut device = Scripted::online(plain());
    let subscribe = device.subscribe("a/#", QoS::AtLeastOnce);
    device.pass(4_000);
    let unsubscribe = device.unsubscribe("b");
    device.take();
    device.pass(5_999);
    assert_eq!(device.take(), []);
    device.pass(1);
    let timed_out = |token| Event::Failed {
        token,
        reason: FailReason::TimedOut,
    };
    assert_eq!(device.events(), [timed_out(subscribe)]);
    device.pass(4_000);
    assert_eq!(device.events(), [timed_out(unsubscribe)]);
    device.receive("90 03 00 01 01 B0 02 00 02");
    assert_eq!(device.take(), []);
    assert!(device.device.is_connected());
}

#[test]
fn what_timed_out_is_not_asked_for_again() {
    let mut device = Scripted::online(plain());
    device.subscribe("a/#", QoS::AtLeastOnce);
    device.pass(10_000);
    device.closed();
    device.take();
    device.accept_again(ACCEPTED);
    assert!(!device.sent().contains("82 08"));
}

#[test]
fn the_number_of_subscriptions_is_bounded_and_one_can_always_be_ended() {
    let mut config = plain();
    config.limits.max_subscriptions = 2;
    let mut device = Scripted::online(config);
    device.subscribe("a/#", QoS::AtLeastOnce);
    device.receive("90 03 00 01 01");
    device.subscribe("b", QoS::AtLeastOnce);
    let now = device.now();
    let full = device
        .device
        .subscribe(now, &TopicFilter::new("c").unwrap(), QoS::AtLeastOnce);
    assert_eq!(full, Err(SubscribeError::Full { limit: 2 }));
    device.take();
    device.unsubscribe("a/#");
    assert_eq!(device.sent(), unsubscribe(3));
    device.unsubscribe("b");
    let full = device.device.unsubscribe(now, &filter());
    assert_eq!(
        full,
        Err(SubscribeError::Full { limit: 2 }),
        "requests are bounded, too"
    );
    device.receive("B0 02 00 03");
    device.subscribe("c", QoS::AtLeastOnce);
}

// client: [MQTT-4.3.3-2]
#[test]
fn qos_2_is_not_asked_for() {
    let mut device = Scripted::online(plain());
    let now = device.now();
    let refused = device.device.subscribe(now, &filter(), QoS::ExactlyOnce);
    assert_eq!(refused, Err(SubscribeError::Qos2));
}

#[test]
fn requests_come_back_when_the_device_stops() {
    let mut device = Scripted::online(plain());
    let token = device.subscribe("a/#", QoS::AtLeastOnce);
    device.closed();
    device.take();
    device.disconnect();
    assert_eq!(device.events()[0], given_back(token));
    let now = device.now();
    let stopped = device.device.subscribe(now, &filter(), QoS::AtLeastOnce);
    assert_eq!(stopped, Err(SubscribeError::NotRunning));
    assert_eq!(
        device.device.unsubscribe(now, &filter()),
        Err(SubscribeError::NotRunning)
    );
}

#[test]
fn a_subscription_does_not_outlive_the_end() {
    let mut device = with_subscription();
    device.disconnect();
    device.connect();
    device.take();
    device.accept(ACCEPTED);
    assert!(!device.sent().contains("82 08"));
}
