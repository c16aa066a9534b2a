//! The HTTPS authentication (seed: HTTPS认证再连接): `POST /auth/devicename`, over TLS on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, middleware};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::events::SocketEvent;
use super::http::{self, BodyLimit};
use super::hub::Hub;
use super::port::Patience;
use super::stop::Stop;
use super::tls_fault::in_words;

/// Largest body of a request, in bytes. A right one has some hundred.
pub(super) const MAX_BODY: usize = 16 * 1024;
/// How long a request may take once its head has come: its body is small.
const TOTAL: Duration = Duration::from_secs(10);

/// The paths of the HTTPS port. Another path is answered with 404, another method with 405, a
/// body over [`MAX_BODY`] with 413.
pub(super) fn router(hub: Arc<Hub>) -> Router {
    let limit = BodyLimit {
        hub: Arc::clone(&hub),
        port: "https",
        max: MAX_BODY,
        room: http::room_for_bodies(),
        answer: |status, reason| (status, format!("{reason}\n")).into_response(),
    };
    Router::new()
        .route("/auth/devicename", post(authenticate))
        .fallback(|| async {
            (
                StatusCode::NOT_FOUND,
                "This port has one path only: POST /auth/devicename\n",
            )
        })
        .layer(middleware::from_fn_with_state(limit, http::limit_body))
        .layer(middleware::from_fn(in_time))
        .with_state(hub)
}

/// The content type is not looked at: the platform reads a form, whatever it is called.
async fn authenticate(State(hub): State<Arc<Hub>>, body: Bytes) -> Response {
    answer(&hub, &body)
}

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(TOTAL, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// The platform's answer to a form.
pub(super) fn answer(hub: &Hub, body: &[u8]) -> Response {
    let (status, json) = hub.with(|platform, now| platform.auth(now, body));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, "application/json;charset=utf-8")],
        json,
    )
        .into_response()
}

/// Opens TLS on a newcomer and serves it.
pub(super) async fn welcome(
    hub: Arc<Hub>,
    acceptor: TlsAcceptor,
    patience: Patience,
    router: Router,
    stop: Stop,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let Ok(local) = stream.local_addr() else {
        return; // the peer has gone already
    };
    let opened = tokio::select! {
        opened = open_tls(acceptor, patience, stream) => opened,
        () = stop.asked() => return,
    };
    match opened {
        Ok(Some(stream)) => http::serve(stream, local, router, stop).await,
        Ok(None) => {}
        Err(reason) => {
            let port = "https";
            hub.emit(SocketEvent::HandshakeFailed { port, peer, reason });
        }
    }
}

/// `None` where the peer closes without a byte: whoever only looks whether the port is open does no wrong.
async fn open_tls(
    acceptor: TlsAcceptor,
    patience: Patience,
    stream: TcpStream,
) -> Result<Option<TlsStream<TcpStream>>, String> {
    let limit = patience.first_byte;
    match timeout(limit, stream.peek(&mut [0])).await {
        Ok(Ok(0) | Err(_)) => return Ok(None),
        Ok(Ok(_)) => {}
        Err(_) => return Err(format!("no first byte within {} s", limit.as_secs_f32())),
    }
    let limit = patience.handshake;
    match timeout(limit, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Ok(Some(stream)),
        Ok(Err(error)) => Err(format!("TLS: {}", in_words(&error))),
        Err(_) => Err(format!(
            "TLS: no end of the handshake within {} s",
            limit.as_secs_f32()
        )),
    }
}
