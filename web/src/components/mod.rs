//! What the page is made of: one component a file, named after what it shows.

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
