//! The cloud's side where a `tern platform` serves the page: its control address, asked over HTTP and
//! listened to, in the same words as the stand-in inside the page.

#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod remote;
pub mod requests;

#[cfg(target_arch = "wasm32")]
pub(crate) use remote::Remote;
