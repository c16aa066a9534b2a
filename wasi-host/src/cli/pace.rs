//! A breath between polls while messages stream, so that one waking serves many of them.
//!
//! A broker writes message by message, and each waking costs more than a message does. Whoever is woken for each of
//! them one at a time, again and again, waits a moment instead of polling at once: what comes meanwhile is read,
//! handed in, printed and acknowledged together. A message that comes alone never waits.

use std::thread;
use std::time::{Duration, Instant};

/// The breath. The system adds some 50 µs to it.
const BREATH: Duration = Duration::from_micros(100);

/// Where things happen at least so closely behind each other, a breath brings several of them.
const CLOSE: f64 = 50e-6;

/// So many requests are worth a call into the sandbox, whatever comes in addition.
const ENOUGH: usize = 64;

/// How much the latest turn counts in the mean.
const LATEST: f64 = 1.0 / 16.0;

/// What a turn counts at most, in seconds, so that a long silence is soon forgotten.
const LONGEST: f64 = 1e-3;

/// Decides when to take a breath.
#[derive(Debug)]
pub(super) struct Pace {
    began: Instant,
    /// Seconds of a turn, and what happened in it, in the mean over the last of them.
    seconds: f64,
    happened: f64,
    /// What was told in the present turn, and asked for after it.
    moved: usize,
    /// The latter alone.
    asked: usize,
}

impl Pace {
    /// Begins without haste.
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            seconds: LONGEST,
            happened: 0.0,
            moved: 0,
            asked: 0,
        }
    }

    /// Something was told.
    pub(super) fn told(&mut self) {
        self.moved += 1;
    }

    /// Something was asked for.
    pub(super) fn asked(&mut self) {
        self.moved += 1;
        self.asked += 1;
    }

    /// A turn begins: takes a breath where that helps.
    pub(super) fn turn(&mut self) {
        if self.wants_breath(Instant::now()) {
            thread::sleep(BREATH);
        }
    }

    fn wants_breath(&mut self, now: Instant) -> bool {
        let took = now.saturating_duration_since(self.began).as_secs_f64();
        self.seconds += (took.min(LONGEST) - self.seconds) * LATEST;
        self.happened += (self.moved as f64 - self.happened) * LATEST;
        let wants = self.asked < ENOUGH && self.seconds < self.happened * CLOSE;
        self.began = now;
        self.moved = 0;
        self.asked = 0;
        wants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns that each take `micros` and tell of `told` things; how many of them begin with a breath.
    fn breaths(pace: &mut Pace, turns: usize, micros: u64, told: usize) -> usize {
        let turn = |_: &usize| {
            let now = pace.began + Duration::from_micros(micros);
            let breath = pace.wants_breath(now);
            (0..told).for_each(|_| pace.told());
            breath
        };
        (0..turns).filter(turn).count()
    }

    #[test]
    fn what_comes_alone_never_waits() {
        let mut pace = Pace::new();
        assert_eq!(breaths(&mut pace, 1000, 200, 1), 0);
        assert_eq!(breaths(&mut pace, 10, 5, 1), 0, "nor does a short row");
        assert_eq!(breaths(&mut pace, 1, 1_000_000, 1), 0);
        assert_eq!(breaths(&mut pace, 10, 5, 1), 0);
    }

    #[test]
    fn a_stream_is_taken_in_larger_bites() {
        let mut pace = Pace::new();
        assert!(breaths(&mut pace, 100, 10, 1) > 40, "message by message");
        assert_eq!(breaths(&mut pace, 100, 150, 10), 100, "with breaths");
        let mut pace = Pace::new();
        assert!(breaths(&mut pace, 40, 300, 20) > 20, "in bites already");
    }

    #[test]
    fn breaths_that_bring_little_soon_end() {
        let mut pace = Pace::new();
        breaths(&mut pace, 100, 10, 1);
        assert!(breaths(&mut pace, 100, 150, 1) < 10);
        assert_eq!(breaths(&mut pace, 100, 150, 1), 0);
    }

    #[test]
    fn many_requests_are_handed_in_at_once() {
        let mut pace = Pace::new();
        breaths(&mut pace, 100, 5, 10);
        (0..ENOUGH).for_each(|_| pace.asked());
        assert!(!pace.wants_breath(pace.began));
        assert!(pace.wants_breath(pace.began));
    }
}
