//! The strict check of packets against mqttbytes: what Tern takes, mqttbytes takes for the same. And what is read as
//! plain is what the strict check reads.

use bytes::BytesMut;
use mqttbytes::{Error, v4};
use tern_core::wire::{
    Connect, Framed, Packet, Plain, Sender, SubackCode, frame, read, read_plain,
};

/// Larger than any input.
const MAX: usize = 1 << 20;

pub(crate) fn check(bytes: &[u8]) {
    let Some((side, bytes)) = bytes.split_first() else {
        return;
    };
    let sender = match side % 2 {
        0 => Sender::Client,
        _ => Sender::Server,
    };
    plain(bytes, sender);
    let theirs = |bytes: &[u8]| {
        let mut held = BytesMut::from(bytes);
        let packet = v4::read(&mut held, MAX);
        (packet, held.len())
    };
    match frame(bytes, sender, MAX) {
        Err(_) => {}
        Ok(Framed::Need(need)) => {
            assert!(need > bytes.len(), "{need} are there already");
            let (packet, _) = theirs(bytes);
            let waits = matches!(packet, Err(Error::InsufficientBytes(_)));
            assert!(waits, "{packet:?} of an unfinished packet");
        }
        Ok(Framed::Complete { len }) => {
            let packet = bytes.get(..len).expect("no longer than what is there");
            let (their_packet, left) = theirs(bytes);
            // Whatever it thinks of the packet, it ends in the same place.
            if their_packet.is_ok() {
                assert_eq!(left, bytes.len() - len, "{their_packet:?}");
            }
            if let Ok(packet) = read(packet, sender) {
                same(&packet, their_packet);
            }
        }
    }
}

/// What is plain is whole, legal and the same to the strict check, whoever sent it.
fn plain(bytes: &[u8], sender: Sender) {
    let Some((plain, len)) = read_plain(bytes, MAX) else {
        return;
    };
    assert_eq!(read_plain(bytes, len), Some((plain, len)));
    assert_eq!(read_plain(bytes, len - 1), None, "over the limit");
    assert_eq!(frame(bytes, sender, len), Ok(Framed::Complete { len }));
    let packet = bytes.get(..len).expect("no longer than what is there");
    match (plain, read(packet, sender)) {
        (
            Plain::Publish {
                dup,
                qos,
                retain,
                topic,
                packet_id,
                payload,
            },
            Ok(Packet::Publish(strict)),
        ) => {
            assert_eq!(
                (dup, qos, retain, packet_id, payload),
                (
                    strict.dup,
                    strict.qos,
                    strict.retain,
                    strict.packet_id,
                    strict.payload
                )
            );
            assert_eq!(topic, strict.topic.as_bytes());
        }
        (Plain::Puback(id), Ok(Packet::Puback(strict))) => assert_eq!(id, strict),
        (plain, strict) => panic!("{plain:?} is {strict:?} to the strict check"),
    }
}

/// Whether the password was no text: then what stands for it says so.
fn is_no_text(connect: &Connect) -> bool {
    let password = connect.password.as_ref();
    password.is_some_and(|password| password.expose().contains('\u{FFFD}'))
}

fn same(ours: &Packet<'_>, theirs: Result<v4::Packet, Error>) {
    let theirs = match (ours, theirs) {
        // Of another version only the version is read, for the answer that it gets.
        (Packet::Connect(connect), _) if connect.protocol_level != 4 => return,
        // A password that is no text is nothing that mqttbytes can express.
        (Packet::Connect(connect), Err(Error::TopicNotUtf8)) if is_no_text(connect) => return,
        (_, Ok(theirs)) => theirs,
        (_, Err(error)) => panic!("{error:?} for {ours:?}"),
    };
    match (ours, theirs) {
        (Packet::Connect(ours), v4::Packet::Connect(theirs)) => {
            assert_eq!(ours.client_id, theirs.client_id);
            assert_eq!(ours.keep_alive, theirs.keep_alive);
            assert_eq!(ours.clean_session, theirs.clean_session);
            let will = ours.will.as_ref().map(|will| {
                (
                    will.topic.as_str(),
                    will.payload.as_slice(),
                    will.qos.number(),
                    will.retain,
                )
            });
            let their_will = theirs.last_will.as_ref().map(|will| {
                (
                    will.topic.as_str(),
                    will.message.as_ref(),
                    will.qos as u8,
                    will.retain,
                )
            });
            assert_eq!(will, their_will);
            let (username, password) = match &theirs.login {
                Some(login) => (login.username.as_str(), login.password.as_str()),
                None => ("", ""),
            };
            assert_eq!(ours.username.as_deref().unwrap_or_default(), username);
            let ours = ours.password.as_ref().map(|password| password.expose());
            assert_eq!(ours.unwrap_or_default(), password);
        }
        (Packet::Connack(ours), v4::Packet::ConnAck(theirs)) => {
            assert_eq!(ours.session_present, theirs.session_present);
            assert_eq!(ours.code.number(), theirs.code as u8);
        }
        (Packet::Publish(ours), v4::Packet::Publish(theirs)) => {
            assert_eq!(ours.topic, theirs.topic);
            assert_eq!(ours.payload, theirs.payload.as_ref());
            assert_eq!(
                (ours.qos.number(), ours.dup, ours.retain),
                (theirs.qos as u8, theirs.dup, theirs.retain)
            );
            let id = ours.packet_id.map_or(0, |id| id.get());
            assert_eq!(id, theirs.pkid);
        }
        (Packet::Puback(id), v4::Packet::PubAck(v4::PubAck { pkid }))
        | (Packet::Pubrec(id), v4::Packet::PubRec(v4::PubRec { pkid }))
        | (Packet::Pubrel(id), v4::Packet::PubRel(v4::PubRel { pkid }))
        | (Packet::Pubcomp(id), v4::Packet::PubComp(v4::PubComp { pkid }))
        | (Packet::Unsuback(id), v4::Packet::UnsubAck(v4::UnsubAck { pkid })) => {
            assert_eq!(id.get(), pkid);
        }
        (Packet::Subscribe(ours), v4::Packet::Subscribe(theirs)) => {
            assert_eq!(ours.packet_id.get(), theirs.pkid);
            let filters = theirs.filters.iter();
            let filters: Vec<_> = filters.map(|f| (f.path.as_str(), f.qos as u8)).collect();
            let ours = ours.filters.iter();
            let ours: Vec<_> = ours.map(|(f, qos)| (f.as_str(), qos.number())).collect();
            assert_eq!(ours, filters);
        }
        (Packet::Suback(ours), v4::Packet::SubAck(theirs)) => {
            assert_eq!(ours.packet_id.get(), theirs.pkid);
            let codes = theirs.return_codes.iter().map(|code| match code {
                v4::SubscribeReasonCode::Success(qos) => Some(*qos as u8),
                v4::SubscribeReasonCode::Failure => None,
            });
            let ours = ours.codes.iter().map(|code| match code {
                SubackCode::Granted(qos) => Some(qos.number()),
                SubackCode::Failure => None,
            });
            assert!(ours.eq(codes));
        }
        (Packet::Unsubscribe(ours), v4::Packet::Unsubscribe(theirs)) => {
            assert_eq!(ours.packet_id.get(), theirs.pkid);
            assert_eq!(ours.filters, theirs.topics);
        }
        (Packet::Pingreq, v4::Packet::PingReq)
        | (Packet::Pingresp, v4::Packet::PingResp)
        | (Packet::Disconnect, v4::Packet::Disconnect) => {}
        (ours, theirs) => panic!("{ours:?} is {theirs:?} to mqttbytes"),
    }
}
