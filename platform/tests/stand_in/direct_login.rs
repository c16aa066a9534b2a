use tern_core::identity::{ClientId, Triple};
use tern_core::sign::{Password, SignMethod, content, direct, sign};
use tern_core::wire::{Connect, Packet, QoS, Will};
use tern_platform::{Arrival, Device, RefusalCodes, Settings};

use crate::cloud::{Cloud, NOTHING, SECRET, TCP, TLS, address, connect, hex, to_hex, triple};

const WS: Arrival = Arrival {
    secure: false,
    websocket: true,
};
const WSS: Arrival = Arrival {
    secure: true,
    websocket: true,
};

/// Sends a CONNECT; answers the CONNACK's return code and, for a refusal, the event's reason.
fn login_over(cloud: &mut Cloud, arrival: Arrival, connect: &Connect) -> (u8, String) {
    let id = cloud.open(arrival);
    cloud.send_packet(id, &Packet::Connect(connect.clone()));
    let connack = cloud.received(id);
    let [0x20, 0x02, 0x00, code] = connack[..] else {
        panic!("{}", to_hex(&connack))
    };
    let closed = cloud.closed(id).map(str::to_owned);
    assert_eq!(
        closed.is_some(),
        code != 0,
        "a refusal is followed by the end of the connection [MQTT-3.1.4-5]"
    );
    let events = cloud.events();
    assert!(!events.join("").contains(SECRET));
    let reason = closed.unwrap_or_default();
    if code != 0 {
        let event = serde_json::json!({ "event": "refused", "connack": code, "reason": reason });
        let seen: serde_json::Value =
            serde_json::from_str(events.last().expect("one")).expect("JSON");
        assert_eq!(seen, event);
    }
    (code, reason)
}

fn login(connect: &Connect) -> (u8, String) {
    login_over(&mut Cloud::new(), TCP, connect)
}

// server: [MQTT-3.1.4-4], [MQTT-3.2.0-1]
#[test]
fn the_seeds_own_connect_is_accepted() {
    let mut cloud = Cloud::new();
    let triple = Triple::new("pk", "device", "secret").expect("valid");
    cloud.platform.register(Device {
        triple,
        disabled: false,
    });
    let id = cloud.open(TCP);
    let mut bytes = hex("
        10 76                // CONNECT, 118 bytes follow
        00 04 4d 51 54 54    // protocol name MQTT
        04                   // protocol level 4
        c2                   // user name, password, clean session
        00 3c                // keep alive 60 s
        00 35                // client id, 53 bytes
    ");
    bytes.extend(b"12345|securemode=3,signmethod=hmacsha1,timestamp=789|");
    bytes.extend(hex("00 09")); // user name, 9 bytes
    bytes.extend(b"device&pk");
    bytes.extend(hex("00 28")); // password, 40 bytes
    bytes.extend(b"FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
    cloud.send(id, &bytes);
    assert_eq!(cloud.packets(id), ["20 02 00 00"]);
    let event = serde_json::to_value(&cloud.whole_events()[0]).expect("plain data");
    let expected = serde_json::json!({
        "event": "connected", "client_id": "12345", "keep_alive": 60, "clean_session": true,
        "session_present": false, "login": "direct", "product_key": "pk", "device_name": "device",
    });
    assert_eq!(event, expected);
}

#[test]
fn every_method_is_accepted_with_and_without_timestamp() {
    for method in SignMethod::ALL {
        for timestamp in [None, Some(2_524_608_000_000)] {
            let signed = direct(
                &triple("dev1"),
                &ClientId::new("x").expect("valid"),
                method,
                3,
                timestamp,
            );
            let connect = Connect {
                client_id: signed.client_id,
                password: Some(signed.password),
                ..connect("dev1")
            };
            assert_eq!(login(&connect).0, 0, "{method} {timestamp:?}");
        }
    }
}

#[test]
fn the_signatures_hex_may_have_either_case() {
    let connect = connect("dev1");
    let password = connect.password.clone().expect("signed");
    for text in [
        password.expose().to_uppercase(),
        password.expose().to_lowercase(),
    ] {
        assert_eq!(
            login(&Connect {
                password: Some(Password::new(text)),
                ..connect.clone()
            })
            .0,
            0
        );
    }
}

#[test]
fn other_clients_spellings_of_the_client_id_are_read() {
    for extension in [
        "timestamp=1600000000,signmethod=hmacsha1,securemode=3",
        "securemode=3,signmethod=hmacsha1,timestamp=1600000000,lan=C,_v=sdk-c-3.0.1,gw=0,ext=0,partner_id=,_ss=1,",
        " securemode = 3 ,\n signmethod = hmacsha1 ,\n timestamp = 1600000000 \n",
    ] {
        let pairs = [
            ("productKey", "pk"),
            ("deviceName", "dev1"),
            ("clientId", "x"),
            ("timestamp", "1600000000"),
        ];
        let digest = sign(
            SignMethod::HmacSha1,
            &triple("dev1").device_secret,
            &content(&pairs),
        );
        let connect = Connect {
            client_id: format!("x|{extension}|"),
            password: Some(Password::new(digest.to_string())),
            ..connect("dev1")
        };
        assert_eq!(login(&connect), (0, String::new()), "{extension}");
    }
}

#[test]
fn the_securemode_has_to_fit_the_way_in() {
    let with = |securemode| {
        let signed = direct(
            &triple("dev1"),
            &ClientId::new("x").expect("valid"),
            SignMethod::HmacSha256,
            securemode,
            None,
        );
        Connect {
            client_id: signed.client_id,
            password: Some(signed.password),
            ..connect("dev1")
        }
    };
    for (arrival, right, wrong, name) in [
        (TCP, 3, 2, "TCP"),
        (TLS, 2, 3, "TLS"),
        (WS, 3, 2, "WebSocket without TLS"),
        (WSS, 2, 3, "WebSocket with TLS"),
    ] {
        let mut cloud = Cloud::new();
        assert_eq!(login_over(&mut cloud, arrival, &with(right)).0, 0);
        let (code, reason) = login_over(&mut cloud, arrival, &with(wrong));
        assert_eq!(code, 4);
        assert_eq!(
            reason,
            format!(
                "securemode={wrong} does not fit a connection over {name}: send securemode={right}"
            )
        );
        let lenient = Settings {
            check_securemode: false,
            ..Settings::default()
        };
        assert_eq!(
            login_over(&mut Cloud::with(lenient), arrival, &with(wrong)).0,
            0
        );
    }
}

// server: [MQTT-3.2.2-6]
#[test]
fn a_keep_alive_outside_the_window_is_refused_with_3() {
    for (keep_alive, code) in [
        (0, 3),
        (1, 3),
        (30, 3),
        (59, 3),
        (60, 0),
        (300, 0),
        (301, 3),
        (65_535, 3),
    ] {
        let (seen, reason) = login(&Connect {
            keep_alive,
            ..connect("dev1")
        });
        assert_eq!(seen, code, "{keep_alive}");
        if code == 3 {
            assert_eq!(
                reason,
                format!("keep alive {keep_alive} s is outside 60..300 s")
            );
        }
    }
    let today = Settings {
        keep_alive: 30..=1200,
        ..Settings::default()
    };
    assert_eq!(
        login_over(
            &mut Cloud::with(today),
            TCP,
            &Connect {
                keep_alive: 30,
                ..connect("dev1")
            }
        )
        .0,
        0
    );
}

// server: [MQTT-3.2.2-5]
#[test]
fn a_bad_signature_is_refused_with_4() {
    let good = connect("dev1");
    let of_another = direct(
        &Triple::new("pk", "dev1", "anothersecret").expect("valid"),
        &ClientId::new("mark").expect("valid"),
        SignMethod::HmacSha1,
        3,
        None,
    );
    let cut = good
        .password
        .as_ref()
        .map(|password| password.expose()[1..].to_owned());
    for password in [
        of_another.password.expose().to_owned(),
        cut.expect("signed"),
        "g".repeat(40),
        "é".to_owned(),
    ] {
        let (code, reason) = login(&Connect {
            password: Some(Password::new(password)),
            ..good.clone()
        });
        assert_eq!(code, 4);
        assert_eq!(
            reason,
            "the password is not the hmacsha1 of \"clientIdmarkdeviceNamedev1productKeypk\" with this device's secret, in hex"
        );
    }
    // A timestamp that is sent has to be signed.
    let connect = Connect {
        client_id: "mark|securemode=3,signmethod=hmacsha1,timestamp=1|".to_owned(),
        ..good
    };
    let (code, reason) = login(&connect);
    assert_eq!(code, 4);
    assert!(reason.contains("productKeypktimestamp1"), "{reason}");
}

// server: [MQTT-3.2.2-5], [MQTT-7.0.0-2]
#[test]
fn a_missing_user_name_or_password_is_refused_with_4() {
    let good = connect("dev1");
    let (code, reason) = login(&Connect {
        password: None,
        ..good.clone()
    });
    assert_eq!(code, 4);
    assert!(reason.starts_with("the password is missing"), "{reason}");
    let none = Connect {
        username: None,
        password: None,
        ..good
    };
    let (code, reason) = login(&none);
    assert_eq!(code, 4);
    assert!(reason.starts_with("the user name is missing"), "{reason}");
}

#[test]
fn an_empty_user_name_is_a_missing_one() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send(
        id,
        &hex("10 0f                     // CONNECT, 15 bytes follow
              00 04 4d 51 54 54 04      // protocol name MQTT, level 4
              82 00 3c                  // user name, clean session; keep alive 60 s
              00 01 78                  // client id x
              00 00                     // user name, empty"),
    );
    assert_eq!(cloud.packets(id), ["20 02 00 04"]);
}

// server: [MQTT-3.2.2-5]
#[test]
fn a_device_that_is_unknown_or_disabled_is_refused_with_5() {
    let good = connect("dev1");
    for (username, expected) in [
        (
            "dev9&pk",
            "no device \"dev9\" of product \"pk\" is registered here",
        ),
        (
            "dev1&px",
            "no device \"dev1\" of product \"px\" is registered here",
        ),
        (
            "pk&dev1",
            "the user name \"pk&dev1\" has the productKey first: it is deviceName&productKey",
        ),
        (
            "dev1",
            "the user name \"dev1\" has no '&': it is deviceName&productKey",
        ),
        (
            " dev1&pk",
            "no device \" dev1\" of product \"pk\" is registered here",
        ),
        (
            "a\nb&pk",
            "no device \"a\\nb\" of product \"pk\" is registered here",
        ),
    ] {
        let (code, reason) = login(&Connect {
            username: Some(username.to_owned()),
            ..good.clone()
        });
        assert_eq!((code, reason.as_str()), (5, expected));
    }
    let long = Connect {
        username: Some(format!("{}&pk", "x".repeat(5000))),
        ..good.clone()
    };
    assert!(login(&long).1.len() < 400, "a reason stays short");

    let mut cloud = Cloud::new();
    cloud.platform.register(Device {
        triple: triple("dev1"),
        disabled: true,
    });
    assert_eq!(
        login_over(&mut cloud, TCP, &good),
        (5, "the device is disabled".to_owned())
    );
}

// server: [MQTT-3.1.3-5], [MQTT-3.1.3-9], [MQTT-7.0.0-2]
#[test]
fn a_client_id_that_cannot_be_read_is_refused_with_2() {
    for (client_id, expected) in [
        ("", "extension part"),
        ("mark", "extension part"),
        ("mark|securemode=3,signmethod=hmacsha1", "closing '|'"),
        ("mark|securemode=3,signmethod=hmacsha1|x", "text follows"),
        ("mark|securemode=3|", "no signmethod"),
        ("mark|signmethod=hmacsha1|", "no securemode"),
        (
            "mark|securemode=tls,signmethod=hmacsha1|",
            "securemode is \"tls\"",
        ),
        (
            "mark|securemode=3,signmethod=sha1|",
            "signmethod is \"sha1\"",
        ),
        ("|securemode=3,signmethod=hmacsha1|", "clientId"),
    ] {
        let (code, reason) = login(&Connect {
            client_id: client_id.to_owned(),
            ..connect("dev1")
        });
        assert_eq!(code, 2, "{client_id}");
        assert!(reason.contains(expected), "{client_id}: {reason}");
    }
}

// server: [MQTT-3.1.3-8]
#[test]
fn an_empty_client_id_without_a_clean_session_is_refused_with_2() {
    // With a user name of a direct login, with that of a token, and without one.
    for (length, flags, rest) in [
        ("1b", "c0", "00 07 64 65 76 31 26 70 6b 00 04 78 78 78 78"),
        ("13", "c0", "00 01 78 00 02 78 78"),
        ("0c", "00", ""),
    ] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        cloud.send(
            id,
            &hex(&format!(
                "10 {length}               // CONNECT
                 00 04 4d 51 54 54 04      // protocol name MQTT, level 4
                 {flags} 00 3c             // no clean session; keep alive 60 s
                 00 00                     // client id, empty
                 {rest}"
            )),
        );
        assert_eq!(cloud.packets(id), ["20 02 00 02"], "{flags}");
        assert!(cloud.closed(id).is_some());
    }
}

// server: [MQTT-3.2.2-4]
#[test]
fn a_refusal_says_nothing_of_the_session_that_is_there() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", false);
    cloud.hang_up(id);
    cloud.events();
    let wrong = Connect {
        clean_session: false,
        password: Some(Password::new("x".to_owned())),
        ..connect("dev1")
    };
    // `login_over` asserts the 0.
    assert_eq!(login_over(&mut cloud, TCP, &wrong).0, 4);
    assert!(cloud.login("dev1", false).1, "it is still there");
}

#[test]
fn a_client_id_of_64_characters_is_accepted_and_one_of_65_refused_with_2() {
    for (length, code) in [(64, 0), (65, 2)] {
        // Characters count, not bytes.
        let client_id = "é".repeat(length);
        let pairs = [
            ("productKey", "pk"),
            ("deviceName", "dev1"),
            ("clientId", client_id.as_str()),
        ];
        let digest = sign(
            SignMethod::HmacSha1,
            &triple("dev1").device_secret,
            &content(&pairs),
        );
        let connect = Connect {
            client_id: format!("{client_id}|securemode=3,signmethod=hmacsha1|"),
            password: Some(Password::new(digest.to_string())),
            ..connect("dev1")
        };
        assert_eq!(login(&connect).0, code);
    }
}

// server: [MQTT-3.1.2-8], [MQTT-3.1.2-16], [MQTT-3.1.2-17]
#[test]
fn a_will_is_accepted_and_never_published() {
    for retain in [false, true] {
        let mut cloud = Cloud::new();
        let (id, _) = cloud.login("dev1", false);
        cloud.subscribe(id, "/pk/dev1/#", QoS::AtLeastOnce);
        // On a topic of its own that it has subscribed to: its message would wait for it.
        let will = Will {
            topic: "/pk/dev1/gone".to_owned(),
            payload: b"bye".to_vec(),
            qos: QoS::AtLeastOnce,
            retain,
        };
        let id = cloud.open(TCP);
        cloud.events();
        cloud.send_packet(
            id,
            &Packet::Connect(Connect {
                clean_session: false,
                will: Some(will),
                ..connect("dev1")
            }),
        );
        assert_eq!(cloud.packets(id), ["20 02 01 00"]);
        assert_eq!(
            cloud.event_names(),
            ["disconnected", "connected", "ignored"]
        );
        cloud.hang_up(id);
        let view = cloud.platform.device(&address("dev1")).expect("registered");
        assert_eq!(view.queued, 0);
        let (id, _) = cloud.login("dev1", false);
        assert_eq!(cloud.packets(id), NOTHING);
        // Nor was it retained: the SUBACK is all that comes.
        cloud.subscribe(id, "/pk/dev1/gone", QoS::AtLeastOnce);
    }
}

#[test]
fn each_refusals_code_is_a_setting() {
    use tern_core::wire::ConnectCode::{Accepted, IdentifierRejected, NotAuthorized};
    let codes = RefusalCodes {
        keep_alive: IdentifierRejected,
        signature: Accepted,
        ..RefusalCodes::default()
    };
    let mut cloud = Cloud::with(Settings {
        codes,
        ..Settings::default()
    });
    assert_eq!(
        login_over(
            &mut cloud,
            TCP,
            &Connect {
                keep_alive: 1,
                ..connect("dev1")
            }
        )
        .0,
        2
    );
    // A refusal never says "accepted".
    let wrong = Connect {
        password: Some(Password::from("00")),
        ..connect("dev1")
    };
    assert_eq!(
        login_over(&mut cloud, TCP, &wrong).0,
        NotAuthorized.number()
    );
}

#[test]
fn a_refusal_names_the_device_that_the_login_claims_to_be() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send_packet(
        id,
        &Packet::Connect(Connect {
            keep_alive: 30,
            ..connect("dev2")
        }),
    );
    let events = cloud.whole_events();
    assert_eq!(events[0].device, Some(address("dev2")));
    assert_eq!(
        serde_json::to_string(&events[0]).expect("plain data"),
        r#"{"event":"refused","connack":3,"reason":"keep alive 30 s is outside 60..300 s","product_key":"pk","device_name":"dev2"}"#
    );
}

#[test]
fn a_refusal_names_a_device_that_nobody_registered_but_no_illegal_names() {
    for (username, device) in [
        ("dev9&pk", Some(address("dev9"))),
        ("dev 9&pk", None),
        ("dev9&", None),
        ("dev9", None),
    ] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        let connect = Connect {
            username: Some(username.to_owned()),
            ..connect("dev1")
        };
        cloud.send_packet(id, &Packet::Connect(connect));
        assert_eq!(cloud.packets(id), ["20 02 00 05"], "{username}");
        assert_eq!(cloud.whole_events()[0].device, device, "{username}");
    }
}

#[test]
fn a_disabled_device_is_disconnected() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    assert!(
        cloud
            .platform
            .set_disabled(cloud.now, &address("dev1"), true)
    );
    cloud.drain();
    assert_eq!(cloud.closed(id), Some("the device has been disabled"));
    assert_eq!(login_over(&mut cloud, TCP, &connect("dev1")).0, 5);
    assert!(
        cloud
            .platform
            .set_disabled(cloud.now, &address("dev1"), false)
    );
    cloud.login("dev1", true);
    assert!(
        !cloud
            .platform
            .set_disabled(cloud.now, &address("dev9"), true)
    );
}
