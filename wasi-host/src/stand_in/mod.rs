//! The cloud side's stand-in on sockets: the platform of [`tern_platform`] behind three ports.
//!
//! - **mqtt**: MQTT, TLS and WebSocket on one port, the first byte tells.
//! - **https**: the HTTPS authentication, `POST /auth/devicename`.
//! - **http**: the control and the console. Whoever reaches it can push messages and switch faults, so it
//!   listens on a loopback address unless it is told otherwise.
//!
//! What the control takes and answers, with examples, stands in `docs/control.md`.
//!
//! Everything runs on one thread of its own, in which no task waits for another: a slow peer, a stalled
//! reader of events or a long push hold up nobody else. It is not a broker for production.
//!
//! ```no_run
//! use tern_host::stand_in::{ListenAddress, StandIn, StandInOptions};
//!
//! let options = StandInOptions { mqtt: ListenAddress::loopback(0), ..StandInOptions::default() };
//! let stand_in = StandIn::start(options)?;
//! println!("mqtt://{}, trust {}", stand_in.addresses().mqtt, stand_in.ca_path().display());
//! stand_in.stop()?;
//! # Ok::<(), tern_host::stand_in::StandInError>(())
//! ```

mod auth;
mod byte_stream;
mod ca_files;
mod certificates;
mod connection;
mod control;
mod devices_file;
mod event_writer;
mod events;
mod http;
mod hub;
mod listen;
mod port;
mod rewound;
mod server;
mod stop;
mod tls_fault;
mod websocket;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use tern_platform::{Device, Settings, sample};
use tokio::sync::oneshot;

pub use ca_files::default_data_folder;
pub use certificates::CertificateError;
pub use devices_file::{DevicesFileError, DevicesFileFault, read_devices_file};
pub use event_writer::{EVENT_BUFFER, EventWriter};
pub use events::{EventFilter, EventFilterError, EventSink, SocketEvent, StandInEvent};
pub use listen::{ListenAddress, ListenAddressError};

/// How a stand-in is set up. The default is `tern platform` without any option.
#[derive(Clone)]
pub struct StandInOptions {
    /// Where MQTT, TLS and WebSocket are taken. Default `127.0.0.1:1883`.
    pub mqtt: ListenAddress,
    /// Where the HTTPS authentication is. Default `127.0.0.1:8443`.
    pub https: ListenAddress,
    /// Where control and console are. Default `127.0.0.1:8080`.
    pub http: ListenAddress,
    /// The folder that keeps the CA. Default [`default_data_folder`].
    pub data: Option<PathBuf>,
    /// The devices it knows. Default [`sample::device`] alone.
    pub devices: Vec<Device>,
    /// The platform's policy. `mqtt_host` and `mqtt_port` are overwritten by `public_host` and the port as bound.
    pub settings: Settings,
    /// The host that the HTTPS authentication sends devices to. Default: the one of `mqtt`, or `localhost`
    /// where that means every interface. It stands in the certificate too.
    pub public_host: Option<String>,
    /// How long a newcomer may take for its first byte. Default 5 s.
    pub first_byte_timeout: Duration,
    /// How long a TLS or WebSocket handshake may take. Default 10 s.
    pub handshake_timeout: Duration,
    /// Who is told of events.
    pub on_event: Option<EventSink>,
    /// Of which events. Default: of all.
    pub events: EventFilter,
}

impl Default for StandInOptions {
    fn default() -> Self {
        Self {
            mqtt: ListenAddress::loopback(1883),
            https: ListenAddress::loopback(8443),
            http: ListenAddress::loopback(8080),
            data: None,
            devices: vec![sample::device()],
            settings: Settings::default(),
            public_host: None,
            first_byte_timeout: Duration::from_secs(5),
            handshake_timeout: Duration::from_secs(10),
            on_event: None,
            events: EventFilter::All,
        }
    }
}

/// Why a stand-in does not start, or did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandInError {
    /// A port can't be had.
    #[error("can't listen on {address} for {what}: {source}; {advice}")]
    Listen {
        /// Which of the three ports.
        what: &'static str,
        /// The address as given.
        address: ListenAddress,
        /// What to do.
        advice: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something is wrong with the CA.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// Nobody said where the CA is to be kept, and the environment does not tell either.
    #[error(
        "there is no folder to keep the CA in: neither HOME nor XDG_DATA_HOME is set; choose one with --data DIR"
    )]
    NoDataFolder,
    /// The system refuses a thread, a timer or randomness.
    #[error("the system refuses what the stand-in needs ({what}): {why}")]
    System {
        /// What it needs.
        what: &'static str,
        /// What the system said.
        why: String,
    },
    /// The stand-in's thread ended in a panic: a fault of ours.
    #[error("the stand-in has ended in a panic; please report what stands above this line")]
    Panicked,
}

/// The three addresses as bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// MQTT, TLS and WebSocket.
    pub mqtt: SocketAddr,
    /// The HTTPS authentication.
    pub https: SocketAddr,
    /// Control and console.
    pub http: SocketAddr,
}

/// A running stand-in. Dropping it stops it too.
#[derive(Debug)]
pub struct StandIn {
    addresses: Addresses,
    ca: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    /// Binds the ports, opens or makes the CA, and serves on a thread of its own.
    ///
    /// # Errors
    /// [`StandInError`]; nothing keeps running then.
    pub fn start(options: StandInOptions) -> Result<Self, StandInError> {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("tern-stand-in".into())
            .spawn(move || server::run(options, &tell, stopped))
            .map_err(|e| StandInError::System {
                what: "a thread",
                why: e.to_string(),
            })?;
        match told.recv() {
            Ok(Ok((addresses, ca))) => Ok(Self {
                addresses,
                ca,
                stop: Some(stop),
                thread: Some(thread),
            }),
            Ok(Err(error)) => Err(error),
            Err(mpsc::RecvError) => Err(StandInError::Panicked),
        }
    }

    /// The three addresses as bound.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The CA's certificate, for clients to trust: an absolute path.
    #[must_use]
    pub fn ca_path(&self) -> &Path {
        &self.ca
    }

    /// Lets every connection send what it has, closes them, and returns when all is released.
    ///
    /// # Errors
    /// [`StandInError::Panicked`] where it had not been running any more.
    pub fn stop(mut self) -> Result<(), StandInError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StandInError> {
        // An error says that nobody waits for it: the thread has ended already.
        let _ = self.stop.take().map(|stop| stop.send(()));
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(StandInError::Panicked),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // A panic of that thread has been printed by itself; there is nobody to hand it to here.
        let _ = self.end();
    }
}
