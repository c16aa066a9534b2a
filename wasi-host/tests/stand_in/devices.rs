//! Devices that come and go while the stand-in runs, by its control address.

use serde_json::{Value, json};

use crate::device::{ACCEPTED, connect_packet, ends, exchange};
use crate::http::{request, request_with};
use crate::setup::{Setup, start};

const SAMPLE: &str = "/api/devices/a1aq9sQk2JE/dev1";
const SECRET: &str = "hunter2hunter2hunter2";

fn ask(setup: &Setup, method: &str, path: &str, body: &Value) -> (u16, String) {
    let http = setup.stand_in.addresses().http;
    let answer = request(http, method, path, &body.to_string());
    (answer.status, answer.text())
}

fn dev2() -> Value {
    json!({ "product_key": "a1aq9sQk2JE", "device_name": "dev2", "device_secret": SECRET })
}

/// The CONNACK code that the sample device gets.
fn login(setup: &Setup) -> u8 {
    use std::io::{Read, Write};
    let mut stream = setup.tcp();
    stream
        .write_all(&connect_packet(false, 60))
        .expect("it is sent");
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).expect("an answer");
    connack[3]
}

#[test]
fn a_device_is_registered_and_shown_without_its_secret() {
    let setup = start();
    let (status, text) = ask(&setup, "POST", "/api/devices", &dev2());
    assert_eq!(status, 201, "{text}");
    assert!(!text.contains(SECRET));
    let (_, list) = ask(&setup, "GET", "/api/devices", &json!({}));
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(
        [&list[0]["device_name"], &list[1]["device_name"]],
        ["dev1", "dev2"]
    );
    assert_eq!(list[1]["disabled"], false);
}

#[test]
fn a_device_that_is_there_is_not_replaced() {
    let setup = start();
    let mut other = dev2();
    other["device_name"] = json!("dev1");
    let (status, text) = ask(&setup, "POST", "/api/devices", &other);
    assert_eq!(status, 409);
    assert!(text.contains("DELETE it first"), "{text}");
    assert_eq!(login(&setup), 0, "its own secret still holds");
}

#[test]
fn a_removed_device_is_cut_and_refused_until_it_is_registered_again() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    assert_eq!(
        ask(&setup, "DELETE", SAMPLE, &json!({})),
        (204, String::new())
    );
    assert!(ends(&mut stream));
    assert_eq!(login(&setup), 5);
    assert_eq!(ask(&setup, "DELETE", SAMPLE, &json!({})).0, 404);
    let device = json!({
        "product_key": "a1aq9sQk2JE", "device_name": "dev1",
        "device_secret": tern_platform::sample::DEVICE_SECRET,
    });
    assert_eq!(ask(&setup, "POST", "/api/devices", &device).0, 201);
    assert_eq!(login(&setup), 0);
}

#[test]
fn a_disabled_device_is_cut_and_refused_until_it_is_enabled() {
    let setup = start();
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    let (status, text) = ask(&setup, "PATCH", SAMPLE, &json!({ "disabled": true }));
    assert_eq!(status, 200);
    assert!(text.contains(r#""disabled":true,"online":false"#), "{text}");
    assert!(ends(&mut stream));
    assert_eq!(login(&setup), 5);
    ask(&setup, "PATCH", SAMPLE, &json!({ "disabled": false }));
    assert_eq!(login(&setup), 0);
    let nobody = "/api/devices/a1aq9sQk2JE/nobody";
    let (status, _) = ask(&setup, "PATCH", nobody, &json!({ "disabled": true }));
    assert_eq!(status, 404);
}

#[test]
fn an_error_names_the_field_and_never_repeats_a_secret() {
    let setup = start();
    let without = |key: &str| {
        let mut device = dev2();
        device.as_object_mut().expect("an object").remove(key);
        device
    };
    let with = |key: &str, value: Value| {
        let mut device = dev2();
        device[key] = value;
        device
    };
    for (body, expected) in [
        (json!([]), "a JSON object such as"),
        (without("product_key"), "product_key: missing"),
        (without("device_secret"), "device_secret: missing"),
        (
            with("device_secret", json!([SECRET])),
            "device_secret: it must be a text",
        ),
        (with("device_secret", json!("")), "deviceSecret"),
        (with("device_name", json!("a b")), "deviceName"),
        (
            with("disabled", json!(SECRET)),
            "disabled: it must be true or false",
        ),
        (with("secret", json!(SECRET)), "unknown field"),
    ] {
        let (status, text) = ask(&setup, "POST", "/api/devices", &body);
        assert_eq!(status, 400, "{body}");
        assert!(text.contains(expected), "{body}: {text}");
        assert!(!text.contains(SECRET), "{text}");
    }
    let (status, text) = ask(&setup, "PATCH", SAMPLE, &json!({}));
    assert_eq!(status, 400);
    assert!(text.contains("disabled: missing"), "{text}");
    let (_, list) = ask(&setup, "GET", "/api/devices", &json!({}));
    assert!(!list.contains("dev2"), "an error changes nothing");
}

#[test]
fn a_foreign_page_may_register_and_remove_nothing() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let host = http.to_string();
    let headers = [("Host", host.as_str()), ("Origin", "http://evil.example")];
    for (method, path) in [
        ("POST", "/api/devices"),
        ("PATCH", SAMPLE),
        ("DELETE", SAMPLE),
    ] {
        let answer = request_with(http, method, path, &headers, &dev2().to_string());
        assert_eq!(answer.status, 403, "{method}");
    }
    assert_eq!(login(&setup), 0);
}
