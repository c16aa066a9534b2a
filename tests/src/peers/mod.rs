//! Programs of other people that the real `tern` meets: brokers for its device, clients for its stand-in.
//!
//! Each is a process on loopback that ends with the value that holds it. Which of them are here is told by environment
//! variables, which `cargo xtask test` sets.

pub mod aedes;
pub mod device;
pub mod mosquitto;
pub mod process;
pub mod relay;
pub mod scripted;
pub mod stand_in;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use tern_skipped::skipped;

/// How long a test waits for anything that another process does.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The `tern` program, named by `TERN_BIN`.
pub const TERN: (&str, &str) = ("TERN_BIN", "the program `tern`");
/// mosquitto, named by `TERN_MOSQUITTO`; its clients and `mosquitto_passwd` are on `PATH` then.
pub const MOSQUITTO: (&str, &str) = ("TERN_MOSQUITTO", "mosquitto with its clients");
/// The folder with aedes, ws and MQTT.js, named by `TERN_NODE_MODULES`; `node` is on `PATH` then.
pub const NODE: (&str, &str) = ("TERN_NODE_MODULES", "aedes and MQTT.js");
/// The Python that has paho-mqtt, named by `TERN_PAHO`.
pub const PAHO: (&str, &str) = ("TERN_PAHO", "paho-mqtt");

/// What a variable names, or none where it is not set, which is said.
///
/// # Panics
/// It names what is not there.
pub fn find((variable, what): (&str, &str)) -> Option<PathBuf> {
    let Some(path) = std::env::var_os(variable).map(PathBuf::from) else {
        skipped(&format!(
            "not here: {what}; `cargo xtask test` brings it, or says why not"
        ));
        return None;
    };
    assert!(
        path.exists(),
        "{variable}: there is nothing at {}",
        path.display()
    );
    Some(path)
}

/// An address on loopback for a program that can't tell which one it was given.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port on loopback")
}
