//! `tern up`: everything together, and a clean end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The lines of a pipe as they come.
fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            if sender.send(line.unwrap()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Starts `tern up` on free ports, waits until everything runs, then until `until` stands on stderr, and ends it.
/// Answers what it said on stdout, and all of stderr.
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
    let stdout = lines_of(child.stdout.take().unwrap());
    let stderr = lines_of(child.stderr.take().unwrap());
    let said = read_until(&stdout, "Next: ");
    let told = read_until(&stderr, until);
    // Also where it was waited for in vain: then it is ended, and what came is looked at.
    let id = child.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &id]).status();
    let rest: Vec<String> = stderr.iter().collect();
    let told = [told, rest].concat().join("\n");
    let ended = child.wait().unwrap();
    assert!(interrupted.unwrap().success(), "{ended}: {told}");
    assert_eq!(ended.code(), Some(0), "{told}");
    assert!(told.contains(until), "{told}");
    (said.join("\n"), told)
}

/// Lines up to the first that holds this, the end of the pipe, or the end of patience.
fn read_until(lines: &Receiver<String>, until: &str) -> Vec<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut read: Vec<String> = Vec::new();
    while !(until.is_empty() || read.last().is_some_and(|line| line.contains(until))) {
        let left = deadline.saturating_duration_since(Instant::now());
        match lines.recv_timeout(left) {
            Ok(line) => read.push(line),
            Err(_) => break,
        }
    }
    read
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
