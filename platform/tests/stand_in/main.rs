//! The stand-in as a device sees it, all in virtual time. One file a behaviour.

mod characters;
mod cloud;
mod delivery;
mod direct_login;
mod fault_switches;
mod first_packets;
mod https_auth;
mod keep_alive;
mod malformed_packets;
mod own_topics;
mod removed_devices;
mod sessions;
mod slow_readers;
mod take_over;
mod token_login;
mod unsubscribing;
