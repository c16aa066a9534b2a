//! What the page is made of: a folder for each place, and a file for each of its parts, named after what it shows.
//!
//! Most are functions from the state to what is drawn. Only what has a life of its own (a list that knows
//! where it is scrolled to) is a component: each of those costs some 6 KB of wasm.

pub(crate) mod check;
mod choice;
mod clipboard;
pub(crate) mod cloud;
pub(crate) mod connect;
mod field;
pub(crate) mod header;
mod inspector;
pub(crate) mod keys;
mod list;
pub(crate) mod messages;
mod paste;
pub(crate) mod timeline;
pub(crate) mod unloaded;
mod when;
