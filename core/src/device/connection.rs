//! The life of a connection: attempt, login, packets, end. What time does to it stands in `clocks`.

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
    Connack, ConnectCode, FrameError, Framed, Packet, PacketId, PacketType, Publish, QoS, Sender,
    Suback, frame, read, write,
};

/// How an attempt or a connection failed.
enum Failure {
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
                return self.fail(now, disconnect.into());
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
        self.last_received = now;
        self.held = 0;
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
        self.transmit.clear();
        self.fail(now, disconnect.into());
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
        if bytes.len() > self.held {
            self.note_received(now);
        }
        let mut start = 0;
        while let Some(rest) = bytes.get(start..) {
            let framed = frame(rest, Sender::Server, self.config.limits.max_packet);
            // Judged by its first byte already: the rest of what is no CONNACK might never come.
            if let (Ok(_), Some(&first)) = (&framed, rest.first())
                && let Some(packet_type) = PacketType::from_first_byte(first)
                && let Err(rule) = may_come(self.phase, packet_type)
            {
                self.misbehaved(now, rule, rest);
                return all;
            }
            let len = match framed {
                Ok(Framed::Need(need)) => {
                    self.held = rest.len();
                    self.after_packets(now);
                    return Progress {
                        consumed: start,
                        need,
                    };
                }
                Ok(Framed::Complete { len }) => len,
                Err(error) => {
                    self.bad_bytes(now, &error, rest);
                    return all;
                }
            };
            let packet = rest.get(..len).unwrap_or_default();
            match read(packet, Sender::Server) {
                Ok(read) => {
                    if let Err(reason) = self.packet(now, start, packet, read) {
                        self.misbehaved(now, &reason, rest);
                    }
                }
                Err(error) => self.bad_bytes(now, &error, rest),
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
            // The other types are not a server's, or have been refused by `may_come`.
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

    pub(super) fn finish_drained(&mut self) {
        if self.outbox.len() == 0 && self.subscriptions.is_idle() {
            self.say_goodbye();
        }
    }

    pub(super) fn say_goodbye(&mut self) {
        // A DISCONNECT has two bytes and can't fail to be written.
        let _ = write(&Packet::Disconnect, &mut self.transmit);
        self.outputs.push_back(Output::CloseTransport);
        self.end(Ended::Requested);
    }

    // --- the end ---------------------------------------------------------------------------------

    /// Ends the connection because of what stands at the front of `bytes`.
    fn bad_bytes(&mut self, now: Instant, error: &FrameError, bytes: &[u8]) {
        let (kind, what) = match error {
            FrameError::WrongSender(..) => (DisconnectKind::PeerMisbehaved, "the peer misbehaved"),
            FrameError::TooLarge { .. } => (DisconnectKind::TooLarge, "the peer sent too much"),
            FrameError::Malformed(_) => {
                (DisconnectKind::Malformed, "the peer sent what is no MQTT")
            }
        };
        let hint = self.hint(bytes);
        self.abort(now, kind, format!("{what}: {error}{hint}"));
    }

    /// Ends the connection because of a legal packet, at the front of `bytes`, that may not come now.
    fn misbehaved(&mut self, now: Instant, rule: &str, bytes: &[u8]) {
        let hint = self.hint(bytes);
        let reason = format!("{rule}{hint}");
        self.abort(now, DisconnectKind::PeerMisbehaved, reason);
    }

    /// What it may be that answers there, as long as nothing has shown that it is a broker.
    fn hint(&self, bytes: &[u8]) -> &'static str {
        match self.phase {
            Phase::LoggingIn => explain::not_mqtt(bytes),
            _ => "",
        }
    }

    /// Ends the connection from this side. What has been told to be sent still goes out before.
    pub(super) fn abort(&mut self, now: Instant, kind: DisconnectKind, reason: String) {
        if self.phase.has_transport() {
            self.outputs.push_back(Output::CloseTransport);
        }
        self.fail(now, Disconnect { kind, reason }.into());
    }

    /// An attempt or a connection is over: tells so, and tries again or stops.
    fn fail(&mut self, now: Instant, failure: Failure) {
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
        self.backoff = super::Backoff::default();
        self.event(Event::Ended(ended));
    }

    pub(super) fn event(&mut self, event: Event) {
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
        _ => Failure::Disconnected {
            disconnect: Disconnect {
                kind: DisconnectKind::PeerMisbehaved,
                reason: format!("{error}. {}", error.explanation()),
            },
            is_final: Some(error.is_final()),
        },
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
