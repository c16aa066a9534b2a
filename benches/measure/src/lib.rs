//! What the benchmarks share. Nothing of it passes or fails: where something that they need is missing, they end and
//! say so.
#![forbid(unsafe_code)]

mod median;
mod mosquitto;

pub use median::median;
pub use mosquitto::Mosquitto;
