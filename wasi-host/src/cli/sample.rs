//! `tern sample`: what the SDK's `mqtt-example` does, and with `loop` what `mqtt-example loop` does (seed:
//! SDK API介绍). It subscribes to the device's own `data` topic, publishes there, gets its own messages
//! back, and leaves.

use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::Reconnect;
use tern_core::wire::QoS;

use super::args::{Options, Recording};
use super::login::{Defaults, Sources};
use super::online::{Online, Print};
use super::outgoing::{Outgoing, Request};
use super::printer::Printer;
use crate::exit::{Exit, Failure};
use crate::run_loop::Notice;

const HELLO: &[u8] = b"message: hello! start!";
const ATTRIBUTE: &[u8] = br#"{"attr_name":"temperature", "attr_value":"1"}"#;
/// How long the example yields to what comes after it has published.
const YIELD: Duration = Duration::from_millis(200);
/// How long it sleeps before it publishes again, in its loop.
const PAUSE: Duration = Duration::from_secs(2);

/// The options of `tern sample`.
#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
    /// What is kept of it.
    #[command(flatten)]
    pub recording: Recording,
    /// `loop` stays online and publishes again every 2.2 s
    #[arg(value_name = "loop", value_parser = ["loop"])]
    pub mode: Option<String>,
}

/// Where the example stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Subscribing,
    /// Published, and yielding until then.
    Yielding(Instant),
    /// In its loop, until the next message is due.
    Pausing(Instant),
    Unsubscribing,
    Leaving,
}

/// Runs the example.
///
/// # Errors
/// The options are wrong, before anything is sent; or the system or the sandbox fails.
pub fn run(args: &SampleArgs, sources: &Sources<'_>, printer: Printer) -> Result<Exit, Failure> {
    let loops = args.mode.is_some();
    let triple = sources.signing()?.triple;
    let topic = format!("/{}/{}/data", triple.product_key, triple.device_name);
    let defaults = Defaults {
        clean_session: false,
        reconnect: if loops {
            Reconnect::DEFAULT
        } else {
            Reconnect::Never
        },
    };
    let mut online = Online::start(sources, &args.recording, defaults, printer)?;
    let mut outgoing = Outgoing::default();
    let mut stage = Stage::Connecting;
    let mut connected = false;
    let mut refused = false;
    while !online.is_over() {
        let until = match stage {
            Stage::Yielding(until) | Stage::Pausing(until) => Some(until),
            _ => None,
        };
        let mut stands = false;
        let mut gone = false;
        let mut notes = Vec::new();
        online.turn(until, &mut |notice| {
            notes.extend(outgoing.hear(notice));
            match notice {
                Notice::NotAccepted { .. } => return Print::No,
                Notice::Accepted(_)
                | Notice::ToBeKept { .. }
                | Notice::NotRestored { .. }
                | Notice::Unverified { .. }
                | Notice::Lost { .. } => {}
                Notice::Event(event) => match event {
                    ReportEvent::Connected { .. } => connected = true,
                    ReportEvent::Disconnected(_) => connected = false,
                    ReportEvent::Subscribed { .. } => stands = true,
                    ReportEvent::Unsubscribed { .. } | ReportEvent::Failed { .. } => gone = true,
                    ReportEvent::SubscribeRefused { .. } => refused = true,
                    _ => {}
                },
            }
            Print::Yes
        })?;
        for note in notes {
            online.note(&note);
        }
        if online.is_stopping() {
            continue;
        }
        let now = Instant::now();
        stage = match stage {
            Stage::Connecting if connected => {
                outgoing.asked(Request::Subscription);
                online.subscribe(&topic, QoS::AtLeastOnce);
                Stage::Subscribing
            }
            Stage::Subscribing if refused => Stage::Leaving,
            Stage::Subscribing if stands => {
                for payload in [HELLO, ATTRIBUTE] {
                    publish(&mut online, &mut outgoing, &topic, payload);
                }
                Stage::Yielding(now + YIELD)
            }
            // No SUBACK in time: there is nothing to wait for.
            Stage::Subscribing if gone && !loops => Stage::Leaving,
            Stage::Yielding(until) if until <= now && loops => Stage::Pausing(now + PAUSE),
            Stage::Yielding(until) if until <= now && outgoing.is_idle() => {
                outgoing.asked(Request::Subscription);
                online.unsubscribe(&topic);
                Stage::Unsubscribing
            }
            // Waits for the acknowledgements, which wake it.
            Stage::Yielding(until) if until <= now => Stage::Yielding(now + YIELD),
            Stage::Pausing(until) if until <= now => {
                // Without a connection the messages would only pile up.
                if connected && outgoing.has_room() {
                    publish(&mut online, &mut outgoing, &topic, ATTRIBUTE);
                }
                Stage::Yielding(now + YIELD)
            }
            Stage::Unsubscribing if gone => Stage::Leaving,
            stage => stage,
        };
        if stage == Stage::Leaving {
            online.stop();
        }
    }
    let exit = online.exit(outgoing.failed() > 0 || !outgoing.is_idle())?;
    Ok(match exit {
        Exit::Done if refused && !online.reader_is_gone() => Exit::Denied,
        exit => exit,
    })
}

fn publish(online: &mut Online, outgoing: &mut Outgoing, topic: &str, payload: &[u8]) {
    let bytes = payload.len();
    outgoing.asked(Request::Message { line: None, bytes });
    online.publish(topic, payload, QoS::AtLeastOnce);
}
