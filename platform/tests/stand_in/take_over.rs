use tern_core::wire::{Connect, Packet, QoS};

use crate::cloud::{Cloud, TCP, connect, token_connect};

const TAKEN_OVER: &str = "taken over by a newer connection with the same triple";

#[test]
fn a_newer_connection_of_a_triple_ends_the_older() {
    let mut cloud = Cloud::new();
    let (older, _) = cloud.login("dev1", true);
    cloud.events();
    let (newer, _) = cloud.login("dev1", true);
    assert_eq!(cloud.closed(older), Some(TAKEN_OVER));
    assert_eq!(cloud.closed(newer), None);
    assert_eq!(cloud.event_names(), ["disconnected", "connected"]);
    // The older end's own farewell changes nothing.
    cloud.hang_up(older);
    assert!(
        cloud
            .platform
            .devices()
            .next()
            .is_some_and(|device| device.online)
    );
    assert!(cloud.events().is_empty());
}

// server: [MQTT-3.1.4-2]
#[test]
fn it_goes_by_the_triple_and_not_by_the_client_id() {
    let mut cloud = Cloud::new();
    let (older, _) = cloud.login("dev1", true);
    // The same client id with another triple lives beside it.
    let (other, _) = cloud.login("dev2", true);
    assert_eq!(cloud.closed(older), None);
    // Another client id with the same triple, by way of a token.
    let (_, json) = cloud
        .platform
        .auth(cloud.now, crate::https_auth::form("dev1").as_bytes());
    let (iot_id, iot_token) = crate::https_auth::granted(&json);
    let newer = cloud.open(TCP);
    cloud.send_packet(newer, &Packet::Connect(token_connect(&iot_id, &iot_token)));
    assert_eq!(cloud.packets(newer), ["20 02 00 00"]);
    assert_eq!(cloud.closed(older), Some(TAKEN_OVER));
    assert_eq!(cloud.closed(other), None);
}

// server: [MQTT-3.1.3-2]
#[test]
fn a_session_is_found_under_another_client_id() {
    let mut cloud = Cloud::new();
    let (older, _) = cloud.login("dev1", false);
    cloud.hang_up(older);
    let (_, json) = cloud
        .platform
        .auth(cloud.now, crate::https_auth::form("dev1").as_bytes());
    let (iot_id, iot_token) = crate::https_auth::granted(&json);
    let newer = cloud.open(TCP);
    cloud.send_packet(
        newer,
        &Packet::Connect(Connect {
            clean_session: false,
            ..token_connect(&iot_id, &iot_token)
        }),
    );
    assert_eq!(cloud.packets(newer), ["20 02 01 00"]);
}

#[test]
fn a_refused_login_takes_nothing_over() {
    let mut cloud = Cloud::new();
    let (older, _) = cloud.login("dev1", true);
    let newer = cloud.open(TCP);
    cloud.send_packet(
        newer,
        &Packet::Connect(Connect {
            keep_alive: 1,
            ..connect("dev1")
        }),
    );
    assert!(cloud.closed(newer).is_some());
    assert_eq!(cloud.closed(older), None);
}

#[test]
fn a_kept_session_goes_over_to_the_newer_connection() {
    let mut cloud = Cloud::new();
    let (older, _) = cloud.login("dev1", false);
    cloud.subscribe(older, "/pk/dev1/#", QoS::AtLeastOnce);
    cloud.push("dev1", "/pk/dev1/a", b"1", QoS::AtLeastOnce);
    let (newer, session_present) = cloud.login("dev1", false);
    assert!(session_present);
    // 3a: PUBLISH, DUP, QoS 1; topic; packet identifier 1; payload.
    assert_eq!(
        cloud.packets(newer),
        ["3a 0f 00 0a 2f 70 6b 2f 64 65 76 31 2f 61 00 01 31"]
    );
}
