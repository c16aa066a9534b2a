//! The transports and the HTTPS exchange against real sockets on this machine: peers that behave, and peers that do not.

#![allow(clippy::unwrap_used)] // a failing step fails the test, and says where

mod drive;
mod peer;

mod https;
mod tcp;
mod tls;
mod websocket;
