//! `cargo xtask bench …` of what `benches/host` has programs for: the program as it is released, beside its peers.

use crate::failure::Failure;
use crate::packaged::{self, Packaged};
use crate::places::Places;
use crate::program::{self, CONSOLE, Scope};
use crate::steps::Steps;
use crate::tools::MQTT_JS;

/// Builds the program and what measures it, and runs that: it prints its table.
pub(super) fn host(
    places: &Places,
    name: &str,
    options: &[String],
    steps: &mut Steps,
) -> Result<(), Failure> {
    packaged::ready(&Packaged::BROKER_WITH_CLIENTS, steps)?;
    let scope = Scope::Program { release: true };
    let program = program::build(places, scope, &places.dist(), steps)?;
    let mut bench = places.cargo();
    if name == "bench-start" && MQTT_JS.ready(places, steps)?.is_some() {
        bench.env("TERN_NODE_MODULES", places.npm().join("node_modules"));
    }
    // In a target folder of their own: with their choice of features the component is another one, and in one folder
    // they and the program would be compiled in turn at every run.
    let target = places.target.join("benches");
    let mut peers = places.cargo();
    peers.args(["build", "--release", "--package", "tern-bench-host"]);
    for command in [&mut peers, &mut bench] {
        command.env(CONSOLE, places.dist());
        command.env("CARGO_TARGET_DIR", &target);
    }
    steps.run("building the benchmarks and the peers", &mut peers)?;
    bench
        .args(["run", "--release", "--package", "tern-bench-host"])
        .args(["--bin", name, "--"])
        .args(options)
        .env("TERN_BIN", &program);
    steps.run("measuring", &mut bench)
}
