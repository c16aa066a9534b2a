//! What the benchmarks of the program share. Each of them is a program of its own in `src/bin`.
#![forbid(unsafe_code)]

pub mod control;
pub mod load;
pub mod process;
pub mod server;
