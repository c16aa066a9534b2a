//! What happens because time passes: keep alive, time-outs, the next attempt.

use core::time::Duration;

use super::{Device, DisconnectKind, Event, FailReason, Phase, Timer};
use crate::time::Instant;
use crate::wire::{Packet, write};

impl Device {
    pub(super) fn timeout(&mut self, now: Instant) {
        if self.timers.take_expired(Timer::Connect, now).is_some() {
            let waited = self.config.connect_timeout.as_secs_f32();
            let reason = match self.phase {
                Phase::Authenticating => {
                    format!("no answer to the HTTPS authentication came within {waited} s")
                }
                Phase::Opening => format!("the connection could not be opened within {waited} s"),
                _ => format!(
                    "no CONNACK came within {waited} s: is there an MQTT broker on that port, and is the \
                     transport the right one?"
                ),
            };
            self.abort(now, DisconnectKind::TimedOut, reason);
        }
        if let Some(deadline) = self.timers.take_expired(Timer::PingResponse, now) {
            self.ping_response_missing(now, deadline);
        }
        if self.timers.take_expired(Timer::KeepAlive, now).is_some() {
            if now >= self.ping_due() {
                self.ping(now);
            }
            self.arm_keep_alive();
        }
        if self.timers.take_expired(Timer::Request, now).is_some() {
            for token in self.subscriptions.time_out(now) {
                self.event(Event::Failed {
                    token,
                    reason: FailReason::TimedOut,
                });
            }
            self.arm_request();
        }
        if self.timers.take_expired(Timer::Drain, now).is_some() && self.phase == Phase::Draining {
            self.say_goodbye();
        }
        if self.timers.take_expired(Timer::Reconnect, now).is_some() {
            self.begin_attempt(now);
        }
    }

    /// Bytes have come that had not come before: the link lives.
    pub(super) fn note_received(&mut self, now: Instant) {
        self.last_received = now;
        if let Some(deadline) = self.timers.get(Timer::PingResponse) {
            // A long backlog may stand before the PINGRESP, within one keep alive.
            let latest = self.ping_sent + self.keep_alive();
            let extended = (now + self.ping_timeout()).min(latest);
            self.timers.set(Timer::PingResponse, deadline.max(extended));
        }
    }

    pub(super) fn arm_keep_alive(&mut self) {
        match self.config.keep_alive {
            0 => self.timers.stop(Timer::KeepAlive),
            _ => self.timers.set(Timer::KeepAlive, self.ping_due()),
        }
    }

    pub(super) fn arm_request(&mut self) {
        match self.subscriptions.next_deadline() {
            Some(deadline) => self.timers.set(Timer::Request, deadline),
            None => self.timers.stop(Timer::Request),
        }
    }

    fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.config.keep_alive.into())
    }

    /// How long a PINGRESP may take: no longer than a keep alive, after which the platform would have gone too.
    fn ping_timeout(&self) -> Duration {
        self.config.ping_timeout.min(self.keep_alive())
    }

    /// When the next PINGREQ is due: once three quarters of the keep alive have passed since the last packet
    /// sent; the rest is for the way [MQTT-3.1.2-23] [seed: MQTT保活]. Received packets do not postpone it.
    /// Once the same time has passed since anything came, too: whoever sends all the time would never
    /// notice a dead link otherwise.
    fn ping_due(&self) -> Instant {
        let since = match self.timers.get(Timer::PingResponse) {
            Some(_) => self.last_sent,
            None => self.last_sent.min(self.last_received),
        };
        since + self.keep_alive() * 3 / 4
    }

    fn ping(&mut self, now: Instant) {
        // A PINGREQ has two bytes and can't fail to be written.
        let _ = write(&Packet::Pingreq, &mut self.transmit);
        self.last_sent = now;
        if self.timers.get(Timer::PingResponse).is_none() {
            self.ping_sent = now;
            self.timers
                .set(Timer::PingResponse, now + self.ping_timeout());
        }
    }

    fn ping_response_missing(&mut self, now: Instant, deadline: Instant) {
        let overslept = now.since(deadline) > self.ping_timeout() / 4;
        if overslept && !self.ping_excused {
            // The host slept, not the link: ask once more before calling it dead.
            self.ping_excused = true;
            self.ping(now);
            self.arm_keep_alive();
            return;
        }
        let silent = (now.since(self.ping_sent).as_secs_f32() * 10.0).round() / 10.0;
        let reason = format!("no PINGRESP within {silent} s: the link is dead [MQTT-3.1.2-24]");
        self.abort(now, DisconnectKind::Network, reason);
    }
}
