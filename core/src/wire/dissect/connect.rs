//! The bodies of CONNECT and CONNACK [MQTT 3.1.1, 3.1 and 3.2].

mod login;

use super::super::ConnectCode;
use super::fixed_header::qos;
use super::walk::Walk;
use super::{Field, FieldName, Value};

/// Names the rest of a CONNECT.
pub(super) fn connect(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let mut header = Vec::new();
    walk.string(
        &mut header,
        FieldName::ProtocolNameLength,
        FieldName::ProtocolName,
    );
    let level = walk.byte(&mut header, FieldName::ProtocolLevel, |level, _| {
        (Value::Number(level.into()), Vec::new())
    });
    if level != Some(4) {
        // Another version of MQTT lays out what follows in its own way.
        walk.stop();
    }
    let flags = walk.byte(&mut header, FieldName::ConnectFlags, |flags, at| {
        (Value::Parts, connect_flags(flags, at))
    });
    let has = |flag: u8| flags.is_some_and(|flags| flags & flag != 0);
    walk.number(&mut header, FieldName::KeepAlive, Value::Seconds);
    fields.extend(Field::of(FieldName::VariableHeader, header));

    let mut payload = Vec::new();
    let client_id = walk.string(&mut payload, FieldName::ClientIdLength, FieldName::ClientId);
    parts(&mut payload, client_id, login::client_id);
    if has(0b100) {
        walk.string(
            &mut payload,
            FieldName::WillTopicLength,
            FieldName::WillTopic,
        );
        walk.string(
            &mut payload,
            FieldName::WillMessageLength,
            FieldName::WillMessage,
        );
    }
    if has(0b1000_0000) {
        let user_name = walk.string(&mut payload, FieldName::UserNameLength, FieldName::UserName);
        parts(&mut payload, user_name, login::user_name);
    }
    if has(0b100_0000) {
        walk.string(&mut payload, FieldName::PasswordLength, FieldName::Password);
        for field in &mut payload {
            field.secret = field.name == FieldName::Password;
        }
    }
    fields.extend(Field::of(FieldName::Payload, payload));
}

fn connect_flags(flags: u8, at: usize) -> Vec<Field> {
    let flag = |name, mask| Field::bits(name, at, mask, Value::Flag(flags & mask != 0));
    vec![
        flag(FieldName::UserNameFlag, 0b1000_0000),
        flag(FieldName::PasswordFlag, 0b0100_0000),
        flag(FieldName::WillRetain, 0b0010_0000),
        Field::bits(FieldName::WillQoS, at, 0b0001_1000, qos(flags >> 3 & 0b11)),
        flag(FieldName::WillFlag, 0b0000_0100),
        flag(FieldName::CleanSession, 0b0000_0010),
        Field::bits(
            FieldName::ReservedBits,
            at,
            0b0000_0001,
            Value::Number((flags & 1).into()),
        ),
    ]
}

/// Gives the field that was named last its parts.
fn parts(fields: &mut [Field], text: Option<&str>, parts: impl FnOnce(&str, usize) -> Vec<Field>) {
    if let (Some(field), Some(text)) = (fields.last_mut(), text) {
        field.children = parts(text, field.range.start);
    }
}

/// Names the rest of a CONNACK.
pub(super) fn connack(walk: &mut Walk<'_>, fields: &mut Vec<Field>) {
    let mut header = Vec::new();
    let taken_apart = |flags: u8, at| {
        let reserved = Value::Number((flags >> 1).into());
        let bits = vec![
            Field::bits(FieldName::ReservedBits, at, 0xFE, reserved),
            Field::bits(
                FieldName::SessionPresent,
                at,
                0x01,
                Value::Flag(flags & 1 != 0),
            ),
        ];
        (Value::Parts, bits)
    };
    // Only the code shows that the session present bit is wrong.
    let flags = walk.byte_that_may_be_wrong(&mut header, FieldName::AcknowledgeFlags, taken_apart);
    if flags.is_some_and(|flags| flags > 1) {
        walk.stop_where_the_fault_is_at(walk.at() - 1);
    }
    walk.byte(&mut header, FieldName::ReturnCode, |code, _| {
        let known = ConnectCode::from_number(code).map(Value::ConnectCode);
        (known.unwrap_or(Value::Number(code.into())), Vec::new())
    });
    fields.extend(Field::of(FieldName::VariableHeader, header));
}
