//! The control address: devices, faults, the console, and who may use it.

use serde_json::json;

use crate::device::{ACCEPTED, SUBACK, SUBSCRIBE, connect_packet, ends, exchange};
use crate::http::{request, request_with};
use crate::setup::start;

#[test]
fn every_path_refuses_a_foreign_host_and_a_foreign_origin_and_does_nothing() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let own = http.to_string();
    let rebound = format!("evil.example:{}", http.port());
    let foreign = [
        vec![("Host", rebound.as_str())],
        vec![("Host", own.as_str()), ("Host", rebound.as_str())],
        vec![("Host", own.as_str()), ("Origin", "https://evil.example")],
        vec![("Host", own.as_str()), ("Origin", "null")],
        vec![],
    ];
    let dev2 = r#"{"product_key":"pk","device_name":"dev2","device_secret":"hunter2hunter2"}"#;
    let dev1 = "/api/devices/a1aq9sQk2JE/dev1";
    let push = format!("{dev1}/push");
    let before = request(http, "GET", "/api/devices", "").text();
    for (method, path, body) in [
        ("GET", "/", ""),
        ("GET", "/index.html", ""),
        ("GET", "/api/info", ""),
        ("GET", "/api/ca.pem", ""),
        ("GET", "/api/devices", ""),
        ("POST", "/api/devices", dev2),
        ("GET", dev1, ""),
        ("PATCH", dev1, r#"{"disabled":true}"#),
        ("DELETE", dev1, ""),
        ("POST", &push, r#"{"topic":"/a1aq9sQk2JE/dev1/data"}"#),
        ("GET", "/api/faults", ""),
        ("PUT", "/api/faults", r#"{"all":{"delay_ms":1}}"#),
        ("GET", "/api/events", ""),
        ("POST", "/auth/devicename", "productKey=pk"),
        (
            "POST",
            "/auth/devicename?host=iot-auth.cn-shanghai.aliyuncs.com",
            "productKey=pk",
        ),
        ("OPTIONS", "/api/devices", ""),
        ("GET", "/api/nothing", ""),
    ] {
        for headers in &foreign {
            let answer = request_with(http, method, path, headers, body);
            assert!(
                matches!(answer.status, 400 | 403),
                "{method} {path} {headers:?}: {}",
                answer.status
            );
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(request(http, "GET", "/api/devices", "").text(), before);
    assert_eq!(request(http, "GET", "/api/faults", "").json(), json!({}));
}

#[test]
fn the_addresses_are_told() {
    let setup = start();
    let addresses = setup.stand_in.addresses();
    let info = request(addresses.http, "GET", "/api/info", "").json();
    assert_eq!(info["mqtt"], addresses.mqtt.to_string());
    assert_eq!(info["https"], addresses.https.to_string());
    assert_eq!(info["http"], addresses.http.to_string());
    assert_eq!(info["keep_alive"], json!({ "min": 60, "max": 300 }));
}

#[test]
fn the_ca_can_be_fetched() {
    let setup = start();
    let answer = request(setup.stand_in.addresses().http, "GET", "/api/ca.pem", "");
    assert_eq!(
        answer.body,
        std::fs::read(setup.stand_in.ca_path()).expect("ca.pem")
    );
}

#[test]
fn devices_are_listed_with_what_they_do_and_never_a_secret() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let before = request(http, "GET", "/api/devices", "").json();
    assert_eq!(before[0]["online"], false);

    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    exchange(&mut stream, SUBSCRIBE, &SUBACK);
    let answer = request(http, "GET", "/api/devices", "");
    assert!(!answer.text().contains("tern-sample-device-secret"));
    let device = &answer.json()[0];
    assert_eq!(device["product_key"], "a1aq9sQk2JE");
    assert_eq!(device["device_name"], "dev1");
    assert_eq!(device["online"], true);
    assert_eq!(
        device["subscriptions"][0]["filter"],
        "/a1aq9sQk2JE/dev1/data"
    );
    assert_eq!(
        request(http, "GET", "/api/devices/a1aq9sQk2JE/dev1", "").json(),
        *device
    );
    assert_eq!(
        request(http, "GET", "/api/devices/a1aq9sQk2JE/other", "").status,
        404
    );
}

#[test]
fn faults_are_switched_on_and_off() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    assert_eq!(request(http, "GET", "/api/faults", "").json(), json!({}));

    let faults = json!({ "devices": { "a1aq9sQk2JE/dev1": { "refuse": { "code": 5 } } } });
    let answer = request(http, "PUT", "/api/faults", &faults.to_string());
    assert_eq!((answer.status, answer.json()), (200, faults));
    exchange(
        &mut setup.tcp(),
        &connect_packet(false, 60),
        &[0x20, 0x02, 0x00, 0x05],
    );

    assert_eq!(request(http, "PUT", "/api/faults", "{}").status, 200);
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    request(http, "PUT", "/api/faults", r#"{"all":{"drop":"now"}}"#);
    assert!(ends(&mut stream));
}

#[test]
fn faults_with_an_error_change_nothing_and_say_why() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    request(http, "PUT", "/api/faults", r#"{"all":{"delay_ms":1}}"#);
    let answer = request(http, "PUT", "/api/faults", r#"{"all":{"delay":1}}"#);
    assert_eq!(answer.status, 400);
    assert!(
        answer.json()["error"]
            .as_str()
            .is_some_and(|error| error.contains("unknown field `delay`"))
    );
    for (body, expected) in [
        ("[]", "sequence, expected an object with the keys"),
        (
            r#"{"all":[]}"#,
            "sequence, expected an object with the faults",
        ),
    ] {
        let answer = request(http, "PUT", "/api/faults", body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text().contains(expected), "{}", answer.text());
    }
    assert_eq!(
        request(http, "GET", "/api/faults", "").json(),
        json!({ "all": { "delay_ms": 1 } })
    );
}

#[test]
fn a_foreign_host_or_origin_is_refused() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let host = http.to_string();
    let named = format!("localhost:{}", http.port());
    let (own_page, named_page) = (format!("http://{host}"), format!("http://{named}"));
    let allowed = [
        vec![("Host", named.as_str())],
        vec![("Host", host.as_str())],
        vec![("Host", host.as_str()), ("Origin", own_page.as_str())],
        vec![("Host", host.as_str()), ("Origin", named_page.as_str())],
        vec![("Host", named.as_str()), ("Origin", own_page.as_str())],
    ];
    for headers in allowed {
        assert_eq!(
            request_with(http, "GET", "/api/devices", &headers, "").status,
            200,
            "{headers:?}"
        );
    }
    let evil = format!("evil.example:{}", http.port());
    for headers in [
        vec![("Host", evil.as_str())],
        vec![("Host", "localhost")],
        vec![("Host", host.as_str()), ("Origin", "http://evil.example")],
        vec![("Host", host.as_str()), ("Origin", "null")],
    ] {
        let answer = request_with(http, "GET", "/api/devices", &headers, "");
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(
            answer.json()["error"].as_str().is_some(),
            "{}",
            answer.text()
        );
        let push = request_with(
            http,
            "PUT",
            "/api/faults",
            &headers,
            r#"{"all":{"drop":"now"}}"#,
        );
        assert_eq!(push.status, 403, "{headers:?}");
    }
}

#[test]
fn the_first_page_is_there_with_a_strict_policy() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let answer = request(http, "GET", "/", "");
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));

    let (host, tag) = (
        http.to_string(),
        answer.header("etag").expect("a tag").to_owned(),
    );
    let again = request_with(
        http,
        "GET",
        "/index.html",
        &[("Host", &host), ("If-None-Match", &tag)],
        "",
    );
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(request(http, "GET", "/no/such/file", "").status, 404);
    assert_eq!(request(http, "GET", "/../Cargo.toml", "").status, 404);
    assert_eq!(request(http, "POST", "/", "").status, 405);
    assert_eq!(request(http, "GET", "/api/nothing", "").status, 404);
}

#[test]
fn a_page_authenticates_through_the_control_address() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let url = tern_core::auth::AuthUrl::new("https://localhost").expect("a URL");
    let client_id = tern_core::identity::ClientId::new("1").expect("a client id");
    let triple = tern_platform::sample::device().triple;
    let form = tern_core::auth::request(&url, &triple, &client_id, Default::default(), None).body;
    assert_eq!(
        request(http, "POST", "/auth/devicename", &form).json()["code"],
        200
    );
    assert_eq!(setup.event("authenticated")["device_name"], "dev1");
}

#[test]
fn a_form_is_passed_on_to_the_platforms_own_hosts_only() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    for host in [
        "evil.example",
        "iot-auth.cn-shanghai.aliyuncs.com.evil.example",
        "127.0.0.1",
        "",
        "iot-auth.cn-shanghai.aliyuncs.com:8443",
        "iot-auth.cn-shanghai.aliyuncs.com/@evil.example",
        "evil.example%23iot-auth.cn-shanghai.aliyuncs.com",
        "evil.example%40iot-auth.cn-shanghai.aliyuncs.com",
        "iot-auth.cn-nowhere.aliyuncs.com",
        "IOT-AUTH.cn-shanghai.aliyuncs.com.",
    ] {
        let answer = request(
            http,
            "POST",
            &format!("/auth/devicename?host={host}"),
            "productKey=pk",
        );
        assert_eq!(answer.status, 403, "{host}");
        let error = answer.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            error.contains("iot-auth.cn-shanghai.aliyuncs.com"),
            "{error}"
        );
    }
}

#[test]
fn a_body_that_is_too_large_is_read_and_answered_with_413() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    for (method, path, limit) in [
        ("POST", "/auth/devicename", 16 * 1024),
        ("PUT", "/api/faults", 1024 * 1024),
        ("POST", "/api/devices/a1aq9sQk2JE/dev1/push", 1024 * 1024),
    ] {
        let answer = request(http, method, path, &" ".repeat(4 * 1024 * 1024));
        assert_eq!(answer.status, 413, "{path}");
        let error = format!(
            "the body of the request is larger than {limit} bytes, the most that is taken here; send less"
        );
        assert_eq!(answer.json()["error"], error);
    }
}

#[test]
fn a_client_that_asks_first_is_told_at_once_that_its_body_is_too_large() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let (host, length) = (http.to_string(), (100 << 20).to_string());
    let mut stream = crate::setup::connect(http);
    let head = format!(
        "PUT /api/faults HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, head.as_bytes()).expect("sent");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer and the end");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_push_that_is_no_object_is_refused() {
    let setup = start();
    let http = setup.stand_in.addresses().http;
    let push = |body| request(http, "POST", "/api/devices/a1aq9sQk2JE/dev1/push", body);
    for body in ["[]", r#"["/a1aq9sQk2JE/dev1/data","x",null,0,1,null]"#, ""] {
        let answer = push(body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text().contains("an object such as"), "{body}");
    }
}
