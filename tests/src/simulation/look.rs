//! What is looked at after each step.

use tern_core::device::{Ended, Event, Token};
use tern_core::time::Instant;
use tern_platform::EventKind;

use super::ledger::{Outcome, serial};
use super::plan::PRODUCT;
use super::rules::{Broken, Rule, ensure};
use super::world::{DEVICE, PATIENCE, RIVAL, World};
use crate::pair::Told;

impl World {
    /// Looks at all that has been told since the last time, and at what is held.
    pub(super) fn look(&mut self) -> Result<(), Broken> {
        let is_tainted = self.pair.is_corrupted();
        self.ledger.set_tainted(is_tainted);
        for event in self.pair.platform_events() {
            self.platform_told(&event)?;
        }
        for told in self.pair.told(DEVICE) {
            if self.trace.is_kept() {
                self.note_told("device", &told);
            }
            self.device_told(told)?;
        }
        for told in self.pair.told(RIVAL) {
            if self.trace.is_kept() {
                self.note_told("rival", &told);
            }
            // Who holds the triple gets its messages.
            if let Told::Message { topic, .. } = told {
                self.message(&topic)?;
            }
        }
        self.measure()
    }

    fn note_told(&mut self, who: &str, told: &Told) {
        match told {
            Told::Sent { link, bytes } => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                self.note(who, format_args!("link {link}: {hex}"));
            }
            Told::Message {
                topic, qos, dup, ..
            } => self.note(who, format_args!("message {topic:?} {qos:?} dup {dup}")),
            Told::Event(event) => self.note(who, format_args!("{event:?}")),
        }
    }

    fn platform_told(&mut self, event: &tern_platform::Event) -> Result<(), Broken> {
        let now = self.pair.now();
        if self.trace.is_kept() {
            let connection = event.connection.map(|connection| connection.number());
            let kind = &event.kind;
            self.note("platform", format_args!("{connection:?} {kind:?}"));
        }
        let is_tainted = self.ledger.is_tainted();
        match &event.kind {
            EventKind::Connected {
                clean_session,
                session_present,
                ..
            } => {
                self.session.connected(
                    now,
                    event.connection,
                    *clean_session,
                    *session_present,
                    is_tainted,
                )?;
                let by = event.connection.and_then(|id| self.pair.end_behind(id));
                if by == Some(DEVICE) {
                    self.ledger.logged_in();
                }
                if !session_present {
                    self.ledger.session_made(by == Some(DEVICE));
                }
            }
            EventKind::Disconnected { .. } if self.session.disconnected(event.connection) => {
                self.ledger.session_ended();
            }
            EventKind::Published { topic, .. } => {
                if let Some(serial) = of_topic(topic, "up") {
                    self.ledger.reached(serial);
                }
            }
            EventKind::Dropped { topic, .. } => {
                if let Some(serial) = of_topic(topic, "down") {
                    self.ledger.dropped(serial);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn device_told(&mut self, told: Told) -> Result<(), Broken> {
        let now = self.pair.now();
        match told {
            Told::Sent { link, bytes } => {
                let keep_alive =
                    core::time::Duration::from_secs(self.plan.device.keep_alive.into());
                self.wire.sent(now, keep_alive, link, &bytes, &self.ledger)
            }
            Told::Message { topic, .. } => self.message(&topic),
            Told::Event(event) => self.device_event(now, event),
        }
    }

    fn message(&mut self, topic: &str) -> Result<(), Broken> {
        match of_topic(topic, "down") {
            Some(serial) => self.ledger.delivered(self.pair.now(), serial),
            None => Ok(()),
        }
    }

    fn device_event(&mut self, now: Instant, event: Event) -> Result<(), Broken> {
        self.hear_for_the_store(&event);
        match event {
            Event::Connecting { .. } => self.backoff.connecting(now),
            Event::Connected { .. } => {
                // Heard late, by a host that hung, it may be about a platform that has forgotten since.
                if self.pair.is_joined(DEVICE) {
                    self.session.forgotten = 0;
                }
                self.backoff.connected(now);
                Ok(())
            }
            Event::Refused(_) | Event::Disconnected(_) => {
                self.backoff.ended(now);
                Ok(())
            }
            Event::Reconnecting { in_ms, .. } => self.backoff.reconnecting(now, in_ms),
            Event::Subscribed {
                token: Some(token), ..
            } => self.token_ended(now, token, Outcome::Subscribed),
            Event::SubscribeRefused {
                token: Some(token), ..
            } => self.token_ended(now, token, Outcome::SubscribeRefused),
            Event::Unsubscribed { token, .. } => {
                self.token_ended(now, token, Outcome::Unsubscribed)
            }
            Event::Published { token } => self.token_ended(now, token, Outcome::Published),
            Event::Failed { token, reason } => {
                self.token_ended(now, token, Outcome::Failed(reason))
            }
            Event::Ended(ended) => self.stopped(now, &ended),
            _ => Ok(()),
        }
    }

    fn token_ended(&mut self, now: Instant, token: Token, outcome: Outcome) -> Result<(), Broken> {
        if let Some(serial) = self.ledger.end(now, token, outcome)? {
            self.wire.ended(serial);
        }
        Ok(())
    }

    fn stopped(&mut self, now: Instant, ended: &Ended) -> Result<(), Broken> {
        self.ledger.stopped(now)?;
        self.backoff.stopped();
        let planned = self.back_after.take();
        let is_excused = match ended {
            Ended::Requested => planned.is_some() || self.has_healed(),
            // A token that the platform forgot is replaced once; if it forgets that too before it is used,
            // the device takes the refusal for what it is.
            Ended::Refused(_) => self.ledger.was_tainted || self.session.forgotten >= 2,
            Ended::Disconnected(_) => self.ledger.was_tainted,
        };
        ensure(is_excused, Rule::GaveUp, now, || {
            format!("the device stopped by itself: {ended:?}")
        })?;
        self.connects_at = Some(now + planned.unwrap_or(PATIENCE));
        Ok(())
    }

    /// What is held stays within its limits.
    fn measure(&self) -> Result<(), Broken> {
        let now = self.pair.now();
        let limits = &self.plan.device.limits;
        let device = self.pair.device(DEVICE);
        let (messages, bytes) = device.queued();
        // One message may always wait, whatever its size.
        let largest = limits.max_payload + 64;
        ensure(
            messages <= limits.max_queued.max(self.restored.0)
                && bytes <= limits.max_queued_bytes.max(largest).max(self.restored.1),
            Rule::Memory,
            now,
            || format!("{messages} messages of {bytes} bytes wait, over the limits"),
        )?;
        let in_flight = self.wire.in_flight();
        ensure(in_flight <= limits.max_inflight, Rule::Memory, now, || {
            format!("{in_flight} messages are in flight, over the limit")
        })?;
        let held = self.pair.held(DEVICE);
        ensure(held <= 2 * limits.max_packet, Rule::Memory, now, || {
            format!("{held} bytes are left with the host")
        })?;
        let ids = device.packet_ids_in_use();
        // Subscriptions and unsubscriptions are limited apart.
        let messages = if self.has_a_store() {
            limits.max_queued.max(self.restored.0)
        } else {
            limits.max_inflight
        };
        let most = messages + 2 * limits.max_subscriptions;
        ensure(ids <= most, Rule::IdentifierLeak, now, || {
            format!("{ids} packet identifiers are in use, and at most {most} could be")
        })
    }

    pub(super) fn has_healed(&self) -> bool {
        self.pair.now() >= self.plan.heals_at
    }
}

/// The serial number in a topic of this direction; corrupted, it is none.
fn of_topic(topic: &str, way: &str) -> Option<usize> {
    let rest = topic.strip_prefix('/')?.strip_prefix(PRODUCT)?;
    let mut levels = rest.strip_prefix('/')?.split('/');
    let _name = levels.next()?;
    (levels.next() == Some(way))
        .then(|| serial(topic))
        .flatten()
}
