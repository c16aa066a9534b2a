//! The console: a page for people who debug a device's connection.
//!
//! Two halves of one wasm file. The **page** draws and is asked things; its state is one reducer. The
//! **worker** holds the device, its transport (a WebSocket, or the stand-in inside the page) and
//! everything that went by, so that a hidden tab keeps its keep alive and a busy connection never waits
//! for drawing. What needs no browser (form, state, run loop, log, the stand-in's transport) builds and
//! is tested everywhere; the rest exists for wasm32 only.
#![forbid(unsafe_code)]

pub mod form;
pub mod protocol;
pub mod sample;
pub mod worker;
