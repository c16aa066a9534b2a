//! One connection: where it stands, and what it still has to send.

use core::time::Duration;
use std::collections::VecDeque;

use tern_core::time::Instant;

use crate::faults::Fault;
use crate::registry::DeviceIndex;

/// How a connection came in. `securemode` is checked against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Through TLS (`mqtts`, `wss`).
    pub secure: bool,
    /// Through WebSocket (`ws`, `wss`).
    pub websocket: bool,
}

impl Arrival {
    /// The way in, in words for a reason.
    pub(crate) const fn name(self) -> &'static str {
        match (self.secure, self.websocket) {
            (false, false) => "TCP",
            (true, false) => "TLS",
            (false, true) => "WebSocket without TLS",
            (true, true) => "WebSocket with TLS",
        }
    }

    /// The securemode that goes with it (seed: 2 TLS直连模式, 3 TCP直连模式).
    pub(crate) const fn securemode(self) -> i8 {
        if self.secure { 2 } else { 3 }
    }
}

/// How far the bytes handed to [`Platform::received`](crate::Platform::received) were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes from the front that are done with. The caller keeps the rest and hands it in again, with what came after it.
    pub consumed: usize,
    /// Bytes that the rest must have grown to before another call makes sense.
    pub need: usize,
}

/// What the platform keeps for a connection: no input, and output only while a fault delays it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) arrival: Arrival,
    pub(crate) phase: Phase,
    /// When the last whole packet came.
    pub(crate) last_packet: Instant,
    /// What goes wrong on purpose here.
    pub(crate) fault: Fault,
    /// Bytes were swallowed by a half-open fault: nothing comes of it any more.
    pub(crate) dead: bool,
    /// The peer is behind in reading.
    pub(crate) congested: bool,
    /// Output that a fault delays, with the time it is due.
    pub(crate) delayed: VecDeque<(Instant, Delayed)>,
    pub(crate) delayed_bytes: usize,
    /// The timer set for it.
    pub(crate) armed: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its CONNECT has to come before `deadline`.
    Arriving { deadline: Instant },
    /// Logged in; may be silent for `patience`.
    Online {
        device: DeviceIndex,
        keep_alive: u16,
        patience: Option<Duration>,
    },
    /// Only delayed output is left.
    Closing,
}

#[derive(Debug)]
pub(crate) enum Delayed {
    Bytes(Vec<u8>),
    Close(String),
}

impl Connection {
    pub(crate) const fn new(
        now: Instant,
        arrival: Arrival,
        deadline: Instant,
        fault: Fault,
    ) -> Self {
        Self {
            arrival,
            phase: Phase::Arriving { deadline },
            last_packet: now,
            fault,
            dead: false,
            congested: false,
            delayed: VecDeque::new(),
            delayed_bytes: 0,
            armed: None,
        }
    }

    pub(crate) const fn device(&self) -> Option<DeviceIndex> {
        match self.phase {
            Phase::Online { device, .. } => Some(device),
            Phase::Arriving { .. } | Phase::Closing => None,
        }
    }

    /// Whether a half-open fault lies on it: nothing passes, in or out, and it is not closed for silence.
    pub(crate) const fn is_half_open(&self) -> bool {
        self.fault.half_open || self.dead
    }

    /// When patience with the peer ends.
    pub(crate) fn patience_ends(&self) -> Option<Instant> {
        if self.is_half_open() {
            return None;
        }
        match self.phase {
            Phase::Arriving { deadline } => Some(deadline),
            Phase::Online { patience, .. } => patience.map(|patience| self.last_packet + patience),
            Phase::Closing => None,
        }
    }

    /// When something is to be done for it next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let delayed = self.delayed.front().map(|(due, _)| *due);
        [self.patience_ends(), delayed].into_iter().flatten().min()
    }

    /// Holds output back until `due`, and until all before it has gone: only the front is ever looked at,
    /// so output that is due earlier because the delay was shortened overtakes nothing.
    pub(crate) fn delay(&mut self, due: Instant, output: Delayed) {
        if let Delayed::Bytes(bytes) = &output {
            self.delayed_bytes += bytes.len();
        }
        self.delayed.push_back((due, output));
    }

    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Delayed> {
        if self.delayed.front().is_none_or(|(due, _)| *due > now) {
            return None;
        }
        let (_, output) = self.delayed.pop_front()?;
        if let Delayed::Bytes(bytes) = &output {
            self.delayed_bytes -= bytes.len();
        }
        Some(output)
    }
}
