//! The words that stand for kinds in a recording.

use super::fields::{Fields, Line, ReadError};
use crate::device::{
    CloseKind, CloseReason, Disconnect, DisconnectKind, FailReason, KeptMessage, Refusal,
    RefusedBy, Token,
};
use crate::identity::Endpoint;
use crate::wire::{ConnectCode, PacketId, QoS};

const CLOSE_KINDS: [CloseKind; 5] = [
    CloseKind::Closed,
    CloseKind::Network,
    CloseKind::Certificate,
    CloseKind::Protocol,
    CloseKind::TimedOut,
];

const fn close_word(kind: CloseKind) -> &'static str {
    match kind {
        CloseKind::Closed => "closed",
        CloseKind::Network => "network",
        CloseKind::Certificate => "certificate",
        CloseKind::Protocol => "protocol",
        CloseKind::TimedOut => "timed-out",
    }
}

const DISCONNECT_KINDS: [DisconnectKind; 8] = [
    DisconnectKind::Requested,
    DisconnectKind::Closed,
    DisconnectKind::Network,
    DisconnectKind::Certificate,
    DisconnectKind::TimedOut,
    DisconnectKind::Malformed,
    DisconnectKind::PeerMisbehaved,
    DisconnectKind::TooLarge,
];

const fn disconnect_word(kind: DisconnectKind) -> &'static str {
    match kind {
        DisconnectKind::Requested => "requested",
        DisconnectKind::Closed => "closed",
        DisconnectKind::Network => "network",
        DisconnectKind::Certificate => "certificate",
        DisconnectKind::TimedOut => "timed-out",
        DisconnectKind::Malformed => "malformed",
        DisconnectKind::PeerMisbehaved => "peer-misbehaved",
        DisconnectKind::TooLarge => "too-large",
    }
}

const FAIL_REASONS: [FailReason; 4] = [
    FailReason::TimedOut,
    FailReason::GivenBack,
    FailReason::Unwritable,
    FailReason::Withdrawn,
];

const fn fail_word(reason: FailReason) -> &'static str {
    match reason {
        FailReason::TimedOut => "timed-out",
        FailReason::GivenBack => "given-back",
        FailReason::Unwritable => "unwritable",
        FailReason::Withdrawn => "withdrawn",
    }
}

impl Line<'_> {
    pub(super) fn close_reason(&mut self, reason: &CloseReason) {
        self.word(close_word(reason.kind))
            .text(reason.text.as_bytes());
    }

    pub(super) fn disconnect(&mut self, disconnect: &Disconnect) {
        self.word(disconnect_word(disconnect.kind))
            .text(disconnect.reason.as_bytes());
    }

    pub(super) fn refusal(&mut self, refusal: &Refusal) {
        match refusal.by {
            RefusedBy::Connack(code) => self.word("connack").number(code.number()),
            RefusedBy::Auth(code) => self.word("auth").number(code),
        };
        self.text(refusal.reason.as_bytes())
            .text(refusal.explanation.as_bytes());
    }

    pub(super) fn fail_reason(&mut self, reason: FailReason) {
        self.word(fail_word(reason));
    }

    pub(super) fn qos(&mut self, qos: QoS) -> &mut Self {
        self.number(qos.number())
    }

    pub(super) fn endpoint(&mut self, endpoint: &Endpoint) -> &mut Self {
        self.text(endpoint.to_string().as_bytes())
    }

    pub(super) fn packet_id(&mut self, id: Option<PacketId>) -> &mut Self {
        self.option(id, |line, id| {
            line.number(id.get());
        });
        self
    }

    pub(super) fn kept_message(&mut self, message: &KeptMessage) {
        self.number(message.token.0).packet_id(message.packet_id);
        self.text(message.topic.as_bytes()).text(&message.payload);
    }

    pub(super) fn token(&mut self, token: Option<Token>) -> &mut Self {
        self.option(token, |line, token| {
            line.number(token.0);
        });
        self
    }
}

impl Fields<'_> {
    pub(super) fn close_reason(&mut self) -> Result<CloseReason, ReadError> {
        let rule = "closed, network, certificate, protocol or timed-out";
        Ok(CloseReason {
            kind: self.one_of("kind", rule, &CLOSE_KINDS, close_word)?,
            text: self.text("reason")?,
        })
    }

    pub(super) fn disconnect(&mut self) -> Result<Disconnect, ReadError> {
        let rule = "requested, closed, network, certificate, timed-out, malformed, peer-misbehaved or too-large";
        Ok(Disconnect {
            kind: self.one_of("kind", rule, &DISCONNECT_KINDS, disconnect_word)?,
            reason: self.text("reason")?,
        })
    }

    pub(super) fn refusal(&mut self) -> Result<Refusal, ReadError> {
        let is_connack = self.word_as("by", "connack or auth", |word| match word {
            "connack" => Some(true),
            "auth" => Some(false),
            _ => None,
        })?;
        let by = if is_connack {
            RefusedBy::Connack(self.word_as("code", "a CONNACK code, 0 to 5", |word| {
                ConnectCode::from_number(word.parse().ok()?)
            })?)
        } else {
            RefusedBy::Auth(self.number("code", "a whole number up to 4294967295")?)
        };
        Ok(Refusal {
            by,
            reason: self.text("reason")?,
            explanation: self.text("explanation")?,
        })
    }

    pub(super) fn fail_reason(&mut self) -> Result<FailReason, ReadError> {
        let rule = "timed-out, given-back, unwritable or withdrawn";
        self.one_of("reason", rule, &FAIL_REASONS, fail_word)
    }

    pub(super) fn qos(&mut self) -> Result<QoS, ReadError> {
        self.word_as("qos", "0, 1 or 2", |word| {
            QoS::from_number(word.parse().ok()?)
        })
    }

    pub(super) fn endpoint(&mut self) -> Result<Endpoint, ReadError> {
        self.text_as(
            "endpoint",
            "a URL: mqtt://, mqtts://, ws:// or wss:// with host and port",
            |url| Endpoint::from_url(url).ok(),
        )
    }

    pub(super) fn packet_id(&mut self) -> Result<PacketId, ReadError> {
        self.word_as("packet identifier", "1 to 65535", |word| {
            PacketId::new(word.parse().ok()?)
        })
    }

    pub(super) fn kept_message(&mut self) -> Result<KeptMessage, ReadError> {
        Ok(KeptMessage {
            token: self.token()?,
            packet_id: self.option(Self::packet_id)?,
            topic: self.text("topic")?,
            payload: self.bytes("payload")?,
        })
    }

    pub(super) fn token(&mut self) -> Result<Token, ReadError> {
        Ok(Token(self.number("token", "a whole number")?))
    }

    pub(super) fn token_or_none(&mut self) -> Result<Option<Token>, ReadError> {
        self.option(Self::token)
    }
}
