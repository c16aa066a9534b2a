//! The life of a connection: attempt, login, packets, keep alive, end.

use core::time::Duration;

use super::sign_in::FirstStep;
use super::subscriptions::Answered;
use super::turn::may_come;
use super::{
    CloseKind, CloseReason, Device, Disconnect, DisconnectKind, Ended, Event, FailReason, Output,
    Phase, Progress, Refusal, RefusedBy, Timer,
};
use crate::auth::{AuthError, HttpAnswer};
use crate::explain;
use crate::time::Instant;
use crate::wire::{
    Connack, ConnectCode, FrameError, Framed, Packet, PacketId, Publish, QoS, Sender, Suback,
    frame, read, write,
};

/// How an attempt or a connection failed.
enum Failure {
    Refused { refusal: Refusal, is_final: bool },
    Disconnected(Disconnect),
}

impl Device {
    // --- the attempt -----------------------------------------------------------------------------

    pub(super) fn begin_attempt(&mut self, now: Instant) {
        self.timers.stop_all();
        self.transmit.clear();
        self.timers
            .set(Timer::Connect, now + self.config.connect_timeout);
        match self.sign_in.begin(&self.config.login, now) {
            FirstStep::Authenticate(request) => {
                self.phase = Phase::Authenticating;
                self.outputs.push_back(Output::SendHttp(request));
            }
            FirstStep::Open(endpoint) => self.open(endpoint),
        }
    }

    fn open(&mut self, endpoint: crate::identity::Endpoint) {
        self.phase = Phase::Opening;
        self.event(Event::Connecting {
            endpoint: endpoint.clone(),
        });
        self.outputs
            .push_back(Output::OpenTransport(endpoint.clone()));
        self.endpoint = Some(endpoint);
    }

    pub(super) fn http_answered(
        &mut self,
        now: Instant,
        answer: Result<HttpAnswer<'_>, CloseReason>,
    ) {
        if self.phase != Phase::Authenticating {
            return; // an answer that came after its time was over
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(reason) => {
                let disconnect = Disconnect {
                    kind: kind_of(reason.kind),
                    reason: format!("the HTTPS authentication failed: {}", reason.text),
                };
                return self.fail(now, Failure::Disconnected(disconnect));
            }
        };
        match self.sign_in.answered(&self.config.login, now, answer) {
            Ok(Some(endpoint)) => {
                self.event(Event::Authenticated);
                self.open(endpoint);
            }
            Ok(None) => {}
            Err(error) => {
                let failure = auth_failure(&error);
                self.fail(now, failure);
            }
        }
    }

    pub(super) fn transport_opened(&mut self, now: Instant) {
        let (Phase::Opening, Some(endpoint)) = (self.phase, self.endpoint.as_ref()) else {
            return;
        };
        let connect = self.sign_in.connect(&self.config, endpoint);
        self.phase = Phase::LoggingIn;
        self.last_sent = now;
        if let Err(error) = write(&Packet::Connect(connect), &mut self.transmit) {
            // `Config::check` lets nothing through that can't be written; a token might.
            let reason = format!("the CONNECT can't be written: {error}");
            self.abort(now, DisconnectKind::PeerMisbehaved, reason);
        }
    }

    pub(super) fn transport_closed(&mut self, now: Instant, reason: CloseReason) {
        if !self.phase.has_transport() {
            return;
        }
        let text = match (self.phase, reason.kind) {
            (Phase::LoggingIn, CloseKind::Closed) => {
                format!(
                    "the connection was closed before a CONNACK came: {}",
                    reason.text
                )
            }
            _ => reason.text,
        };
        let disconnect = Disconnect {
            kind: kind_of(reason.kind),
            reason: text,
        };
        self.fail(now, Failure::Disconnected(disconnect));
    }

    // --- packets ---------------------------------------------------------------------------------

    pub(super) fn received(&mut self, now: Instant, bytes: &[u8]) -> Progress {
        let all = Progress {
            consumed: bytes.len(),
            need: 1,
        };
        if !self.phase.has_transport() || self.phase == Phase::Opening {
            return all;
        }
        if let Some(deadline) = self.timers.get(Timer::PingResponse) {
            // The link lives: a long backlog may stand before the PINGRESP, within one keep alive.
            let latest = self.ping_sent + self.keep_alive().max(self.config.ping_timeout);
            let extended = (now + self.config.ping_timeout).min(latest);
            self.timers.set(Timer::PingResponse, deadline.max(extended));
        }
        let mut start = 0;
        while let Some(rest) = bytes.get(start..) {
            let len = match frame(rest, Sender::Server, self.config.limits.max_packet) {
                Ok(Framed::Need(need)) => {
                    self.after_packets(now);
                    return Progress {
                        consumed: start,
                        need,
                    };
                }
                Ok(Framed::Complete { len }) => len,
                Err(error) => {
                    self.bad_bytes(now, &error);
                    return all;
                }
            };
            let packet = rest.get(..len).unwrap_or_default();
            match read(packet, Sender::Server) {
                Ok(read) => {
                    if let Err(reason) = self.packet(now, start, packet, read) {
                        self.abort(now, DisconnectKind::PeerMisbehaved, reason);
                    }
                }
                Err(error) => self.bad_bytes(now, &error),
            }
            if !self.phase.has_transport() {
                return all;
            }
            start += len;
        }
        all
    }

    /// Handles one legal packet; `Err` where the platform may not send it now.
    fn packet(
        &mut self,
        now: Instant,
        start: usize,
        bytes: &[u8],
        packet: Packet<'_>,
    ) -> Result<(), String> {
        may_come(self.phase, packet.packet_type()).map_err(str::to_owned)?;
        match packet {
            Packet::Publish(publish) => return self.message(start, bytes, &publish),
            Packet::Puback(id) => {
                let Some(token) = self.outbox.acknowledged(id, &mut self.ids) else {
                    return Err(unasked("PUBACK", id));
                };
                self.event(Event::Published { token });
            }
            Packet::Connack(connack) => self.connack(now, connack),
            Packet::Suback(suback) => return self.suback(&suback),
            Packet::Unsuback(id) => match self.subscriptions.unsuback(id, &mut self.ids) {
                Some(answered) => self.answered(answered),
                None => return Err(unasked("UNSUBACK", id)),
            },
            Packet::Pingresp => {
                self.timers.stop(Timer::PingResponse);
                self.ping_excused = false;
            }
            // The other types are not a server's, or refused by `may_come`.
            _ => {}
        }
        Ok(())
    }

    fn message(&mut self, start: usize, bytes: &[u8], publish: &Publish<'_>) -> Result<(), String> {
        let id = match (publish.qos, publish.packet_id) {
            (QoS::ExactlyOnce, _) => {
                return Err(
                    "a message came with QoS 2, and no subscription of this device asks for that"
                        .into(),
                );
            }
            (_, id) => id,
        };
        let payload_start = start + bytes.len() - publish.payload.len();
        let id_len = if id.is_some() { 2 } else { 0 };
        let topic_end = payload_start - id_len;
        self.event(Event::Message {
            topic: topic_end - publish.topic.len()..topic_end,
            payload: payload_start..payload_start + publish.payload.len(),
            qos: publish.qos,
            dup: publish.dup,
            retain: publish.retain,
        });
        if let Some(id) = id {
            // A PUBACK has four bytes and can't fail to be written.
            let _ = write(&Packet::Puback(id), &mut self.transmit);
        }
        Ok(())
    }

    fn suback(&mut self, suback: &Suback) -> Result<(), String> {
        // One filter a SUBSCRIBE, so one code a SUBACK [MQTT-3.8.4-5].
        let &[code] = suback.codes.as_slice() else {
            return Err(format!(
                "a SUBACK holds {} return codes for a SUBSCRIBE of one filter [MQTT-3.8.4-5]",
                suback.codes.len()
            ));
        };
        match self
            .subscriptions
            .suback(suback.packet_id, code, &mut self.ids)
        {
            Some(answered) => self.answered(answered),
            None => return Err(unasked("SUBACK", suback.packet_id)),
        }
        Ok(())
    }

    fn answered(&mut self, answered: Answered) {
        match answered {
            Answered::Subscribed { token, filter, qos } => {
                self.event(Event::Subscribed { token, filter, qos });
            }
            Answered::Refused { token, filter } => {
                self.event(Event::SubscribeRefused { token, filter });
            }
            Answered::Unsubscribed { token, filter } => {
                self.event(Event::Unsubscribed { token, filter });
            }
            Answered::TooLate => {}
        }
    }

    fn connack(&mut self, now: Instant, connack: Connack) {
        if connack.code != ConnectCode::Accepted {
            return self.refused(now, connack.code);
        }
        self.phase = Phase::Connected;
        self.ever_connected = true;
        self.sign_in.accepted();
        self.backoff.connected(now);
        self.ping_excused = false;
        self.timers.stop(Timer::Connect);
        self.arm_keep_alive();
        // A server that says "present" to a clean session has none all the same [MQTT-3.2.2-1].
        let session_present = connack.session_present && !self.config.clean_session;
        self.event(Event::Connected { session_present });
        self.subscriptions.connected(session_present, &mut self.ids);
        self.outbox.send_again(&mut self.transmit);
        self.send_waiting(now);
    }

    fn refused(&mut self, now: Instant, code: ConnectCode) {
        let login = &self.config.login;
        let refusal = Refusal {
            by: RefusedBy::Connack(code),
            reason: code.name().to_owned(),
            explanation: explain::connack(code, login, self.config.keep_alive),
        };
        let again = code == ConnectCode::ServerUnavailable && self.sign_in.token_refused(login);
        self.outputs.push_back(Output::CloseTransport);
        if again {
            self.event(Event::Refused(refusal));
            self.event(Event::Reconnecting {
                in_ms: 0,
                attempt: 1,
            });
            self.begin_attempt(now);
            return;
        }
        // The standard lets "server unavailable" pass; a login that was wrong stays wrong.
        let is_final = code != ConnectCode::ServerUnavailable || !self.ever_connected;
        self.fail(now, Failure::Refused { refusal, is_final });
    }

    // --- sending ---------------------------------------------------------------------------------

    /// Sends whatever waits and may be sent.
    pub(super) fn send_waiting(&mut self, now: Instant) {
        if !self.phase.is_online() {
            return;
        }
        let timeout = self.config.request_timeout;
        let unwritable =
            self.subscriptions
                .send_waiting(now, timeout, &mut self.ids, &mut self.transmit);
        for token in unwritable {
            self.event(Event::Failed {
                token,
                reason: FailReason::Unwritable,
            });
        }
        let outputs = &mut self.outputs;
        self.outbox.send_waiting(
            &mut self.ids,
            self.config.limits.max_inflight,
            &mut self.transmit,
            |token| outputs.push_back(Output::Event(Event::Published { token })),
        );
        self.arm_request();
        self.note_sent(now);
    }

    /// After a batch of packets: acknowledgements have made room, or emptied what a disconnect waits for.
    fn after_packets(&mut self, now: Instant) {
        self.send_waiting(now);
        if self.phase == Phase::Draining {
            self.finish_drained();
        }
    }

    /// What is to be sent counts as sent from now on, for the keep alive.
    fn note_sent(&mut self, now: Instant) {
        if !self.transmit.is_empty() {
            self.last_sent = now;
        }
    }

    fn arm_request(&mut self) {
        match self.subscriptions.next_deadline() {
            Some(deadline) => self.timers.set(Timer::Request, deadline),
            None => self.timers.stop(Timer::Request),
        }
    }

    pub(super) fn finish_drained(&mut self) {
        if self.outbox.len() == 0 && self.subscriptions.is_idle() {
            self.say_goodbye();
        }
    }

    fn say_goodbye(&mut self) {
        // A DISCONNECT has two bytes and can't fail to be written.
        let _ = write(&Packet::Disconnect, &mut self.transmit);
        self.outputs.push_back(Output::CloseTransport);
        self.end(Ended::Requested);
    }

    // --- time ------------------------------------------------------------------------------------

    fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.config.keep_alive.into())
    }

    /// A PINGREQ goes out when three quarters of the keep alive have passed since the last packet sent:
    /// the rest is for the way [MQTT-3.1.2-23] [seed: MQTT保活]. Received packets do not postpone it.
    fn arm_keep_alive(&mut self) {
        match self.config.keep_alive {
            0 => self.timers.stop(Timer::KeepAlive),
            _ => self
                .timers
                .set(Timer::KeepAlive, self.last_sent + self.keep_alive() * 3 / 4),
        }
    }

    pub(super) fn timeout(&mut self, now: Instant) {
        if self.timers.take_expired(Timer::Connect, now).is_some() {
            let awaited = match self.phase {
                Phase::Authenticating => "no answer to the HTTPS authentication came",
                Phase::Opening => "the connection could not be opened",
                _ => {
                    "no CONNACK came; is there an MQTT broker on that port, and the right transport chosen"
                }
            };
            let within = self.config.connect_timeout.as_secs_f32();
            self.abort(
                now,
                DisconnectKind::TimedOut,
                format!("{awaited} (within {within} s)"),
            );
        }
        if let Some(deadline) = self.timers.take_expired(Timer::PingResponse, now) {
            self.ping_response_missing(now, deadline);
        }
        if self.timers.take_expired(Timer::KeepAlive, now).is_some() {
            if now >= self.last_sent + self.keep_alive() * 3 / 4 {
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
            if self.phase == Phase::Draining {
                self.finish_drained();
            }
        }
        if self.timers.take_expired(Timer::Drain, now).is_some() && self.phase == Phase::Draining {
            self.say_goodbye();
        }
        if self.timers.take_expired(Timer::Reconnect, now).is_some() {
            self.begin_attempt(now);
        }
    }

    fn ping(&mut self, now: Instant) {
        // A PINGREQ has two bytes and can't fail to be written.
        let _ = write(&Packet::Pingreq, &mut self.transmit);
        self.last_sent = now;
        if self.timers.get(Timer::PingResponse).is_none() {
            self.ping_sent = now;
            self.timers
                .set(Timer::PingResponse, now + self.config.ping_timeout);
        }
    }

    fn ping_response_missing(&mut self, now: Instant, deadline: Instant) {
        let overslept = now.since(deadline) > self.config.ping_timeout / 4;
        if overslept && !self.ping_excused {
            // The host slept, not the link: ask once more before calling it dead.
            self.ping_excused = true;
            self.ping(now);
            self.arm_keep_alive();
            return;
        }
        let silent = now.since(self.ping_sent).as_secs_f32();
        let reason = format!("no PINGRESP within {silent} s: the link is dead [MQTT-3.1.2-24]");
        self.abort(now, DisconnectKind::Network, reason);
    }

    // --- the end ---------------------------------------------------------------------------------

    fn bad_bytes(&mut self, now: Instant, error: &FrameError) {
        let (kind, what) = match error {
            FrameError::WrongSender(..) => (DisconnectKind::PeerMisbehaved, "the peer misbehaved"),
            FrameError::TooLarge { .. } => (DisconnectKind::TooLarge, "the peer sent too much"),
            FrameError::Malformed(_) => (DisconnectKind::Malformed, "the peer sent what is no MQTT"),
        };
        self.abort(now, kind, format!("{what}: {error}"));
    }

    /// Ends the connection from this side.
    fn abort(&mut self, now: Instant, kind: DisconnectKind, reason: String) {
        self.transmit.clear();
        if self.phase.has_transport() {
            self.outputs.push_back(Output::CloseTransport);
        }
        self.fail(now, Failure::Disconnected(Disconnect { kind, reason }));
    }

    /// An attempt or a connection is over: tells so, and tries again or stops.
    fn fail(&mut self, now: Instant, failure: Failure) {
        let draining = self.phase == Phase::Draining;
        self.timers.stop_all();
        self.transmit.clear();
        self.phase = Phase::Waiting;
        let (is_final, ended) = match failure {
            Failure::Refused { refusal, is_final } => {
                self.backoff.ended(now, false);
                self.event(Event::Refused(refusal.clone()));
                (is_final, Ended::Refused(refusal))
            }
            Failure::Disconnected(mut disconnect) => {
                let closed = disconnect.kind == DisconnectKind::Closed;
                if let Some(times) = self.backoff.ended(now, closed) {
                    disconnect.reason.push_str(&explain::take_over(times));
                }
                let is_final = !self.ever_connected
                    && matches!(
                        disconnect.kind,
                        DisconnectKind::Certificate
                            | DisconnectKind::Malformed
                            | DisconnectKind::PeerMisbehaved
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
        self.backoff = super::Backoff::default();
        self.event(Event::Ended(ended));
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

fn auth_failure(error: &AuthError) -> Failure {
    match error {
        AuthError::Refused { code, .. } => Failure::Refused {
            refusal: Refusal {
                by: RefusedBy::Auth(*code),
                reason: error.to_string(),
                explanation: error.explanation().to_owned(),
            },
            is_final: error.is_final(),
        },
        _ => Failure::Disconnected(Disconnect {
            kind: DisconnectKind::PeerMisbehaved,
            reason: format!("{error}. {}", error.explanation()),
        }),
    }
}

fn unasked(packet: &str, id: PacketId) -> String {
    format!("a {packet} came for packet {id}, which waits for none")
}

const fn kind_of(kind: CloseKind) -> DisconnectKind {
    match kind {
        CloseKind::Closed => DisconnectKind::Closed,
        CloseKind::Network => DisconnectKind::Network,
        CloseKind::Certificate => DisconnectKind::Certificate,
        CloseKind::Protocol => DisconnectKind::PeerMisbehaved,
        CloseKind::TimedOut => DisconnectKind::TimedOut,
    }
}
