//! `--insecure`: what it lets in, that it never goes unsaid, and that it comes by no accident.

use serde_json::Value;
use tern_platform::sample::{DEVICE_NAME, PRODUCT_KEY};

use crate::cloud::{Cloud, SECRET, request};
use crate::program::{run_with, start};

const WORDS: &str = "--insecure: nobody checks who answers at ";

/// The sample device's options, without the CA that vouches for the stand-in.
fn device<'a>(program: &'a str, url: &'a str) -> Vec<&'a str> {
    let triple = ["--product-key", PRODUCT_KEY, "--device-name", DEVICE_NAME];
    [&[program, "--url", url], &triple[..]].concat()
}

fn names(events: &[Value]) -> Vec<&str> {
    let names = events.iter().map(|event| event["event"].as_str());
    names.map(Option::unwrap).collect()
}

#[test]
fn it_warns_at_every_connect_also_after_a_drop() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtts");
    let mut running = start(
        &[&device("run", &url)[..], &["--insecure", "--json"]].concat(),
        &[SECRET],
    );
    let first = running.event("warning");
    let expected = format!("{WORDS}{url}");
    assert!(
        first["text"].as_str().unwrap().starts_with(&expected),
        "{first}"
    );
    running.event("connected");
    for _ in 0..2 {
        let http = cloud.stand_in.addresses().http;
        let dropped = request(http, "PUT", "/api/faults", r#"{"all":{"drop":"now"}}"#);
        assert!(dropped.starts_with("HTTP/1.1 200"), "{dropped}");
        running.event("reconnecting");
        running.event("warning");
        running.event("connected");
    }
    let ended = running.stop();
    let warned = ended.stderr.lines().filter(|line| line.contains(WORDS));
    assert_eq!(warned.count(), 3, "{}", ended.stderr);
}

#[test]
fn it_warns_of_the_https_authentication_and_of_the_connection_after_it() {
    let cloud = Cloud::start();
    let (url, auth_url) = (cloud.url("wss"), cloud.auth_url());
    let https = ["--auth", "https", "--auth-url", &auth_url];
    let asked = [
        &device("pub", &url)[..],
        &https,
        &[
            "--insecure",
            "--json",
            "-t",
            "/a1aq9sQk2JE/dev1/data",
            "-m",
            "x",
        ],
    ]
    .concat();
    let ended = run_with(&asked, &[SECRET], b"");
    assert_eq!(ended.status, 0, "{ended:?}");
    let events = ended.events();
    let warnings: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "warning")
        .map(|event| event["text"].as_str().unwrap())
        .collect();
    let place = auth_url.split('/').nth(2).unwrap();
    let [first, second] = warnings[..] else {
        panic!("{:?}", names(&events))
    };
    assert!(first.starts_with(&format!("{WORDS}{place}")), "{first}");
    assert!(second.starts_with(&format!("{WORDS}{url}")), "{second}");

    let asked = [&device("auth", &url)[..], &https[2..], &["--insecure"]].concat();
    let ended = run_with(&asked, &[SECRET], b"");
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(ended.stderr.contains(&format!("{WORDS}{place}")));
}

#[test]
fn plain_tcp_has_nothing_to_warn_of() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let more = ["--insecure", "-t", "/a1aq9sQk2JE/dev1/data", "-m", "x"];
    let ended = run_with(&[&device("pub", &url)[..], &more].concat(), &[SECRET], b"");
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(!ended.stderr.contains(WORDS), "{}", ended.stderr);
}

#[test]
fn without_it_the_same_server_is_refused() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtts");
    let more = ["-t", "/a1aq9sQk2JE/dev1/data", "-m", "x"];
    let ended = run_with(&[&device("pub", &url)[..], &more].concat(), &[SECRET], b"");
    assert_eq!(ended.status, 69, "{ended:?}");
    assert!(
        ended.stderr.contains("none of the built-in roots vouches"),
        "{}",
        ended.stderr
    );
}

#[test]
fn no_profile_and_no_environment_switch_the_check_off() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("p.toml");
    std::fs::write(&profile, "insecure = true\n").unwrap();
    let profile = profile.to_str().unwrap();
    let asked = [
        &device("run", "mqtts://127.0.0.1:1")[..],
        &["--profile", profile],
    ]
    .concat();
    let ended = run_with(&asked, &[SECRET], b"");
    assert_eq!(ended.status, 65, "{ended:?}");
    assert!(
        ended.stderr.contains("stands in no profile"),
        "{}",
        ended.stderr
    );

    let cloud = Cloud::start();
    let url = cloud.url("mqtts");
    let asked = [
        &device("pub", &url)[..],
        &["-t", "/a1aq9sQk2JE/dev1/data", "-m", "x"],
    ]
    .concat();
    let variables = [
        SECRET,
        ("TERN_INSECURE", "1"),
        ("INSECURE", "1"),
        ("SSL_CERT_FILE", cloud.stand_in.ca_path().to_str().unwrap()),
    ];
    assert_eq!(run_with(&asked, &variables, b"").status, 69);
}

#[test]
fn it_does_not_go_together_with_a_ca_file() {
    let asked = [
        &device("run", "mqtts://127.0.0.1:1")[..],
        &["--insecure", "--cafile", "ca.pem"],
    ]
    .concat();
    let ended = run_with(&asked, &[SECRET], b"");
    assert_eq!(ended.status, 64, "{ended:?}");
    assert!(ended.stderr.contains("trust anybody"), "{}", ended.stderr);
}
