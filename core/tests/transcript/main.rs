//! Recordings: what is written, what is read, what is played.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod lives;
mod playing;
mod reading;
mod secrets;
