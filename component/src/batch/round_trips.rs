//! Everything that a device can tell is read back the same.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::collections::BTreeSet;

use tern_core::auth::{AuthUrl, request};
use tern_core::device::{
    Disconnect, DisconnectKind, Ended, Event, FailReason, KeptMessage, Refusal, RefusedBy, Session,
    Token,
};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use tern_core::topic::TopicFilter;
use tern_core::wire::{ConnectCode, PacketId, QoS};

use super::{Outcome, Report, ReportEvent, reports};

const TOKEN: Token = Token(0x1_2345_6789_ABCD);
/// Where the bytes of the call start that brought a message.
const BASE: usize = 3;
/// The call's bytes: a message on topic `é` with payload `hi` stands in it.
const INPUT: &[u8] = b"...0\x06\x00\x02\xC3\xA9hi";

fn filter() -> TopicFilter {
    TopicFilter::new("/a/+/é/#").unwrap()
}

/// What each event is read back as. No arm is a wildcard: an event that is new does not compile here, and
/// one that is missing in `every_event` fails the test below.
fn expected(event: &Event) -> (usize, ReportEvent<'static>) {
    match event.clone() {
        Event::Connecting { endpoint } => (0, ReportEvent::Connecting { endpoint }),
        Event::Authenticated => (1, ReportEvent::Authenticated),
        Event::Connected { session_present } => (2, ReportEvent::Connected { session_present }),
        Event::Refused(refusal) => (3, ReportEvent::Refused(refusal)),
        Event::Disconnected(disconnect) => (4, ReportEvent::Disconnected(disconnect)),
        Event::Reconnecting { in_ms, attempt } => (5, ReportEvent::Reconnecting { in_ms, attempt }),
        Event::Subscribed { token, qos, .. } => {
            let filter = "/a/+/é/#";
            (6, ReportEvent::Subscribed { token, filter, qos })
        }
        Event::SubscribeRefused { token, .. } => {
            let filter = "/a/+/é/#";
            (7, ReportEvent::SubscribeRefused { token, filter })
        }
        Event::Unsubscribed { token, .. } => {
            let filter = "/a/+/é/#";
            (8, ReportEvent::Unsubscribed { token, filter })
        }
        Event::Message {
            qos, dup, retain, ..
        } => {
            let (topic, payload) = ("é", b"hi".as_slice());
            (
                9,
                ReportEvent::Message {
                    topic,
                    payload,
                    qos,
                    dup,
                    retain,
                },
            )
        }
        Event::Published { token } => (10, ReportEvent::Published { token }),
        Event::Failed { token, reason } => (11, ReportEvent::Failed { token, reason }),
        Event::Ended(ended) => {
            let number = match ended {
                Ended::Requested => 12,
                Ended::Refused(_) => 13,
                Ended::Disconnected(_) => 14,
            };
            (number, ReportEvent::Ended(ended))
        }
    }
}
/// How many numbers `expected` gives.
const KINDS: usize = 15;

fn endpoints() -> Vec<Endpoint> {
    [
        "mqtt://localhost",
        "mqtts://[::1]:1883",
        "ws://h:8080/mqtt?x=%C3%A9",
        "wss://h",
    ]
    .map(|url| Endpoint::from_url(url).unwrap())
    .into()
}

fn refusals() -> Vec<Refusal> {
    let codes = (0..=5)
        .filter_map(ConnectCode::from_number)
        .map(RefusedBy::Connack);
    codes
        .chain([RefusedBy::Auth(401), RefusedBy::Auth(u32::MAX)])
        .map(|by| Refusal {
            by,
            reason: "wörd".into(),
            explanation: "更".into(),
        })
        .collect()
}

fn disconnects() -> Vec<Disconnect> {
    let kinds = [
        DisconnectKind::Requested,
        DisconnectKind::Closed,
        DisconnectKind::Network,
        DisconnectKind::Certificate,
        DisconnectKind::TimedOut,
        DisconnectKind::Malformed,
        DisconnectKind::PeerMisbehaved,
        DisconnectKind::TooLarge,
    ];
    for (kind, place) in kinds.into_iter().zip(0..) {
        // Without a wildcard, as above.
        let number = match kind {
            DisconnectKind::Requested => 0,
            DisconnectKind::Closed => 1,
            DisconnectKind::Network => 2,
            DisconnectKind::Certificate => 3,
            DisconnectKind::TimedOut => 4,
            DisconnectKind::Malformed => 5,
            DisconnectKind::PeerMisbehaved => 6,
            DisconnectKind::TooLarge => 7,
        };
        assert_eq!(number, place);
    }
    kinds
        .map(|kind| Disconnect {
            kind,
            reason: "reason".into(),
        })
        .into()
}

fn fail_reasons() -> [FailReason; 4] {
    let all = [
        FailReason::TimedOut,
        FailReason::GivenBack,
        FailReason::Unwritable,
        FailReason::Withdrawn,
    ];
    for reason in all {
        // Without a wildcard, as above.
        match reason {
            FailReason::TimedOut
            | FailReason::GivenBack
            | FailReason::Unwritable
            | FailReason::Withdrawn => {}
        }
    }
    all
}

fn every_event() -> Vec<Event> {
    let mut events = vec![
        Event::Authenticated,
        Event::Connected {
            session_present: true,
        },
        Event::Connected {
            session_present: false,
        },
        Event::Reconnecting {
            in_ms: u64::MAX,
            attempt: u32::MAX,
        },
        Event::Unsubscribed {
            token: TOKEN,
            filter: filter(),
        },
        Event::Published { token: TOKEN },
        Event::Ended(Ended::Requested),
    ];
    events.extend(
        endpoints()
            .into_iter()
            .map(|endpoint| Event::Connecting { endpoint }),
    );
    events.extend(refusals().into_iter().map(Event::Refused));
    events.extend(
        refusals()
            .into_iter()
            .map(|refusal| Event::Ended(Ended::Refused(refusal))),
    );
    events.extend(disconnects().into_iter().map(Event::Disconnected));
    events.extend(
        disconnects()
            .into_iter()
            .map(|end| Event::Ended(Ended::Disconnected(end))),
    );
    events.extend(fail_reasons().map(|reason| Event::Failed {
        token: TOKEN,
        reason,
    }));
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        for token in [None, Some(TOKEN)] {
            events.push(Event::Subscribed {
                token,
                filter: filter(),
                qos,
            });
            events.push(Event::SubscribeRefused {
                token,
                filter: filter(),
            });
        }
        for (dup, retain) in [(false, false), (false, true), (true, false), (true, true)] {
            // Ranges count from the start of the bytes received.
            events.push(Event::Message {
                topic: 4..6,
                payload: 6..8,
                qos,
                dup,
                retain,
            });
        }
    }
    events
}

#[test]
fn every_event_is_read_back_the_same() {
    let events = every_event();
    let covered: BTreeSet<usize> = events.iter().map(|event| expected(event).0).collect();
    assert_eq!(
        covered,
        (0..KINDS).collect(),
        "an event is missing in `every_event`"
    );

    // All in one outcome, so that one that takes too many or too few words spoils the next.
    let mut outcome = Outcome::default();
    for (event, session) in events.iter().zip(7..) {
        outcome.event(session, BASE, event);
    }
    let read: Vec<_> = reports(&outcome, INPUT).collect();
    assert_eq!(read.len(), events.len());
    for ((event, session), read) in events.iter().zip(7..).zip(read) {
        assert_eq!(
            read,
            Ok((session, Report::Event(expected(event).1))),
            "{event:?}"
        );
    }
}

#[test]
fn every_other_report_is_read_back_the_same() {
    let triple = Triple::new("pk", "dn", "secret").unwrap();
    let client_id = ClientId::new("c").unwrap();
    let url = AuthUrl::new("https://localhost/auth/devicename").unwrap();
    let http = request(&url, &triple, &client_id, SignMethod::HmacSha256, Some(1));
    let mut outcome = Outcome::default();
    let mut expected = Vec::new();
    for endpoint in endpoints() {
        outcome.open_transport(1, &endpoint);
        expected.push((1, Report::OpenTransport(endpoint)));
    }
    outcome.send_http(2, &http);
    expected.push((2, Report::SendHttp(http)));
    outcome.close_transport(4);
    expected.push((4, Report::CloseTransport));
    for at in [None, Some(0), Some(u64::from(u32::MAX) + 1)] {
        let at = at.map(Instant::from_millis);
        outcome.deadline(5, at);
        expected.push((5, Report::Deadline(at)));
    }
    outcome.consumed(6, 7, usize::try_from(u32::MAX).unwrap());
    let need = usize::try_from(u32::MAX).unwrap();
    expected.push((6, Report::Consumed { consumed: 7, need }));
    outcome.accepted(7, TOKEN);
    expected.push((7, Report::Accepted(TOKEN)));
    for is_full in [true, false] {
        outcome.not_accepted(u32::MAX, is_full, "why");
        expected.push((
            u32::MAX,
            Report::NotAccepted {
                is_full,
                text: "why",
            },
        ));
    }
    let packet_id = PacketId::new(u16::MAX).unwrap();
    outcome.accepted_to_keep(8, TOKEN, packet_id);
    expected.push((
        8,
        Report::ToBeKept {
            token: TOKEN,
            packet_id,
        },
    ));
    outcome.not_restored(9, "why");
    expected.push((9, Report::NotRestored { text: "why" }));
    let read: Vec<_> = reports(&outcome, &[]).map(Result::unwrap).collect();
    assert_eq!(read, expected);

    let mut outcome = Outcome::default();
    outcome.bytes.extend(b"before");
    let start = outcome.bytes.len();
    outcome.bytes.extend(b"sent");
    outcome.transmit(3, start);
    let read: Vec<_> = reports(&outcome, &[]).collect();
    assert_eq!(read, [Ok((3, Report::Transmit(b"sent")))]);
}

#[test]
fn a_session_is_read_back_the_same() {
    let message = |token, packet_id, payload: &[u8]| KeptMessage {
        token,
        packet_id,
        topic: "/é".into(),
        payload: payload.into(),
    };
    let session = Session {
        messages: vec![
            message(Token(1), PacketId::new(u16::MAX), &[0xFF, 0]),
            message(TOKEN, None, b""),
        ],
        subscriptions: vec![(filter(), QoS::AtLeastOnce), (filter(), QoS::AtMostOnce)],
        last_token: Token(u64::MAX),
    };
    let mut outcome = Outcome::default();
    outcome.session(3, &session);
    let mut read_back = Session::default();
    for report in reports(&outcome, &[]) {
        match report.unwrap() {
            (
                3,
                Report::SessionMessage {
                    token,
                    packet_id,
                    topic,
                    payload,
                },
            ) => read_back.messages.push(KeptMessage {
                token,
                packet_id,
                topic: topic.to_owned(),
                payload: payload.to_owned(),
            }),
            (3, Report::SessionSubscription { filter, qos }) => {
                let filter = TopicFilter::new(filter).unwrap();
                read_back.subscriptions.push((filter, qos));
            }
            (3, Report::SessionTold(last)) => read_back.last_token = last,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read_back, session);
}

#[test]
fn a_message_whose_range_lies_outside_the_input_is_an_error() {
    let message = |topic, payload| Event::Message {
        topic,
        payload,
        qos: QoS::AtMostOnce,
        dup: false,
        retain: false,
    };
    for event in [
        message(0..9, 9..9),
        message(0..1, 1..100),
        message(100..101, 101..101),
        #[allow(clippy::reversed_empty_ranges, reason = "what a broken guest may say")]
        message(5..4, 4..4),
        message(4..5, 6..8), // half a character
    ] {
        let mut outcome = Outcome::default();
        outcome.event(1, BASE, &event);
        let read: Vec<_> = reports(&outcome, INPUT).collect();
        assert!(matches!(read.as_slice(), [Err(_)]), "{event:?}: {read:?}");
    }
}

#[test]
fn all_transports_are_covered() {
    let kinds: BTreeSet<u8> = endpoints()
        .into_iter()
        .map(|endpoint| match endpoint.transport {
            TransportKind::Tcp => 0,
            TransportKind::Tls => 1,
            TransportKind::Ws => 2,
            TransportKind::Wss => 3,
        })
        .collect();
    assert_eq!(kinds.len(), 4);
}
