//! aedes, which lets in who signs right, and writes down each PUBLISH before it acknowledges it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::device::{Place, READER, Signed, Tern, WRITER};
use super::process::Process;
use super::{NODE, find, free_address};

/// A small server around the library.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/aedes_broker.mjs");

/// An aedes on loopback, with a port for TCP and one for WebSocket.
pub struct Aedes {
    modules: PathBuf,
    tcp: SocketAddr,
    websocket: SocketAddr,
    users: [Signed; 2],
    process: Option<Process>,
    /// Its version and node's.
    pub version: String,
}

impl Aedes {
    /// Starts one that knows the two devices, or none where aedes is not here, which is said.
    pub fn start(tern: &Tern) -> Option<Self> {
        let mut broker = Self {
            modules: find(NODE)?,
            tcp: free_address(),
            websocket: free_address(),
            users: [READER, WRITER].map(|device| tern.sign(device, "mqtt")),
            process: None,
            version: String::new(),
        };
        broker.run();
        Some(broker)
    }

    /// Where a device connects by this scheme, `mqtt` or `ws`.
    pub fn place(&self, scheme: &str) -> Place {
        let address = if scheme == "ws" {
            self.websocket
        } else {
            self.tcp
        };
        Place {
            url: format!("{scheme}://{address}"),
            ca: PathBuf::new(),
        }
    }

    /// Sends it SIGKILL, and starts it again. It keeps nothing. What it had written down is answered.
    pub fn kill_and_restart(&mut self) -> Vec<Value> {
        let written = self.written();
        self.run();
        written
    }

    /// Kills it. What it had written down is answered: `{topic, dup}` for each PUBLISH.
    pub fn written(&mut self) -> Vec<Value> {
        let process = self.process.take().expect("it runs");
        let lines = process.kill();
        // It can be killed in the middle of a line, whose PUBLISH was not acknowledged then.
        lines
            .iter()
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }

    fn run(&mut self) {
        let users: Value = self
            .users
            .iter()
            .map(|user| (user.username.clone(), json!(user.password)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let settings = json!({
            "tcp": self.tcp.port(),
            "websocket": self.websocket.port(),
            "users": users,
        });
        let mut command = Command::new("node");
        command
            .arg(SCRIPT)
            .arg(settings.to_string())
            .env("TERN_NODE_MODULES", &self.modules);
        let mut process = Process::start("aedes", &mut command);
        self.version = process.line_with("aedes ");
        self.process = Some(process);
    }
}
