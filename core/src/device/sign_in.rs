//! From the login's settings to a CONNECT, and the life of a token.

use core::time::Duration;

use super::{Config, Login};
use crate::auth::{self, AuthError, Grant, HttpAnswer, HttpRequest};
use crate::identity::{Endpoint, TransportKind};
use crate::sign;
use crate::time::Instant;
use crate::wire::Connect;

/// A token lives 7 days [seed: HTTPS认证]; an hour earlier it counts as too old, so that it does not end on the way.
const TOKEN_LIFE: Duration = Duration::from_secs((7 * 24 - 1) * 3600);

/// What the device has in hand to sign in with.
#[derive(Debug, Default)]
pub(super) struct SignIn {
    grant: Option<(Grant, Instant)>,
    /// A token was refused, and nothing has been accepted since.
    token_refused: bool,
}

/// The first step of an attempt.
pub(super) enum FirstStep {
    Authenticate(HttpRequest),
    Open(Endpoint),
}

impl SignIn {
    /// Decides how an attempt begins: with an authentication where there is no token, or one too old.
    pub(super) fn begin(&mut self, login: &Login, now: Instant) -> FirstStep {
        if let Some((_, granted_at)) = &self.grant
            && now.since(*granted_at) >= TOKEN_LIFE
        {
            self.grant = None;
        }
        match login {
            Login::Direct { endpoint, .. } | Login::Plain { endpoint, .. } => {
                FirstStep::Open(endpoint.clone())
            }
            Login::Https {
                triple,
                client_id,
                method,
                timestamp,
                auth_url,
                transport,
                endpoint,
            } => match &self.grant {
                Some((grant, _)) => {
                    FirstStep::Open(granted_endpoint(endpoint.as_ref(), *transport, grant))
                }
                None => FirstStep::Authenticate(auth::request(
                    auth_url, triple, client_id, *method, *timestamp,
                )),
            },
        }
    }

    /// Reads the answer of an authentication. Returns where to connect.
    pub(super) fn answered(
        &mut self,
        login: &Login,
        now: Instant,
        answer: HttpAnswer<'_>,
    ) -> Result<Option<Endpoint>, AuthError> {
        let grant = auth::read(answer)?;
        let Login::Https {
            transport,
            endpoint,
            ..
        } = login
        else {
            return Ok(None);
        };
        let endpoint = granted_endpoint(endpoint.as_ref(), *transport, &grant);
        self.grant = Some((grant, now));
        Ok(Some(endpoint))
    }

    /// How old the token in hand is, in ms.
    pub(super) fn token_age_ms(&self, now: Instant) -> Option<u64> {
        let (_, granted_at) = self.grant.as_ref()?;
        u64::try_from(now.since(*granted_at).as_millis()).ok()
    }

    /// The platform accepted.
    pub(super) fn accepted(&mut self) {
        self.token_refused = false;
    }

    /// The platform refused the token with CONNACK 3: forgets it. Whether a new authentication is due:
    /// once, and not again before a login has been accepted [seed: connect ack为3].
    pub(super) fn token_refused(&mut self, login: &Login) -> bool {
        self.grant = None;
        matches!(login, Login::Https { .. }) && !core::mem::replace(&mut self.token_refused, true)
    }

    /// The CONNECT of this login over this endpoint.
    pub(super) fn connect(&self, config: &Config, endpoint: &Endpoint) -> Connect {
        let (client_id, username, password) = match &config.login {
            Login::Direct {
                triple,
                client_id,
                method,
                timestamp,
                ..
            } => {
                let securemode = endpoint.transport.securemode();
                let login = sign::direct(triple, client_id, *method, securemode, *timestamp);
                (login.client_id, Some(login.username), Some(login.password))
            }
            Login::Https { client_id, .. } => {
                let grant = self.grant.as_ref().map(|(grant, _)| grant);
                (
                    client_id.as_str().to_owned(),
                    grant.map(|grant| grant.iot_id.clone()),
                    grant.map(|grant| grant.iot_token.clone()),
                )
            }
            Login::Plain {
                client_id,
                username,
                password,
                ..
            } => (client_id.clone(), username.clone(), password.clone()),
        };
        Connect {
            protocol_level: 4,
            client_id,
            username,
            password,
            keep_alive: config.keep_alive,
            clean_session: config.clean_session,
            will: None,
        }
    }
}

fn granted_endpoint(
    by_hand: Option<&Endpoint>,
    transport: TransportKind,
    grant: &Grant,
) -> Endpoint {
    by_hand.cloned().unwrap_or_else(|| Endpoint {
        transport,
        host: grant.mqtt.host.clone(),
        port: grant.mqtt.port,
        path: match transport.is_websocket() {
            true => "/".to_owned(),
            false => String::new(),
        },
    })
}
