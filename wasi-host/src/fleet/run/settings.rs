//! What a run is told.

use std::time::Duration;

use super::super::shard::Shard;

/// How a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The part of the devices that this process has.
    pub shard: Shard,
    /// Devices in a sandbox, at least 1.
    pub per_sandbox: u32,
    /// Without a sandbox.
    pub native: bool,
    /// Devices that are opened in a second, at most.
    pub connect_rate: f64,
    /// How long to go on once all devices have been opened; `None` for no end.
    pub duration: Option<Duration>,
    /// After so long, a device that has never been connected is given up.
    pub give_up: Duration,
    /// A drill: after so long, a sandbox traps.
    pub drill_trap: Option<Duration>,
}
