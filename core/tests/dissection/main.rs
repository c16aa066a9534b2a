//! Packets of all types taken apart, byte by byte.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod broken_packets;
mod table;
mod whole_packets;
