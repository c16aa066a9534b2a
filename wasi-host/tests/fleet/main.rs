//! `tern fleet` as a process, against the real stand-in.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod program;
mod refusals;
mod shards;
mod traffic;
mod traps;
