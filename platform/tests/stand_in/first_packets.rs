use std::time::Duration;

use tern_core::wire::{self, Connect, Packet};

use crate::cloud::{Cloud, NOTHING, TCP, connect, hex};

// server: [MQTT-3.1.2-2]
#[test]
fn another_protocol_level_is_refused_with_1() {
    for level in ["03", "05", "84"] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        cloud.send(
            id,
            &hex(&format!(
                "10 0d               // CONNECT, 13 bytes follow
                 00 04 4d 51 54 54   // protocol name MQTT
                 {level}             // protocol level
                 02 00 3c            // clean session, keep alive 60 s
                 00 01 78            // client id x"
            )),
        );
        assert_eq!(cloud.packets(id), ["20 02 00 01"]);
        assert!(
            cloud
                .closed(id)
                .is_some_and(|reason| reason.contains("MQTT-3.1.2-2"))
        );
    }
}

// server: [MQTT-3.1.2-1]
#[test]
fn another_protocol_name_closes_without_an_answer() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send(
        id,
        &hex("10 0f                     // CONNECT, 15 bytes follow
              00 06 4d 51 49 73 64 70   // protocol name MQIsdp: MQTT 3.1
              03 02 00 3c 00 01 78      // level 3, clean session, keep alive 60 s, client id x"),
    );
    assert_eq!(cloud.packets(id), NOTHING);
    assert!(
        cloud
            .closed(id)
            .is_some_and(|reason| reason.contains("MQTT-3.1.2-1"))
    );
}

// server: [MQTT-4.8.0-1]
#[test]
fn the_first_packet_has_to_be_connect() {
    for (bytes, name) in [("c0 00", "PINGREQ"), ("30", "PUBLISH"), ("82", "SUBSCRIBE")] {
        let mut cloud = Cloud::new();
        let id = cloud.open(TCP);
        cloud.send(id, &hex(bytes));
        assert_eq!(cloud.packets(id), NOTHING);
        assert_eq!(
            cloud.closed(id),
            Some(format!("the first packet is {name}, it must be CONNECT [MQTT-3.1.0-1]").as_str())
        );
        assert_eq!(cloud.event_names(), ["disconnected"]);
    }
}

// server: [MQTT-3.1.0-2]
#[test]
fn a_second_connect_closes() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    assert_eq!(
        cloud.closed(id),
        Some("a second CONNECT came [MQTT-3.1.0-2]")
    );
    assert!(cloud.platform.devices().all(|device| !device.online));
}

// server: [MQTT-3.1.4-5]
#[test]
fn what_follows_a_refused_connect_is_not_answered() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    let mut bytes = Vec::new();
    wire::write(
        &Packet::Connect(Connect {
            keep_alive: 1,
            ..connect("dev1")
        }),
        &mut bytes,
    )
    .expect("valid");
    bytes.extend(hex("c0 00")); // PINGREQ
    wire::write(&Packet::Connect(connect("dev1")), &mut bytes).expect("valid"); // one that would be accepted
    cloud.send(id, &bytes);
    assert_eq!(cloud.packets(id), ["20 02 00 03"]);
    assert_eq!(cloud.event_names(), ["refused"]);
    assert!(cloud.platform.devices().all(|device| !device.online));
}

#[test]
fn the_connect_has_to_come_in_time() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send(id, &hex("10")); // the first byte of a CONNECT
    cloud.wait(Duration::from_millis(4999));
    assert_eq!(cloud.closed(id), None);
    cloud.wait(Duration::from_millis(1));
    assert_eq!(cloud.closed(id), Some("no CONNECT within 5 s"));
}

#[test]
fn a_connect_that_is_too_long_is_not_waited_for() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send(id, &hex("10 ff ff ff 7f")); // CONNECT of 268,435,455 bytes
    assert!(
        cloud
            .closed(id)
            .is_some_and(|reason| reason.contains("268435460")),
        "{:?}",
        cloud.closed(id)
    );
}

#[test]
fn a_stranger_is_given_less_room_than_a_device() {
    let mut cloud = Cloud::new();
    let id = cloud.open(TCP);
    cloud.send(id, &hex("10 fd 7f")); // CONNECT of 16,381 bytes and 3 of fixed header
    assert_eq!(cloud.closed(id), None);
    let id = cloud.open(TCP);
    cloud.send(id, &hex("10 fe 7f")); // one more
    let reason = "a packet of 16385 bytes is larger than the limit of 16384 bytes";
    assert_eq!(cloud.closed(id), Some(reason));
    let (id, _) = cloud.login("dev1", true);
    cloud.send(id, &hex("30 fe 7f"));
    assert_eq!(cloud.closed(id), None);
}
