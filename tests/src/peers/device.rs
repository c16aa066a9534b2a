//! The devices of these tests, and the `tern` program as one of them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::process::Process;

/// The product of all devices here.
pub const PRODUCT_KEY: &str = "a1aq9sQk2JE";

/// A device: the rest of its triple.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Its deviceName.
    pub name: &'static str,
    /// Its deviceSecret.
    pub secret: &'static str,
}

/// One that subscribes, mostly.
pub const READER: Device = Device {
    name: "reader",
    secret: "3e1b6a0f47c94c2a8d5e9b7012f6cd84",
};
/// Another one, that publishes.
pub const WRITER: Device = Device {
    name: "writer",
    secret: "90a7c45de28b4f61b3c1f07d6e5a2948",
};

/// What a device's CONNECT holds.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The client id with its extension part.
    pub client_id: String,
    /// deviceName and productKey.
    pub username: String,
    /// The signature.
    pub password: String,
}

/// Where to connect.
#[derive(Clone, Debug)]
pub struct Place {
    /// SCHEME://HOST:PORT
    pub url: String,
    /// Whom to trust there; empty where no TLS is spoken.
    pub ca: PathBuf,
}

impl Place {
    /// The scheme of the URL.
    pub fn scheme(&self) -> &str {
        self.url.split("://").next().unwrap_or_default()
    }

    /// The address in the URL.
    pub fn address(&self) -> SocketAddr {
        let address = self
            .url
            .split("://")
            .nth(1)
            .and_then(|text| text.parse().ok());
        address.unwrap_or_else(|| panic!("no address in {}", self.url))
    }

    /// The same by way of another address.
    pub fn by(&self, address: SocketAddr) -> Self {
        Self {
            url: format!("{}://{address}", self.scheme()),
            ca: self.ca.clone(),
        }
    }
}

/// The `tern` program.
#[derive(Clone, Debug)]
pub struct Tern(pub PathBuf);

impl Tern {
    /// Starts it as a device, with JSON on stdout.
    pub fn start(&self, device: Device, program: &str, place: &Place, args: &[&str]) -> Process {
        let mut command = self.as_device(device, program, place);
        Process::start(&format!("tern {program}"), command.args(args))
    }

    /// Starts it as a user of a broker that knows no devices, with JSON on stdout.
    pub fn start_user(
        &self,
        user: &Signed,
        program: &str,
        place: &Place,
        args: &[&str],
    ) -> Process {
        let mut command = self.at(program, place);
        command.env("TERN_PASSWORD", &user.password).args([
            "-u",
            &user.username,
            "-i",
            &user.client_id,
        ]);
        Process::start(&format!("tern {program}"), command.args(args))
    }

    /// The command that is a device there, with JSON on stdout.
    pub fn as_device(&self, device: Device, program: &str, place: &Place) -> Command {
        let mut command = self.at(program, place);
        command.env("TERN_DEVICE_SECRET", device.secret).args([
            "--product-key",
            PRODUCT_KEY,
            "--device-name",
            device.name,
        ]);
        command
    }

    /// What `tern sign` prints for a device that connects by this scheme.
    pub fn sign(&self, device: Device, scheme: &str) -> Signed {
        let nowhere = Place {
            url: format!("{scheme}://127.0.0.1"),
            ca: PathBuf::new(),
        };
        let mut command = self.as_device(device, "sign", &nowhere);
        let ended = Process::start("tern sign", &mut command).end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let signed: Value = serde_json::from_str(&ended.stdout).expect("JSON");
        let field = |name: &str| signed[name].as_str().expect(name).to_owned();
        Signed {
            client_id: field("client_id"),
            username: field("username"),
            password: field("password"),
        }
    }

    fn at(&self, program: &str, place: &Place) -> Command {
        let mut command = Command::new(&self.0);
        command
            .args([program, "--json", "--url", &place.url])
            .env_remove("TERN_DEVICE_SECRET")
            .env_remove("TERN_PASSWORD");
        if !place.ca.as_os_str().is_empty() {
            command.arg("--cafile").arg(&place.ca);
        }
        command
    }
}
