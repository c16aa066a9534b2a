//! What the core explains: what will be refused, which mistake makes a password, why a connection ended.

#![allow(clippy::unwrap_used)] // a failing step fails the test, and says where

mod causes;
mod hostile_text;
mod languages;
mod mistakes;
mod notes;
mod preflight;
mod signing;
mod vectors;
