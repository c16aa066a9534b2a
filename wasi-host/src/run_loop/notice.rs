//! What the loop tells the application.

use std::io;

use tern_component::batch::{BadRow, ReportEvent};
use tern_core::device::Token;
use tern_core::wire::PacketId;

#[cfg(doc)]
use super::RunLoop;
use crate::engine::EngineError;
use crate::recording::RecordingError;
#[cfg(doc)]
use crate::transport::TlsSettings;

/// Something for the application.
#[derive(Debug)]
pub enum Notice<'a> {
    /// A publish, subscribe or unsubscribe was accepted. They are answered in the order in which they were
    /// asked for, each by this or by [`NotAccepted`](Self::NotAccepted).
    Accepted(Token),
    /// It was not accepted, and nothing of it is kept.
    NotAccepted {
        /// Whether it is worth trying again once something has been acknowledged.
        is_full: bool,
        /// Why, and what to do.
        reason: &'a str,
    },
    /// A publish was accepted, and is held back until the application says that it is
    /// [`kept`](RunLoop::kept): only after [`hold_until_kept`](RunLoop::hold_until_kept).
    ToBeKept {
        /// Its token.
        token: Token,
        /// What it will be sent with, each time.
        packet_id: PacketId,
    },
    /// A part of what was to be [restored](RunLoop::restore) was refused.
    NotRestored {
        /// Why.
        reason: &'a str,
    },
    /// A connection, or an HTTPS authentication, is about to be made with whoever answers there: its settings
    /// are [`TlsSettings::unverified`].
    Unverified {
        /// Where to: a URL or `HOST[:PORT]`.
        place: &'a str,
    },
    /// The engine of this device has failed, and the device is gone with everything that was under way: its link is
    /// closed, and its number stands for no device any more. Only after [`survive_traps`](RunLoop::survive_traps);
    /// open the device again in another engine.
    Lost {
        /// How the engine failed.
        reason: &'a str,
    },
    /// What the device tells.
    Event(ReportEvent<'a>),
}

/// Why the loop can't go on.
#[derive(Debug, thiserror::Error)]
pub enum RunLoopError {
    /// The system's poll failed.
    #[error("the system's poll failed: {0}")]
    Poll(#[from] io::Error),
    /// The engine failed: every device in it is gone.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The recording can't be written any more.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

impl From<BadRow> for RunLoopError {
    fn from(error: BadRow) -> Self {
        Self::Engine(error.into())
    }
}
