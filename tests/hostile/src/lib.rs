//! What holds for any bytes whatever: one check for each reader of what comes from outside.
//!
//! A check takes bytes and panics where something does not hold. The fuzzer calls it with bytes of its own making
//! (`fuzz/`); an ordinary test calls it with all that the fuzzer has found worth keeping (`fuzz/corpus/`), so whatever
//! was found once stays found, on a stable compiler and without a fuzzer.
#![forbid(unsafe_code)]

mod answers;
mod client_ids;
mod device;
mod dissector;
mod frame;
mod logins;
mod script;
mod seeds;
mod stand_in;
mod transcripts;

pub use seeds::seeds;

/// A check: panics where something does not hold for these bytes.
pub type Check = fn(&[u8]);

/// The checks by the names of their fuzz targets.
pub const CHECKS: [(&str, Check); 8] = [
    ("frame", frame::check),
    ("dissector", dissector::check),
    ("answers", answers::check),
    ("client_ids", client_ids::check),
    ("logins", logins::check),
    ("device", device::check),
    ("stand_in", stand_in::check),
    ("transcripts", transcripts::check),
];

/// Runs the check of that name.
///
/// # Panics
/// Where something does not hold, and where there is no such check.
pub fn check(name: &str, bytes: &[u8]) {
    let check = CHECKS.iter().find(|(known, _)| *known == name);
    check
        .unwrap_or_else(|| panic!("no check is called {name}"))
        .1(bytes);
}
