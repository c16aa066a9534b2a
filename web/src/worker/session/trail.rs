//! Gathers what tells why a login was refused or a connection dropped.

use tern_core::device::{Config, Disconnect, DisconnectKind, RefusedBy};
use tern_core::identity::Endpoint;
use tern_core::vendor;

use crate::form::{Auth, Carrier, Form};
use crate::protocol::HttpFailure;
use crate::protocol::case::{Case, End};

/// A connection that the peer closes sooner than this counts as a short life, in ms.
const SHORT_LIFE_MS: f64 = 30_000.0;
/// How much of what came in the place of a CONNACK is kept.
const FIRST_BYTES: usize = 16;

/// How far an attempt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Authenticating,
    Opening,
    LoggingIn,
    Connected,
}

/// What is remembered of one device's attempts and connections.
#[derive(Debug)]
pub(super) struct Trail {
    case: Case,
    phase: Phase,
    accepted_ms: f64,
    sent_ms: f64,
    granted_ms: Option<f64>,
    failure: Option<HttpFailure>,
    /// What came first instead of, or as, the CONNACK.
    first: Vec<u8>,
}

impl Trail {
    /// Nothing happened yet.
    pub(super) fn new(form: &Form, config: &Config) -> Self {
        let range = config.keep_alive_range.clone();
        let range = range.unwrap_or(vendor::KEEP_ALIVE_RANGE);
        Self {
            case: Case {
                end: End::NotOpened,
                https_auth: form.auth == Auth::Https,
                is_secure: form.carrier == Carrier::Wss,
                host: String::new(),
                port: None,
                product_key: form.product_key.clone(),
                device_name: form.device_name.clone(),
                keep_alive: config.keep_alive,
                keep_alive_min: *range.start(),
                keep_alive_max: *range.end(),
                lived_ms: None,
                short_lives: 0,
                silent_ms: None,
                was_connected: false,
                token_age_ms: None,
            },
            phase: Phase::Idle,
            accepted_ms: 0.0,
            sent_ms: 0.0,
            granted_ms: None,
            failure: None,
            first: Vec::new(),
        }
    }

    /// Whether the HTTPS authentication is asked and has not answered.
    pub(super) fn is_authenticating(&self) -> bool {
        self.phase == Phase::Authenticating
    }

    pub(super) fn authenticating(&mut self) {
        self.phase = Phase::Authenticating;
        self.failure = None;
    }

    pub(super) fn auth_failed(&mut self, failure: HttpFailure) {
        self.failure = Some(failure);
    }

    pub(super) fn granted(&mut self, now_ms: f64) {
        self.granted_ms = Some(now_ms);
    }

    /// `endpoint` is none for the stand-in in the page.
    pub(super) fn opening(&mut self, endpoint: Option<&Endpoint>) {
        self.phase = Phase::Opening;
        self.case.host = endpoint.map_or_else(String::new, |endpoint| endpoint.host.clone());
        self.case.port = endpoint.map(|endpoint| endpoint.port);
    }

    pub(super) fn opened(&mut self) {
        self.phase = Phase::LoggingIn;
        self.first.clear();
    }

    /// These bytes are not read yet.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        if self.phase == Phase::LoggingIn {
            self.first.clear();
            self.first.extend(bytes.iter().take(FIRST_BYTES));
        }
    }

    pub(super) fn sent(&mut self, now_ms: f64) {
        self.sent_ms = now_ms;
    }

    pub(super) fn accepted(&mut self, now_ms: f64) {
        self.phase = Phase::Connected;
        self.accepted_ms = now_ms;
    }

    /// The login was refused.
    pub(super) fn refused(&mut self, now_ms: f64, by: RefusedBy) -> Case {
        let end = match by {
            RefusedBy::Connack(code) => End::Connack(code.number()),
            RefusedBy::Auth(code) => End::AuthCode(code),
        };
        self.end(now_ms, end)
    }

    /// A connection or an attempt ended. None where it was asked for.
    pub(super) fn ended(&mut self, now_ms: f64, end: &Disconnect) -> Option<Case> {
        use DisconnectKind as Kind;
        if end.kind == Kind::Requested {
            self.phase = Phase::Idle;
            return None;
        }
        let end = match (self.phase, end.kind) {
            // The attempt's own end comes after the refusal that made it; what is left is a late word.
            (Phase::Idle, _) => return None,
            (Phase::Authenticating, kind) => match self.failure.take() {
                Some(failure) => End::AuthFailed(failure),
                None if kind == Kind::TimedOut => End::AuthFailed(HttpFailure::TimedOut),
                None => End::AuthUnreadable,
            },
            (_, Kind::Certificate) => End::Tls,
            (Phase::Opening, Kind::PeerMisbehaved) => End::NotMqtt(Vec::new()),
            (Phase::Opening, _) => End::NotOpened,
            (Phase::LoggingIn, Kind::TimedOut) => End::NoConnack,
            (Phase::LoggingIn, Kind::Malformed | Kind::PeerMisbehaved | Kind::TooLarge) => {
                End::NotMqtt(std::mem::take(&mut self.first))
            }
            (Phase::LoggingIn, _) => End::ClosedBeforeConnack,
            (Phase::Connected, Kind::Closed) => End::Closed,
            // A browser tells a stream that the peer just dropped from a lost network by nothing. Soon after
            // the last one it is no accident.
            (Phase::Connected, Kind::Network)
                if self.case.short_lives > 0 && now_ms - self.accepted_ms < SHORT_LIFE_MS =>
            {
                End::Closed
            }
            (Phase::Connected, Kind::Network | Kind::TimedOut) => End::LinkLost,
            (Phase::Connected, _) => End::Protocol,
        };
        Some(self.end(now_ms, end))
    }

    fn end(&mut self, now_ms: f64, end: End) -> Case {
        let stood = self.phase == Phase::Connected;
        let lived = now_ms - self.accepted_ms;
        let dropped = matches!(end, End::Closed | End::LinkLost);
        let is_short = stood && dropped && lived < SHORT_LIFE_MS;
        self.case.short_lives = match is_short {
            true => self.case.short_lives + 1,
            false => 0,
        };
        self.case.lived_ms = stood.then(|| whole(lived));
        self.case.silent_ms = stood.then(|| whole(now_ms - self.sent_ms));
        self.case.token_age_ms = self.granted_ms.map(|granted| whole(now_ms - granted));
        self.case.end = end;
        self.phase = Phase::Idle;
        let case = self.case.clone();
        self.case.was_connected |= stood;
        case
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from f64 saturates"
)]
fn whole(ms: f64) -> u64 {
    ms as u64
}
