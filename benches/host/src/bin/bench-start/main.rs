//! From a process's start to its end with one message between them. `cargo xtask bench start` runs it.
#![forbid(unsafe_code)]

fn main() {}
