//! What goes wrong in a fleet, by its cause.

use tern_core::device::{DisconnectKind, FailReason, Refusal, RefusedBy};
use tern_core::wire::ConnectCode;

use crate::exit::Exit;

/// A kind of error. Its [key](Self::key) is a contract: people's scripts read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A login was refused.
    Refused(RefusedBy),
    /// A connection, or an attempt at one, ended.
    Disconnected(DisconnectKind),
    /// A device's sandbox failed.
    SandboxLost,
    /// A publish was not taken, since as much as a device may hold was under way.
    PublishFull,
    /// A publish was not taken: a topic or payload that breaks a rule.
    PublishNotAccepted,
    /// An accepted publish ended without success.
    PublishFailed(FailReason),
    /// An accepted publish was in a sandbox that failed.
    PublishLost,
    /// A publish was due while its device's sandbox was down, or after the device had given up.
    PublishMissed,
    /// A subscription was refused, or not answered.
    SubscribeRefused,
}

impl From<&Refusal> for Cause {
    fn from(refusal: &Refusal) -> Self {
        Self::Refused(refusal.by)
    }
}

impl Cause {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Refused(RefusedBy::Connack(code)) => format!("refused_connack_{}", code as u8),
            Self::Refused(RefusedBy::Auth(code)) => format!("refused_auth_{code}"),
            Self::Disconnected(kind) => format!("disconnected_{}", kind_key(kind)),
            Self::SandboxLost => "sandbox_lost".to_owned(),
            Self::PublishFull => "publish_full".to_owned(),
            Self::PublishNotAccepted => "publish_not_accepted".to_owned(),
            Self::PublishFailed(reason) => format!(
                "publish_{}",
                match reason {
                    FailReason::TimedOut => "timed_out",
                    FailReason::GivenBack => "given_back",
                    FailReason::Unwritable => "unwritable",
                    FailReason::Withdrawn => "withdrawn",
                }
            ),
            Self::PublishLost => "publish_lost".to_owned(),
            Self::PublishMissed => "publish_missed".to_owned(),
            Self::SubscribeRefused => "subscribe_refused".to_owned(),
        }
    }

    /// How the program ends where a device could not connect because of this.
    #[must_use]
    pub fn exit(self) -> Exit {
        match self {
            Self::Refused(RefusedBy::Connack(ConnectCode::Accepted)) => Exit::Protocol,
            Self::Refused(RefusedBy::Connack(code)) => Exit::Refused(code),
            Self::Refused(RefusedBy::Auth(_)) | Self::SubscribeRefused => Exit::Denied,
            Self::Disconnected(kind) => kind.into(),
            Self::SandboxLost | Self::PublishLost => Exit::Fault,
            _ => Exit::TimedOut,
        }
    }
}

fn kind_key(kind: DisconnectKind) -> &'static str {
    match kind {
        DisconnectKind::Requested => "requested",
        DisconnectKind::Closed => "closed",
        DisconnectKind::Network => "network",
        DisconnectKind::Certificate => "certificate",
        DisconnectKind::TimedOut => "timed_out",
        DisconnectKind::Malformed => "malformed",
        DisconnectKind::PeerMisbehaved => "peer_misbehaved",
        DisconnectKind::TooLarge => "too_large",
    }
}

/// What a key means, in words.
#[must_use]
pub fn words(key: &str) -> String {
    if let Some(code) = key.strip_prefix("refused_connack_") {
        return format!("login refused (CONNACK {code})");
    }
    if let Some(code) = key.strip_prefix("refused_auth_") {
        return format!("HTTPS authentication refused (code {code})");
    }
    match key {
        "disconnected_closed" => "connection closed by the peer",
        "disconnected_network" => "network",
        "disconnected_certificate" => "certificate or TLS",
        "disconnected_timed_out" => "no answer in time",
        "disconnected_malformed" | "disconnected_peer_misbehaved" | "disconnected_too_large" => {
            "the peer broke the protocol"
        }
        "sandbox_lost" => "devices whose sandbox failed",
        "publish_full" => "publishes not taken: the device's queue was full",
        "publish_not_accepted" => "publishes not taken: they break a rule",
        "publish_timed_out" => "publishes not acknowledged in time",
        "publish_given_back" => "publishes not acknowledged before the end",
        "publish_lost" => "publishes lost with their sandbox",
        "publish_missed" => "publishes due while the device was not there",
        "subscribe_refused" => "subscriptions refused",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_exits_are_those_that_scripts_rely_on() {
        let connack = |code| Cause::Refused(RefusedBy::Connack(code));
        for (cause, key, status) in [
            (connack(ConnectCode::BadCredentials), "refused_connack_4", 4),
            (
                Cause::Refused(RefusedBy::Auth(6200)),
                "refused_auth_6200",
                77,
            ),
            (
                Cause::Disconnected(DisconnectKind::Network),
                "disconnected_network",
                69,
            ),
            (
                Cause::Disconnected(DisconnectKind::TimedOut),
                "disconnected_timed_out",
                27,
            ),
            (
                Cause::Disconnected(DisconnectKind::Malformed),
                "disconnected_malformed",
                76,
            ),
            (Cause::SandboxLost, "sandbox_lost", 70),
            (
                Cause::PublishFailed(FailReason::GivenBack),
                "publish_given_back",
                27,
            ),
            (Cause::PublishLost, "publish_lost", 70),
        ] {
            assert_eq!((cause.key().as_str(), cause.exit().status()), (key, status));
            assert_ne!(words(key), key);
        }
    }
}
