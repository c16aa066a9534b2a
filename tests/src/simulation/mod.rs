//! The device and the stand-in in virtual time, over a network that does everything that networks do, all
//! from one seed.
//!
//! A run has two parts. In the first the application publishes, subscribes, unsubscribes and disconnects,
//! the cloud sends messages, and the network delays, splits at any byte, merges, cuts, stalls half-open,
//! doubles connections and corrupts; hosts hang, processes end and begin again, and a second client with the
//! same triple fights for the connection. In the second the network is healthy, and everything must come to
//! rest. [`Rule`] lists what is checked; `tests/README.md` says what is not modelled.

mod backoff;
mod keeping;
mod ledger;
mod look;
mod plan;
mod rest;
mod rules;
mod session;
mod store;
mod trace;
mod weather;
mod wire;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use core::time::Duration;

use tern_core::time::Instant;

pub use rules::{Broken, Rule};
use trace::Trace;
use world::World;

/// A run in which every rule held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The virtual time that went by.
    pub time: Duration,
    /// Wake-ups of anybody.
    pub events: u64,
}

/// A run and all that happened in it, a line each.
#[derive(Clone, Debug)]
pub struct Replay {
    /// How it ended.
    pub outcome: Result<Passed, Broken>,
    /// What happened.
    pub lines: Vec<String>,
}

/// Runs one seed.
///
/// # Errors
/// The first rule that did not hold.
pub fn run(seed: u64) -> Result<Passed, Broken> {
    simulate(seed, Trace::default()).outcome
}

/// Runs one seed, and keeps a trace of it.
#[must_use]
pub fn replay(seed: u64) -> Replay {
    simulate(seed, Trace::kept())
}

fn simulate(seed: u64, trace: Trace) -> Replay {
    let mut world = World::new(seed, trace);
    let outcome = match catch_unwind(AssertUnwindSafe(|| world.run())) {
        Ok(outcome) => outcome,
        Err(panic) => {
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("a panic without a message");
            Err(Broken::new(Rule::Panic, world.pair.now(), what))
        }
    };
    let passed = Passed {
        time: world.pair.now().since(Instant::default()),
        events: world.events,
    };
    Replay {
        outcome: outcome.map(|()| passed),
        lines: world.trace.into_lines(),
    }
}
