use tern_core::wire::{Connect, Packet};
use tern_platform::{Arrival, Device, Settings};

use crate::cloud::{Cloud, TCP, TLS, address, token_connect, triple};
use crate::https_auth::{form, granted};

const SEVEN_DAYS: u64 = 7 * 24 * 60 * 60;

fn authenticate(cloud: &mut Cloud) -> (String, String) {
    let (_, json) = cloud.platform.auth(cloud.now, form("dev1").as_bytes());
    cloud.drain();
    cloud.events();
    granted(&json)
}

fn login(cloud: &mut Cloud, arrival: Arrival, connect: Connect) -> (u8, String) {
    let id = cloud.open(arrival);
    cloud.send_packet(id, &Packet::Connect(connect));
    let code = cloud.received(id)[3];
    (code, cloud.closed(id).unwrap_or_default().to_owned())
}

#[test]
fn iot_id_and_iot_token_let_the_device_in() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    assert_eq!(
        login(&mut cloud, TLS, token_connect(&iot_id, &iot_token)).0,
        0
    );
    let event = cloud.whole_events().pop().expect("one");
    assert_eq!(event.device, Some(address("dev1")));
    let json = serde_json::to_string(&event).expect("plain data");
    assert!(
        json.contains(r#""client_id":"00:11:22:33:44:55""#) && json.contains(r#""login":"token""#),
        "{json}"
    );
    assert!(
        !json.contains(&iot_id) && !json.contains(&iot_token),
        "{json}"
    );
}

#[test]
fn over_tcp_and_with_an_extension_part_it_is_let_in_too() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    let with = |client_id: &str| Connect {
        client_id: client_id.to_owned(),
        ..token_connect(&iot_id, &iot_token)
    };
    assert_eq!(login(&mut cloud, TCP, with("mark")).0, 0);
    assert_eq!(
        login(
            &mut cloud,
            TLS,
            with("mark|securemode=-1,_v=sdk-c-2.0,timestamp=1,signmethod=hmacsha1|")
        )
        .0,
        0
    );
    assert_eq!(
        login(&mut cloud, TCP, with("mark|securemode=0,timestamp=1,gw=0|")).0,
        0
    );
    assert_eq!(login(&mut cloud, TCP, with("")).0, 2);
    assert_eq!(login(&mut cloud, TCP, with(&"x".repeat(65))).0, 2);
}

// server: [MQTT-3.2.2-6]
#[test]
fn a_bad_iot_id_or_iot_token_is_refused_with_3() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    let (code, reason) = login(&mut cloud, TLS, token_connect("nobody", &iot_token));
    assert_eq!(code, 3);
    assert!(
        reason.contains("\"nobody\" is neither deviceName&productKey nor an iotId"),
        "{reason}"
    );
    assert!(!reason.contains(&iot_token));
    let (code, reason) = login(
        &mut cloud,
        TLS,
        token_connect(&iot_id, "0d7fdeb9dc1f4344a2cc0d45edcb0bcb"),
    );
    assert_eq!(
        (code, reason.as_str()),
        (
            3,
            "the password is not the iotToken that belongs to this iotId"
        )
    );
    assert_eq!(
        cloud.whole_events().pop().expect("one").device,
        Some(address("dev1"))
    );
    // Its second half can't be had by trying prefixes.
    assert_eq!(
        login(&mut cloud, TLS, token_connect(&iot_id, &iot_token[..16])).0,
        3
    );
}

// server: [MQTT-3.2.2-6]
#[test]
fn a_token_older_than_seven_days_is_refused_with_3() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    cloud.seconds(SEVEN_DAYS);
    assert_eq!(
        login(&mut cloud, TLS, token_connect(&iot_id, &iot_token)).0,
        0
    );
    cloud.seconds(1);
    let (code, reason) = login(&mut cloud, TLS, token_connect(&iot_id, &iot_token));
    assert_eq!(code, 3);
    assert_eq!(
        reason,
        "the iotToken was given out 604801 s ago and is good for 604800 s; authenticate again"
    );
    // A new one lets in again.
    let (iot_id, iot_token) = authenticate(&mut cloud);
    assert_eq!(
        login(&mut cloud, TLS, token_connect(&iot_id, &iot_token)).0,
        0
    );
}

#[test]
fn a_new_token_leaves_the_older_ones_valid_up_to_a_number() {
    let mut cloud = Cloud::with(Settings {
        tokens_per_device: 2,
        ..Settings::default()
    });
    let [first, second, third] = std::array::from_fn(|_| authenticate(&mut cloud));
    for ((iot_id, iot_token), code) in [(&first, 3), (&second, 0), (&third, 0)] {
        assert_eq!(
            login(&mut cloud, TLS, token_connect(iot_id, iot_token)).0,
            code
        );
    }
}

#[test]
fn a_disabled_devices_token_is_refused_with_5() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    cloud.platform.register(Device {
        triple: triple("dev1"),
        disabled: true,
    });
    assert_eq!(
        login(&mut cloud, TLS, token_connect(&iot_id, &iot_token)),
        (5, "the device is disabled".to_owned())
    );
}

#[test]
fn the_keep_alive_window_holds_for_tokens_as_well() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    let connect = Connect {
        keep_alive: 30,
        ..token_connect(&iot_id, &iot_token)
    };
    assert_eq!(
        login(&mut cloud, TLS, connect),
        (3, "keep alive 30 s is outside 60..300 s".to_owned())
    );
}

#[test]
fn a_refusal_names_the_device_that_the_iot_id_belongs_to() {
    let mut cloud = Cloud::new();
    let (iot_id, iot_token) = authenticate(&mut cloud);
    let right = || token_connect(&iot_id, &iot_token);
    for (connect, code) in [
        (
            Connect {
                keep_alive: 0,
                ..right()
            },
            3,
        ),
        (
            Connect {
                client_id: String::new(),
                ..right()
            },
            2,
        ),
        (
            Connect {
                client_id: "a".repeat(65),
                ..right()
            },
            2,
        ),
        (
            Connect {
                password: None,
                ..right()
            },
            4,
        ),
    ] {
        assert_eq!(login(&mut cloud, TLS, connect).0, code);
        let event = cloud.whole_events().remove(0);
        assert_eq!(event.device, Some(address("dev1")), "{event:?}");
        let json = serde_json::to_string(&event).expect("plain data");
        assert!(
            !json.contains(&iot_id) && !json.contains(&iot_token),
            "{json}"
        );
    }
    login(&mut cloud, TLS, token_connect("nobody", &iot_token));
    assert_eq!(cloud.whole_events()[0].device, None);
}
