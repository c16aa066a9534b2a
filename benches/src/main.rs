//! How much the console takes in, beside a page that only counts. `cargo xtask bench console` runs it.
//!
//! Nothing here passes or fails: it prints what it has measured. The browser, the brokers and the servers are on
//! loopback, and end with it.
#![forbid(unsafe_code)]

mod answers;
mod broker;
mod devtools;
mod fed;
mod feeder;
mod held;
mod ingest;
mod stand_in;
mod table;

use std::path::PathBuf;

use broker::Mosquitto;
use fed::{Console, Counting, Fed};
use tern_tests::browser::Browser;
use tern_tests::served::{Built, SUB_PATH, files};

/// How often the console is measured; the raw page once more, so that each console stands between two of them.
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
    let console = Console {
        url: format!("http://{}{SUB_PATH}", files(&built.dist)),
    };
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
        turns.extend([&console as &dyn Fed, &raw]);
    }
    turns.extend(mqttjs.iter().map(|page| page as &dyn Fed));
    let profiles = std::env::var_os(PROFILES).map(PathBuf::from);
    let mut runs = Vec::new();
    for page in turns {
        eprintln!("feeding: {}", page.name());
        let of_this = profiles
            .as_deref()
            .filter(|_| page.name() == console.name());
        let figures = ingest::run(&browser, page, &broker, of_this);
        table::note(&figures);
        runs.push((page.name(), figures));
    }
    eprintln!("holding: console");
    let switches = held::run(&browser, &console, &broker);
    drop(broker);
    eprintln!("pushing: tern platform");
    let pushed = stand_in::run(&browser, &built);
    table::print(&runs);
    table::print_held(&switches);
    table::print_pushed(&pushed);
}
