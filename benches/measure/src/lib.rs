//! What the benchmarks share. Nothing of it passes or fails: where something that they need is missing, they end and
//! say so.
#![forbid(unsafe_code)]

#[cfg(unix)]
mod children;
mod median;
mod mosquitto;

#[cfg(unix)]
pub use children::wait_with_cpu;
pub use median::median;
pub use mosquitto::Mosquitto;
