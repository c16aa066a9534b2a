//! A session outlives its device: what was accepted goes out from the next one, and is kept before it leaves.

use tern_core::device::{
    Device, Event, FailReason, KeptMessage, PublishError, RestoreError, Session, Token,
};
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::{PacketId, QoS};

use crate::scripted::{
    ACCEPTED, ACCEPTED_PRESENT, DISCONNECT, Scripted, Seen, ends_of, hex, plain,
};

/// PUBLISH, QoS 1, topic t, payload one byte.
fn publish(id: u8, payload: u8, dup: bool) -> String {
    let first = if dup { 0x3A } else { 0x32 };
    hex(&[first, 0x06, 0, 1, b't', 0, id, payload])
}

fn puback(id: u8) -> String {
    hex(&[0x40, 2, 0, id])
}

fn kept(token: u64, id: u16, payload: &str) -> KeptMessage {
    KeptMessage {
        token: Token(token),
        packet_id: PacketId::new(id),
        topic: "t".into(),
        payload: payload.into(),
    }
}

fn session(messages: Vec<KeptMessage>) -> Session {
    Session {
        last_token: messages.last().map_or(Token(0), |message| message.token),
        messages,
        subscriptions: Vec::new(),
    }
}

#[test]
fn a_new_device_has_an_empty_session() {
    assert_eq!(Scripted::new(plain()).device.session(), Session::default());
}

#[test]
fn a_session_goes_out_again_from_another_device() {
    for connack in [ACCEPTED, ACCEPTED_PRESENT] {
        let mut config = plain();
        config.limits.max_inflight = 2;
        let mut first = Scripted::online(config.clone());
        for payload in ["a", "b", "c", "d"] {
            first.publish("t", payload, QoS::AtLeastOnce);
        }
        first.publish("t", "not kept", QoS::AtMostOnce);
        first.receive(&puback(1));
        let session = first.device.session();
        assert_eq!(
            session.messages,
            [kept(2, 2, "b"), kept(3, 3, "c"), kept(4, 0, "d")]
        );
        drop(first);

        let mut second = Scripted::restored(config, &session);
        assert_eq!(second.device.session(), session);
        second.connect();
        second.accept(connack);
        // The window holds for them too; sent before: the same identifier, and DUP.
        let sent = [publish(2, b'b', true), publish(3, b'c', true)].join(" ");
        assert_eq!(second.take().last(), Some(&Seen::Sent(sent)));
        second.receive(&puback(2));
        let published = Event::Published { token: Token(2) };
        let seen = second.take();
        assert_eq!(seen[0], Seen::Event(published));
        // Not sent before: a free identifier, and no DUP.
        assert_eq!(seen[1], Seen::Sent(publish(4, b'd', false)));
        let later = second.publish("t", "e", QoS::AtLeastOnce);
        assert_eq!(later, Token(6), "a token is not given twice");
        second.receive(&[puback(3), puback(4)].join(" "));
        let mut events = second.events();
        second.receive(&puback(5));
        events.extend(second.events());
        for token in [Token(3), Token(4), later] {
            assert_eq!(ends_of(&events, token), 1, "{token}");
        }
        assert_eq!(second.device.session().messages, []);
    }
}

#[test]
fn a_restored_message_outlives_a_reconnect_and_another_crash() {
    let session = session(vec![kept(7, 9, "x")]);
    let mut device = Scripted::restored(plain(), &session);
    device.connect();
    device.accept(ACCEPTED_PRESENT);
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    assert!(device.sent().ends_with(&publish(9, b'x', true)));
    assert_eq!(device.device.session(), session);
    let mut third = Scripted::restored(plain(), &device.device.session());
    third.connect();
    third.accept(ACCEPTED);
    assert!(third.sent().ends_with(&publish(9, b'x', true)));
}

#[test]
fn a_clean_session_publishes_a_restored_message_anew() {
    let mut config = plain();
    config.clean_session = true;
    let mut device = Scripted::restored(config, &session(vec![kept(7, 9, "x")]));
    device.connect();
    device.accept(ACCEPTED);
    // A free identifier, and no DUP [MQTT-3.1.2-6].
    assert!(device.sent().ends_with(&publish(10, b'x', false)));
    device.receive(&puback(10));
    assert_eq!(device.events(), [Event::Published { token: Token(7) }]);
}

#[test]
fn a_restored_identifier_is_in_use() {
    let mut device = Scripted::restored(plain(), &session(vec![kept(1, 65_535, "x")]));
    device.connect();
    device.accept(ACCEPTED);
    device.take();
    device.publish("t", "a", QoS::AtLeastOnce);
    device.subscribe("f", QoS::AtMostOnce);
    assert_eq!(
        device.device.packet_id(Token(1)),
        PacketId::new(65_535),
        "its own"
    );
    assert_eq!(device.device.packet_id(Token(2)), PacketId::new(1));
    // SUBSCRIBE, packet identifier 2.
    assert!(device.sent().contains("82 06 00 02"));
}

#[test]
fn subscriptions_are_asked_for_again_whatever_the_platform_says_it_has() {
    let mut first = Scripted::online(plain());
    first.subscribe("f", QoS::AtLeastOnce);
    first.receive("90 03 00 01 00"); // SUBACK: QoS 0 granted
    first.subscribe("unanswered", QoS::AtLeastOnce);
    let session = first.device.session();
    let filter = TopicFilter::new("f").unwrap();
    assert_eq!(session.subscriptions, [(filter, QoS::AtLeastOnce)]);

    for connack in [ACCEPTED, ACCEPTED_PRESENT] {
        let mut second = Scripted::restored(plain(), &session);
        second.connect();
        second.accept(connack);
        let sent = second.sent();
        assert!(sent.ends_with("82 06 00 01 00 01 66 01"), "{sent}");
        assert_eq!(second.device.session().subscriptions, session.subscriptions);
        second.receive("90 03 00 01 01");
        second.closed();
        second.take();
        // From then on this device knows what the platform has.
        second.accept_again(ACCEPTED_PRESENT);
        let sent = second.sent();
        assert!(!sent.contains("82 06"), "{sent}");
    }
}

#[test]
fn limits_do_not_hold_for_what_was_accepted() {
    let mut config = plain();
    config.limits.max_queued = 1;
    config.limits.max_queued_bytes = 1;
    config.limits.max_payload = 1;
    let session = session(vec![kept(1, 1, "first"), kept(2, 0, "second")]);
    let device = Device::restore(config, 1, &session).unwrap();
    assert_eq!(device.session(), session);
}

#[test]
fn what_no_device_has_handed_out_is_refused_by_its_message() {
    for (messages, words) in [
        (
            vec![kept(0, 1, "x")],
            "message 0: its token is not higher than 0",
        ),
        (
            vec![kept(2, 1, "x"), kept(2, 2, "x")],
            "message 2: its token is not higher than 2",
        ),
        (
            vec![kept(1, 5, "x"), kept(2, 5, "x")],
            "message 2: its packet identifier 5 is another message's",
        ),
        (
            vec![KeptMessage {
                topic: "a/+".into(),
                ..kept(3, 1, "x")
            }],
            "message 3: its topic is none",
        ),
    ] {
        let error = Device::restore(plain(), 1, &session(messages)).unwrap_err();
        assert!(error.to_string().starts_with(words), "{error}");
    }
    let filter = TopicFilter::new("f").unwrap();
    let session = Session {
        subscriptions: vec![(filter.clone(), QoS::ExactlyOnce)],
        ..Session::default()
    };
    assert_eq!(
        Device::restore(plain(), 1, &session).err(),
        Some(RestoreError::Qos2)
    );
    let mut config = plain();
    config.limits.max_inflight = 0;
    assert!(matches!(
        Device::restore(config, 1, &Session::default()),
        Err(RestoreError::Config(_))
    ));
    let device = &mut Scripted::online(plain()).device;
    let running = Err(RestoreError::Running);
    assert_eq!(device.restore_message(&kept(1, 1, "x")), running);
    assert_eq!(
        device.restore_subscription(&filter, QoS::AtMostOnce),
        running
    );
    assert_eq!(device.restore_tokens(Token(1)), running);
}

/// A token is never given twice, not even after one that only damage can bring.
#[test]
fn a_token_that_leaves_no_other_is_refused() {
    let mut device = Scripted::new(plain());
    let last = Token(u64::MAX >> 1);
    for too_high in [Token(last.0 + 1), Token(u64::MAX)] {
        let refused = Err(RestoreError::TokenTooHigh { token: too_high });
        assert_eq!(device.device.restore_tokens(too_high), refused);
        let message = kept(too_high.0, 1, "x");
        assert_eq!(device.device.restore_message(&message), refused);
    }
    assert_eq!(device.device.restore_tokens(last), Ok(()));
    device.connect();
    let next = device.publish("t", "a", QoS::AtLeastOnce);
    assert_eq!(next, Token(last.0 + 1));
}

#[test]
fn a_message_leaves_once_it_is_kept() {
    let mut device = Scripted::new(plain());
    device.device.hold_until_kept();
    device.connect();
    device.accept(ACCEPTED);
    device.take();
    let first = device.publish("t", "a", QoS::AtLeastOnce);
    let second = device.publish("t", "b", QoS::AtLeastOnce);
    // It has its identifier before it is sent, to be kept with it.
    assert_eq!(device.device.packet_id(second), PacketId::new(2));
    assert_eq!(device.take(), []);
    device.device.kept(device.now(), first);
    device.drain();
    assert_eq!(device.take(), [Seen::Sent(publish(1, b'a', false))]);
    device.device.kept(device.now(), second);
    device.device.kept(device.now(), first);
    device.drain();
    assert_eq!(device.take(), [Seen::Sent(publish(2, b'b', false))]);
    // Held back through a reconnect, too, and behind what goes again.
    let third = device.publish("t", "c", QoS::AtLeastOnce);
    device.closed();
    device.take();
    device.accept_again(ACCEPTED_PRESENT);
    let again = [publish(1, b'a', true), publish(2, b'b', true)].join(" ");
    assert!(device.sent().ends_with(&again));
    device.device.kept(device.now(), third);
    device.drain();
    assert_eq!(device.take(), [Seen::Sent(publish(3, b'c', false))]);
}

#[test]
fn what_can_not_be_kept_is_withdrawn_and_never_sent() {
    let mut device = Scripted::new(plain());
    device.device.hold_until_kept();
    device.connect();
    device.accept(ACCEPTED);
    device.take();
    let kept = device.publish("t", "a", QoS::AtLeastOnce);
    device.device.kept(device.now(), kept);
    device.drain();
    device.take();
    let lost = device.publish("t", "b", QoS::AtLeastOnce);
    let behind = device.publish("t", "c", QoS::AtMostOnce);
    assert!(device.device.withdraw(device.now(), lost));
    device.drain();
    let reason = FailReason::Withdrawn;
    let failed = Seen::Event(Event::Failed {
        token: lost,
        reason,
    });
    let seen = device.take();
    assert!(seen.contains(&failed), "{seen:?}");
    assert!(
        seen.contains(&Seen::Event(Event::Published { token: behind })),
        "{seen:?}"
    );
    // Neither twice, nor what is on its way already.
    assert!(!device.device.withdraw(device.now(), lost));
    assert!(!device.device.withdraw(device.now(), kept));
    // Its identifier is free for another message.
    assert_eq!(device.device.queued().0, 1);
    assert_eq!(device.device.session().messages.len(), 1);
}

#[test]
fn a_disconnect_waits_for_the_word_on_what_is_held_back() {
    let mut device = Scripted::new(plain());
    device.device.hold_until_kept();
    device.connect();
    device.accept(ACCEPTED);
    device.take();
    let token = device.publish("t", "a", QoS::AtLeastOnce);
    device.disconnect();
    assert_eq!(device.take(), []);
    device.device.withdraw(device.now(), token);
    device.drain();
    assert!(device.sent().ends_with(DISCONNECT));
}

#[test]
fn more_messages_than_identifiers_can_not_be_held_back() {
    let mut config = plain();
    config.limits.max_queued = 100_000;
    let mut device = Device::new(config, 1).unwrap();
    device.hold_until_kept();
    let now = tern_core::time::Instant::default();
    device.connect(now);
    let topic = TopicName::new("t").unwrap();
    for _ in 0..65_535 {
        device.publish(now, &topic, b"", QoS::AtLeastOnce).unwrap();
    }
    let full = PublishError::Full {
        what: "packet identifiers",
        limit: 65_535,
    };
    let refused = device.publish(now, &topic, b"", QoS::AtLeastOnce);
    assert_eq!(refused, Err(full));
    assert_eq!(
        device.publish(now, &topic, b"", QoS::AtMostOnce),
        Ok(Token(65_536))
    );
}
