//! What a message costs a program on the command line: `tern`, mosquitto's clients, and a program with rumqttc, each
//! in turn, against one mosquitto. `cargo xtask bench runner` runs it.
#![forbid(unsafe_code)]

mod arrivals;
mod feeder;
mod programs;
mod publish;
mod subscribe;
mod table;

use std::time::Duration;

use clap::Parser;
use tern_measure::Mosquitto;

use arrivals::Arrivals;
use programs::{PROGRAMS, Program};
use table::Cells;

/// A payload's bytes.
const PAYLOAD: usize = 64;

/// The topic of all messages.
const TOPIC: &str = "/a1aq9sQk2JE/dev1/user/get";

/// How much is measured.
#[derive(Debug, Parser)]
struct Options {
    /// Messages of each run; the program's start counts too, so not too few. mosquitto_pub loses messages where there
    /// are more than 65,535
    #[arg(long, default_value_t = 60_000)]
    messages: u64,
    /// Runs of each program, in turn
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only this one: pub0, pub1, sub0 or sub1
    #[arg(long)]
    only: Option<String>,
    /// Adds `tern --native`: the same without the sandbox
    #[arg(long)]
    native: bool,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
struct Run {
    cpu: Duration,
    time: Duration,
    /// Messages that reached the broker, or the reader of stdout.
    arrived: u64,
}

fn main() {
    let options = Options::parse();
    let programs: Vec<Program> = PROGRAMS
        .into_iter()
        .filter(|program| options.native || *program != Program::TernNative)
        .collect();
    let broker = Mosquitto::start();
    let mut arrivals = Arrivals::watch(broker.tcp);
    let mut rows = Vec::new();
    for (name, is_publish, qos) in [
        ("pub0", true, 0),
        ("pub1", true, 1),
        ("sub0", false, 0),
        ("sub1", false, 1),
    ] {
        if options.only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let mut runs: Vec<Vec<Run>> = vec![Vec::new(); programs.len()];
        for _ in 0..options.rounds {
            for (program, runs) in programs.iter().zip(&mut runs) {
                runs.push(if is_publish {
                    publish::run(*program, broker.tcp, qos, options.messages, &mut arrivals)
                } else {
                    subscribe::run(*program, broker.tcp, qos, options.messages)
                });
            }
        }
        let what = if is_publish { "publish" } else { "subscribe" };
        let cells = runs.iter().map(|runs| Cells::of(runs)).collect();
        rows.push((format!("{what} QoS {qos}"), cells));
    }
    table::print(&programs, &rows, &options);
}
