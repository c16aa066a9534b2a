//! The host around Tern's core: sockets, TLS, WebSocket, HTTPS, and the `tern` program on top of them.
#![deny(unsafe_code)]

pub mod cli;
pub mod client;
pub mod console;
pub mod engine;
pub mod events;
pub mod exit;
pub mod fleet;
pub mod https;
pub mod recording;
pub mod roots;
pub mod run_loop;
pub mod stand_in;
pub mod store;
mod text_line;
pub mod transport;
