//! mosquitto, which lets in who signs right: the password that it knows for each device is the device's signature.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::device::{Place, READER, Signed, Tern, WRITER};
use super::process::Process;
use super::{MOSQUITTO, find, free_address};

/// The four ways that it listens.
pub const SCHEMES: [&str; 4] = ["mqtt", "mqtts", "ws", "wss"];

/// A mosquitto on loopback, with a port for each of [`SCHEMES`].
pub struct Mosquitto {
    program: PathBuf,
    folder: TempDir,
    addresses: [SocketAddr; 4],
    process: Option<Process>,
    /// What it says of itself.
    pub version: String,
}

impl Mosquitto {
    /// Starts one that knows the two devices, or none where mosquitto is not here, which is said.
    pub fn start(tern: &Tern) -> Option<Self> {
        let program = find(MOSQUITTO)?;
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
        let mut broker = Self {
            program,
            folder,
            addresses: [(); 4].map(|()| free_address()),
            process: None,
            version: String::new(),
        };
        broker.write_certificates();
        broker.write_passwords(&[READER, WRITER].map(|device| tern.sign(device, "mqtt")));
        broker.write_settings();
        broker.run();
        Some(broker)
    }

    /// Where a device connects by this scheme.
    pub fn place(&self, scheme: &str) -> Place {
        Place {
            url: format!("{scheme}://{}", self.address(scheme)),
            ca: self.folder.path().join("ca.pem"),
        }
    }

    /// Where it listens for this scheme.
    pub fn address(&self, scheme: &str) -> SocketAddr {
        let mut all = SCHEMES.into_iter().zip(self.addresses);
        let found = all.find(|(name, _)| *name == scheme);
        found.expect("one of the four schemes").1
    }

    /// Waits until someone has subscribed to this filter. mosquitto's own clients say so themselves, but only when their
    /// output is full.
    pub fn wait_for_subscription(&mut self, filter: &str) {
        let process = self.process.as_mut().expect("it runs");
        process.says(&format!(" {filter}"));
    }

    /// Sends it SIGKILL, and starts it again. It keeps nothing.
    pub fn kill_and_restart(&mut self) {
        self.process.take().expect("it runs").kill();
        self.run();
    }

    fn run(&mut self) {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.file("mosquitto.conf"));
        let mut process = Process::start("mosquitto", &mut command);
        let line = process.says(" running");
        self.version = line
            .split_once("mosquitto version ")
            .map_or(line.as_str(), |(_, rest)| rest)
            .trim_end_matches(" running")
            .to_owned();
        self.process = Some(process);
    }

    fn write_settings(&self) {
        // Nothing falls out of its queues, and everything that waits for a device goes out at once: a device's own
        // message is then on its way back before the PUBACK for it.
        let mut settings = String::from(
            "user root\npersistence false\nallow_anonymous false\nlog_dest stderr\nlog_type error\nlog_type warning\n\
             log_type notice\nlog_type information\nlog_type subscribe\nconnection_messages false\nmax_queued_messages 0\n\
             max_queued_bytes 0\nmax_inflight_messages 0\n",
        );
        settings += &format!("password_file {}\n", self.file("passwords").display());
        for (scheme, address) in SCHEMES.into_iter().zip(self.addresses) {
            settings += &format!("listener {} {}\n", address.port(), address.ip());
            if scheme.starts_with("ws") {
                settings += "protocol websockets\n";
            }
            if scheme.ends_with('s') && scheme != "ws" {
                for (name, file) in [("certfile", "server.pem"), ("keyfile", "server.key")] {
                    settings += &format!("{name} {}\n", self.file(file).display());
                }
            }
        }
        self.write("mosquitto.conf", &settings);
    }

    fn write_certificates(&self) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca = rcgen::CertifiedIssuer::self_signed(params, key).expect("a CA");
        let key = rcgen::KeyPair::generate().expect("a key");
        let server = rcgen::CertificateParams::new(["127.0.0.1".to_owned()])
            .and_then(|params| params.signed_by(&key, &ca))
            .expect("a certificate");
        self.write("ca.pem", &ca.pem());
        self.write("server.pem", &server.pem());
        self.write("server.key", &key.serialize_pem());
    }

    fn write_passwords(&self, devices: &[Signed]) {
        let lines = devices
            .iter()
            .map(|device| format!("{}:{}\n", device.username, device.password));
        self.write("passwords", &lines.collect::<String>());
        let hashed = Command::new("mosquitto_passwd")
            .arg("-U")
            .arg(self.file("passwords"))
            .status();
        assert!(
            hashed.is_ok_and(|status| status.success()),
            "mosquitto_passwd hashes the passwords"
        );
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.file(name), content).expect("a file in a folder of our own");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join::<&Path>(name.as_ref())
    }
}

/// `mosquitto_pub` or `mosquitto_sub`, for whoever signs so; the caller adds what it is to do.
pub fn client(program: &str, place: &Place, user: &Signed) -> Command {
    let (host, port) = place
        .url
        .split_once("://")
        .and_then(|(_, address)| address.split_once(':'))
        .expect("a URL with a port");
    let mut command = Command::new(program);
    command.args(["-h", host, "-p", port, "-V", "mqttv311", "-k", "60", "-d"]);
    command.args([
        "-i",
        &user.client_id,
        "-u",
        &user.username,
        "-P",
        &user.password,
    ]);
    if place.scheme() == "mqtts" {
        command.arg("--cafile").arg(&place.ca);
    }
    command
}
