//! Whom the devices connect to: `tern platform`, or mosquitto.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tern_core::identity::{ClientId, Triple};
use tern_core::sign::{SignMethod, direct};
use tern_core::wire::{self, Connect, Packet};
use tern_measure::Mosquitto;

use crate::control::Control;
use crate::process::Process;

/// The product of all devices here.
pub const PRODUCT_KEY: &str = "a1aq9sQk2JE";
/// Seconds; no run is so long that a ping falls due.
const KEEP_ALIVE: u16 = 300;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `tern platform --events none`.
    StandIn,
    /// mosquitto, without persistence.
    Mosquitto,
}

impl Kind {
    /// Both, in the order of the tables.
    pub const BOTH: [Self; 2] = [Self::StandIn, Self::Mosquitto];

    /// How the tables call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StandIn => "tern platform",
            Self::Mosquitto => "mosquitto",
        }
    }
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    running: Running,
    /// Where it takes MQTT.
    pub mqtt: SocketAddr,
}

#[derive(Debug)]
enum Running {
    StandIn(StandIn),
    Mosquitto(Mosquitto),
}

#[derive(Debug)]
struct StandIn {
    child: Child,
    http: SocketAddr,
    _folder: TempDir,
}

impl Server {
    /// Starts it; a stand-in knows [`triple`]s 0 to `devices - 1`.
    ///
    /// # Panics
    /// It can't be started.
    #[must_use]
    pub fn start(kind: Kind, devices: usize) -> Self {
        match kind {
            Kind::StandIn => Self::stand_in("127.0.0.1", 0..devices),
            Kind::Mosquitto => {
                let broker = Mosquitto::start();
                Self {
                    mqtt: broker.tcp,
                    running: Running::Mosquitto(broker),
                }
            }
        }
    }

    /// A stand-in at an address of this machine, for the triples with these numbers.
    ///
    /// # Panics
    /// It can't be started.
    #[must_use]
    pub fn stand_in(host: &str, devices: std::ops::Range<usize>) -> Self {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
        let file = folder.path().join("devices.toml");
        write_devices(&file, devices);
        let any = format!("{host}:0");
        let mut child = Command::new(program())
            .arg("platform")
            .args(["--listen", &any, "--https", &any, "--http", &any])
            .args(["--events", "none"])
            .arg("--devices")
            .arg(&file)
            .arg("--data")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tern starts: TERN_BIN names the program");
        let mut ready = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out)
            .read_line(&mut ready)
            .expect("its first line");
        let address = |field| {
            address_in(&ready, field)
                .unwrap_or_else(|| panic!("no event `ready` of the stand-in: {ready:?}"))
        };
        let (mqtt, http) = (address("mqtt"), address("http"));
        Self {
            running: Running::StandIn(StandIn {
                child,
                http,
                _folder: folder,
            }),
            mqtt,
        }
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> Process {
        match &self.running {
            Running::StandIn(stand_in) => Process::new(stand_in.child.id()),
            Running::Mosquitto(broker) => Process::new(broker.id()),
        }
    }

    /// The control of a stand-in.
    #[must_use]
    pub fn control(&self) -> Option<Control> {
        match &self.running {
            Running::StandIn(stand_in) => Some(Control::connect(stand_in.http)),
            Running::Mosquitto(_) => None,
        }
    }

    /// The CONNECT of the device with this number: signed for a stand-in.
    ///
    /// # Panics
    /// Never: every part of it is legal.
    #[must_use]
    pub fn connect(&self, device: usize) -> Vec<u8> {
        let triple = triple(device);
        let connect = match self.running {
            Running::StandIn(_) => {
                let client_id = ClientId::new(triple.device_name.as_str()).expect("a legal name");
                let login = direct(&triple, &client_id, SignMethod::HmacSha1, 3, None);
                Connect {
                    protocol_level: 4,
                    client_id: login.client_id,
                    username: Some(login.username),
                    password: Some(login.password),
                    keep_alive: KEEP_ALIVE,
                    clean_session: true,
                    will: None,
                }
            }
            Running::Mosquitto(_) => Connect {
                protocol_level: 4,
                client_id: triple.device_name.as_str().to_owned(),
                username: None,
                password: None,
                keep_alive: KEEP_ALIVE,
                clean_session: true,
                will: None,
            },
        };
        let mut bytes = Vec::new();
        wire::write(&Packet::Connect(connect), &mut bytes).expect("a legal CONNECT");
        bytes
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The device with this number.
///
/// # Panics
/// Never: every part of it is legal.
#[must_use]
pub fn triple(number: usize) -> Triple {
    Triple::new(PRODUCT_KEY, &device_name(number), &device_secret(number)).expect("a legal triple")
}

/// The name of the device with this number.
#[must_use]
pub fn device_name(number: usize) -> String {
    format!("dev{number}")
}

/// The secret of the device with this number.
#[must_use]
pub fn device_secret(number: usize) -> String {
    format!("{number:032x}")
}

/// The topic that the device with this number publishes to and may subscribe to.
#[must_use]
pub fn topic(number: usize) -> String {
    format!("/{PRODUCT_KEY}/dev{number}/user/get")
}

/// Writes the devices file of these triples.
///
/// # Panics
/// The file can't be written.
pub fn write_devices(file: &Path, numbers: std::ops::Range<usize>) {
    let mut text = String::new();
    for number in numbers {
        let (name, secret) = (device_name(number), device_secret(number));
        let _ = writeln!(
            text,
            "[[device]]\nproduct_key = \"{PRODUCT_KEY}\"\ndevice_name = \"{name}\"\ndevice_secret = \"{secret}\""
        );
    }
    fs::write(file, text).expect("a file in a folder of our own");
}

/// The program that is measured.
///
/// # Panics
/// `TERN_BIN` does not name it.
#[must_use]
pub fn program() -> PathBuf {
    std::env::var_os("TERN_BIN")
        .map(PathBuf::from)
        .expect("TERN_BIN names the program; `cargo xtask bench` sets it")
}

/// The value of a field of the event `ready`, as plain as that event is.
fn address_in(json: &str, field: &str) -> Option<SocketAddr> {
    let (_, behind) = json.split_once(&format!("\"{field}\":\""))?;
    behind.split_once('"')?.0.parse().ok()
}
