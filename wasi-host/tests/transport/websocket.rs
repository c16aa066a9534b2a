//! MQTT over WebSocket.

use std::io::{Read, Write};
use std::net::TcpStream;

use tern_host::transport::{Phase, TlsSettings, TransportError, WebSocketFault};
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::HeaderValue;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::{Message, WebSocket};

use crate::drive::Drive;
use crate::peer::{Authority, Peer, take};
use crate::tcp::pattern;

/// Agrees to the upgrade and to MQTT, as a broker does.
fn accept<S: Read + Write>(stream: S) -> WebSocket<S> {
    #[allow(clippy::result_large_err)] // tungstenite's own signature
    let agree = |request: &Request, mut answer: Response| -> Result<Response, ErrorResponse> {
        assert_eq!(request.uri(), "/mqtt?x=1");
        assert_eq!(request.headers()["sec-websocket-protocol"], "mqtt");
        answer
            .headers_mut()
            .append("sec-websocket-protocol", HeaderValue::from_static("mqtt"));
        Ok(answer)
    };
    match tungstenite::accept_hdr(stream, agree) {
        Ok(socket) => socket,
        Err(error) => panic!("{error}"),
    }
}

fn drive(peer: &Peer<impl Send + 'static>) -> Drive {
    let url = format!("ws://127.0.0.1:{}/mqtt?x=1", peer.address.port());
    Drive::connect(&url, &[peer.address], &TlsSettings::built_in())
}

/// A peer that agrees to the upgrade and goes on as `act` says.
fn broker<T: Send + 'static>(
    act: impl FnOnce(WebSocket<TcpStream>) -> T + Send + 'static,
) -> Peer<T> {
    Peer::new(|stream| act(accept(stream)))
}

fn fault(error: TransportError) -> WebSocketFault {
    match error {
        TransportError::WebSocket(fault) => fault,
        other => panic!("{other:?}"),
    }
}

// client: [MQTT-6.0.0-1], [MQTT-6.0.0-3]
#[test]
fn bytes_go_both_ways_in_binary_messages() {
    let peer = broker(|mut socket| {
        assert_eq!(socket.read().unwrap(), Message::binary(&b"hello"[..]));
        assert!(socket.read().unwrap() == Message::binary(pattern(200_000)));
        socket.send(Message::binary(&b"world"[..])).unwrap();
        socket.send(Message::binary(pattern(200_000))).unwrap();
    });
    let mut drive = drive(&peer).opened();
    drive.write(b"hello");
    drive.write(&pattern(200_000));
    drive.flush();
    assert_eq!(drive.read(5).unwrap(), b"world");
    assert!(drive.read(200_000).unwrap() == pattern(200_000));
    peer.finish();
}

#[test]
fn the_same_inside_tls() {
    let authority = Authority::new("WebSocket");
    let peer = authority.server(&["localhost"], |_| {}).peer(|stream| {
        let mut socket = accept(stream);
        assert!(socket.read().unwrap() == Message::binary(pattern(200_000)));
        socket.send(Message::binary(pattern(1_000_000))).unwrap();
    });
    let url = format!("wss://localhost:{}/mqtt?x=1", peer.address.port());
    let mut drive = Drive::connect(&url, &[peer.address], &authority.trusted()).opened();
    drive.write(&pattern(200_000));
    drive.flush();
    assert!(drive.read(1_000_000).unwrap() == pattern(1_000_000));
    peer.finish().unwrap();
}

// client: [MQTT-6.0.0-2]
#[test]
fn the_borders_of_messages_mean_nothing() {
    let peer = broker(|mut socket| {
        for part in [&b"a"[..], b"", b"bc"] {
            socket.write(Message::binary(part)).unwrap();
        }
        // One message in three frames, with a ping between them.
        let frame = |bytes: &'static [u8], opcode, last| {
            Message::Frame(Frame::message(bytes, OpCode::Data(opcode), last))
        };
        socket.write(frame(b"de", Data::Binary, false)).unwrap();
        socket.write(Message::Ping("now".into())).unwrap();
        socket.write(frame(b"f", Data::Continue, false)).unwrap();
        socket.write(frame(b"gh", Data::Continue, true)).unwrap();
        socket.flush().unwrap();
        assert_eq!(socket.read().unwrap(), Message::Pong("now".into()));
    });
    let mut drive = drive(&peer).opened();
    assert_eq!(drive.read(8).unwrap(), b"abcdefgh");
    drive.flush();
    peer.finish();
}

#[test]
fn a_read_keeps_to_its_limit_inside_a_message() {
    let peer = broker(|mut socket| {
        socket.send(Message::binary(pattern(50_000))).unwrap();
        socket.read().unwrap()
    });
    let mut drive = drive(&peer).opened();
    let mut all = Vec::new();
    while all.len() < 50_000 {
        all.extend(drive.read(2_500).unwrap());
    }
    assert!(all == pattern(50_000));
    drive.write(b".");
    peer.finish();
}

#[test]
fn bytes_right_behind_the_upgrade_are_not_left_behind() {
    let peer = Peer::new(|mut stream| {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.extend(take(&mut stream, 1));
        }
        let request = String::from_utf8(request).unwrap();
        let request = request.replace("Sec-WebSocket-Key: ", "sec-websocket-key: ");
        let key = request
            .lines()
            .find_map(|line| line.strip_prefix("sec-websocket-key: "))
            .unwrap();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        let mut answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
        )
        .into_bytes();
        // A frame: final, binary (82), 5 bytes, not masked (05).
        answer.extend(b"\x82\x05first");
        stream.write_all(&answer).unwrap();
        take(&mut stream, 1);
    });
    let mut drive = drive(&peer).opened();
    assert_eq!(drive.read(5).unwrap(), b"first");
    drive.write(b".");
    peer.finish();
}

// client: [MQTT-6.0.0-1]
#[test]
fn a_text_frame_is_refused_after_the_bytes_before_it() {
    let peer = broker(|mut socket| {
        socket.write(Message::binary(&b"mqtt"[..])).unwrap();
        socket.write(Message::text("not mqtt")).unwrap();
        socket.flush().unwrap();
        let _ = socket.read();
    });
    let mut drive = drive(&peer).opened();
    let (bytes, end) = drive.read_to_end();
    assert_eq!(bytes, b"mqtt");
    assert!(end.is_peer_fault());
    assert_eq!(fault(end), WebSocketFault::TextFrame);
    drop(drive);
    peer.finish();
}

#[test]
fn a_frame_over_the_limit_is_refused_unread() {
    let peer = broker(|mut socket| {
        // A frame: final, binary (82), with a length of 8 bytes (7f): 1 TiB.
        let head = [0x82, 0x7f, 0, 0, 1, 0, 0, 0, 0, 0];
        socket.get_mut().write_all(&head).unwrap();
        let _ = socket.read();
    });
    let mut drive = drive(&peer).opened();
    let (_, end) = drive.read_to_end();
    let limit = 4 * 1024 * 1024;
    assert_eq!(
        fault(end),
        WebSocketFault::TooLarge {
            size: 1 << 40,
            limit
        }
    );
    drop(drive);
    peer.finish();
}

#[test]
fn a_broken_frame_is_the_peers_fault() {
    let peer = broker(|mut socket| {
        // A frame with a reserved bit (f2) set.
        socket.get_mut().write_all(&[0xf2, 0x00]).unwrap();
        let _ = socket.read();
    });
    let mut drive = drive(&peer).opened();
    let (_, end) = drive.read_to_end();
    assert!(end.is_peer_fault(), "{end}");
    assert!(matches!(fault(end), WebSocketFault::Protocol { .. }));
    drop(drive);
    peer.finish();
}

#[test]
fn a_close_frame_ends_the_stream_with_its_words() {
    let peer = broker(|mut socket| {
        let frame = CloseFrame {
            code: CloseCode::Away,
            reason: "going home".into(),
        };
        socket.close(Some(frame)).unwrap();
        socket.flush().unwrap();
        socket.read().unwrap()
    });
    let mut drive = drive(&peer).opened();
    let (_, end) = drive.read_to_end();
    assert!(end.to_string().contains("said: 1001 going home"), "{end}");
    assert!(matches!(peer.finish(), Message::Close(Some(_))), "answered");
}

#[test]
fn closing_sends_a_close_frame() {
    let peer = broker(|mut socket| socket.read().unwrap());
    let mut drive = drive(&peer).opened();
    drive.transport.close();
    assert_eq!(peer.finish(), Message::Close(None));
}

#[test]
fn an_end_without_a_close_frame_is_an_end() {
    let peer = broker(drop);
    let mut drive = drive(&peer).opened();
    let (_, end) = drive.read_to_end();
    let expected = matches!(
        end,
        TransportError::Closed {
            during: Phase::Plain | Phase::Wrapped,
            heard: true,
            said: None
        }
    );
    assert!(expected, "{end:?}");
    peer.finish();
}

#[test]
fn a_server_that_does_not_agree_to_mqtt_is_refused() {
    let peer = Peer::new(|stream| tungstenite::accept(stream).is_ok());
    let error = drive(&peer).refusal();
    assert_eq!(fault(error), WebSocketFault::SubProtocol);
    assert!(peer.finish());
}

#[test]
fn another_status_than_101_is_explained() {
    for (answer, expected) in [
        (
            &b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..],
            "/mqtt",
        ),
        (
            b"HTTP/1.1 301 Moved\r\nLocation: /other\r\n\r\n",
            "not followed",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "login of its own"),
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "a proxy on the way wants a login",
        ),
        (b"HTTP/1.1 503 Busy\r\n\r\n", "try again later"),
    ] {
        let peer = Peer::that_answers(answer);
        let error = drive(&peer).refusal();
        let words = error.to_string();
        assert!(matches!(fault(error), WebSocketFault::Status { .. }));
        assert!(words.contains(expected), "{words}");
        peer.finish();
    }
}

#[test]
fn an_answer_that_is_no_upgrade_is_explained() {
    let missing = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
    for answer in [&missing[..], b"\x20\x02\x00\x00\r\n\r\n", b"hello\r\n\r\n"] {
        let peer = Peer::that_answers(answer);
        let error = drive(&peer).refusal();
        assert!(
            matches!(fault(error), WebSocketFault::BadUpgrade { .. }),
            "{answer:?}"
        );
        peer.finish();
    }
}

#[test]
fn a_tls_alert_in_answer_to_the_upgrade_is_recognised() {
    let peer = Peer::that_answers(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);
    let error = drive(&peer).refusal();
    assert!(matches!(error, TransportError::TlsExpected), "{error:?}");
    peer.finish();
}

#[test]
fn a_peer_that_closes_on_the_upgrade_takes_no_websocket() {
    let closes = Peer::that_answers(b"");
    // Closing with bytes unread makes the system send a reset.
    let resets = Peer::new(|stream| assert_eq!(stream.peek(&mut [0]).unwrap(), 1));
    for peer in [closes, resets] {
        let error = drive(&peer).refusal();
        assert!(error.to_string().contains("takes WebSocket"), "{error}");
        peer.finish();
    }
}
