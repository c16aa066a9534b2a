//! Those who run a fleet, and how each is told what to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tern_bench_host::server::{Server, program, write_devices};

use crate::observed::{Observed, Reached, observe};

/// Seconds from one message of a device to its next.
const EVERY: u64 = 10;

/// Who runs the devices.
#[derive(Clone, Debug)]
pub(crate) enum Runner {
    /// `tern fleet` with so many devices in a sandbox.
    Tern(usize),
    /// The program `fleet-of-rumqttc`.
    Rumqttc,
    /// mqttwrk. Its slowest is a message a second, and it says nothing of its latencies as a whole.
    Mqttwrk(PathBuf),
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// The number of the first device.
    pub(crate) first: usize,
    pub(crate) devices: usize,
    /// For how long they publish.
    pub(crate) seconds: u64,
    pub(crate) connect_rate: u32,
}

impl Runner {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Tern(1) => "tern fleet, 1 a sandbox".to_owned(),
            Self::Tern(many) => format!("tern fleet, {many} a sandbox"),
            Self::Rumqttc => "rumqttc".to_owned(),
            Self::Mqttwrk(_) => "mqttwrk, every second".to_owned(),
        }
    }

    /// Runs the devices to their end.
    pub(crate) fn run(&self, server: &Server, work: Work) -> Observed {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
        let mut command = match self {
            Self::Tern(per_sandbox) => tern(server, work, *per_sandbox, &folder),
            Self::Rumqttc => rumqttc(server, work),
            Self::Mqttwrk(program) => mqttwrk(program, server, work),
        };
        let said = folder.path().join("said");
        command
            .stdin(Stdio::null())
            .stdout(File::create(&said).expect("a file in a folder of our own"));
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let connecting = Duration::from_secs(work.devices as u64) / work.connect_rate;
        let mut observed = observe(
            child,
            work.devices,
            connecting,
            Duration::from_secs(work.seconds),
        );
        let said = fs::read_to_string(said).unwrap_or_default();
        observed.reached = match self {
            Self::Tern(_) => summary(&folder.path().join("summary.json"), work),
            Self::Rumqttc => numbers(&said, work),
            Self::Mqttwrk(_) => aggregate(&said, work),
        };
        observed
    }
}

/// Whether a program can be started.
pub(crate) fn is_there(program: &Path) -> bool {
    let mut help = Command::new(program);
    help.arg("--help")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    help.status().is_ok()
}

fn tern(server: &Server, work: Work, per_sandbox: usize, folder: &TempDir) -> Command {
    let devices = folder.path().join("devices.toml");
    write_devices(&devices, work.first..work.first + work.devices);
    let mut command = Command::new(program());
    command
        .arg("fleet")
        .args(["--url", &format!("mqtt://{}", server.mqtt)])
        .arg("--devices")
        .arg(devices)
        .args(["--topic", "/{product_key}/{device_name}/user/get"])
        .args(["--message", &"x".repeat(64), "--qos", "1"])
        .args(["--every", &format!("{EVERY}s"), "--keepalive", "300"])
        .args(["--connect-rate", &work.connect_rate.to_string()])
        .args(["--per-sandbox", &per_sandbox.to_string()])
        .args(["--duration", &format!("{}s", work.seconds)])
        .arg("--summary")
        .arg(folder.path().join("summary.json"))
        .stderr(Stdio::null());
    command
}

fn rumqttc(server: &Server, work: Work) -> Command {
    // It is built beside this program.
    let program = std::env::current_exe()
        .ok()
        .and_then(|own| Some(own.parent()?.join("fleet-of-rumqttc")))
        .expect("a place of our own");
    let mut command = Command::new(program);
    command
        .args(["--server", &server.mqtt.to_string()])
        .args(["--devices", &work.devices.to_string()])
        .args(["--seconds", &work.seconds.to_string()])
        .args(["--every", &EVERY.to_string()])
        .args(["--connect-rate", &work.connect_rate.to_string()]);
    command
}

fn mqttwrk(program: &Path, server: &Server, work: Work) -> Command {
    let mut command = Command::new(program);
    command
        .arg("bench")
        .args(["--server", &server.mqtt.ip().to_string()])
        .args(["--port", &server.mqtt.port().to_string()])
        .args(["--publishers", &work.devices.to_string()])
        .args(["--count", &work.seconds.to_string()])
        .args(["--publish-qos", "1", "--payload-size", "64"])
        .args(["--keep-alive", "300", "--rate", "1"])
        .stderr(Stdio::null());
    command
}

/// What `tern fleet --summary` wrote.
fn summary(file: &Path, work: Work) -> Reached {
    let text = fs::read_to_string(file).expect("a summary");
    let summary: Value = serde_json::from_str(&text).expect("JSON");
    let messages = |field: &str| summary["messages"][field].as_u64().unwrap_or_default();
    let latency = |field: &str| summary["latency"][field].as_f64();
    let sent = messages("accepted");
    let connecting = work.devices as f64 / f64::from(work.connect_rate);
    Reached {
        lost: sent - messages("acknowledged"),
        per_second: sent as f64 / (work.seconds as f64 + connecting / 2.0),
        p50: latency("p50_ms"),
        p99: latency("p99_ms"),
        p999: latency("p999_ms"),
    }
}

/// The last line of `fleet-of-rumqttc`.
fn numbers(said: &str, work: Work) -> Reached {
    let numbers: Vec<f64> = said
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect();
    let &[sent, acknowledged, p50, p99, p999] = &numbers[..] else {
        panic!("fleet-of-rumqttc says {said:?}");
    };
    Reached {
        lost: (sent - acknowledged) as u64,
        per_second: sent / work.seconds as f64,
        p50: Some(p50),
        p99: Some(p99),
        p999: Some(p999),
    }
}

/// The last lines of mqttwrk.
fn aggregate(said: &str, work: Work) -> Reached {
    let acknowledged: u64 = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("outgoing_publish: "))
        .and_then(|number| number.trim_end_matches(',').parse().ok())
        .unwrap_or_else(|| panic!("mqttwrk says {said:?}"));
    let sent = work.devices as u64 * work.seconds;
    Reached {
        lost: sent - acknowledged,
        per_second: sent as f64 / work.seconds as f64,
        p50: None,
        p99: None,
        p999: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mqttwrk_is_read() {
        let work = Work {
            first: 0,
            devices: 10,
            seconds: 5,
            connect_rate: 1,
        };
        let said =
            "Aggregate PubStats: PubStats {\n    outgoing_publish: 48,\n    throughput: 10.0,\n}";
        let reached = aggregate(said, work);
        assert_eq!((reached.per_second, reached.lost), (10.0, 2));
    }
}
