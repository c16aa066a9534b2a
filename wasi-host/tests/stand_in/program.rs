//! `tern platform` as a process: its events, its exit status, and readers that stop reading.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;

use serde_json::Value;
use tempfile::TempDir;

use crate::device::{ACCEPTED, PINGREQ, PINGRESP, PUBLISH, connect_packet, exchange};
use crate::setup::{DEADLINE, connect};

/// A running `tern platform`; killed when the test ends before it does.
pub(crate) struct Program {
    child: Option<Child>,
    stdout: Option<BufReader<ChildStdout>>,
    _data: TempDir,
}

pub(crate) fn program(more: &[&str]) -> Program {
    begin(Command::new(env!("CARGO_BIN_EXE_tern")), more)
}

/// The same where no more than `open_files` may be open.
#[cfg(target_os = "linux")]
pub(crate) fn limited_program(open_files: &str) -> Program {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n \"$0\"; exec \"$@\"", open_files]);
    shell.arg(env!("CARGO_BIN_EXE_tern"));
    begin(shell, &[])
}

fn begin(mut command: Command, more: &[&str]) -> Program {
    let data = tempfile::tempdir().expect("a folder");
    command.arg("platform");
    for port in ["--listen", "--https", "--http"] {
        if !more.contains(&port) {
            command.args([port, "127.0.0.1:0"]);
        }
    }
    command.arg("--data").arg(data.path()).args(more);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let stdout = child.stdout.take().map(BufReader::new);
    Program {
        child: Some(child),
        stdout,
        _data: data,
    }
}

impl Program {
    /// Its process.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("running").id()
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> Value {
        let mut line = String::new();
        self.stdout
            .as_mut()
            .expect("stdout")
            .read_line(&mut line)
            .expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no event: {line:?}"))
    }

    fn mqtt(&mut self) -> std::net::TcpStream {
        let ready = self.event();
        assert_eq!(ready["event"], "ready");
        connect(
            ready["mqtt"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .expect("an address"),
        )
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().expect("running").id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .expect("kill");
        assert!(sent.success());
    }

    /// Waits for the end; answers the exit status and what stands on stderr.
    fn end(mut self) -> (ExitStatus, String) {
        let child = self.child.take().expect("running");
        let pid = child.id();
        drop(self.stdout.take());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || drop(tell.send(child.wait_with_output())));
        match told.recv_timeout(DEADLINE) {
            Ok(output) => {
                let output = output.expect("an exit status");
                (
                    output.status,
                    String::from_utf8_lossy(&output.stderr).into_owned(),
                )
            }
            Err(_) => {
                let _ = Command::new("kill")
                    .args(["-s", "KILL", &pid.to_string()])
                    .status();
                panic!("the program does not end");
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_cleanly_with_0() {
    for name in ["INT", "TERM"] {
        let mut program = program(&[]);
        let mut stream = program.mqtt();
        exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
        assert_eq!(program.event()["event"], "connected");
        program.signal(name);
        assert_eq!(stream.read(&mut [0; 1]).expect("a clean end"), 0);
        assert_eq!(program.event()["event"], "disconnected");
        let (status, said) = program.end();
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(said.contains("tern-sample-device-secret"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn the_reader_chooses_the_events() {
    let mut program = program(&["--events", "disconnected"]);
    let mut stream = program.mqtt();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    drop(stream);
    assert_eq!(program.event()["event"], "disconnected");
    program.signal("TERM");
    assert_eq!(program.end().0.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_reading_stops_nobody_and_learns_what_it_missed() {
    let mut program = program(&[]);
    let mut stream = program.mqtt();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    // Each is an event of some 130 bytes: more than the pipe and the program's buffer hold.
    for _ in 0..20 {
        stream.write_all(&PUBLISH.repeat(1000)).expect("sent");
        exchange(&mut stream, &PINGREQ, &PINGRESP);
    }
    loop {
        let event = program.event();
        if event["event"] == "events_dropped" {
            assert!(
                event["count"]
                    .as_u64()
                    .is_some_and(|count| (1..20_000).contains(&count)),
                "{event}"
            );
            break;
        }
    }
    exchange(&mut stream, PUBLISH, &[]);
    assert_eq!(program.event()["event"], "published");
    program.signal("TERM");
    assert_eq!(program.end().0.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_stalled_reader_does_not_keep_it_from_ending() {
    let mut program = program(&[]);
    let mut stream = program.mqtt();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    stream.write_all(&PUBLISH.repeat(5000)).expect("sent");
    exchange(&mut stream, &PINGREQ, &PINGRESP);
    program.signal("TERM");
    // The pipe stays open, and nobody reads it.
    let stalled = program.stdout.take();
    let (status, _) = program.end();
    assert_eq!(status.code(), Some(0));
    drop(stalled);
}

#[test]
fn a_closed_stdout_ends_it_quietly() {
    let mut program = program(&[]);
    let mut stream = program.mqtt();
    drop(program.stdout.take());
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    assert_eq!(stream.read(&mut [0; 1]).expect("a clean end"), 0);
    let (status, said) = program.end();
    assert_eq!(status.code(), Some(0), "{said}");
}

#[test]
fn a_port_in_use_ends_it_with_69() {
    let mut first = program(&[]);
    let taken = first.event()["mqtt"]
        .as_str()
        .expect("an address")
        .to_owned();
    let (status, said) = program(&["--listen", &taken]).end();
    assert_eq!(status.code(), Some(69), "{said}");
    assert!(
        said.contains(&taken) && said.contains("choose another port"),
        "{said}"
    );
}

#[test]
fn a_wrong_devices_file_ends_it_with_65_and_says_the_line() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text =
        "[[device]]\nproduct_key = \"pk\"\ndevice_name = \"d|1\"\ndevice_secret = \"top-secret\"\n";
    std::fs::write(file.path(), text).expect("written");
    let (status, said) = program(&["--devices", path(file.path())]).end();
    assert_eq!(status.code(), Some(65), "{said}");
    assert!(
        said.contains(&format!("{}:3: device_name", file.path().display())),
        "{said}"
    );
    assert!(!said.contains("top-secret"), "{said}");
}

#[test]
fn devices_come_from_the_file() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text =
        "[[device]]\nproduct_key = \"pk\"\ndevice_name = \"d1\"\ndevice_secret = \"secret\"\n";
    std::fs::write(file.path(), text).expect("written");
    let mut program = program(&["--devices", path(file.path())]);
    let mut stream = program.mqtt();
    // The sample device is not known here.
    exchange(
        &mut stream,
        &connect_packet(false, 60),
        &[0x20, 0x02, 0x00, 0x05],
    );
    assert_eq!(program.event()["connack"], 5);
}

#[test]
fn wrong_usage_ends_it_with_64() {
    for more in [
        ["--listen", "nowhere"],
        ["--keepalive-range", "300..60"],
        ["--idle-factor", "0"],
        ["--events", "nonsense"],
        ["--colour", "blue"],
    ] {
        let (status, said) = program(&more).end();
        assert_eq!(status.code(), Some(64), "{more:?}: {said}");
        assert!(said.contains(more[0]), "{more:?}: {said}");
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
