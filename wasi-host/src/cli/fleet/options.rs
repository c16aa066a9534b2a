//! The options of `tern fleet`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use tern_core::identity::Endpoint;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;

use super::logins::Logins;
use crate::cli::args::Connection;
use crate::exit::Failure;
use crate::fleet::devices::Devices;
use crate::fleet::plan::Plan;
use crate::fleet::run::Settings;
use crate::fleet::shard::Shard;
use crate::fleet::template::{Kind, Template};

/// The options of `tern fleet`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct FleetArgs {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Add the summaries of shards up
    Merge(MergeArgs),
    /// Print the devices of a pattern as a devices file, secrets included: for `tern platform --devices`
    Devices(DevicesArgs),
}

/// Which devices.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Which {
    /// Each device of this file, with its own secret (the form that `tern platform --devices` reads)
    #[arg(long, value_name = "FILE", help_heading = "Devices")]
    pub(super) devices: Option<PathBuf>,
    /// The productKey; ranges as in --device-name
    #[arg(long, value_name = "PATTERN", help_heading = "Devices")]
    pub(super) product_key: Option<String>,
    /// The deviceNames: dev{0001..1000} for dev0001 to dev1000, or dev%i with --clients
    #[arg(long, value_name = "PATTERN", help_heading = "Devices")]
    pub(super) device_name: Option<String>,
    /// How many devices %i counts, from 1
    #[arg(short = 'c', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000), help_heading = "Devices")]
    pub(super) clients: Option<u64>,
    /// Read the secret of all from this file; else it comes from TERN_DEVICE_SECRET
    #[arg(long, value_name = "FILE", help_heading = "Devices")]
    pub(super) secret_file: Option<PathBuf>,
    /// The secret is a template with %i, {device_name} or {product_key} in it
    #[arg(long, help_heading = "Devices")]
    pub(super) secret_template: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Connect there; several, with commas between, take the devices in turn
    #[arg(
        long,
        value_name = "SCHEME://HOST[:PORT]",
        value_delimiter = ',',
        help_heading = "Where"
    )]
    pub(super) url: Vec<Endpoint>,
    /// What a single device has as well.
    #[command(flatten)]
    pub(super) connection: Connection,

    #[command(flatten)]
    pub(super) which: Which,
    /// A template with %i, {device_name} or {product_key} [default: PRODUCTKEY.DEVICENAME]; without devices, a
    /// pattern as in --device-name, for any other broker
    #[arg(short = 'i', long, value_name = "TEXT", help_heading = "Devices")]
    pub(super) client_id: Option<String>,
    /// Only every N-th device, beginning with number K, from 0: one process of several
    #[arg(
        long,
        value_name = "K/N",
        default_value = "0/1",
        help_heading = "Devices"
    )]
    pub(super) shard: Shard,

    /// Where each message goes to: a template [default for devices: /{product_key}/{device_name}/user/update]
    #[arg(short, long, value_name = "TEMPLATE", help_heading = "Messages")]
    pub(super) topic: Option<String>,
    /// What is in it: a template. %i (the device's number) {product_key} {device_name} {client_id} {seq} (the message's
    /// number) {time} {time_ms} {random:A..B} {random_float:A..B} {letters:N}; {{ for a { before a letter
    #[arg(
        short,
        long,
        value_name = "TEMPLATE",
        default_value = r#"{"n":{n},"seq":{seq},"time":{time_ms}}"#,
        help_heading = "Messages"
    )]
    pub(super) message: String,
    /// 0 or 1
    #[arg(short, long, value_name = "0|1", default_value = "1", value_parser = crate::cli::qos, help_heading = "Messages")]
    pub(super) qos: QoS,
    /// From one message of a device to its next
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = interval, help_heading = "Messages")]
    pub(super) every: Duration,
    /// All devices publish at the same moment, instead of each at its own within the interval
    #[arg(long, help_heading = "Messages")]
    pub(super) in_step: bool,
    /// Messages of each device; 0 for none, only connections [default: no end]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Messages")]
    pub(super) count: Option<u64>,
    /// Decides payloads, times and waits: the same seed, the same run
    #[arg(long, value_name = "N", default_value = "1", help_heading = "Messages")]
    pub(super) seed: u64,
    /// Each device subscribes to this template; what comes is counted
    #[arg(long, value_name = "TEMPLATE", help_heading = "Messages")]
    pub(super) subscribe: Option<String>,

    /// Devices opened per second
    #[arg(long, value_name = "PER_SECOND", default_value = "500", value_parser = rate, help_heading = "Run")]
    pub(super) connect_rate: f64,
    /// How many devices share a sandbox
    #[arg(long, value_name = "N", default_value = "1", help_heading = "Run")]
    pub(super) per_sandbox: NonZeroU32,
    /// How long to go on once all devices have been opened [default: no end]
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Run")]
    pub(super) duration: Option<Duration>,
    /// Give a device up that has not connected within this time of its first attempt
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time, help_heading = "Run")]
    pub(super) give_up: Duration,
    /// A drill: after this time, a sandbox with messages under way traps
    #[arg(long, value_name = "AFTER", value_parser = time, help_heading = "Run")]
    pub(super) drill_trap: Option<Duration>,

    /// Write the summary, histogram included, to this file as JSON
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) summary: Option<PathBuf>,
    /// Draw devices, messages per second and latencies over time into this file
    #[arg(long, value_name = "FILE.svg", help_heading = "Output")]
    pub(super) chart: Option<PathBuf>,
}

/// The options of `tern fleet merge`.
#[derive(Debug, clap::Args)]
pub(super) struct MergeArgs {
    /// The files that `tern fleet --summary` wrote, of one run
    #[arg(value_name = "SUMMARY", required = true, num_args = 1..)]
    pub(super) summaries: Vec<PathBuf>,
    /// Write the sum to this file
    #[arg(long, value_name = "OUT")]
    pub(super) summary: Option<PathBuf>,
    /// Draw it into this file
    #[arg(long, value_name = "FILE.svg")]
    pub(super) chart: Option<PathBuf>,
    /// Print the sum as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
}

/// The options of `tern fleet devices`.
#[derive(Debug, clap::Args)]
pub(super) struct DevicesArgs {
    #[command(flatten)]
    pub(super) which: Which,
}

impl RunArgs {
    /// What each device does.
    pub(super) fn plan(&self, devices: Devices) -> Result<Plan, Failure> {
        let bad = |error: crate::fleet::pattern::BadText| Failure::usage(error.to_string());
        let topic = match &self.topic {
            Some(topic) => topic,
            None if devices.have_triples() => "/{product_key}/{device_name}/user/update",
            None => {
                return Err(Failure::usage(
                    "where to publish is missing: give --topic TEMPLATE, such as fleet/{client_id}",
                ));
            }
        };
        let plan = Plan {
            topic: Template::new("--topic", topic, Kind::Message).map_err(bad)?,
            message: Template::new("--message", &self.message, Kind::Message).map_err(bad)?,
            subscribe: match &self.subscribe {
                Some(filter) => {
                    Some(Template::new("--subscribe", filter, Kind::Name).map_err(bad)?)
                }
                None => None,
            },
            devices,
            seed: self.seed,
            qos: self.qos,
            every: self.every,
            in_step: self.in_step,
            count: self.count,
        };
        check_topics(&plan)?;
        Ok(plan)
    }

    /// How it is carried out.
    pub(super) fn settings(&self, logins: &Logins) -> Result<Settings, Failure> {
        let native = logins.native();
        if native && self.drill_trap.is_some() {
            return Err(Failure::usage(
                "--drill-trap does not go together with --native: there is no sandbox to trap",
            ));
        }
        if native && self.per_sandbox.get() > 1 {
            return Err(Failure::usage(
                "--per-sandbox does not go together with --native: there is no sandbox to share",
            ));
        }
        let devices = logins.devices().count();
        if self.shard.numbers(devices).next().is_none() {
            return Err(Failure::usage(format!(
                "--shard: {} has no device: there are {devices}; take fewer shards",
                self.shard
            )));
        }
        Ok(Settings {
            shard: self.shard,
            per_sandbox: self.per_sandbox.get(),
            native,
            connect_rate: self.connect_rate,
            duration: self.duration,
            give_up: self.give_up,
            drill_trap: self.drill_trap,
        })
    }
}

/// What the templates come to for the first device and the last, checked before anything is sent.
fn check_topics(plan: &Plan) -> Result<(), Failure> {
    let templates = [
        Some(&plan.topic),
        Some(&plan.message),
        plan.subscribe.as_ref(),
    ];
    let options = ["--topic", "--message", "--subscribe"];
    for (template, option) in templates.into_iter().zip(options) {
        if !plan.devices.have_triples() && template.is_some_and(Template::needs_triple) {
            return Err(Failure::usage(format!(
                "{option}: {{product_key}} and {{device_name}} need device triples; other clients have \
                 {{client_id}} and {{n}}"
            )));
        }
    }
    let (mut topic, mut payload) = (String::new(), String::new());
    for number in [1, plan.devices.count()] {
        plan.message(number, 0, 0, &mut topic, &mut payload);
        TopicName::new(&topic).map_err(|error| Failure::usage(format!("--topic: {error}")))?;
        if let Some(filter) = plan.filter(number) {
            TopicFilter::new(&filter)
                .map_err(|error| Failure::usage(format!("--subscribe: {error}")))?;
        }
    }
    Ok(())
}

/// Reads a time such as 500ms, 10s or 5m.
fn time(text: &str) -> Result<Duration, String> {
    // A year is more than any run, and far from where sums of times end.
    const MOST: Duration = Duration::from_secs(366 * 24 * 3600);
    humantime::parse_duration(text)
        .ok()
        .filter(|time| *time <= MOST)
        .ok_or_else(|| {
            "write a time with its unit, such as 500ms, 10s, 5m or 1h 30m, at most a year"
                .to_owned()
        })
}

/// Reads a time that is not 0.
fn interval(text: &str) -> Result<Duration, String> {
    time(text)?;
    time(text).and_then(|time| {
        if time < Duration::from_millis(1) {
            Err("the least is 1ms".to_owned())
        } else {
            Ok(time)
        }
    })
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (0.01..=1_000_000.0).contains(rate))
        .ok_or_else(|| "it is a number of devices per second, 0.01 to 1000000".to_owned())
}
