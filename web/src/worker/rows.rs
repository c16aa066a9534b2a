//! Packets of the log as rows of a list. Only what is looked at is ever taken apart.

use std::ops::Range;

use tern_core::wire::{FrameError, Packet, Sender, SubackCode, read};

use super::log::{Log, Logged};
use crate::protocol::{Chosen, Detail, Direction, Row};

/// How much of a payload (in bytes) and of a text (in characters) a row shows.
const SHOWN: usize = 400;

/// The rows of some packets of the log. Payloads are appended to `attached`.
pub(super) fn rows(
    log: &Log,
    indices: impl IntoIterator<Item = u64>,
    attached: &mut Vec<u8>,
) -> Vec<Row> {
    let one = |index| Some(row(index, log.get(index)?, SHOWN, attached));
    indices.into_iter().filter_map(one).collect()
}

/// A packet with all its bytes.
pub(super) fn chosen(log: &Log, index: u64, attached: &mut Vec<u8>) -> Option<Chosen> {
    let packet = log.get(index)?;
    let row = row(index, packet, usize::MAX, attached);
    Some(Chosen {
        row,
        bytes: attach(packet.bytes, attached),
    })
}

fn row(index: u64, packet: Logged<'_>, shown: usize, attached: &mut Vec<u8>) -> Row {
    let Logged { note, bytes } = packet;
    let sender = match note.direction {
        Direction::Up => Sender::Client,
        Direction::Down => Sender::Server,
    };
    let detail = match read(bytes, sender) {
        Ok(packet) => detail(packet, shown, attached),
        Err(error) => broken(&error),
    };
    Row {
        index,
        at_ms: note.at_ms,
        direction: note.direction,
        kind: note.kind,
        packet_id: (note.packet_id != 0).then_some(note.packet_id),
        size: bytes.len(),
        round_trip_ms: note.round_trip_ms,
        frame: note.frame,
        frames: note.frames,
        detail,
    }
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
