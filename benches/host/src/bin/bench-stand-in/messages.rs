//! As many messages as go through: each device publishes to a topic that it has subscribed to itself, since the
//! platform passes on nothing else. A message counts once it has come back.

use tern_bench_host::load::{Flood, Load};
use tern_bench_host::server::{Kind, Server, topic};
use tern_core::wire::QoS;
use tern_measure::median;

use crate::used::{Stretch, Used};

/// Messages of a device under way at a time: as many as mosquitto sends without an acknowledgement.
const WINDOW: u64 = 20;
pub(crate) const PAYLOAD: [u8; 64] = [b'x'; 64];

pub(crate) fn measure(messages: u64, rounds: usize) {
    println!(
        "{messages} messages of {} bytes, each to its own sender, {WINDOW} under way a connection (medians of {rounds} runs)",
        PAYLOAD.len()
    );
    println!(
        "{:<5} {:>11} {:>26} {:>26} {:>9}",
        "", "", "messages/s", "CPU ms per 1,000", ""
    );
    println!(
        "{:<5} {:>11} {:>13} {:>12} {:>13} {:>12} {:>9}",
        "", "connections", "tern platform", "mosquitto", "tern platform", "mosquitto", "CPU ratio"
    );
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
        for connections in [1, 10, 100] {
            let mut results: [Vec<Used>; 2] = Default::default();
            for _ in 0..rounds {
                for (kind, results) in Kind::BOTH.into_iter().zip(&mut results) {
                    results.push(run(kind, connections, qos, messages));
                }
            }
            let [speed, cpu] = [Used::per_second, Used::cpu_ms_per_thousand].map(|value| {
                let middle = |runs: &Vec<Used>| {
                    median(runs.iter().map(|run| value(*run, messages)).collect())
                };
                [middle(&results[0]), middle(&results[1])]
            });
            println!(
                "QoS {} {:>11} {:>13.0} {:>12.0} {:>13.2} {:>12.2} {:>9.2}",
                qos.number(),
                connections,
                speed[0],
                speed[1],
                cpu[0],
                cpu[1],
                cpu[0] / cpu[1]
            );
        }
    }
    println!();
}

fn run(kind: Kind, connections: usize, qos: QoS, messages: u64) -> Used {
    let server = Server::start(kind, connections);
    let mut load = Load::new();
    let connects = (0..connections).map(|device| server.connect(device));
    load.connect(server.mqtt, connects, 100);
    load.subscribe(topic);
    for (device, client) in load.clients().iter_mut().enumerate() {
        client.prepare(&topic(device), &PAYLOAD, qos);
    }
    let flood = Flood {
        qos,
        messages: messages / connections as u64,
        window: WINDOW,
    };
    let stretch = Stretch::begin(server.process());
    load.flood(flood);
    stretch.end()
}
