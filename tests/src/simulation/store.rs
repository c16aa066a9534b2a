//! What a host keeps of its device's session for the process after it: nothing, all of it at the moment of the end, or
//! a store that is written behind what happens, as `tern run --store` has one.

use core::time::Duration;
use std::collections::BTreeMap;

use fastrand::Rng;
use tern_core::device::{Device, KeptMessage, Session, Token};
use tern_core::time::Instant;
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

/// How a host keeps the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// Each process begins as the first one did.
    Nothing,
    /// The next process gets the session as it is when the one before ends.
    AtTheEnd,
    /// No message leaves before it is in a store, which takes up to this long to write.
    InAStore { slowest: Duration },
}

impl Keeps {
    pub(super) fn draw(rng: &mut Rng, clean_session: bool) -> Self {
        match rng.u8(0..3) {
            0 => Self::Nothing,
            // With a clean session there is no store, as in `tern run`.
            1 if !clean_session => Self::InAStore {
                slowest: Duration::from_millis(*rng.choice(&[0, 20, 500, 3_000]).unwrap_or(&20)),
            },
            _ => Self::AtTheEnd,
        }
    }
}

/// What a process has left to the next one.
#[derive(Debug)]
pub(super) enum Left {
    Nothing,
    /// All that was known when it ended.
    Session(Session),
    /// What was written down: it may be older.
    Store(Session),
}

impl Left {
    /// The session, where there is one.
    pub(super) fn session(&self) -> Option<&Session> {
        match self {
            Self::Nothing => None,
            Self::Session(session) | Self::Store(session) => Some(session),
        }
    }
}

/// What is on the disk, and what is to come there. It is written as a whole or not at all.
#[derive(Debug, Default)]
pub(super) struct Store {
    messages: BTreeMap<Token, KeptMessage>,
    subscriptions: Vec<(TopicFilter, QoS)>,
    last_token: Token,
    pub(super) to_keep: Vec<KeptMessage>,
    pub(super) to_forget: Vec<Token>,
    /// When it is written next.
    pub(super) writes_at: Option<Instant>,
}

impl Store {
    /// Messages that are on the disk.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The last message that is on the disk.
    pub(super) fn last(&self) -> Option<Token> {
        self.messages.last_key_value().map(|(&token, _)| token)
    }

    /// A message has ended, and was told so.
    pub(super) fn ended(&mut self, token: Token) {
        self.to_keep.retain(|message| message.token != token);
        if self.messages.contains_key(&token) {
            self.to_forget.push(token);
        }
    }

    pub(super) fn write(&mut self, device: &Device) {
        let now_known = device.session();
        self.subscriptions = now_known.subscriptions;
        self.last_token = now_known.last_token;
        for message in self.to_keep.drain(..) {
            self.messages.insert(message.token, message);
        }
        for token in self.to_forget.drain(..) {
            self.messages.remove(&token);
        }
    }

    /// The process is gone: what was not written is lost.
    pub(super) fn process_ended(&mut self) -> Session {
        self.to_keep.clear();
        self.to_forget.clear();
        self.writes_at = None;
        Session {
            messages: self.messages.values().cloned().collect(),
            subscriptions: self.subscriptions.clone(),
            last_token: self.last_token,
        }
    }
}
