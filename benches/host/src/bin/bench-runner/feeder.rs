//! Publishes as fast as the broker takes it: packets written once, many to a system call.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::Receiver;
use std::thread;

use crate::{PAYLOAD, TOPIC};

/// How far the reader may be behind. The broker keeps what it can't send in memory; enough that nobody waits for the
/// feeder, and not so much that the broker works on its own queue instead.
const AHEAD: u64 = 4_000;

/// Packets that are written by one system call.
const TOGETHER: u16 = 200;

/// What is sent to a broker, without a thought for what it answers.
pub(crate) struct Feeder {
    stream: TcpStream,
}

impl Feeder {
    /// Connects, and lets the broker keep a first message for whoever subscribes: who has got it is subscribed.
    pub(crate) fn start(broker: SocketAddr, qos: u8) -> Self {
        let mut stream = TcpStream::connect(broker).expect("the broker listens");
        stream.set_nodelay(true).expect("a socket has options");
        let connect = b"\x10\x12\x00\x04MQTT\x04\x02\x00\x00\x00\x06feeder";
        stream.write_all(connect).expect("the broker listens");
        let mut connack = [0; 4];
        stream
            .read_exact(&mut connack)
            .expect("the broker answers a CONNECT");
        assert_eq!(connack, [0x20, 2, 0, 0], "the broker accepts a CONNECT");
        let retain = 1;
        let first = packet(0x32 | retain, Some(1));
        stream.write_all(&first).expect("the broker listens");
        let mut puback = [0; 4];
        stream
            .read_exact(&mut puback)
            .expect("the broker acknowledges a PUBLISH");
        if qos > 0 {
            let mut acknowledgements = stream.try_clone().expect("a socket can be shared");
            // Ends with the connection.
            thread::spawn(move || {
                let mut bytes = [0; 64 * 1024];
                while acknowledgements
                    .read(&mut bytes)
                    .is_ok_and(|bytes| bytes > 0)
                {}
            });
        }
        Self { stream }
    }

    /// Sends `messages`; `arrived` brings how many have reached their reader, again and again.
    pub(crate) fn feed(mut self, qos: u8, messages: u64, arrived: &Receiver<u64>) {
        let packets: Vec<u8> = (1..=TOGETHER)
            .flat_map(|number| packet(0x30 | qos << 1, (qos > 0).then_some(number)))
            .collect();
        let length = packets.len() / usize::from(TOGETHER);
        let mut sent = 0;
        let mut there = 0;
        while sent < messages {
            while sent >= there + AHEAD {
                match arrived.recv() {
                    Ok(now) => there = now,
                    // The reader has gone; whoever measures finds out why.
                    Err(_) => return,
                }
            }
            let together = (messages - sent).min(TOGETHER.into());
            let bytes = packets
                .get(..length * usize::try_from(together).unwrap_or(0))
                .expect("as many as there are, or fewer");
            if self.stream.write_all(bytes).is_err() {
                return;
            }
            sent += together;
        }
        // Until everything has arrived: the broker drops nothing of a connection that stands.
        while arrived.recv().is_ok() {}
        let _ = self.stream.write_all(b"\xE0\x00");
    }
}

/// A PUBLISH, all of one length with the same QoS.
fn packet(first: u8, packet_id: Option<u16>) -> Vec<u8> {
    let topic = u16::try_from(TOPIC.len()).expect("it is short");
    let mut rest = topic.to_be_bytes().to_vec();
    rest.extend(TOPIC.as_bytes());
    rest.extend(packet_id.into_iter().flat_map(u16::to_be_bytes));
    rest.extend([b'x'; PAYLOAD]);
    let length = u8::try_from(rest.len()).expect("it is short");
    assert!(length < 128, "one byte tells the length");
    [&[first, length], &rest[..]].concat()
}
