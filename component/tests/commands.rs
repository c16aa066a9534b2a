//! What the host writes into a batch is what the guest reads from it.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_component::batch::{Command, InputBatch, commands};
use tern_core::device::{CloseKind, CloseReason, Token};
use tern_core::wire::{PacketId, QoS};

/// Writes a command by the batch's own method. No arm is a wildcard: a command that is new does not
/// compile here.
fn write(batch: &mut InputBatch, session: u32, command: &Command<'_>) {
    match command {
        Command::Connect => batch.connect(session),
        Command::Disconnect => batch.disconnect(session),
        Command::Publish {
            topic,
            payload,
            qos,
        } => batch.publish(session, topic, payload, *qos),
        Command::Subscribe { filter, qos } => batch.subscribe(session, filter, *qos),
        Command::Unsubscribe { filter } => batch.unsubscribe(session, filter),
        Command::TransportOpened => batch.transport_opened(session),
        Command::Received { bytes, .. } => batch.received(session, bytes),
        Command::TransportClosed(reason) => batch.transport_closed(session, reason),
        Command::HttpAnswered { status, body } => batch.http_answered(session, *status, body),
        Command::HttpFailed(reason) => batch.http_failed(session, reason),
        Command::Timeout => batch.timeout(session),
        Command::RestoreMessage {
            token,
            packet_id,
            topic,
            payload,
        } => batch.restore_message(session, *token, *packet_id, topic, payload),
        Command::RestoreSubscription { filter, qos } => {
            batch.restore_subscription(session, filter, *qos);
        }
        Command::RestoreTokens(last) => batch.restore_tokens(session, *last),
        Command::HoldUntilKept => batch.hold_until_kept(session),
        Command::Kept(up_to) => batch.kept(session, *up_to),
        Command::Withdraw(token) => batch.withdraw(session, *token),
        Command::TellSession => batch.tell_session(session),
    }
}

fn every_command() -> Vec<Command<'static>> {
    let mut all = vec![
        Command::Connect,
        Command::Disconnect,
        Command::Unsubscribe { filter: "/é/#" },
        Command::TransportOpened,
        Command::Received {
            start: 0,
            bytes: &[0xFF, 0, 0x80],
        },
        Command::Received {
            start: 0,
            bytes: &[],
        },
        Command::HttpAnswered {
            status: 200,
            body: b"{}",
        },
        Command::HttpAnswered {
            status: u16::MAX,
            body: b"",
        },
        Command::Timeout,
        Command::HoldUntilKept,
        Command::TellSession,
    ];
    for token in [Token(0), Token(0x1_2345_6789), Token(u64::MAX)] {
        all.extend([
            Command::RestoreTokens(token),
            Command::Kept(token),
            Command::Withdraw(token),
        ]);
        for packet_id in [0, 1, u16::MAX].map(PacketId::new) {
            all.push(Command::RestoreMessage {
                token,
                packet_id,
                topic: "/é",
                payload: &[0xFF, 0],
            });
        }
    }
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        all.push(Command::Publish {
            topic: "/é",
            payload: &[0, 0xFF],
            qos,
        });
        all.push(Command::Publish {
            topic: "",
            payload: &[],
            qos,
        });
        all.push(Command::Subscribe { filter: "+", qos });
        all.push(Command::RestoreSubscription { filter: "é", qos });
    }
    for kind in [
        CloseKind::Closed,
        CloseKind::Network,
        CloseKind::Certificate,
        CloseKind::Protocol,
        CloseKind::TimedOut,
    ] {
        let reason = CloseReason {
            kind,
            text: "wörds".into(),
        };
        all.push(Command::TransportClosed(reason.clone()));
        all.push(Command::HttpFailed(reason));
    }
    all
}

#[test]
fn every_command_is_read_back_the_same() {
    let all = every_command();
    let mut batch = InputBatch::default();
    for (command, session) in all.iter().zip(3..) {
        write(&mut batch, session, command);
    }
    let read: Vec<_> = commands(batch.words(), batch.bytes()).collect();
    assert_eq!(read.len(), all.len());
    for ((command, session), read) in all.into_iter().zip(3..).zip(read) {
        let (read_session, mut read) = read.unwrap();
        if let Command::Received { start, bytes } = &mut read {
            assert_eq!(&batch.bytes()[*start..*start + bytes.len()], *bytes);
            *start = 0;
        }
        assert_eq!((read_session, read), (session, command));
    }
}

#[test]
fn a_cleared_batch_is_as_new() {
    let mut batch = InputBatch::default();
    assert!(batch.is_empty());
    batch.publish(1, "t", b"x", QoS::AtMostOnce);
    assert!(!batch.is_empty());
    batch.clear();
    assert!(batch.is_empty());
    assert!(batch.bytes().is_empty());
}

#[test]
fn a_record_that_is_cut_off_or_points_outside_is_an_error_with_its_place() {
    let bytes = b"topic\xFF";
    for (words, at) in [
        (vec![7], 1),                            // no session
        (vec![7, 0, 0], 3),                      // no end
        (vec![7, 0, 0, 7], 3),                   // beyond the bytes
        (vec![7, 0, 3, 2], 3),                   // the wrong way round
        (vec![7, 0, u32::MAX, u32::MAX], 3),     // far outside
        (vec![3, 0, 1, 0, 5, 7], 5),             // a payload beyond the bytes
        (vec![3, 0, 1, 0, 7, 5], 5),             // a border beyond the end
        (vec![3, 0, 3, 0, 1, 2], 2),             // QoS 3
        (vec![3, 0, 256, 0, 1, 2], 2),           // QoS 256
        (vec![3, 0, 1, 0, 6, 6], 5),             // a topic that is not UTF-8
        (vec![5, 0, 0, 6], 3),                   // a filter that is not UTF-8
        (vec![8, 0, 5, 0, 0], 2),                // no such kind of close
        (vec![9, 0, 65_536, 0, 0], 2),           // no such status
        (vec![0, 0], 1),                         // no such record
        (vec![12, 0, 1, 0, 65_536, 0, 1, 1], 4), // no such packet identifier
        (vec![12, 0, 1, 0, 1, 5, 6, 6], 7),      // a topic that is not UTF-8
        (vec![13, 0, 3, 0, 1], 2),               // QoS 3
        (vec![16, 0, 1], 3),                     // half a token
        (vec![19, 0], 1),
        (vec![u32::MAX, 0], 1),
    ] {
        let read: Vec<_> = commands(&words, bytes).collect();
        let [Err(error)] = read.as_slice() else {
            panic!("{words:?}: {read:?}")
        };
        assert_eq!(error.at, at, "{words:?}: {error}");
        assert!(error.to_string().starts_with("record at word"));
    }
}

#[test]
fn what_stands_before_a_bad_record_is_read_and_nothing_behind_it() {
    let read: Vec<_> = commands(&[1, 5, 99, 5, 2, 5], &[]).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0], Ok((5, Command::Connect)));
    assert!(read[1].is_err());
}
