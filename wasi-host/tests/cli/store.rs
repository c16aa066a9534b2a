//! `tern run --store`: what is accepted outlives the program, and what is wrong with the store is said.

use std::net::TcpListener;
use std::path::Path;

use serde_json::{Value, json};

use crate::broker::{Broker, CONNACK, PUBLISH};
use crate::cloud::{Cloud, SECRET, TOPIC};
use crate::program::{Ended, Running, run_with, start};

/// CONNACK: accepted, with the session of before.
const CONNACK_PRESENT: &[u8] = &[0x20, 2, 1, 0];
/// The first byte of a PUBLISH, QoS 1, that may be a repetition.
const PUBLISH_AGAIN: u8 = 0x3A;

const ENGINES: [&[&str]; 2] = [&[], &["--native"]];

/// A URL where nothing listens.
fn nowhere() -> String {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    format!("mqtt://{port}")
}

/// The sample device with a store, at this URL.
fn run(cloud: &Cloud, url: &str, store: &Path, args: &[&str]) -> Running {
    let store = store.to_str().unwrap();
    let all = [
        &cloud.device("run", url)[..],
        &["--json", "--store", store],
        args,
    ]
    .concat();
    start(&all, &[SECRET])
}

/// Runs it to its end, which an error makes.
fn refused(cloud: &Cloud, store: &Path, args: &[&str]) -> Ended {
    let url = cloud.url("mqtt");
    let store = store.to_str().unwrap();
    let all = [&cloud.device("run", &url)[..], &["--store", store], args].concat();
    run_with(&all, &[SECRET], b"")
}

fn token(event: &Value) -> u64 {
    event["token"].as_u64().unwrap()
}

#[test]
fn messages_without_a_connection_are_accepted_and_go_with_the_next_run() {
    for engine in ENGINES {
        let cloud = Cloud::start();
        let store = cloud.folder.path().join("outbox");
        let mut first = run(&cloud, &nowhere(), &store, engine);
        assert_eq!(first.event("restored")["count"], 0);
        first.write(&format!("{TOPIC}\tone\n{TOPIC}\ttwo\n"));
        assert_eq!(token(&first.event("accepted")), 1);
        assert_eq!(token(&first.event("accepted")), 2);
        let ended = first.stop();
        // Nothing is lost, so nothing has failed.
        assert_eq!(ended.status, 0, "{ended:?}");
        assert!(!ended.names().contains(&"failed".to_owned()), "{ended:?}");
        assert!(ended.stderr.contains("2 messages stay in "), "{ended:?}");

        let mut second = run(&cloud, &cloud.url("mqtt"), &store, engine);
        let restored = second.event("restored");
        assert_eq!(
            (&restored["count"], &restored["tokens"]),
            (&json!(2), &json!([1, 2]))
        );
        assert_eq!(token(&second.event("published")), 1);
        assert_eq!(token(&second.event("published")), 2);
        // A token is not given twice.
        second.write(&format!("{TOPIC}\tthree\n"));
        assert_eq!(token(&second.event("accepted")), 3);
        assert_eq!(token(&second.event("published")), 3);
        let ended = second.stop();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));

        let mut third = run(&cloud, &cloud.url("mqtt"), &store, engine);
        assert_eq!(third.event("restored")["count"], 0);
        assert_eq!(third.event("connected")["session_present"], true);
        assert_eq!(third.stop().status, 0);
    }
}

#[test]
fn after_a_crash_a_message_goes_again_with_its_identifier_and_dup() {
    for engine in ENGINES {
        for connack in [CONNACK, CONNACK_PRESENT] {
            let broker = Broker::start();
            let folder = tempfile::tempdir().unwrap();
            let (url, store) = (broker.url(), folder.path().to_str().unwrap());
            let common = ["run", "--json", "-i", "c", "--url", &url, "--store", store];
            let args = [&common[..], engine].concat();
            let mut first = start(&args, &[]);
            let connection = broker.accept();
            connection.send(CONNACK);
            first.write("a\tx\na\ty\nb\tz\n");
            let sent = [(); 3].map(|()| connection.expect(PUBLISH));
            assert_eq!(sent[0], [0, 1, b'a', 0, 1, b'x']);
            connection.send(&[0x40, 2, 0, 2]); // PUBACK
            assert_eq!(token(&first.event("published")), 2);
            first.kill();

            let mut second = start(&args, &[]);
            let connection = broker.accept();
            assert_eq!(second.event("restored")["tokens"], json!([1, 3]));
            connection.send(connack);
            assert_eq!(connection.expect(PUBLISH_AGAIN), sent[0]);
            assert_eq!(connection.expect(PUBLISH_AGAIN), sent[2]);
            connection.send(&[0x40, 2, 0, 3, 0x40, 2, 0, 1]);
            assert_eq!(token(&second.event("published")), 3);
            assert_eq!(token(&second.event("published")), 1);
            second.kill();
        }
    }
}

#[test]
fn a_subscription_that_is_not_asked_for_any_more_is_ended() {
    let cloud = Cloud::start();
    let store = cloud.folder.path().join("outbox");
    let url = cloud.url("mqtt");
    let other = "/a1aq9sQk2JE/dev1/other";
    let mut first = run(&cloud, &url, &store, &["-t", TOPIC, other]);
    first.event("subscribed");
    first.event("subscribed");
    // Once it is told, it is kept.
    first.kill();
    let mut second = run(&cloud, &url, &store, &["-t", TOPIC]);
    assert_eq!(second.event("unsubscribed")["filter"], other);
    assert_eq!(second.event("subscribed")["filter"], TOPIC);
    assert_eq!(second.stop().status, 0);
    let mut third = run(&cloud, &url, &store, &["-t", TOPIC]);
    third.event("subscribed");
    let ended = third.stop();
    assert!(!ended.names().contains(&"unsubscribed".to_owned()));
}

#[test]
fn a_store_that_can_not_be_used_ends_it_with_74_and_what_to_do() {
    let cloud = Cloud::start();
    let store = cloud.folder.path().join("outbox");
    let url = cloud.url("mqtt");
    let mut running = run(&cloud, &url, &store, &[]);
    running.event("connected");
    let ended = refused(&cloud, &store, &[]);
    assert_eq!(ended.status, 74, "{ended:?}");
    assert!(ended.stderr.contains("end that one"), "{ended:?}");
    assert_eq!(running.stop().status, 0);

    let store_text = store.to_str().unwrap();
    let args = ["run", "--url", &url, "-i", "c", "--store", store_text];
    let ended = run_with(&args, &[], b"");
    assert_eq!(ended.status, 74, "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("belongs to device a1aq9sQk2JE.dev1, and this is client c at 127.0.0.1"),
        "{ended:?}"
    );

    std::fs::write(store.join("outbox.redb"), b"no store").unwrap();
    let ended = refused(&cloud, &store, &[]);
    assert_eq!(ended.status, 74, "{ended:?}");
    assert!(ended.stderr.contains("is damaged"), "{ended:?}");

    let ended = refused(&cloud, &store, &["--clean-session", "true"]);
    assert_eq!(ended.status, 64, "{ended:?}");
    assert!(ended.stderr.contains("leave one of them out"), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn without_room_a_message_fails_and_what_was_kept_stays() {
    use std::process::{Command, Stdio};

    for engine in ENGINES {
        let cloud = Cloud::start();
        let store = cloud.folder.path().join("outbox");
        let url = nowhere();
        // No file may have more than 300 blocks. A write beyond that is an error, as on a full disk.
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_tern"))
            .args(cloud.device("run", &url))
            .args(["--json", "--store", store.to_str().unwrap()])
            .args(engine)
            .env(SECRET.0, SECRET.1);
        let mut full = Running::spawn(command, Stdio::piped());
        full.event("restored");
        let payload = "x".repeat(4_000);
        let mut accepted = Vec::new();
        let reason = loop {
            full.write(&format!("{TOPIC}\t{payload}\n"));
            let answer = full.event_of(&["accepted", "failed"]);
            if answer["event"] == "failed" {
                assert_eq!(token(&answer), accepted.len() as u64 + 1);
                break answer["reason"].as_str().unwrap().to_owned();
            }
            accepted.push(token(&answer));
        };
        assert!(accepted.len() > 5, "{accepted:?}");
        assert!(
            reason.starts_with("not kept, and not sent: the store "),
            "{reason}"
        );
        assert!(reason.contains("has no room ("), "{reason}");
        assert!(full.says("has no room").contains("free some there"));
        // It goes on: each message after that is judged anew.
        full.write(&format!("{TOPIC}\t{payload}\n"));
        assert_eq!(full.event_of(&["accepted", "failed"])["event"], "failed");
        let ended = full.stop();
        assert_eq!(ended.status, 74, "{ended:?}");
        assert!(
            !ended.stderr.contains("a fault of this program"),
            "{ended:?}"
        );

        let mut after = run(&cloud, &cloud.url("mqtt"), &store, engine);
        assert_eq!(after.event("restored")["tokens"], json!(accepted));
        for sent in &accepted {
            assert_eq!(token(&after.event("published")), *sent);
        }
        // What had failed has left no trace.
        after.write(&format!("{TOPIC}\tlast\n"));
        after.event("published");
        assert_eq!(after.stop().status, 0);
        let arrived = cloud.published();
        assert_eq!(arrived.len(), accepted.len() + 1);
    }
}
