//! The worker's side: the device, what carries its bytes, and everything that went by.
//!
//! All of it but the WebSocket and the start is plain code that knows no browser.

pub mod awaited;
#[cfg(target_arch = "wasm32")]
mod fetch;
mod filter;
pub mod frames;
mod history;
pub mod http;
pub mod in_page;
mod inbox;
mod listing;
pub mod log;
mod needle;
mod peek;
pub mod repeat;
pub mod round_trips;
mod rows;
mod series;
pub mod session;
#[cfg(target_arch = "wasm32")]
mod start;
pub mod topics;
pub mod transport;
#[cfg(target_arch = "wasm32")]
mod websocket;

#[cfg(target_arch = "wasm32")]
pub use start::start;
