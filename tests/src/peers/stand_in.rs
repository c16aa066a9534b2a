//! `tern platform`, which other people's clients connect to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::device::{Device, PRODUCT_KEY, Place, READER, Tern, WRITER};
use super::process::Process;

/// A device that is disabled.
pub const DISABLED: Device = Device {
    name: "disabled",
    secret: "5c6f1d2be09a4b7f8e3d4c5b6a798081",
};

/// A stand-in on loopback that knows the two devices, and a disabled one.
pub struct StandIn {
    tern: Tern,
    folder: TempDir,
    process: Option<Process>,
    /// Where it takes MQTT, TLS and WebSocket.
    pub address: SocketAddr,
    http: SocketAddr,
    ca: PathBuf,
}

impl StandIn {
    /// Starts one.
    pub fn start(tern: &Tern) -> Self {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
        let mut devices = String::new();
        for device in [READER, WRITER, DISABLED] {
            devices += &format!(
                "[[device]]\nproduct_key = \"{PRODUCT_KEY}\"\ndevice_name = \"{}\"\ndevice_secret = \"{}\"\n\
                 disabled = {}\n",
                device.name,
                device.secret,
                device.name == DISABLED.name
            );
        }
        std::fs::write(folder.path().join("devices.toml"), devices)
            .expect("a file in a folder of our own");
        let mut stand_in = Self {
            tern: tern.clone(),
            folder,
            process: None,
            address: ([127, 0, 0, 1], 0).into(),
            http: ([127, 0, 0, 1], 0).into(),
            ca: PathBuf::new(),
        };
        stand_in.run();
        stand_in
    }

    /// Where a device connects by this scheme.
    pub fn place(&self, scheme: &str) -> Place {
        Place {
            url: format!("{scheme}://{}", self.address),
            ca: self.ca.clone(),
        }
    }

    /// Its events.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("it runs")
    }

    /// Pushes a message to a device from the cloud's side.
    pub fn push(&self, device: Device, topic: &str, payload: &str, qos: u8) {
        let url = format!(
            "http://{}/api/devices/{PRODUCT_KEY}/{}/push",
            self.http, device.name
        );
        let message = json!({ "topic": topic, "payload": payload, "qos": qos });
        ureq::post(&url)
            .send_json(&message)
            .expect("the push is taken");
    }

    /// Sends it SIGKILL, and starts it again at the same address.
    pub fn kill_and_restart(&mut self) {
        self.process.take().expect("it runs").kill();
        self.run();
    }

    fn run(&mut self) {
        let mut command = Command::new(&self.tern.0);
        command
            .args([
                "platform",
                "--https",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0",
            ])
            .args(["--listen", &self.address.to_string(), "--devices"])
            .arg(self.folder.path().join("devices.toml"))
            .arg("--data")
            .arg(self.folder.path());
        let mut process = Process::start("tern platform", &mut command);
        let ready = process.event_named("ready");
        let address = |name: &str| {
            let address = ready[name].as_str().and_then(|text| text.parse().ok());
            address.unwrap_or_else(|| panic!("no address {name} in {ready}"))
        };
        self.address = address("mqtt");
        self.http = address("http");
        self.ca = ready["ca"].as_str().expect("a path").into();
        self.process = Some(process);
    }
}
