//! From the wish to connect to the CONNACK.

use super::ending::Failure;
use super::sign_in::FirstStep;
use super::{
    CloseKind, CloseReason, Device, Disconnect, DisconnectKind, Event, Login, Output, Phase,
    Refusal, RefusedBy, Timer,
};
use crate::auth::{AuthError, HttpAnswer};
use crate::explain::causes::{End, Evidence};
use crate::explain::{self, Lang};
use crate::identity::Endpoint;
use crate::time::Instant;
use crate::wire::{Connack, ConnectCode, Packet, write};
use zeroize::Zeroize;

impl Device {
    pub(super) fn begin_attempt(&mut self, now: Instant) {
        self.timers.stop_all();
        self.transmit.zeroize();
        self.timers
            .set(Timer::Connect, now + self.config.connect_timeout);
        match self.sign_in.begin(&self.config.login, now) {
            FirstStep::Authenticate(request) => {
                self.phase = Phase::Authenticating;
                self.outputs.push(Output::SendHttp(request));
            }
            FirstStep::Open(endpoint) => self.open(endpoint),
        }
    }

    fn open(&mut self, endpoint: Endpoint) {
        self.phase = Phase::Opening;
        self.event(Event::Connecting {
            endpoint: endpoint.clone(),
        });
        self.outputs.push(Output::OpenTransport(endpoint.clone()));
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
        self.unanswered_connects = self.unanswered_connects.saturating_add(1);
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
        self.transmit.zeroize();
        self.fail(now, disconnect.into());
    }

    pub(super) fn connack(&mut self, now: Instant, connack: Connack) {
        self.unanswered_connects = self.unanswered_connects.saturating_sub(1);
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
        if self.config.clean_session {
            self.outbox.begin_anew(&mut self.ids);
        }
        // Where the answer to an earlier CONNECT was lost, "present" may mean the empty session that it made.
        let in_doubt = core::mem::take(&mut self.unanswered_connects) > 0;
        self.subscriptions
            .connected(session_present && !in_doubt, &mut self.ids);
        // Subscriptions first: a device that subscribes to its own topic misses none of what goes again.
        self.send_requests(now);
        self.outbox.send_again(&mut self.transmit);
        self.send_waiting(now);
    }

    fn refused(&mut self, now: Instant, code: ConnectCode) {
        let login = &self.config.login;
        let evidence = Evidence {
            was_connected: self.ever_connected,
            token_age_ms: self.sign_in.token_age_ms(now),
            ..Evidence::of(End::Connack(code), &self.config, self.endpoint.as_ref())
        };
        let refusal = Refusal {
            by: RefusedBy::Connack(code),
            reason: code.name().to_owned(),
            explanation: explain::explanation(&evidence, Lang::En),
        };
        let again = code == ConnectCode::ServerUnavailable && self.sign_in.token_refused(login);
        self.outputs.push(Output::CloseTransport);
        if again {
            self.event(Event::Refused(refusal));
            self.event(Event::Reconnecting {
                in_ms: 0,
                attempt: 1,
            });
            self.begin_attempt(now);
            return;
        }
        let is_final = match (code, &self.config.login) {
            // The standard's "server unavailable" passes.
            (ConnectCode::ServerUnavailable, Login::Plain { .. }) => false,
            // On this platform it mostly is the keep alive; to a device that has been let in with it, it is not.
            (ConnectCode::ServerUnavailable, Login::Direct { .. }) => !self.ever_connected,
            // Neither the token nor a fresh one is good; and a login that was wrong stays wrong.
            _ => true,
        };
        self.fail(now, Failure::Refused { refusal, is_final });
    }
}

fn auth_failure(error: &AuthError) -> Failure {
    match error {
        AuthError::Refused { code, .. } => Failure::Refused {
            refusal: Refusal {
                by: RefusedBy::Auth(*code),
                reason: error.to_string(),
                explanation: error.explanation(),
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

const fn kind_of(kind: CloseKind) -> DisconnectKind {
    match kind {
        CloseKind::Closed => DisconnectKind::Closed,
        CloseKind::Network => DisconnectKind::Network,
        CloseKind::Certificate => DisconnectKind::Certificate,
        CloseKind::Protocol => DisconnectKind::PeerMisbehaved,
        CloseKind::TimedOut => DisconnectKind::TimedOut,
    }
}
