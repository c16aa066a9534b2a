//! What a device sees on the wire, and what the events tell of it.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use tern_platform::{IdleFactor, Settings};

use crate::device::{
    ACCEPTED, DISCONNECT, PINGREQ, PINGRESP, PUBLISH, SUBACK, SUBSCRIBE, connect_packet, ends,
    exchange, expect, plain_connect, round_trip,
};
use crate::setup::{DEADLINE, start, start_with};

#[test]
fn a_keep_alive_outside_the_window_is_refused_with_3() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(
        &mut stream,
        &connect_packet(false, 30),
        &[0x20, 0x02, 0x00, 0x03],
    );
    assert!(ends(&mut stream));
    let event = setup.event("refused");
    assert_eq!(event["connack"], 3);
    assert!(
        event["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("30") && reason.contains("60")),
        "{event}"
    );
}

#[test]
fn a_wrong_signature_is_refused_with_4() {
    let setup = start();
    let mut stream = setup.tcp();
    let id = "12345|securemode=3,signmethod=hmacsha1|".to_owned();
    let packet = plain_connect(id, "dev1&a1aq9sQk2JE".to_owned(), &"0".repeat(40), 60);
    exchange(&mut stream, &packet, &[0x20, 0x02, 0x00, 0x04]);
    assert_eq!(setup.event("refused")["device_name"], "dev1");
}

#[test]
fn a_refusal_arrives_though_the_device_has_sent_more() {
    let setup = start();
    let mut stream = setup.tcp();
    let mut bytes = connect_packet(false, 30);
    for _ in 0..1000 {
        bytes.extend_from_slice(SUBSCRIBE);
    }
    exchange(&mut stream, &bytes, &[0x20, 0x02, 0x00, 0x03]);
}

#[test]
fn a_second_login_pushes_the_first_one_off() {
    let setup = start();
    let mut first = setup.tcp();
    round_trip(&mut first, false);
    let mut second = setup.tcp();
    round_trip(&mut second, false);
    assert!(ends(&mut first));
    assert!(setup.event("disconnected")["reason"].as_str().is_some());
}

#[test]
fn a_disconnect_ends_the_connection_cleanly() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    stream.write_all(&DISCONNECT).expect("sent");
    assert!(ends(&mut stream));
    assert_eq!(setup.event("disconnected")["device_name"], "dev1");
}

#[test]
fn a_device_that_vanishes_is_told_of() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    drop(stream);
    assert_eq!(
        setup.event("disconnected")["reason"],
        "the device closed the connection"
    );
}

#[test]
fn a_silent_device_is_dropped_after_its_keep_alive_times_the_factor() {
    let setup = start_with(|options| {
        options.settings = Settings {
            keep_alive: 1..=300,
            idle_factor: IdleFactor::new(0.2).expect("a factor"),
            ..Settings::default()
        };
    });
    let mut stream = setup.tcp();
    let start = Instant::now();
    exchange(&mut stream, &connect_packet(false, 1), &ACCEPTED);
    assert!(ends(&mut stream));
    assert!(
        start.elapsed() >= Duration::from_millis(199),
        "{:?}",
        start.elapsed()
    );
    assert!(
        setup.event("disconnected")["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("keep alive of 1 s"))
    );
}

#[test]
fn half_a_connect_is_closed_in_time() {
    let setup = start_with(|options| options.settings.connect_timeout = Duration::from_millis(50));
    let mut stream = setup.tcp();
    let packet = connect_packet(false, 60);
    stream.write_all(&packet[..packet.len() / 2]).expect("sent");
    assert!(ends(&mut stream));
    assert_eq!(
        setup.event("disconnected")["reason"],
        "no CONNECT within 0.05 s"
    );
}

#[test]
fn a_malformed_packet_ends_the_connection_with_the_rule() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    stream.write_all(&[0x36, 0x00]).expect("sent"); // PUBLISH with QoS 3
    ends(&mut stream);
    let reason = setup.event("disconnected")["reason"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(reason.contains("MQTT-3.3.1-4"), "{reason}");
}

#[test]
fn packets_of_any_length_and_split_come_through() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    exchange(&mut stream, SUBSCRIBE, &SUBACK);
    let payload = vec![b'x'; 200 * 1024];
    // PUBLISH QoS 0: remaining length 204,824 = 24 + 200 * 1024, in three bytes.
    let mut packet = vec![0x30, 0x98, 0xc0, 0x0c];
    packet.extend_from_slice(b"\x00\x16/a1aq9sQk2JE/dev1/data");
    packet.extend_from_slice(&payload);
    let mut reader = stream.try_clone().expect("a second handle");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5 {
                stream.write_all(&packet).expect("sent");
            }
        });
        for _ in 0..5 {
            expect(&mut reader, &packet);
        }
    });
}

#[test]
fn a_device_that_does_not_read_holds_up_nobody() {
    let setup = start_with(|options| {
        let mut other = tern_platform::sample::device();
        other.triple.device_name = tern_core::identity::DeviceName::new("dev2").expect("a name");
        options.devices.push(other);
    });
    let mut deaf = setup.tcp();
    exchange(&mut deaf, &connect_packet(false, 60), &ACCEPTED);
    exchange(&mut deaf, SUBSCRIBE, &SUBACK);
    // Its own messages come back to it and it takes none of them: it is sent more than all buffers hold.
    deaf.set_nonblocking(true).expect("non-blocking");
    let mut packet = vec![0x30, 0x98, 0x80, 0x04];
    packet.extend_from_slice(b"\x00\x16/a1aq9sQk2JE/dev1/data");
    packet.resize(4 + 24 + 64 * 1024, b'x');
    let start = Instant::now();
    let mut sent = 0;
    while sent < 64 * 1024 * 1024 && start.elapsed() < DEADLINE {
        match deaf.write(&packet[sent % packet.len()..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(sent > 0);

    let client_id = tern_core::identity::ClientId::new("2").expect("a client id");
    let mut triple = tern_platform::sample::device().triple;
    triple.device_name = tern_core::identity::DeviceName::new("dev2").expect("a name");
    let login = tern_core::sign::direct(&triple, &client_id, Default::default(), 3, None);
    let packet = plain_connect(login.client_id, login.username, login.password.expose(), 60);
    let mut other = setup.tcp();
    exchange(&mut other, &packet, &ACCEPTED);
    exchange(&mut other, &PINGREQ, &PINGRESP);
}

#[test]
fn the_end_of_the_stand_in_is_a_clean_end_for_devices() {
    let setup = start();
    let mut stream = setup.tcp();
    round_trip(&mut stream, false);
    setup.stand_in.stop().expect("a clean end");
    assert!(ends(&mut stream));
}

#[test]
fn dropping_the_handle_ends_it_too() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    drop(setup);
    let mut rest = Vec::new();
    assert_eq!(stream.read_to_end(&mut rest).ok(), Some(0));
}

#[test]
fn a_packet_sent_again_and_again_comes_back_in_order() {
    let setup = start();
    let mut stream = setup.tcp();
    round_trip(&mut stream, false);
    stream.write_all(&PUBLISH.repeat(500)).expect("sent");
    expect(&mut stream, &PUBLISH.repeat(500));
}
