//! What the fuzzer begins with: something of each kind that a reader knows, so that it does not have to guess.

use tern_core::sign::Password;
use tern_core::wire::{
    Connack, Connect, ConnectCode, Packet, PacketId, Publish, QoS, Suback, SubackCode, Subscribe,
    Unsubscribe, Will, write,
};

/// The seeds of the check of that name.
#[must_use]
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    match name {
        "frame" | "dissector" => packets(),
        "answers" => answers(),
        "client_ids" => client_ids().map(|id| id.as_bytes().to_vec()).into(),
        "logins" => logins(),
        "device" => scripts(&[
            // Opened, CONNACK, subscribed, published, acknowledged, a message, the keep alive's time, closed.
            b"\x00\x01\x00\x04\x00\x0b\x00\x02\x06\x00\x01\x01\x0a\x00\x01\x02hi\x05\x01\x08\x30\x06\x00\x02/a12\x08\x07\x0c\x00\x08\x0f",
            // Signed, a session that is present, a refusal.
            b"\x01\x02\x00\x04\x01\x0a\x00\x01\x01x\x0c\x03eof\x08\x00\x01\x04\x20\x02\x00\x03\x08",
            // HTTPS first.
            b"\x02\x03\x0d\x00\xc8\x00\x00\x04\x00\x0d\x01\x90\x01\x02{}\x08\x08\x00\x04\x00",
        ]),
        "stand_in" => scripts(&[
            // Two clients with one triple; subscribed, pushed to, faults, time.
            b"\x04\x00\x05\x01\x07\x01\x00\x04data\x06\x00\x01\x44\x01\x45\x01\x09\x20\x00\x08\x0a",
            b"\x00\x00\x04\x01\x0b\x04\x00\xc8\x05\x00\x08\x0b\x08\x0d\x10productKey=a&sign=\x0e\x01\x0f",
            b"\x80\x03\x81\x0a\x10\x08\x00\x04MQTT\x04\x02\x08\x8a",
        ]),
        "transcripts" => {
            let recordings = [
                include_str!("../../transcripts/publish.tern"),
                include_str!("../../transcripts/refused.tern"),
                include_str!("../../transcripts/https.tern"),
            ];
            recordings.map(|text| text.as_bytes().to_vec()).into()
        }
        _ => Vec::new(),
    }
}

fn scripts(scripts: &[&[u8]]) -> Vec<Vec<u8>> {
    scripts.iter().map(|script| script.to_vec()).collect()
}

/// One packet of each kind, from the side that sends it.
fn packets() -> Vec<Vec<u8>> {
    let id = PacketId::new(10).expect("not nought");
    let publish = |qos, packet_id: Option<PacketId>| {
        Packet::Publish(Publish {
            dup: packet_id.is_some(),
            qos,
            retain: false,
            topic: "/pk/dn/user/get",
            packet_id,
            payload: b"{\"t\":21.5}",
        })
    };
    let connect = Connect {
        protocol_level: 4,
        client_id: "12345|securemode=3,signmethod=hmacsha1,timestamp=789|".into(),
        username: Some("device&pk".into()),
        password: Some(Password::new(
            "FAFD82A3D602B37FB0FA8B7892F24A477F851A14".into(),
        )),
        keep_alive: 65,
        clean_session: true,
        will: None,
    };
    let with_will = Connect {
        will: Some(Will {
            topic: "a/b".into(),
            payload: vec![0, 1],
            qos: QoS::AtLeastOnce,
            retain: true,
        }),
        ..connect.clone()
    };
    let bare = Connect {
        client_id: String::new(),
        username: None,
        password: None,
        ..connect.clone()
    };
    let client = [
        Packet::Connect(connect),
        Packet::Connect(with_will),
        Packet::Connect(bare),
        publish(QoS::AtMostOnce, None),
        publish(QoS::AtLeastOnce, Some(id)),
        publish(QoS::ExactlyOnce, Some(id)),
        Packet::Puback(id),
        Packet::Pubrec(id),
        Packet::Pubrel(id),
        Packet::Pubcomp(id),
        Packet::Subscribe(Subscribe {
            packet_id: id,
            filters: vec![
                ("a/+/#".into(), QoS::AtLeastOnce),
                ("b".into(), QoS::ExactlyOnce),
            ],
        }),
        Packet::Unsubscribe(Unsubscribe {
            packet_id: id,
            filters: vec!["a/+/#".into(), "b".into()],
        }),
        Packet::Pingreq,
        Packet::Disconnect,
    ];
    let server = [
        Packet::Connack(Connack {
            session_present: true,
            code: ConnectCode::Accepted,
        }),
        Packet::Connack(Connack {
            session_present: false,
            code: ConnectCode::NotAuthorized,
        }),
        publish(QoS::AtLeastOnce, Some(id)),
        Packet::Puback(id),
        Packet::Suback(Suback {
            packet_id: id,
            codes: vec![SubackCode::Granted(QoS::AtLeastOnce), SubackCode::Failure],
        }),
        Packet::Unsuback(id),
        Packet::Pingresp,
    ];
    let from = |side: u8, packets: &[Packet<'_>]| -> Vec<Vec<u8>> {
        let written = packets.iter().map(|packet| {
            let mut bytes = vec![side];
            let mut packet_bytes = Vec::new();
            write(packet, &mut packet_bytes).expect("a legal packet");
            bytes.append(&mut packet_bytes);
            bytes
        });
        written.collect()
    };
    let mut all = from(0, &client);
    all.append(&mut from(1, &server));
    all
}

fn answers() -> Vec<Vec<u8>> {
    let bodies: [(u16, &str); 6] = [
        (
            200,
            r#"{"code":200,"message":"success","data":{"iotId":"42Ze0mk3556498a1AlTP","iotToken":"0d7fdeb9dc1f4344a2cc0d45edcb0bcb","resources":{"mqtt":{"host":"xxx.iot-as-mqtt.cn-shanghai.aliyuncs.com","port":1883}}}}"#,
        ),
        (200, r#"{"code":401,"message":"request auth error"}"#),
        (200, r#"{"code":6200,"message":"token is expired"}"#),
        (500, "<html><body>Internal Server Error</body></html>"),
        (302, ""),
        (200, r#"{"code":"200","data":null}"#),
    ];
    let with_status = |(status, body): (u16, &str)| {
        let mut bytes = status.to_be_bytes().to_vec();
        bytes.extend_from_slice(body.as_bytes());
        bytes
    };
    bodies.into_iter().map(with_status).collect()
}

fn client_ids() -> [&'static str; 4] {
    [
        "12345|securemode=3,signmethod=hmacsha1,timestamp=789|",
        "12345|securemode=2,_v=x|",
        "a|b|c|",
        "pk.device|securemode=3 , signmethod = HMACMD5|",
    ]
}

/// User name, password and secret, each with its length before it, then the client id.
fn logins() -> Vec<Vec<u8>> {
    let password = "fafd82a3d602b37fb0fa8b7892f24a477f851a14";
    let logins = [
        ("device&pk", password, "secret"),
        ("pk&device", password, "secret"),
        ("", "", ""),
        ("device&pk", "", "secret"),
    ];
    let with_ids = logins.into_iter().zip(client_ids());
    let written = with_ids.map(|((username, password, secret), client_id)| {
        let mut bytes = Vec::new();
        for text in [username, password, secret] {
            bytes.push(u8::try_from(text.len()).expect("short"));
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(client_id.as_bytes());
        bytes
    });
    written.collect()
}
