//! The bodies of PUBLISH [MQTT 3.1.1, 3.3] and of the packets that hold a packet identifier and nothing else.

use super::walk::Walk;
use super::{Field, FieldName, Value};

/// Names the rest of a PUBLISH that starts with the byte `first`.
pub(super) fn publish(walk: &mut Walk<'_>, fields: &mut Vec<Field>, first: Option<u8>) {
    let mut header = Vec::new();
    let topic = walk.string(
        &mut header,
        FieldName::TopicNameLength,
        FieldName::TopicName,
    );
    if topic == Some("") {
        // The fault is at the byte after the length, where the topic's first character would be.
        walk.stop_where_the_fault_is_at(walk.at());
    }
    // With QoS 0 there is none [MQTT-2.3.1-5].
    if first.is_some_and(|first| first & 0b0110 != 0) {
        packet_id(walk, &mut header);
    }
    fields.extend(Field::of(FieldName::VariableHeader, header));
    walk.rest(fields, FieldName::ApplicationMessage);
}

/// Names the rest of a PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK.
pub(super) fn only_packet_id(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let mut header = Vec::new();
    packet_id(walk, &mut header);
    fields.extend(Field::of(FieldName::VariableHeader, header));
}

fn packet_id(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    walk.number(fields, FieldName::PacketIdentifier, |id| {
        Value::Number(id.into())
    });
}
