//! A message that is published again and again. The worker's clock beats for it, so a hidden tab goes on.

use crate::protocol::{REPEAT_EVERY_MS, Repeating, Stop};

/// What is published, and when next.
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) topic: String,
    pub(super) qos: u8,
    pub(super) payload: Vec<u8>,
    every_ms: u32,
    next_ms: f64,
    sent: u64,
    stopped: Option<Stop>,
}

impl Repeat {
    /// Begins at once. An interval outside of [`REPEAT_EVERY_MS`] counts as its nearest end.
    pub(super) fn new(now_ms: f64, topic: String, qos: u8, payload: &[u8], every_ms: u32) -> Self {
        Self {
            topic,
            qos,
            payload: payload.to_vec(),
            every_ms: every_ms.clamp(*REPEAT_EVERY_MS.start(), *REPEAT_EVERY_MS.end()),
            next_ms: now_ms,
            sent: 0,
            stopped: None,
        }
    }

    /// When it wants to publish next, in ms of the worker's clock; none once it has stopped.
    pub(super) fn next_ms(&self) -> Option<f64> {
        self.stopped.is_none().then_some(self.next_ms)
    }

    /// Whether it is time. Times that were slept through are left out, not made up for in a burst.
    pub(super) fn is_due(&mut self, now_ms: f64) -> bool {
        if self.stopped.is_some() || self.next_ms > now_ms {
            return false;
        }
        let every_ms = f64::from(self.every_ms);
        self.next_ms = (self.next_ms + every_ms).max(now_ms);
        if self.next_ms <= now_ms {
            self.next_ms = now_ms + every_ms;
        }
        true
    }

    /// One more was handed to the device.
    pub(super) fn count(&mut self) {
        self.sent += 1;
    }

    /// Ends it; the first reason counts.
    pub(super) fn stop(&mut self, why: Stop) {
        self.stopped.get_or_insert(why);
    }

    /// How it stands.
    pub(super) fn shown(&self) -> Repeating {
        Repeating {
            topic: self.topic.clone(),
            every_ms: self.every_ms,
            sent: self.sent,
            stopped: self.stopped.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(every_ms: u32) -> Repeat {
        Repeat::new(0.0, "t".into(), 0, b"", every_ms)
    }

    fn due(repeat: &mut Repeat, times: &[f64]) -> Vec<bool> {
        times.iter().map(|now_ms| repeat.is_due(*now_ms)).collect()
    }

    #[test]
    fn it_keeps_its_beat_however_late_it_is_called() {
        let mut repeat = every(100);
        let due = due(&mut repeat, &[0.0, 99.0, 107.0, 199.0, 200.0, 203.0]);
        assert_eq!(due, [true, false, true, false, true, false]);
    }

    #[test]
    fn what_was_slept_through_is_left_out() {
        let mut repeat = every(100);
        assert_eq!(
            due(&mut repeat, &[0.0, 60_000.0, 60_000.0]),
            [true, true, false]
        );
        assert_eq!(repeat.next_ms(), Some(60_100.0));
    }

    #[test]
    fn no_interval_is_too_short_or_too_long() {
        assert_eq!(every(0).shown().every_ms, 10);
        assert_eq!(every(u32::MAX).shown().every_ms, 3_600_000);
    }

    #[test]
    fn stopped_it_stays_so_for_the_first_reason() {
        let mut repeat = every(10);
        repeat.stop(Stop::ConnectionOver);
        repeat.stop(Stop::Asked);
        assert!(!repeat.is_due(1000.0));
        assert_eq!(repeat.next_ms(), None);
        assert_eq!(repeat.shown().stopped, Some(Stop::ConnectionOver));
    }
}
