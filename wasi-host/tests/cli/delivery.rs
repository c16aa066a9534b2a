//! What is printed is acknowledged, and nothing else, whatever the reader of stdout does.

use std::io::{BufRead, BufReader, PipeReader};
use std::process::Stdio;

use crate::broker::{Broker, CONNACK, Connection, DISCONNECT, PINGREQ, PUBACK, SUBSCRIBE, message};
use crate::cloud::Cloud;
use crate::program::{Running, start, start_unread, start_with};

fn five_messages() -> Vec<u8> {
    (1..=5).flat_map(|id| message(id, &[b'0' + id])).collect()
}

/// So many large messages are more than the program, the pipe and both sockets hold together.
pub(crate) const FLOOD: usize = 2000;

/// A QoS 0 message of 16 KiB: what would be the id belongs to the payload.
fn large_message() -> Vec<u8> {
    let mut packet = message(b'x', &[b'x'; 16 * 1024]);
    packet[0] = 0x30;
    packet
}

#[test]
fn sub_acknowledges_the_messages_that_it_prints_and_no_other() {
    for native in [&[][..], &["--native"]] {
        let broker = Broker::start();
        let url = broker.url();
        let args = ["sub", "-t", "a", "-q", "1", "-C", "2", "--url", &url];
        let sub = start(&[&args, native].concat(), &[]);
        let connection = broker.accept_subscriber();
        connection.send(&five_messages());
        assert_eq!(connection.expect(PUBACK), [0, 1]);
        assert_eq!(connection.expect(PUBACK), [0, 2]);
        assert_eq!(connection.rest(), [DISCONNECT]);
        let ended = sub.end();
        assert_eq!((ended.status, &ended.stdout[..]), (0, "1\n2\n"));
    }
}

#[test]
fn messages_right_behind_the_connack_count_too() {
    let broker = Broker::start();
    let url = broker.url();
    let sub = start(
        &[
            "sub",
            "-t",
            "a",
            "-q",
            "1",
            "-C",
            "1",
            "--clean-session",
            "false",
            "--url",
            &url,
            "-i",
            "s",
        ],
        &[],
    );
    let connection = broker.accept();
    connection.send(&[CONNACK, &five_messages()].concat());
    let mut rest = connection.rest();
    rest.retain(|first| *first != SUBSCRIBE);
    assert_eq!(rest, [PUBACK, DISCONNECT]);
    assert_eq!(sub.end().stdout, "1\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_takes_nothing_is_an_error_and_nothing_is_acknowledged() {
    for json in [&[][..], &["--json"]] {
        let full = || {
            Stdio::from(
                std::fs::File::options()
                    .write(true)
                    .open("/dev/full")
                    .unwrap(),
            )
        };
        let broker = Broker::start();
        let url = broker.url();
        let run = start_with(
            &[&["run", "-t", "a", "--url", &url], json].concat(),
            &[],
            full(),
        );
        if json.is_empty() {
            let connection = broker.accept_subscriber();
            connection.send(&five_messages());
            assert_eq!(connection.rest(), [0; 0]);
        }
        let ended = run.end();
        assert_eq!(ended.status, 69, "{ended:?}");
        assert!(
            ended.stderr.contains("stdout can't be written: No space"),
            "{ended:?}"
        );

        let triple = ["--product-key", "pk", "--device-name", "dn"];
        let secret = ("TERN_DEVICE_SECRET", "secret");
        let ended = start_with(&[&["sign"], &triple[..], json].concat(), &[secret], full()).end();
        assert_eq!(ended.status, 69, "{ended:?}");
        assert!(
            ended.stderr.contains("stdout can't be written"),
            "{ended:?}"
        );
    }
}

#[test]
fn what_came_after_the_reader_had_gone_is_not_acknowledged() {
    let broker = Broker::start();
    let args = ["sub", "-t", "a", "-q", "1", "--url", &broker.url()];
    let (running, reader) = start_unread(&args, &[]);
    let connection = broker.accept_subscriber();
    drop(reader);
    connection.send(&five_messages());
    assert_eq!(connection.rest(), [DISCONNECT]);
    let ended = running.end();
    assert_eq!(ended.status, 0, "{ended:?}");
}

/// A program whose stdout nobody reads, over some keep alives and far more messages than it holds.
pub(crate) fn stalled(args: &[&str]) -> (Running, PipeReader, Connection) {
    let broker = Broker::start();
    let url = broker.url();
    let common = ["-t", "a", "--keepalive", "3", "--url", &url];
    let (running, reader) = start_unread(&[args, &common[..]].concat(), &[]);
    let connection = broker.accept_subscriber();
    connection.flood(large_message(), FLOOD);
    // An answer may take as long as the keep alive: short ones fail on a machine that is busy with other tests.
    for _ in 0..2 {
        connection.expect(PINGREQ);
    }
    (running, reader, connection)
}

#[test]
fn a_reader_that_stalls_stops_neither_the_keep_alive_nor_a_signal() {
    for program in [&["sub"][..], &["run", "--json"]] {
        let (running, _reader, connection) = stalled(program);
        let ended = running.stop();
        assert_eq!(ended.status, 0, "{ended:?}");
        assert!(ended.stderr.contains("nobody read the last"), "{ended:?}");
        assert_eq!(connection.rest().last(), Some(&DISCONNECT));
    }
}

#[test]
fn a_reader_that_goes_on_gets_every_message() {
    let count = FLOOD.to_string();
    let (mut running, reader, connection) = stalled(&["sub", "-C", &count]);
    running.read_from(reader);
    let ended = running.end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().count(), FLOOD);
    assert!(ended.stdout.lines().all(|line| line.len() == 16 * 1024 + 2));
    assert_eq!(connection.rest().last(), Some(&DISCONNECT));
}

#[test]
fn a_signal_is_no_failure_though_an_answer_is_still_missing() {
    for program in ["sub", "run"] {
        let broker = Broker::start();
        let running = start(&[program, "-t", "a", "--url", &broker.url()], &[]);
        let connection = broker.accept();
        connection.send(CONNACK);
        connection.expect(SUBSCRIBE);
        let ended = running.stop();
        assert_eq!(ended.status, 0, "{program}: {ended:?}");
        assert_eq!(connection.rest(), [DISCONNECT], "{program}");
    }
}

#[test]
fn a_reader_that_leaves_at_once_hears_nothing_of_what_was_not_asked_for() {
    let broker = Broker::start();
    let (running, reader) =
        start_unread(&["sub", "-t", "a", "--json", "--url", &broker.url()], &[]);
    let connection = broker.accept();
    let mut lines = BufReader::new(reader);
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    assert!(first.contains("connecting"), "{first}");
    drop(lines);
    connection.send(CONNACK);
    let ended = running.end();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
}

#[test]
fn a_refused_subscription_is_explained_by_the_platforms_rule_on_the_platform_only() {
    let rule = "a device may only subscribe under its own topics";
    let broker = Broker::start();
    let sub = start(&["sub", "-t", "a", "--url", &broker.url()], &[]);
    let connection = broker.accept();
    connection.send(CONNACK);
    connection.expect(SUBSCRIBE);
    connection.send(&[0x90, 3, 0, 1, 0x80]);
    let ended = sub.end();
    assert_eq!(ended.status, 77);
    assert!(
        ended.stderr.contains("the subscription to a was refused"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains(rule), "{ended:?}");

    let cloud = Cloud::start();
    let ended = cloud.begin("sub", &["-t", "/somebody/else/x"]).end();
    assert!(ended.stderr.contains(rule), "{ended:?}");
}
