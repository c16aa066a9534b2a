//! The one clock type. Nothing in the core reads a clock: whoever calls it hands in the time.

use core::ops::Add;
use core::time::Duration;

/// A point in time, in milliseconds from a start that the caller chooses.
///
/// It never decreases from one call to the next; apart from that the core asks nothing of it. Only the
/// caller can make one, so the same inputs always give the same outputs (tests in virtual time, replay).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

impl Instant {
    /// The point `millis` milliseconds after the caller's start.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the caller's start.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time that passed since `earlier`; zero where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Adds a duration, rounded down to whole milliseconds; stops at the last representable instant.
    fn add(self, rhs: Duration) -> Self {
        let millis = u64::try_from(rhs.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}
