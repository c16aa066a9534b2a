//! How much the console takes in, beside a page that only counts. `cargo xtask bench console` runs it.
//!
//! Nothing here passes or fails: it prints what it has measured. The browser, the brokers and the servers are on
//! loopback, and end with it.
#![forbid(unsafe_code)]

mod answers;
mod devtools;
mod fed;
mod feeder;
mod held;
mod ingest;
mod stand_in;
mod table;

use std::path::PathBuf;

use fed::{Console, Counting, Fed, Place};
use tern_measure::Mosquitto;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, SUB_PATH, files};

/// How often each place of the console is measured; each stands between two of the raw page.
const TURNS: usize = 2;
/// Names the folder of MQTT.js, where it could be had.
const MQTTJS: &str = "TERN_MQTTJS";
/// Names the folder that profiles of the console's page and worker go to, where they are wanted.
const PROFILES: &str = "TERN_PROFILES";

fn main() {
    let Some(built) = Built::find() else {
        return;
    };
    let pages = files(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pages"));
    let url = format!("http://{}{SUB_PATH}", files(&built.dist));
    let [timeline, messages] = [Place::Timeline, Place::Messages].map(|place| {
        let url = url.clone();
        Console { url, place }
    });
    let raw = Counting {
        name: "raw count",
        file: "raw.html",
        pages,
        library: None,
    };
    let mqttjs = std::env::var_os(MQTTJS).map(|folder| Counting {
        name: "MQTT.js, no UI",
        file: "mqttjs.html",
        pages,
        library: Some(files(&PathBuf::from(folder))),
    });

    let broker = Mosquitto::start();
    let browser = Browser::start();
    let mut turns: Vec<&dyn Fed> = vec![&raw];
    for _ in 0..TURNS {
        turns.extend([&timeline as &dyn Fed, &raw, &messages, &raw]);
    }
    turns.extend(mqttjs.iter().map(|page| page as &dyn Fed));
    let profiles = std::env::var_os(PROFILES).map(PathBuf::from);
    let mut runs = Vec::new();
    for page in turns {
        eprintln!("feeding: {}", page.name());
        let of_this = profiles.as_deref().filter(|_| page.list().is_some());
        let figures = ingest::run(&browser, page, &broker, of_this);
        table::note(&figures);
        runs.push((page.name(), figures));
    }
    let mut held = Vec::new();
    for page in [&timeline, &messages] {
        eprintln!("holding: {}", page.name());
        held.push((page.name(), held::run(&browser, page, &broker)));
    }
    drop(broker);
    eprintln!("pushing: tern platform");
    let pushed = stand_in::run(&browser, &built);
    table::print(&runs);
    table::print_answers(&runs, &held);
    table::print_pushed(&pushed);
}
