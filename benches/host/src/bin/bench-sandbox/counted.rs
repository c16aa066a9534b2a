//! Instructions, by callgrind: the difference of two runs of this program, so that its start does not count.

use std::process::{Command, Stdio};

use crate::Place;
use crate::shape::Shape;

/// Messages of the shorter run, at least.
const FEW: usize = 200;
/// Messages that the longer run has more, at least.
const MORE: usize = 2000;

/// Instructions per message, by [`Place::ALL`]; nothing where valgrind is not installed or could not run it.
pub(crate) fn instructions(shape: &Shape) -> [Option<f64>; 3] {
    Place::ALL.map(|place| {
        let few = FEW.div_ceil(shape.messages());
        let more = MORE.div_ceil(shape.messages());
        let (short, long) = (count(shape, place, few)?, count(shape, place, few + more)?);
        Some((long - short) / (more * shape.messages()) as f64)
    })
}

fn count(shape: &Shape, place: Place, rounds: usize) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["--once", shape.name, place.name()])
        .arg(rounds.to_string())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let words = String::from_utf8_lossy(&output.stderr);
    let collected = words
        .lines()
        .find_map(|line| line.split("Collected :").nth(1));
    collected
        .filter(|_| output.status.success())
        .and_then(|count| count.trim().parse().ok())
}
