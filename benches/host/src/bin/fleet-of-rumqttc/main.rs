//! What one would write with rumqttc to simulate a fleet: a client for each device, all in one tokio runtime, each with
//! a message of QoS 1 every so often. A peer of `tern fleet`; `bench-fleet` starts it and reads its last line.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use hdrhistogram::Histogram;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tern_bench_host::server::{topic, triple};
use tern_core::identity::ClientId;
use tern_core::sign::{SignMethod, direct};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout_at};

/// How long the last acknowledgements may take.
const LAST: Duration = Duration::from_secs(10);

#[derive(Debug, Parser)]
struct Options {
    /// Where the devices connect to.
    #[arg(long)]
    server: SocketAddr,
    /// How many there are.
    #[arg(long)]
    devices: usize,
    /// For how long they publish, once all are to be there.
    #[arg(long)]
    seconds: u64,
    /// Seconds from one message of a device to its next.
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// Connects per second.
    #[arg(long, default_value_t = 1000)]
    connect_rate: u32,
}

#[derive(Debug)]
struct Totals {
    sent: u64,
    acknowledged: u64,
    /// In microseconds.
    latency: Histogram<u64>,
}

fn main() {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let totals = Rc::new(RefCell::new(Totals {
        sent: 0,
        acknowledged: 0,
        latency: Histogram::new(3).expect("three digits are possible"),
    }));
    let devices = tokio::task::LocalSet::new();
    let begun = std::time::Instant::now();
    let start = begun + Duration::from_secs(options.devices as u64) / options.connect_rate;
    let every = Duration::from_secs(options.every);
    for number in 0..options.devices {
        let part = |of: Duration| of.mul_f64(number as f64 / options.devices as f64);
        let plan = Plan {
            server: options.server,
            number,
            connect: (begun + part(start - begun)).into(),
            first: (start + part(every)).into(),
            every,
            end: (start + Duration::from_secs(options.seconds)).into(),
        };
        devices.spawn_local(device(plan, Rc::clone(&totals)));
    }
    runtime.block_on(devices);
    let totals = totals.borrow();
    let millis = |quantile| totals.latency.value_at_quantile(quantile) as f64 / 1000.0;
    println!(
        "{} {} {} {} {}",
        totals.sent,
        totals.acknowledged,
        millis(0.5),
        millis(0.99),
        millis(0.999)
    );
}

#[derive(Clone, Copy)]
struct Plan {
    server: SocketAddr,
    number: usize,
    connect: Instant,
    first: Instant,
    every: Duration,
    end: Instant,
}

async fn device(plan: Plan, totals: Rc<RefCell<Totals>>) {
    sleep_until(plan.connect).await;
    let (client, mut events) = AsyncClient::new(login(&plan), 10);
    let topic = topic(plan.number);
    let mut open = VecDeque::new();
    let mut ticks = interval_at(plan.first, plan.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let deadline = plan.end + LAST;
    loop {
        let now = Instant::now();
        if now >= plan.end && (open.is_empty() || now >= deadline) {
            return;
        }
        let until = if now < plan.end { plan.end } else { deadline };
        tokio::select! {
            _ = ticks.tick(), if now < plan.end => {
                if client.try_publish(&topic, QoS::AtLeastOnce, false, [b'x'; 64]).is_ok() {
                    open.push_back(Instant::now());
                    totals.borrow_mut().sent += 1;
                }
            }
            polled = timeout_at(until, events.poll()) => match polled {
                Ok(Ok(Event::Incoming(Packet::PubAck(_)))) => {
                    if let Some(since) = open.pop_front() {
                        let mut totals = totals.borrow_mut();
                        totals.acknowledged += 1;
                        let micros = since.elapsed().as_micros();
                        totals.latency.saturating_record(u64::try_from(micros).unwrap_or(u64::MAX));
                    }
                }
                Ok(Ok(_)) | Err(_) => {}
                Ok(Err(error)) => {
                    eprintln!("device {}: {error}", plan.number);
                    sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
}

/// Signed, as the platform wants it; mosquitto lets anybody in.
fn login(plan: &Plan) -> MqttOptions {
    let triple = triple(plan.number);
    let client_id = ClientId::new(triple.device_name.as_str()).expect("a legal name");
    let login = direct(&triple, &client_id, SignMethod::HmacSha1, 3, None);
    let mut options = MqttOptions::new(
        login.client_id,
        plan.server.ip().to_string(),
        plan.server.port(),
    );
    options.set_credentials(login.username, login.password.expose());
    options.set_keep_alive(Duration::from_secs(300));
    options
}
