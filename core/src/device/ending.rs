//! How an attempt, a connection and the device end, and what follows.

use super::{
    Backoff, Device, Disconnect, DisconnectKind, Ended, Event, FailReason, Output, Phase, Refusal,
    Timer,
};
use crate::explain;
use crate::time::Instant;

/// How an attempt or a connection failed.
pub(super) enum Failure {
    Refused {
        refusal: Refusal,
        is_final: bool,
    },
    /// `is_final` is none where the kind of the end decides.
    Disconnected {
        disconnect: Disconnect,
        is_final: Option<bool>,
    },
}

impl From<Disconnect> for Failure {
    fn from(disconnect: Disconnect) -> Self {
        Self::Disconnected {
            disconnect,
            is_final: None,
        }
    }
}

impl Device {
    /// Ends the connection from this side. What has been told to be sent still goes out before.
    pub(super) fn abort(&mut self, now: Instant, kind: DisconnectKind, reason: String) {
        if self.phase.has_transport() {
            self.outputs.push(Output::CloseTransport);
        }
        self.fail(now, Disconnect { kind, reason }.into());
    }

    /// An attempt or a connection is over: tells so, and tries again or stops.
    pub(super) fn fail(&mut self, now: Instant, failure: Failure) {
        let draining = self.phase == Phase::Draining;
        self.timers.stop_all();
        self.phase = Phase::Waiting;
        let (is_final, ended) = match failure {
            Failure::Refused { refusal, is_final } => {
                self.backoff.ended(now, false);
                self.event(Event::Refused(refusal.clone()));
                (is_final, Ended::Refused(refusal))
            }
            Failure::Disconnected {
                mut disconnect,
                is_final,
            } => {
                let closed = disconnect.kind == DisconnectKind::Closed;
                if let Some(times) = self.backoff.ended(now, closed) {
                    disconnect.reason.push_str(&explain::take_over(times));
                }
                // At the first attempt these mean that something else answers there than was meant.
                let is_final = is_final.unwrap_or(
                    !self.ever_connected
                        && matches!(
                            disconnect.kind,
                            DisconnectKind::Certificate
                                | DisconnectKind::Malformed
                                | DisconnectKind::PeerMisbehaved
                        ),
                );
                self.event(Event::Disconnected(disconnect.clone()));
                (is_final, Ended::Disconnected(disconnect))
            }
        };
        if draining {
            return self.end(Ended::Requested);
        }
        if is_final {
            return self.end(ended);
        }
        match self.backoff.next(self.config.reconnect, &mut self.rng) {
            Some(next) => {
                let in_ms = u64::try_from(next.wait.as_millis()).unwrap_or(u64::MAX);
                self.timers.set(Timer::Reconnect, now + next.wait);
                self.event(Event::Reconnecting {
                    in_ms,
                    attempt: next.attempt,
                });
            }
            None => self.end(ended),
        }
    }

    /// Stops: gives back every open token, then says how it ended.
    pub(super) fn end(&mut self, ended: Ended) {
        self.timers.stop_all();
        self.phase = Phase::Idle;
        let mut tokens = self.outbox.give_back(&mut self.ids);
        tokens.extend(self.subscriptions.give_back(&mut self.ids));
        for token in tokens {
            self.event(Event::Failed {
                token,
                reason: FailReason::GivenBack,
            });
        }
        self.backoff = Backoff::default();
        self.event(Event::Ended(ended));
    }

    pub(super) fn event(&mut self, event: Event) {
        self.outputs.push(Output::Event(event));
    }
}
