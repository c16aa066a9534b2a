//! When the device's host keeps something of the session, and what the next process begins with.

use core::time::Duration;

use tern_core::device::{Device, Event, KeptMessage, Token};

use super::rules::{Broken, Rule, ensure};
use super::store::{Keeps, Left};
use super::world::{DEVICE, World};

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
            if let Some(up_to) = self.store.last() {
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
