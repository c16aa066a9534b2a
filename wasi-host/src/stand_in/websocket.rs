//! A WebSocket as a plain byte stream: what MQTT over WebSocket asks for [MQTT-6.0.0-1] to [MQTT-6.0.0-4].
//!
//! Borders of frames mean nothing: a packet may span frames, a frame may hold packets. The path may be any.
//! The sub-protocol `mqtt` is selected where the client offers it, and required. Where a page comes from
//! (`Origin`) is not looked at: a login takes a signature, which no other page has.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::rewound::Rewound;

/// Largest frame and message that is taken, in bytes: the platform's packet limit is lower.
const MAX_FRAME: usize = 1024 * 1024;
/// Most bytes of one frame that a stranger may send: until the platform has answered its login, nobody holds
/// more for it. A CONNECT has 16 KiB at most.
const FIRST_FRAME: usize = 32 * 1024;
/// Largest frame that is sent, in bytes.
const SENT_FRAME: usize = 64 * 1024;
/// Bytes read from the socket at once. Every connection has such a buffer of its own.
const READ_BUFFER: usize = 4 * 1024;

/// Largest head of an upgrade request, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// What a browser shows that was sent to this port.
const NO_UPGRADE: &str = "HTTP/1.1 426 Upgrade Required\r\nConnection: close, upgrade\r\n\
    Upgrade: websocket\r\nContent-Type: text/plain\r\n\r\n\
    This port speaks MQTT, plain and over WebSocket. The console has a port of its own.\n";

/// The byte stream inside a WebSocket.
pub(crate) struct WebSocketBytes<S> {
    socket: WebSocketStream<Metered<S>>,
    /// The rest of the frame that is being read.
    rest: Bytes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocketBytes<S> {
    /// Answers the upgrade request that `stream` begins with.
    ///
    /// # Errors
    /// What is wrong with the request, in words; the client has been told too.
    pub(crate) async fn accept(mut stream: S) -> Result<WebSocketBytes<Rewound<S>>, String> {
        let head = read_head(&mut stream).await?;
        if !asks_for_websocket(&head) {
            // Where this fails the client has gone; it is told of all the same.
            let _ = stream.write_all(NO_UPGRADE.as_bytes()).await;
            let _ = stream.shutdown().await;
            return Err("an HTTP request without a WebSocket upgrade".to_owned());
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_FRAME)
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let stream = Metered::new(Rewound::new(head, stream));
        let socket = accept_hdr_async_with_config(stream, select_mqtt, Some(config)).await;
        let mut socket = socket.map_err(|error| match error {
            // The only answer of this kind is our own, below.
            Error::Http(_) => "WebSocket: the sub-protocol mqtt is not offered".to_owned(),
            other => format!("WebSocket: {other}"),
        })?;
        socket.get_mut().left = Some(FIRST_FRAME);
        let rest = Bytes::new();
        Ok(WebSocketBytes { socket, rest })
    }
}

/// Reads a request's head, to its empty line.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, String> {
    let mut head = Vec::with_capacity(1024);
    let mut seen = 0_usize;
    // The empty line may have begun with the last three bytes of what was seen before.
    while !head
        .get(seen.saturating_sub(3)..)
        .is_some_and(|new| new.windows(4).any(|four| four == b"\r\n\r\n"))
    {
        seen = head.len();
        if head.len() >= MAX_HEAD {
            return Err(format!(
                "WebSocket: the request's head has more than {MAX_HEAD} bytes"
            ));
        }
        match stream.read_buf(&mut head).await {
            Ok(0) => return Err("WebSocket: the client closed within its request".to_owned()),
            Ok(_) => {}
            Err(error) => return Err(format!("WebSocket: {error}")),
        }
    }
    Ok(head)
}

/// Whether one of the headers is `Upgrade: websocket`.
fn asks_for_websocket(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    headers.any(|(name, value)| {
        name.eq_ignore_ascii_case("upgrade") && value.trim().eq_ignore_ascii_case("websocket")
    })
}

#[allow(
    clippy::result_large_err,
    reason = "tungstenite's callback returns the response by value"
)]
fn select_mqtt(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let offered = request
        .headers()
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter();
    let mqtt = offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|name| name.trim() == "mqtt");
    if !mqtt {
        let text =
            "The sub-protocol mqtt is missing: send Sec-WebSocket-Protocol: mqtt\n".to_owned();
        let mut refusal = ErrorResponse::new(Some(text));
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        return Err(refusal);
    }
    response.headers_mut().insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static("mqtt"),
    );
    Ok(response)
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocketBytes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => {
                    self.rest = bytes;
                    self.socket.get_mut().next_frame();
                }
                Some(Ok(Message::Text(_))) => {
                    let text =
                        "a text frame: MQTT over WebSocket has binary frames only [MQTT-6.0.0-1]";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
                }
                // Pings are answered below us; a close frame is answered there too and ends the stream next.
                Some(Ok(_)) => self.socket.get_mut().next_frame(),
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => {
                    return Poll::Ready(Ok(()));
                }
                Some(Err(error)) => return Poll::Ready(Err(as_io(error))),
            }
        }
        let count = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest[..count]); // in range: the smaller of both
        self.rest.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocketBytes<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(as_io)?;
        // The platform's first word answers the login, and is the last one of a refusal.
        self.socket.get_mut().left = None;
        let count = bytes.len().min(SENT_FRAME);
        let frame = Message::Binary(Bytes::copy_from_slice(&bytes[..count])); // in range: at most its length
        Pin::new(&mut self.socket)
            .start_send(frame)
            .map_err(as_io)?;
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(as_io)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.socket).poll_close(cx)) {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(as_io(error))),
        }
    }
}

/// A stream that ends in an error where too many bytes come without the end of a frame.
struct Metered<S> {
    stream: S,
    /// Bytes that may still come; any number where there is no limit.
    left: Option<usize>,
}

impl<S> Metered<S> {
    fn new(stream: S) -> Self {
        Self { stream, left: None }
    }

    /// A frame is whole: the next may have as many bytes.
    fn next_frame(&mut self) {
        self.left = self.left.map(|_| FIRST_FRAME);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        let got = into.filled().len() - before;
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(got).ok_or_else(|| {
                let text = format!(
                    "a frame of more than {FIRST_FRAME} bytes before the login was answered"
                );
                io::Error::new(io::ErrorKind::InvalidData, text)
            })?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn as_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, format!("WebSocket: {other}")),
    }
}
