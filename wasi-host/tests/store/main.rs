//! The store: what is committed outlives the program, and what is wrong with it is an error that says what to do.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod damage;
mod folder;
mod keeps;
mod kills;
