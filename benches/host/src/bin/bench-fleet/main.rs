//! `tern fleet` beside a rumqttc program and mqttwrk: what a device takes of the runner's memory and of a processor, and
//! how long acknowledgements take.
//!
//! Run by `cargo xtask bench fleet [-- OPTIONS]`.
#![forbid(unsafe_code)]

mod observed;
mod runner;
mod several;
mod table;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use tern_bench_host::server::{Kind, Server};

use crate::observed::Observed;
use crate::runner::{Runner, Work};
use crate::table::Table;

/// Devices of the small run, which shows what the runner takes before a device counts.
const FEW: usize = 100;

/// Fleets of devices that publish with QoS 1 every ten seconds.
#[derive(Debug, Parser)]
struct Options {
    /// Devices. The limit of open files of a process holds for them.
    #[arg(long, default_value_t = 5_000)]
    devices: usize,
    /// For how long they publish.
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// Connects per second.
    #[arg(long, default_value_t = 1_000)]
    connect_rate: u32,
    /// Devices that share a sandbox of `tern fleet`; each number gives a row.
    #[arg(long, default_value = "1,100", value_delimiter = ',')]
    per_sandbox: Vec<usize>,
    /// Runners of `tern fleet` that share the devices, each with a stand-in of its own, on as many loopback addresses. With
    /// more than one, no peer is run.
    #[arg(long, default_value_t = 1)]
    runners: usize,
    /// Run only this; may be given more than once.
    #[arg(long, value_enum)]
    only: Vec<Who>,
    /// mqttwrk, where it is not on PATH (`cargo install mqttwrk`).
    #[arg(long, env = "TERN_MQTTWRK", default_value = "mqttwrk")]
    mqttwrk: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Who {
    Tern,
    Rumqttc,
    Mqttwrk,
}

fn main() {
    let options = Options::parse();
    if options.runners > 1 {
        for &per_sandbox in &options.per_sandbox {
            several::measure(&options, per_sandbox);
        }
        return;
    }
    println!(
        "{} devices, each with a QoS 1 message of 64 bytes every 10 s, for {} s; memory: beyond what {FEW} devices take",
        options.devices, options.seconds
    );
    let mut table = Table::begin();
    let wanted = |who| options.only.is_empty() || options.only.contains(&who);
    let mut runners = Vec::new();
    if wanted(Who::Tern) {
        runners.extend(options.per_sandbox.iter().copied().map(Runner::Tern));
    }
    if wanted(Who::Rumqttc) {
        runners.push(Runner::Rumqttc);
    }
    for runner in &runners {
        compare(runner, Kind::StandIn, &options, &mut table);
    }
    if !wanted(Who::Mqttwrk) {
        return;
    }
    if !runner::is_there(&options.mqttwrk) {
        println!("mqttwrk is not here: cargo install mqttwrk, or name it with --mqttwrk");
        return;
    }
    // It can't sign, so all of them meet once more where nobody need.
    runners.push(Runner::Mqttwrk(options.mqttwrk.clone()));
    for runner in &runners {
        compare(runner, Kind::Mosquitto, &options, &mut table);
    }
}

fn compare(runner: &Runner, against: Kind, options: &Options, table: &mut Table) {
    let work = |devices, seconds| Work {
        first: 0,
        devices,
        seconds,
        connect_rate: options.connect_rate,
    };
    let run = |work: Work| -> Observed {
        let server = Server::start(against, work.devices);
        runner.run(&server, work)
    };
    let few = run(work(FEW.min(options.devices / 2), 12));
    let many = run(work(options.devices, options.seconds));
    table.row(&runner.name(), against.name(), &few, &many);
}
