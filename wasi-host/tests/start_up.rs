//! How long it takes from the start of the process to its CONNECT: printed, not judged, for a machine's times
//! are noisy. `cargo test -p tern-host --release --test start_up -- --nocapture` shows the figures.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 11;

/// Starts `tern pub` against a listener of our own; returns the time until its CONNECT was there.
fn time_to_connect(native: bool) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tern"));
    command.args(["pub", "--url", &url, "-t", "t", "-m", "x", "-q", "0"]);
    if native {
        command.arg("--native");
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut connect = [0; 14];
    stream.read_exact(&mut connect).unwrap();
    let time = started.elapsed();
    assert_eq!(
        &connect[..9],
        b"\x10\x0C\x00\x04MQTT\x04",
        "a CONNECT without a client id"
    );
    stream.write_all(&[0x20, 0x02, 0x00, 0x00]).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    // PUBLISH "t" "x", then DISCONNECT.
    assert_eq!(rest, b"\x30\x04\x00\x01tx\xE0\x00");
    assert!(child.wait().unwrap().success());
    time
}

#[test]
fn a_publish_connects_sends_and_ends_in_order() {
    for native in [false, true] {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| time_to_connect(native)).collect();
        times.sort();
        let place = if native { "native" } else { "sandboxed" };
        println!(
            "{place}: process start to CONNECT {:.1} ms (median of {RUNS}; {:.1} to {:.1} ms)",
            times[RUNS / 2].as_secs_f64() * 1e3,
            times[0].as_secs_f64() * 1e3,
            times[RUNS - 1].as_secs_f64() * 1e3,
        );
    }
}
