//! `tern up`: everything together, and a clean end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Starts `tern up` on free ports, waits until everything runs, then until `until` stands on stderr, and ends it.
/// Answers what it said on stdout up to then, and all of stderr.
fn up(more: &[&str], until: &str) -> (String, String) {
    let data = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tern"))
        .args(["up", "--listen", "127.0.0.1:0", "--https", "127.0.0.1:0"])
        .args(["--http", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = Vec::new();
    while !said.last().is_some_and(|line| line.starts_with("Next: ")) {
        match lines.next() {
            Some(line) => said.push(line.unwrap()),
            None => panic!("{:?}", child.wait_with_output()),
        }
    }
    let mut told = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    while !told.contains(until) {
        assert_ne!(stderr.read_line(&mut told).unwrap(), 0, "{told}");
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    stderr.read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{told}");
    (said.join("\n"), told)
}

#[test]
fn up_prints_its_addresses_runs_a_device_and_ends_on_ctrl_c() {
    // The device was connected before anything was printed.
    let (said, told) = up(&[], "");
    for part in [
        "console      http://127.0.0.1:",
        "mqtt://127.0.0.1:",
        "https://127.0.0.1:",
        "ca.pem",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(told.contains("a1aq9sQk2JE/sandbox connected"), "{told}");
    assert!(
        told.contains("a1aq9sQk2JE/sandbox disconnected: the device disconnected"),
        "{told}"
    );
    assert!(!told.contains("published"), "{told}");
}

#[test]
fn it_tells_of_the_events_that_are_asked_for_and_of_no_others() {
    let topic = "/a1aq9sQk2JE/sandbox/data (QoS 1)";
    let published = format!("a1aq9sQk2JE/sandbox published to {topic}");
    let (_, told) = up(&["--events", "published,subscribed"], &published);
    let subscribed = format!("a1aq9sQk2JE/sandbox subscribed to {topic}");
    assert!(told.contains(&subscribed), "{told}");
    assert!(!told.contains("connected"), "{told}");
    let (_, told) = up(&["--events", "none"], "");
    assert!(!told.contains("a1aq9sQk2JE/sandbox"), "{told}");
}

#[test]
fn its_device_keeps_to_the_keep_alives_that_are_let_in() {
    for range in ["120..300", "0..30"] {
        let (_, told) = up(&["--keepalive-range", range], "");
        assert!(told.contains("a1aq9sQk2JE/sandbox connected"), "{told}");
    }
}
