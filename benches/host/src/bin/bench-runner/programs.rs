//! The programs that are measured, and how each of them is called.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use crate::TOPIC;

/// A program on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Tern,
    TernNative,
    Mosquitto,
    Rumqttc,
}

/// In the order in which they run.
pub(crate) const PROGRAMS: [Program; 4] = [
    Program::Tern,
    Program::TernNative,
    Program::Mosquitto,
    Program::Rumqttc,
];

impl Program {
    /// What stands above its column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tern => "tern",
            Self::TernNative => "tern --native",
            Self::Mosquitto => "mosquitto",
            Self::Rumqttc => "rumqttc",
        }
    }

    /// Publishes each line of stdin.
    pub(crate) fn publish(self, broker: SocketAddr, qos: u8) -> Command {
        let (host, port) = (broker.ip().to_string(), broker.port().to_string());
        let qos = qos.to_string();
        match self {
            Self::Tern | Self::TernNative => {
                let mut command = self.tern("pub", broker);
                command.args(["-t", TOPIC, "-q", &qos, "-l"]);
                command
            }
            Self::Mosquitto => {
                let mut command = Command::new("mosquitto_pub");
                command.args(["-h", &host, "-p", &port, "-t", TOPIC, "-q", &qos, "-l"]);
                command
            }
            Self::Rumqttc => {
                let mut command = Command::new(rumqttc_lines());
                command.args(["pub", &host, &port, TOPIC, &qos]);
                command
            }
        }
    }

    /// Prints `count` messages, and ends.
    pub(crate) fn subscribe(self, broker: SocketAddr, qos: u8, count: u64) -> Command {
        let (host, port) = (broker.ip().to_string(), broker.port().to_string());
        let (qos, count) = (qos.to_string(), count.to_string());
        match self {
            Self::Tern | Self::TernNative => {
                let mut command = self.tern("sub", broker);
                command.args(["-t", TOPIC, "-q", &qos, "-C", &count]);
                command
            }
            Self::Mosquitto => {
                let mut command = Command::new("mosquitto_sub");
                command.args(["-h", &host, "-p", &port, "-t", TOPIC, "-q", &qos]);
                command.args(["-C", &count]);
                command
            }
            Self::Rumqttc => {
                let mut command = Command::new(rumqttc_lines());
                command.args(["sub", &host, &port, TOPIC, &qos, &count]);
                command
            }
        }
    }

    fn tern(self, what: &str, broker: SocketAddr) -> Command {
        let program = std::env::var_os("TERN_BIN").expect(
            "TERN_BIN names the program `tern`: run `cargo xtask bench runner`, which sets it",
        );
        let mut command = Command::new(program);
        command.args([what, "--url", &format!("mqtt://{broker}")]);
        command.args(["-i", &format!("tern-{what}")]);
        if self == Self::TernNative {
            command.arg("--native");
        }
        command
    }
}

/// Beside this program.
fn rumqttc_lines() -> PathBuf {
    let me = std::env::current_exe().expect("this program has a path");
    let path = me.with_file_name("rumqttc-lines");
    assert!(
        path.is_file(),
        "{} is not here: build all of the package tern-bench-host, as `cargo xtask bench runner` does",
        path.display()
    );
    path
}
