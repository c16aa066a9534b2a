//! The bodies of SUBSCRIBE, SUBACK and UNSUBSCRIBE [MQTT 3.1.1, 3.8 to 3.10].

use super::super::{QoS, SubackCode};
use super::fixed_header::qos;
use super::publish::only_packet_id;
use super::walk::Walk;
use super::{Field, FieldName, MAX_ENTRIES, Value};

/// Names the rest of a SUBSCRIBE.
pub(super) fn subscribe(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let payload = entries(walk, fields, |walk, payload| {
        let mut subscription = Vec::new();
        filter(walk, &mut subscription);
        walk.byte(
            &mut subscription,
            FieldName::RequestedQoSByte,
            |byte, at| {
                let reserved = Value::Number((byte >> 2).into());
                let bits = vec![
                    Field::bits(FieldName::ReservedBits, at, 0xFC, reserved),
                    Field::bits(FieldName::RequestedQoS, at, 0x03, qos(byte & 0x03)),
                ];
                (Value::Parts, bits)
            },
        );
        payload.extend(Field::of(FieldName::Subscription, subscription));
    });
    fields.extend(Field::of(FieldName::Payload, payload));
}

/// Names the rest of an UNSUBSCRIBE.
pub(super) fn unsubscribe(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let payload = entries(walk, fields, filter);
    fields.extend(Field::of(FieldName::Payload, payload));
}

/// Names the rest of a SUBACK.
pub(super) fn suback(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let payload = entries(walk, fields, |walk, payload| {
        walk.byte(payload, FieldName::SubackReturnCode, |code, _| {
            let number = Value::Number(code.into());
            let value = match (code, QoS::from_number(code)) {
                (_, Some(qos)) => Value::SubackCode(SubackCode::Granted(qos)),
                (0x80, _) => Value::SubackCode(SubackCode::Failure),
                _ => number,
            };
            (value, Vec::new())
        });
    });
    fields.extend(Field::of(FieldName::Payload, payload));
}

fn filter(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    walk.string(fields, FieldName::TopicFilterLength, FieldName::TopicFilter);
}

/// The packet identifier, then one entry after the other.
fn entries(
    walk: &mut Walk<'_>,
    fields: &mut Vec<Field>,
    mut entry: impl FnMut(&mut Walk<'_>, &mut Vec<Field>),
) -> Vec<Field> {
    only_packet_id(walk, fields);
    let mut payload = Vec::new();
    for _ in 0..MAX_ENTRIES {
        if !walk.goes_on() {
            return payload;
        }
        entry(walk, &mut payload);
    }
    if walk.goes_on() {
        walk.rest(&mut payload, FieldName::FurtherEntries);
    }
    payload
}
