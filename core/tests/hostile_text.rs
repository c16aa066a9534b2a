//! Whatever bytes come, the readers answer; none of them panics.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_core::auth::{AuthForm, AuthUrl, HttpAnswer, read};
use tern_core::identity::{ClientId, DeviceName, DeviceSecret, Endpoint, ProductKey};
use tern_core::sign::{ExtendedClientId, SignMethod, sign};
use tern_core::topic::{TopicFilter, TopicName};

/// Calls with every beginning of a text, and with every character put otherwise.
fn each_mutation(text: &str, mut call: impl FnMut(&str)) {
    let chars: Vec<char> = text.chars().collect();
    for at in 0..=chars.len() {
        call(&chars[..at].iter().collect::<String>());
        call(&chars[at..].iter().collect::<String>());
    }
    for at in 0..chars.len() {
        for put in ODD {
            let mut changed = chars.clone();
            changed[at] = *put;
            call(&changed.iter().collect::<String>());
            changed.insert(at, *put);
            call(&changed.iter().collect::<String>());
        }
    }
}

/// The marks that mean something to one of the readers, and characters of all widths.
const ODD: &[char] = &[
    '\0', '\t', '\n', ' ', '|', '&', '=', ',', '%', '+', '#', '/', ':', '@', '[', ']', '?', '.',
    '-', '"', '{', '}', '\\', '0', '9', 'é', '温', '\u{FFFD}', '🌡', '\u{202e}',
];

#[test]
fn a_client_id() {
    each_mutation(
        "12345|securemode=3, signmethod=hmacsha1,timestamp=789,_v=x|",
        |text| {
            if let Ok(read) = ExtendedClientId::parse(text) {
                assert!(ClientId::new(read.client_id.as_str()).is_ok());
            }
        },
    );
}

#[test]
fn a_form() {
    let form = "productKey=123&sign=123&timestamp=123&version=default&clientId=1%202+3&resouces=mqtt&deviceName=test";
    each_mutation(form, |text| {
        if let Ok(form) = AuthForm::parse(text) {
            assert!(
                form.content().starts_with("clientId") || form.content().contains("deviceName")
            );
        }
    });
}

#[test]
fn a_broker_url_that_is_read_prints_one_that_reads_the_same() {
    for url in [
        "mqtt://[::1]:1883",
        "wss://a.example:443/mqtt?x=%20",
        "mqtts://127.0.0.1",
    ] {
        each_mutation(url, |text| {
            if let Ok(endpoint) = Endpoint::from_url(text) {
                assert_eq!(
                    Endpoint::from_url(&endpoint.to_string()),
                    Ok(endpoint),
                    "{text}"
                );
            }
        });
    }
}

#[test]
fn an_authentication_url_that_is_read_prints_one_that_reads_the_same() {
    for url in [
        "https://[::1]:8443/auth/devicename",
        "https://iot-auth.example?x",
    ] {
        each_mutation(url, |text| {
            if let Ok(url) = AuthUrl::new(text) {
                assert_eq!(AuthUrl::new(url.as_str()), Ok(url), "{text}");
            }
        });
    }
}

#[test]
fn the_names_and_the_secret() {
    each_mutation("a1U4pQzrgim", |text| {
        let _ = ProductKey::new(text);
        let _ = DeviceName::new(text);
        let _ = DeviceSecret::new(text);
    });
}

#[test]
fn topics_and_filters() {
    each_mutation("/a1/dev1/+/温/#", |text| {
        let _ = TopicName::new(text);
        if let Ok(filter) = TopicFilter::new(text) {
            each_mutation("/a1", |topic| {
                filter.matches(topic);
            });
        }
    });
}

#[test]
fn a_signature_to_compare_with() {
    let secret = DeviceSecret::new("secret").unwrap();
    let digest = sign(SignMethod::HmacMd5, &secret, "content");
    let right = digest.to_hex_upper();
    each_mutation(&right, |text| {
        assert_eq!(digest.matches_hex(text), text.eq_ignore_ascii_case(&right));
    });
}

#[test]
fn an_answer_of_any_bytes() {
    let body = br#"{"code":200,"data":{"iotId":"a","iotToken":"b","resources":{"mqtt":{"host":"c","port":1}}}}"#;
    for at in 0..body.len() {
        for byte in 0..=255 {
            let mut changed = body.to_vec();
            changed[at] = byte;
            for status in [200, 500] {
                if let Ok(grant) = read(HttpAnswer {
                    status,
                    body: &changed,
                }) {
                    assert!(grant.mqtt.port > 0 && !grant.mqtt.host.is_empty());
                }
            }
        }
    }
}
