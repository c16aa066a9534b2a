//! From a packet to its bytes.

use bytes::BytesMut;
use mqttbytes::v4;
use zeroize::Zeroizing;

use super::{
    Connect, ConnectCode, MAX_FIELD, MAX_REMAINING_LENGTH, Packet, PacketId, Publish, QoS,
    SubackCode, WriteError,
};
use crate::topic::is_plain_name;

/// Appends a packet's bytes to `out`.
///
/// # Errors
/// A field or the packet is too long, or the packet would be malformed (a wildcard in a topic, DUP with
/// QoS 0, no filter at all, a password without a user name). Nothing has been appended then.
pub fn write(packet: &Packet<'_>, out: &mut Vec<u8>) -> Result<(), WriteError> {
    match packet {
        Packet::Publish(publish) => write_publish(publish, out),
        Packet::Puback(id) => {
            push_puback(*id, out);
            Ok(())
        }
        Packet::Pubrec(id) => acknowledge(0x50, *id, out),
        Packet::Pubrel(id) => acknowledge(0x62, *id, out),
        Packet::Pubcomp(id) => acknowledge(0x70, *id, out),
        Packet::Unsuback(id) => acknowledge(0xB0, *id, out),
        Packet::Pingreq => fixed(&[0xC0, 0x00], out),
        Packet::Pingresp => fixed(&[0xD0, 0x00], out),
        Packet::Disconnect => fixed(&[0xE0, 0x00], out),
        Packet::Connack(connack) => fixed(
            &[
                0x20,
                0x02,
                u8::from(connack.session_present && connack.code == ConnectCode::Accepted),
                connack.code.number(),
            ],
            out,
        ),
        Packet::Connect(connect) => write_connect(connect, out),
        Packet::Subscribe(subscribe) => {
            if subscribe.filters.is_empty() {
                return Err(WriteError::Invalid(
                    "a SUBSCRIBE holds at least one filter [MQTT-3.8.3-3]",
                ));
            }
            for (filter, _) in &subscribe.filters {
                check_filter(filter)?;
            }
            let filters = subscribe.filters.iter();
            let mut packet =
                v4::Subscribe::new_many(filters.map(|(filter, qos)| {
                    v4::SubscribeFilter::new(filter.clone(), codec_qos(*qos))
                }));
            packet.pkid = subscribe.packet_id.get();
            encode(&v4::Packet::Subscribe(packet), out)
        }
        Packet::Suback(suback) => {
            if suback.codes.is_empty() {
                return Err(WriteError::Invalid(
                    "a SUBACK holds a code for each filter [MQTT-3.8.4-5]",
                ));
            }
            let codes = suback.codes.iter().map(|code| match code {
                SubackCode::Granted(qos) => v4::SubscribeReasonCode::Success(codec_qos(*qos)),
                SubackCode::Failure => v4::SubscribeReasonCode::Failure,
            });
            encode(
                &v4::Packet::SubAck(v4::SubAck::new(suback.packet_id.get(), codes.collect())),
                out,
            )
        }
        Packet::Unsubscribe(unsubscribe) => {
            if unsubscribe.filters.is_empty() {
                return Err(WriteError::Invalid(
                    "an UNSUBSCRIBE holds at least one filter [MQTT-3.10.3-2]",
                ));
            }
            for filter in &unsubscribe.filters {
                check_filter(filter)?;
            }
            let packet = v4::Unsubscribe {
                pkid: unsubscribe.packet_id.get(),
                topics: unsubscribe.filters.clone(),
            };
            encode(&v4::Packet::Unsubscribe(packet), out)
        }
    }
}

/// Appends a PUBLISH's bytes to `out`: the way that allocates nothing of its own.
///
/// # Errors
/// As [`write()`]; a topic that is empty, holds a wildcard or a NUL; QoS and packet identifier that do not
/// fit each other.
pub fn write_publish(publish: &Publish<'_>, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let topic = publish.topic.as_bytes();
    if topic.is_empty() {
        return Err(WriteError::Invalid(
            "a topic name has at least one character [MQTT-4.7.3-1]",
        ));
    }
    if !is_plain_name(topic) && topic.iter().any(|byte| matches!(byte, b'+' | b'#' | 0)) {
        return Err(WriteError::Invalid(
            "a topic name holds no wildcard and no U+0000 [MQTT-3.3.2-2]",
        ));
    }
    if publish.qos == QoS::AtMostOnce && publish.dup {
        return Err(WriteError::Invalid(
            "DUP is 0 in every QoS 0 message [MQTT-3.3.1-2]",
        ));
    }
    if (publish.qos == QoS::AtMostOnce) != publish.packet_id.is_none() {
        return Err(WriteError::Invalid(
            "a packet identifier stands exactly where QoS is 1 or 2 [MQTT-2.3.1-5]",
        ));
    }
    field_len("the topic", topic.len())?;
    out.reserve(publish_length(publish)?);
    push_publish(publish, out);
    Ok(())
}

/// The length in bytes of a PUBLISH, whatever else may be wrong with it.
///
/// # Errors
/// The packet is too long.
#[inline]
pub(crate) fn publish_length(publish: &Publish<'_>) -> Result<usize, WriteError> {
    let id_len = if publish.packet_id.is_some() { 2 } else { 0 };
    let remaining = 2 + publish.topic.len() + id_len + publish.payload.len();
    let length_bytes = match remaining {
        ..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        0x20_0000..=MAX_REMAINING_LENGTH => 4,
        _ => return Err(WriteError::PacketTooLong { len: remaining }),
    };
    Ok(1 + length_bytes + remaining)
}

/// Appends a PUBLISH whose topic is a legal topic name, whose QoS and identifier fit each other, and that has a
/// [length](publish_length).
#[inline(always)]
pub(crate) fn push_publish(publish: &Publish<'_>, out: &mut Vec<u8>) {
    let topic = publish.topic.as_bytes();
    let id_len = if publish.packet_id.is_some() { 2 } else { 0 };
    let first =
        0x30 | u8::from(publish.dup) << 3 | publish.qos.number() << 1 | u8::from(publish.retain);
    let remaining = 2 + topic.len() + id_len + publish.payload.len();
    // A legal topic name has no more bytes than these two can say.
    let [high, low] = (topic.len() as u16).to_be_bytes();
    match remaining {
        // As nearly every message is.
        ..0x80 => out.extend_from_slice(&[first, remaining as u8, high, low]),
        _ => {
            out.push(first);
            push_remaining_length(remaining, out);
            out.extend_from_slice(&[high, low]);
        }
    }
    out.extend_from_slice(topic);
    if let Some(id) = publish.packet_id {
        out.extend_from_slice(&id.get().to_be_bytes());
    }
    out.extend_from_slice(publish.payload);
}

/// Appends a PUBACK.
pub(crate) fn push_puback(id: PacketId, out: &mut Vec<u8>) {
    let [high, low] = id.get().to_be_bytes();
    out.extend_from_slice(&[0x40, 0x02, high, low]);
}

fn fixed(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), WriteError> {
    out.extend_from_slice(bytes);
    Ok(())
}

fn acknowledge(first: u8, id: PacketId, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let [high, low] = id.get().to_be_bytes();
    fixed(&[first, 0x02, high, low], out)
}

fn push_remaining_length(mut remaining: usize, out: &mut Vec<u8>) {
    loop {
        let low = (remaining & 0x7F) as u8;
        remaining >>= 7;
        if remaining == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// CONNECT is written here in full, as it is read: mqttbytes leaves an empty user name or password out.
fn write_connect(connect: &Connect, out: &mut Vec<u8>) -> Result<(), WriteError> {
    if connect.protocol_level != 4 {
        return Err(WriteError::Invalid(
            "only protocol level 4 (MQTT 3.1.1) is written",
        ));
    }
    if connect.client_id.is_empty() && !connect.clean_session {
        return Err(WriteError::Invalid(
            "an empty client id goes only with clean session 1 [MQTT-3.1.3-7]",
        ));
    }
    if connect.username.is_none() && connect.password.is_some() {
        return Err(WriteError::Invalid(
            "a password comes only with a user name [MQTT-3.1.2-22]",
        ));
    }
    let mut flags = u8::from(connect.clean_session) << 1;
    // It holds the password: wiped at its end, and large enough from the start, since what grows leaves its old
    // place behind as it was.
    let mut fields = Zeroizing::new(Vec::with_capacity(fields_length(connect)));
    push_string("the client id", &connect.client_id, &mut fields)?;
    if let Some(will) = &connect.will {
        flags |= 0b100 | will.qos.number() << 3 | u8::from(will.retain) << 5;
        push_string("the will's topic", &will.topic, &mut fields)?;
        push_field("the will's payload", &will.payload, &mut fields)?;
    }
    if let Some(username) = &connect.username {
        flags |= 0b1000_0000;
        push_string("the user name", username, &mut fields)?;
    }
    if let Some(password) = &connect.password {
        flags |= 0b100_0000;
        push_field("the password", password.expose().as_bytes(), &mut fields)?;
    }
    out.reserve(1 + 4 + 10 + fields.len());
    out.push(0x10);
    // Five fields of at most 65,537 bytes each: far below what the length can say.
    push_remaining_length(10 + fields.len(), out);
    out.extend_from_slice(b"\x00\x04MQTT\x04");
    out.push(flags);
    out.extend_from_slice(&connect.keep_alive.to_be_bytes());
    out.extend_from_slice(&fields);
    Ok(())
}

/// The bytes of all fields, each with its length.
fn fields_length(connect: &Connect) -> usize {
    let will = connect.will.as_ref();
    [
        Some(connect.client_id.len()),
        will.map(|will| will.topic.len()),
        will.map(|will| will.payload.len()),
        connect.username.as_ref().map(String::len),
        connect
            .password
            .as_ref()
            .map(|password| password.expose().len()),
    ]
    .into_iter()
    .flatten()
    .map(|length| 2 + length)
    .sum()
}

fn push_string(field: &'static str, text: &str, out: &mut Vec<u8>) -> Result<(), WriteError> {
    check_string(field, text)?;
    push_field(field, text.as_bytes(), out)
}

fn push_field(field: &'static str, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), WriteError> {
    let len = field_len(field, bytes.len())?;
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn check_filter(filter: &str) -> Result<(), WriteError> {
    if filter.is_empty() {
        return Err(WriteError::Invalid(
            "a topic filter has at least one character [MQTT-4.7.3-1]",
        ));
    }
    check_string("the topic filter", filter)
}

fn check_string(field: &'static str, text: &str) -> Result<(), WriteError> {
    if text.contains('\0') {
        return Err(WriteError::Invalid(
            "a string holds no U+0000 [MQTT-1.5.3-2]",
        ));
    }
    field_len(field, text.len()).map(|_| ())
}

fn field_len(field: &'static str, len: usize) -> Result<u16, WriteError> {
    debug_assert_eq!(MAX_FIELD, usize::from(u16::MAX));
    u16::try_from(len).map_err(|_| WriteError::FieldTooLong { field, len })
}

/// Lets mqttbytes write into a buffer of its own and appends the result, so that an error leaves nothing
/// behind.
fn encode(packet: &v4::Packet, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let mut scratch = BytesMut::new();
    let written = match packet {
        v4::Packet::Subscribe(subscribe) => subscribe.write(&mut scratch),
        v4::Packet::SubAck(suback) => suback.write(&mut scratch),
        v4::Packet::Unsubscribe(unsubscribe) => unsubscribe.write(&mut scratch),
        _ => {
            return Err(WriteError::Invalid(
                "this packet is not written by the codec",
            ));
        }
    };
    match written {
        // The length it returns is not reliable; the buffer's is.
        Ok(_) => fixed(&scratch, out),
        Err(mqttbytes::Error::PayloadTooLong) => Err(WriteError::PacketTooLong {
            len: MAX_REMAINING_LENGTH.saturating_add(1),
        }),
        Err(_) => Err(WriteError::Invalid("the codec refused the packet")),
    }
}

const fn codec_qos(qos: QoS) -> mqttbytes::QoS {
    match qos {
        QoS::AtMostOnce => mqttbytes::QoS::AtMostOnce,
        QoS::AtLeastOnce => mqttbytes::QoS::AtLeastOnce,
        QoS::ExactlyOnce => mqttbytes::QoS::ExactlyOnce,
    }
}
