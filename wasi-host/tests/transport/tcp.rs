//! Plain TCP.

use std::io::{Read, Write};
use std::sync::mpsc;

use tern_host::transport::{Phase, TlsSettings, Transport, TransportError};

use crate::drive::Drive;
use crate::peer::{Peer, nobody, take};

/// Bytes that differ from place to place, so that a lost or doubled one shows.
pub(crate) fn pattern(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n % 251) as u8).collect()
}

// client: [MQTT-7.1.2-1]
#[test]
fn bytes_go_both_ways() {
    let peer = Peer::new(|mut stream| {
        assert_eq!(take(&mut stream, 5), b"hello");
        stream.write_all(b"world").unwrap();
    });
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"hello");
    assert_eq!(drive.read(5).unwrap(), b"world");
    peer.finish();
}

// client: [MQTT-7.1.2-1]
#[test]
fn large_amounts_arrive_whole_with_and_without_notes() {
    for notes in [true, false] {
        let peer = Peer::new(|mut stream| stream.write_all(&pattern(3_000_000)).unwrap());
        let mut drive = Drive::plain(peer.address);
        if !notes {
            drive = drive.without_notes();
        }
        let (bytes, end) = drive.opened().read_to_end();
        assert!(bytes == pattern(3_000_000));
        assert!(matches!(end, TransportError::Closed { .. }), "{end}");
        peer.finish();
    }
}

#[test]
fn what_the_socket_does_not_take_is_kept_and_goes_later() {
    let (read_now, may_read) = mpsc::channel();
    let peer = Peer::new(move |mut stream| {
        may_read.recv().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        all
    });
    let mut drive = Drive::plain(peer.address).opened();
    let mut sent = 0;
    while drive.transport.pending() == 0 {
        drive.write(&pattern(251_000));
        sent += 251_000;
    }
    drive.write(&pattern(251_000));
    sent += 251_000;
    assert!(drive.transport.pending() > 0);
    read_now.send(()).unwrap();
    drive.flush();
    drive.transport.close();
    assert!(peer.finish() == pattern(sent));
}

#[test]
fn a_read_keeps_to_its_limit() {
    let peer = Peer::new(|mut stream| {
        stream.write_all(&pattern(10_000)).unwrap();
        take(&mut stream, 1);
    });
    let mut drive = Drive::plain(peer.address).opened();
    assert_eq!(drive.read(9_999).unwrap(), pattern(9_999));
    assert_eq!(drive.read(1).unwrap(), [pattern(10_000)[9_999]]);
    drive.write(b".");
    peer.finish();
}

#[test]
fn the_next_address_is_tried_where_one_refuses() {
    let peer = Peer::new(|mut stream| take(&mut stream, 2));
    let addresses = [nobody(), nobody(), peer.address];
    let mut drive =
        Drive::connect("mqtt://localhost", &addresses, &TlsSettings::built_in()).opened();
    assert_eq!(drive.transport.peer(), peer.address);
    drive.write(b"ok");
    assert_eq!(peer.finish(), b"ok");
}

#[test]
fn where_every_address_refuses_each_is_named() {
    let addresses = [nobody(), nobody()];
    let drive = Drive::connect("mqtt://localhost", &addresses, &TlsSettings::built_in());
    let error = drive.refusal();
    assert!(
        matches!(&error, TransportError::Unreachable { attempts } if attempts.len() == 2),
        "{error}"
    );
    let words = error.to_string();
    assert!(
        words.contains(&format!("{}: refused", addresses[0])),
        "{words}"
    );
    assert!(
        words.contains(&format!("{}: refused", addresses[1])),
        "{words}"
    );
    assert!(words.contains("nothing listens there"), "{words}");
}

#[test]
fn an_address_that_is_too_slow_can_be_given_up() {
    // RFC 5737: nobody has this address. Whether it is refused or stays silent, the other one is taken.
    let silent = "192.0.2.1:1883".parse().unwrap();
    let peer = Peer::new(|mut stream| take(&mut stream, 2));
    let mut drive = Drive::connect(
        "mqtt://localhost",
        &[silent, peer.address],
        &TlsSettings::built_in(),
    );
    if drive.transport.peer() == silent {
        assert!(drive.try_next_address());
    }
    assert_eq!(drive.transport.peer(), peer.address);
    assert!(!drive.try_next_address());
    drive.open().unwrap();
    drive.write(b"ok");
    assert_eq!(peer.finish(), b"ok");
}

#[test]
fn what_came_before_the_end_is_handed_out_first() {
    let peer = Peer::that_answers(&[0x20, 0x02, 0x00, 0x05]);
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"connect");
    peer.finish();
    let (bytes, end) = drive.read_to_end();
    assert_eq!(bytes, [0x20, 0x02, 0x00, 0x05]);
    let expected = matches!(
        end,
        TransportError::Closed {
            during: Phase::Plain,
            heard: true,
            said: None
        }
    );
    assert!(expected, "{end:?}");
}

#[test]
fn a_peer_that_closes_without_a_word_may_want_tls() {
    let peer = Peer::that_answers(b"");
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"connect");
    let (bytes, end) = drive.read_to_end();
    assert!(bytes.is_empty());
    assert!(end.to_string().contains("mqtts://"), "{end}");
    peer.finish();
}

#[test]
fn a_tls_alert_in_answer_to_plain_mqtt_is_recognised() {
    // A record: alert (15), TLS 1.2 (03 03), 2 bytes (00 02): fatal (02), unexpected_message (0a).
    let peer = Peer::that_answers(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"connect");
    let (bytes, end) = drive.read_to_end();
    assert!(bytes.is_empty(), "an alert is nothing to hand out");
    assert!(matches!(end, TransportError::TlsExpected), "{end}");
    assert!(end.to_string().contains("mqtts://"), "{end}");
    peer.finish();
}

#[test]
fn a_proxy_in_answer_to_plain_mqtt_is_called_so() {
    let peer = Peer::that_answers(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"connect");
    let (bytes, end) = drive.read_to_end();
    assert!(
        bytes.is_empty(),
        "an answer of a proxy's is nothing to hand out"
    );
    let words = end.to_string();
    assert!(
        words.starts_with("an HTTP proxy answered (status 407)"),
        "{words}"
    );
    peer.finish();
}

#[test]
fn a_web_server_in_answer_to_plain_mqtt_is_recognised() {
    let peer = Peer::that_answers(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"connect");
    let (_, end) = drive.read_to_end();
    assert!(matches!(end, TransportError::HttpSpoken), "{end}");
    peer.finish();
}

#[test]
fn a_reset_is_told_apart_from_an_end() {
    let (dropped, gone) = mpsc::channel();
    let peer = Peer::new(move |stream| {
        // Closing with bytes unread makes the system send a reset.
        stream.peek(&mut [0]).unwrap();
        drop(stream);
        dropped.send(()).unwrap();
    });
    let mut drive = Drive::plain(peer.address).opened();
    drive.write(b"never read");
    gone.recv().unwrap();
    let (_, end) = drive.read_to_end();
    assert!(matches!(end, TransportError::Broken { .. }), "{end}");
    peer.finish();
}

#[test]
fn no_address_at_all_is_an_error_that_names_the_host() {
    let endpoint = tern_core::identity::Endpoint::from_url("mqtt://broker.example.com").unwrap();
    let poll = mio::Poll::new().unwrap();
    let tls = TlsSettings::built_in();
    let begun = Transport::connect(&endpoint, &[], &tls, poll.registry(), mio::Token(0));
    let words = begun.unwrap_err().to_string();
    assert!(words.contains("broker.example.com"), "{words}");
}
