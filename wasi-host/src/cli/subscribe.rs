//! `tern sub`: prints what comes, a payload a line.

use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::Reconnect;
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

use super::args::{Options, Recording};
use super::login::{Defaults, Sources};
use super::online::{Online, Print};
use super::printer::{Lead, Printer};
use super::qos;
use crate::exit::{Exit, Failure};
use crate::run_loop::Notice;

/// The options of `tern sub`.
#[derive(Debug, clap::Args)]
pub struct SubscribeArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
    /// What is kept of it.
    #[command(flatten)]
    pub recording: Recording,
    /// The topics to subscribe to, with + and # as wildcards
    #[arg(short, long = "topic", value_name = "FILTER", required = true, num_args = 1..)]
    pub topics: Vec<TopicFilter>,
    /// 0 or 1
    #[arg(short, long, value_name = "QOS", default_value = "0", value_parser = qos)]
    pub qos: QoS,
    /// End after this many messages
    #[arg(short = 'C', long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// End after this many seconds, with exit status 27
    #[arg(short = 'W', long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub wait: Option<u64>,
    /// Print the topic and a space before each payload
    #[arg(short, long)]
    pub verbose: bool,
}

impl SubscribeArgs {
    /// What stands before a payload.
    pub fn lead(&self) -> Lead {
        if self.verbose {
            Lead::TopicAndSpace
        } else {
            Lead::Nothing
        }
    }
}

/// Subscribes, and prints what comes. A subscription that is refused ends it.
///
/// # Errors
/// The options are wrong, before anything is sent; or the system or the sandbox fails.
pub fn run(args: &SubscribeArgs, sources: &Sources<'_>, printer: Printer) -> Result<Exit, Failure> {
    let until = args
        .wait
        .and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    let defaults = Defaults {
        clean_session: true,
        reconnect: Reconnect::Never,
    };
    let mut online = Online::start(sources, &args.recording, defaults, printer)?;
    let mut left = args.count;
    if let Some(left) = left {
        online.want(left);
    }
    let mut asked = false;
    let mut connected = false;
    // What ended it from this side, if something did.
    let mut reason = None;
    while !online.is_over() {
        let stopping = online.is_stopping();
        online.turn(until.filter(|_| !stopping), &mut |notice| {
            let Notice::Event(event) = notice else {
                if matches!(notice, Notice::NotAccepted { .. }) && !stopping {
                    reason = reason.or(Some(Exit::Data));
                }
                return Print::Yes;
            };
            match event {
                ReportEvent::Connected { .. } => connected = true,
                ReportEvent::SubscribeRefused { .. } => reason = reason.or(Some(Exit::Denied)),
                ReportEvent::Failed { .. } if !stopping => {
                    reason = reason.or(Some(Exit::TimedOut));
                }
                ReportEvent::Message { .. } => {
                    left = left.map(|left| left.saturating_sub(1));
                }
                _ => {}
            }
            Print::Yes
        })?;
        if let Some(left) = left {
            online.want(left);
        }
        if connected && !asked && !online.is_stopping() {
            asked = true;
            for filter in &args.topics {
                online.subscribe(filter.as_str(), args.qos);
            }
        }
        if left == Some(0) {
            reason = reason.or(Some(Exit::Done));
        }
        if until.is_some_and(|until| until <= Instant::now()) && !online.is_stopping() {
            online.note("the time given with -W is over");
            reason = reason.or(Some(Exit::TimedOut));
        }
        if reason.is_some() {
            online.stop();
        }
    }
    let exit = online.exit(false)?;
    Ok(match (exit, reason) {
        (Exit::Done, Some(reason)) if !online.reader_is_gone() => reason,
        (exit, _) => exit,
    })
}
