//! The HTTPS authentication, then a login with what it answers.

use serde_json::Value;
use tern_core::auth::{AuthUrl, request};
use tern_core::identity::ClientId;
use tern_core::sign::SignMethod;
use tern_platform::sample;

use crate::device::{ACCEPTED, exchange as mqtt, plain_connect, tls};
use crate::http::{Answer, exchange};
use crate::setup::{Setup, connect, start, start_with};

fn post(setup: &Setup, method: &str, path: &str, body: &str) -> Answer {
    let address = setup.stand_in.addresses().https;
    let stream = tls(connect(address), setup.stand_in.ca_path(), "localhost");
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    exchange(
        stream,
        method,
        path,
        &[("Host", &address.to_string()), kind],
        body,
    )
}

fn form() -> String {
    let url = AuthUrl::new("https://localhost").expect("a URL");
    let client_id = ClientId::new("12345").expect("a client id");
    request(
        &url,
        &sample::device().triple,
        &client_id,
        SignMethod::HmacSha256,
        Some(1),
    )
    .body
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn a_signed_triple_gets_a_token_that_logs_in_where_the_answer_says() {
    let setup = start();
    let answer = post(&setup, "POST", "/auth/devicename", &form());
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("application/json;charset=utf-8")
    );
    let json = answer.json();
    assert_eq!(json["code"], 200);
    let mqtt_address = setup.stand_in.addresses().mqtt;
    assert_eq!(json["data"]["resources"]["mqtt"]["host"], "127.0.0.1");
    assert_eq!(
        json["data"]["resources"]["mqtt"]["port"],
        mqtt_address.port()
    );
    assert_eq!(setup.event("authenticated")["device_name"], "dev1");

    let (id, token) = (
        text(&json["data"]["iotId"]),
        text(&json["data"]["iotToken"]),
    );
    let packet = plain_connect("00:11:22:33:44:55".to_owned(), id.to_owned(), token, 60);
    let mut stream = tls(setup.tcp(), setup.stand_in.ca_path(), "127.0.0.1");
    mqtt(&mut stream, &packet, &ACCEPTED);
    assert_eq!(setup.event("connected")["product_key"], "a1aq9sQk2JE");
}

#[test]
fn the_answer_names_the_public_host_and_the_certificate_has_it() {
    let setup = start_with(|options| options.public_host = Some("devbox.example".to_owned()));
    let json = post(&setup, "POST", "/auth/devicename", &form()).json();
    assert_eq!(json["data"]["resources"]["mqtt"]["host"], "devbox.example");
    let mut stream = tls(setup.tcp(), setup.stand_in.ca_path(), "devbox.example");
    stream
        .conn
        .complete_io(&mut stream.sock)
        .expect("a handshake");
}

#[test]
fn a_wrong_signature_is_answered_with_401() {
    let setup = start();
    let form = form().replace("sign=", "sign=00");
    assert_eq!(
        post(&setup, "POST", "/auth/devicename", &form).json()["code"],
        401
    );
    assert_eq!(setup.event("auth_refused")["auth_code"], 401);
}

#[test]
fn nonsense_is_answered_with_460() {
    let setup = start();
    for body in ["", "hello", "productKey=pk", "\u{0}"] {
        assert_eq!(
            post(&setup, "POST", "/auth/devicename", body).json()["code"],
            460,
            "{body:?}"
        );
    }
}

#[test]
fn other_paths_methods_and_sizes_are_refused() {
    let setup = start();
    assert_eq!(post(&setup, "POST", "/auth/devicename/x", "").status, 404);
    assert_eq!(post(&setup, "GET", "/", "").status, 404);
    assert_eq!(post(&setup, "GET", "/auth/devicename", "").status, 405);
}

#[test]
fn a_form_that_is_too_large_is_read_and_answered_with_413() {
    let setup = start();
    for kibibytes in [17, 100, 4 * 1024] {
        let form = "x".repeat(kibibytes * 1024);
        let answer = post(&setup, "POST", "/auth/devicename", &form);
        let sentence = "the body of the request is larger than 16384 bytes, the most that is taken here; send less\n";
        assert_eq!((answer.status, answer.text().as_str()), (413, sentence));
        let event = setup.event("request_refused");
        assert_eq!(
            (&event["port"], &event["status"]),
            (&"https".into(), &413.into())
        );
    }
    assert_eq!(
        post(&setup, "POST", "/auth/devicename", &form()).json()["code"],
        200
    );
}

#[test]
fn a_client_that_speaks_no_tls_is_told_of() {
    let setup = start();
    let mut stream = connect(setup.stand_in.addresses().https);
    std::io::Write::write_all(&mut stream, b"POST /auth/devicename HTTP/1.1\r\n\r\n")
        .expect("sent");
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
    let event = setup.event("handshake_failed");
    assert_eq!(event["port"], "https");
    assert!(text(&event["reason"]).starts_with("TLS: "), "{event}");
}
