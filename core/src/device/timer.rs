//! The timer table: when each of the device's clocks runs out.

use crate::time::Instant;

/// What a device waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// The end of an attempt to connect.
    Connect,
    /// The next PINGREQ.
    KeepAlive,
    /// The PINGRESP.
    PingResponse,
    /// The oldest SUBACK or UNSUBACK.
    Request,
    /// The next attempt.
    Reconnect,
    /// The end of patience with what is under way at a disconnect.
    Drain,
}

impl Timer {
    pub(super) const ALL: [Self; 6] = [
        Self::Connect,
        Self::KeepAlive,
        Self::PingResponse,
        Self::Request,
        Self::Reconnect,
        Self::Drain,
    ];
}

/// One deadline for each timer.
#[derive(Clone, Debug, Default)]
pub(super) struct TimerTable {
    deadlines: [Option<Instant>; Timer::ALL.len()],
}

impl TimerTable {
    pub(super) fn set(&mut self, timer: Timer, at: Instant) {
        self.deadlines[timer as usize] = Some(at);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.deadlines[timer as usize] = None;
    }

    pub(super) fn stop_all(&mut self) {
        self.deadlines = Default::default();
    }

    pub(super) fn get(&self, timer: Timer) -> Option<Instant> {
        self.deadlines[timer as usize]
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.deadlines.iter().flatten().min().copied()
    }

    /// Stops a timer whose deadline has come, and returns the deadline.
    pub(super) fn take_expired(&mut self, timer: Timer, now: Instant) -> Option<Instant> {
        let deadline = self.get(timer).filter(|&deadline| deadline <= now)?;
        self.stop(timer);
        Some(deadline)
    }
}
