//! The `tern` program as scripts and people use it: options, events, exit status. The other side is the
//! stand-in, on real sockets.

#![allow(clippy::unwrap_used)] // a failing step fails the test, and says where

mod broker;
mod cloud;
mod program;

mod auth;
mod check;
mod crashes;
mod delivery;
mod insecure;
mod publish;
mod record;
mod run;
mod sample;
mod secrets;
mod sign;
mod store;
mod subscribe;
mod usage;
