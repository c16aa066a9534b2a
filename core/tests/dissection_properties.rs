//! What holds for the dissection of any bytes: every bit is named once, and the fault is the one of `read`.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_core::sign::Password;
use tern_core::wire::dissect::{Dissection, Field, FieldName, MAX_ENTRIES, Value, dissect};
use tern_core::wire::{
    Connack, Connect, ConnectCode, FrameError, Packet, PacketId, Publish, QoS, Sender, Suback,
    SubackCode, Subscribe, Unsubscribe, Will, read, write,
};

#[test]
fn whole_packets_of_all_types_have_every_bit_named_and_no_fault() {
    for packet in packets() {
        let senders = [Sender::Client, Sender::Server];
        let taken = senders.map(|sender| {
            let dissection = checked(&packet, sender);
            let names = names(&dissection.fields);
            // What was written is read to its end; the other side's packet at most to its type.
            let whole =
                !names.contains(&FieldName::NotRead) && !names.contains(&FieldName::TrailingBytes);
            assert_eq!(whole, dissection.fault.is_none(), "{packet:02x?}");
            dissection.fault.is_none()
        });
        assert!(taken.contains(&true), "{packet:02x?}");
    }
}

#[test]
fn every_field_and_value_is_named_and_explained_in_both_languages() {
    let other_version = [0x10, 0x07, 0, 4, b'M', b'Q', b'T', b'T', 5, 0].as_slice();
    let all = packets();
    let mut told = std::collections::HashSet::new();
    for packet in all.iter().map(Vec::as_slice).chain([other_version]) {
        for sender in [Sender::Client, Sender::Server] {
            tell(&dissect(packet, sender).fields, &mut told);
        }
    }
    assert!(told.len() > 50, "only {} names came up", told.len());
}

/// Every name, value and explanation is there, in its own language, and no two fields have one name.
fn tell(fields: &[Field], told: &mut std::collections::HashSet<FieldName>) {
    let is_chinese = |text: &str| text.chars().any(|c| c >= '\u{4e00}');
    for field in fields {
        let (name, explanation) = (field.name, field.name.explanation());
        told.insert(name);
        assert!(!name.english().is_empty() && !is_chinese(name.english()));
        assert!(!name.chinese().is_empty());
        assert!(explanation.english.ends_with('.'), "{name:?}");
        assert!(!is_chinese(explanation.english), "{name:?}");
        assert!(is_chinese(explanation.chinese), "{name:?}");
        let section = explanation.section.unwrap_or("2");
        assert!(
            section.starts_with(['1', '2', '3', '4']),
            "{name:?}: {section}"
        );
        // Both languages have something to say, or neither has.
        let (english, chinese) = (field.value.english(), field.value.chinese());
        assert_eq!(english.is_some(), chinese.is_some(), "{field:?}");
        assert!(english.is_none_or(|text| !is_chinese(&text)), "{field:?}");
        tell(&field.children, told);
    }
}

#[test]
fn changed_packets_too_have_every_bit_named_and_the_fault_that_read_finds() {
    let seeds = packets();
    let mut random = fastrand::Rng::with_seed(0x7E_12);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..100_000 {
        let mut packet = random.choice(&seeds).unwrap().clone();
        for _ in 0..random.usize(1..=3) {
            change(&mut packet, &mut random);
        }
        let sender = random.choice([Sender::Client, Sender::Server]).unwrap();
        let fault = checked(&packet, sender).fault;
        *(if fault.is_none() {
            &mut taken
        } else {
            &mut refused
        }) += 1;
    }
    // Both kinds came up, and often.
    assert!(taken > 5_000 && refused > 50_000, "{taken} {refused}");
}

#[test]
fn bytes_of_any_kind_have_every_bit_named() {
    let mut random = fastrand::Rng::with_seed(0xB1_7E);
    for _ in 0..20_000 {
        let len = random.usize(0..40);
        let packet: Vec<u8> = (0..len).map(|_| random.u8(..)).collect();
        checked(
            &packet,
            random.choice([Sender::Client, Sender::Server]).unwrap(),
        );
    }
}

#[test]
fn entries_beyond_the_bound_are_one_field() {
    let id = PacketId::new(1).unwrap();
    for count in [MAX_ENTRIES, MAX_ENTRIES + 1, 3 * MAX_ENTRIES] {
        let suback = written(&Packet::Suback(Suback {
            packet_id: id,
            codes: vec![SubackCode::Failure; count],
        }));
        let unsubscribe = written(&Packet::Unsubscribe(Unsubscribe {
            packet_id: id,
            filters: vec!["abc".into(); count],
        }));
        let client_id = format!("id|{}|", "a=b,".repeat(count));
        let connect = written(&Packet::Connect(Connect {
            client_id,
            ..login()
        }));
        for packet in [suback, unsubscribe, connect] {
            let dissection = checked(&packet, Sender::Client);
            let dissection = match dissection.fault {
                None => dissection,
                Some(_) => checked(&packet, Sender::Server),
            };
            assert_eq!(dissection.fault, None);
            let names = names(&dissection.fields);
            let further = names.contains(&FieldName::FurtherEntries);
            assert_eq!(further, count > MAX_ENTRIES);
            assert!(names.len() < 3 * MAX_ENTRIES, "{}", names.len());
        }
    }
}

#[test]
fn a_fault_among_the_further_entries_ends_them() {
    let mut packet = written(&Packet::Suback(Suback {
        packet_id: PacketId::new(1).unwrap(),
        codes: vec![SubackCode::Failure; 2 * MAX_ENTRIES],
    }));
    let bad = packet.len() - 100;
    packet[bad] = 0x81;
    let dissection = checked(&packet, Sender::Server);
    assert_eq!(dissection.fault.unwrap().at, bad);
    let last = dissection.fields.last().unwrap();
    assert_eq!((last.name, last.range.start), (FieldName::NotRead, bad + 1));
}

#[test]
fn the_password_of_a_broken_connect_is_in_no_field_that_is_shown_unasked() {
    let packet = written(&Packet::Connect(login()));
    let password_at = packet.len() - 8;
    let mut random = fastrand::Rng::with_seed(0x5E_C2);
    for _ in 0..20_000 {
        let mut packet = packet.clone();
        // The fields' lengths stay: a longer user name would take the password's bytes for its own.
        let at = *random.choice(&[0, 1, 1, 1, 4, 6, 8, 9, 9, 9]).unwrap();
        packet[at] = match at {
            0 => 0x10 | random.u8(..16),
            9 => random.u8(..) | 0b1000_0000,
            _ => random.u8(..),
        };
        if packet[9] & 0b100 != 0 {
            continue;
        }
        let dissection = dissect(&packet, Sender::Client);
        for at in password_at..packet.len() {
            let field = innermost(&dissection.fields, at).unwrap();
            assert!(field.secret, "{field:?} of {packet:02x?}");
        }
    }
}

fn innermost(fields: &[Field], at: usize) -> Option<&Field> {
    let field = fields.iter().find(|field| field.range.contains(&at))?;
    innermost(&field.children, at).or(Some(field))
}

/// Takes apart and checks what holds always.
#[track_caller]
fn checked(packet: &[u8], sender: Sender) -> Dissection {
    let dissection = dissect(packet, sender);
    let mut named = vec![0_u8; packet.len()];
    cover(&dissection.fields, packet, 0, packet.len(), &mut named);
    assert!(
        named.iter().all(|bits| *bits == 0xFF),
        "{named:02x?} of {packet:02x?}"
    );

    match read(packet, sender) {
        Ok(_) => assert_eq!(dissection.fault, None, "{packet:02x?}"),
        Err(error) => {
            let fault = dissection.fault.as_ref().unwrap();
            assert_eq!(fault.error, error, "{packet:02x?}");
            if let FrameError::Malformed(malformed) = error {
                assert_eq!(fault.at, malformed.at);
                assert_eq!(fault.english(), malformed.rule);
                assert_ne!(fault.chinese(), malformed.rule);
            }
            // All before the bad byte has a name of its own, if it is of this version.
            let level = value(&dissection.fields, FieldName::ProtocolLevel);
            if level.is_none_or(|level| level == Value::Number(4))
                && let Some(field) = dissection.fields.last()
                && field.name == FieldName::NotRead
            {
                assert!(field.range.start >= fault.at, "{packet:02x?}");
            }
        }
    }
    dissection
}

/// Children lie in their parent one behind the other, without gap; leaves name each bit once.
fn cover(fields: &[Field], packet: &[u8], start: usize, end: usize, named: &mut [u8]) {
    let mut at = start;
    let mut mask_left = 0xFF_u8;
    for field in fields {
        let range = field.range.clone();
        assert_eq!(range.start, at, "{field:?} of {packet:02x?}");
        assert!(range.end <= end, "{field:?} of {packet:02x?}");
        if field.children.is_empty() {
            let mask = field.mask.unwrap_or(0xFF);
            for bits in &mut named[range.clone()] {
                assert_eq!(*bits & mask, 0, "{field:?} of {packet:02x?}");
                *bits |= mask;
            }
            let is_text = field.value == Value::Text;
            assert_eq!(is_text, field.text(packet).is_some());
        } else {
            cover(&field.children, packet, range.start, range.end, named);
        }
        match field.mask {
            None => at = range.end,
            Some(mask) => {
                assert_eq!(range.len(), 1);
                // High bits first.
                assert_eq!(mask.leading_zeros(), mask_left.leading_zeros());
                mask_left &= !mask;
                if mask_left == 0 {
                    at = range.end;
                }
            }
        }
    }
    assert_eq!(at, end, "{packet:02x?}");
}

fn value(fields: &[Field], name: FieldName) -> Option<Value> {
    let mut fields = fields.iter();
    fields.find_map(|field| match field.name == name {
        true => Some(field.value),
        false => value(&field.children, name),
    })
}

fn names(fields: &[Field]) -> Vec<FieldName> {
    fields
        .iter()
        .flat_map(|field| {
            let mut all = vec![field.name];
            all.extend(names(&field.children));
            all
        })
        .collect()
}

fn change(packet: &mut Vec<u8>, random: &mut fastrand::Rng) {
    if packet.is_empty() {
        return;
    }
    // Near the front mostly: that is where the rules are.
    let front = if random.bool() { 4 } else { 64 };
    let at = random.usize(..packet.len().min(front));
    match random.u8(..8) {
        0 => packet[at] = random.u8(..),
        1 => packet[at] ^= 1 << random.u8(..8),
        2 => {
            packet[at] = *random
                .choice(&[0x00, 0x01, 0x80, 0xFF, b'#', b'+', b'|'])
                .unwrap()
        }
        3 => packet[at] = packet[at].wrapping_add(1),
        4 => packet[at] = packet[at].wrapping_sub(1),
        5 => packet.truncate(at),
        6 => packet.push(random.u8(..)),
        _ => {
            packet.remove(at);
            if let Some(len) = packet.get_mut(1) {
                *len = len.wrapping_sub(1);
            }
        }
    }
}

fn login() -> Connect {
    Connect {
        protocol_level: 4,
        client_id: "12345|securemode=3,signmethod=hmacsha1,timestamp=789|".into(),
        username: Some("device&pk".into()),
        password: Some(Password::new("FAFD82A3".into())),
        keep_alive: 60,
        clean_session: false,
        will: None,
    }
}

fn written(packet: &Packet<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(packet, &mut out).unwrap();
    out
}

/// Packets of every type, with and without what is optional.
fn packets() -> Vec<Vec<u8>> {
    let id = PacketId::new(0x1234).unwrap();
    let publish = |qos, packet_id, topic, payload| {
        Packet::Publish(Publish {
            dup: false,
            qos,
            retain: false,
            topic,
            packet_id,
            payload,
        })
    };
    let will = Will {
        topic: "will".into(),
        payload: vec![0, 255],
        qos: QoS::ExactlyOnce,
        retain: true,
    };
    let filters = [("a/+", QoS::AtLeastOnce), ("温/#", QoS::AtMostOnce)];
    [
        Packet::Connect(login()),
        Packet::Connect(Connect {
            username: None,
            password: None,
            client_id: String::new(),
            clean_session: true,
            will: Some(will),
            ..login()
        }),
        Packet::Connect(Connect {
            username: Some("iotId".into()),
            client_id: "a|securemode=-1, x=1,,|\n".into(),
            ..login()
        }),
        Packet::Connack(Connack {
            session_present: true,
            code: ConnectCode::Accepted,
        }),
        Packet::Connack(Connack {
            session_present: false,
            code: ConnectCode::BadCredentials,
        }),
        publish(QoS::AtMostOnce, None, "t", &b""[..]),
        publish(QoS::AtMostOnce, None, "温度/x", &b"{\"a\":1}"[..]),
        publish(QoS::AtLeastOnce, Some(id), "a/b", &[0xFF; 200][..]),
        publish(QoS::ExactlyOnce, Some(id), "a/b", &b"x"[..]),
        Packet::Puback(id),
        Packet::Pubrec(id),
        Packet::Pubrel(id),
        Packet::Pubcomp(id),
        Packet::Subscribe(Subscribe {
            packet_id: id,
            filters: filters.map(|(filter, qos)| (filter.into(), qos)).into(),
        }),
        Packet::Suback(Suback {
            packet_id: id,
            codes: vec![SubackCode::Granted(QoS::AtLeastOnce), SubackCode::Failure],
        }),
        Packet::Unsubscribe(Unsubscribe {
            packet_id: id,
            filters: filters.map(|(filter, _)| filter.into()).into(),
        }),
        Packet::Unsuback(id),
        Packet::Pingreq,
        Packet::Pingresp,
        Packet::Disconnect,
    ]
    .iter()
    .map(written)
    .collect()
}
