//! `tern platform` and mosquitto under the same load: connections, messages, a fleet, and messages that the control
//! sends. What the devices themselves take is not counted.
//!
//! Run by `cargo xtask bench stand-in [-- OPTIONS]`.
#![forbid(unsafe_code)]

mod connections;
mod fleet;
mod messages;
mod push;
mod used;

use clap::{Parser, ValueEnum};

/// `tern platform` beside mosquitto on the same work.
#[derive(Debug, Parser)]
struct Options {
    /// Measure only this; may be given more than once.
    #[arg(long, value_enum)]
    only: Vec<Subject>,
    /// Devices that connect and then say nothing. The limit of open files holds for them.
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// Messages of one run, over all its connections.
    #[arg(long, default_value_t = 200_000)]
    messages: u64,
    /// Devices that publish every ten seconds.
    #[arg(long, default_value = "5000,10000", value_delimiter = ',')]
    devices: Vec<usize>,
    /// For how long they do.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// How often each kind has its turn; the table shows the medians.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    Connections,
    Messages,
    Fleet,
    Push,
}

fn main() {
    let options = Options::parse();
    let wanted = |subject| options.only.is_empty() || options.only.contains(&subject);
    if wanted(Subject::Connections) {
        connections::measure(options.connections, options.rounds);
    }
    if wanted(Subject::Messages) {
        messages::measure(options.messages, options.rounds);
    }
    if wanted(Subject::Push) {
        push::measure(options.messages, options.rounds);
    }
    if wanted(Subject::Fleet) {
        for devices in &options.devices {
            fleet::measure(*devices, options.seconds);
        }
    }
}
