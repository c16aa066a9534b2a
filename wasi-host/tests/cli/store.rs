//! `tern run --store`: what is accepted outlives the program, and what is wrong with the store is said.

use std::net::TcpListener;
use std::path::Path;
#[cfg(unix)]
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::broker::{Broker, CONNACK, PUBACK, PUBLISH};
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
            connection.send(&[PUBACK, 2, 0, 2]);
            assert_eq!(token(&first.event("published")), 2);
            first.kill();

            let mut second = start(&args, &[]);
            let connection = broker.accept();
            assert_eq!(second.event("restored")["tokens"], json!([1, 3]));
            connection.send(connack);
            assert_eq!(connection.expect(PUBLISH_AGAIN), sent[0]);
            assert_eq!(connection.expect(PUBLISH_AGAIN), sent[2]);
            connection.send(&[PUBACK, 2, 0, 3, PUBACK, 2, 0, 1]);
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

/// Starts it where no file may have more than 300 blocks. A write beyond that is an error, as on a full disk.
#[cfg(unix)]
fn with_little_room(args: &[&str]) -> Running {
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; ulimit -S -f 300; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_tern"))
        .args(args)
        .env(SECRET.0, SECRET.1);
    Running::spawn(command, Stdio::piped())
}

/// A line of stdin that takes a page in the store.
#[cfg(unix)]
fn line(topic: &str) -> String {
    format!("{topic}\t{}\n", "x".repeat(4_000))
}

/// Hands in messages until there is no room for one: the tokens of those before, and its reason.
#[cfg(unix)]
fn fill(running: &mut Running, topic: &str) -> (Vec<u64>, String) {
    let mut accepted = Vec::new();
    loop {
        running.write(&line(topic));
        let answer = running.event_of(&["accepted", "failed"]);
        if answer["event"] == "failed" {
            assert!(Some(&token(&answer)) > accepted.last());
            return (accepted, answer["reason"].as_str().unwrap().to_owned());
        }
        accepted.push(token(&answer));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_room_is_made_it_goes_on_and_writes_down_what_was_acknowledged_meanwhile() {
    let broker = Broker::start();
    let folder = tempfile::tempdir().unwrap();
    let (url, store) = (broker.url(), folder.path().to_str().unwrap());
    let args = ["run", "--json", "-i", "c", "--url", &url, "--store", store];
    let mut full = with_little_room(&args);
    let connection = broker.accept();
    connection.send(CONNACK);
    let (accepted, _) = fill(&mut full, "a");
    full.says("Until then no message is accepted");
    // What was not kept is not among them.
    for _ in &accepted {
        let body = connection.expect(PUBLISH);
        connection.send(&[PUBACK, 2, body[3], body[4]]);
        full.event("published");
    }
    let id = full.id().to_string();
    let args_of_it = ["--pid", &id, "--fsize=unlimited"];
    match Command::new("prlimit").args(args_of_it).status() {
        Ok(status) => assert!(status.success()),
        Err(error) => {
            tern_skipped::skipped(&format!("prlimit, of util-linux, is not here ({error})"));
            return;
        }
    }
    full.write("a\tsmall\n");
    let after = token(&full.event("accepted"));
    full.says("takes messages again");
    assert!(connection.expect(PUBLISH).ends_with(b"small"));
    full.kill();
    let mut next = start(&args, &[]);
    assert_eq!(next.event("restored")["tokens"], json!([after]));
    next.kill();
}

#[cfg(unix)]
#[test]
fn without_room_a_message_fails_and_what_was_kept_stays() {
    for engine in ENGINES {
        let cloud = Cloud::start();
        let store = cloud.folder.path().join("outbox");
        let url = nowhere();
        let mut args = cloud.device("run", &url);
        args.extend(["--json", "--store", store.to_str().unwrap()]);
        let mut full = with_little_room(&[&args, engine].concat());
        full.event("restored");
        let (accepted, reason) = fill(&mut full, TOPIC);
        assert!(accepted.len() > 5, "{accepted:?}");
        assert!(
            reason.starts_with("not kept, and not sent: the store "),
            "{reason}"
        );
        assert!(reason.contains("has no room ("), "{reason}");
        assert!(full.says("has no room").contains("free some there"));
        // It goes on: each message after that is judged anew.
        full.write(&line(TOPIC));
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
