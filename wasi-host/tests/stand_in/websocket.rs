//! MQTT over WebSocket, plain and inside TLS, on the same port.

use std::io::{self, Read, Write};

use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Bytes, Error, Message, WebSocket};

use crate::device::{ACCEPTED, PINGREQ, PINGRESP, connect_packet, round_trip, tls};
use crate::setup::{Setup, start};

/// A WebSocket as the byte stream that a device makes of it.
struct Bytewise<S> {
    socket: WebSocket<S>,
    rest: Bytes,
}

impl<S: Read + Write> Read for Bytewise<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.socket.read().map_err(io::Error::other)? {
                Message::Binary(bytes) => self.rest = bytes,
                other => panic!("not binary: {other:?}"),
            }
        }
        let count = into.len().min(self.rest.len());
        into[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}

impl<S: Read + Write> Write for Bytewise<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket
            .send(Message::Binary(Bytes::copy_from_slice(bytes)))
            .map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn upgrade<S: Read + Write>(
    stream: S,
    path: &str,
    protocol: Option<&'static str>,
) -> Result<Bytewise<S>, Error> {
    let mut request = format!("ws://localhost{path}")
        .into_client_request()
        .expect("a request");
    if let Some(protocol) = protocol {
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(protocol));
    }
    match tungstenite::client(request, stream) {
        Ok((socket, response)) => {
            assert_eq!(
                response.headers().get("Sec-WebSocket-Protocol"),
                Some(&HeaderValue::from_static("mqtt"))
            );
            Ok(Bytewise {
                socket,
                rest: Bytes::new(),
            })
        }
        Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

fn open(setup: &Setup) -> Bytewise<std::net::TcpStream> {
    upgrade(setup.tcp(), "/", Some("mqtt")).expect("an upgrade")
}

// server: [MQTT-6.0.0-1], [MQTT-6.0.0-4], [MQTT-7.1.1-1]
#[test]
fn mqtt_over_websocket_works_on_any_path() {
    let setup = start();
    for path in ["/", "/mqtt", "/a/b?c=d"] {
        let mut stream = upgrade(setup.tcp(), path, Some("mqttv3.1, mqtt")).expect(path);
        round_trip(&mut stream, false);
    }
}

#[test]
fn mqtt_over_websocket_inside_tls_works() {
    let setup = start();
    let stream = tls(setup.tcp(), setup.stand_in.ca_path(), "localhost");
    let mut stream = upgrade(stream, "/", Some("mqtt")).expect("an upgrade");
    round_trip(&mut stream, true);
}

// server: [MQTT-6.0.0-2]
#[test]
fn a_packet_may_span_frames_and_a_frame_may_hold_packets() {
    let setup = start();
    let mut stream = open(&setup);
    let packet = connect_packet(false, 60);
    let (first, second) = packet.split_at(7);
    stream.write_all(first).expect("sent");
    let mut rest = second.to_vec();
    rest.extend_from_slice(&PINGREQ);
    rest.extend_from_slice(&PINGREQ);
    stream.write_all(&rest).expect("sent");
    let mut got = [0; 8];
    stream.read_exact(&mut got).expect("three answers");
    assert_eq!(
        got,
        [ACCEPTED.as_slice(), &PINGRESP, &PINGRESP].concat()[..]
    );
}

#[test]
fn without_the_sub_protocol_the_upgrade_is_refused() {
    let setup = start();
    let error = upgrade(setup.tcp(), "/", None)
        .map(drop)
        .expect_err("a refusal");
    let Error::Http(response) = error else {
        panic!("{error}")
    };
    assert_eq!(response.status(), 400);
    let reason = setup.event("handshake_failed")["reason"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(reason.contains("sub-protocol mqtt"), "{reason}");
}

// server: [MQTT-6.0.0-1]
#[test]
fn a_text_frame_ends_the_connection() {
    let setup = start();
    let mut stream = open(&setup);
    stream.write_all(&connect_packet(false, 60)).expect("sent");
    let mut got = [0; 4];
    stream.read_exact(&mut got).expect("a CONNACK");
    stream
        .socket
        .send(Message::Text("hello".into()))
        .expect("sent");
    assert!(stream.socket.read().is_err());
    let reason = setup.event("disconnected")["reason"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(reason.contains("MQTT-6.0.0-1"), "{reason}");
}

#[test]
fn a_ping_is_answered_below_mqtt() {
    let setup = start();
    let mut stream = open(&setup);
    stream
        .socket
        .send(Message::Ping("are you there?".into()))
        .expect("sent");
    assert_eq!(
        stream.socket.read().expect("a pong"),
        Message::Pong("are you there?".into())
    );
}

#[test]
fn a_refusal_is_followed_by_a_close_frame() {
    let setup = start();
    let mut stream = open(&setup);
    stream.write_all(&connect_packet(false, 30)).expect("sent");
    assert_eq!(
        stream.socket.read().expect("a CONNACK"),
        Message::Binary(Bytes::from_static(&[0x20, 2, 0, 3]))
    );
    assert!(matches!(stream.socket.read(), Ok(Message::Close(_))));
}

#[test]
fn a_browser_that_opens_the_port_gets_an_answer_it_can_show() {
    let setup = start();
    let address = setup.stand_in.addresses().mqtt;
    let answer = crate::http::request(address, "GET", "/", "");
    assert_eq!(answer.status, 426);
    assert!(answer.text().contains("MQTT"), "{}", answer.text());
}
