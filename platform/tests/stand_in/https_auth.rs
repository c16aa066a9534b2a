use serde_json::Value;
use tern_core::auth::{self, AuthError, HttpAnswer};
use tern_core::sign::{SignMethod, content, sign};
use tern_platform::Device;

use crate::cloud::{Cloud, SECRET, address, triple};

/// A right form of the seed's kind: hmacmd5 without saying so, the seed's spelling of `resources`.
pub(crate) fn form(name: &str) -> String {
    let pairs = [
        ("productKey", "pk"),
        ("deviceName", name),
        ("clientId", "mark"),
        ("timestamp", "123"),
    ];
    let digest = sign(
        SignMethod::HmacMd5,
        &triple(name).device_secret,
        &content(&pairs),
    );
    format!(
        "productKey=pk&sign={digest}&timestamp=123&version=default&clientId=mark&resouces=mqtt&deviceName={name}"
    )
}

/// iotId and iotToken of an answer.
pub(crate) fn granted(json: &str) -> (String, String) {
    let value: Value = serde_json::from_str(json).expect("JSON");
    let text = |name: &str| value["data"][name].as_str().expect("a text").to_owned();
    (text("iotId"), text("iotToken"))
}

/// The code that a body is answered with, and the event's reason.
fn refused(cloud: &mut Cloud, body: &[u8]) -> (u32, String) {
    let (status, json) = cloud.platform.auth(cloud.now, body);
    assert_eq!(status, 200, "the code stands in the body");
    cloud.drain();
    let events = cloud.events();
    let event: Value = serde_json::from_str(&events[0]).expect("JSON");
    assert_eq!(
        (events.len(), &event["event"]),
        (1, &Value::from("auth_refused"))
    );
    let Err(AuthError::Refused { code, .. }) = auth::read(HttpAnswer {
        status,
        body: json.as_bytes(),
    }) else {
        panic!("{json}");
    };
    assert_eq!(event["auth_code"], code);
    let reason = event["reason"].as_str().expect("a text").to_owned();
    assert!(!reason.contains(SECRET));
    (code, reason)
}

#[test]
fn a_right_form_gets_all_four_fields() {
    let mut cloud = Cloud::new();
    cloud.platform.set_mqtt_address("127.0.0.1", 45_678);
    let (status, json) = cloud.platform.auth(cloud.now, form("dev1").as_bytes());
    assert_eq!(status, 200);
    let value: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&value["code"], &value["message"]),
        (&Value::from(200), &Value::from("success"))
    );
    assert_eq!(
        value["data"]["resources"]["mqtt"],
        serde_json::json!({ "host": "127.0.0.1", "port": 45_678 })
    );
    let (iot_id, iot_token) = granted(&json);
    assert_eq!((iot_id.len(), iot_token.len()), (20, 32));
    let grant = auth::read(HttpAnswer {
        status,
        body: json.as_bytes(),
    })
    .expect("granted");
    assert_eq!(grant.iot_id, iot_id);
    cloud.drain();
    let events = cloud.whole_events();
    assert_eq!(events[0].device, Some(address("dev1")));
    let event = serde_json::to_string(&events).expect("plain data");
    assert_eq!(
        event,
        r#"[{"event":"authenticated","product_key":"pk","device_name":"dev1"}]"#
    );
}

#[test]
fn every_method_and_either_hex_case_is_accepted() {
    for method in SignMethod::ALL {
        let pairs = [
            ("productKey", "pk"),
            ("deviceName", "dev1"),
            ("clientId", "mark"),
        ];
        let digest = sign(method, &triple("dev1").device_secret, &content(&pairs));
        for sign in [digest.to_string(), digest.to_hex_upper()] {
            let body = format!(
                "productKey=pk&deviceName=dev1&clientId=mark&signmethod={method}&sign={sign}"
            );
            let (_, json) = Cloud::new()
                .platform
                .auth(tern_core::time::Instant::default(), body.as_bytes());
            granted(&json);
        }
    }
}

#[test]
fn a_wrong_signature_is_401() {
    let mut cloud = Cloud::new();
    let body = form("dev1").replace("timestamp=123", "timestamp=124");
    let (code, reason) = refused(&mut cloud, body.as_bytes());
    assert_eq!(code, 401);
    assert_eq!(
        reason,
        "sign is not the hmacmd5 of \"clientIdmarkdeviceNamedev1productKeypktimestamp124\" with this device's secret, in hex"
    );
}

#[test]
fn a_missing_or_wrong_parameter_is_460() {
    let mut cloud = Cloud::new();
    let right = form("dev1");
    for (from, to, expected) in [
        ("productKey=pk", "x=1", "productKey"),
        ("deviceName=dev1", "x=1", "deviceName"),
        ("clientId=mark", "x=1", "clientId"),
        ("&sign=", "&nosign=", "sign"),
        ("version=default", "signmethod=sha1", "signmethod"),
    ] {
        let (code, reason) = refused(&mut cloud, right.replace(from, to).as_bytes());
        assert_eq!(code, 460, "{to}");
        assert!(reason.contains(expected), "{reason}");
    }
    let long = right.replace("clientId=mark", &format!("clientId={}", "x".repeat(65)));
    assert_eq!(refused(&mut cloud, long.as_bytes()).0, 460);
    assert_eq!(refused(&mut cloud, b"").0, 460);
    assert_eq!(
        refused(&mut cloud, b"productKey=\xff"),
        (460, "byte 11 of the body is not UTF-8".to_owned())
    );
    assert_eq!(refused(&mut cloud, &vec![b'a'; 10_000_000]).0, 460);
}

#[test]
fn a_refusal_names_the_device_wherever_its_names_can_be_read() {
    let mut cloud = Cloud::new();
    let right = form("dev1");
    let mut named = |body: &str| {
        cloud.platform.auth(cloud.now, body.as_bytes());
        cloud.drain();
        let event = cloud.whole_events().remove(0);
        assert_eq!(event.name(), "auth_refused", "{body}");
        event.device
    };
    let long = format!("clientId={}", "x".repeat(65));
    for (from, to) in [
        ("&sign=", "&nosign="),
        ("&sign=", "&sign=00"),
        ("clientId=mark", long.as_str()),
        ("clientId=mark", "clientId=%zz"),
        ("clientId=mark", ""),
        ("version=default", "signmethod=foo"),
        ("deviceName=dev1", "deviceName=%64ev1&sign=1"),
    ] {
        assert_eq!(
            named(&right.replace(from, to)),
            Some(address("dev1")),
            "{to}"
        );
    }
    assert_eq!(
        named(&right.replace("dev1", "dev9")),
        Some(address("dev9")),
        "not registered, but named"
    );
    for (from, to) in [
        ("deviceName=dev1", "x=1"),
        ("productKey=pk", "productKey=p%20k"),
        ("productKey=pk", "productKey="),
        ("deviceName=dev1", "deviceName=dev1&deviceName=dev2"),
        ("deviceName=dev1", "deviceName=dev%zz"),
    ] {
        assert_eq!(named(&right.replace(from, to)), None, "{to}");
    }
}

#[test]
fn an_unknown_device_is_5001_and_a_disabled_one_6200() {
    let mut cloud = Cloud::new();
    let body = form("dev1").replace("dev1", "dev9");
    let expected = "no device \"dev9\" of product \"pk\" is registered here".to_owned();
    assert_eq!(refused(&mut cloud, body.as_bytes()), (5001, expected));
    cloud.platform.register(Device {
        triple: triple("dev1"),
        disabled: true,
    });
    assert_eq!(
        refused(&mut cloud, form("dev1").as_bytes()),
        (6200, "the device is disabled".to_owned())
    );
}

#[test]
fn a_fault_refuses_with_any_code() {
    let mut cloud = Cloud::new();
    for code in [401, 460, 500, 5001, 6200, 9999] {
        cloud.set_faults(&format!(
            r#"{{"devices":{{"pk/dev1":{{"auth_refuse":{{"code":{code}}}}}}}}}"#
        ));
        assert_eq!(refused(&mut cloud, form("dev1").as_bytes()).0, code);
        let (_, json) = cloud.platform.auth(cloud.now, form("dev2").as_bytes());
        granted(&json);
        cloud.drain();
        cloud.events();
    }
    cloud.set_faults(r#"{"all":{"auth_refuse":{"code":500}}}"#);
    assert_eq!(refused(&mut cloud, form("dev2").as_bytes()).0, 500);
}

#[test]
fn the_same_seed_gives_the_same_tokens_and_another_seed_others() {
    let token = |seed| {
        let mut platform = tern_platform::Platform::new(tern_platform::Settings::default(), seed);
        platform.register(Device {
            triple: triple("dev1"),
            disabled: false,
        });
        platform
            .auth(tern_core::time::Instant::default(), form("dev1").as_bytes())
            .1
    };
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
}
