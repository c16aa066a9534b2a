//! The connection in one word.

use crate::words::Words;

/// The connection in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Standing {
    Starting,
    Broken,
    NotConnected,
    Connecting,
    Connected,
    Reconnecting,
    Disconnecting,
    Disconnected,
    Refused,
}

impl Standing {
    /// The name in attributes, for styles and tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Broken => "broken",
            Self::NotConnected => "not-connected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Disconnecting => "disconnecting",
            Self::Disconnected => "disconnected",
            Self::Refused => "refused",
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self, words: &Words) -> &'static str {
        match self {
            Self::Starting => words.common.starting,
            Self::NotConnected => words.common.not_connected,
            Self::Connecting => words.common.connecting,
            Self::Connected => words.common.connected,
            Self::Reconnecting => words.common.reconnecting,
            Self::Disconnecting => words.common.disconnecting,
            Self::Disconnected => words.common.disconnected,
            Self::Refused => words.common.refused,
            Self::Broken => words.common.failed,
        }
    }
}
