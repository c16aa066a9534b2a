//! Publishes as fast as the broker takes it, many packets in one write, and never more than it may.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use tern_core::wire::{self, Connect, Packet, Publish, QoS};

/// A payload's length in bytes.
pub(crate) const PAYLOAD: usize = 64;
/// The topics, all below one level.
pub(crate) const FILTER: &str = "/a1aq9sQk2JE/dev1/bench/#";
/// How many topics there are.
pub(crate) const TOPICS: usize = 20;
/// Packets in one write.
const CHUNK: u64 = 100;
/// How many different chunks are made, and then sent again and again.
const CHUNKS: usize = 100;
/// How long the broker may take for one write: it reads whatever its other clients do.
const PATIENCE: Duration = Duration::from_secs(20);

/// A publisher in a thread of its own. It ends when this is dropped.
pub(crate) struct Feeder {
    allowances: Sender<u64>,
    sent: Arc<AtomicU64>,
    allowed: u64,
}

impl Feeder {
    /// Connects to the broker, and waits to be allowed to send.
    pub(crate) fn start(broker: SocketAddr) -> Self {
        let stream = connect(broker);
        let (allowances, allowed) = mpsc::channel();
        let sent = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&sent);
        thread::spawn(move || publish(stream, &allowed, &counter));
        Self {
            allowances,
            sent,
            allowed: 0,
        }
    }

    /// Allows it to have sent so many messages since its start, rounded up to whole writes.
    pub(crate) fn allow(&mut self, total: u64) {
        let total = total.next_multiple_of(CHUNK);
        if total > self.allowed {
            self.allowed = total;
            self.allowances
                .send(total)
                .expect("the feeder lives as long as the broker reads");
        }
    }

    /// How many it may have sent.
    pub(crate) fn allowed(&self) -> u64 {
        self.allowed
    }

    /// How many messages it has handed to the broker.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

fn publish(mut stream: TcpStream, allowances: &Receiver<u64>, sent: &AtomicU64) {
    let chunks = chunks();
    let mut next = chunks.iter().cycle();
    for allowed in allowances {
        while sent.load(Ordering::Relaxed) < allowed {
            let Some(chunk) = next.next() else { return };
            if let Err(error) = stream.write_all(chunk) {
                eprintln!("the broker takes no more from the feeder: {error}");
                return;
            }
            sent.fetch_add(CHUNK, Ordering::Relaxed);
        }
    }
}

fn connect(broker: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(broker).expect("the broker listens");
    stream
        .set_write_timeout(Some(PATIENCE))
        .and_then(|()| stream.set_read_timeout(Some(PATIENCE)))
        .expect("a time above nought");
    let connect = Packet::Connect(Connect {
        protocol_level: 4,
        client_id: "feeder".into(),
        username: None,
        password: None,
        keep_alive: 0,
        clean_session: true,
        will: None,
    });
    let mut bytes = Vec::new();
    wire::write(&connect, &mut bytes).expect("a short CONNECT");
    stream.write_all(&bytes).expect("the broker reads");
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).expect("the broker answers");
    assert_eq!(connack, [0x20, 2, 0, 0], "a CONNACK that accepts");
    stream
}

/// Messages as devices send them, ready to be written.
fn chunks() -> Vec<Vec<u8>> {
    let mut number = 0;
    let mut chunk = || {
        let mut bytes = Vec::new();
        for _ in 0..CHUNK {
            let topic = format!("/a1aq9sQk2JE/dev1/bench/sensor{:02}", number % TOPICS);
            let publish = Publish {
                dup: false,
                qos: QoS::AtMostOnce,
                retain: false,
                topic: &topic,
                packet_id: None,
                payload: &payload(number),
            };
            wire::write_publish(&publish, &mut bytes).expect("a short PUBLISH");
            number += 1;
        }
        bytes
    };
    (0..CHUNKS).map(|_| chunk()).collect()
}

/// A reading in JSON, of [`PAYLOAD`] bytes.
pub(crate) fn payload(number: usize) -> Vec<u8> {
    let degrees = 20.0 + (number % 100) as f64 / 10.0;
    let front = format!(r#"{{"seq":{number},"temperature":{degrees:.1},"unit":"C","from":""#);
    let mut payload = front.into_bytes();
    payload.resize(PAYLOAD - 2, b'.');
    payload.extend(b"\"}");
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_json_of_the_length_that_is_promised() {
        for number in [0, 99, 999_999] {
            let payload = payload(number);
            assert_eq!(payload.len(), PAYLOAD);
            let read: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
            assert_eq!(read["seq"], number);
        }
    }

    #[test]
    fn every_chunk_holds_whole_packets_on_all_topics() {
        for chunk in chunks() {
            let mut rest = chunk.as_slice();
            let mut topics = std::collections::BTreeSet::new();
            let mut packets = 0;
            while let Ok(wire::Framed::Complete { len }) =
                wire::frame(rest, wire::Sender::Client, usize::MAX)
            {
                let (packet, after) = rest.split_at(len);
                let Ok(Packet::Publish(publish)) = wire::read(packet, wire::Sender::Client) else {
                    panic!("no PUBLISH");
                };
                topics.insert(publish.topic.to_owned());
                (packets, rest) = (packets + 1, after);
                if rest.is_empty() {
                    break;
                }
            }
            assert_eq!((packets, topics.len(), rest.len()), (CHUNK, TOPICS, 0));
        }
    }
}
