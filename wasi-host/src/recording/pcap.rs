//! The packets of a connection in libpcap's format, so that Wireshark's MQTT dissector reads them.
//!
//! What is written is what the device sent and received: below TLS and WebSocket there would be nothing to see.
//! The IPv4 and TCP headers are made up around it: the device is 192.0.2.1, its peer 192.0.2.2 (addresses for
//! documentation, RFC 5737) on port 1883 whatever the real one is, since that is where the dissector looks.
//! Sequence numbers, checksums, handshake and end are right, so streams are put together and followed.

use std::time::{SystemTime, UNIX_EPOCH};

use tern_core::device::CloseKind;
use tern_core::time::Instant;

use super::pieces::Pieces;

/// The address of the device.
const DEVICE: [u8; 4] = [192, 0, 2, 1];
/// The address of its peer.
const PEER: [u8; 4] = [192, 0, 2, 2];
/// The port on which Wireshark expects MQTT.
const MQTT: u16 = 1883;
/// The device's first port; each connection has the next one.
const FIRST_PORT: u16 = 49_152;
/// Bytes in one segment, as on an Ethernet.
const SEGMENT: usize = 1_460;
/// The longest record, in bytes.
const SNAPLEN: u32 = 65_535;
/// Records are IP packets, with nothing before them.
const LINKTYPE_RAW: u32 = 101;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// Which way a segment goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Writes connection after connection.
pub(super) struct Pcap {
    waiting: Vec<u8>,
    /// When time 0 was, in microseconds since 1970.
    zero: u64,
    flow: Option<Flow>,
    next_port: u16,
    packets: u16,
}

/// A connection that stands.
struct Flow {
    port: u16,
    /// The next byte's number of either side.
    up: u32,
    down: u32,
    from_device: Pieces,
    from_peer: Pieces,
}

impl Pcap {
    /// Begins with the file's header.
    pub(super) fn new(zero: SystemTime) -> Self {
        let zero = zero.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut waiting = Vec::new();
        // Magic number for microseconds, version 2.4, two reserved fields.
        waiting.extend(0xA1B2_C3D4_u32.to_le_bytes());
        waiting.extend(2_u16.to_le_bytes());
        waiting.extend(4_u16.to_le_bytes());
        waiting.extend([0; 8]);
        waiting.extend(SNAPLEN.to_le_bytes());
        waiting.extend(LINKTYPE_RAW.to_le_bytes());
        Self {
            waiting,
            zero: u64::try_from(zero.as_micros()).unwrap_or(u64::MAX),
            flow: None,
            next_port: FIRST_PORT,
            packets: 0,
        }
    }

    /// What waits to be written.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.waiting
    }

    /// It is written.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// A connection stands.
    pub(super) fn opened(&mut self, now: Instant) {
        let port = self.next_port;
        self.next_port = port.checked_add(1).unwrap_or(FIRST_PORT);
        // Numbers that a reader sees through; real stacks begin anywhere.
        self.flow = Some(Flow {
            port,
            up: 1_000,
            down: 2_000,
            from_device: Pieces::new(SEGMENT),
            from_peer: Pieces::new(SEGMENT),
        });
        self.segment(now, Way::Up, SYN, &[]);
        self.segment(now, Way::Down, SYN | ACK, &[]);
        self.segment(now, Way::Up, ACK, &[]);
    }

    /// The device sent this.
    pub(super) fn up(&mut self, now: Instant, bytes: &[u8]) {
        let Some(flow) = &mut self.flow else { return };
        for piece in flow.from_device.cut(bytes) {
            self.segment(now, Way::Up, PSH | ACK, &piece);
        }
    }

    /// The peer sent this.
    pub(super) fn down(&mut self, now: Instant, bytes: &[u8]) {
        let Some(flow) = &mut self.flow else { return };
        for piece in flow.from_peer.cut(bytes) {
            self.segment(now, Way::Down, PSH | ACK, &piece);
        }
    }

    /// Writes what still waits for its packet's header to be whole.
    fn flush(&mut self, now: Instant) {
        let Some(flow) = &mut self.flow else { return };
        let left = [
            (Way::Up, flow.from_device.rest()),
            (Way::Down, flow.from_peer.rest()),
        ];
        for (way, rest) in left {
            if !rest.is_empty() {
                self.segment(now, way, PSH | ACK, &rest);
            }
        }
    }

    /// The device closed the connection.
    pub(super) fn close(&mut self, now: Instant) {
        self.flush(now);
        self.segment(now, Way::Up, FIN | ACK, &[]);
        self.segment(now, Way::Down, FIN | ACK, &[]);
        self.segment(now, Way::Up, ACK, &[]);
        self.flow = None;
    }

    /// The connection ended from outside.
    pub(super) fn closed(&mut self, now: Instant, kind: CloseKind) {
        self.flush(now);
        if kind == CloseKind::Closed {
            self.segment(now, Way::Down, FIN | ACK, &[]);
            self.segment(now, Way::Up, FIN | ACK, &[]);
            self.segment(now, Way::Down, ACK, &[]);
        } else {
            self.segment(now, Way::Down, RST | ACK, &[]);
        }
        self.flow = None;
    }

    /// Writes one segment, if a connection stands.
    fn segment(&mut self, now: Instant, way: Way, flags: u8, data: &[u8]) {
        let Some(flow) = &mut self.flow else { return };
        let (from, to) = match way {
            Way::Up => (DEVICE, PEER),
            Way::Down => (PEER, DEVICE),
        };
        let (ports, numbers) = match way {
            Way::Up => ([flow.port, MQTT], [flow.up, flow.down]),
            Way::Down => ([MQTT, flow.port], [flow.down, flow.up]),
        };
        let own = match way {
            Way::Up => &mut flow.up,
            Way::Down => &mut flow.down,
        };
        let in_row = u32::try_from(data.len()).unwrap_or(0) + u32::from(flags & (SYN | FIN) != 0);
        *own = own.wrapping_add(in_row);

        let tcp = tcp(from, to, ports, numbers, flags, data);
        let ip = ip(from, to, self.packets, &tcp);
        self.packets = self.packets.wrapping_add(1);
        let at = self
            .zero
            .saturating_add(now.as_millis().saturating_mul(1_000));
        // The format counts seconds in 32 bits.
        let seconds = u32::try_from(at / 1_000_000).unwrap_or(u32::MAX);
        let micros = (at % 1_000_000) as u32;
        let len = u32::try_from(ip.len() + tcp.len()).unwrap_or(SNAPLEN);
        for word in [seconds, micros, len, len] {
            self.waiting.extend(word.to_le_bytes());
        }
        self.waiting.extend(ip);
        self.waiting.extend(tcp);
    }
}

fn tcp(
    from: [u8; 4],
    to: [u8; 4],
    [source, destination]: [u16; 2],
    [number, acknowledged]: [u32; 2],
    flags: u8,
    data: &[u8],
) -> Vec<u8> {
    let acknowledged = if flags & ACK == 0 { 0 } else { acknowledged };
    let build = |checksum: u16| {
        let mut tcp = Vec::with_capacity(20 + data.len());
        tcp.extend(source.to_be_bytes());
        tcp.extend(destination.to_be_bytes());
        tcp.extend(number.to_be_bytes());
        tcp.extend(acknowledged.to_be_bytes());
        // The header has five words; the window is as wide as it can be; nothing is urgent.
        tcp.extend([5 << 4, flags, 0xFF, 0xFF]);
        tcp.extend(checksum.to_be_bytes());
        tcp.extend([0, 0]);
        tcp.extend_from_slice(data);
        tcp
    };
    let without = build(0);
    let len = u16::try_from(without.len()).unwrap_or(u16::MAX);
    let [high, low] = len.to_be_bytes();
    // The pseudo header: both addresses, zero, the protocol's number, the length.
    let pseudo = [&from[..], &to[..], &[0, 6, high, low]].concat();
    build(checksum(&[&pseudo, &without]))
}

fn ip(from: [u8; 4], to: [u8; 4], id: u16, tcp: &[u8]) -> Vec<u8> {
    let len = u16::try_from(20 + tcp.len()).unwrap_or(u16::MAX);
    let build = |checksum: u16| {
        // Version 4, five words, no service class.
        let mut ip = vec![0x45, 0];
        ip.extend(len.to_be_bytes());
        ip.extend(id.to_be_bytes());
        // Not to be cut; 64 hops; TCP.
        ip.extend([0x40, 0, 64, 6]);
        ip.extend(checksum.to_be_bytes());
        ip.extend(from);
        ip.extend(to);
        ip
    };
    build(checksum(&[&build(0)]))
}

/// The internet checksum (RFC 1071) of pieces, all but the last of even length.
fn checksum(pieces: &[&[u8]]) -> u16 {
    let words = pieces.iter().flat_map(|piece| piece.chunks(2));
    let mut sum = words
        .map(|word| match word {
            [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
            [high] => u32::from(*high) << 8,
            _ => 0,
        })
        .fold(0_u32, u32::wrapping_add);
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_the_one_of_the_textbooks_header() {
        // An IPv4 header with its checksum B861 left out.
        let header = [
            0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0x00,
            0x01, 0xc0, 0xa8, 0x00, 0xc7,
        ];
        assert_eq!(checksum(&[&header]), 0xB861);
    }

    #[test]
    fn each_side_acknowledges_what_the_other_has_sent() {
        let mut pcap = Pcap::new(UNIX_EPOCH);
        let now = Instant::from_millis(1_234);
        pcap.opened(now);
        // A PUBLISH of 2000 bytes, and a PUBACK with the first byte of another one.
        let publish = [&[0x30, 0xCD, 0x0F][..], &[7; 1_997]].concat();
        pcap.up(now, &publish);
        pcap.down(now, &[0x40, 2, 0, 1, 0x40]);
        pcap.close(now);
        let mut rest = &pcap.bytes()[24..];
        let mut seen = Vec::new();
        while !rest.is_empty() {
            let (head, behind) = rest.split_at(16);
            assert_eq!(head[..8], [1, 0, 0, 0, 0x10, 0x92, 3, 0]);
            let len = u32::from_le_bytes(head[8..12].try_into().unwrap()) as usize;
            let (packet, next) = behind.split_at(len);
            let (ip, tcp) = packet.split_at(20);
            assert_eq!(
                checksum(&[ip]),
                0,
                "an IP header with its checksum sums up to 0"
            );
            let [high, low] = u16::try_from(tcp.len()).unwrap().to_be_bytes();
            let pseudo = [&ip[12..20], &[0, 6, high, low]].concat();
            assert_eq!(checksum(&[&pseudo, tcp]), 0);
            let word = |at: usize| u32::from_be_bytes(tcp[at..at + 4].try_into().unwrap());
            seen.push((tcp[13], word(4), word(8), tcp.len() - 20));
            rest = next;
        }
        assert_eq!(
            seen,
            [
                (SYN, 1_000, 0, 0),
                (SYN | ACK, 2_000, 1_001, 0),
                (ACK, 1_001, 2_001, 0),
                (PSH | ACK, 1_001, 2_001, 1_460),
                (PSH | ACK, 2_461, 2_001, 540),
                (PSH | ACK, 2_001, 3_001, 4),
                (PSH | ACK, 2_005, 3_001, 1),
                (FIN | ACK, 3_001, 2_006, 0),
                (FIN | ACK, 2_006, 3_002, 0),
                (ACK, 3_002, 2_007, 0),
            ]
        );
    }

    #[test]
    fn without_a_connection_there_are_no_packets() {
        let mut pcap = Pcap::new(UNIX_EPOCH);
        let header = pcap.bytes().len();
        pcap.closed(Instant::default(), CloseKind::Network);
        pcap.down(Instant::default(), b"x");
        assert_eq!((header, pcap.bytes().len()), (24, 24));
    }
}
