//! One device: a socket, and the little of MQTT that it must understand.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;

use mio::net::TcpStream;
use tern_core::wire::{self, Packet, PacketId, QoS, Subscribe};

/// A packet that has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// CONNACK.
    Connected,
    /// SUBACK.
    Subscribed,
    /// PUBACK of the message with this identifier.
    Acknowledged(u16),
    /// PUBLISH; if it asks for an acknowledgement, that is on its way.
    Message,
}

/// A device.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// The beginning of a packet whose rest has not come.
    kept: Vec<u8>,
    unsent: Vec<u8>,
    /// A PUBLISH as it goes out, and where its packet identifier stands in it.
    publish: Vec<u8>,
    packet_id_at: Option<usize>,
    last_packet_id: u16,
}

impl Client {
    pub(super) fn connect(server: SocketAddr, connect: &[u8]) -> Self {
        let stream = TcpStream::connect(server)
            .unwrap_or_else(|error| panic!("no connection to {server}: {error}"));
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            kept: Vec::new(),
            unsent: connect.to_vec(),
            publish: Vec::new(),
            packet_id_at: None,
            last_packet_id: 0,
        }
    }

    pub(super) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Prepares the message that [`Self::publish`] sends.
    ///
    /// # Panics
    /// It is none.
    pub fn prepare(&mut self, topic: &str, payload: &[u8], qos: QoS) {
        let packet_id = (qos != QoS::AtMostOnce).then(|| PacketId::new(1)).flatten();
        let publish = wire::Publish {
            dup: false,
            qos,
            retain: false,
            topic,
            packet_id,
            payload,
        };
        self.publish.clear();
        wire::write_publish(&publish, &mut self.publish).expect("a legal PUBLISH");
        let behind = payload.len() + 2;
        self.packet_id_at = packet_id.map(|_| self.publish.len() - behind);
    }

    /// Has the prepared message go out with the next write, and says its packet identifier: 0 with QoS 0.
    pub fn publish(&mut self) -> u16 {
        let Some(at) = self.packet_id_at else {
            self.unsent.extend_from_slice(&self.publish);
            return 0;
        };
        self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
        if let Some(place) = self.publish.get_mut(at..at + 2) {
            place.copy_from_slice(&self.last_packet_id.to_be_bytes());
        }
        self.unsent.extend_from_slice(&self.publish);
        self.last_packet_id
    }

    pub(super) fn subscribe(&mut self, filter: &str) {
        let subscribe = Subscribe {
            packet_id: PacketId::new(1).expect("not zero"),
            filters: vec![(filter.to_owned(), QoS::AtLeastOnce)],
        };
        wire::write(&Packet::Subscribe(subscribe), &mut self.unsent).expect("a legal SUBSCRIBE");
    }

    /// Writes what is unsent as far as the socket takes it.
    ///
    /// # Panics
    /// The connection broke.
    pub fn flush(&mut self) {
        let mut sent = 0;
        while let Some(rest) = self.unsent.get(sent..).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest) {
                Ok(taken) => sent += taken,
                // A socket that is not connected yet takes nothing either.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected
                    ) =>
                {
                    break;
                }
                Err(error) => panic!("a connection broke: {error}"),
            }
        }
        if sent == self.unsent.len() && sent > 0 {
            // Thousands of them are idle most of the time.
            if self.unsent.capacity() > 16 * 1024 {
                self.unsent = Vec::new();
            }
            self.unsent.clear();
        } else {
            self.unsent.drain(..sent);
        }
    }

    pub(super) fn read(&mut self, buffer: &mut [u8], mut on: impl FnMut(Seen, &mut Self)) {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => panic!("the server closed a connection"),
                Ok(count) => {
                    let came = buffer.get(..count).unwrap_or_default();
                    if self.kept.is_empty() {
                        let taken = self.take(came, &mut on);
                        self.kept
                            .extend_from_slice(came.get(taken..).unwrap_or_default());
                    } else {
                        let mut all = std::mem::take(&mut self.kept);
                        all.extend_from_slice(came);
                        let taken = self.take(&all, &mut on);
                        all.drain(..taken);
                        self.kept = all;
                    }
                    if count < buffer.len() {
                        return; // a further read would only say that nothing is there
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => panic!("a connection broke: {error}"),
            }
        }
    }

    /// Looks through whole packets; answers how many bytes they have.
    fn take(&mut self, bytes: &[u8], on: &mut impl FnMut(Seen, &mut Self)) -> usize {
        let mut taken = 0;
        while let Some((packet, body)) = whole_packet(bytes.get(taken..).unwrap_or_default()) {
            taken += packet.len();
            let number = |at: usize| match body.get(at..at + 2) {
                Some(&[high, low]) => u16::from_be_bytes([high, low]),
                _ => panic!("a packet is too short: {packet:02x?}"),
            };
            let first = packet.first().copied().unwrap_or_default();
            let seen = match first >> 4 {
                2 if number(0) & 0xFF == 0 => Seen::Connected,
                3 => {
                    if first & 0b0110 != 0 {
                        let [high, low] = number(2 + usize::from(number(0))).to_be_bytes();
                        self.unsent.extend_from_slice(&[0x40, 2, high, low]);
                    }
                    Seen::Message
                }
                4 => Seen::Acknowledged(number(0)),
                9 if body.get(2).is_some_and(|&code| code < 0x80) => Seen::Subscribed,
                _ => panic!("the server refuses something: {packet:02x?}"),
            };
            on(seen, self);
        }
        taken
    }
}

/// The first packet and what follows its fixed header, where it is there as a whole.
fn whole_packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut remaining = 0_usize;
    for (at, &byte) in bytes.iter().enumerate().skip(1).take(4) {
        remaining |= usize::from(byte & 0x7F) << (7 * (at - 1));
        if byte & 0x80 == 0 {
            let packet = bytes.get(..at + 1 + remaining)?;
            return packet.get(at + 1..).map(|body| (packet, body));
        }
    }
    None
}
