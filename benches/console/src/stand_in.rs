//! The stand-in as the feeder: it packs many packets into one WebSocket message.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Platform};

use crate::fed::{Console, Fed, Place, longest_task_ms, watch_main_thread};
use crate::feeder::payload;

/// Messages a second.
const RATE: u64 = 50_000;
/// For how long, in s.
const SECONDS: u64 = 30;
/// How long the page may take for what is left when the stand-in has sent its last.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time between two readings.
const POLL: Duration = Duration::from_millis(250);

/// What came of it.
pub(crate) struct Outcome {
    /// Messages that the stand-in sent.
    pub(crate) routed: u64,
    /// Messages that it gave up, since the page read too slowly.
    pub(crate) dropped: u64,
    /// Messages that the page has received.
    pub(crate) received: u64,
    /// Messages a second, over the whole time.
    pub(crate) rate: f64,
    /// The longest time that the main thread was held up, in ms; 0 below 50.
    pub(crate) longest_task_ms: f64,
    /// Packets that the page neither holds nor counts as evicted.
    pub(crate) unaccounted: i64,
}

/// Has a stand-in of its own push to the console that it serves.
pub(crate) fn run(browser: &Browser, built: &Built) -> Outcome {
    let platform = Platform::start(built, "127.0.0.1:0");
    let console = Console {
        url: platform.console(),
        place: Place::Timeline,
    };
    console.open(browser, platform.mqtt);
    watch_main_thread(browser);
    let begun = console.reading(browser);
    let url = format!("{}api/devices/a1aq9sQk2JE/dev1/push", platform.console());
    let pushing = thread::spawn(move || push(&url));
    while !pushing.is_finished() {
        thread::sleep(POLL);
    }
    let told = pushing.join().expect("the stand-in answers");
    let count = |name: &str| told[name].as_u64().unwrap_or_default();
    let since = Instant::now();
    let last = loop {
        let reading = console.reading(browser);
        if reading.received >= count("routed") || since.elapsed() >= PATIENCE {
            break reading;
        }
        thread::sleep(POLL);
    };
    Outcome {
        routed: count("routed"),
        dropped: count("dropped"),
        received: last.received,
        rate: last.received as f64 / (last.at_ms - begun.at_ms) * 1000.0,
        longest_task_ms: longest_task_ms(browser, begun.at_ms..last.at_ms),
        unaccounted: last.log.map_or(0, |log| log.unaccounted()),
    }
}

fn push(url: &str) -> Value {
    let payload = String::from_utf8(payload(1)).expect("it is JSON");
    let order = json!({
        "topic": "/a1aq9sQk2JE/dev1/bench/sensor00",
        "payload": payload,
        "count": RATE * SECONDS,
        "per_second": RATE,
    });
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(SECONDS * 4)))
        .build()
        .into();
    let answer = agent.post(url).send_json(&order);
    answer
        .expect("the stand-in takes the order")
        .body_mut()
        .read_json()
        .expect("it counts what became of the messages")
}
