//! Messages from the cloud side, one or a flow.

use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::device::{ACCEPTED, PUBLISH, SUBACK, SUBSCRIBE, connect_packet, exchange, expect};
use crate::http::{Answer, request};
use crate::setup::{Setup, connect, start};

const TOPIC: &str = "/a1aq9sQk2JE/dev1/data";

fn push(setup: &Setup, order: &Value) -> Answer {
    request(
        setup.stand_in.addresses().http,
        "POST",
        "/api/devices/a1aq9sQk2JE/dev1/push",
        &order.to_string(),
    )
}

fn subscribed(setup: &Setup) -> std::net::TcpStream {
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    exchange(&mut stream, SUBSCRIBE, &SUBACK);
    stream
}

fn counts(pairs: &[(&str, u64)]) -> Value {
    let mut report = json!({ "pushed": 0, "routed": 0, "queued": 0, "not_subscribed": 0, "offline": 0, "dropped": 0 });
    for (name, count) in pairs {
        report[*name] = json!(count);
    }
    report
}

#[test]
fn a_pushed_message_reaches_the_device() {
    let setup = start();
    let mut stream = subscribed(&setup);
    let answer = push(&setup, &json!({ "topic": TOPIC, "payload": "hi" }));
    assert_eq!(answer.json(), counts(&[("pushed", 1), ("routed", 1)]));
    expect(&mut stream, PUBLISH);
    push(&setup, &json!({ "topic": TOPIC, "payload_base64": "aGk=" }));
    expect(&mut stream, PUBLISH);
}

#[test]
fn what_becomes_of_a_message_is_told() {
    let setup = start();
    let order = json!({ "topic": TOPIC, "payload": "hi", "count": 3 });
    assert_eq!(
        push(&setup, &order).json(),
        counts(&[("pushed", 3), ("offline", 3)])
    );
    let _stream = subscribed(&setup);
    let order = json!({ "topic": "/a1aq9sQk2JE/dev1/other" });
    assert_eq!(
        push(&setup, &order).json(),
        counts(&[("pushed", 1), ("not_subscribed", 1)])
    );
}

#[test]
fn a_flow_keeps_its_pace() {
    let setup = start();
    let mut stream = subscribed(&setup);
    let start = std::time::Instant::now();
    let order = json!({ "topic": TOPIC, "payload": "hi", "count": 51, "per_second": 500 });
    assert_eq!(
        push(&setup, &order).json(),
        counts(&[("pushed", 51), ("routed", 51)])
    );
    assert!(start.elapsed().as_millis() >= 100, "{:?}", start.elapsed());
    expect(&mut stream, &PUBLISH.repeat(51));
}

#[test]
fn an_unpaced_flow_of_qos_1_waits_for_the_device_and_loses_nothing() {
    const COUNT: u64 = 5000;
    let setup = start();
    let mut stream = subscribed(&setup);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // PUBLISH QoS 1: 30 bytes, the identifier at 26 and 27. Each is acknowledged as it comes.
            let mut packet = [0; 30];
            for _ in 0..COUNT {
                stream.read_exact(&mut packet).expect("a message in time");
                stream
                    .write_all(&[0x40, 0x02, packet[26], packet[27]])
                    .expect("sent");
            }
        });
        let order = json!({ "topic": TOPIC, "payload": "hi", "qos": 1, "count": COUNT });
        let report = push(&setup, &order).json();
        assert_eq!(report["pushed"], COUNT);
        assert_eq!(report["dropped"], 0, "{report}");
    });
}

#[test]
fn a_flow_ends_with_its_caller() {
    let setup = start();
    let mut stream = subscribed(&setup);
    let address = setup.stand_in.addresses().http;
    let body = json!({ "topic": TOPIC, "payload": "hi", "count": 1_000_000, "per_second": 200 })
        .to_string();
    let mut caller = connect(address);
    let head = format!(
        "POST /api/devices/a1aq9sQk2JE/dev1/push HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    caller
        .write_all(format!("{head}{body}").as_bytes())
        .expect("sent");
    expect(&mut stream, PUBLISH);
    drop(caller);
    // Flows of the same pace after it: once it has ended, one of them comes with nothing of it in between.
    let other = json!({ "topic": TOPIC, "payload": "ho", "count": 20, "per_second": 200 });
    let others = [&PUBLISH[..PUBLISH.len() - 1], b"o"].concat();
    let alone = (0..50).any(|_| {
        push(&setup, &other);
        let mut packets = (0..).map(|_| {
            let mut packet = vec![0; PUBLISH.len()];
            stream.read_exact(&mut packet).expect("a message in time");
            packet
        });
        // What lies before its first one was on its way by then.
        assert!(packets.any(|packet| packet == others));
        packets.take(19).all(|packet| packet == others)
    });
    assert!(alone, "the flow goes on");
}

#[test]
fn the_end_of_the_stand_in_ends_a_flow_with_a_report() {
    let setup = start();
    let mut stream = subscribed(&setup);
    let address = setup.stand_in.addresses().http;
    let caller = std::thread::spawn(move || {
        let order =
            json!({ "topic": TOPIC, "payload": "hi", "count": 1_000_000, "per_second": 1000 });
        request(
            address,
            "POST",
            "/api/devices/a1aq9sQk2JE/dev1/push",
            &order.to_string(),
        )
        .json()
    });
    expect(&mut stream, &PUBLISH.repeat(3));
    setup.stand_in.stop().expect("a clean end");
    let report = caller.join().expect("an answer");
    assert!(
        report["pushed"]
            .as_u64()
            .is_some_and(|pushed| (3..1_000_000).contains(&pushed)),
        "{report}"
    );
}

#[test]
fn an_order_with_an_error_names_the_field() {
    let setup = start();
    for (order, said) in [
        (json!({}), "missing field `topic`"),
        (
            json!({ "topic": TOPIC, "colour": 1 }),
            "unknown field `colour`",
        ),
        (json!({ "topic": TOPIC, "qos": 2 }), "qos 2"),
        (json!({ "topic": TOPIC, "count": 0 }), "count 0"),
        (
            json!({ "topic": TOPIC, "count": 100_000_000 }),
            "count 100000000",
        ),
        (json!({ "topic": TOPIC, "per_second": 0 }), "per_second 0"),
        (json!({ "topic": TOPIC, "per_second": -1 }), "per_second -1"),
        (
            json!({ "topic": TOPIC, "payload": "a", "payload_base64": "YQ==" }),
            "one of the two",
        ),
        (
            json!({ "topic": TOPIC, "payload_base64": "?" }),
            "payload_base64",
        ),
        (json!({ "topic": "/a/+/b" }), "topic"),
        (
            json!({ "topic": "/a1aq9sQk2JE/other/data" }),
            "does not belong to device",
        ),
        (
            json!({ "topic": TOPIC, "payload": "x".repeat(257 * 1024) }),
            "payload",
        ),
    ] {
        let answer = push(&setup, &order);
        assert_eq!(answer.status, 400, "{said}");
        let error = answer.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(error.contains(said), "{said}: {error}");
    }
    let http = setup.stand_in.addresses().http;
    let order = json!({ "topic": "/a1aq9sQk2JE/nobody/data" }).to_string();
    assert_eq!(
        request(http, "POST", "/api/devices/a1aq9sQk2JE/nobody/push", &order).status,
        404
    );
    assert_eq!(
        request(http, "POST", "/api/devices/a|b/nobody/push", &order).status,
        400
    );
    assert_eq!(
        push(
            &setup,
            &json!({ "topic": TOPIC, "payload": "x".repeat(1024 * 1024) })
        )
        .status,
        413
    );
}
