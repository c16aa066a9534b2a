//! `tern up`: stand-in, console, and a sample device in the sandbox, together.

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
use crate::stand_in::{StandIn, StandInEvent};
use crate::{console, transport::TlsSettings};

/// The device that `tern up` starts: another one than the sample's, which is left to whoever opens the
/// console, since two clients of one triple push each other off.
const OWN_NAME: &str = "sandbox";

/// The time between two of its messages.
const EVERY: Duration = Duration::from_secs(5);

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
    options.devices.push(device.clone());
    let stand_in = StandIn::start(options).map_err(platform::PlatformError::from)?;
    let stop = Arc::new(AtomicBool::new(false));
    let sandbox = start_device(&device, &stand_in, Arc::clone(&stop))?;
    greet(&args.platform, &stand_in);

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

/// What `tern up` prints to stdout once everything runs.
fn greet(args: &PlatformArgs, stand_in: &StandIn) {
    let addresses = stand_in.addresses();
    let mqtt = addresses.mqtt;
    println!("Tern is up.\n");
    println!("  console      http://{}/", addresses.http);
    println!("  MQTT         mqtt://{mqtt}, and on the same port mqtts://, ws:// and wss://");
    println!("  HTTPS auth   https://{}/auth/devicename", addresses.https);
    println!("  CA           {}", stand_in.ca_path().display());
    println!(
        "  device       {PRODUCT_KEY}/{OWN_NAME}, in wasmtime; publishes every {} s",
        EVERY.as_secs()
    );
    if args.devices.is_none() {
        println!("  for you      {PRODUCT_KEY}/{DEVICE_NAME}, secret {DEVICE_SECRET}");
    }
    if console::is_built_in() {
        println!(
            "\nNext: open http://{}/ and press Connect. Ctrl-C ends it all.",
            addresses.http
        );
    } else {
        println!(
            "\nNext: `cargo xtask up` builds the console too, which this program was built without. Ctrl-C ends it all."
        );
    }
}

/// Tells people, on stderr, who comes and goes.
fn say(event: &StandInEvent) {
    let StandInEvent::Platform(event) = event else {
        return;
    };
    let words = match &event.kind {
        EventKind::Connected { .. } => "connected".to_owned(),
        EventKind::Refused { connack, reason } => {
            format!("refused with CONNACK {connack}: {reason}")
        }
        EventKind::AuthRefused { auth_code, reason } => {
            format!("HTTPS auth refused with code {auth_code}: {reason}")
        }
        EventKind::Disconnected { reason } => format!("disconnected: {reason}"),
        _ => return,
    };
    let who = match &event.device {
        Some(device) => format!("{}/{}", device.product_key, device.device_name),
        None => "somebody".to_owned(),
    };
    let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now());
    eprintln!("{now}  {who} {words}");
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
    // What it should do is the same with other windows than the default.
    params.config.keep_alive_range = None;
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
