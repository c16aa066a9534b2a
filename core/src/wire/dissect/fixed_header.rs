//! The fixed header: type and flags, and the remaining length [MQTT 3.1.1, 2.2].

use super::super::{PacketType, QoS};
use super::walk::Walk;
use super::{Field, FieldName, Value};

/// Names the fixed header, tells the walk where the packet ends, and answers the first byte.
pub(super) fn fixed_header(walk: &mut Walk<'_>, fields: &mut Vec<Field>) -> Option<u8> {
    let mut header = Vec::new();
    let first = walk.byte(&mut header, FieldName::TypeAndFlags, |first, at| {
        (Value::Parts, type_and_flags(first, at))
    });
    remaining_length(walk, &mut header);
    fields.extend(Field::of(FieldName::FixedHeader, header));
    first
}

fn type_and_flags(first: u8, at: usize) -> Vec<Field> {
    let bits = |name, mask, value| Field::bits(name, at, mask, value);
    let packet_type = PacketType::from_first_byte(first);
    let number = Value::Number((first >> 4).into());
    let mut fields = vec![bits(
        FieldName::PacketType,
        0xF0,
        packet_type.map_or(number, Value::PacketType),
    )];
    if packet_type == Some(PacketType::Publish) {
        let flag = |mask| Value::Flag(first & mask != 0);
        fields.extend([
            bits(FieldName::Dup, 0b1000, flag(0b1000)),
            bits(FieldName::QoS, 0b0110, qos(first >> 1 & 0b11)),
            bits(FieldName::Retain, 0b0001, flag(0b0001)),
        ]);
    } else {
        let flags = Value::Number((first & 0x0F).into());
        fields.push(bits(FieldName::ReservedFlags, 0x0F, flags));
    }
    fields
}

/// A quality of service by its two bits; 3, which is none, stays a number.
pub(super) fn qos(bits: u8) -> Value {
    QoS::from_number(bits).map_or(Value::Number(bits.into()), Value::QoS)
}

fn remaining_length(walk: &mut Walk<'_>, header: &mut Vec<Field>) {
    let mut bytes = Vec::new();
    let mut length = 0_u32;
    let mut is_whole = false;
    for multiplier in [1, 1 << 7, 1 << 14, 1 << 21] {
        let Some(byte) = walk.byte(&mut bytes, FieldName::LengthByte, |byte, at| {
            length_byte(byte, at, multiplier)
        }) else {
            break;
        };
        length += u32::from(byte & 0x7F) * multiplier;
        is_whole = byte & 0x80 == 0;
        if is_whole {
            break;
        }
    }
    if is_whole {
        walk.ends_at(walk.at() + length as usize);
    } else {
        walk.stop();
    }
    // A single byte needs no level of its own.
    let children = match bytes.as_mut_slice() {
        [only] => std::mem::take(&mut only.children),
        _ => bytes,
    };
    if let Some(mut field) = Field::of(FieldName::RemainingLength, children) {
        if is_whole {
            field.value = Value::Number(length);
        }
        header.push(field);
    }
}

fn length_byte(byte: u8, at: usize, multiplier: u32) -> (Value, Vec<Field>) {
    let digit = Value::LengthDigit {
        digit: byte & 0x7F,
        multiplier,
    };
    let bits = vec![
        Field::bits(
            FieldName::ContinuationBit,
            at,
            0x80,
            Value::Flag(byte & 0x80 != 0),
        ),
        Field::bits(FieldName::LengthDigit, at, 0x7F, digit),
    ];
    (digit, bits)
}
