//! `cargo xtask flood`: what ten thousand hostile connections cost the stand-in.

use crate::failure::Failure;
use crate::places::Places;
use crate::steps::Steps;

/// Builds the program as it is given away, and lets the crowds come: mixed, then each kind alone. Fails where one
/// costs more than its bound, or keeps a good client waiting.
pub(crate) fn flood(places: &Places, steps: &mut Steps) -> Result<(), Failure> {
    let mut crowd = places.cargo();
    crowd
        .args(["test", "--release", "--package", "tern-host"])
        .args(["--test", "stand_in", "--", "--ignored", "--nocapture"])
        // One after the other: the machine is theirs alone.
        .args(["--test-threads", "1", "crowd::"]);
    steps.run("ten thousand hostile connections", &mut crowd)
}
