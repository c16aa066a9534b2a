//! Packets of the log as rows of a list. Only what is looked at is ever taken apart.

use std::ops::Range;

use tern_core::wire::{FrameError, Packet, PacketType, Sender, SubackCode, read};

use super::log::{Direction, Entry, Log};
use crate::protocol::{Chosen, Detail, Row, Rows, Span};

/// How much of a payload (in bytes) and of a text (in characters) a row shows.
const SHOWN: usize = 400;

/// The rows of a span of the log. Payloads are appended to `attached`.
pub(super) fn packets(log: &Log, span: Span, attached: &mut Vec<u8>) -> Rows {
    let indices = span.within(log.evicted()..log.end());
    Rows {
        evicted: log.evicted(),
        held: log.held(),
        first: indices.start,
        rows: rows(log, indices, attached),
    }
}

/// The rows of some packets of the log.
pub(super) fn rows(
    log: &Log,
    indices: impl IntoIterator<Item = u64>,
    attached: &mut Vec<u8>,
) -> Vec<Row> {
    let mut packet = Vec::new();
    let one = |index| {
        packet.clear();
        let entry = log.get(index, &mut packet)?;
        Some(row(index, entry, &packet, SHOWN, attached))
    };
    indices.into_iter().filter_map(one).collect()
}

/// A packet with all its bytes.
pub(super) fn chosen(log: &Log, index: u64, attached: &mut Vec<u8>) -> Option<Chosen> {
    let mut packet = Vec::new();
    let entry = log.get(index, &mut packet)?;
    let row = row(index, entry, &packet, usize::MAX, attached);
    Some(Chosen {
        row,
        bytes: attach(&packet, attached),
    })
}

fn row(index: u64, entry: Entry, packet: &[u8], shown: usize, attached: &mut Vec<u8>) -> Row {
    let sender = match entry.direction {
        Direction::Up => Sender::Client,
        Direction::Down => Sender::Server,
    };
    let (kind, packet_id, detail) = match read(packet, sender) {
        Ok(packet) => {
            let kind = packet.packet_type() as u8;
            (kind, packet_id(&packet), detail(packet, shown, attached))
        }
        Err(error) => (0, None, broken(&error)),
    };
    Row {
        index,
        at_ms: entry.at_ms,
        direction: entry.direction,
        kind,
        packet_id,
        size: entry.len,
        detail,
    }
}

fn packet_id(packet: &Packet<'_>) -> Option<u16> {
    let id = match packet {
        Packet::Publish(publish) => publish.packet_id?,
        Packet::Subscribe(subscribe) => subscribe.packet_id,
        Packet::Suback(suback) => suback.packet_id,
        Packet::Unsubscribe(unsubscribe) => unsubscribe.packet_id,
        Packet::Puback(id)
        | Packet::Pubrec(id)
        | Packet::Pubrel(id)
        | Packet::Pubcomp(id)
        | Packet::Unsuback(id) => *id,
        Packet::Connect(_)
        | Packet::Connack(_)
        | Packet::Pingreq
        | Packet::Pingresp
        | Packet::Disconnect => return None,
    };
    Some(id.get())
}

fn detail(packet: Packet<'_>, shown: usize, attached: &mut Vec<u8>) -> Detail {
    match packet {
        Packet::Connect(connect) => Detail::Connect {
            client_id: cut(&connect.client_id, shown),
            username: cut(connect.username.as_deref().unwrap_or_default(), shown),
            keep_alive: connect.keep_alive,
            clean_session: connect.clean_session,
        },
        Packet::Connack(connack) => Detail::Connack {
            code: connack.code.number(),
            name: connack.code.name().to_owned(),
            session_present: connack.session_present,
        },
        Packet::Publish(publish) => Detail::Publish {
            topic: cut(publish.topic, shown),
            qos: publish.qos.number(),
            dup: publish.dup,
            retain: publish.retain,
            payload: attach(
                publish.payload.get(..shown).unwrap_or(publish.payload),
                attached,
            ),
            payload_size: publish.payload.len(),
        },
        Packet::Subscribe(subscribe) => {
            let filters = subscribe.filters.iter();
            Detail::Filters(
                filters
                    .map(|(filter, qos)| (cut(filter, shown), Some(qos.number())))
                    .collect(),
            )
        }
        Packet::Unsubscribe(unsubscribe) => {
            let filters = unsubscribe.filters.iter();
            Detail::Filters(filters.map(|filter| (cut(filter, shown), None)).collect())
        }
        Packet::Suback(suback) => {
            let codes = suback.codes.iter().map(|code| match code {
                SubackCode::Granted(qos) => qos.number(),
                SubackCode::Failure => 0x80,
            });
            Detail::Suback(codes.collect())
        }
        _ => Detail::Nothing,
    }
}

fn broken(error: &FrameError) -> Detail {
    match error {
        FrameError::Malformed(malformed) => Detail::Malformed {
            at: malformed.at,
            rule: malformed.rule.to_owned(),
        },
        other => Detail::Malformed {
            at: 0,
            rule: other.to_string(),
        },
    }
}

fn attach(bytes: &[u8], attached: &mut Vec<u8>) -> Range<usize> {
    let start = attached.len();
    attached.extend_from_slice(bytes);
    start..attached.len()
}

fn cut(text: &str, shown: usize) -> String {
    match text.char_indices().nth(shown) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether a packet is a PUBLISH, by its first byte.
pub(super) fn is_publish(packet: &[u8]) -> bool {
    packet
        .first()
        .is_some_and(|first| PacketType::from_first_byte(*first) == Some(PacketType::Publish))
}
