//! `cargo xtask bench core`: instructions per message.

use crate::failure::Failure;
use crate::packaged::{self, Packaged};
use crate::places::Places;
use crate::steps::{Steps, run};

/// What is done with the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// They are printed, beside those of others.
    Print,
    /// They are compared with those in the tree.
    Check,
    /// They are written into the tree.
    Renew,
}

/// Builds the benchmark and runs it, which prints its table; or compares with what stands in the tree, or writes that anew.
/// A comparison that this machine can't make is skipped.
pub(super) fn core(places: &Places, what: Counts, steps: &mut Steps) -> Result<(), Failure> {
    packaged::try_ready(&Packaged::VALGRIND, steps);
    let mut bench = places.cargo();
    bench.args(["run", "--release", "--package", "tern-bench-core"]);
    bench.args(["--bin", "bench-core", "--"]);
    match what {
        Counts::Print => {}
        Counts::Check => {
            bench.arg("--check");
        }
        Counts::Renew => {
            bench.arg("--renew");
        }
    }
    let skipped = Some(i32::from(tern_skipped::STATUS));
    steps.step("measuring", || match run(&mut bench) {
        Err(Failure::Ended { status, .. }) if status.code() == skipped => {
            Err(Failure::Skipped("the comparison of instructions".into()))
        }
        outcome => outcome,
    })
}
