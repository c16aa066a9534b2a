//! Which options amount to what.

use std::path::Path;

use clap::Parser;
use tern_core::identity::Region;

use super::*;
use crate::exit::Exit;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

const NEVER: Defaults = Defaults {
    clean_session: false,
    reconnect: Reconnect::Never,
};
const TRIPLE: [&str; 4] = ["--product-key", "pk", "--device-name", "dn"];

fn options(args: &[&str]) -> Options {
    let line = ["x"].iter().chain(args);
    Line::try_parse_from(line).unwrap().options
}

/// An environment that holds a device's secret.
fn with_secret(name: &str) -> Option<OsString> {
    (name == SECRET).then(|| "secret".into())
}

fn config_in(
    args: &[&str],
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Config, Failure> {
    Sources::new(options(args), environment)?.config(NEVER)
}

fn device(args: &[&str]) -> Result<Config, Failure> {
    config_in(&[&TRIPLE, args].concat(), &with_secret)
}

fn plain(args: &[&str]) -> Result<Config, Failure> {
    config_in(args, &|_| None)
}

fn usage(result: Result<Config, Failure>) -> String {
    let failure = result.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage, "{failure}");
    failure.words
}

fn url(config: &Config) -> String {
    match &config.login {
        Login::Direct { endpoint, .. } | Login::Plain { endpoint, .. } => endpoint.to_string(),
        Login::Https { auth_url, .. } => auth_url.to_string(),
    }
}

#[test]
fn a_region_or_an_instance_makes_the_host() {
    for (args, expected) in [
        (
            &["--region", "cn-shanghai"][..],
            "mqtts://pk.iot-as-mqtt.cn-shanghai.aliyuncs.com:1883",
        ),
        (
            &["--region", "us-west-1", "--transport", "tcp"],
            "mqtt://pk.iot-as-mqtt.us-west-1.aliyuncs.com:1883",
        ),
        (
            &["--region", "us-west-1", "--transport", "wss"],
            "wss://pk.iot-as-mqtt.us-west-1.aliyuncs.com:443/",
        ),
        (
            &["--instance", "iot-0a1b", "--transport", "ws"],
            "ws://iot-0a1b.mqtt.iothub.aliyuncs.com:80/",
        ),
        (&["--url", "mqtt://localhost"], "mqtt://localhost:1883"),
    ] {
        assert_eq!(url(&device(args).unwrap()), expected);
    }
}

#[test]
fn a_device_signs_with_its_defaults() {
    let config = device(&["--region", "cn-shanghai"]).unwrap();
    let Login::Direct {
        triple,
        client_id,
        method,
        timestamp,
        ..
    } = config.login
    else {
        panic!("not direct");
    };
    assert_eq!(triple, Triple::new("pk", "dn", "secret").unwrap());
    assert_eq!(client_id.as_str(), "pk.dn");
    assert_eq!((method, timestamp), (SignMethod::HmacSha1, None));
    assert_eq!((config.keep_alive, config.clean_session), (60, false));
}

#[test]
fn a_timestamp_of_now_is_this_clocks() {
    let before = now_ms().unwrap();
    let config = device(&["--region", "cn-shanghai", "--timestamp", "now"]).unwrap();
    let Login::Direct { timestamp, .. } = config.login else {
        panic!("not direct");
    };
    assert!((before..=now_ms().unwrap()).contains(&timestamp.unwrap()));
}

#[test]
fn options_that_exclude_each_other_are_named() {
    let at = ["--url", "mqtt://localhost"];
    for (args, one, other) in [
        (&["--region", "us-west-1"][..], "--url", "--region"),
        (&["--instance", "x"], "--url", "--instance"),
        (&["--transport", "tcp"], "--url", "--transport"),
        (&["-u", "me"], "-u", "a device triple"),
    ] {
        let words = usage(device(&[&at, args].concat()));
        assert!(
            words.starts_with(&format!("{one} does not go together with {other}")),
            "{words}"
        );
    }
    let words = usage(device(&["--region", "us-west-1", "--instance", "x"]));
    assert!(
        words.contains("--region does not go together with --instance"),
        "{words}"
    );
    let words = usage(device(
        &[&at[..], &["--auth-url", "https://localhost"]].concat(),
    ));
    assert!(words.contains("--auth https"), "{words}");
}

#[test]
fn a_triple_that_is_not_complete_says_what_is_missing() {
    let words = usage(config_in(&["--product-key", "pk"], &|_| None));
    assert!(
        words.contains("--device-name NAME, and the secret, by TERN_DEVICE_SECRET"),
        "{words}"
    );
    assert!(!words.contains("--product-key"), "{words}");
    let words = usage(config_in(&["--device-name", "dn"], &with_secret));
    assert!(words.ends_with("give --product-key KEY"), "{words}");
    let words = usage(device(&[]));
    assert!(
        words.contains("--region R, --instance ID, or --url"),
        "{words}"
    );
}

#[test]
fn a_secret_that_breaks_its_rule_is_bad_data_and_not_repeated() {
    let bad = |_: &str| Some(OsString::from("hunter2 "));
    let failure = config_in(&[&TRIPLE[..], &["--region", "us-west-1"]].concat(), &bad).unwrap_err();
    assert_eq!(failure.exit, Exit::Data);
    assert!(
        failure
            .words
            .starts_with("TERN_DEVICE_SECRET: deviceSecret: character 8 is a space")
    );
    assert!(!failure.words.contains("hunter2"), "{failure}");
}

#[test]
fn a_keep_alive_outside_its_window_is_refused_with_the_rule() {
    for (args, expected) in [
        (
            &["--keepalive", "59"][..],
            "keep alive is 59 s, outside 60 to 300 s",
        ),
        (
            &["--keepalive", "301"],
            "keep alive is 301 s, outside 60 to 300 s",
        ),
        (
            &["--keepalive", "60", "--keepalive-range", "100..200"],
            "keep alive is 60 s, outside 100 to 200 s",
        ),
    ] {
        let words = usage(device(&[&["--region", "us-west-1"], args].concat()));
        assert!(words.contains(expected), "{words}");
    }
    let wide = [
        "--region",
        "us-west-1",
        "--keepalive-range",
        "30..1200",
        "--keepalive",
        "30",
    ];
    assert_eq!(device(&wide).unwrap().keep_alive, 30);
    let other_broker = ["--url", "mqtt://localhost", "--keepalive", "0"];
    assert_eq!(plain(&other_broker).unwrap().keep_alive, 0);
}

#[test]
fn another_broker_needs_nothing_but_a_url() {
    let config = plain(&["--url", "mqtt://localhost"]).unwrap();
    assert!(
        config.clean_session,
        "without a client id there is no session"
    );
    assert_eq!(config.keep_alive_range, None);
    let config = plain(&["--url", "mqtt://localhost", "-i", "me"]).unwrap();
    assert!(!config.clean_session);
    let impossible = ["--url", "mqtt://localhost", "--clean-session", "false"];
    assert!(usage(plain(&impossible)).contains("clean session"));
    assert!(usage(plain(&[])).contains("--url"));
    assert!(usage(plain(&["--region", "us-west-1"])).contains("--region needs a device"));
}

#[test]
fn a_password_comes_from_the_environment_or_a_file_and_goes_with_a_user() {
    let environment = |name: &str| (name == PASSWORD).then(|| OsString::from("pw"));
    let password = |args: &[&str]| {
        let config = config_in(
            &[&["--url", "mqtt://localhost"], args].concat(),
            &environment,
        );
        match config.unwrap().login {
            Login::Plain { password, .. } => password.map(|pw| pw.expose().to_owned()),
            _ => panic!("not plain"),
        }
    };
    assert_eq!(password(&["-u", "me"]).as_deref(), Some("pw"));
    assert_eq!(password(&[]), None);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pw");
    std::fs::write(&file, "from file\r\n").unwrap();
    let file = file.to_str().unwrap();
    let from_file = password(&["-u", "me", "--password-file", file]);
    assert_eq!(from_file.as_deref(), Some("from file"));
    let alone = ["--url", "mqtt://localhost", "--password-file", file];
    assert!(usage(plain(&alone)).contains("without a user name"));
}

#[test]
fn one_line_end_is_cut_from_a_secret_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    for (content, expected) in [
        ("secret", Ok("secret")),
        ("secret\n", Ok("secret")),
        ("secret\r\n", Ok("secret")),
        ("secret\n\n", Err("character 7 is a line end")),
        ("secret \n", Err("character 7 is a space")),
        ("", Err("deviceSecret is empty")),
    ] {
        std::fs::write(&file, content).unwrap();
        let args = [&TRIPLE[..], &["--secret-file", file.to_str().unwrap()]].concat();
        let sources = Sources::new(options(&args), &|_| None).unwrap();
        match (sources.signing(), expected) {
            (Ok(signing), Ok(secret)) => {
                assert_eq!(signing.triple.device_secret.expose(), secret.as_bytes());
            }
            (Err(failure), Err(expected)) => {
                assert_eq!(failure.exit, Exit::Data);
                assert!(failure.words.contains(expected), "{failure}");
                assert!(failure.words.contains(file.to_str().unwrap()), "{failure}");
            }
            (result, _) => panic!("{content:?}: {}", result.is_ok()),
        }
    }
}

#[test]
fn https_auth_takes_its_url_from_the_region_unless_it_is_given() {
    let config = device(&["--auth", "https", "--region", "eu-central-1"]).unwrap();
    assert_eq!(
        url(&config),
        "https://iot-auth.eu-central-1.aliyuncs.com/auth/devicename"
    );
    let given = ["--auth", "https", "--auth-url", "https://localhost:8443"];
    let config = device(&given).unwrap();
    assert_eq!(url(&config), "https://localhost:8443/auth/devicename");
    assert!(matches!(
        config.login,
        Login::Https {
            endpoint: None,
            transport: TransportKind::Tls,
            ..
        }
    ));
    let with_url = [&given[..], &["--url", "wss://localhost/mqtt"]].concat();
    assert!(matches!(
        device(&with_url).unwrap().login,
        Login::Https {
            endpoint: Some(_),
            transport: TransportKind::Wss,
            ..
        }
    ));
    let words = usage(device(&["--auth", "https"]));
    assert!(words.contains("--auth-url"), "{words}");
    let words = usage(device(&["--auth", "https", "--instance", "x"]));
    assert!(words.contains("--instance does not go together"), "{words}");
}

#[test]
fn a_default_client_id_that_is_too_long_points_at_the_option() {
    let long = "x".repeat(64);
    let args = [
        "--product-key",
        "pk",
        "--device-name",
        &long,
        "--region",
        "us-west-1",
    ];
    let words = usage(config_in(&args, &with_secret));
    assert!(words.contains("clientId has 67 characters"), "{words}");
    assert!(words.contains("give --client-id"), "{words}");
}

#[test]
fn the_command_line_wins_then_the_environment_then_the_profile() {
    let profile = options(&[
        "--region",
        "us-west-1",
        "--transport",
        "tcp",
        "--secret-file",
        "profile",
        "--keepalive",
        "100",
    ]);
    let merged =
        |args: &[&str], secret_is_set| filled(options(args), profile.clone(), secret_is_set, false);
    let nothing = merged(&[], false);
    assert_eq!(nothing, profile);
    assert_eq!(merged(&[], true).secret_file, None);
    let line = merged(&["--secret-file", "line", "--keepalive", "200"], true);
    assert_eq!(line.secret_file.as_deref(), Some(Path::new("line")));
    assert_eq!(line.connection.keepalive, Some(200));
    let elsewhere = merged(&["--url", "mqtt://localhost"], false);
    assert_eq!(
        (elsewhere.connection.region, elsewhere.connection.transport),
        (None, None)
    );
    let instance = merged(&["--instance", "x"], false);
    assert_eq!(instance.connection.region, None);
    assert_eq!(instance.connection.transport, Some(TransportKind::Tcp));
    assert_eq!(
        merged(&["--region", "eu-central-1"], false)
            .connection
            .region,
        Some(Region::EuCentral1)
    );
}
