//! What one call carries: rows of words, and the bytes that they point into.
//!
//! `wit/device.wit` documents the layout for everybody; here it stands in code, for both sides of a call.
//! The host writes an [`InputBatch`], the guest reads it by [`commands`]; the guest fills an [`Outcome`],
//! the host reads it by [`reports`]. Neither side trusts the other: every offset is checked.

mod command;
mod outcome;
mod report;
#[cfg(test)]
mod round_trips;
mod row;

pub use command::{Command, InputBatch, commands};
pub use outcome::Outcome;
pub use report::{Report, ReportEvent, reports};
pub use row::BadRow;

/// Kinds of records that go in.
mod kind_in {
    pub(super) const CONNECT: u32 = 1;
    pub(super) const DISCONNECT: u32 = 2;
    pub(super) const PUBLISH: u32 = 3;
    pub(super) const SUBSCRIBE: u32 = 4;
    pub(super) const UNSUBSCRIBE: u32 = 5;
    pub(super) const TRANSPORT_OPENED: u32 = 6;
    pub(super) const RECEIVED: u32 = 7;
    pub(super) const TRANSPORT_CLOSED: u32 = 8;
    pub(super) const HTTP_ANSWERED: u32 = 9;
    pub(super) const HTTP_FAILED: u32 = 10;
    pub(super) const TIMEOUT: u32 = 11;
    pub(super) const RESTORE_MESSAGE: u32 = 12;
    pub(super) const RESTORE_SUBSCRIPTION: u32 = 13;
    pub(super) const RESTORE_TOKENS: u32 = 14;
    pub(super) const HOLD_UNTIL_KEPT: u32 = 15;
    pub(super) const KEPT: u32 = 16;
    pub(super) const WITHDRAW: u32 = 17;
    pub(super) const TELL_SESSION: u32 = 18;
}

/// Kinds of records that come out.
mod kind_out {
    pub(super) const OPEN_TRANSPORT: u32 = 1;
    pub(super) const SEND_HTTP: u32 = 2;
    pub(super) const TRANSMIT: u32 = 3;
    pub(super) const CLOSE_TRANSPORT: u32 = 4;
    pub(super) const DEADLINE: u32 = 5;
    pub(super) const CONSUMED: u32 = 6;
    pub(super) const ACCEPTED: u32 = 7;
    pub(super) const NOT_ACCEPTED: u32 = 8;
    pub(super) const TO_BE_KEPT: u32 = 9;
    pub(super) const SESSION_MESSAGE: u32 = 10;
    pub(super) const SESSION_SUBSCRIPTION: u32 = 11;
    pub(super) const SESSION_TOLD: u32 = 12;
    pub(super) const NOT_RESTORED: u32 = 13;
    pub(super) const MESSAGE: u32 = 20;
    pub(super) const PUBLISHED: u32 = 21;
    pub(super) const FAILED: u32 = 22;
    pub(super) const SUBSCRIBED: u32 = 23;
    pub(super) const SUBSCRIBE_REFUSED: u32 = 24;
    pub(super) const UNSUBSCRIBED: u32 = 25;
    pub(super) const CONNECTING: u32 = 26;
    pub(super) const AUTHENTICATED: u32 = 27;
    pub(super) const CONNECTED: u32 = 28;
    pub(super) const REFUSED: u32 = 29;
    pub(super) const DISCONNECTED: u32 = 30;
    pub(super) const RECONNECTING: u32 = 31;
    pub(super) const ENDED_REQUESTED: u32 = 32;
    pub(super) const ENDED_REFUSED: u32 = 33;
    pub(super) const ENDED_DISCONNECTED: u32 = 34;
}
