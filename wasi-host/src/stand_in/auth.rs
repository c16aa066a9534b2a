//! The HTTPS authentication (seed: HTTPS认证再连接): `POST /auth/devicename`, over TLS on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::events::SocketEvent;
use super::http;
use super::hub::Hub;
use super::port::Patience;
use super::stop::Stop;
use super::tls_fault::in_words;

/// Largest body of a request, in bytes. A right one has some hundred.
pub(super) const MAX_BODY: usize = 16 * 1024;

/// The paths of the HTTPS port. Another path is answered with 404, another method with 405.
pub(super) fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/auth/devicename", post(authenticate))
        .fallback(|| async {
            (
                StatusCode::NOT_FOUND,
                "This port has one path only: POST /auth/devicename\n",
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(hub)
}

/// The content type is not looked at: the platform reads a form, whatever it is called.
async fn authenticate(State(hub): State<Arc<Hub>>, body: Bytes) -> Response {
    answer(&hub, &body)
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
    let failed = |reason: String| {
        hub.emit(SocketEvent::HandshakeFailed {
            port: "https",
            peer,
            reason,
        })
    };
    let Ok(local) = stream.local_addr() else {
        return;
    }; // the peer is gone already
    // Whoever only looks whether the port is open does no wrong: no byte, no event.
    match timeout(patience.handshake, stream.peek(&mut [0])).await {
        Ok(Ok(0) | Err(_)) => return,
        Ok(Ok(_)) => {}
        Err(_) => {
            return failed(format!(
                "TLS: no first byte within {} s",
                patience.handshake.as_secs_f32()
            ));
        }
    }
    match timeout(patience.handshake, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => http::serve(stream, local, router, stop).await,
        Ok(Err(error)) => failed(format!("TLS: {}", in_words(&error))),
        Err(_) => failed(format!(
            "TLS: no end of the handshake within {} s",
            patience.handshake.as_secs_f32()
        )),
    }
}
