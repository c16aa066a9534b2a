//! Devices that log in and then say nothing: what one of them takes, and how fast they come in.

use tern_bench_host::load::Load;
use tern_bench_host::server::{Kind, Server};
use tern_measure::median;

use crate::used::Stretch;

/// Logins under way at a time: fewer than fit into the queue of a listening socket.
const AT_ONCE: usize = 100;
const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

struct Run {
    base: f64,
    per_connection: f64,
    per_second: f64,
    cpu: f64,
}

pub(crate) fn measure(connections: usize, rounds: usize) {
    println!("{connections} connections, logged in and silent (medians of {rounds} runs)");
    println!(
        "{:<14} {:>11} {:>17} {:>20} {:>13} {:>18}",
        "",
        "before, MiB",
        "bytes/connection",
        "connections per GiB",
        "connects/s",
        "CPU ms per 1,000"
    );
    let mut results: [Vec<Run>; 2] = Default::default();
    for _ in 0..rounds {
        for (kind, results) in Kind::BOTH.into_iter().zip(&mut results) {
            results.push(run(kind, connections));
        }
    }
    for (kind, results) in Kind::BOTH.into_iter().zip(&results) {
        let of = |value: fn(&Run) -> f64| median(results.iter().map(value).collect());
        let per_connection = of(|run| run.per_connection);
        println!(
            "{:<14} {:>11.1} {:>17.0} {:>20.0} {:>13.0} {:>18.1}",
            kind.name(),
            of(|run| run.base) / 1024.0 / 1024.0,
            per_connection,
            GIB / per_connection,
            of(|run| run.per_second),
            of(|run| run.cpu),
        );
    }
    println!();
}

fn run(kind: Kind, connections: usize) -> Run {
    let server = Server::start(kind, 1);
    // One by one, and not from a file: what reading a large file leaves free would be taken for the connections'.
    if let Some(mut control) = server.control() {
        (1..connections).for_each(|device| control.register(device));
    }
    let connects: Vec<_> = (0..connections)
        .map(|device| server.connect(device))
        .collect();
    let mut load = Load::new();
    let base = server.process().memory();
    let stretch = Stretch::begin(server.process());
    load.connect(server.mqtt, connects, AT_ONCE);
    let used = stretch.end();
    let grown = server.process().memory() - base;
    Run {
        base: base as f64,
        per_connection: grown as f64 / connections as f64,
        per_second: used.per_second(connections as u64),
        cpu: used.cpu_ms_per_thousand(connections as u64),
    }
}
