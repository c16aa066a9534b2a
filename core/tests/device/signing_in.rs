//! From `connect` to `Connected`: what is opened, and which CONNECT is sent.

use tern_core::device::{Event, Login, Phase};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::sign::Password;

use crate::scripted::{ACCEPTED, Scripted, Seen, bytes, direct, hex, plain};

// client: [MQTT-3.1.2-1], [MQTT-3.1.2-2], [MQTT-3.1.2-3]
// client: [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15], [MQTT-3.1.2-19], [MQTT-3.1.2-21], [MQTT-3.1.3-1]
// client: [MQTT-3.1.3-3]
#[test]
fn the_seeds_example_gives_this_connect_to_the_byte() {
    let mut device = Scripted::new(direct());
    device.connect();
    let endpoint =
        Endpoint::from_url("mqtt://pk.iot-as-mqtt.cn-shanghai.aliyuncs.com:1883").unwrap();
    let connecting = Event::Connecting {
        endpoint: endpoint.clone(),
    };
    assert_eq!(
        device.take(),
        [Seen::Event(connecting), Seen::Open(endpoint)]
    );
    device.opened();
    let mut expected = bytes(
        "10 76              # CONNECT, 118 bytes follow
         00 04 4D 51 54 54  # protocol name MQTT
         04                 # protocol level 4
         C0                 # user name, password; no clean session
         00 3C              # keep alive 60 s
         00 35              # client id: 53 bytes",
    );
    expected.extend(b"12345|securemode=3,signmethod=hmacsha1,timestamp=789|");
    expected.extend(b"\x00\x09device&pk");
    expected.extend(b"\x00\x28FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
    assert_eq!(device.take(), [Seen::Sent(hex(&expected))]);
    device.receive(ACCEPTED);
    assert_eq!(
        device.take(),
        [Seen::Event(Event::Connected {
            session_present: false
        })]
    );
    assert_eq!(device.device.phase(), Phase::Connected);
    assert!(device.device.is_connected());
}

#[test]
fn the_securemode_follows_the_transport() {
    for (transport, securemode) in [
        (TransportKind::Tcp, "securemode=3"),
        (TransportKind::Ws, "securemode=3"),
        (TransportKind::Tls, "securemode=2"),
        (TransportKind::Wss, "securemode=2"),
    ] {
        let mut config = direct();
        if let Login::Direct { endpoint, .. } = &mut config.login {
            endpoint.transport = transport;
        }
        let mut device = Scripted::new(config);
        device.connect();
        device.opened();
        let sent = bytes(&device.sent());
        assert!(
            sent.windows(12).any(|part| part == securemode.as_bytes()),
            "{transport:?}"
        );
    }
}

// client: [MQTT-3.1.2-1], [MQTT-3.1.2-2], [MQTT-3.1.2-3]
// client: [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15], [MQTT-3.1.2-18], [MQTT-3.1.2-20], [MQTT-3.1.3-3]
// client: [MQTT-7.0.0-2]
#[test]
fn a_login_without_a_triple_sends_just_what_it_is_given() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.take();
    device.opened();
    assert_eq!(
        bytes(&device.sent()),
        bytes(
            "10 0D              # CONNECT, 13 bytes follow
             00 04 4D 51 54 54  # MQTT
             04                 # protocol level 4
             00                 # no flag
             00 3C              # keep alive 60 s
             00 01 63           # client id c",
        )
    );
}

// client: [MQTT-3.1.2-19], [MQTT-3.1.2-20], [MQTT-3.1.2-21], [MQTT-3.1.3-1]
#[test]
fn a_user_name_without_a_password_and_an_empty_one_are_sent_as_they_are() {
    for (name, secret, flags, fields) in [
        ("u", None, 0x82, "00 01 75"),
        ("u", Some(""), 0xC2, "00 01 75 00 00"),
        ("", None, 0x82, "00 00"),
        ("", Some("p"), 0xC2, "00 00 00 01 70"),
    ] {
        let mut config = plain();
        config.clean_session = true;
        if let Login::Plain {
            username, password, ..
        } = &mut config.login
        {
            *username = Some(name.to_owned());
            *password = secret.map(|secret| Password::new(secret.to_owned()));
        }
        let mut device = Scripted::new(config);
        device.connect();
        device.opened();
        let sent = bytes(&device.sent());
        assert_eq!(sent[9], flags);
        assert_eq!(&sent[15..], bytes(fields), "{name:?} {secret:?}");
    }
}

#[test]
fn the_session_of_before_is_told() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.accept("20 02 01 00");
    assert_eq!(
        device.events().last(),
        Some(&Event::Connected {
            session_present: true
        })
    );
}

#[test]
fn a_clean_session_has_no_session_of_before_whatever_the_peer_says() {
    let mut config = plain();
    config.clean_session = true;
    let mut device = Scripted::new(config);
    device.connect();
    device.accept("20 02 01 00");
    assert_eq!(
        device.events().last(),
        Some(&Event::Connected {
            session_present: false
        })
    );
}
