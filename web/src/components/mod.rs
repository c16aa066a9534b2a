//! What the page is made of: one part a file, named after what it shows.
//!
//! Most are functions from the state to what is drawn. Only what has a life of its own (a list that knows
//! where it is scrolled to) is a component: each of those costs some 6 KB of wasm.

pub(crate) mod connect;
mod field;
pub(crate) mod header;
mod list;
mod message;
mod message_list;
pub(crate) mod messages;
mod packet;
pub(crate) mod packets;
mod payload;
mod publish;
mod signing;
mod status;
mod subscribe;
mod when;
