//! `tern check`: a pasted login, and the connection options, judged by the core's room `explain`.

use serde_json::{Value, json};

use crate::program::{Ended, run, run_with};

const SECRET: (&str, &str) = ("TERN_DEVICE_SECRET", "secret");
const CLIENT_ID: &str = "12345|securemode=3,signmethod=hmacsha1,timestamp=789|";
/// The seed's digest.
const RIGHT: &str = "FAFD82A3D602B37FB0FA8B7892F24A477F851A14";
/// The HMAC-SHA1 of `12345devicepk789`: the values alone.
const VALUES_ONLY: &str = "6f2e85580829a91cce65df1cb2b1fe0fd44fa7b2";

fn check(password: &str, args: &[&str]) -> Ended {
    let login = [
        "check",
        "--client-id-sent",
        CLIENT_ID,
        "--username",
        "device&pk",
    ];
    let variables = [SECRET, ("TERN_PASSWORD", password)];
    run_with(&[&login, args].concat(), &variables, b"")
}

fn told(ended: &Ended) -> Value {
    assert_eq!(ended.stderr, "", "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "one object");
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn a_right_login_ends_with_0() {
    let ended = check(&RIGHT.to_lowercase(), &["--json"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let told = told(&ended);
    assert_eq!(
        (&told["verdict"], &told["acceptable"]),
        (&json!("right"), &json!(true))
    );
    let people = check(RIGHT, &[]);
    assert_eq!(people.status, 0);
    assert!(
        people.stdout.starts_with("The password is right"),
        "{}",
        people.stdout
    );
}

#[test]
fn a_known_mistake_is_named_and_ends_with_65() {
    let ended = check(VALUES_ONLY, &["--json"]);
    assert_eq!(ended.status, 65, "{ended:?}");
    let told = told(&ended);
    assert_eq!(told["verdict"], "mistaken");
    assert_eq!(told["mistakes"][0]["id"], "values_only");
    assert_eq!(told["signed"], "12345devicepk789");
    assert_eq!(
        told["right"]["content"],
        "clientId12345deviceNamedeviceproductKeypktimestamp789"
    );
    let people = check(VALUES_ONLY, &[]);
    assert_eq!(people.status, 65);
    assert!(
        people
            .stdout
            .contains("1. values_only: The values alone were signed"),
        "{}",
        people.stdout
    );
    assert!(people.stdout.contains("12345devicepk789"));
}

#[test]
fn a_password_that_no_known_mistake_makes_ends_with_65_too() {
    let ended = check("0000000000000000000000000000000000000000", &["--json"]);
    assert_eq!(ended.status, 65);
    assert_eq!(told(&ended)["verdict"], "unknown");
}

#[test]
fn what_tern_sign_prints_is_right_when_it_comes_by_stdin() {
    let triple = ["--product-key", "a1U4pQzrgim", "--device-name", "test1"];
    let sign = [&["sign", "--json", "--timestamp", "now"], &triple[..]].concat();
    let signed = run_with(&sign, &[SECRET], b"");
    assert_eq!(signed.status, 0);
    let login = ["check", "--login-file", "-", "--json"];
    let ended = run_with(&login, &[SECRET], signed.stdout.as_bytes());
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(told(&ended)["verdict"], "right");

    let lines = format!("mqttClientId={CLIENT_ID}\nmqttUsername=device&pk\nmqttPassword={RIGHT}\n");
    let ended = run_with(&login, &[SECRET], lines.as_bytes());
    assert_eq!(ended.status, 0, "{ended:?}");
}

#[test]
fn a_product_secret_in_a_file_is_found_as_the_one_that_was_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("product.secret");
    std::fs::write(&path, "secret\n").unwrap();
    let path = path.to_str().unwrap();
    let login = [
        "check",
        "--client-id-sent",
        CLIENT_ID,
        "-u",
        "device&pk",
        "--other-secret-file",
        path,
        "--json",
    ];
    let variables = [
        ("TERN_DEVICE_SECRET", "hunter2hunter2"),
        ("TERN_PASSWORD", RIGHT),
    ];
    let ended = run_with(&login, &variables, b"");
    assert_eq!(ended.status, 65, "{ended:?}");
    let mistake = &told(&ended)["mistakes"][0];
    assert_eq!(mistake["id"], "other_secret");
    assert!(mistake["what"].as_str().unwrap().contains("product.secret"));
    assert!(!ended.stdout.contains("hunter2"));
}

#[test]
fn connection_options_are_checked_before_anything_is_sent() {
    let ended = run(&[
        "check",
        "--url",
        "mqtts://a1XXXXXXXXX.iot-as-mqtt.cn-shanghai.aliyuncs.com:8883",
        "--product-key",
        "a1U4pQzrgim",
        "--keepalive",
        "30",
        "--json",
    ]);
    assert_eq!(ended.status, 65, "{ended:?}");
    let told = told(&ended);
    assert_eq!(told.get("verdict"), None);
    let fields: Vec<_> = told["preflight"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["field"])
        .collect();
    assert_eq!(fields, ["host", "port", "keep_alive"]);
    assert_eq!(
        told["preflight"][2]["mends"][0],
        json!({
            "field": "keep_alive", "value": "60", "text": "Set the keep alive to 60",
        })
    );
    let good = run(&[
        "check",
        "--region",
        "cn-shanghai",
        "--product-key",
        "a1U4pQzrgim",
        "--keepalive",
        "120",
    ]);
    assert_eq!(
        (good.status, &good.stdout[..]),
        (0, "Nothing in these options will be refused.\n")
    );
}

#[test]
fn now_is_a_time_to_send_but_none_that_a_pasted_login_was_signed_with() {
    let ended = check(RIGHT, &["--timestamp", "now"]);
    assert_eq!((ended.status, &ended.stdout[..]), (64, ""), "{ended:?}");
    for part in ["--timestamp", "now", "in ms since 1970"] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    assert_eq!(check(RIGHT, &["--timestamp", "789"]).status, 0);
    let options = ["check", "--keepalive", "120", "--timestamp"];
    assert_eq!(run(&[&options[..], &["now"]].concat()).status, 0);
    // It is looked at: seconds are warned of.
    let seconds = run(&[&options[..], &["1500000000"]].concat());
    assert!(seconds.stdout.contains("1500000000000"), "{seconds:?}");
}

#[test]
fn a_securemode_that_does_not_fit_the_transport_is_refused_although_the_password_is_right() {
    let ended = check(RIGHT, &["--transport", "tls", "--json"]);
    assert_eq!(ended.status, 65, "{ended:?}");
    let told = told(&ended);
    assert_eq!(
        (&told["verdict"], &told["acceptable"]),
        (&json!("right"), &json!(false))
    );
    assert_eq!(told["notes"][0]["part"], "client_id");
    assert_eq!(check(RIGHT, &["--transport", "tcp"]).status, 0);
}

#[test]
fn what_is_missing_is_wrong_usage_and_what_can_not_be_read_bad_data() {
    let nothing = run(&["check"]);
    assert_eq!(nothing.status, 64);
    assert!(
        nothing.stderr.contains("--client-id-sent"),
        "{}",
        nothing.stderr
    );
    let incomplete = run(&["check", "--client-id-sent", CLIENT_ID, "-u", "device&pk"]);
    assert_eq!(incomplete.status, 64);
    for word in ["TERN_PASSWORD", "TERN_DEVICE_SECRET"] {
        assert!(incomplete.stderr.contains(word), "{}", incomplete.stderr);
    }
    let no_login = run_with(&["check", "--login-file", "-"], &[SECRET], b"hunter2");
    assert_eq!(no_login.status, 65);
    assert!(no_login.stderr.contains("client_id=") && !no_login.stderr.contains("hunter2"));
    let on_the_command_line = run(&["check", "--password", "hunter2"]);
    assert_eq!(on_the_command_line.status, 64);
    assert!(!on_the_command_line.stderr.contains("hunter2"));
}
