//! The core's own errors, in Chinese.

use tern_core::auth::{AuthError, Code};
use tern_core::device::{ConfigError, FailReason, PublishError, SubscribeError};
use tern_core::explain::{InWords, Lang, rule_in_words};
use tern_core::identity::{
    ClientId, DeviceName, DeviceSecret, Endpoint, Region, TransportKind, Triple,
};
use tern_core::sign::{ExtendedClientId, SignMethod};
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::{ConnectCode, FrameError, PacketType, Sender, WriteError, read};

/// The English is what the error prints; the Chinese has its numbers and no English sentence.
fn both(error: &(impl InWords + std::fmt::Display), places: &[&str]) {
    assert_eq!(error.in_words(Lang::En), error.to_string());
    chinese(&error.in_words(Lang::Zh), places);
}

fn chinese(zh: &str, places: &[&str]) {
    assert!(
        zh.chars().any(|c| ('\u{4E00}'..'\u{9FFF}').contains(&c)),
        "{zh}"
    );
    for place in places {
        assert!(zh.contains(place), "no {place} in {zh}");
    }
    let words = zh
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty());
    let english = ["the", "is", "must", "not", "it", "character", "only"];
    for word in words {
        assert!(!english.contains(&word), "{word} in {zh}");
    }
}

#[test]
fn errors_of_the_triple_and_of_hosts_are_said_in_chinese() {
    both(
        &Triple::new("p k", "d", "s").unwrap_err(),
        &["productKey", "第 2 个", "空格"],
    );
    both(
        &Triple::new("", "d", "s").unwrap_err(),
        &["productKey 为空", "64"],
    );
    both(
        &DeviceName::new(&"x".repeat(66)).unwrap_err(),
        &["66", "多 2 个"],
    );
    both(&DeviceName::new("a&b").unwrap_err(), &["'&'"]);
    both(
        &DeviceName::new("a\u{7}").unwrap_err(),
        &["控制字符 U+0007"],
    );
    both(
        &DeviceName::new("a\u{3000}").unwrap_err(),
        &["空白字符 U+3000"],
    );
    both(&ClientId::new("a|b").unwrap_err(), &["扩展参数"]);
    let secret = DeviceSecret::new("hunter2密").unwrap_err();
    both(&secret, &["deviceSecret", "第 8 个", "非 ASCII 字符"]);
    assert!(!secret.in_words(Lang::Zh).contains("hunter2"));
    both(
        &"mars".parse::<Region>().unwrap_err(),
        &["地域", "\"mars\"", "cn-shanghai"],
    );
    both(&"udp".parse::<TransportKind>().unwrap_err(), &["传输方式"]);
    for url in [
        "",
        "tcp://h",
        "ssl://h",
        "http://h",
        "https://h",
        "ftp://h",
        "mqtt://",
        "mqtt://h:0",
        "mqtt://h/p",
        "mqtt://u@h",
        "ws://h/ü",
        "ws://[::1]x",
        "ws://[::1",
        "ws://1.2.3",
        "ws://a..b",
        "ws://-a",
        "ws://主机",
    ] {
        both(&Endpoint::from_url(url).unwrap_err(), &[]);
    }
}

#[test]
fn errors_of_settings_topics_and_requests_are_said_in_chinese() {
    both(
        &ConfigError::KeepAlive {
            given: 30,
            min: 60,
            max: 300,
        },
        &["30", "60", "300"],
    );
    for error in [
        ConfigError::ClientIdMissing,
        ConfigError::PasswordAlone,
        ConfigError::Nul { field: "client id" },
        ConfigError::TooLong {
            field: "user name",
            len: 70_000,
        },
        ConfigError::MaxInflight { given: 0 },
        ConfigError::Time {
            field: "connect_timeout",
            given_ms: 0,
            min_ms: 1,
        },
        ConfigError::FirstOverCap {
            first_ms: 2,
            cap_ms: 1,
        },
    ] {
        both(&error, &[]);
    }
    for text in ["", "a/\0", "a/+", &"x".repeat(65_536)] {
        both(&TopicName::new(text).unwrap_err(), &["Topic 名"]);
    }
    for text in ["a#", "a+", "#/a"] {
        both(&TopicFilter::new(text).unwrap_err(), &["Topic 过滤器"]);
    }
    for error in [
        FailReason::TimedOut,
        FailReason::GivenBack,
        FailReason::Unwritable,
        FailReason::Withdrawn,
    ] {
        both(&error, &[]);
    }
    both(
        &PublishError::Full {
            what: "bytes",
            limit: 7,
        },
        &["7 字节"],
    );
    both(
        &PublishError::Full {
            what: "packet identifiers",
            limit: 65_535,
        },
        &["65535 个报文标识"],
    );
    both(
        &PublishError::PayloadTooLarge { len: 9, max: 8 },
        &["9", "8"],
    );
    both(
        &PublishError::Unwritable(WriteError::Invalid(
            "a string holds no U+0000 [MQTT-1.5.3-2]",
        )),
        &["U+0000"],
    );
    both(
        &PublishError::Unwritable(WriteError::FieldTooLong {
            field: "the topic",
            len: 65_536,
        }),
        &["65536"],
    );
    both(&SubscribeError::Full { limit: 3 }, &["3"]);
    both(&SubscribeError::NotRunning, &[]);
}

#[test]
fn malformed_packets_are_said_in_chinese() {
    for bytes in [
        [0x00, 0x00].as_slice(),         // type 0
        &[0x36, 0x00],                   // QoS 3
        &[0x20, 0x02, 0x02, 0x00],       // CONNACK: a reserved flag
        &[0x20, 0x02, 0x00, 0x06],       // CONNACK: code 6
        &[0x40, 0x02, 0x00, 0x00],       // PUBACK: packet identifier 0
        &[0x30, 0x03, 0x00, 0x01, b'+'], // PUBLISH: a wildcard
        &[0x30, 0x03, 0x00, 0x05, b'a'], // PUBLISH: a length past the end
        &[0x90, 0x03, 0x00, 0x01, 0x03], // SUBACK: code 3
        &[0xD0, 0x01, 0x00],             // PINGRESP: a byte too many
    ] {
        let error = read(bytes, Sender::Server).unwrap_err();
        let FrameError::Malformed(malformed) = error else {
            panic!("{error:?}")
        };
        both(&malformed, &[&format!("第 {} 字节", malformed.at)]);
        assert_ne!(rule_in_words(malformed.rule, Lang::Zh), malformed.rule);
    }
    both(
        &FrameError::WrongSender(PacketType::Connect, "client"),
        &["CONNECT", "客户端"],
    );
    both(&FrameError::TooLarge { len: 9, max: 8 }, &["9", "8"]);
}

#[test]
fn logins_and_refusals_are_said_in_chinese() {
    for text in [
        "id",
        "id|a=b",
        "id|a=b|c",
        "i|d|e|",
        "id|a|",
        "id|securemode=x|",
        "id|signmethod=sha1|",
    ] {
        both(&ExtendedClientId::parse(text).unwrap_err(), &[]);
    }
    both(&"sha1".parse::<SignMethod>().unwrap_err(), &["hmacsha1"]);
    for number in 0..=5 {
        let code = ConnectCode::from_number(number).unwrap();
        assert_eq!(code.in_words(Lang::En), code.name());
        chinese(&code.in_words(Lang::Zh), &[]);
    }
    for code in Code::ALL {
        assert_eq!(code.in_words(Lang::En), code.explanation());
        chinese(&code.in_words(Lang::Zh), &[]);
    }
    let field = "data.iotId";
    for error in [
        AuthError::Refused {
            code: 401,
            message: "no".to_owned(),
        },
        AuthError::Refused {
            code: 7,
            message: String::new(),
        },
        AuthError::NotJson {
            bytes: 3,
            line: 1,
            column: 1,
            html: true,
        },
        AuthError::MissingField { field },
        AuthError::BadField {
            field,
            found: String::new(),
            rule: "",
        },
        AuthError::too_large(70_000),
        AuthError::Http { status: 302 },
        AuthError::Http { status: 404 },
        AuthError::Http { status: 503 },
    ] {
        assert!(error.in_words(Lang::En).starts_with(&error.to_string()));
        chinese(&error.in_words(Lang::Zh), &[]);
    }
}
