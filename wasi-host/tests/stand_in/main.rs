//! The stand-in on real sockets.
//!
//! Every wait is for bytes or for an event, and has a deadline; nothing sleeps.

mod authentication;
mod certificates;
mod control;
#[cfg(target_os = "linux")]
mod crowd;
mod device;
mod devices;
mod first_byte;
mod http;
mod listening;
mod mqtt;
mod program;
mod push;
mod server_sent_events;
mod setup;
mod websocket;
