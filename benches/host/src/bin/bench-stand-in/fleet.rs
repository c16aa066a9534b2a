//! A fleet: each device publishes once in ten seconds with QoS 1.

use std::time::Duration;

use tern_bench_host::load::{Load, Pacing};
use tern_bench_host::server::{Kind, Server, topic};
use tern_core::wire::QoS;

use crate::messages::PAYLOAD;
use crate::used::Stretch;

const INTERVAL: Duration = Duration::from_secs(10);

pub(crate) fn measure(devices: usize, seconds: u64) {
    println!(
        "{devices} devices, each with a QoS 1 message of {} bytes every {} s, for {seconds} s",
        PAYLOAD.len(),
        INTERVAL.as_secs()
    );
    println!(
        "{:<14} {:>10} {:>12} {:>6} {:>8} {:>9} {:>9} {:>9} {:>11}",
        "",
        "messages/s",
        "CPU of a core",
        "lost",
        "p50, ms",
        "p99, ms",
        "p99.9, ms",
        "max, ms",
        "memory, MiB"
    );
    for kind in Kind::BOTH {
        let server = Server::start(kind, devices);
        let mut load = Load::new();
        let connects: Vec<_> = (0..devices).map(|device| server.connect(device)).collect();
        load.connect(server.mqtt, connects, 100);
        for (device, client) in load.clients().iter_mut().enumerate() {
            client.prepare(&topic(device), &PAYLOAD, QoS::AtLeastOnce);
        }
        let stretch = Stretch::begin(server.process());
        let paced = load.pace(Pacing {
            interval: INTERVAL,
            lasting: Duration::from_secs(seconds),
        });
        let used = stretch.end();
        let millis = |quantile| paced.latency.value_at_quantile(quantile) as f64 / 1000.0;
        println!(
            "{:<14} {:>10.0} {:>11.1} % {:>6} {:>8.2} {:>9.2} {:>9.2} {:>9.2} {:>11.1}",
            kind.name(),
            paced.sent as f64 / paced.took.as_secs_f64(),
            used.share(),
            paced.lost,
            millis(0.5),
            millis(0.99),
            millis(0.999),
            paced.latency.max() as f64 / 1000.0,
            server.process().memory() as f64 / 1024.0 / 1024.0
        );
    }
    println!();
}
