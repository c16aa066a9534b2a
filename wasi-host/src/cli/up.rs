//! `tern up`: stand-in, console, and a sample device in the sandbox, together.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tern_core::device::{Config, Login};
use tern_core::identity::{ClientId, DeviceName, Endpoint, TransportKind};
use tern_core::sign::SignMethod;
use tern_core::wire::QoS;
use tern_platform::sample::{self, DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY};
use tern_platform::{Device, EventKind};

use super::open_files;
use super::platform::{self, PlatformArgs};
use crate::client::{Client, ClientError, ClientEvent, Params};
use crate::exit::{Exit, Failure};
use crate::stand_in::{Addresses, EventFilter, SocketEvent, StandIn, StandInEvent};
use crate::{console, transport::TlsSettings};

/// The device that `tern up` starts: another one than the sample's, which is left to whoever opens the
/// console, since two clients of one triple push each other off.
const OWN_NAME: &str = "sandbox";

/// The time between two of its messages.
const EVERY: Duration = Duration::from_secs(5);

/// What is told of unless `--events` says otherwise: who comes and goes.
const TOLD: [&str; 4] = ["connected", "refused", "disconnected", "auth_refused"];

/// The options of `tern up`: those of `tern platform`.
#[derive(Debug, clap::Args)]
pub struct UpArgs {
    /// The stand-in's options.
    #[command(flatten)]
    pub platform: PlatformArgs,
}

/// Runs all three until SIGINT or SIGTERM.
///
/// # Errors
/// A port can't be had, a file is wrong, or the sandbox failed.
pub fn run(args: &UpArgs) -> Result<(), Failure> {
    open_files::raise();
    let (end, ended) = mpsc::channel();
    // An error of `send` says that the end has begun already.
    ctrlc::set_handler(move || {
        let _ = end.send(());
    })
    .map_err(|error| Failure::new(Exit::Fault, error.to_string()))?;

    let device = own_device();
    let mut options = platform::options(&args.platform, Arc::new(say))?;
    options.events = told(args.platform.events.as_ref());
    options.devices.push(device.clone());
    let stand_in = StandIn::start(options).map_err(platform::PlatformError::from)?;
    let stop = Arc::new(AtomicBool::new(false));
    let sandbox = start_device(
        &device,
        &stand_in,
        &args.platform.keepalive_range,
        Arc::clone(&stop),
    )?;
    let addresses = stand_in.addresses();
    let (greeting, warning) = greeting(&args.platform, addresses, stand_in.ca_path());
    println!("{greeting}");
    if let Some(warning) = warning {
        eprintln!("{warning}");
    }

    // An error says that the sender is gone, which ends it too.
    let _ = ended.recv();
    eprintln!("\nending: the device first, then the stand-in");
    stop.store(true, Ordering::Relaxed);
    let device_ended = sandbox.join();
    stand_in.stop().map_err(platform::PlatformError::from)?;
    match device_ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::new(
            Exit::Fault,
            format!("the sample device: {error}"),
        )),
        Err(_) => Err(Failure::said(Exit::Fault)),
    }
}

/// What is told, with `--events` or without it.
fn told(asked: Option<&EventFilter>) -> EventFilter {
    match asked {
        Some(asked) => asked.clone(),
        None => EventFilter::Only(BTreeSet::from(TOLD)),
    }
}

/// What `tern up` prints to stdout once everything runs, and what it warns of on stderr.
fn greeting(args: &PlatformArgs, addresses: Addresses, ca: &Path) -> (String, Option<String>) {
    let Addresses { mqtt, https, http } = addresses;
    let for_you = match args.devices {
        Some(_) => String::new(),
        None => format!("  for you      {PRODUCT_KEY}/{DEVICE_NAME}, secret {DEVICE_SECRET}\n"),
    };
    let next = if console::is_built_in() {
        format!("open http://{http}/ and press Connect.")
    } else {
        "`cargo xtask up` builds the console too, which this program was built without.".to_owned()
    };
    let greeting = format!(
        "Tern is up.\n\n  \
         console      http://{http}/\n  \
         MQTT         mqtt://{mqtt}, and on the same port mqtts://, ws:// and wss://\n  \
         HTTPS auth   https://{https}/auth/devicename\n  \
         CA           {}\n  \
         device       {PRODUCT_KEY}/{OWN_NAME}, in wasmtime; publishes every {} s\n\
         {for_you}\n\
         Next: {next} Ctrl-C ends it all.",
        ca.display(),
        EVERY.as_secs()
    );
    (greeting, platform::reach_warning(http))
}

/// Tells people, on stderr, what the stand-in sees.
fn say(event: &StandInEvent) {
    if let Some(words) = words(event) {
        let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now());
        eprintln!("{now}  {words}");
    }
}

/// An event in words. None for the first, which the greeting tells.
fn words(event: &StandInEvent) -> Option<String> {
    let event = match event {
        StandInEvent::Platform(event) => event,
        StandInEvent::Socket(event) => {
            return Some(match event {
                SocketEvent::Ready { .. } => return None,
                SocketEvent::HandshakeFailed { port, peer, reason } => {
                    format!("{peer} at the {port} port, which did not get through: {reason}")
                }
                SocketEvent::AcceptFailed { port, reason } => {
                    format!("the {port} port could not take a connection: {reason}")
                }
                SocketEvent::RequestRefused {
                    port,
                    status,
                    reason,
                } => format!("a request at the {port} port refused with HTTP {status}: {reason}"),
                SocketEvent::EventsDropped { count } => format!("{count} events were not told"),
            });
        }
    };
    let did = match &event.kind {
        EventKind::Connected { .. } => "connected".to_owned(),
        EventKind::Refused { connack, reason } => {
            format!("refused with CONNACK {connack}: {reason}")
        }
        EventKind::Disconnected { reason } => format!("disconnected: {reason}"),
        EventKind::Published {
            topic,
            qos,
            routed: true,
        } => format!("published to {topic} (QoS {qos})"),
        EventKind::Published { topic, qos, .. } => {
            format!("published to {topic} (QoS {qos}), not its own topic, so nobody gets it")
        }
        EventKind::Subscribed { filter, qos } => format!("subscribed to {filter} (QoS {qos})"),
        EventKind::SubscribeRefused { filter, reason } => {
            format!("refused its subscription to {filter}: {reason}")
        }
        EventKind::Unsubscribed { filter } => format!("unsubscribed from {filter}"),
        EventKind::Dropped { topic, qos, reason } => {
            format!("loses a message to {topic} (QoS {qos}): {reason}")
        }
        EventKind::Ignored { what } => format!("asked for what is passed over: {what}"),
        EventKind::Authenticated => "authenticated over HTTPS".to_owned(),
        EventKind::AuthRefused { auth_code, reason } => {
            format!("HTTPS auth refused with code {auth_code}: {reason}")
        }
        // Whatever the platform may add.
        other => other.name().to_owned(),
    };
    let who = match &event.device {
        Some(device) => format!("{}/{}", device.product_key, device.device_name),
        None => "somebody".to_owned(),
    };
    Some(format!("{who} {did}"))
}

fn own_device() -> Device {
    let mut device = sample::device();
    if let Ok(name) = DeviceName::new(OWN_NAME) {
        device.triple.device_name = name;
    }
    device
}

/// Starts the device on a thread of its own and waits until it is connected.
fn start_device(
    device: &Device,
    stand_in: &StandIn,
    keep_alives: &RangeInclusive<u16>,
    stop: Arc<AtomicBool>,
) -> Result<JoinHandle<Result<(), ClientError>>, Failure> {
    let triple = device.triple.clone();
    let topic = format!("/{}/{}/data", triple.product_key, triple.device_name);
    let usage = |error: tern_core::identity::IdentityError| Failure::usage(error.to_string());
    let client_id = format!("{}.{}", triple.product_key, triple.device_name);
    let mqtt = stand_in.addresses().mqtt;
    let host = match mqtt.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        ip => ip.to_string(),
    };
    let mut params = Params::new(Config::new(Login::Direct {
        client_id: ClientId::new(&client_id).map_err(usage)?,
        method: SignMethod::HmacSha256,
        timestamp: None,
        endpoint: Endpoint::new(TransportKind::Tls, &host, mqtt.port()).map_err(usage)?,
        triple,
    }));
    params.tls = TlsSettings::with_ca_file(stand_in.ca_path())?;
    params.config.keep_alive = nearest(keep_alives, params.config.keep_alive);
    params.config.keep_alive_range = Some(keep_alives.clone());
    let (tell, told) = mpsc::channel();
    let thread = thread::Builder::new().name("sample-device".to_owned());
    let thread = thread
        .spawn(move || {
            let client = Client::construct(params, |event| {
                if let ClientEvent::Disconnect(reason) = event {
                    eprintln!("the sample device is disconnected: {reason}");
                }
            });
            let client = client.inspect_err(|error| drop(tell.send(error.to_string())))?;
            // Dropped: that is how the other side learns that it is connected.
            drop(tell);
            publish_until(client, &topic, &stop)
        })
        .map_err(|error| Failure::new(Exit::Fault, error.to_string()))?;
    match told.recv() {
        Ok(error) => Err(Failure::new(
            Exit::Fault,
            format!("the sample device: {error}"),
        )),
        Err(mpsc::RecvError) => Ok(thread),
    }
}

/// The keep alive of those that the stand-in lets in that is nearest to this one.
fn nearest(keep_alives: &RangeInclusive<u16>, keep_alive: u16) -> u16 {
    // A range that was read is never empty.
    keep_alive.max(*keep_alives.start()).min(*keep_alives.end())
}

fn publish_until(mut client: Client, topic: &str, stop: &AtomicBool) -> Result<(), ClientError> {
    client.subscribe(topic, QoS::AtLeastOnce, |_| ())?;
    let mut next = Instant::now();
    let mut count = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        if next <= Instant::now() {
            next += EVERY;
            count += 1;
            // A slow wave around 21 °C, so that a chart of it has something to show.
            let temperature = 21.0 + 2.5 * (count as f64 / 8.0).sin();
            let payload = format!(
                "{{\"attr_name\":\"temperature\",\"attr_value\":{temperature:.2},\"count\":{count}}}"
            );
            client.publish(topic, payload.as_bytes(), QoS::AtLeastOnce)?;
        }
        client.yield_for(Duration::from_millis(100))?;
    }
    client.destroy()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[test]
    fn the_devices_keep_alive_is_the_nearest_that_is_let_in() {
        assert_eq!(nearest(&(60..=300), 60), 60);
        assert_eq!(nearest(&(120..=300), 60), 120);
        assert_eq!(nearest(&(0..=30), 60), 30);
    }

    #[test]
    fn without_a_word_it_tells_who_comes_and_goes() {
        let told_by_default = told(None);
        for name in TOLD {
            assert!(told_by_default.passes(name), "{name}");
            // Each of them is the name of an event.
            assert!(name.parse::<EventFilter>().is_ok(), "{name}");
        }
        assert!(!told_by_default.passes("published"));
        let asked: EventFilter = "published".parse().unwrap();
        assert_eq!(told(Some(&asked)), asked);
    }

    #[test]
    fn a_control_that_is_reachable_from_elsewhere_is_warned_of() {
        let warning = |http: &str| {
            let http = http.parse().unwrap();
            let addresses = Addresses {
                mqtt: http,
                https: http,
                http,
            };
            greeting(&platform::tests::args(), addresses, Path::new("ca.pem")).1
        };
        let words = warning("0.0.0.0:8080").unwrap();
        assert!(words.contains("whoever reaches http://0.0.0.0:8080/"));
        assert_eq!(warning("127.0.0.1:8080"), None);
    }

    #[test]
    fn what_happens_at_a_socket_is_told_with_its_place_and_reason() {
        let peer: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let failed = StandInEvent::Socket(SocketEvent::HandshakeFailed {
            port: "mqtt",
            peer,
            reason: "no TLS".into(),
        });
        let words = words(&failed).unwrap();
        for part in ["127.0.0.1:9", "mqtt", "no TLS"] {
            assert!(words.contains(part), "{words}");
        }
    }
}
