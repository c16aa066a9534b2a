//! How long to wait before the next attempt, and when two clients fight over one triple.

use core::time::Duration;

use super::Reconnect;
use crate::time::Instant;

/// A connection that lasted this long clears the count of attempts.
const STABLE: Duration = Duration::from_secs(30);

/// A connection accepted and closed by the platform within this time looks like a take-over.
const SHORT_LIFE: Duration = Duration::from_secs(30);

/// So many short lives in a row are called a fight.
const FIGHT: u32 = 3;

/// The shortest wait while a fight goes on: longer than a short life, so that the other client's
/// connection counts as stable and the circle ends.
const FIGHT_WAIT: Duration = Duration::from_secs(60);

/// The wait before the next attempt, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) wait: Duration,
    pub(super) attempt: u32,
}

/// Counts attempts and short lives.
#[derive(Clone, Debug, Default)]
pub(super) struct Backoff {
    attempt: u32,
    connected_at: Option<Instant>,
    short_lives: u32,
}

impl Backoff {
    /// The platform accepted a CONNECT.
    pub(super) fn connected(&mut self, now: Instant) {
        self.connected_at = Some(now);
    }

    /// A connection ended. Returns how many in a row were short and closed by the platform, where they
    /// make a fight.
    pub(super) fn ended(&mut self, now: Instant, closed_by_peer: bool) -> Option<u32> {
        let connected_at = self.connected_at.take()?;
        let life = now.since(connected_at);
        if life >= STABLE {
            self.attempt = 0;
        }
        if closed_by_peer && life < SHORT_LIFE {
            self.short_lives += 1;
        } else {
            self.short_lives = 0;
        }
        (self.short_lives >= FIGHT).then_some(self.short_lives)
    }

    /// The wait before the next attempt: doubled each time, a random half taken off.
    pub(super) fn next(&mut self, policy: Reconnect, rng: &mut fastrand::Rng) -> Option<Wait> {
        let Reconnect::Backoff { first, cap } = policy else {
            return None;
        };
        self.attempt = self.attempt.saturating_add(1);
        let doubled = first.saturating_mul(1 << (self.attempt - 1).min(20));
        let mut longest = doubled.min(cap);
        if self.short_lives >= FIGHT {
            longest = longest.max(FIGHT_WAIT.min(cap).max(first));
        }
        let millis = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        let wait = Duration::from_millis(millis - rng.u64(0..=millis / 2));
        Some(Wait {
            wait,
            attempt: self.attempt,
        })
    }
}
