//! `cargo xtask bench console`: what the console takes in, beside a page that only counts.

use crate::browser;
use crate::console::{self, fetch_crates};
use crate::failure::Failure;
use crate::packaged::{self, Packaged};
use crate::places::Places;
use crate::program::{self, Scope};
use crate::steps::Steps;
use crate::tools::{MQTT_JS, Tools};

/// Installs and builds what is needed, and runs the measurement, which prints its table.
pub(super) fn console(places: &Places, profile: bool, steps: &mut Steps) -> Result<(), Failure> {
    let tools = Tools::ready(places, steps)?;
    let driver = browser::driver(steps)?;
    packaged::ready(&Packaged::BROKER, steps)?;
    let mqtt_js = MQTT_JS.ready(places, steps)?;
    fetch_crates(places, steps)?;
    let mut dist = console::build(places, &tools, steps)?;
    // Only a feeder here, and fast enough for that as it is built for tests.
    let program = program::build(places, Scope::Program { release: false }, &dist, steps)?;
    if profile {
        dist = console::build_named(places, &tools, steps)?;
    }
    let mut bench = places.cargo();
    bench
        .args([
            "run",
            "--package",
            "tern-bench-console",
            "--bin",
            "bench-console",
        ])
        .env("TERN_BIN", &program)
        .env("TERN_DIST", &dist)
        .env("CHROMEDRIVER", &driver);
    if let Some(folder) = mqtt_js.as_deref().and_then(std::path::Path::parent) {
        bench.env("TERN_MQTTJS", folder);
    }
    if profile {
        let profiles = places.target.join("bench");
        std::fs::create_dir_all(&profiles).map_err(Failure::file("create", &profiles))?;
        bench.env("TERN_PROFILES", &profiles);
        eprintln!(
            "\nThe profiles go to {}, for the browser's own tools.",
            profiles.display()
        );
    }
    steps.run("measuring", &mut bench)
}
