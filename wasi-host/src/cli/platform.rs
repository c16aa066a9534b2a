//! `tern platform`: the cloud side's stand-in.

use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, mpsc};
use std::time::Duration;

use tern_platform::sample::{self, DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY};
use tern_platform::{IdleFactor, Settings};

use super::args::{keep_alive_range, range_in_words};
use super::open_files;
use crate::exit::{Exit, Failure};
use crate::stand_in::{
    Addresses, CertificateError, DevicesFileError, EVENT_BUFFER, EventFilter, EventSink,
    EventWriter, ListenAddress, StandIn, StandInError, StandInEvent, StandInOptions,
    read_devices_file,
};

/// How long the last events may take to be read, once the stand-in has ended.
const LAST_EVENTS: Duration = Duration::from_secs(1);

/// The keep alives that are let in unless an option says otherwise.
static DEFAULT_RANGE: LazyLock<String> =
    LazyLock::new(|| range_in_words(&Settings::default().keep_alive));

/// The options of `tern platform`.
#[derive(Debug, clap::Args)]
pub struct PlatformArgs {
    /// Take MQTT, TLS and WebSocket here; port 0 takes any free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:1883")]
    pub listen: ListenAddress,
    /// Take the HTTPS authentication here.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8443")]
    pub https: ListenAddress,
    /// Serve the console and the control here. Whoever reaches it controls the stand-in.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub http: ListenAddress,
    /// Know the devices in this TOML file; without it, one sample device.
    #[arg(long, value_name = "FILE")]
    pub devices: Option<PathBuf>,
    /// Keep the CA in this folder (default: $XDG_DATA_HOME/tern or ~/.local/share/tern).
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Keep alives that are let in, in seconds.
    #[arg(long, value_name = "MIN..MAX", default_value = DEFAULT_RANGE.as_str(), value_parser = keep_alive_range)]
    pub keepalive_range: RangeInclusive<u16>,
    /// Drop a connection after this many keep alives without a packet.
    #[arg(long, value_name = "FACTOR", default_value_t)]
    pub idle_factor: IdleFactor,
    /// Tell only of these events, with commas between; addresses are always told [default: all; with `up` connected,
    /// refused, disconnected, auth_refused]
    #[arg(long, value_name = "LIST|none")]
    pub events: Option<EventFilter>,
}

/// Why `tern platform` ended badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformError {
    /// The devices file is wrong.
    #[error("devices file: {0}")]
    Devices(#[from] DevicesFileError),
    /// The stand-in did not start, or broke.
    #[error(transparent)]
    StandIn(#[from] StandInError),
    /// Signals or threads can't be had.
    #[error("the system refuses what the program needs: {0}")]
    System(String),
}

impl PlatformError {
    /// How the program ends: 65 for files that are wrong, 69 for a port that can't be had (the fault is
    /// in the surroundings, as with any network error), 70 for a fault of ours.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Devices(_) => Exit::Data,
            Self::StandIn(StandInError::Certificates(CertificateError::Making(_))) => Exit::Fault,
            Self::StandIn(StandInError::Certificates(_)) => Exit::Data,
            Self::StandIn(StandInError::NoDataFolder) => Exit::Usage,
            Self::StandIn(StandInError::Listen { .. }) => Exit::Network,
            Self::StandIn(_) | Self::System(_) => Exit::Fault,
        }
    }
}

impl From<PlatformError> for Failure {
    fn from(error: PlatformError) -> Self {
        Self::new(error.exit(), error.to_string())
    }
}

/// Runs the stand-in until SIGINT, SIGTERM, or until nobody can read its events any more.
///
/// # Errors
/// [`PlatformError`], with its [exit](PlatformError::exit).
pub fn run(args: &PlatformArgs) -> Result<(), Failure> {
    open_files::raise();
    let (end, ended) = mpsc::channel();
    let system = |error: &dyn std::fmt::Display| PlatformError::System(error.to_string());
    let on_signal = end.clone();
    // An error of `send` says, here and below, that the end has begun already.
    ctrlc::set_handler(move || {
        let _ = on_signal.send(());
    })
    .map_err(|error| system(&error))?;

    let on_end = OnDrop(end.clone());
    let nobody_reads = move |_| {
        let _ = end.send(());
    };
    let writer = EventWriter::start(io::stdout(), EVENT_BUFFER, nobody_reads)
        .map_err(|error| system(&error))?;
    let writer = Arc::new(writer);
    let sink = Arc::clone(&writer);
    let on_event = move |event: &StandInEvent| {
        let _until_then = &on_end;
        sink.push(event);
    };

    let mut options = options(args, Arc::new(on_event))?;
    options.events = args.events.clone().unwrap_or_default();
    let stand_in = StandIn::start(options).map_err(PlatformError::from)?;
    eprintln!(
        "{}",
        greeting(args, stand_in.addresses(), stand_in.ca_path())
    );
    // An error says that all senders are gone, which ends it too.
    let _ = ended.recv();

    let result = stand_in.stop();
    // Whatever has not been read by then is lost; nobody reads.
    let _ = writer.finish(LAST_EVENTS);
    Ok(result.map_err(PlatformError::from)?)
}

/// Says that it was dropped: the stand-in holds one, so that its end is noticed, whatever the cause.
struct OnDrop(mpsc::Sender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// What the options mean, with the devices file read.
pub(super) fn options(
    args: &PlatformArgs,
    on_event: EventSink,
) -> Result<StandInOptions, PlatformError> {
    let devices = match &args.devices {
        Some(path) => read_devices_file(path)?,
        None => vec![sample::device()],
    };
    Ok(StandInOptions {
        mqtt: args.listen.clone(),
        https: args.https.clone(),
        http: args.http.clone(),
        data: args.data.clone(),
        devices,
        settings: Settings {
            keep_alive: args.keepalive_range.clone(),
            idle_factor: args.idle_factor,
            ..Settings::default()
        },
        on_event: Some(on_event),
        ..StandInOptions::default()
    })
}

/// What people are told, on stderr: what runs where.
fn greeting(args: &PlatformArgs, addresses: Addresses, ca: &Path) -> String {
    let Addresses { mqtt, https, http } = addresses;
    let mut lines = vec![
        format!("MQTT, TLS and WebSocket on {mqtt}"),
        format!("HTTPS authentication on    https://{https}/auth/devicename"),
        format!("Console and control on     http://{http}/"),
        format!("Clients trust              --cafile {}", ca.display()),
    ];
    if args.devices.is_none() {
        lines.push(format!(
            "One sample device          {PRODUCT_KEY} / {DEVICE_NAME}, secret {DEVICE_SECRET} (give your own with --devices FILE)"
        ));
    }
    lines.extend(reach_warning(http));
    lines.push("Ctrl-C ends it".to_owned());
    lines.join("\n")
}

/// The warning where the control can be reached from other machines.
pub(super) fn reach_warning(http: SocketAddr) -> Option<String> {
    (!http.ip().to_canonical().is_loopback()).then(|| {
        format!(
            "Warning: whoever reaches http://{http}/ can push messages to devices and switch faults; there is no \
             password. Without --http it listens on this machine alone"
        )
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What stands without any option.
    pub(in crate::cli) fn args() -> PlatformArgs {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            platform: PlatformArgs,
        }
        <Line as clap::Parser>::parse_from(["platform"]).platform
    }

    #[test]
    fn a_control_that_is_reachable_from_elsewhere_is_warned_of() {
        let at = |http: &str| {
            let http = http.parse().unwrap();
            let addresses = Addresses {
                mqtt: http,
                https: http,
                http,
            };
            greeting(&args(), addresses, Path::new("ca.pem"))
        };
        for reachable in ["0.0.0.0:8080", "192.0.2.1:8080", "[::]:8080"] {
            let told = at(reachable);
            let warning = format!("Warning: whoever reaches http://{reachable}/");
            assert!(told.contains(&warning), "{told}");
        }
        for own in ["127.0.0.1:8080", "[::1]:8080", "[::ffff:127.0.0.1]:8080"] {
            assert!(!at(own).contains("Warning"), "{own}");
        }
    }

    #[test]
    fn without_options_everything_listens_on_loopback() {
        let args = args();
        assert_eq!(args.keepalive_range, Settings::default().keep_alive);
        assert_eq!(args.idle_factor, Settings::default().idle_factor);
        for address in [&args.listen, &args.https, &args.http] {
            assert_eq!(address.host(), "127.0.0.1", "{address}");
        }
    }

    #[test]
    fn a_taken_port_is_an_error_of_the_surroundings() {
        let error = PlatformError::StandIn(StandInError::Listen {
            what: "MQTT",
            address: ListenAddress::loopback(1883),
            advice: "choose another port",
            source: io::ErrorKind::AddrInUse.into(),
        });
        assert_eq!(error.exit(), Exit::Network);
        let error =
            PlatformError::StandIn(StandInError::Certificates(CertificateError::NotValidNow {
                path: "ca.pem".into(),
                why: "expired".into(),
            }));
        assert_eq!(error.exit(), Exit::Data);
    }
}
