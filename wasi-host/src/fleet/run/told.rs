//! What a run tells.

use super::super::series::Sample;
use super::super::statistics::ErrorsByCause;
use super::super::summary::Summary;
use crate::exit::Exit;

/// Something to tell while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Another second has passed.
    Sample(&'a Progress<'a>),
    /// A sandbox has failed, and will be back.
    SandboxLost {
        /// Its number, from 1.
        sandbox: u32,
        /// Devices that were in it.
        devices: u32,
        /// The wait before they are opened again, in ms.
        back_in_ms: u64,
        /// How it failed.
        reason: &'a str,
    },
    /// Nothing more is published: what is under way is waited for, then every device disconnects.
    Stopping {
        /// Why.
        reason: &'a str,
    },
    /// Nobody checks who answers there.
    Unverified {
        /// The place.
        place: &'a str,
    },
}

/// How it stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Since the start, in ms.
    pub elapsed_ms: u64,
    /// The last second.
    pub sample: Sample,
    /// Devices of this process.
    pub devices: u64,
    /// Of those: opened, and not connected.
    pub connecting: u64,
    /// Of those: given up.
    pub given_up: u64,
    /// Messages acknowledged so far.
    pub acknowledged: u64,
    /// Messages accepted so far.
    pub accepted: u64,
    /// Errors so far, by cause.
    pub errors: &'a ErrorsByCause,
}

/// What a run has come to.
#[derive(Debug)]
pub struct Ended {
    /// For files and people.
    pub summary: Summary,
    /// For the system.
    pub exit: Exit,
    /// Why it is not 0; empty where it is.
    pub why: String,
}
