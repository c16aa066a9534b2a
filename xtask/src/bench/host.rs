//! `cargo xtask bench sandbox|runner|start|fleet|stand-in`: the program as it is released, beside its peers.

use crate::failure::Failure;
use crate::mosquitto::{self, Mosquitto};
use crate::places::Places;
use crate::program::{self, Scope};
use crate::steps::Steps;

/// Builds the program and what measures it, and runs that: it prints its table.
pub(super) fn host(
    places: &Places,
    name: &str,
    options: &[String],
    steps: &mut Steps,
) -> Result<(), Failure> {
    mosquitto::ready(&Mosquitto::WITH_CLIENTS, steps)?;
    let scope = Scope::Program { release: true };
    let program = program::build(places, scope, &places.dist(), steps)?;
    let mut bench = places.cargo();
    bench
        .args(["run", "--release", "--package", "tern-bench-host"])
        .args(["--bin", name, "--"])
        .args(options)
        .env("TERN_BIN", &program);
    steps.run("measuring", &mut bench)
}
