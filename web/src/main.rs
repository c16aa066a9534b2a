//! The console's program.
#![forbid(unsafe_code)]

fn main() {}
