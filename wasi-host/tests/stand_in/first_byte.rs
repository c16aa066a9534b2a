//! One port for MQTT, TLS and WebSocket: the first byte tells.

use std::io::Write;
use std::time::Duration;

use crate::device::{ACCEPTED, connect_packet, ends, exchange, round_trip, tls};
use crate::setup::{start, start_with};

// server: [MQTT-7.1.1-1]
#[test]
fn mqtt_over_tcp_works() {
    let setup = start();
    round_trip(&mut setup.tcp(), false);
    let event = setup.event("connected");
    assert_eq!(event["product_key"], "a1aq9sQk2JE");
    assert_eq!(event["device_name"], "dev1");
    assert_eq!(setup.event("published")["routed"], true);
}

// server: [MQTT-7.1.1-1]
#[test]
fn mqtt_over_tls_works_on_the_same_port() {
    let setup = start();
    let mut stream = tls(setup.tcp(), setup.stand_in.ca_path(), "localhost");
    round_trip(&mut stream, true);
}

#[test]
fn a_connect_may_arrive_byte_by_byte() {
    let setup = start();
    let mut stream = setup.tcp();
    let packet = connect_packet(false, 60);
    let (last, rest) = packet.split_last().expect("not empty");
    for byte in rest {
        stream.write_all(&[*byte]).expect("sent");
    }
    exchange(&mut stream, &[*last], &ACCEPTED);
}

#[test]
fn what_is_neither_mqtt_nor_tls_nor_websocket_is_closed_and_told_of() {
    let setup = start();
    let mut stream = setup.tcp();
    stream.write_all(b"POST / HTTP/1.1\r\n\r\n").expect("sent");
    ends(&mut stream);
    let event = setup.event("handshake_failed");
    assert_eq!(event["port"], "mqtt");
    let reason = event["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("first byte is 0x50") && reason.contains("HTTP request?"),
        "{reason}"
    );
}

#[test]
fn the_same_holds_inside_tls() {
    let setup = start();
    let mut stream = tls(setup.tcp(), setup.stand_in.ca_path(), "127.0.0.1");
    stream.write_all(&[0x16]).expect("sent");
    stream.flush().expect("sent");
    ends(&mut stream);
    let event = setup.event("handshake_failed");
    let reason = event["reason"].as_str().expect("a reason");
    assert!(reason.contains("first byte inside TLS is 0x16"), "{reason}");
}

#[test]
fn a_newcomer_that_says_nothing_is_closed() {
    let setup = start_with(|options| options.first_byte_timeout = Duration::from_millis(50));
    let mut stream = setup.tcp();
    ends(&mut stream);
    let event = setup.event("handshake_failed");
    assert_eq!(event["reason"], "no first byte within 0.05 s");
    assert_eq!(
        event["peer"],
        stream.local_addr().expect("an address").to_string()
    );
}

#[test]
fn a_newcomer_that_says_nothing_inside_tls_is_closed() {
    let setup = start_with(|options| options.first_byte_timeout = Duration::from_secs(1));
    let mut stream = tls(setup.tcp(), setup.stand_in.ca_path(), "localhost");
    stream
        .conn
        .complete_io(&mut stream.sock)
        .expect("a handshake");
    ends(&mut stream);
    assert_eq!(
        setup.event("handshake_failed")["reason"],
        "no first byte within 1 s"
    );
}

#[test]
fn half_a_tls_handshake_is_closed_in_time() {
    let setup = start_with(|options| options.handshake_timeout = Duration::from_millis(50));
    let mut stream = setup.tcp();
    // A record header that announces 512 bytes of handshake.
    stream
        .write_all(&[0x16, 0x03, 0x01, 0x02, 0x00])
        .expect("sent");
    ends(&mut stream);
    assert_eq!(
        setup.event("handshake_failed")["reason"],
        "TLS: no end of the handshake within 0.05 s"
    );
}

#[test]
fn a_broken_tls_handshake_is_told_of_and_harms_nobody() {
    let setup = start();
    let mut stream = setup.tcp();
    stream
        .write_all(&[0x16, 0x03, 0x01, 0x00, 0x04, 0xff, 0xff, 0xff, 0xff])
        .expect("sent");
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut rest); // an alert, then the end
    let event = setup.event("handshake_failed");
    assert!(
        event["reason"]
            .as_str()
            .is_some_and(|reason| reason.starts_with("TLS: ")),
        "{event}"
    );
    round_trip(&mut setup.tcp(), false);
}

#[test]
fn who_only_looks_whether_the_port_is_open_makes_no_event() {
    let setup = start();
    drop(setup.tcp());
    let mut stream = setup.tcp();
    stream.write_all(&[0x00]).expect("sent");
    ends(&mut stream);
    // The first event about a peer is the second connection's.
    let event = setup.event("handshake_failed");
    assert_eq!(
        event["peer"],
        stream.local_addr().expect("an address").to_string()
    );
}
