//! The HTTPS authentication's exchange: one POST over TLS, one answer (seed: HTTPS认证再连接).
//!
//! It runs on a thread of its own, which the exchanges of many devices share. The certificate is checked as for MQTT,
//! with the same words where it fails.
//!
//! What it does *not* do: follow redirects (the request is signed for one host), ask a proxy that the
//! environment names, keep connections, or read more of an answer than the core takes.
//!
//! ```no_run
//! use tern_core::auth;
//! use tern_host::https::{self, Deadlines};
//! use tern_host::transport::TlsSettings;
//! # fn request() -> auth::HttpRequest { unimplemented!() }
//!
//! let exchange = https::send(request(), &TlsSettings::built_in(), Deadlines::default(), || ());
//! let reply = exchange.wait()?;
//! let grant = auth::read(reply.as_answer())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod exchanges;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tern_core::auth::{AuthError, HttpAnswer, HttpRequest, MAX_ANSWER};
use tern_core::device::{CloseKind, CloseReason};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use crate::transport::{TlsSettings, TransportError, resolve_then, server_name, tls_fault};
pub(crate) use exchanges::Exchanges;

/// How long an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For the name, the connection and the TLS handshake.
    pub connect: Duration,
    /// For everything.
    pub total: Duration,
}

impl Default for Deadlines {
    /// 10 s to connect, 20 s in all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(20),
        }
    }
}

/// Begins an exchange and returns at once. `wake` is called once, when it has ended, on another thread.
pub fn send(
    request: HttpRequest,
    tls: &TlsSettings,
    deadlines: Deadlines,
    wake: impl FnOnce() + Send + 'static,
) -> Exchange {
    let place = place(&request.url);
    let (sender, result) = mpsc::channel();
    let tls = tls.clone();
    let not_begun = sender.clone();
    let thread = std::thread::Builder::new().name("https".to_owned());
    let begun = thread.spawn(move || {
        // Called even where the exchange panics, so that nobody waits for ever.
        let _wake = OnDrop(Some(wake));
        // Nobody may be waiting any more: then the answer goes nowhere.
        let _ = sender.send(run(request, &tls, deadlines));
    });
    if let Err(error) = begun {
        // `wake` went with the thread that was not begun; the answer is there all the same.
        let _ = not_begun.send(Err(HttpsFault::Thread(error)));
    }
    Exchange { place, result }
}

/// An exchange under way. Dropping it gives it up: its thread ends by itself, within the deadline.
#[derive(Debug)]
pub struct Exchange {
    place: String,
    result: Receiver<Result<HttpReply, HttpsFault>>,
}

impl Exchange {
    /// The answer, once it is there; it is handed out once.
    ///
    /// # Errors
    /// What keeps it from coming, as for [`wait`](Self::wait).
    pub fn try_take(&self) -> Option<Result<HttpReply, HttpsError>> {
        match self.result.try_recv() {
            Ok(result) => Some(self.name(result)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(self.name(Err(HttpsFault::Panicked))),
        }
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// No answer came, or one that was not read: see [`HttpsFault`]. An HTTP status other than 200 is an
    /// answer.
    pub fn wait(self) -> Result<HttpReply, HttpsError> {
        let result = self.result.recv().unwrap_or(Err(HttpsFault::Panicked));
        self.name(result)
    }

    fn name(&self, result: Result<HttpReply, HttpsFault>) -> Result<HttpReply, HttpsError> {
        result.map_err(|fault| HttpsError {
            place: self.place.clone(),
            fault,
        })
    }
}

/// What came back. Its body may hold a token: it does not print, and is wiped when dropped.
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// The whole body, at most [`MAX_ANSWER`] bytes.
    pub body: Zeroizing<Vec<u8>>,
}

impl HttpReply {
    /// The answer in the form that the core reads.
    pub fn as_answer(&self) -> HttpAnswer<'_> {
        HttpAnswer {
            status: self.status,
            body: &self.body,
        }
    }
}

impl fmt::Debug for HttpReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_answer().fmt(f)
    }
}

/// Why no answer came, and from where.
#[derive(Debug, thiserror::Error)]
#[error("HTTPS to {place}: {fault}")]
pub struct HttpsError {
    /// `HOST[:PORT]` as it stands in the URL.
    pub place: String,
    /// What went wrong.
    pub fault: HttpsFault,
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpsFault {
    /// The URL is not one that can be asked.
    #[error("the URL can't be used ({what}): write it as https://HOST[:PORT]/auth/devicename")]
    Url {
        /// What is wrong with it.
        what: String,
    },
    /// No connection, or no TLS.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The peer does not speak TLS.
    #[error(
        "the peer does not speak TLS on this port: check the host and the port of the authentication URL, and \
         whether a proxy on the way answers in its place"
    )]
    NoTls,
    /// Too slow.
    #[error(
        "no {what} within {after:?}: check the network, and host and port of the authentication URL"
    )]
    TimedOut {
        /// What did not come.
        what: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// An answer over [`MAX_ANSWER`], of which no more was read.
    #[error(transparent)]
    TooLarge(AuthError),
    /// The peer closed before its answer was whole.
    #[error("the peer closed the connection before its answer was whole: try again later")]
    Cut,
    /// The answer is not HTTP/1.
    #[error("the answer is not valid HTTP ({what}): check host and port of the authentication URL")]
    NotHttp {
        /// What is wrong with it.
        what: String,
    },
    /// No thread to run it on.
    #[error("the system gives no thread for it ({0}): too many are running")]
    Thread(io::Error),
    /// A fault of this program.
    #[error("a fault of this program ended it: please report it")]
    Panicked,
}

impl HttpsError {
    fn kind(&self) -> CloseKind {
        match &self.fault {
            HttpsFault::Transport(error) => CloseReason::from(error).kind,
            HttpsFault::NoTls => CloseKind::Certificate,
            HttpsFault::TimedOut { .. } => CloseKind::TimedOut,
            HttpsFault::TooLarge(_) | HttpsFault::NotHttp { .. } => CloseKind::Protocol,
            HttpsFault::Cut => CloseKind::Closed,
            // No connection was made.
            HttpsFault::Url { .. } | HttpsFault::Thread(_) | HttpsFault::Panicked => {
                CloseKind::Network
            }
        }
    }

    /// Whether the peer broke the protocol, rather than the network having failed.
    pub fn is_peer_fault(&self) -> bool {
        self.kind() == CloseKind::Protocol
    }
}

impl From<&HttpsError> for CloseReason {
    fn from(error: &HttpsError) -> Self {
        Self {
            kind: error.kind(),
            text: error.to_string(),
        }
    }
}

fn run(
    request: HttpRequest,
    tls: &TlsSettings,
    deadlines: Deadlines,
) -> Result<HttpReply, HttpsFault> {
    runtime()?.block_on(in_time(request, tls, deadlines))
}

fn runtime() -> Result<tokio::runtime::Runtime, HttpsFault> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HttpsFault::Thread)
}

async fn in_time(
    request: HttpRequest,
    tls: &TlsSettings,
    deadlines: Deadlines,
) -> Result<HttpReply, HttpsFault> {
    let total = deadlines.total;
    let exchange = exchange(request, tls, deadlines.connect.min(total));
    timeout(total, exchange)
        .await
        .unwrap_or(Err(HttpsFault::TimedOut {
            what: "whole answer",
            after: total,
        }))
}

async fn exchange(
    request: HttpRequest,
    tls: &TlsSettings,
    connect_time: Duration,
) -> Result<HttpReply, HttpsFault> {
    let (target, request) = read_request(request)?;
    let stream = timeout(connect_time, connect(target, tls))
        .await
        .unwrap_or(Err(HttpsFault::TimedOut {
            what: "connection",
            after: connect_time,
        }))?;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(MAX_ANSWER)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(hyper_fault)?;
    // It ends with the runtime. What breaks it is told by the sender and by the body.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(hyper_fault)?;
    let status = answer.status().as_u16();
    let announced = answer.body().size_hint().lower();
    if announced > MAX_ANSWER as u64 {
        let bytes = usize::try_from(announced).unwrap_or(usize::MAX);
        return Err(HttpsFault::TooLarge(AuthError::too_large(bytes)));
    }
    let body = Limited::new(answer.into_body(), MAX_ANSWER)
        .collect()
        .await
        .map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(error) => hyper_fault(*error),
            Err(error) if error.is::<LengthLimitError>() => {
                HttpsFault::TooLarge(AuthError::too_large(MAX_ANSWER + 1))
            }
            Err(error) => HttpsFault::NotHttp {
                what: error.to_string(),
            },
        })?;
    Ok(HttpReply {
        status,
        body: Zeroizing::new(Vec::from(body.to_bytes())),
    })
}

/// Where to connect to.
struct Target {
    /// A name or an address, without brackets.
    host: String,
    port: u16,
}

fn read_request(request: HttpRequest) -> Result<(Target, Request<Full<Bytes>>), HttpsFault> {
    let bad = |what: String| HttpsFault::Url { what };
    let HttpRequest {
        url,
        content_type,
        body,
    } = request;
    let uri = Uri::try_from(&url).map_err(|error| bad(error.to_string()))?;
    if uri.scheme_str() != Some("https") {
        // The answer holds a token that lets anybody in for days.
        return Err(bad("it must begin with https://".to_owned()));
    }
    let Some(authority) = uri.authority() else {
        return Err(bad("the host is missing".to_owned()));
    };
    let host = authority.host();
    let target = Target {
        host: host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
        port: authority.port_u16().unwrap_or(443),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, content_type)
        .header(ACCEPT, "application/json")
        .header(CONNECTION, "close")
        .header(USER_AGENT, concat!("tern/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| bad(error.to_string()))?;
    Ok((target, request))
}

async fn connect(target: Target, tls: &TlsSettings) -> Result<TlsStream<TcpStream>, HttpsFault> {
    let Target { host, port } = target;
    let connector = TlsConnector::from(tls.config()?);
    let name = server_name(&host)?;
    let (tell, told) = oneshot::channel();
    resolve_then(&host, port, move |addresses| {
        // Where the time was up before, nobody waits any more.
        let _ = tell.send(addresses);
    });
    let addresses = told.await.map_err(|_| HttpsFault::Panicked)??;
    let tcp = connect_to_any(&addresses).await?;
    connector
        .connect(name, tcp)
        .await
        .map_err(|error| tls_words(error, &host))
}

/// Connects to the first address that answers. Each has its share of the time: the next one begins after a
/// while, whatever the one before does.
async fn connect_to_any(addresses: &[SocketAddr]) -> Result<TcpStream, TransportError> {
    const SHARE: Duration = Duration::from_secs(3);
    let mut attempts = Vec::new();
    for (n, address) in addresses.iter().enumerate() {
        let is_last = n + 1 == addresses.len();
        let attempt = TcpStream::connect(address);
        let result = if is_last {
            attempt.await
        } else {
            timeout(SHARE, attempt)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        };
        match result {
            Ok(stream) => return Ok(stream),
            Err(error) => attempts.push((*address, error)),
        }
    }
    Err(TransportError::Unreachable { attempts })
}

fn tls_words(error: io::Error, name: &str) -> HttpsFault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidMessage(_)) => HttpsFault::NoTls,
        Some(fault) => tls_fault(fault, name).into(),
        None if error.kind() == io::ErrorKind::UnexpectedEof => HttpsFault::NoTls,
        None => TransportError::Broken { source: error }.into(),
    }
}

fn hyper_fault(error: hyper::Error) -> HttpsFault {
    use std::error::Error;
    if error.is_parse() {
        return HttpsFault::NotHttp {
            what: error.to_string(),
        };
    }
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>()
            && io.kind() != io::ErrorKind::UnexpectedEof
        {
            let source = io::Error::new(io.kind(), io.to_string());
            return TransportError::Broken { source }.into();
        }
        source = inner.source();
    }
    HttpsFault::Cut
}

/// What stands between `https://` and the path; never a path or a query.
pub(crate) fn place(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            call();
        }
    }
}
