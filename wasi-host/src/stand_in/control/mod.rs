//! The control of the stand-in over HTTP, and the console's files.
//!
//! What it takes stands on the page of [`stand_in`](crate::stand_in) and, with
//! all schemas, in `docs/control.md`. Every request passes the [`guard`] first.

mod devices;
mod events;
mod files;
mod forward;
mod guard;
mod push;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router, middleware};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::auth::MAX_BODY;
use super::http::{self, BodyLimit};
use super::hub::Hub;
use super::stop::Stop;

/// Largest body of a push, a device or a set of faults, in bytes: a payload of 256 KiB in base64, and some.
const MAX_CONTROL_BODY: usize = 1024 * 1024;

/// What the control knows.
#[derive(Clone)]
pub(super) struct Control {
    pub(super) hub: Arc<Hub>,
    pub(super) stop: Stop,
    pub(super) about: Arc<About>,
    forwards: Arc<Semaphore>,
}

impl Control {
    pub(super) fn new(hub: Arc<Hub>, stop: Stop, about: About) -> Self {
        let forwards = Arc::new(Semaphore::new(forward::MAX_FORWARDS));
        Self {
            hub,
            stop,
            about: Arc::new(about),
            forwards,
        }
    }
}

/// What `GET /api/info` tells.
#[derive(Clone, Debug, Serialize)]
pub(super) struct About {
    pub(super) version: &'static str,
    pub(super) mqtt: SocketAddr,
    pub(super) https: SocketAddr,
    pub(super) http: SocketAddr,
    pub(super) keep_alive: KeepAlive,
    /// The host as given with `--http`: a name for it is right in a Host header.
    #[serde(skip)]
    pub(super) http_host: String,
    #[serde(skip)]
    pub(super) ca: PathBuf,
}

/// The keep-alive window in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct KeepAlive {
    min: u16,
    max: u16,
}

impl From<&RangeInclusive<u16>> for KeepAlive {
    fn from(range: &RangeInclusive<u16>) -> Self {
        Self {
            min: *range.start(),
            max: *range.end(),
        }
    }
}

/// All paths of the control address.
pub(super) fn router(control: Control) -> Router {
    let room = http::room_for_bodies();
    let limit_body = |max| {
        let limit = BodyLimit {
            hub: Arc::clone(&control.hub),
            port: "http",
            max,
            room: Arc::clone(&room),
            answer: failure::<String>,
        };
        middleware::from_fn_with_state(limit, http::limit_body)
    };
    let auth = Router::new()
        .route("/auth/devicename", post(forward::forward))
        .layer(limit_body(MAX_BODY));
    Router::new()
        .route("/api/info", get(info))
        .route("/api/ca.pem", get(ca))
        .route("/api/devices", get(devices::list).post(devices::register))
        .route(
            "/api/devices/{product_key}/{device_name}",
            get(devices::one)
                .patch(devices::change)
                .delete(devices::remove),
        )
        .route(
            "/api/devices/{product_key}/{device_name}/push",
            post(push::push),
        )
        .route("/api/faults", get(faults).put(set_faults))
        .route("/api/events", get(events::events))
        .route(
            "/api/{*rest}",
            any(|| async { failure(StatusCode::NOT_FOUND, "there is no such path") }),
        )
        .layer(limit_body(MAX_CONTROL_BODY))
        .merge(auth)
        .fallback(files::file)
        .layer(middleware::from_fn_with_state(
            control.clone(),
            guard::guard,
        ))
        .with_state(control)
}

async fn info(State(control): State<Control>) -> Json<About> {
    Json(About::clone(&control.about))
}

async fn ca(State(control): State<Control>) -> Response {
    match std::fs::read(&control.about.ca) {
        Ok(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem).into_response(),
        Err(error) => {
            let text = format!("can't read {}: {error}", control.about.ca.display());
            failure(StatusCode::INTERNAL_SERVER_ERROR, text)
        }
    }
}

async fn faults(State(control): State<Control>) -> Response {
    control
        .hub
        .with(|platform, _| Json(platform.faults()).into_response())
}

async fn set_faults(State(control): State<Control>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(faults) => control.hub.with(|platform, now| {
            platform.set_faults(now, faults);
            Json(platform.faults()).into_response()
        }),
        Err(error) => failure(StatusCode::BAD_REQUEST, format!("faults: {error}")),
    }
}

/// An error as every path answers it.
fn failure<E: Into<String>>(status: StatusCode, error: E) -> Response {
    (status, Json(serde_json::json!({ "error": error.into() }))).into_response()
}
