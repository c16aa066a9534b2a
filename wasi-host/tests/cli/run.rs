//! `tern run`.

use serde_json::json;

use crate::cloud::{Cloud, SECRET, TOPIC};
use crate::program::start_reading;

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
    // As `tern pub -l` ends: not everything was taken.
    assert_eq!(ended.status, 65);
    assert_eq!(ended.stdout, format!("{TOPIC}\tgood\n"));
}

#[test]
fn a_line_that_is_not_taken_is_told_and_ends_it_with_65() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let large = format!("{TOPIC}\t{}\n", "x".repeat(300 * 1024));
    let longer = format!("{TOPIC}\t{}\n", "x".repeat(5 * 1024 * 1024));
    for (line, words) in [
        (&large, "payload has 307200 bytes"),
        (
            &longer,
            "it has more than 4194304 bytes, and was not published",
        ),
    ] {
        let mut run = cloud.begin("run", &["--json"]);
        run.event("connected");
        run.write(line);
        assert!(run.says("line 1: ").contains(words));
        // The rest goes on.
        run.write(&format!("{TOPIC}\tsmall\n"));
        run.event("published");
        assert_eq!(run.stop().status, 65, "{words}");
    }
    // A stdin that can't be read is no end of it: here it is a folder.
    let folder = std::fs::File::open(cloud.folder.path()).unwrap();
    let args = cloud.device("run", &url);
    let mut run = start_reading(&args, &[SECRET], folder.into());
    run.says("stdin can't be read any more: ");
    assert_eq!(run.stop().status, 65);
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
