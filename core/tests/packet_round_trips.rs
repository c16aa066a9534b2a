//! What is written is read back the same, and what can't be written leaves nothing behind.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_core::sign::Password;
use tern_core::wire::{
    Connack, Connect, ConnectCode, Packet, PacketId, Publish, QoS, Sender, Suback, SubackCode,
    Subscribe, Unsubscribe, Will, WriteError, read, write,
};

fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

#[track_caller]
fn round_trip(packet: &Packet<'_>, sender: Sender) -> Vec<u8> {
    let mut out = vec![0xAA, 0xBB]; // into a buffer that is not empty
    write(packet, &mut out).unwrap();
    assert_eq!(&out[..2], [0xAA, 0xBB]);
    assert_eq!(&read(&out[2..], sender).unwrap(), packet);
    out.split_off(2)
}

fn connect() -> Connect {
    Connect {
        protocol_level: 4,
        client_id: "12345|securemode=3,signmethod=hmacsha1|".into(),
        username: Some("device&pk".into()),
        password: Some(Password::new("FAFD".into())),
        keep_alive: 60,
        clean_session: false,
        will: None,
    }
}

#[test]
fn a_connect_with_and_without_its_optional_fields() {
    let bytes = round_trip(&Packet::Connect(connect()), Sender::Client);
    // The header, the protocol name, level 4, flags: user name and password, keep alive 60 s.
    assert_eq!(bytes[0], 0x10);
    assert_eq!(usize::from(bytes[1]), bytes.len() - 2);
    assert_eq!(&bytes[2..12], b"\x00\x04MQTT\x04\xC0\x00\x3C");
    let bare = Connect {
        username: None,
        password: None,
        clean_session: true,
        ..connect()
    };
    round_trip(&Packet::Connect(bare), Sender::Client);
    let name_only = Connect {
        password: None,
        ..connect()
    };
    round_trip(&Packet::Connect(name_only), Sender::Client);
    // Empty is not the same as absent: both flags are set, both lengths are 0.
    let empty = Connect {
        username: Some(String::new()),
        password: Some(Password::new(String::new())),
        ..connect()
    };
    let bytes = round_trip(&Packet::Connect(empty), Sender::Client);
    assert_eq!(bytes[9], 0xC0);
    assert_eq!(&bytes[bytes.len() - 4..], [0, 0, 0, 0]);
    let will = Some(Will {
        topic: "w".into(),
        payload: vec![0, 255],
        qos: QoS::AtLeastOnce,
        retain: true,
    });
    round_trip(
        &Packet::Connect(Connect { will, ..connect() }),
        Sender::Client,
    );
}

#[test]
fn every_acknowledgement() {
    for number in [1, 255, 256, 65_535] {
        round_trip(&Packet::Puback(id(number)), Sender::Server);
        round_trip(&Packet::Pubrec(id(number)), Sender::Client);
        round_trip(&Packet::Pubrel(id(number)), Sender::Server);
        round_trip(&Packet::Pubcomp(id(number)), Sender::Client);
        round_trip(&Packet::Unsuback(id(number)), Sender::Server);
    }
    for (session_present, code) in [
        (true, ConnectCode::Accepted),
        (false, ConnectCode::Accepted),
        (false, ConnectCode::ServerUnavailable),
        (false, ConnectCode::NotAuthorized),
    ] {
        round_trip(
            &Packet::Connack(Connack {
                session_present,
                code,
            }),
            Sender::Server,
        );
    }
    let codes = vec![SubackCode::Granted(QoS::AtLeastOnce), SubackCode::Failure];
    round_trip(
        &Packet::Suback(Suback {
            packet_id: id(9),
            codes,
        }),
        Sender::Server,
    );
}

#[test]
fn a_publish_of_every_size_of_length_field() {
    for payload_len in [0, 1, 100, 127, 128, 16_383, 16_384, 2_097_152] {
        let payload = vec![0x5A; payload_len];
        for (qos, packet_id, dup) in [
            (QoS::AtMostOnce, None, false),
            (QoS::AtLeastOnce, Some(id(7)), false),
            (QoS::AtLeastOnce, Some(id(8)), true),
        ] {
            let publish = Publish {
                dup,
                qos,
                retain: false,
                topic: "/a/b/é",
                packet_id,
                payload: &payload,
            };
            round_trip(&Packet::Publish(publish), Sender::Client);
        }
    }
}

#[test]
fn subscriptions_and_the_packets_with_nothing_in_them() {
    let filters = vec![
        ("/pk/dn/#".to_owned(), QoS::AtLeastOnce),
        ("+/x".to_owned(), QoS::AtMostOnce),
    ];
    round_trip(
        &Packet::Subscribe(Subscribe {
            packet_id: id(3),
            filters,
        }),
        Sender::Client,
    );
    let filters = vec!["a".to_owned(), "b/+".to_owned()];
    round_trip(
        &Packet::Unsubscribe(Unsubscribe {
            packet_id: id(4),
            filters,
        }),
        Sender::Client,
    );
    round_trip(&Packet::Pingreq, Sender::Client);
    round_trip(&Packet::Pingresp, Sender::Server);
    round_trip(&Packet::Disconnect, Sender::Client);
}

#[track_caller]
fn not_written(packet: &Packet<'_>, words: &str) {
    let mut out = vec![1, 2, 3];
    let error = write(packet, &mut out).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(out, [1, 2, 3]);
}

// client: [MQTT-2.3.1-5], [MQTT-3.1.2-22], [MQTT-3.1.3-7], [MQTT-3.3.1-2], [MQTT-3.3.2-2], [MQTT-3.8.3-3]
// client: [MQTT-3.10.3-2]
#[test]
fn what_would_be_malformed_is_not_written() {
    let publish = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "a",
        packet_id: None,
        payload: b"x",
    };
    not_written(
        &Packet::Publish(Publish {
            topic: "a/+",
            ..publish
        }),
        "wildcard",
    );
    not_written(
        &Packet::Publish(Publish {
            topic: "",
            ..publish
        }),
        "MQTT-4.7.3-1",
    );
    not_written(
        &Packet::Publish(Publish {
            topic: "a\0",
            ..publish
        }),
        "U+0000",
    );
    not_written(
        &Packet::Publish(Publish {
            dup: true,
            ..publish
        }),
        "DUP",
    );
    not_written(
        &Packet::Publish(Publish {
            packet_id: Some(id(1)),
            ..publish
        }),
        "MQTT-2.3.1-5",
    );
    not_written(
        &Packet::Publish(Publish {
            qos: QoS::AtLeastOnce,
            ..publish
        }),
        "MQTT-2.3.1-5",
    );
    not_written(
        &Packet::Subscribe(Subscribe {
            packet_id: id(1),
            filters: vec![],
        }),
        "MQTT-3.8.3-3",
    );
    not_written(
        &Packet::Unsubscribe(Unsubscribe {
            packet_id: id(1),
            filters: vec![],
        }),
        "MQTT-3.10.3-2",
    );
    not_written(
        &Packet::Connect(Connect {
            username: None,
            ..connect()
        }),
        "MQTT-3.1.2-22",
    );
    not_written(
        &Packet::Connect(Connect {
            client_id: String::new(),
            ..connect()
        }),
        "MQTT-3.1.3-7",
    );
}

#[test]
fn a_field_over_65535_bytes_is_not_cut_silently() {
    let long = "x".repeat(65_536);
    let publish = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic: &long,
        packet_id: None,
        payload: b"",
    };
    let mut out = Vec::new();
    assert_eq!(
        write(&Packet::Publish(publish), &mut out),
        Err(WriteError::FieldTooLong {
            field: "the topic",
            len: 65_536
        })
    );
    not_written(
        &Packet::Connect(Connect {
            client_id: long.clone(),
            ..connect()
        }),
        "65536",
    );
    let filters = vec![(long.clone(), QoS::AtMostOnce)];
    not_written(
        &Packet::Subscribe(Subscribe {
            packet_id: id(1),
            filters,
        }),
        "topic filter",
    );
}
