//! The waits between attempts, as they are stated: after `first`, doubled up to `cap`, a random half taken
//! off; a connection of 30 s begins anew; a fight over one triple waits up to a minute.

use core::time::Duration;

use tern_core::device::Reconnect;
use tern_core::time::Instant;

use super::rules::{Broken, Rule, ensure};

const STABLE: Duration = Duration::from_secs(30);
const FIGHT: Duration = Duration::from_secs(60);

/// The watcher of one device's attempts.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    cap: Duration,
    attempts: u32,
    at_once: u32,
    connected_at: Option<Instant>,
    earliest: Instant,
}

impl Backoff {
    pub(super) fn new(policy: Reconnect) -> Self {
        let (first, cap) = match policy {
            Reconnect::Backoff { first, cap } => (first, cap),
            Reconnect::Never => (Duration::MAX, Duration::MAX),
        };
        Self {
            first,
            cap,
            attempts: 0,
            at_once: 0,
            connected_at: None,
            earliest: Instant::default(),
        }
    }

    /// The longest wait.
    pub(super) fn cap(&self) -> Duration {
        self.cap
    }

    pub(super) fn connected(&mut self, now: Instant) {
        self.connected_at = Some(now);
        self.at_once = 0;
    }

    /// A connection or an attempt has ended.
    pub(super) fn ended(&mut self, now: Instant) {
        if let Some(at) = self.connected_at.take()
            && now.since(at) >= STABLE
        {
            self.attempts = 0;
        }
    }

    /// The device has stopped, or another process begins.
    pub(super) fn stopped(&mut self) {
        self.attempts = 0;
        self.at_once = 0;
        self.connected_at = None;
        self.earliest = Instant::default();
    }

    /// The device says when it tries again.
    pub(super) fn reconnecting(&mut self, now: Instant, in_ms: u64) -> Result<(), Broken> {
        if in_ms == 0 {
            // A token that was refused is replaced at once: one time, until a login is accepted.
            self.at_once += 1;
            return ensure(self.at_once == 1, Rule::Backoff, now, || {
                "a second attempt without a wait".to_owned()
            });
        }
        self.attempts += 1;
        let doubled = self.first.saturating_mul(1 << (self.attempts - 1).min(20));
        let longest = doubled.min(self.cap);
        let wait = Duration::from_millis(in_ms);
        let most = longest.max(FIGHT.min(self.cap)).max(self.first);
        self.earliest = now + wait;
        ensure(
            wait + Duration::from_millis(1) >= longest / 2 && wait <= most,
            Rule::Backoff,
            now,
            || {
                let attempt = self.attempts;
                format!(
                    "it waits {wait:?} before attempt {attempt}: stated are {:?} to {most:?}",
                    longest / 2
                )
            },
        )
    }

    /// An attempt begins.
    pub(super) fn connecting(&self, now: Instant) -> Result<(), Broken> {
        ensure(now >= self.earliest, Rule::Backoff, now, || {
            format!(
                "an attempt begins before {} ms, which was told",
                self.earliest.as_millis()
            )
        })
    }
}
