//! The device against a scripted peer, in virtual time: one file for each behaviour.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod config_errors;
mod connect_timeouts;
mod crashes;
mod disconnecting;
mod harmless_calls;
mod hostile_bytes;
mod https_auth;
mod keep_alive;
mod messages;
mod packet_forms;
mod packet_identifiers;
mod publishing;
mod queue_limits;
mod reconnecting;
mod refusals;
mod scripted;
mod secrets;
mod sessions;
mod signing_in;
mod subscriptions;
mod wrong_bytes;
mod wrong_times;
