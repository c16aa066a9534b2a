//! What is checked in every run.

use core::fmt;

use tern_core::time::Instant;

/// A promise of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Each token ends exactly once, with an event that fits what was asked.
    Token,
    /// A QoS 1 publish that is told to be published has reached the platform.
    Reached,
    /// Each QoS 1 message that the platform took for the device is delivered.
    Delivered,
    /// A QoS 0 message is delivered at most once.
    AtMostOnce,
    /// No packet identifier is used twice at a time.
    IdentifierTwice,
    /// No packet identifier stays in use once nothing waits for it.
    IdentifierLeak,
    /// What is sent again goes on a new connection, with its identifier and DUP, in a clean session with
    /// neither; and messages keep their order.
    SentAgain,
    /// Nothing is lost that a process has kept for the next one, and nothing leaves that was to be kept before.
    Kept,
    /// Queues, windows and held bytes stay within their limits.
    Memory,
    /// A healthy network ends in `connected` within the stated backoff.
    Connected,
    /// On a healthy network a connection lasts.
    StaysConnected,
    /// The waits between attempts are those that are stated.
    Backoff,
    /// The time between two packets sent is no longer than the keep alive.
    KeepAlive,
    /// The device stops only where it is told to, or is refused.
    GaveUp,
    /// Subscriptions outlive connections and the platform's sessions.
    Subscribed,
    /// The platform keeps a session, and only that one which is to be kept.
    Session,
    /// On a healthy network what is asked for succeeds, and everything comes to rest.
    Settled,
    /// Work stands in proportion to the time.
    LiveLock,
    /// No input panics.
    Panic,
}

impl Rule {
    /// The rule's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Reached => "reached",
            Self::Delivered => "delivered",
            Self::AtMostOnce => "at-most-once",
            Self::IdentifierTwice => "identifier-twice",
            Self::IdentifierLeak => "identifier-leak",
            Self::SentAgain => "sent-again",
            Self::Kept => "kept",
            Self::Memory => "memory",
            Self::Connected => "connected",
            Self::StaysConnected => "stays-connected",
            Self::Backoff => "backoff",
            Self::KeepAlive => "keep-alive",
            Self::GaveUp => "gave-up",
            Self::Subscribed => "subscribed",
            Self::Session => "session",
            Self::Settled => "settled",
            Self::LiveLock => "live-lock",
            Self::Panic => "panic",
        }
    }
}

/// A rule that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub rule: Rule,
    /// When, in virtual time.
    pub at: Instant,
    /// How.
    pub what: String,
}

impl Broken {
    pub(super) fn new(rule: Rule, at: Instant, what: impl Into<String>) -> Self {
        Self {
            rule,
            at,
            what: what.into(),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rule {} broken at {} ms: {}",
            self.rule.name(),
            self.at.as_millis(),
            self.what
        )
    }
}

/// Fails with a broken rule unless `holds`.
pub(super) fn ensure(
    holds: bool,
    rule: Rule,
    at: Instant,
    what: impl FnOnce() -> String,
) -> Result<(), Broken> {
    if holds {
        Ok(())
    } else {
        Err(Broken::new(rule, at, what()))
    }
}
