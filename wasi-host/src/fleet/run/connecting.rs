//! Whose turn it is to be opened, and when.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How far behind its times it catches up; later turns are put off instead of following each other at once.
const CATCH_UP: Duration = Duration::from_millis(100);

/// The devices that wait to be opened, one after another at a steady rate.
pub(super) struct Connecting {
    /// Those that have not been opened yet begin here.
    fresh: u32,
    count: u32,
    /// Those whose sandbox has failed: before the fresh ones.
    again: VecDeque<u32>,
    gap: Duration,
    next: Option<Instant>,
}

impl Connecting {
    pub(super) fn new(count: u32, per_second: f64) -> Self {
        Self {
            fresh: 0,
            count,
            again: VecDeque::new(),
            gap: Duration::from_secs_f64(1.0 / per_second),
            next: None,
        }
    }

    /// A device is to be opened again.
    pub(super) fn again(&mut self, member: u32) {
        self.again.push_back(member);
    }

    /// The next device, if its turn has come.
    pub(super) fn next(&mut self, now: Instant) -> Option<u32> {
        if self.again.is_empty() && self.has_opened_all() {
            return None;
        }
        let turn = self
            .next
            .unwrap_or(now)
            .max(now.checked_sub(CATCH_UP).unwrap_or(now));
        if turn > now {
            return None;
        }
        self.next = Some(turn + self.gap);
        if let Some(member) = self.again.pop_front() {
            return Some(member);
        }
        let member = self.fresh;
        self.fresh += 1;
        Some(member)
    }

    /// When the next turn comes, if somebody waits for it.
    pub(super) fn next_turn(&self) -> Option<Instant> {
        let waits = !self.again.is_empty() || !self.has_opened_all();
        self.next.filter(|_| waits)
    }

    /// Whether every device had its first turn.
    pub(super) fn has_opened_all(&self) -> bool {
        self.fresh >= self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_opened_at_a_steady_rate_and_those_that_come_again_go_first() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut connecting = Connecting::new(3, 100.0);
        assert_eq!(connecting.next(at(0)), Some(0));
        assert_eq!(connecting.next(at(0)), None);
        assert_eq!(connecting.next_turn(), Some(at(10)));
        connecting.again(0);
        assert_eq!(connecting.next(at(10)), Some(0));
        assert_eq!(connecting.next(at(20)), Some(1));
        assert!(!connecting.has_opened_all());
        assert_eq!(connecting.next(at(30)), Some(2));
        assert!(connecting.has_opened_all());
        assert_eq!(
            (connecting.next(at(40)), connecting.next_turn()),
            (None, None)
        );
    }

    #[test]
    fn a_long_pause_is_no_burst() {
        let start = Instant::now();
        let mut connecting = Connecting::new(10_000, 100.0);
        assert_eq!(connecting.next(start), Some(0));
        let later = start + Duration::from_secs(60);
        let opened = std::iter::from_fn(|| connecting.next(later)).count();
        assert_eq!(opened, 11);
    }
}
