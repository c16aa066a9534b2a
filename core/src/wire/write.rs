//! From a packet to its bytes.

use bytes::BytesMut;
use mqttbytes::v4;

use super::{
    Connect, ConnectCode, MAX_FIELD, MAX_REMAINING_LENGTH, Packet, PacketId, Publish, QoS,
    SubackCode, WriteError,
};

/// Appends a packet's bytes to `out`.
///
/// # Errors
/// A field or the packet is too long, or the packet would be malformed (a wildcard in a topic, DUP with
/// QoS 0, no filter at all, a password without a user name). Nothing has been appended then.
pub fn write(packet: &Packet<'_>, out: &mut Vec<u8>) -> Result<(), WriteError> {
    match packet {
        Packet::Publish(publish) => write_publish(publish, out),
        Packet::Puback(id) => acknowledge(0x40, *id, out),
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
        Packet::Connect(connect) => encode(&connect_of(connect)?, out),
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
    if topic.iter().any(|byte| matches!(byte, b'+' | b'#' | 0)) {
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
    let topic_len = field_len("the topic", topic.len())?;
    let id_len = if publish.packet_id.is_some() { 2 } else { 0 };
    let remaining = 2 + topic.len() + id_len + publish.payload.len();
    if remaining > MAX_REMAINING_LENGTH {
        return Err(WriteError::PacketTooLong { len: remaining });
    }
    let first =
        0x30 | u8::from(publish.dup) << 3 | publish.qos.number() << 1 | u8::from(publish.retain);
    out.reserve(5 + remaining);
    out.push(first);
    push_remaining_length(remaining, out);
    out.extend_from_slice(&topic_len.to_be_bytes());
    out.extend_from_slice(topic);
    if let Some(id) = publish.packet_id {
        out.extend_from_slice(&id.get().to_be_bytes());
    }
    out.extend_from_slice(publish.payload);
    Ok(())
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

/// mqttbytes leaves a packet out where its fields do not suit it, so they are judged before.
fn connect_of(connect: &Connect) -> Result<v4::Packet, WriteError> {
    if connect.protocol_level != 4 {
        return Err(WriteError::Invalid(
            "only protocol level 4 (MQTT 3.1.1) is written",
        ));
    }
    check_string("the client id", &connect.client_id)?;
    let mut packet = v4::Connect::new(connect.client_id.clone());
    packet.keep_alive = connect.keep_alive;
    packet.clean_session = connect.clean_session;
    if connect.client_id.is_empty() && !connect.clean_session {
        return Err(WriteError::Invalid(
            "an empty client id goes only with clean session 1 [MQTT-3.1.3-7]",
        ));
    }
    let username = connect.username.as_deref().unwrap_or_default();
    let password = connect
        .password
        .as_ref()
        .map(|password| password.expose())
        .unwrap_or_default();
    if connect.username.is_some() && username.is_empty() {
        return Err(WriteError::Invalid(
            "the user name is empty; leave it out or fill it in",
        ));
    }
    if username.is_empty() && !password.is_empty() {
        return Err(WriteError::Invalid(
            "a password comes only with a user name [MQTT-3.1.2-22]",
        ));
    }
    check_string("the user name", username)?;
    field_len("the password", password.len())?;
    if !username.is_empty() {
        packet.set_login(username, password);
    }
    if let Some(will) = &connect.will {
        check_string("the will's topic", &will.topic)?;
        field_len("the will's payload", will.payload.len())?;
        let qos = codec_qos(will.qos);
        packet.last_will = Some(v4::LastWill::new(
            will.topic.clone(),
            will.payload.clone(),
            qos,
            will.retain,
        ));
    }
    Ok(v4::Packet::Connect(packet))
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

/// Lets mqttbytes write into an empty buffer (its CONNECT patches its flags at an absolute index) and
/// appends the result, so that an error leaves nothing behind.
fn encode(packet: &v4::Packet, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let mut scratch = BytesMut::new();
    let written = match packet {
        v4::Packet::Connect(connect) => connect.write(&mut scratch),
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
