//! Messages that the control sends to a device. mosquitto has no such thing: beside it stands what
//! [messages](crate::messages) says of it.

use std::thread;

use tern_bench_host::load::Load;
use tern_bench_host::server::{Kind, Server, topic};
use tern_measure::median;

use crate::messages::PAYLOAD;
use crate::used::{Stretch, Used};

pub(crate) fn measure(messages: u64, rounds: usize) {
    println!(
        "{messages} messages of {} bytes pushed to a device by the control (medians of {rounds} runs)",
        PAYLOAD.len()
    );
    println!(
        "{:<14} {:>11} {:>17}",
        "tern platform", "messages/s", "CPU ms per 1,000"
    );
    // QoS 0 is not measured: whoever pushes faster than the device reads loses those.
    let results: Vec<Used> = (0..rounds).map(|_| run(messages)).collect();
    let of = |value: fn(Used, u64) -> f64| {
        median(results.iter().map(|run| value(*run, messages)).collect())
    };
    println!(
        "{:<14} {:>11.0} {:>17.2}\n",
        "QoS 1",
        of(Used::per_second),
        of(Used::cpu_ms_per_thousand)
    );
}

fn run(messages: u64) -> Used {
    let server = Server::start(Kind::StandIn, 1);
    let mut control = server.control().expect("a stand-in has a control");
    let mut load = Load::new();
    load.connect(server.mqtt, [server.connect(0)], 1);
    load.subscribe(topic);
    let stretch = Stretch::begin(server.process());
    let asking = thread::spawn(move || {
        let payload = String::from_utf8_lossy(&PAYLOAD);
        control.push(0, &topic(0), &payload, messages);
    });
    load.receive(messages);
    let used = stretch.end();
    asking.join().expect("the control answers");
    used
}
