//! Peers that are silent, broken or something else than a broker: each ends in an error that says what was
//! seen, and none in a hang or a panic.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tern_core::device::{Config, DisconnectKind, Login, Reconnect};
use tern_core::identity::Endpoint;
use tern_core::wire::QoS;
use tern_host::client::{Client, ClientError, ClientEvent, Params};
use tungstenite::Message;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::HeaderValue;

const CONNACK: &[u8] = &[0x20, 0x02, 0x00, 0x00];

/// A listener that takes one connection, reads the CONNECT and hands it to `script`.
fn peer(script: impl FnOnce(TcpStream) + Send + 'static) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut header = [0; 2];
        stream.read_exact(&mut header).unwrap();
        assert_eq!(header[0], 0x10, "a CONNECT");
        let mut rest = vec![0; header[1].into()];
        stream.read_exact(&mut rest).unwrap();
        script(stream);
    });
    (port, thread)
}

/// Reads until the other side closes.
fn until_closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut rest);
}

fn config(port: u16) -> Config {
    let mut config = Config::new(Login::Plain {
        client_id: "c1".into(),
        username: None,
        password: None,
        endpoint: Endpoint::from_url(&format!("mqtt://127.0.0.1:{port}")).unwrap(),
    });
    config.reconnect = Reconnect::Never;
    config
}

/// How constructing against this peer fails.
#[track_caller]
fn fails(config: Config) -> (DisconnectKind, String) {
    match Client::construct(Params::new(config), |_| ()) {
        Err(ClientError::Disconnected(disconnect)) => (disconnect.kind, disconnect.reason),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was constructed"),
    }
}

#[track_caller]
fn answered_by(bytes: &'static [u8]) -> (DisconnectKind, String) {
    let (port, thread) = peer(move |mut stream| {
        stream.write_all(bytes).unwrap();
        until_closed(stream);
    });
    let failure = fails(config(port));
    thread.join().unwrap();
    failure
}

#[test]
fn a_connack_that_never_comes_is_a_time_out() {
    let (port, thread) = peer(until_closed);
    let mut config = config(port);
    config.connect_timeout = Duration::from_millis(200);
    let (kind, reason) = fails(config);
    assert_eq!(kind, DisconnectKind::TimedOut);
    assert!(reason.contains("no CONNACK came"), "{reason}");
    thread.join().unwrap();
}

#[test]
fn half_a_frame_and_then_silence_is_a_time_out() {
    let (port, thread) = peer(|mut stream| {
        stream.write_all(&CONNACK[..3]).unwrap();
        until_closed(stream);
    });
    let mut config = config(port);
    config.connect_timeout = Duration::from_millis(200);
    assert_eq!(fails(config).0, DisconnectKind::TimedOut);
    thread.join().unwrap();
}

#[test]
fn bytes_that_are_no_mqtt_name_the_rule() {
    let (kind, reason) = answered_by(b"\x00\x00\x00");
    assert_eq!(kind, DisconnectKind::Malformed);
    assert!(reason.contains("byte 0"), "{reason}");

    let (kind, reason) = answered_by(&[0x20, 0x02, 0x02, 0x00]);
    assert_eq!(kind, DisconnectKind::Malformed);
    assert!(reason.contains("upper seven bits"), "{reason}");

    let (kind, reason) = answered_by(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(kind, DisconnectKind::PeerMisbehaved);
    assert!(reason.contains("web server"), "{reason}");
}

#[test]
fn a_packet_before_the_connack_is_the_peers_fault() {
    let (kind, reason) = answered_by(&[0xD0, 0x00]);
    assert_eq!(kind, DisconnectKind::PeerMisbehaved);
    assert!(reason.contains("MQTT-3.2.0-1"), "{reason}");
}

#[test]
fn a_peer_that_closes_without_a_connack_is_named() {
    let (port, thread) = peer(drop);
    let (kind, reason) = fails(config(port));
    assert_eq!(kind, DisconnectKind::Closed);
    assert!(reason.contains("before a CONNACK came"), "{reason}");
    thread.join().unwrap();
}

#[test]
fn a_port_where_nobody_listens_and_a_name_that_nobody_knows() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let (kind, reason) = fails(config(port));
    assert_eq!(kind, DisconnectKind::Network);
    assert!(reason.contains(&port.to_string()), "{reason}");

    let mut unknown = config(1883);
    if let Login::Plain { endpoint, .. } = &mut unknown.login {
        *endpoint = Endpoint::from_url("mqtt://nobody.invalid").unwrap();
    }
    let (kind, reason) = fails(unknown);
    assert_eq!(kind, DisconnectKind::Network);
    assert!(reason.contains("nobody.invalid"), "{reason}");
}

#[test]
fn a_packet_over_the_limit_ends_the_connection_before_it_is_read() {
    let (port, thread) = peer(|mut stream| {
        stream.write_all(CONNACK).unwrap();
        let mut publish = [0; 7];
        stream.read_exact(&mut publish).unwrap();
        // A PUBLISH that says it has 268 MB.
        stream
            .write_all(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00])
            .unwrap();
        until_closed(stream);
    });
    let (tell, told) = channel();
    let mut client = Client::construct(Params::new(config(port)), move |event: ClientEvent<'_>| {
        tell.send((event.number(), format!("{event:?}"))).unwrap();
    })
    .unwrap();
    client.publish("a/b", b"", QoS::AtMostOnce).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while client.yield_for(Duration::from_millis(20)).is_ok() {
        assert!(Instant::now() < deadline, "the connection still stands");
    }
    let (number, words) = told.recv().unwrap();
    assert_eq!(number, 13, "BUFFER_OVERFLOW");
    assert!(words.contains("larger than the limit"), "{words}");
    thread.join().unwrap();
}

// client: [MQTT-6.0.0-1]
#[test]
fn a_text_frame_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        #[allow(clippy::result_large_err)] // tungstenite's own signature
        let agree = |_: &Request, mut answer: Response| -> Result<Response, ErrorResponse> {
            let protocol = HeaderValue::from_static("mqtt");
            answer
                .headers_mut()
                .append("sec-websocket-protocol", protocol);
            Ok(answer)
        };
        let mut socket = tungstenite::accept_hdr(stream, agree).unwrap();
        assert!(matches!(socket.read().unwrap(), Message::Binary(_)));
        socket.send(Message::binary(CONNACK)).unwrap();
        socket.send(Message::text("hello")).unwrap();
        // Nothing more comes but the end.
        until_closed(socket.get_ref().try_clone().unwrap());
    });
    let mut config = config(port);
    if let Login::Plain { endpoint, .. } = &mut config.login {
        *endpoint = Endpoint::from_url(&format!("ws://127.0.0.1:{port}")).unwrap();
    }
    // The frame may come before the client is constructed, or after.
    let deadline = Instant::now() + Duration::from_secs(20);
    match Client::construct(Params::new(config), |_| ()) {
        Ok(mut client) => {
            while client.yield_for(Duration::from_millis(20)).is_ok() {
                assert!(Instant::now() < deadline, "the connection still stands");
            }
        }
        Err(ClientError::Disconnected(_)) => {}
        Err(other) => panic!("{other}"),
    }
    thread.join().unwrap();
}

#[test]
fn a_message_split_at_every_byte_arrives_whole() {
    // PUBLISH QoS 1, topic "a/b", packet identifier 7, payload "hello".
    let publish = b"\x32\x0C\x00\x03a/b\x00\x07hello";
    let (port, thread) = peer(move |mut stream| {
        stream.set_nodelay(true).unwrap();
        for byte in CONNACK.iter().chain(publish) {
            stream.write_all(&[*byte]).unwrap();
        }
        let mut puback = [0; 4];
        stream.read_exact(&mut puback).unwrap();
        assert_eq!(puback, [0x40, 0x02, 0x00, 0x07]);
        until_closed(stream);
    });
    let (tell, told) = channel();
    let mut client = Client::construct(Params::new(config(port)), move |event: ClientEvent<'_>| {
        if let ClientEvent::PublishReceived(message) = event {
            tell.send((
                message.topic.to_owned(),
                message.payload.to_vec(),
                message.qos,
            ))
            .unwrap();
        }
    })
    .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let message = loop {
        client.yield_for(Duration::from_millis(20)).unwrap();
        if let Ok(message) = told.try_recv() {
            break message;
        }
        assert!(Instant::now() < deadline, "the message did not come");
    };
    assert_eq!(
        message,
        ("a/b".to_owned(), b"hello".to_vec(), QoS::AtLeastOnce)
    );
    client.destroy().unwrap();
    thread.join().unwrap();
}
