//! HTTP on a byte stream: one connection of a router, with limits on time and on what is read, and an end
//! when the stand-in ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Extension, Router};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use super::events::SocketEvent;
use super::hub::Hub;
use super::stop::Stop;

/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Most bytes that are read of a body that is too large.
///
/// Closing a socket that has unread bytes resets it, and the reset would overtake the answer. So the rest is
/// read and thrown away, up to here.
const MAX_UNUSED: usize = 8 * 1024 * 1024;

/// How much of a body is taken, and how a larger one is answered.
#[derive(Clone)]
pub(super) struct BodyLimit {
    pub(super) hub: Arc<Hub>,
    /// Which port it is, for the event.
    pub(super) port: &'static str,
    /// In bytes.
    pub(super) max: usize,
    pub(super) answer: fn(StatusCode, String) -> Response,
}

/// Reads the body of a request before anything else does. One that is too large is answered with 413, one
/// that breaks off with 400, and the event `request_refused` says so.
pub(super) async fn limit_body(
    State(limit): State<BodyLimit>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let error = match read_body(&head.headers, body, limit.max).await {
        Ok(bytes) => return next.run(Request::from_parts(head, bytes.into())).await,
        Err(error) => error,
    };
    let status = match error {
        BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::Broken(_) => StatusCode::BAD_REQUEST,
    };
    let reason = error.to_string();
    limit.hub.emit(SocketEvent::RequestRefused {
        port: limit.port,
        status: status.as_u16(),
        reason: reason.clone(),
    });
    (limit.answer)(status, reason)
}

/// Why a body is not there.
#[derive(Debug, thiserror::Error)]
enum BodyError {
    #[error("the body of the request is larger than {max} bytes, the most that is taken here")]
    TooLarge { max: usize },
    #[error("the body of the request broke off: {0}")]
    Broken(axum::Error),
}

/// Reads a body of up to `max` bytes to its end.
async fn read_body(headers: &HeaderMap, mut body: Body, max: usize) -> Result<Vec<u8>, BodyError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if headers.contains_key(header::EXPECT) && announced.is_some_and(|bytes| bytes > max) {
        // The client waits to be asked for the body: it is not.
        return Err(BodyError::TooLarge { max });
    }
    let (mut kept, mut read) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(BodyError::Broken)?;
        let Some(bytes) = frame.data_ref() else {
            continue; // trailers
        };
        read = read.saturating_add(bytes.len());
        if read <= max {
            kept.extend_from_slice(bytes);
        } else if read > MAX_UNUSED {
            break;
        }
    }
    if read > max {
        return Err(BodyError::TooLarge { max });
    }
    Ok(kept)
}

/// The address that a request came in on.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalAddress(pub(super) SocketAddr);

/// Serves one connection to its end. After [`Stop`] the answer under way is still given.
pub(super) async fn serve<S>(stream: S, local: SocketAddr, router: Router, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router.layer(Extension(LocalAddress(local))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // What can go wrong here is the client's business: it went away, or spoke no HTTP and was told so.
        _ = connection.as_mut() => {}
        () = stop.asked() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
