//! Byte streams, and what is on its way.

use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId};

/// When a flight arrives, and its number.
pub(super) type FlightKey = (Instant, u64);

/// A byte stream.
pub(super) struct Link {
    /// The device that opened it.
    pub(super) end: usize,
    pub(super) connection: Option<ConnectionId>,
    /// Received by the platform's host and not consumed.
    pub(super) held: Vec<u8>,
    pub(super) need: usize,
    pub(super) up: Lane,
    pub(super) down: Lane,
    /// A byte has arrived that was not sent.
    pub(super) is_corrupted: bool,
    /// The second stream that the network has made of it, as long as the first bytes have not been copied.
    pub(super) double: Option<u64>,
    /// The network made it: no device's host reads from it.
    pub(super) is_double: bool,
}

impl Link {
    pub(super) fn new(end: usize) -> Self {
        Self {
            end,
            connection: None,
            held: Vec::new(),
            need: 1,
            up: Lane::default(),
            down: Lane::default(),
            is_corrupted: false,
            double: None,
            is_double: false,
        }
    }
}

/// One direction of a byte stream.
#[derive(Default)]
pub(super) struct Lane {
    /// What is sent from now on vanishes.
    pub(super) vanishes: bool,
    /// What is sent arrives no earlier.
    pub(super) stalled_until: Instant,
    /// The last piece that was sent.
    pub(super) last: FlightKey,
}

/// Something on its way.
pub(super) enum Flight {
    Open {
        link: u64,
        arrival: Arrival,
    },
    Opened {
        link: u64,
    },
    Up {
        link: u64,
        bytes: Vec<u8>,
        corrupted: bool,
    },
    Down {
        link: u64,
        bytes: Vec<u8>,
        corrupted: bool,
    },
    UpClosed {
        link: u64,
    },
    DownClosed {
        link: u64,
        reason: String,
        /// The network ended it, not the platform.
        is_broken: bool,
    },
    Request {
        end: usize,
        life: u32,
        body: String,
    },
    Answer {
        end: usize,
        life: u32,
        /// Status and body; none where the request failed on its way.
        answer: Option<(u16, String)>,
    },
}

impl Flight {
    /// The link that it goes over.
    pub(super) fn link(&self) -> Option<u64> {
        match self {
            Self::Open { link, .. }
            | Self::Opened { link }
            | Self::Up { link, .. }
            | Self::Down { link, .. }
            | Self::UpClosed { link }
            | Self::DownClosed { link, .. } => Some(*link),
            Self::Request { .. } | Self::Answer { .. } => None,
        }
    }

    /// The pieces of bytes in it.
    pub(super) fn bytes_mut(&mut self) -> Option<(&mut Vec<u8>, &mut bool)> {
        match self {
            Self::Up {
                bytes, corrupted, ..
            }
            | Self::Down {
                bytes, corrupted, ..
            } => Some((bytes, corrupted)),
            _ => None,
        }
    }
}
