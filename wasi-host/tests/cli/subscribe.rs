//! `tern sub`.

use serde_json::json;

use crate::cloud::{Cloud, TOPIC};

#[test]
fn payloads_come_a_line_as_they_are_until_the_count_is_reached() {
    let cloud = Cloud::start();
    let mut sub = cloud.begin("sub", &["-t", TOPIC, "-C", "3", "-q", "1"]);
    sub.says("subscribed to");
    cloud.push(&json!({"topic": TOPIC, "payload": "温度 21", "qos": 1, "count": 10}));
    let ended = sub.end();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(ended.stdout, "温度 21\n温度 21\n温度 21\n");
}

#[test]
fn verbose_puts_the_topic_before_the_payload() {
    let cloud = Cloud::start();
    let filters = [
        "-t",
        TOPIC,
        "/a1aq9sQk2JE/dev1/other",
        "-t",
        "/a1aq9sQk2JE/dev1/third/+",
    ];
    let mut sub = cloud.begin("sub", &[&filters[..], &["-v", "-C", "2"]].concat());
    for _ in 0..3 {
        sub.says("subscribed to");
    }
    let other = "/a1aq9sQk2JE/dev1/third/x";
    cloud.push(&json!({"topic": TOPIC, "payload": "one", "qos": 0}));
    cloud.push(&json!({"topic": other, "payload": "two", "qos": 0}));
    let ended = sub.end();
    assert_eq!(ended.stdout, format!("{TOPIC} one\n{other} two\n"));
}

#[test]
fn json_tells_what_came_and_how() {
    let cloud = Cloud::start();
    let mut sub = cloud.begin("sub", &["-t", TOPIC, "-q", "1", "--json", "-C", "2"]);
    let subscribed = sub.event("subscribed");
    assert_eq!(
        (&subscribed["filter"], &subscribed["qos"]),
        (&json!(TOPIC), &json!(1))
    );
    cloud.push(&json!({"topic": TOPIC, "payload": "text", "qos": 1}));
    cloud.push(&json!({"topic": TOPIC, "payload_base64": "/wA=", "qos": 0}));
    let text = sub.event("message");
    assert_eq!(
        (&text["payload"], &text["qos"]),
        (&json!("text"), &json!(1))
    );
    assert_eq!(
        (&text["dup"], &text["retain"]),
        (&json!(false), &json!(false))
    );
    assert!(text["at"].as_str().unwrap().ends_with('Z'));
    let bytes = sub.event("message");
    assert_eq!(
        (&bytes["payload_base64"], &bytes["qos"]),
        (&json!("/wA="), &json!(0))
    );
    assert!(bytes.get("payload").is_none());
    let ended = sub.end();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
}

#[test]
fn time_that_passes_before_the_count_is_reached_ends_with_27() {
    let cloud = Cloud::start();
    let ended = cloud.run("sub", &["-t", TOPIC, "-C", "1", "-W", "1"]);
    assert_eq!(ended.status, 27, "{ended:?}");
    assert!(ended.names().contains(&"subscribed".to_owned()));
}

#[test]
fn a_refused_subscription_ends_with_77() {
    let cloud = Cloud::start();
    let ended = cloud.run("sub", &["-t", "/a1aq9sQk2JE/somebody/else"]);
    assert_eq!(ended.status, 77, "{ended:?}");
    let refused = ended.event("subscribe_refused");
    assert_eq!(refused["filter"], "/a1aq9sQk2JE/somebody/else");
}

#[test]
fn a_signal_ends_it_after_a_clean_disconnect() {
    let cloud = Cloud::start();
    let mut sub = cloud.begin("sub", &["-t", TOPIC, "--json"]);
    sub.event("subscribed");
    let ended = sub.stop();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
    assert!(ended.names().contains(&"disconnected".to_owned()));
    assert_eq!(
        cloud.event("disconnected")["reason"],
        "the device disconnected"
    );
}

#[test]
fn a_reader_of_stdout_that_has_gone_ends_it_quietly() {
    let cloud = Cloud::start();
    let mut sub = cloud.begin("sub", &["-t", TOPIC, "--json"]);
    sub.event("subscribed");
    sub.close_stdout();
    // The first line that finds no reader closes the pipe, the second finds it closed.
    cloud.push(&json!({"topic": TOPIC, "payload": "x", "qos": 0, "count": 3, "per_second": 10}));
    let ended = sub.end();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
}
