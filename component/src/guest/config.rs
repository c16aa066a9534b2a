//! From the interface's types to the core's.
#![forbid(unsafe_code)]

use core::time::Duration;

use tern_core::auth::AuthUrl;
use tern_core::device;
use tern_core::identity::{self, ClientId, TransportKind};
use tern_core::sign::{self, Password};
use zeroize::Zeroizing;

use super::exports::tern::device::sessions as wit;

/// A device's configuration; the error is for whoever opens it.
pub(super) fn config_of(config: wit::Config) -> Result<device::Config, String> {
    let mut own = device::Config::new(login_of(config.login)?);
    own.keep_alive = config.keep_alive;
    own.keep_alive_range = config.keep_alive_range.map(|range| range.min..=range.max);
    own.clean_session = config.clean_session;
    let millis = |ms: u32| Duration::from_millis(ms.into());
    own.reconnect = match config.reconnect {
        None => own.reconnect,
        Some(wit::Reconnect::Never) => device::Reconnect::Never,
        Some(wit::Reconnect::Backoff(wait)) => device::Reconnect::Backoff {
            first: millis(wait.first_ms),
            cap: millis(wait.cap_ms),
        },
    };
    own.connect_timeout = config.connect_timeout.map_or(own.connect_timeout, millis);
    own.request_timeout = config.request_timeout.map_or(own.request_timeout, millis);
    own.ping_timeout = config.ping_timeout.map_or(own.ping_timeout, millis);
    own.drain_timeout = config.drain_timeout.map_or(own.drain_timeout, millis);
    let limits = &mut own.limits;
    for (limit, given) in [
        (&mut limits.max_packet, config.max_packet),
        (&mut limits.max_payload, config.max_payload),
        (&mut limits.max_inflight, config.max_inflight),
        (&mut limits.max_queued, config.max_queued),
        (&mut limits.max_queued_bytes, config.max_queued_bytes),
        (&mut limits.max_subscriptions, config.max_subscriptions),
    ] {
        *limit = given.map_or(*limit, |given| given as usize);
    }
    Ok(own)
}

fn login_of(login: wit::Login) -> Result<device::Login, String> {
    Ok(match login {
        wit::Login::Direct(login) => {
            let signed = signed_of(login.triple)?;
            device::Login::Direct {
                triple: signed.triple,
                client_id: signed.client_id,
                method: signed.method,
                timestamp: signed.timestamp,
                endpoint: endpoint_of(login.endpoint)?,
            }
        }
        wit::Login::Https(login) => {
            let signed = signed_of(login.triple)?;
            device::Login::Https {
                triple: signed.triple,
                client_id: signed.client_id,
                method: signed.method,
                timestamp: signed.timestamp,
                auth_url: AuthUrl::new(&login.auth_url).map_err(|error| error.to_string())?,
                transport: transport_of(login.transport),
                endpoint: login.endpoint.map(endpoint_of).transpose()?,
            }
        }
        wit::Login::Plain(login) => device::Login::Plain {
            client_id: login.client_id,
            username: login.username,
            password: login.password.map(Password::new),
            endpoint: endpoint_of(login.endpoint)?,
        },
    })
}

struct Signed {
    triple: identity::Triple,
    client_id: ClientId,
    method: sign::SignMethod,
    timestamp: Option<u64>,
}

fn signed_of(triple: wit::Triple) -> Result<Signed, String> {
    let text = |error: identity::IdentityError| error.to_string();
    let device_secret = Zeroizing::new(triple.device_secret);
    Ok(Signed {
        triple: identity::Triple::new(&triple.product_key, &triple.device_name, &device_secret)
            .map_err(text)?,
        client_id: ClientId::new(&triple.client_id).map_err(text)?,
        method: match triple.method {
            wit::SignMethod::HmacMd5 => sign::SignMethod::HmacMd5,
            wit::SignMethod::HmacSha1 => sign::SignMethod::HmacSha1,
            wit::SignMethod::HmacSha256 => sign::SignMethod::HmacSha256,
        },
        timestamp: triple.timestamp,
    })
}

fn endpoint_of(endpoint: wit::Endpoint) -> Result<identity::Endpoint, String> {
    let transport = transport_of(endpoint.transport);
    let mut own = identity::Endpoint::new(transport, &endpoint.host, endpoint.port)
        .map_err(|error| error.to_string())?;
    if transport.is_websocket() {
        own.path = endpoint.path;
        // A URL knows every rule of a path.
        own = identity::Endpoint::from_url(&own.to_string()).map_err(|error| error.to_string())?;
    }
    Ok(own)
}

fn transport_of(transport: wit::Transport) -> TransportKind {
    match transport {
        wit::Transport::Tcp => TransportKind::Tcp,
        wit::Transport::Tls => TransportKind::Tls,
        wit::Transport::Ws => TransportKind::Ws,
        wit::Transport::Wss => TransportKind::Wss,
    }
}
