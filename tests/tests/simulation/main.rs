//! The simulation: what CI runs of it, and that it can be trusted. See `tests/README.md`.

mod broken_devices;
mod determinism;
mod reach;
mod seeds;
