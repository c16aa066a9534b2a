//! The transports against real sockets on this machine: peers that behave, and peers that do not.

mod drive;
#![allow(clippy::unwrap_used)] // a test that fails here says so

mod peer;

mod tcp;
mod tls;
mod websocket;
