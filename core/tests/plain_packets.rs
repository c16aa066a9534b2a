//! What is read as plain is what the strict reader reads, and whatever is plain is found.

use tern_core::topic::TopicName;
use tern_core::wire::{
    Framed, Packet, PacketId, Plain, Publish, QoS, Sender, frame, read, read_plain, write,
};

const MAX: usize = 1 << 20;

/// Reads by [`frame`] and [`read`] what may be plain.
fn strictly(bytes: &[u8]) -> Option<(Plain<'_>, usize)> {
    let Ok(Framed::Complete { len }) = frame(bytes, Sender::Server, MAX) else {
        return None;
    };
    match read(bytes.get(..len)?, Sender::Server) {
        Ok(Packet::Publish(publish)) => Some((Plain::from(publish), len)),
        Ok(Packet::Puback(id)) => Some((Plain::Puback(id), len)),
        _ => None,
    }
}

/// Whether it is among what [`read_plain`] promises to read.
fn is_promised(packet: &(Plain<'_>, usize)) -> bool {
    match packet {
        (Plain::Puback(_), _) => true,
        (Plain::Publish { qos, topic, .. }, len) => {
            *qos != QoS::ExactlyOnce && topic.is_ascii() && *len < 16 * 1024
        }
    }
}

fn packet(rng: &mut fastrand::Rng) -> Vec<u8> {
    let id = PacketId::new(rng.u16(1..));
    let topic: String = (0..rng.usize(1..40))
        .map(|_| {
            if rng.u8(..60) == 0 {
                '温'
            } else {
                rng.char('$'..='~')
            }
        })
        .collect();
    let topic = topic.replace('+', "/");
    assert!(TopicName::new(&topic).is_ok(), "{topic}");
    let payload = vec![rng.u8(..); [64, 20, 300, 20_000][rng.usize(..4)]];
    let qos = [
        QoS::AtMostOnce,
        QoS::AtLeastOnce,
        QoS::AtLeastOnce,
        QoS::ExactlyOnce,
    ][rng.usize(..4)];
    let publish = Packet::Publish(Publish {
        dup: qos != QoS::AtMostOnce && rng.bool(),
        qos,
        retain: rng.bool(),
        topic: &topic,
        packet_id: id.filter(|_| qos != QoS::AtMostOnce),
        payload: &payload,
    });
    let packet = match (rng.u8(..8), id) {
        (0, Some(id)) => Packet::Puback(id),
        (1, Some(id)) => Packet::Pubrec(id),
        (2, _) => Packet::Pingresp,
        _ => publish,
    };
    let mut bytes = Vec::new();
    write(&packet, &mut bytes).expect("a packet that can be written");
    bytes
}

#[test]
fn a_plain_packet_is_read_as_by_the_strict_reader_and_every_other_is_left_to_it() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut read = 0;
    for _ in 0..30_000 {
        let bytes = packet(&mut rng);
        let strict = strictly(&bytes);
        let plain = read_plain(&bytes, MAX);
        assert_eq!(plain, strict.filter(is_promised), "{bytes:02x?}");
        read += usize::from(plain.is_some());
    }
    assert!(read > 10_000, "{read}");
}

#[test]
fn a_packet_that_has_been_changed_or_cut_is_read_as_by_the_strict_reader_or_not_at_all() {
    let mut rng = fastrand::Rng::with_seed(2);
    let mut same = [0, 0];
    for _ in 0..60_000 {
        let mut bytes = packet(&mut rng);
        for _ in 0..rng.usize(1..3) {
            // Mostly where the header is.
            let at = rng.usize(..bytes.len().min(48));
            bytes[at] = [0, 0x80, 0xFF, b'#', b'+', rng.u8(..)][rng.usize(..6)];
        }
        match rng.u8(..4) {
            0 => bytes.truncate(rng.usize(..bytes.len())),
            1 => bytes.extend(packet(&mut rng)),
            _ => {}
        }
        let strict = strictly(&bytes);
        let plain = read_plain(&bytes, MAX);
        assert_eq!(plain, strict.filter(is_promised), "{bytes:02x?}");
        same[usize::from(plain.is_some())] += 1;
    }
    assert!(same.iter().all(|&times| times > 5_000), "{same:?}");
}

#[test]
fn what_is_over_the_limit_is_not_plain() {
    let puback = [0x40, 0x02, 0x00, 0x07];
    assert!(read_plain(&puback, 4).is_some());
    assert_eq!(read_plain(&puback, 3), None);
    let publish = [0x30, 0x04, 0x00, 0x01, b't', b'x'];
    assert!(read_plain(&publish, 6).is_some());
    assert_eq!(read_plain(&publish, 5), None);
}
