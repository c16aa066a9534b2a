//! What the device's host keeps of the device's session, for the process after it: nothing, all of it at the
//! moment of the end, or a store that is written behind what happens, as `tern run --store` has one.

use core::time::Duration;
use std::collections::BTreeMap;

use fastrand::Rng;
use tern_core::device::{Device, Event, KeptMessage, Session, Token};
use tern_core::time::Instant;
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

use super::rules::{Broken, Rule, ensure};
use super::world::{DEVICE, World};

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
    to_keep: Vec<KeptMessage>,
    to_forget: Vec<Token>,
    /// When it is written next.
    pub(super) writes_at: Option<Instant>,
}

impl Store {
    /// Messages that are on the disk.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// A message has ended, and was told so.
    fn ended(&mut self, token: Token) {
        self.to_keep.retain(|message| message.token != token);
        if self.messages.contains_key(&token) {
            self.to_forget.push(token);
        }
    }

    fn write(&mut self, device: &Device) {
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
    fn process_ended(&mut self) -> Session {
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

impl World {
    /// Whether messages wait until they are in a store.
    pub(super) fn has_a_store(&self) -> bool {
        matches!(self.plan.keeps, Keeps::InAStore { .. })
    }

    /// A QoS 1 message was accepted that is not to leave before it is kept.
    pub(super) fn keep_before_it_leaves(
        &mut self,
        token: Token,
        topic: &str,
        payload: &[u8],
    ) -> Result<(), Broken> {
        let packet_id = self.pair.device(DEVICE).packet_id(token);
        ensure(packet_id.is_some(), Rule::Kept, self.pair.now(), || {
            format!("message {token} is to be kept, and has no packet identifier")
        })?;
        self.store.to_keep.push(KeptMessage {
            token,
            packet_id,
            topic: topic.to_owned(),
            payload: payload.to_owned(),
        });
        self.plan_to_write();
        Ok(())
    }

    /// Notes what an event changes in the store.
    pub(super) fn hear_for_the_store(&mut self, event: &Event) {
        if !self.has_a_store() {
            return;
        }
        match event {
            Event::Published { token } | Event::Failed { token, .. } => self.store.ended(*token),
            Event::Subscribed { .. }
            | Event::SubscribeRefused { .. }
            | Event::Unsubscribed { .. } => {}
            _ => return,
        }
        self.plan_to_write();
    }

    fn plan_to_write(&mut self) {
        let Keeps::InAStore { slowest } = self.plan.keeps else {
            return;
        };
        let slowest = u64::try_from(slowest.as_millis()).unwrap_or(0);
        let ms = self.plan.rng.u64(0..=slowest);
        let at = self.pair.now() + Duration::from_millis(ms);
        self.store.writes_at.get_or_insert(at);
    }

    /// The store is written, or fails to be: then what it should have taken is taken back.
    pub(super) fn write_store(&mut self) -> Result<(), Broken> {
        self.store.writes_at = None;
        let fails = !self.has_healed() && self.plan.rng.u8(0..10) == 0;
        self.note("store", format_args!("writes, and fails: {fails}"));
        let (now, device) = self.pair.device_mut(DEVICE);
        if fails {
            for message in core::mem::take(&mut self.store.to_keep) {
                let token = message.token;
                ensure(device.withdraw(now, token), Rule::Kept, now, || {
                    format!("message {token} is not kept, and can't be taken back")
                })?;
            }
            if !self.store.to_forget.is_empty() {
                self.plan_to_write();
            }
        } else {
            for message in &self.store.to_keep {
                self.ledger.kept(message.token);
            }
            self.store.write(device);
            let up_to = self.store.messages.last_key_value();
            if let Some((&up_to, _)) = up_to {
                device.kept(now, up_to);
            }
        }
        self.pair.settle();
        self.look()
    }

    /// What the process that ends now leaves to the next one.
    fn left(&mut self) -> Left {
        match self.plan.keeps {
            Keeps::Nothing => Left::Nothing,
            Keeps::AtTheEnd => Left::Session(self.pair.device(DEVICE).session()),
            Keeps::InAStore { .. } => {
                // What was being written came to the disk, perhaps, and the device never heard of it.
                if self.store.writes_at.is_some() && self.plan.rng.bool() {
                    self.store.write(self.pair.device(DEVICE));
                }
                Left::Store(self.store.process_ended())
            }
        }
    }

    /// The device of the next process, and what it goes on with.
    pub(super) fn next_process(&mut self) -> Result<(Device, Left), Broken> {
        let left = self.left();
        let (config, seed) = (self.plan.device.clone(), self.plan.rng.u64(..));
        let mut device = match left.session() {
            Some(session) => Device::restore(config, seed, session).map_err(|error| {
                let what = format!("a session is not taken back: {error}");
                Broken::new(Rule::Kept, self.pair.now(), what)
            })?,
            None => Device::new(config, seed).expect("a configuration that keeps its rules"),
        };
        if self.has_a_store() {
            device.hold_until_kept();
        }
        Ok((device, left))
    }
}
