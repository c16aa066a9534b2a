//! Tern's core as a WebAssembly component, `tern:device`: many devices in one instance, one call per
//! wake-up, and **no imports**. Its interface is documented in `wit/device.wit`.
//!
//! [`batch`] is the flat form in which one call carries everything; guest and host share it, so that the
//! layout is written down once in code. [`Sessions`] holds the devices; it runs in the sandbox and, for
//! comparison, natively. What is left for `guest` is to be called.
#![deny(unsafe_code)]

pub mod batch;
#[cfg(target_family = "wasm")]
mod guest;
mod sessions;

pub use sessions::Sessions;
