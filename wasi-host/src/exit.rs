//! The program's exit status: one table, which people's scripts rely on.

mod failure;

use std::process::ExitCode;

use tern_core::auth::AuthError;
use tern_core::device::{DisconnectKind, Ended, Refusal, RefusedBy};
use tern_core::wire::ConnectCode;

use crate::https::{HttpsError, HttpsFault};
use crate::transport::TransportError;
pub use failure::Failure;

/// How the program ends. Each has one number: see [`status`](Self::status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: done, or stopped by a signal after a clean disconnect.
    Done,
    /// 1–5: the broker refused the login with this CONNACK code.
    Refused(ConnectCode),
    /// 27: no CONNACK in time, `-W` passed before `-C` was reached, no acknowledgement in time.
    TimedOut,
    /// 64: wrong usage.
    Usage,
    /// 65: bad input data.
    Data,
    /// 69: network or TLS; stdout or a recording can't be written.
    Network,
    /// 70: a fault of this program, a panic too; a recording that replays differently.
    Fault,
    /// 74: the store of `tern run --store` can't be used.
    Store,
    /// 76: the peer broke the protocol.
    Protocol,
    /// 77: the HTTPS authentication or a subscription was refused.
    Denied,
}

impl Exit {
    /// The number that the system gets.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            // A refusal with "accepted" does not exist on the wire: the core reads it as a success.
            Self::Refused(code) => code as u8,
            Self::TimedOut => 27,
            Self::Usage => 64,
            Self::Data => 65,
            Self::Network => 69,
            Self::Fault => 70,
            Self::Store => 74,
            Self::Protocol => 76,
            Self::Denied => 77,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.status().into()
    }
}

impl From<&Refusal> for Exit {
    fn from(refusal: &Refusal) -> Self {
        match refusal.by {
            RefusedBy::Connack(code) => Self::Refused(code),
            RefusedBy::Auth(_) => Self::Denied,
        }
    }
}

impl From<DisconnectKind> for Exit {
    fn from(kind: DisconnectKind) -> Self {
        match kind {
            DisconnectKind::Requested => Self::Done,
            DisconnectKind::TimedOut => Self::TimedOut,
            DisconnectKind::Malformed
            | DisconnectKind::PeerMisbehaved
            | DisconnectKind::TooLarge => Self::Protocol,
            // Closed, Network, Certificate; and whatever the core may add: the connection is to blame.
            _ => Self::Network,
        }
    }
}

impl From<&Ended> for Exit {
    fn from(ended: &Ended) -> Self {
        match ended {
            Ended::Requested => Self::Done,
            Ended::Refused(refusal) => refusal.into(),
            Ended::Disconnected(disconnect) => disconnect.kind.into(),
        }
    }
}

impl From<&TransportError> for Exit {
    fn from(error: &TransportError) -> Self {
        if error.is_peer_fault() {
            Self::Protocol
        } else {
            Self::Network
        }
    }
}

impl From<&HttpsError> for Exit {
    fn from(error: &HttpsError) -> Self {
        match &error.fault {
            HttpsFault::Transport(error) => error.into(),
            HttpsFault::TimedOut { .. } => Self::TimedOut,
            HttpsFault::Thread(_) | HttpsFault::Panicked => Self::Fault,
            _ if error.is_peer_fault() => Self::Protocol,
            _ => Self::Network,
        }
    }
}

impl From<&AuthError> for Exit {
    fn from(error: &AuthError) -> Self {
        match error {
            AuthError::Refused { .. } => Self::Denied,
            // Not the answer that the authentication gives: another status, no JSON, a field missing.
            _ => Self::Protocol,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tern_core::device::Disconnect;

    use super::*;

    #[test]
    fn every_exit_has_the_number_that_scripts_rely_on() {
        for (exit, status) in [
            (Exit::Done, 0),
            (Exit::Refused(ConnectCode::UnacceptableProtocol), 1),
            (Exit::Refused(ConnectCode::IdentifierRejected), 2),
            (Exit::Refused(ConnectCode::ServerUnavailable), 3),
            (Exit::Refused(ConnectCode::BadCredentials), 4),
            (Exit::Refused(ConnectCode::NotAuthorized), 5),
            (Exit::TimedOut, 27),
            (Exit::Usage, 64),
            (Exit::Data, 65),
            (Exit::Network, 69),
            (Exit::Fault, 70),
            (Exit::Store, 74),
            (Exit::Protocol, 76),
            (Exit::Denied, 77),
        ] {
            assert_eq!(exit.status(), status, "{exit:?}");
        }
    }

    #[test]
    fn the_end_of_a_device_decides() {
        let refused = |by| {
            Exit::from(&Ended::Refused(Refusal {
                by,
                reason: String::new(),
                explanation: String::new(),
            }))
            .status()
        };
        let disconnected = |kind| {
            let reason = String::new();
            Exit::from(&Ended::Disconnected(Disconnect { kind, reason })).status()
        };
        assert_eq!(Exit::from(&Ended::Requested).status(), 0);
        assert_eq!(refused(RefusedBy::Connack(ConnectCode::BadCredentials)), 4);
        assert_eq!(refused(RefusedBy::Auth(401)), 77);
        assert_eq!(disconnected(DisconnectKind::Requested), 0);
        assert_eq!(disconnected(DisconnectKind::Closed), 69);
        assert_eq!(disconnected(DisconnectKind::Network), 69);
        assert_eq!(disconnected(DisconnectKind::Certificate), 69);
        assert_eq!(disconnected(DisconnectKind::TimedOut), 27);
        assert_eq!(disconnected(DisconnectKind::Malformed), 76);
        assert_eq!(disconnected(DisconnectKind::PeerMisbehaved), 76);
        assert_eq!(disconnected(DisconnectKind::TooLarge), 76);
    }

    #[test]
    fn the_fault_of_an_https_exchange_decides() {
        let https = |fault| {
            let place = String::new();
            Exit::from(&HttpsError { place, fault }).status()
        };
        let after = Duration::from_secs(1);
        assert_eq!(https(HttpsFault::Cut), 69);
        assert_eq!(https(HttpsFault::NoTls), 69);
        assert_eq!(https(HttpsFault::Panicked), 70);
        assert_eq!(https(HttpsFault::TimedOut { what: "", after }), 27);
        assert_eq!(https(HttpsFault::TooLarge(AuthError::too_large(1))), 76);
        let code = 401;
        let message = String::new();
        assert_eq!(
            Exit::from(&AuthError::Refused { code, message }).status(),
            77
        );
        assert_eq!(Exit::from(&AuthError::Http { status: 404 }).status(), 76);
    }
}
