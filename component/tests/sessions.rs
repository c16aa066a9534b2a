//! Many devices in one instance: each by its number, none in another's way.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_component::Sessions;
use tern_component::batch::{InputBatch, Outcome, Report, ReportEvent, reports};
use tern_core::device::{Config, FailReason, Login, Token};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_core::wire::{PacketId, QoS};

const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];

fn config(id: &str) -> Config {
    let endpoint = Endpoint::from_url("mqtt://localhost").unwrap();
    let client_id = id.into();
    Config::new(Login::Plain {
        client_id,
        username: None,
        password: None,
        endpoint,
    })
}

struct Host {
    sessions: Sessions,
    now: u64,
    batch: InputBatch,
    /// The batch of the last step: messages are ranges of its bytes.
    last: InputBatch,
    outcome: Outcome,
}

impl Host {
    fn new() -> Self {
        Self {
            sessions: Sessions::default(),
            now: 0,
            batch: InputBatch::default(),
            last: InputBatch::default(),
            outcome: Outcome::default(),
        }
    }

    fn open(&mut self, id: &str) -> u32 {
        self.sessions.open(config(id), 1).unwrap()
    }

    /// Hands in what has been put into the batch; returns what came out.
    fn step(&mut self) -> Vec<(u32, Report<'_>)> {
        core::mem::swap(&mut self.batch, &mut self.last);
        self.batch.clear();
        self.outcome.clear();
        let now = Instant::from_millis(self.now);
        let (words, bytes) = (self.last.words(), self.last.bytes());
        let stepped = self.sessions.step(now, words, bytes, &mut self.outcome);
        stepped.unwrap();
        reports(&self.outcome, bytes).map(Result::unwrap).collect()
    }

    fn online(&mut self, id: &str) -> u32 {
        let session = self.open(id);
        self.batch.connect(session);
        self.batch.transport_opened(session);
        self.batch.received(session, &ACCEPTED);
        self.step();
        session
    }
}

#[test]
fn one_step_carries_everything_for_everybody() {
    let mut host = Host::new();
    let all: Vec<u32> = (0..100).map(|n| host.online(&format!("c{n}"))).collect();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
    for &session in &all {
        let payload = [u8::try_from(session).unwrap()];
        host.batch
            .received(session, &[0x30, 4, 0, 1, b't', payload[0]]);
        host.batch.publish(session, "t", &payload, QoS::AtLeastOnce);
    }
    let reports = host.step();
    for &session in &all {
        let payload = [u8::try_from(session).unwrap()];
        let own: Vec<_> = reports
            .iter()
            .filter(|(id, _)| *id == session)
            .map(|(_, r)| r)
            .collect();
        assert_eq!(
            own[..4],
            [
                &Report::Consumed {
                    consumed: 6,
                    need: 1
                },
                &Report::Event(ReportEvent::Message {
                    topic: "t",
                    payload: &payload,
                    qos: QoS::AtMostOnce,
                    dup: false,
                    retain: false
                }),
                &Report::Accepted(Token(1)),
                &Report::Transmit(&[0x32, 6, 0, 1, b't', 0, 1, payload[0]]),
            ],
            "session {session}"
        );
    }
}

#[test]
fn a_number_is_given_again_after_close_and_the_device_behind_it_is_new() {
    let mut host = Host::new();
    let first = host.online("a");
    let second = host.online("b");
    host.batch.publish(first, "t", b"x", QoS::AtLeastOnce);
    host.step();
    host.sessions.close(first);
    host.sessions.close(first); // twice does no harm
    assert_eq!(host.open("c"), first);
    assert_eq!(host.open("d"), second + 1);
    // The new one is idle: it takes no bytes for the old one's, and no message.
    host.batch.received(first, &[0x40, 2, 0, 1]);
    host.batch.publish(first, "t", b"x", QoS::AtLeastOnce);
    let reports = host.step();
    assert_eq!(
        reports[0],
        (
            first,
            Report::Consumed {
                consumed: 4,
                need: 1
            }
        )
    );
    assert!(matches!(
        reports[1],
        (_, Report::NotAccepted { is_full: false, .. })
    ));
    assert_eq!(reports.len(), 2);
    // And it tells its first deadline, whatever the old one's was.
    host.batch.connect(first);
    let at = Some(Instant::from_millis(10_000));
    assert!(host.step().contains(&(first, Report::Deadline(at))));
}

#[test]
fn commands_for_devices_that_are_not_there_are_passed_over() {
    let mut host = Host::new();
    let open = host.online("a");
    let closed = host.online("b");
    host.sessions.close(closed);
    host.sessions.close(77);
    for session in [closed, 77, u32::MAX] {
        host.batch.connect(session);
        host.batch.publish(session, "t", b"x", QoS::AtLeastOnce);
        host.batch.received(session, &ACCEPTED);
        host.batch.timeout(session);
    }
    host.batch.publish(open, "t", b"x", QoS::AtMostOnce);
    assert!(host.step().iter().all(|(session, _)| *session == open));
}

#[test]
fn a_deadline_is_told_when_it_changes_and_only_then() {
    let mut host = Host::new();
    let session = host.open("a");
    host.batch.connect(session);
    let deadlines = |reports: Vec<(u32, Report<'_>)>| -> Vec<Option<u64>> {
        let found = reports.into_iter().filter_map(|(_, report)| match report {
            Report::Deadline(at) => Some(at.map(Instant::as_millis)),
            _ => None,
        });
        found.collect()
    };
    assert_eq!(deadlines(host.step()), [Some(10_000)]);
    host.batch.timeout(session);
    assert_eq!(deadlines(host.step()), []);
    host.batch.transport_opened(session);
    host.batch.received(session, &ACCEPTED);
    assert_eq!(deadlines(host.step()), [Some(45_000)]);
    host.batch.disconnect(session);
    assert_eq!(deadlines(host.step()), [None]);
}

#[test]
fn requests_are_answered_in_their_order_each_with_its_reason() {
    let mut host = Host::new();
    let session = host.online("a");
    host.batch.publish(session, "t/#", b"", QoS::AtMostOnce);
    host.batch.publish(session, "t", b"", QoS::ExactlyOnce);
    host.batch.subscribe(session, "a#", QoS::AtMostOnce);
    host.batch.subscribe(session, "a/#", QoS::AtLeastOnce);
    host.batch.unsubscribe(session, "");
    host.batch.unsubscribe(session, "b");
    let answers: Vec<String> = host
        .step()
        .into_iter()
        .filter_map(|(_, report)| match report {
            Report::Accepted(token) => Some(format!("accepted {token}")),
            Report::NotAccepted {
                is_full: false,
                text,
            } => Some(text.to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 6);
    assert!(answers[0].contains("topic"), "{}", answers[0]);
    assert!(answers[1].contains("qos is 2"), "{}", answers[1]);
    assert!(answers[2].contains("filter"), "{}", answers[2]);
    assert_eq!(answers[3], "accepted 1");
    assert!(answers[4].contains("filter"), "{}", answers[4]);
    assert_eq!(answers[5], "accepted 2");
}

#[test]
fn a_full_queue_says_that_it_is_worth_trying_again() {
    let mut host = Host::new();
    let mut config = config("a");
    config.limits.max_queued = 1;
    let session = host.sessions.open(config, 1).unwrap();
    host.batch.connect(session);
    host.batch.publish(session, "t", b"", QoS::AtLeastOnce);
    host.batch.publish(session, "t", b"", QoS::AtLeastOnce);
    let reports = host.step();
    assert!(matches!(
        reports.last(),
        Some((_, Report::NotAccepted { is_full: true, .. }))
    ));
}

#[test]
fn a_configuration_that_breaks_a_rule_opens_nothing() {
    let mut sessions = Sessions::default();
    let mut bad = config("");
    bad.clean_session = false;
    assert!(sessions.open(bad, 1).is_err());
    assert_eq!(sessions.open(config("a"), 1).unwrap(), 0);
}

#[test]
fn a_session_that_is_told_is_gone_on_with_elsewhere() {
    let mut host = Host::new();
    let session = host.online("a");
    host.batch.subscribe(session, "f", QoS::AtMostOnce);
    host.batch.received(session, &[0x90, 3, 0, 1, 0]); // SUBACK
    host.batch.publish(session, "t", b"x", QoS::AtLeastOnce);
    host.batch.tell_session(session);
    let told = host.step();
    let id = PacketId::new(2);
    let parts = [
        Report::SessionMessage {
            token: Token(2),
            packet_id: id,
            topic: "t",
            payload: b"x",
        },
        Report::SessionSubscription {
            filter: "f",
            qos: QoS::AtMostOnce,
        },
        Report::SessionTold(Token(2)),
    ];
    let last: Vec<_> = told.iter().map(|(_, report)| report).collect();
    assert!(last.ends_with(&parts.each_ref()), "{last:?}");

    let mut later = Host::new();
    let session = later.open("a");
    later
        .batch
        .restore_message(session, Token(2), id, "t", b"x");
    later
        .batch
        .restore_subscription(session, "f", QoS::AtMostOnce);
    later.batch.restore_tokens(session, Token(9));
    later.batch.connect(session);
    later.batch.transport_opened(session);
    later.batch.received(session, &ACCEPTED);
    let reports = later.step();
    let again = Report::Transmit(&[
        0x82, 6, 0, 3, 0, 1, b'f', 0, // SUBSCRIBE, for the session is lost
        0x3A, 6, 0, 1, b't', 0, 2, b'x', // PUBLISH with DUP
    ]);
    assert!(reports.contains(&(session, again)), "{reports:?}");
    later.batch.publish(session, "t", b"y", QoS::AtLeastOnce);
    assert_eq!(later.step()[0], (session, Report::Accepted(Token(10))));
}

#[test]
fn what_is_held_back_leaves_once_it_is_kept_or_ends_when_it_is_withdrawn() {
    let mut host = Host::new();
    let session = host.open("a");
    host.batch.hold_until_kept(session);
    host.batch.connect(session);
    host.batch.transport_opened(session);
    host.batch.received(session, &ACCEPTED);
    host.step();
    host.batch.publish(session, "t", b"x", QoS::AtLeastOnce);
    host.batch.publish(session, "t", b"y", QoS::AtLeastOnce);
    let held = [1, 2].map(|number| {
        let token = Token(number.into());
        let packet_id = PacketId::new(number).unwrap();
        (session, Report::ToBeKept { token, packet_id })
    });
    assert_eq!(host.step(), held);
    host.batch.kept(session, Token(1));
    host.batch.withdraw(session, Token(2));
    let sent = Report::Transmit(&[0x32, 6, 0, 1, b't', 0, 1, b'x']);
    let failed = Report::Event(ReportEvent::Failed {
        token: Token(2),
        reason: FailReason::Withdrawn,
    });
    let reports = host.step();
    assert!(reports.contains(&(session, sent)), "{reports:?}");
    assert!(reports.contains(&(session, failed)), "{reports:?}");
}

#[test]
fn a_part_that_is_not_taken_in_is_answered_and_no_other_is() {
    let mut host = Host::new();
    let session = host.open("a");
    host.batch
        .restore_message(session, Token(1), PacketId::new(1), "t", b"x");
    host.batch
        .restore_message(session, Token(1), PacketId::new(2), "t", b"x");
    host.batch
        .restore_subscription(session, "a#", QoS::AtMostOnce);
    let reports = host.step();
    let [
        (_, Report::NotRestored { text: token }),
        (_, Report::NotRestored { text: filter }),
    ] = reports.as_slice()
    else {
        panic!("{reports:?}")
    };
    assert!(token.starts_with("message 1: its token"), "{token}");
    assert!(filter.contains('#'), "{filter}");
}
