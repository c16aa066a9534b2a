//! `tern up`: everything together, and a clean end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

#[test]
fn up_prints_its_addresses_runs_a_device_and_ends_on_ctrl_c() {
    let data = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tern"))
        .args(["up", "--listen", "127.0.0.1:0", "--https", "127.0.0.1:0"])
        .args(["--http", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while !said
        .last()
        .is_some_and(|line: &String| line.starts_with("Next: "))
    {
        said.push(lines.next().expect("a line with what to do next").unwrap());
    }
    let said = said.join("\n");
    for part in [
        "console      http://127.0.0.1:",
        "mqtt://127.0.0.1:",
        "https://127.0.0.1:",
        "ca.pem",
    ] {
        assert!(said.contains(part), "{said}");
    }
    // The device was connected before anything was printed.
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut told = String::new();
    child.stderr.unwrap().read_to_string(&mut told).unwrap();
    assert!(told.contains("a1aq9sQk2JE/sandbox connected"), "{told}");
    assert!(
        told.contains("a1aq9sQk2JE/sandbox disconnected: the device disconnected"),
        "{told}"
    );
}
