//! What the loop tells of the devices, and what that means for each and for its messages.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::Ended;
use tern_core::wire::QoS;

use super::super::super::cause::Cause;
use super::super::super::plan::micros;
use super::super::Told;
use super::{Members, State, Todo};
use crate::run_loop::{Notice, SessionId};

impl Members<'_> {
    /// Takes in what the loop tells.
    pub(in super::super) fn hear(
        &mut self,
        id: SessionId,
        notice: &Notice<'_>,
        tell: &mut dyn FnMut(Told<'_>),
    ) {
        let Some(number) = self.by_session.get(&id).copied() else {
            return;
        };
        let now = Instant::now();
        let now_us = micros(now.saturating_duration_since(self.started));
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        match notice {
            Notice::Accepted(token) => {
                // A subscription is asked for before anything is published.
                if std::mem::take(&mut member.asks_to_subscribe) {
                } else if let Some(asked_us) = member.asked_us.take() {
                    self.statistics.messages.accepted += 1;
                    self.open.insert((number, *token), asked_us);
                }
            }
            Notice::NotAccepted { is_full, reason } => {
                if std::mem::take(&mut member.asks_to_subscribe) {
                    self.statistics.error(Cause::SubscribeRefused, reason);
                } else if member.asked_us.take().is_some() {
                    self.statistics.messages.not_accepted += 1;
                    let cause = if *is_full {
                        Cause::PublishFull
                    } else {
                        Cause::PublishNotAccepted
                    };
                    self.statistics.error(cause, reason);
                }
            }
            Notice::Unverified { place } => tell(Told::Unverified { place }),
            Notice::Lost { reason } => self.lose(id, number, reason),
            Notice::Event(event) => self.hear_event(id, number, now_us, event),
            // Nothing here asks for it.
            Notice::ToBeKept { .. } | Notice::NotRestored { .. } => {}
        }
    }

    fn hear_event(&mut self, id: SessionId, number: u32, now_us: u64, event: &ReportEvent<'_>) {
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        match event {
            ReportEvent::Published { token } => {
                if let Some(asked_us) = self.open.remove(&(number, *token)) {
                    if self.plan.qos == QoS::AtMostOnce {
                        self.statistics.messages.acknowledged += 1;
                    } else {
                        let latency = Duration::from_micros(now_us.saturating_sub(asked_us));
                        self.statistics.acknowledged(latency);
                    }
                }
            }
            ReportEvent::Failed { token, reason } => {
                if self.open.remove(&(number, *token)).is_some() {
                    self.statistics.messages.failed += 1;
                    let words = reason.to_string();
                    self.statistics.error(Cause::PublishFailed(*reason), &words);
                } else {
                    self.statistics
                        .error(Cause::SubscribeRefused, &reason.to_string());
                }
            }
            ReportEvent::Message { .. } => self.statistics.messages.received += 1,
            ReportEvent::SubscribeRefused { filter, .. } => {
                self.statistics.error(Cause::SubscribeRefused, filter);
            }
            ReportEvent::Connected { .. } => self.connected(number, now_us),
            ReportEvent::Refused(refusal) => {
                let cause = Cause::from(refusal);
                member.cause = Some(cause);
                let words = format!("{}\n{}", refusal.reason, refusal.explanation);
                self.statistics.error(cause, &words);
                self.disconnected(number);
            }
            ReportEvent::Disconnected(disconnect) => {
                let cause = Cause::Disconnected(disconnect.kind);
                if !self.is_stopping {
                    member.cause = Some(cause);
                    self.statistics.error(cause, &disconnect.reason);
                }
                self.disconnected(number);
            }
            ReportEvent::Reconnecting { .. } => {
                let seconds = now_us / 1_000_000;
                let tried = seconds.saturating_sub(member.opened_s.into());
                if !member.ever_connected
                    && !member.given_up
                    && tried >= self.settings.give_up.as_secs()
                {
                    member.given_up = true;
                    self.todo.push_back(Todo::GiveUp(id));
                }
            }
            ReportEvent::Ended(ended) => self.end(number, ended),
            _ => {}
        }
    }

    fn connected(&mut self, number: u32, now_us: u64) {
        let device = self.number(number);
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        if member.state == State::Connecting {
            self.connecting -= 1;
            self.connected += 1;
        }
        member.state = State::Connected;
        member.cause = None;
        if std::mem::replace(&mut member.ever_connected, true) {
            self.reconnects += 1;
        } else {
            self.ever_connected += 1;
            if self.plan.count == Some(0) {
                self.unfinished -= 1;
            } else {
                let after = Duration::from_micros(now_us);
                let due = micros(self.plan.first_due(device, after));
                self.due.push(Reverse((due, number)));
            }
        }
        // A device renews its subscriptions by itself, but one that was opened anew knows of none.
        if self.plan.subscribe.is_some() && !member.has_subscribed && !self.is_stopping {
            member.has_subscribed = true;
            member.asks_to_subscribe = true;
            self.todo.push_back(Todo::Subscribe(number));
        }
    }

    /// A connection, or an attempt at one, is over.
    fn disconnected(&mut self, number: u32) {
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        if member.state == State::Connected {
            member.state = State::Connecting;
            self.connected -= 1;
            self.connecting += 1;
        }
    }

    /// A device does nothing more by itself.
    fn end(&mut self, number: u32, ended: &Ended) {
        self.disconnected(number);
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        if member.state == State::Connecting {
            self.connecting -= 1;
        }
        member.state = State::Ended;
        if self.is_stopping {
            return;
        }
        match ended {
            Ended::Refused(refusal) => member.cause = Some(refusal.into()),
            Ended::Disconnected(disconnect) => {
                member.cause = Some(Cause::Disconnected(disconnect.kind));
            }
            Ended::Requested => {}
        }
        member.given_up = true;
        self.given_up += 1;
        if !member.ever_connected {
            self.unfinished -= 1;
        }
    }

    /// The sandbox of a device has failed.
    fn lose(&mut self, id: SessionId, number: u32, reason: &str) {
        self.by_session.remove(&id);
        self.disconnected(number);
        let Some(member) = self.members.get_mut(number as usize) else {
            return;
        };
        member.session = None;
        member.has_subscribed = false;
        member.asks_to_subscribe = false;
        if member.state == State::Connecting {
            self.connecting -= 1;
            member.state = State::Waiting;
        }
        member.cause = Some(Cause::SandboxLost);
        if self.is_stopping {
            member.state = State::Ended;
        }
        if member.asked_us.take().is_some() {
            self.statistics.messages.not_accepted += 1;
            self.statistics.error(Cause::PublishNotAccepted, reason);
        }
        self.statistics.error(Cause::SandboxLost, reason);
        self.lost.insert(number);
        let reason = reason.to_owned();
        self.todo.push_back(Todo::Lost {
            member: number,
            reason,
        });
    }

    /// What was open in sandboxes that have failed is lost. Before any of their devices is opened again, whose tokens
    /// begin anew.
    pub(in super::super) fn settle_lost(&mut self) {
        if self.lost.is_empty() {
            return;
        }
        let before = self.open.len();
        let lost = std::mem::take(&mut self.lost);
        self.open.retain(|(member, _), _| !lost.contains(member));
        let count = (before - self.open.len()) as u64;
        self.statistics.messages.lost += count;
        self.statistics.errors_of(Cause::PublishLost, count, "");
    }
}
