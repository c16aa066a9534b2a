//! HTTP on a byte stream: one connection of a router, with limits on time and on what is read, and an end
//! when the stand-in ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::events::SocketEvent;
use super::hub::Hub;
use super::stop::Stop;

/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest head of a request, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// How long a client may take for a body: the largest has 1 MiB.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of bodies that a port holds at once, over all its connections.
const MAX_BODIES: usize = 32 * 1024 * 1024;

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
    /// What is left of the memory for all bodies together, a permit a byte.
    pub(super) room: Arc<Semaphore>,
    pub(super) answer: fn(StatusCode, String) -> Response,
}

/// The memory for all bodies of one port together.
pub(super) fn room_for_bodies() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MAX_BODIES))
}

/// Reads the body of a request before anything else does. One that is too large is answered with 413, one
/// that breaks off with 400, one that is too slow with 408, one too many with 503, and the event
/// `request_refused` says so.
pub(super) async fn limit_body(
    State(limit): State<BodyLimit>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let read = timeout(BODY_TIMEOUT, read_body(&head.headers, body, &limit)).await;
    let error = match read.unwrap_or(Err(BodyError::Slow)) {
        Ok(Held { bytes, permit }) => {
            let response = next.run(Request::from_parts(head, bytes.into())).await;
            drop(permit);
            return response;
        }
        Err(error) => error,
    };
    let status = match error {
        BodyError::Slow => StatusCode::REQUEST_TIMEOUT,
        BodyError::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
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
    #[error(
        "the body of the request is larger than {max} bytes, the most that is taken here; send less"
    )]
    TooLarge { max: usize },
    #[error("the body of the request broke off: {0}; send it again, whole")]
    Broken(axum::Error),
    #[error(
        "the body of the request did not come within {} s; send as many bytes as its head says, at once",
        BODY_TIMEOUT.as_secs()
    )]
    Slow,
    #[error("{MAX_BODIES} bytes of other requests are under way already; try again in a moment")]
    NoRoom,
}

/// A body, and the room that it takes for as long as it is held.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Held {
    fn add(&mut self, bytes: &[u8], room: &Arc<Semaphore>) -> Result<(), BodyError> {
        let count = u32::try_from(bytes.len()).map_err(|_| BodyError::NoRoom)?;
        let more = Arc::clone(room)
            .try_acquire_many_owned(count)
            .map_err(|_| BodyError::NoRoom)?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// Reads a body of up to the limit's bytes to its end.
async fn read_body(
    headers: &HeaderMap,
    mut body: Body,
    limit: &BodyLimit,
) -> Result<Held, BodyError> {
    let max = limit.max;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if headers.contains_key(header::EXPECT) && announced.is_some_and(|bytes| bytes > max) {
        // The client waits to be asked for the body: it is not.
        return Err(BodyError::TooLarge { max });
    }
    let (mut held, mut read) = (Held::default(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(BodyError::Broken)?;
        let Some(bytes) = frame.data_ref() else {
            continue; // trailers
        };
        read = read.saturating_add(bytes.len());
        if read <= max {
            held.add(bytes, &limit.room)?;
        } else if read > MAX_UNUSED {
            break;
        } else {
            held = Held::default();
        }
    }
    if read > max {
        return Err(BodyError::TooLarge { max });
    }
    Ok(held)
}

/// The address that a request came in on.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalAddress(pub(super) SocketAddr);

/// Serves one connection to its end. After [`Stop`] the answer under way is still given.
pub(super) async fn serve<S>(stream: S, local: SocketAddr, router: Router, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    // Not a layer of the router: that would be a copy of all its paths for each connection.
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(LocalAddress(local));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
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
