//! What crosses crates: here the tools for it, in `tests/` the tests.
#![forbid(unsafe_code)]

pub mod axe;
pub mod browser;
pub mod pair;
pub mod peers;
pub mod served;
pub mod simulation;
