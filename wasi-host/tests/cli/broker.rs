//! A broker of a few lines, for what the stand-in never does: to be late, to leave out an answer, to send
//! faster than anybody reads.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use crate::program::PATIENCE;

pub(crate) const CONNECT: u8 = 0x10;
pub(crate) const PUBLISH: u8 = 0x32;
pub(crate) const PUBACK: u8 = 0x40;
pub(crate) const SUBSCRIBE: u8 = 0x82;
pub(crate) const PINGREQ: u8 = 0xC0;
pub(crate) const DISCONNECT: u8 = 0xE0;

pub(crate) const CONNACK: &[u8] = &[0x20, 2, 0, 0];
/// The SUBACK to the first SUBSCRIBE, with QoS 1.
pub(crate) const SUBACK: &[u8] = &[0x90, 3, 0, 1, 1];
pub(crate) const PINGRESP: &[u8] = &[0xD0, 0];

/// Waits for one connection.
pub(crate) struct Broker(TcpListener);

/// The connection: each packet that comes, and the way back.
pub(crate) struct Connection {
    packets: Receiver<(u8, Vec<u8>)>,
    stream: Arc<Mutex<TcpStream>>,
}

impl Broker {
    pub(crate) fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("mqtt://{}", self.0.local_addr().unwrap())
    }

    /// The connection, once its CONNECT has come. PINGREQs are answered as soon as there is room.
    pub(crate) fn accept(&self) -> Connection {
        self.accept_login().0
    }

    /// The same with the body of the CONNECT.
    pub(crate) fn accept_login(&self) -> (Connection, Vec<u8>) {
        let (stream, _) = self.0.accept().unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let mut reader = stream.try_clone().unwrap();
        let stream = Arc::new(Mutex::new(stream));
        let (tell, packets) = channel();
        let (ping, pings) = channel();
        std::thread::spawn(move || {
            while let Some((first, body)) = packet(&mut reader) {
                // The test, or the connection, may be over.
                if first == PINGREQ {
                    let _ = ping.send(());
                }
                let _ = tell.send((first, body));
            }
        });
        let answer = Arc::clone(&stream);
        std::thread::spawn(move || {
            for () in pings {
                let _ = answer.lock().unwrap().write_all(PINGRESP);
            }
        });
        let connection = Connection { packets, stream };
        let login = connection.expect(CONNECT);
        (connection, login)
    }

    /// The same, with the login accepted and one subscription granted.
    pub(crate) fn accept_subscriber(&self) -> Connection {
        let connection = self.accept();
        connection.send(CONNACK);
        connection.expect(SUBSCRIBE);
        connection.send(SUBACK);
        connection
    }
}

impl Connection {
    /// Sends bytes.
    pub(crate) fn send(&self, bytes: &[u8]) {
        self.stream.lock().unwrap().write_all(bytes).unwrap();
    }

    /// Sends bytes on a thread of its own, `times` over, until the other side is gone.
    pub(crate) fn flood(&self, bytes: Vec<u8>, times: usize) {
        let stream = Arc::clone(&self.stream);
        std::thread::spawn(move || {
            for _ in 0..times {
                if stream.lock().unwrap().write_all(&bytes).is_err() {
                    return;
                }
            }
        });
    }

    /// The next packet, which has this first byte; its body.
    #[track_caller]
    pub(crate) fn expect(&self, first: u8) -> Vec<u8> {
        let (came, body) = self.packets.recv_timeout(PATIENCE).unwrap();
        assert_eq!(came, first, "{body:?}");
        body
    }

    /// The first bytes of all packets that still come, until the other side closes.
    pub(crate) fn rest(&self) -> Vec<u8> {
        let mut rest = Vec::new();
        while let Ok((first, _)) = self.packets.recv_timeout(PATIENCE) {
            rest.push(first);
        }
        rest
    }
}

/// A QoS 1 message to the topic `a`.
pub(crate) fn message(id: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![PUBLISH];
    let mut left = 5 + payload.len();
    while left > 0x7F {
        packet.push(left as u8 | 0x80);
        left >>= 7;
    }
    packet.extend_from_slice(&[left as u8, 0, 1, b'a', 0, id]);
    packet.extend_from_slice(payload);
    packet
}

fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte).ok()?;
    let first = byte[0];
    let mut len = 0;
    for shift in [0, 7, 14, 21] {
        stream.read_exact(&mut byte).ok()?;
        len |= usize::from(byte[0] & 0x7F) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; len];
    stream.read_exact(&mut body).ok()?;
    Some((first, body))
}
