//! MQTT.js and paho-mqtt at `tern platform`, with what `tern sign` prints, over TCP, TLS, WebSocket, and WebSocket in TLS.

use serde_json::json;
use tern_tests::peers::device::{Device, READER, Signed, Tern, WRITER};
use tern_tests::peers::scripted::{Library, Message};
use tern_tests::peers::stand_in::{DISABLED, StandIn};

use crate::scenarios::{bytes_of, tern};

const SCHEMES: [&str; 4] = ["mqtt", "mqtts", "ws", "wss"];
const TOPIC: &str = "/a1aq9sQk2JE/reader/data";

/// The same with each library: one test for each, so that each is skipped alone where it is not here.
macro_rules! with_each_library {
    ($($scenario:ident)*) => {
        mod mqtt_js {
            $(#[test]
            fn $scenario() {
                super::with(super::Library::mqtt_js, super::$scenario);
            })*
        }
        mod paho {
            $(#[test]
            fn $scenario() {
                super::with(super::Library::paho, super::$scenario);
            })*
        }
    };
}

with_each_library! {
    a_device_gets_its_own_messages_with_the_publishers_qos
    nothing_is_retained
    who_is_not_let_in_is_told_why_by_the_code
    a_second_client_of_the_triple_drops_the_first
    other_topics_and_qos_2_are_refused
    the_largest_payload_passes_and_one_byte_more_does_not
    what_was_missed_comes_after_the_reconnect
}

fn with(library: fn() -> Option<Library>, scenario: fn(&Tern, &mut StandIn, &Library)) {
    if let (Some(tern), Some(library)) = (tern(), library()) {
        scenario(&tern, &mut StandIn::start(&tern), &library);
    }
}

fn a_device_gets_its_own_messages_with_the_publishers_qos(
    tern: &Tern,
    stand_in: &mut StandIn,
    library: &Library,
) {
    for scheme in SCHEMES {
        let user = tern.sign(READER, scheme);
        let mut client = library.connected(&stand_in.place(scheme), &user);
        for granted in [0, 1] {
            assert_eq!(u64::from(granted), client.subscribe(TOPIC, granted));
            for qos in [0, 1] {
                client.publish(TOPIC, "温度 21".as_bytes(), qos, false);
                let expected = Message {
                    topic: TOPIC.to_owned(),
                    payload: "温度 21".into(),
                    qos: qos.into(),
                    retain: false,
                };
                assert_eq!(client.message(), expected, "over {scheme}");
            }
        }
        client.end();
        let login = stand_in.process().event_named("connected");
        assert_eq!(login["device_name"], "reader");
    }
}

fn nothing_is_retained(tern: &Tern, stand_in: &mut StandIn, library: &Library) {
    let place = stand_in.place("mqtt");
    let mut client = library.connected(&place, &tern.sign(READER, "mqtt"));
    client.publish(TOPIC, b"old", 1, true);
    client.process.event_named("published");
    assert_eq!(client.subscribe(TOPIC, 1), 1);
    client.publish(TOPIC, b"new", 1, true);
    let first = client.message();
    assert_eq!((&first.payload[..], first.retain), (&b"new"[..], false));
    client.end();
}

fn who_is_not_let_in_is_told_why_by_the_code(
    tern: &Tern,
    stand_in: &mut StandIn,
    library: &Library,
) {
    for scheme in SCHEMES {
        let place = stand_in.place(scheme);
        let signed = |name, secret| tern.sign(Device { name, secret }, scheme);
        let reader = tern.sign(READER, scheme);
        let bare = Signed {
            client_id: "a1aq9sQk2JE.reader".to_owned(),
            ..reader.clone()
        };
        let cases = [
            (signed(READER.name, WRITER.secret), 60, 4, "another secret"),
            (signed("nobody", READER.secret), 60, 5, "an unknown device"),
            (tern.sign(DISABLED, scheme), 60, 5, "a disabled device"),
            (bare, 60, 2, "a client id without its extension part"),
            (reader, 30, 3, "a keep alive outside the window"),
        ];
        for (user, keep_alive, connack, why) in cases {
            let other = json!({ "keep_alive": keep_alive });
            let answer = library.start().connect(&place, &user, &other);
            assert_eq!(answer["code"], connack, "{why} over {scheme}: {answer}");
        }
    }
}

fn a_second_client_of_the_triple_drops_the_first(
    tern: &Tern,
    stand_in: &mut StandIn,
    library: &Library,
) {
    for scheme in SCHEMES {
        let place = stand_in.place(scheme);
        let user = tern.sign(READER, scheme);
        let mut first = library.connected(&place, &user);
        let mut second = library.connected(&place, &user);
        first.process.event_named("closed");
        assert_eq!(second.subscribe(TOPIC, 1), 1);
        second.publish(TOPIC, b"mine now", 1, false);
        assert_eq!(second.message().payload, b"mine now");
        second.end();
    }
}

fn other_topics_and_qos_2_are_refused(tern: &Tern, stand_in: &mut StandIn, library: &Library) {
    let place = stand_in.place("mqtt");
    let mut client = library.connected(&place, &tern.sign(READER, "mqtt"));
    assert_eq!(client.subscribe("/a1aq9sQk2JE/writer/data", 1), 0x80);
    assert_eq!(client.subscribe(TOPIC, 2), 1);
    client.publish(TOPIC, b"exactly once", 2, false);
    client.process.event_named("closed");
    let dropped = stand_in.process().event_named("disconnected");
    let reason = dropped["reason"].as_str().expect("a reason");
    assert!(reason.contains("QoS 2"), "{reason}");
}

fn the_largest_payload_passes_and_one_byte_more_does_not(
    tern: &Tern,
    stand_in: &mut StandIn,
    library: &Library,
) {
    let largest = 256 * 1024;
    for scheme in SCHEMES {
        let user = tern.sign(READER, scheme);
        let mut client = library.connected(&stand_in.place(scheme), &user);
        assert_eq!(client.subscribe(TOPIC, 1), 1);
        let payload = bytes_of(largest);
        client.publish(TOPIC, &payload, 1, false);
        assert!(client.message().payload == payload, "over {scheme}");
        client.publish(TOPIC, &bytes_of(largest + 1), 1, false);
        client.process.event_named("closed");
        let dropped = stand_in.process().event_named("disconnected");
        let reason = dropped["reason"].as_str().expect("a reason");
        assert!(reason.contains("over the limit"), "{reason}");
    }
}

fn what_was_missed_comes_after_the_reconnect(
    tern: &Tern,
    stand_in: &mut StandIn,
    library: &Library,
) {
    let place = stand_in.place("mqtt");
    let user = tern.sign(READER, "mqtt");
    let keeps = json!({ "clean": false });
    let mut client = library.start();
    assert_eq!(
        client.connect(&place, &user, &keeps)["session_present"],
        false
    );
    assert_eq!(client.subscribe(TOPIC, 1), 1);
    client.end();
    stand_in.process().event_named("disconnected");
    stand_in.push(READER, TOPIC, "lost", 0);
    stand_in.push(READER, TOPIC, "kept", 1);
    let mut client = library.start();
    assert_eq!(
        client.connect(&place, &user, &keeps)["session_present"],
        true
    );
    let first = client.message();
    assert_eq!((&first.payload[..], first.qos), (&b"kept"[..], 1));
    client.end();
}
