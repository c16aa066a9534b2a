//! What must outlive the device: its part of the MQTT session, taken out and put back.
//!
//! There are two ways. [`Device::session`] hands out everything at once, which suits a test, or a page that
//! is about to be left. A host that must lose nothing whenever it dies keeps each message by itself:
//!
//! 1. [`hold_until_kept`](Device::hold_until_kept), before the device connects;
//! 2. after each [`publish`](Device::publish) it writes down the token, the
//!    [`packet_id`](Device::packet_id), topic and payload, and says [`kept`](Device::kept) when they are
//!    safe, or [`withdraw`](Device::withdraw) when they can't be. Nothing leaves before that;
//! 3. at [`Event::Published`] it forgets them.
//!
//! Either way a message that may have been sent goes again with its packet identifier and DUP
//! [MQTT-4.4.0-1] [MQTT-3.3.1-1], in the order of acceptance, whether the platform has kept its own part of
//! the session or not.

use super::{Config, ConfigError, Device, Event, FailReason, Phase, Token};
use crate::time::Instant;
use crate::topic::{TopicError, TopicFilter};
use crate::wire::{PacketId, QoS, WriteError};

/// The highest token that is taken in from elsewhere: so many are left behind it that none is ever given twice.
const MAX_TOKEN: Token = Token(u64::MAX >> 1);

/// A device's part of the session [MQTT-3.1.2-4], and what its caller knows it by. QoS 0 messages are no part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// QoS 1 messages that are accepted and not acknowledged, in the order of acceptance.
    pub messages: Vec<KeptMessage>,
    /// The subscriptions that stand, with the QoS that was asked for.
    pub subscriptions: Vec<(TopicFilter, QoS)>,
    /// The last token that was given; no later one is the same.
    pub last_token: Token,
}

/// A QoS 1 message that waits for its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMessage {
    /// What its caller knows it by.
    pub token: Token,
    /// Its packet identifier. With one it may have been sent; without one it was not.
    pub packet_id: Option<PacketId>,
    /// Its topic name.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
}

impl Device {
    /// What must outlive this device. Drain its outputs first: a message whose end has not been told is
    /// not in here any more. Nor is a subscribe or unsubscribe that has no answer yet, or anything of a
    /// device that has [ended](Event::Ended): it has given everything back.
    #[must_use]
    pub fn session(&self) -> Session {
        Session {
            messages: self.outbox.messages().collect(),
            subscriptions: self.subscriptions.standing().collect(),
            last_token: Token(self.last_token),
        }
    }

    /// A device that goes on where another one has stopped. It is idle; [`connect`](Self::connect) it.
    ///
    /// # Errors
    /// A setting that breaks its rule; or the session is none that a device has handed out.
    pub fn restore(config: Config, seed: u64, session: &Session) -> Result<Self, RestoreError> {
        let mut device = Self::new(config, seed)?;
        for message in &session.messages {
            device.restore_message(message)?;
        }
        for (filter, qos) in &session.subscriptions {
            device.restore_subscription(filter, *qos)?;
        }
        device.restore_tokens(session.last_token)?;
        Ok(device)
    }

    /// Takes in one message of an earlier device's session, behind those taken in before. The limits of
    /// the queue do not hold for it: it was accepted already.
    ///
    /// # Errors
    /// The device is not idle; the token is not higher than every token before, or so high that none is left
    /// behind it; the packet identifier is
    /// another message's; or the message is none that can be written.
    pub fn restore_message(&mut self, message: &KeptMessage) -> Result<(), RestoreError> {
        self.must_be_idle()?;
        if message.token.0 <= self.last_token {
            return Err(RestoreError::Token {
                token: message.token,
                last: Token(self.last_token),
            });
        }
        must_leave_room(message.token)?;
        self.outbox.restore(message, &mut self.ids)?;
        self.last_token = message.token.0;
        // What was read from where it is kept is kept.
        self.outbox.kept_if_held(message.token);
        Ok(())
    }

    /// Takes in one subscription of an earlier device's session. It is asked for again at the first
    /// connection, even where the platform says that it has a session: that may be one that the last CONNECT
    /// of the earlier device has made, and whose answer it did not live to see.
    ///
    /// # Errors
    /// The device is not idle, or QoS 2 is asked for.
    pub fn restore_subscription(
        &mut self,
        filter: &TopicFilter,
        qos: QoS,
    ) -> Result<(), RestoreError> {
        self.must_be_idle()?;
        if qos == QoS::ExactlyOnce {
            return Err(RestoreError::Qos2);
        }
        self.subscriptions.restore(filter.clone(), qos);
        Ok(())
    }

    /// Gives no token up to this one any more.
    ///
    /// # Errors
    /// The device is not idle, or the token is so high that none is left behind it.
    pub fn restore_tokens(&mut self, last: Token) -> Result<(), RestoreError> {
        self.must_be_idle()?;
        must_leave_room(last)?;
        self.last_token = self.last_token.max(last.0);
        Ok(())
    }

    /// From now on a QoS 1 message that is accepted has its packet identifier at once, and is not sent
    /// before the host has said that it is [`kept`](Self::kept). What was accepted before counts as kept.
    pub fn hold_until_kept(&mut self) {
        self.outbox.hold_behind(Token(self.last_token));
    }

    /// The messages up to this token are kept: they may go. Extra calls are harmless.
    pub fn kept(&mut self, now: Instant, up_to: Token) {
        self.outbox.kept_if_held(up_to);
        self.send_waiting(now);
    }

    /// Takes back a message that could not be kept: it ends in [`Event::Failed`]. True unless there is no
    /// such message, or it is held back no more.
    pub fn withdraw(&mut self, now: Instant, token: Token) -> bool {
        let withdrawn = self.outbox.withdraw(token, &mut self.ids);
        if withdrawn {
            let reason = FailReason::Withdrawn;
            self.event(Event::Failed { token, reason });
            self.after_packets(now);
        }
        withdrawn
    }

    /// The packet identifier of a QoS 1 message: once it has been sent, and from its acceptance on where
    /// messages are [held back](Self::hold_until_kept).
    #[must_use]
    pub fn packet_id(&self, token: Token) -> Option<PacketId> {
        self.outbox.packet_id(token)
    }

    fn must_be_idle(&self) -> Result<(), RestoreError> {
        match self.phase {
            Phase::Idle => Ok(()),
            _ => Err(RestoreError::Running),
        }
    }
}

fn must_leave_room(token: Token) -> Result<(), RestoreError> {
    match token > MAX_TOKEN {
        true => Err(RestoreError::TokenTooHigh { token }),
        false => Ok(()),
    }
}

/// Why a session can't be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// A setting that breaks its rule.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The device is under way.
    #[error("the device runs already: restore its session before it connects")]
    Running,
    /// Tokens are never reused.
    #[error(
        "message {token}: its token is not higher than {last}, the one before: hand the messages in in the order in which they were accepted"
    )]
    Token {
        /// The message.
        token: Token,
        /// The highest token so far.
        last: Token,
    },
    /// No device counts that far: what was kept is damaged.
    #[error(
        "token {token} is higher than 9223372036854775807, which no device reaches: what was kept is damaged"
    )]
    TokenTooHigh {
        /// The token.
        token: Token,
    },
    /// Two messages with one packet identifier [MQTT-2.3.1-2].
    #[error("message {token}: its packet identifier {id} is another message's [MQTT-2.3.1-2]")]
    PacketId {
        /// The message.
        token: Token,
        /// The identifier.
        id: PacketId,
    },
    /// No topic name.
    #[error("message {token}: its topic is none: {error}")]
    Topic {
        /// The message.
        token: Token,
        /// The rule that it breaks.
        error: TopicError,
    },
    /// MQTT can't express it.
    #[error("message {token}: {error}")]
    Unwritable {
        /// The message.
        token: Token,
        /// The rule that it breaks.
        error: WriteError,
    },
    /// QoS 2, which the platform does not offer.
    #[error("a subscription's qos is 2: the platform offers 0 and 1")]
    Qos2,
}
