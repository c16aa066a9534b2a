//! What a network does to what is sent over it.

use core::time::Duration;

use tern_core::time::Instant;

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From a device to the platform.
    Up,
    /// From the platform to a device.
    Down,
}

/// What becomes of an attempt to open a byte stream, or of a request over HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It gets there, and so does the answer.
    Passes,
    /// The device's host is told that it failed.
    Fails,
    /// Nothing comes of it, and nobody is told.
    Vanishes,
}

/// A part of the bytes that were sent at once.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The bytes as they arrive.
    pub bytes: Vec<u8>,
    /// How long they are on their way; a piece never overtakes one before it on the same link.
    pub delay: Duration,
    /// Whether they are not the bytes that were sent.
    pub corrupted: bool,
    /// Whether they arrive together with the piece before them, where that one is still on its way.
    pub merged: bool,
}

/// A network. It keeps the order of a byte stream, as TCP does; all else is its own choice.
pub trait Network: Send {
    /// How long anything but a stream's bytes is on its way.
    fn delay(&mut self) -> Duration;

    /// Cuts sent bytes into the pieces in which they arrive.
    fn carry(&mut self, now: Instant, way: Way, bytes: Vec<u8>, pieces: &mut Vec<Piece>) {
        let _ = (now, way);
        let delay = self.delay();
        pieces.push(Piece {
            bytes,
            delay,
            corrupted: false,
            merged: false,
        });
    }

    /// Decides about opening a byte stream.
    fn opening(&mut self) -> Fate {
        Fate::Passes
    }

    /// Decides about a request over HTTPS.
    fn request(&mut self) -> Fate {
        Fate::Passes
    }

    /// Decides about telling the other side that a byte stream was closed: [`Fate::Fails`] counts as
    /// vanished.
    fn closing(&mut self) -> Fate {
        Fate::Passes
    }

    /// Whether a stream that opens is doubled: the platform sees a second one with a copy of the first bytes
    /// sent, and nothing that it answers there arrives.
    fn doubles(&mut self) -> bool {
        false
    }
}

/// A network that delays everything alike and does nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Steady(pub Duration);

impl Network for Steady {
    fn delay(&mut self) -> Duration {
        self.0
    }
}
