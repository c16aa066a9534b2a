//! Instructions per message of the core. `cargo xtask bench core` runs it.
#![forbid(unsafe_code)]

fn main() {}
