//! What the HTTPS authentication's answers come to: granted, refused, or not to be read.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use serde_json::Value;
use tern_core::auth::{AuthError, HttpAnswer, MAX_ANSWER, read};

/// The seed's answer, with one field's JSON replaced, or taken out where nothing is given.
fn answer(path: &[&str], replacement: Option<Value>) -> String {
    let mut top = serde_json::json!({
        "code": 200,
        "data": {
            "iotId": "42Ze0mk3556498a1AlTP",
            "iotToken": "0d7fdeb9dc1f4344a2cc0d45edcb0bcb",
            "resources": {"mqtt": {"host": "xxx.iot-as-mqtt.cn-shanghai.aliyuncs.com", "port": 1883}},
        },
        "message": "success",
    });
    if let Some((last, parents)) = path.split_last() {
        let parent = parents.iter().fold(&mut top, |value, key| &mut value[key]);
        let object = parent.as_object_mut().unwrap();
        match replacement {
            Some(value) => object.insert((*last).to_owned(), value),
            None => object.remove(*last),
        };
    }
    top.to_string()
}

fn refuse(body: impl AsRef<[u8]>) -> AuthError {
    let error = read(HttpAnswer {
        status: 200,
        body: body.as_ref(),
    })
    .unwrap_err();
    assert!(error.explanation().len() > 60, "{error:?} is not explained");
    error
}

fn refuse_field(path: &[&str], value: impl Into<Value>) -> String {
    refuse(answer(path, Some(value.into()))).to_string()
}

const IOT_ID: &[&str] = &["data", "iotId"];
const IOT_TOKEN: &[&str] = &["data", "iotToken"];
const HOST: &[&str] = &["data", "resources", "mqtt", "host"];
const PORT: &[&str] = &["data", "resources", "mqtt", "port"];

#[test]
fn the_seeds_answer_grants() {
    let body = answer(&[], None);
    let grant = read(HttpAnswer {
        status: 200,
        body: body.as_bytes(),
    })
    .unwrap();
    assert_eq!(grant.iot_id, "42Ze0mk3556498a1AlTP");
    assert_eq!(grant.iot_token.expose(), "0d7fdeb9dc1f4344a2cc0d45edcb0bcb");
    assert_eq!(grant.mqtt.host, "xxx.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    assert_eq!(grant.mqtt.port, 1883);
}

#[test]
fn the_token_never_prints() {
    let body = answer(&[], None);
    let answer = HttpAnswer {
        status: 200,
        body: body.as_bytes(),
    };
    let shown = format!("{answer:?} {:?}", read(answer).unwrap());
    assert!(!shown.contains("0d7fdeb9"), "{shown}");
    assert!(shown.contains("Password(…)"), "{shown}");
}

#[test]
fn each_field_that_is_missing_is_named() {
    let paths: [&[&str]; 8] = [
        &["code"],
        &["data"],
        &["data", "resources"],
        &["data", "resources", "mqtt"],
        IOT_ID,
        IOT_TOKEN,
        HOST,
        PORT,
    ];
    for path in paths {
        let name = path.join(".");
        match refuse(answer(path, None)) {
            AuthError::MissingField { field } => assert_eq!(field, name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn each_field_of_a_wrong_type_is_named() {
    let null = || Value::Null;
    let said = |path, value, expected: &str| {
        let text = refuse_field(path, value);
        assert!(text.ends_with(expected), "{text}");
    };
    said(
        &["code"],
        "200".into(),
        "code is a text: it must be a whole number from 0 to 4294967295",
    );
    said(
        &["code"],
        (-1).into(),
        "code is the number -1: it must be a whole number from 0 to 4294967295",
    );
    said(
        &["code"],
        200.5.into(),
        "code is the number 200.5: it must be a whole number from 0 to 4294967295",
    );
    said(&["data"], null(), "data is null: it must be a JSON object");
    said(
        &["data", "resources"],
        "mqtt".into(),
        "data.resources is a text: it must be a JSON object",
    );
    said(
        &["data", "resources", "mqtt"],
        vec![1].into(),
        "data.resources.mqtt is a list: it must be a JSON object",
    );
    said(
        IOT_ID,
        true.into(),
        "data.iotId is true or false: it must be a text",
    );
    said(
        IOT_TOKEN,
        null(),
        "data.iotToken is null: it must be a text",
    );
    said(
        HOST,
        7.into(),
        "data.resources.mqtt.host is a number: it must be a text",
    );
    said(
        PORT,
        "1883".into(),
        "data.resources.mqtt.port is a text: it must be a whole number from 1 to 65535",
    );
}

#[test]
fn a_token_of_a_wrong_type_or_length_is_not_repeated() {
    let text = refuse_field(IOT_TOKEN, 271_828_182);
    assert!(
        text.ends_with("data.iotToken is a number: it must be a text"),
        "{text}"
    );
    let text = refuse_field(IOT_TOKEN, "hunter2".repeat(100));
    assert!(
        text.contains("700 bytes long") && !text.contains("hunter2"),
        "{text}"
    );
    let text = refuse_field(IOT_TOKEN, "hunter2\n");
    assert!(
        text.contains("(character 8)") && !text.contains("hunter2"),
        "{text}"
    );
}

#[test]
fn iot_id_and_iot_token_have_1_to_256_and_1_to_512_bytes() {
    let fits = |path, length: usize| {
        let body = answer(path, Some("x".repeat(length).into()));
        read(HttpAnswer {
            status: 200,
            body: body.as_bytes(),
        })
        .is_ok()
    };
    assert!(fits(IOT_ID, 1) && fits(IOT_ID, 256));
    assert!(!fits(IOT_ID, 0) && !fits(IOT_ID, 257));
    assert!(fits(IOT_TOKEN, 1) && fits(IOT_TOKEN, 512));
    assert!(!fits(IOT_TOKEN, 0) && !fits(IOT_TOKEN, 513));
    // Bytes, not characters: 86 characters of three bytes are 258.
    assert!(refuse_field(IOT_ID, "你".repeat(86)).contains("258 bytes long"));
    assert!(refuse_field(IOT_ID, "a\u{0}").contains("control character (character 2)"));
}

#[test]
fn a_port_is_1_to_65535() {
    for port in [0, 65_536, -1] {
        let text = refuse_field(PORT, port);
        let expected =
            format!("port is the number {port}: it must be a whole number from 1 to 65535");
        assert!(text.ends_with(&expected), "{text}");
    }
    assert!(refuse_field(PORT, 1883.5).contains("the number 1883.5"));
}

#[test]
fn a_host_must_be_one() {
    for host in [
        "",
        "a b",
        "evil/path",
        "user@host",
        "host:1883",
        "a..b",
        "1.2.3.4.5",
    ] {
        let text = refuse_field(HOST, host);
        assert!(text.contains("data.resources.mqtt.host is \""), "{text}");
    }
    let body = answer(HOST, Some("::1".into()));
    assert!(
        read(HttpAnswer {
            status: 200,
            body: body.as_bytes()
        })
        .is_ok()
    );
}

#[test]
fn what_is_not_json_is_said_with_its_place() {
    let error = refuse("<html><body>Please log in</body></html>");
    assert!(
        error
            .to_string()
            .ends_with("line 1, column 1; it looks like a web page"),
        "{error}"
    );
    for body in ["", "  ", "{\"code\":200", "{\"code\":200}}", "\u{feff}{}"] {
        assert!(
            matches!(refuse(body), AuthError::NotJson { html: false, .. }),
            "{body}"
        );
    }
    assert!(matches!(
        refuse(b"{\"code\":\"\xff\"}"),
        AuthError::NotJson { .. }
    ));
    assert!(matches!(
        refuse("[".repeat(60_000)),
        AuthError::NotJson { .. }
    ));
    for body in ["[]", "200", "\"code\"", "null"] {
        assert!(
            refuse(body)
                .to_string()
                .contains("it must be a JSON object"),
            "{body}"
        );
    }
}

#[test]
fn half_an_answer_does_not_show_its_token() {
    let body = answer(&[], None);
    for end in 0..body.len() {
        let text = format!("{0} {0:?}", refuse(&body[..end]));
        assert!(!text.contains("0d7f"), "{text}");
    }
}

#[test]
fn ten_megabytes_are_refused_unread() {
    let error = refuse(vec![b' '; 10 << 20]);
    assert_eq!(
        error,
        AuthError::TooLarge {
            bytes: 10 << 20,
            limit: MAX_ANSWER
        }
    );
    assert_eq!(error, AuthError::too_large(10 << 20));
    assert!(
        error.to_string().contains("longer than 65536 bytes"),
        "{error}"
    );
    let mut fits = answer(&[], None);
    fits.push_str(&" ".repeat(MAX_ANSWER - fits.len()));
    assert!(
        read(HttpAnswer {
            status: 200,
            body: fits.as_bytes()
        })
        .is_ok()
    );
}

#[test]
fn each_code_of_the_seed_is_explained() {
    let said = [
        (
            401,
            "request auth error",
            "The signature does not match",
            true,
        ),
        (460, "param error", "A parameter is missing or wrong", true),
        (
            500,
            "unknow error",
            "Something went wrong on the platform's side",
            false,
        ),
        (
            5001,
            "meta device not found",
            "The platform knows no such device",
            true,
        ),
        (
            6200,
            "auth type mismatch",
            "The device is not allowed to authenticate this way",
            true,
        ),
        (
            9999,
            "?",
            "The platform gave a code that is not known here",
            false,
        ),
        (
            0,
            "",
            "The platform gave a code that is not known here",
            false,
        ),
    ];
    for (code, message, explanation, is_final) in said {
        // As the seed's answers come, without `data`.
        let error = refuse(format!(r#"{{"code":{code},"message":"{message}"}}"#));
        assert_eq!(
            error,
            AuthError::Refused {
                code,
                message: message.to_owned()
            }
        );
        assert!(error.explanation().starts_with(explanation), "{code}");
        assert_eq!(error.is_final(), is_final, "{code}");
        assert!(
            error.to_string().contains(&format!("code {code}")),
            "{error}"
        );
    }
    let text = refuse(r#"{"code":401}"#).to_string();
    assert_eq!(
        text,
        "the platform refused the authentication with code 401"
    );
    let text = refuse(r#"{"code":401,"message":"m"}"#).to_string();
    assert!(text.ends_with("code 401 and said \"m\""), "{text}");
}

#[test]
fn a_long_or_unprintable_message_is_tamed() {
    let body =
        serde_json::json!({"code": 500, "message": format!("\u{1b}[31m{}", "x".repeat(1000))});
    let AuthError::Refused { message, .. } = refuse(body.to_string()) else {
        panic!("not a refusal")
    };
    assert_eq!(message.chars().count(), 200);
    assert!(message.starts_with("[31mxx"), "{message}");
    let error = refuse(r#"{"code":500,"message":{"text":1}}"#);
    assert_eq!(
        error,
        AuthError::Refused {
            code: 500,
            message: String::new()
        }
    );
}

#[test]
fn another_http_status_is_said_unless_the_platform_refused() {
    let with = |status, body: &str| {
        read(HttpAnswer {
            status,
            body: body.as_bytes(),
        })
        .unwrap_err()
    };
    let refusal = r#"{"code":401,"message":"request auth error"}"#;
    assert!(matches!(
        with(401, refusal),
        AuthError::Refused { code: 401, .. }
    ));
    for status in [201, 204, 302, 400, 403, 404, 405, 429, 500, 503] {
        for body in ["", "<html>", "{}", &answer(&[], None)] {
            let error = with(status, body);
            assert_eq!(error, AuthError::Http { status });
            assert!(
                error
                    .to_string()
                    .contains(&format!("HTTP status {status} ")),
                "{error}"
            );
            assert!(error.explanation().len() > 60);
            let is_final = matches!(status, 400 | 403 | 404 | 405);
            assert_eq!(error.is_final(), is_final, "{status}");
        }
    }
}

#[test]
fn a_fault_of_the_answer_does_not_stop_trying() {
    let errors = [
        refuse(""),
        refuse("[]"),
        refuse("{}"),
        refuse(vec![0; MAX_ANSWER + 1]),
    ];
    assert!(errors.iter().all(|error| !error.is_final()));
}
