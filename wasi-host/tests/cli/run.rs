//! `tern run`.

use serde_json::json;

use crate::cloud::{Cloud, TOPIC};

#[test]
fn stdins_lines_are_published_and_what_comes_is_printed() {
    let cloud = Cloud::start();
    let mut run = cloud.begin("run", &["-t", TOPIC, "--json"]);
    run.event("subscribed");
    run.write(&format!("{TOPIC}\thello\tworld\n"));
    run.event("accepted");
    assert_eq!(run.event("message")["payload"], "hello\tworld");
    run.stdin = None;
    // The end of stdin does not end it.
    cloud.push(&json!({"topic": TOPIC, "payload": "still there", "qos": 1}));
    assert_eq!(run.event("message")["payload"], "still there");
    let ended = run.stop();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
}

#[test]
fn people_get_lines_in_the_form_that_it_reads() {
    let cloud = Cloud::start();
    let mut run = cloud.begin("run", &["-t", TOPIC]);
    run.says("subscribed to");
    run.write("no tab here\n/with/+/wildcard\tx\n");
    assert!(run.says("line 1: ").contains("no tab"));
    assert!(run.says("line 2: ").contains("'+'"));
    run.write(&format!("{TOPIC}\tgood\n"));
    run.says("published message");
    let ended = run.stop();
    assert_eq!(ended.status, 0);
    assert_eq!(ended.stdout, format!("{TOPIC}\tgood\n"));
}

#[test]
fn it_comes_back_after_it_was_pushed_off_and_its_subscription_stands() {
    let cloud = Cloud::start();
    let mut run = cloud.begin("run", &["-t", TOPIC, "--json"]);
    run.event("subscribed");
    // The same triple once more: the platform drops the older connection.
    let other = cloud.run("pub", &["-t", TOPIC, "-m", "x", "-q", "1"]);
    assert_eq!(other.status, 0, "{other:?}");
    assert!(run.event("disconnected")["reason"].is_string());
    let again = run.event("reconnecting");
    assert_eq!(again["attempt"], 1);
    assert!(again["in_ms"].as_u64().unwrap() <= 1000);
    run.event("connected");
    // The other's clean session has ended the subscription, so the device renews it.
    run.event("subscribed");
    cloud.push(&json!({"topic": TOPIC, "payload": "back", "qos": 1}));
    while run.event("message")["payload"] != "back" {}
    assert_eq!(run.stop().status, 0);
}

#[test]
fn a_refused_subscription_does_not_end_it() {
    let cloud = Cloud::start();
    let mut run = cloud.begin("run", &["-t", "/a1aq9sQk2JE/other/x", TOPIC, "--json"]);
    run.event("subscribe_refused");
    run.write(&format!("{TOPIC}\tx\n"));
    run.event("published");
    assert_eq!(run.stop().status, 0);
}

#[test]
fn a_final_refusal_ends_it() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let args = [&cloud.device("run", &url)[..], &["--json"]].concat();
    let secret = ("TERN_DEVICE_SECRET", "wrong");
    let run = crate::program::start(&args, &[secret]);
    let ended = run.end();
    assert_eq!(ended.status, 4, "{ended:?}");
}
