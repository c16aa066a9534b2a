//! A device and the platform's stand-in, in virtual time: what holds only when both sides play together.

mod https_auth;
mod keep_alive;
mod messages;
mod set_up;
mod storms;
mod take_over;
