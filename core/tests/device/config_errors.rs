//! Settings that break their rule, refused before anything is sent.

use std::time::Duration;

use tern_core::device::{Config, ConfigError, Device, Login, Reconnect};
use tern_core::sign::Password;

use crate::scripted::{direct, https, plain};

#[track_caller]
fn refused(config: Config, expected: ConfigError, words: &[&str]) {
    assert_eq!(Device::new(config, 1).unwrap_err(), expected);
    for word in words {
        assert!(expected.to_string().contains(word), "{expected}");
    }
}

fn with_client_id(id: &str) -> Config {
    let mut config = plain();
    if let Login::Plain { client_id, .. } = &mut config.login {
        id.clone_into(client_id);
    }
    config
}

fn with_user(name: Option<&str>, secret: Option<&str>) -> Config {
    let mut config = plain();
    if let Login::Plain {
        username, password, ..
    } = &mut config.login
    {
        *username = name.map(str::to_owned);
        *password = secret.map(|secret| Password::new(secret.to_owned()));
    }
    config
}

#[test]
fn a_keep_alive_outside_the_window_names_the_rule() {
    for mut config in [direct(), https()] {
        for given in [0, 59, 301, u16::MAX] {
            config.keep_alive = given;
            refused(
                config.clone(),
                ConfigError::KeepAlive {
                    given,
                    min: 60,
                    max: 300,
                },
                &[
                    "keep alive",
                    &format!("{given} s"),
                    "60 to 300 s",
                    "Alibaba Cloud, MQTT-TCP连接通信: MQTT保活",
                ],
            );
        }
        for inside in [60, 300] {
            config.keep_alive = inside;
            assert!(Device::new(config.clone(), 1).is_ok());
        }
    }
}

#[test]
fn the_window_is_a_setting_and_other_brokers_have_none() {
    let mut config = direct();
    config.keep_alive = 1_200;
    config.keep_alive_range = Some(30..=1_200);
    assert!(Device::new(config.clone(), 1).is_ok());
    config.keep_alive_range = None;
    config.keep_alive = 0;
    assert!(Device::new(config, 1).is_ok());
    let mut config = plain();
    config.keep_alive = 0;
    assert!(Device::new(config, 1).is_ok());
}

// client: [MQTT-3.1.3-7]
#[test]
fn an_empty_client_id_goes_only_with_a_clean_session() {
    refused(
        with_client_id(""),
        ConfigError::ClientIdMissing,
        &["client id", "MQTT-3.1.3-7"],
    );
    let mut config = with_client_id("");
    config.clean_session = true;
    assert!(Device::new(config, 1).is_ok());
}

// client: [MQTT-3.1.2-22]
#[test]
fn a_password_goes_only_with_a_user_name() {
    let config = with_user(None, Some("hunter2"));
    refused(
        config,
        ConfigError::PasswordAlone,
        &["password", "user name", "MQTT-3.1.2-22"],
    );
    assert!(Device::new(with_user(Some(""), Some("hunter2")), 1).is_ok());
    assert!(Device::new(with_user(Some("u"), None), 1).is_ok());
}

// client: [MQTT-1.5.3-2]
#[test]
fn what_no_field_can_hold_is_named() {
    let long = "x".repeat(65_536);
    refused(
        with_client_id("a\0b"),
        ConfigError::Nul { field: "client id" },
        &["U+0000"],
    );
    refused(
        with_user(Some("\0"), None),
        ConfigError::Nul { field: "user name" },
        &["user name"],
    );
    let too_long = |field| ConfigError::TooLong { field, len: 65_536 };
    refused(
        with_client_id(&long),
        too_long("client id"),
        &["65536", "65535"],
    );
    refused(
        with_user(Some(&long), None),
        too_long("user name"),
        &["user name"],
    );
    refused(
        with_user(Some("u"), Some(&long)),
        too_long("password"),
        &["password"],
    );
}

#[test]
fn a_window_of_no_message_or_of_more_than_there_are_identifiers() {
    for given in [0, 65_536] {
        let mut config = plain();
        config.limits.max_inflight = given;
        refused(
            config,
            ConfigError::MaxInflight { given },
            &["max_inflight", "1 to 65535"],
        );
    }
}

/// A time of a config, to be set.
type Time = fn(&mut Config) -> &mut Duration;

const TIMES: [(&str, u32, Time); 6] = [
    ("connect_timeout", 1, |config| &mut config.connect_timeout),
    ("request_timeout", 1, |config| &mut config.request_timeout),
    ("ping_timeout", 1, |config| &mut config.ping_timeout),
    ("drain_timeout", 0, |config| &mut config.drain_timeout),
    ("reconnect.first", 1, |config| backoff(config).0),
    ("reconnect.cap", 1, |config| backoff(config).1),
];

fn backoff(config: &mut Config) -> (&mut Duration, &mut Duration) {
    match &mut config.reconnect {
        Reconnect::Backoff { first, cap } => (first, cap),
        Reconnect::Never => panic!("the default is a backoff"),
    }
}

#[test]
fn a_time_that_is_none_or_beyond_the_longest_names_its_field() {
    const MS: Duration = Duration::from_millis(1);
    for (field, min_ms, time) in TIMES {
        let mut wrong = vec![
            (Config::LONGEST + MS, 4_294_967_296),
            (Duration::MAX, u64::MAX),
        ];
        if min_ms > 0 {
            wrong.extend([(Duration::ZERO, 0), (Duration::from_micros(999), 0)]);
        }
        for (given, given_ms) in wrong {
            let mut config = plain();
            *time(&mut config) = given;
            refused(
                config,
                ConfigError::Time {
                    field,
                    given_ms,
                    min_ms,
                },
                &[
                    field,
                    &format!(" is {given_ms} ms"),
                    &format!("{min_ms} to 4294967295 ms"),
                    "choose",
                ],
            );
        }
    }
}

#[test]
fn the_shortest_and_the_longest_times_can_be_set() {
    for edge in [Duration::from_millis(1), Config::LONGEST] {
        let mut config = plain();
        for (_, _, time) in TIMES {
            *time(&mut config) = edge;
        }
        assert!(Device::new(config, 1).is_ok());
    }
    let mut config = plain();
    config.drain_timeout = Duration::ZERO;
    assert!(Device::new(config, 1).is_ok());
}

#[test]
fn a_backoff_does_not_begin_beyond_its_cap() {
    let mut config = plain();
    let (first, cap) = backoff(&mut config);
    *first = *cap + Duration::from_millis(1);
    refused(
        config,
        ConfigError::FirstOverCap {
            first_ms: 60_001,
            cap_ms: 60_000,
        },
        &[
            "reconnect.first is 60001 ms",
            "reconnect.cap 60000 ms",
            "make cap",
        ],
    );
}
