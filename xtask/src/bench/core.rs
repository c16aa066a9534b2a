//! `cargo xtask bench core`: instructions per message.

use crate::failure::Failure;
use crate::places::Places;
use crate::steps::Steps;

/// Builds the benchmark and runs it, which prints its table; with `check` it compares with what stands in the tree.
pub(super) fn core(places: &Places, check: bool, steps: &mut Steps) -> Result<(), Failure> {
    let mut bench = places.cargo();
    bench.args(["run", "--release", "--package", "tern-bench-core"]);
    bench.args(["--bin", "bench-core", "--"]);
    if check {
        bench.arg("--check");
    }
    steps.run("measuring", &mut bench)
}
