//! From the bytes of one packet to the packet, strictly.

use bytes::BytesMut;
use mqttbytes::v4;

use super::check::Cursor;
use super::frame::body_start;
use super::{
    Connack, Connect, ConnectCode, FrameError, Framed, Malformed, Packet, PacketId, PacketType,
    Publish, QoS, Sender, Suback, SubackCode, Subscribe, Unsubscribe, Will, frame,
};
use crate::sign::Password;

/// Reads one whole packet, as [`frame`] bordered it. Every rule of MQTT 3.1.1 that can be judged from
/// the packet alone is checked; a topic is a legal topic name.
///
/// # Errors
/// The first rule that the packet breaks and the offset of the byte that breaks it; a packet of the wrong
/// side; `packet` being shorter or longer than one packet.
pub fn read(packet: &[u8], sender: Sender) -> Result<Packet<'_>, FrameError> {
    match frame(packet, sender, usize::MAX)? {
        Framed::Complete { len } if len == packet.len() => {}
        Framed::Complete { len } => {
            return Err(Malformed {
                at: len,
                rule: "bytes follow the packet",
            }
            .into());
        }
        Framed::Need(_) => {
            return Err(Malformed {
                at: packet.len(),
                rule: "the packet is cut off",
            }
            .into());
        }
    }
    // `frame` has seen the first byte, so it is there and names a type.
    let first = packet.first().copied().unwrap_or_default();
    let Some(packet_type) = PacketType::from_first_byte(first) else {
        return Err(Malformed {
            at: 0,
            rule: "packet types 0 and 15 are reserved",
        }
        .into());
    };
    let mut cursor = Cursor::new(packet, body_start(packet));
    Ok(match packet_type {
        PacketType::Publish => Packet::Publish(publish(first, &mut cursor)?),
        PacketType::Puback => Packet::Puback(only_packet_id(&mut cursor)?),
        PacketType::Pubrec => Packet::Pubrec(only_packet_id(&mut cursor)?),
        PacketType::Pubrel => Packet::Pubrel(only_packet_id(&mut cursor)?),
        PacketType::Pubcomp => Packet::Pubcomp(only_packet_id(&mut cursor)?),
        PacketType::Unsuback => Packet::Unsuback(only_packet_id(&mut cursor)?),
        PacketType::Pingreq => nothing(&cursor, Packet::Pingreq)?,
        PacketType::Pingresp => nothing(&cursor, Packet::Pingresp)?,
        PacketType::Disconnect => nothing(&cursor, Packet::Disconnect)?,
        PacketType::Connect => Packet::Connect(connect(&mut cursor)?),
        PacketType::Connack => {
            check_connack(&mut cursor)?;
            decode(packet)?
        }
        PacketType::Subscribe => {
            check_subscribe(&mut cursor)?;
            decode(packet)?
        }
        PacketType::Suback => {
            check_suback(&mut cursor)?;
            decode(packet)?
        }
        PacketType::Unsubscribe => {
            check_unsubscribe(&mut cursor)?;
            decode(packet)?
        }
    })
}

fn publish<'a>(first: u8, cursor: &mut Cursor<'a>) -> Result<Publish<'a>, Malformed> {
    let qos = match first >> 1 & 0b11 {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        // `frame` has refused 3.
        _ => QoS::ExactlyOnce,
    };
    let at = cursor.at() + 2;
    let topic = cursor.string()?;
    if topic.is_empty() {
        return Err(Malformed {
            at,
            rule: "a topic name has at least one character [MQTT-4.7.3-1]",
        });
    }
    if let Some(index) = topic.bytes().position(|byte| byte == b'+' || byte == b'#') {
        return Err(Malformed {
            at: at + index,
            rule: "a PUBLISH's topic name holds no wildcard [MQTT-3.3.2-2]",
        });
    }
    let packet_id = if qos == QoS::AtMostOnce {
        None
    } else {
        Some(cursor.packet_id()?)
    };
    Ok(Publish {
        dup: first & 0b1000 != 0,
        qos,
        retain: first & 0b0001 != 0,
        topic,
        packet_id,
        payload: cursor.rest(),
    })
}

fn only_packet_id(cursor: &mut Cursor<'_>) -> Result<PacketId, Malformed> {
    let id = cursor.packet_id()?;
    cursor.end()?;
    Ok(id)
}

fn nothing<'a>(cursor: &Cursor<'_>, packet: Packet<'a>) -> Result<Packet<'a>, Malformed> {
    cursor.end()?;
    Ok(packet)
}

/// CONNECT is read here in full: mqttbytes can't tell an empty user name from none, and takes only
/// passwords that are UTF-8.
fn connect(cursor: &mut Cursor<'_>) -> Result<Connect, Malformed> {
    let name_at = cursor.at();
    if cursor.string()? != "MQTT" {
        return Err(Malformed {
            at: name_at,
            rule: "the protocol name is \"MQTT\" [MQTT-3.1.2-1]",
        });
    }
    let protocol_level = cursor.byte("the protocol level is missing [MQTT 3.1.1, 3.1.2.2]")?;
    let mut connect = Connect {
        protocol_level,
        client_id: String::new(),
        username: None,
        password: None,
        keep_alive: 0,
        clean_session: false,
        will: None,
    };
    if protocol_level != 4 {
        return Ok(connect);
    }
    let flags_at = cursor.at();
    let flags = cursor.byte("the connect flags are missing [MQTT 3.1.1, 3.1.2.3]")?;
    let refuse = |rule| Err(Malformed { at: flags_at, rule });
    if flags & 0b1 != 0 {
        return refuse("the connect flags' lowest bit is 0 [MQTT-3.1.2-3]");
    }
    let has_will = flags & 0b100 != 0;
    let Some(will_qos) = QoS::from_number(flags >> 3 & 0b11) else {
        return refuse("the will's QoS is not 3 [MQTT-3.1.2-14]");
    };
    if !has_will && will_qos != QoS::AtMostOnce {
        return refuse("without a will its QoS is 0 [MQTT-3.1.2-13]");
    }
    if !has_will && flags & 0b10_0000 != 0 {
        return refuse("without a will its retain flag is 0 [MQTT-3.1.2-15]");
    }
    if flags & 0b1000_0000 == 0 && flags & 0b100_0000 != 0 {
        return refuse("a password comes only with a user name [MQTT-3.1.2-22]");
    }
    connect.clean_session = flags & 0b10 != 0;
    connect.keep_alive =
        cursor.number("the keep alive (2 bytes) is missing [MQTT 3.1.1, 3.1.2.10]")?;
    cursor.string()?.clone_into(&mut connect.client_id);
    if has_will {
        connect.will = Some(Will {
            topic: cursor.string()?.to_owned(),
            payload: cursor.field()?.to_vec(),
            qos: will_qos,
            retain: flags & 0b10_0000 != 0,
        });
    }
    if flags & 0b1000_0000 != 0 {
        connect.username = Some(cursor.string()?.to_owned());
    }
    if flags & 0b100_0000 != 0 {
        connect.password = Some(Password::new(
            String::from_utf8_lossy(cursor.field()?).into_owned(),
        ));
    }
    cursor.end()?;
    Ok(connect)
}

fn check_connack(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    let at = cursor.at();
    let flags = cursor.byte("the connect acknowledge flags are missing [MQTT 3.1.1, 3.2.2.1]")?;
    if flags & !0b1 != 0 {
        return Err(Malformed {
            at,
            rule: "the acknowledge flags' upper seven bits are 0 [MQTT 3.1.1, 3.2.2.1]",
        });
    }
    let code_at = cursor.at();
    let code = cursor.byte("the return code is missing [MQTT 3.1.1, 3.2.2.3]")?;
    if ConnectCode::from_number(code).is_none() {
        return Err(Malformed {
            at: code_at,
            rule: "return codes above 5 are reserved [MQTT 3.1.1, table 3.1]",
        });
    }
    if flags == 1 && code != 0 {
        return Err(Malformed {
            at,
            rule: "session present is 0 in a refusal [MQTT-3.2.2-4]",
        });
    }
    cursor.end()
}

fn check_subscribe(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    cursor.packet_id()?;
    if cursor.is_done() {
        return Err(Malformed {
            at: cursor.at(),
            rule: "a SUBSCRIBE holds at least one filter [MQTT-3.8.3-3]",
        });
    }
    while !cursor.is_done() {
        check_filter(cursor)?;
        let at = cursor.at();
        let options = cursor.byte("the filter's requested QoS is missing [MQTT 3.1.1, 3.8.3]")?;
        if options > 2 {
            return Err(Malformed {
                at,
                rule: "the requested QoS is 0, 1 or 2 and the byte's upper six bits are 0 [MQTT-3.8.3-4]",
            });
        }
    }
    Ok(())
}

fn check_unsubscribe(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    cursor.packet_id()?;
    if cursor.is_done() {
        return Err(Malformed {
            at: cursor.at(),
            rule: "an UNSUBSCRIBE holds at least one filter [MQTT-3.10.3-2]",
        });
    }
    while !cursor.is_done() {
        check_filter(cursor)?;
    }
    Ok(())
}

fn check_filter(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    let at = cursor.at();
    if cursor.string()?.is_empty() {
        return Err(Malformed {
            at,
            rule: "a topic filter has at least one character [MQTT-4.7.3-1]",
        });
    }
    Ok(())
}

fn check_suback(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    cursor.packet_id()?;
    if cursor.is_done() {
        return Err(Malformed {
            at: cursor.at(),
            rule: "a SUBACK holds a return code for each filter [MQTT-3.8.4-5]",
        });
    }
    while !cursor.is_done() {
        let at = cursor.at();
        let code = cursor.byte("a return code is missing")?;
        if code > 2 && code != 0x80 {
            return Err(Malformed {
                at,
                rule: "a SUBACK's codes are 0, 1, 2 and 0x80 [MQTT-3.9.3-2]",
            });
        }
    }
    Ok(())
}

/// Hands a packet that has passed the check to mqttbytes.
fn decode(packet: &[u8]) -> Result<Packet<'static>, Malformed> {
    let disagrees = Malformed {
        at: 0,
        rule: "the packet's fields do not add up to its length",
    };
    let decoded = v4::read(&mut BytesMut::from(packet), packet.len()).map_err(|_| disagrees)?;
    Ok(match decoded {
        v4::Packet::ConnAck(connack) => Packet::Connack(Connack {
            session_present: connack.session_present,
            code: match connack.code {
                v4::ConnectReturnCode::Success => ConnectCode::Accepted,
                v4::ConnectReturnCode::RefusedProtocolVersion => ConnectCode::UnacceptableProtocol,
                v4::ConnectReturnCode::BadClientId => ConnectCode::IdentifierRejected,
                v4::ConnectReturnCode::ServiceUnavailable => ConnectCode::ServerUnavailable,
                v4::ConnectReturnCode::BadUserNamePassword => ConnectCode::BadCredentials,
                v4::ConnectReturnCode::NotAuthorized => ConnectCode::NotAuthorized,
            },
        }),
        v4::Packet::Subscribe(subscribe) => Packet::Subscribe(Subscribe {
            packet_id: PacketId::new(subscribe.pkid).ok_or(disagrees)?,
            filters: subscribe
                .filters
                .into_iter()
                .map(|filter| (filter.path, own_qos(filter.qos)))
                .collect(),
        }),
        v4::Packet::SubAck(suback) => Packet::Suback(Suback {
            packet_id: PacketId::new(suback.pkid).ok_or(disagrees)?,
            codes: suback
                .return_codes
                .into_iter()
                .map(|code| match code {
                    v4::SubscribeReasonCode::Success(qos) => SubackCode::Granted(own_qos(qos)),
                    v4::SubscribeReasonCode::Failure => SubackCode::Failure,
                })
                .collect(),
        }),
        v4::Packet::Unsubscribe(unsubscribe) => Packet::Unsubscribe(Unsubscribe {
            packet_id: PacketId::new(unsubscribe.pkid).ok_or(disagrees)?,
            filters: unsubscribe.topics,
        }),
        _ => return Err(disagrees),
    })
}

const fn own_qos(qos: mqttbytes::QoS) -> QoS {
    match qos {
        mqttbytes::QoS::AtMostOnce => QoS::AtMostOnce,
        mqttbytes::QoS::AtLeastOnce => QoS::AtLeastOnce,
        mqttbytes::QoS::ExactlyOnce => QoS::ExactlyOnce,
    }
}
