//! Why a client's operation failed.

use tern_core::device::{Disconnect, DisconnectKind, Ended, Refusal};
use tern_core::topic::TopicError;

use crate::engine::EngineError;
use crate::run_loop::RunLoopError;

/// Why a client's operation failed: where the SDK returns -1 or NULL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The platform refused the login.
    #[error("the login was refused ({}): {}", .0.reason, .0.explanation)]
    Refused(Refusal),
    /// There was no connection, or it ended for good.
    #[error("{}", .0.reason)]
    Disconnected(Disconnect),
    /// The request was not accepted; nothing of it is kept.
    #[error("{reason}")]
    NotAccepted {
        /// Whether it is worth trying again after a [`yield_for`](super::Client::yield_for).
        is_full: bool,
        /// Why, and what to do.
        reason: String,
    },
    /// The topic filter breaks a rule.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// The system or the sandbox failed.
    #[error(transparent)]
    RunLoop(#[from] RunLoopError),
}

impl From<EngineError> for ClientError {
    fn from(error: EngineError) -> Self {
        Self::RunLoop(error.into())
    }
}

impl From<Ended> for ClientError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Refused(refusal) => Self::Refused(refusal),
            Ended::Disconnected(disconnect) => Self::Disconnected(disconnect),
            Ended::Requested => Self::Disconnected(Disconnect {
                kind: DisconnectKind::Requested,
                reason: "the client was ended on request".to_owned(),
            }),
        }
    }
}
