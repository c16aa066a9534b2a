//! The real `tern` with brokers and clients of other people, over real sockets.
//!
//! A test whose peer is not here says so and is skipped; `cargo xtask test` brings all of them, and names those that
//! it can't.

mod aedes;
mod libraries;
mod mosquitto;
mod mosquitto_clients;
mod restarts;
mod scenarios;
mod small_writes;
