//! What the device tells, as the page will see it.

use tern_core::device::{
    Disconnect, DisconnectKind, Ended as Stop, Event, Refusal as Refused, RefusedBy, Token,
};

use super::{LinkState, Running, Session};
use crate::form::Carrier;
use crate::protocol::{Bilingual, Ended, Fate, Refusal, Stop as Stopped, SubscriptionState};

impl Session {
    pub(super) fn told(&mut self, now_ms: f64, event: Event, running: &mut Running) {
        match event {
            Event::Connecting { endpoint } => {
                self.link = LinkState::Connecting;
                running.endpoint =
                    (running.carrier != Carrier::InPage).then(|| endpoint.to_string());
            }
            Event::Authenticated => running.trail.granted(now_ms),
            Event::Connected { session_present } => {
                running.trail.accepted(now_ms);
                (self.refusal, self.ended, self.case) = (None, None, None);
                self.link = LinkState::Connected {
                    session_present,
                    since_ms: now_ms,
                };
            }
            Event::Refused(refusal) => self.refused(now_ms, &refusal, running),
            Event::Disconnected(end) => {
                self.seen(now_ms, &end, running);
                self.over(now_ms, Some(end));
            }
            Event::Reconnecting { in_ms, attempt } => {
                #[allow(clippy::cast_precision_loss, reason = "a wait is a minute at most")]
                let until_ms = now_ms + in_ms as f64;
                self.link = LinkState::Waiting { attempt, until_ms };
            }
            Event::Subscribed { token, filter, qos } => {
                self.answered(token);
                self.stands(filter.as_str(), qos.number(), SubscriptionState::Granted);
            }
            Event::SubscribeRefused { token, filter } => {
                self.answered(token);
                let qos = self.qos_asked_for(filter.as_str());
                self.stands(filter.as_str(), qos, SubscriptionState::Refused);
            }
            Event::Unsubscribed { token, filter } => {
                self.answered(Some(token));
                self.subscriptions.retain(|s| s.filter != filter.as_str());
            }
            Event::Published { token } => {
                let fate = |sent_ms: f64| Fate::Done {
                    after_ms: now_ms - sent_ms,
                };
                self.befell(token, fate);
            }
            Event::Failed { token, reason } => {
                let reason = Bilingual::of(&reason);
                if let Some(filter) = self.answered(Some(token)) {
                    let qos = self.qos_asked_for(&filter);
                    self.stands(&filter, qos, SubscriptionState::Failed(reason));
                } else {
                    self.befell(token, |_| Fate::Failed(reason));
                }
            }
            Event::Ended(stop) => {
                self.link = LinkState::Idle;
                self.subscriptions.clear();
                self.asked.clear();
                self.stop_repeat(Stopped::ConnectionOver);
                match stop {
                    Stop::Requested => self.over(now_ms, None),
                    Stop::Refused(refusal) => self.refused(now_ms, &refusal, running),
                    Stop::Disconnected(end) => {
                        self.seen(now_ms, &end, running);
                        self.over(now_ms, Some(end));
                    }
                }
            }
            // Messages are read from the log, where their packets stand.
            _ => {}
        }
    }

    fn over(&mut self, now_ms: f64, end: Option<Disconnect>) {
        self.ended = Some(Ended {
            asked_for: end
                .as_ref()
                .is_none_or(|end| end.kind == DisconnectKind::Requested),
            reason: end.map(|end| end.reason).unwrap_or_default(),
            at_ms: now_ms,
        });
    }

    /// Writes down what an end shows, where it shows more than the one before.
    fn seen(&mut self, now_ms: f64, end: &Disconnect, running: &mut Running) {
        let case = running.trail.ended(now_ms, end);
        if let Some(case) = case {
            self.case = Some(case);
        }
    }

    fn refused(&mut self, now_ms: f64, refusal: &Refused, running: &mut Running) {
        self.case = Some(running.trail.refused(now_ms, refusal.by));
        let code = match refusal.by {
            RefusedBy::Connack(code) => code.number().into(),
            RefusedBy::Auth(code) => code,
        };
        let remark = self.transport(running.carrier).remark();
        self.refusal = Some(Refusal {
            code,
            reason: refusal.reason.clone(),
            explanation: refusal.explanation.clone(),
            remark,
        });
    }

    fn qos_asked_for(&self, filter: &str) -> u8 {
        let known = self.subscriptions.iter().find(|s| s.filter == filter);
        known.map_or(0, |known| known.qos)
    }

    /// Takes a request off the list: the filter it was for.
    fn answered(&mut self, token: Option<Token>) -> Option<String> {
        let place = self
            .asked
            .iter()
            .position(|(asked, _)| Some(*asked) == token)?;
        Some(self.asked.remove(place).1)
    }

    /// Tokens start again with each device, so only what still waits can be meant.
    fn befell(&mut self, token: Token, fate: impl FnOnce(f64) -> Fate) {
        let mut waiting = self.outbox.iter_mut();
        if let Some(sent) = waiting.find(|s| s.token == token.0 && s.fate == Fate::Waiting) {
            sent.fate = fate(sent.at_ms);
        }
    }
}
