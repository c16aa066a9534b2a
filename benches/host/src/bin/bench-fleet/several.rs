//! One fleet over several runners, each against a stand-in of its own on its own loopback address: a process can't open
//! more than so many files, and an address has only so many ports.

use std::thread;

use tern_bench_host::server::Server;

use crate::observed::Observed;
use crate::runner::{Runner, Work};
use crate::table::Table;
use crate::{FEW, Options};

pub(crate) fn measure(options: &Options, per_sandbox: usize) {
    let share = options.devices.div_ceil(options.runners);
    println!(
        "{} devices over {} runners and as many stand-ins, each with a QoS 1 message of 64 bytes every 10 s, for {} s",
        options.devices, options.runners, options.seconds
    );
    let mut table = Table::begin();
    let connect_rate = options.connect_rate;
    let few = run(0, 0..FEW.min(share / 2), 12, per_sandbox, connect_rate);
    let runs: Vec<_> = (0..options.runners)
        .map(|number| {
            let (first, last) = (number * share, ((number + 1) * share).min(options.devices));
            let seconds = options.seconds;
            thread::spawn(move || run(number, first..last, seconds, per_sandbox, connect_rate))
        })
        .collect();
    for (number, run) in runs.into_iter().enumerate() {
        let many = run.join().expect("a run to its end");
        table.row(
            &format!(
                "{}, runner {}",
                Runner::Tern(per_sandbox).name(),
                number + 1
            ),
            "tern platform",
            &few,
            &many,
        );
    }
    println!();
}

fn run(
    number: usize,
    devices: std::ops::Range<usize>,
    seconds: u64,
    per_sandbox: usize,
    connect_rate: u32,
) -> Observed {
    let server = Server::stand_in(&format!("127.0.0.{}", number + 1), devices.clone());
    let work = Work {
        first: devices.start,
        devices: devices.len(),
        seconds,
        connect_rate,
    };
    Runner::Tern(per_sandbox).run(&server, work)
}
